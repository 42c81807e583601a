/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include <stdio.h>

#include "doc/doc.h"

static int parse_flags(struct arena *arena, const char *text, unsigned flags,
                       const struct doc_node **root, struct davit_error *err) {
  struct doc_source source = {
      .file = "a.yaml", .text = text, .size = strlen(text), .code = "test.broken", .flags = flags};
  return doc_parse_yaml(arena, &source, root, err);
}

static int parse(struct arena *arena, const char *text, const struct doc_node **root,
                 struct davit_error *err) {
  return parse_flags(arena, text, 0, root, err);
}

static const struct {
  const char *yaml;
  enum doc_type type;
} types[] = {
    {"", DOC_NULL},
    {"# comment\n", DOC_NULL},
    {"---\n", DOC_NULL},
    {"~", DOC_NULL},
    {"null", DOC_NULL},
    {"Null", DOC_NULL},
    {"NULL", DOC_NULL},
    {"nULL", DOC_STRING},
    {"none", DOC_STRING},
    {"true", DOC_BOOL},
    {"True", DOC_BOOL},
    {"TRUE", DOC_BOOL},
    {"false", DOC_BOOL},
    {"False", DOC_BOOL},
    {"FALSE", DOC_BOOL},
    {"yes", DOC_STRING},
    {"no", DOC_STRING},
    {"on", DOC_STRING},
    {"off", DOC_STRING},
    {"y", DOC_STRING},
    {"tRUE", DOC_STRING},
    {"0", DOC_INT},
    {"5", DOC_INT},
    {"+5", DOC_INT},
    {"-5", DOC_INT},
    {"-0", DOC_INT},
    {"0x1F", DOC_INT},
    {"-0x1f", DOC_INT},
    {"0o17", DOC_INT},
    {"0b101", DOC_INT},
    {"01777", DOC_STRING},
    {"-007", DOC_STRING},
    {"00", DOC_STRING},
    {"0x", DOC_STRING},
    {"0xg", DOC_STRING},
    {"0o8", DOC_STRING},
    {"0b2", DOC_STRING},
    {"0X1F", DOC_STRING},
    {"1_000", DOC_STRING},
    {"--5", DOC_STRING},
    {"12:30:45", DOC_STRING},
    {"1.0", DOC_FLOAT},
    {"1.", DOC_FLOAT},
    {".5", DOC_FLOAT},
    {"-1.5e-3", DOC_FLOAT},
    {"1e5", DOC_FLOAT},
    {"01.5", DOC_FLOAT},
    {".inf", DOC_FLOAT},
    {"-.INF", DOC_FLOAT},
    {".NaN", DOC_FLOAT},
    {"-.nan", DOC_STRING},
    {"inf", DOC_STRING},
    {"nan", DOC_STRING},
    {".", DOC_STRING},
    {"1e", DOC_STRING},
    {"1.2.3", DOC_STRING},
    {"e5", DOC_STRING},
    {"2024-01-01", DOC_STRING},
    {"'5'", DOC_STRING},
    {"\"true\"", DOC_STRING},
    {"''", DOC_STRING},
    {"|\n  5\n", DOC_STRING},
    {">\n  5\n", DOC_STRING},
    {"!!str 5", DOC_STRING},
    {"! 5", DOC_STRING},
    {"!!str", DOC_STRING},
    {"!!int '5'", DOC_INT},
    {"!!float 5", DOC_FLOAT},
    {"!!bool true", DOC_BOOL},
    {"!!null ''", DOC_NULL},
    {"!foo 5", DOC_INT},
    {"!foo bar", DOC_STRING},
    {"\xEF\xBB\xBF"
     "5",
     DOC_INT},
    {"5\r\n", DOC_INT},
    {"18446744073709551616", DOC_INT},
};

START_TEST(plain_scalars_have_the_core_schema_types) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  ck_assert_ok(parse(&arena, types[_i].yaml, &root, &err), &err);
  ck_assert_int_eq(root->kind, DOC_SCALAR);
  ck_assert_msg(root->type == types[_i].type, "\"%s\" is %d", types[_i].yaml, root->type);
  ck_assert_ptr_nonnull(root->text);
}
END_TEST

START_TEST(texts_and_tags_are_kept) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  ck_assert_ok(parse(&arena,
                     "a: 0x1F\nb: !foo {c: 1}\nc: !!str 5\nd: |\n  x\n  y\ne: \"\\x41\"\nf:\n",
                     &root, &err),
               &err);
  ck_assert_str_eq(doc_get(root, "a")->text, "0x1F");
  ck_assert(!doc_get(root, "a")->quoted);
  ck_assert_ptr_null(doc_get(root, "a")->tag);
  ck_assert_str_eq(doc_get(root, "b")->tag, "!foo");
  ck_assert_str_eq(doc_get(root, "c")->tag, "tag:yaml.org,2002:str");
  ck_assert_str_eq(doc_get(root, "d")->text, "x\ny\n");
  ck_assert(doc_get(root, "d")->quoted);
  ck_assert_str_eq(doc_get(root, "e")->text, "A");
  ck_assert_int_eq(doc_get(root, "f")->type, DOC_NULL);
  ck_assert_str_eq(doc_get(root, "f")->text, "");
  ck_assert_ptr_null(doc_get(root, "g"));
}
END_TEST

START_TEST(every_key_and_value_has_its_place) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  ck_assert_ok(parse(&arena,
                     "\xEF\xBB\xBFone:\r\n"
                     "  - \xC3\xA9: {x: 1}\r\n"
                     "  - two\r\n"
                     "last: [a,  b]\r\n",
                     &root, &err),
               &err);
  ck_assert_uint_eq(root->line, 1);
  ck_assert_uint_eq(root->column, 1);
  const struct doc_node *one = doc_get(root, "one");
  ck_assert_int_eq(one->kind, DOC_SEQUENCE);
  ck_assert_uint_eq(one->line, 2);
  ck_assert_uint_eq(one->column, 3);
  const struct doc_node *inner = one->values[0]->values[0];
  ck_assert_uint_eq(inner->line, 2);
  ck_assert_uint_eq(inner->column, 8);
  ck_assert_uint_eq(one->values[1]->line, 3);
  ck_assert_uint_eq(one->values[1]->column, 5);
  ck_assert_uint_eq(root->keys[1]->line, 4);
  ck_assert_uint_eq(doc_get(root, "last")->values[1]->column, 12);
  ck_assert_ptr_eq(one->values[1]->parent, one);
  ck_assert_uint_eq(one->values[1]->position, 1);
  ck_assert_uint_eq(doc_get(root, "last")->position, 1);
}
END_TEST

static const struct {
  const char *yaml;
  uint32_t line, column;
  const char *key;
  const char *says, *hint;
} broken[] = {
    {"a: 1\nb:\n  c: 1\n  c: 2\n", 4, 3, "b.c", "the key \"c\" is there twice, first in line 3",
     "keep one of the two"},
    {"? [a]\n: 1\n", 1, 3, NULL, "a list or mapping is used as key", "use a text as key"},
    {"{a: b}: 1\n", 1, 1, NULL, "a list or mapping is used as key", "use a text as key"},
    {"a: &x [1]\n*x : 2\n", 2, 1, NULL, "a list or mapping is used as key", "use a text as key"},
    {"a: \"x\\0y\"\n", 1, 4, "a", "there is a NUL in the string", "take the \\0 out"},
    {"\"\\0\": x\n", 1, 1, "\"\"", "there is a NUL in the string", "take the \\0 out"},
    {"a: {b: 1, \"c\\0\": x}\n", 1, 11, "a.c", "there is a NUL in the string", "take the \\0 out"},
    {"!!int abc: 1\n", 1, 1, "abc", "\"abc\" is not what its tag !!int says", "take the tag away"},
    {"a: \xFF\n", 1, 4, NULL, "byte 0xff is not UTF-8", "save the file as UTF-8"},
    {"a: 1\n---\nb: 2\n", 2, 1, NULL, "a second document begins here",
     "put it into a file of its own"},
    {"a: *nope\n", 1, 4, NULL, "the alias *nope has no anchor", "set the anchor before its use"},
    {"a: &x\n  b: *x\n", 2, 6, NULL, "the alias *x stands inside of its own anchor",
     "outside of its anchor"},
    {"a: &x [*x]\n", 1, 8, NULL, "the alias *x stands inside of its own anchor",
     "outside of its anchor"},
    {"a: !!int abc\n", 1, 4, "a", "\"abc\" is not what its tag !!int says", "take the tag away"},
    {"a: [1, 2\n", 2, 1, NULL, "not YAML: ", "indentation"},
    {"a: 1\n b: 2\n", 2, 3, NULL, "not YAML: ", "indentation"},
    {"a:\n\t- b\n", 2, 1, NULL, "not YAML: ", "indentation"},
    {"a: @x\n", 1, 4, NULL, "not YAML: ", "indentation"},
    {"a: \x01\n", 1, 4, NULL, "not YAML: control characters are not allowed", "indentation"},
    {"\xFF\xFE"
     "a",
     1, 1, NULL, "byte 0xff is not UTF-8", "save the file as UTF-8"},
};

START_TEST(what_is_wrong_is_refused_with_its_place) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root = NULL;
  ck_assert_int_eq(parse(&arena, broken[_i].yaml, &root, &err), DAVIT_E_INVALID);
  ck_assert_ptr_null(root);
  ck_assert_uint_eq(err.count, 1);
  const struct problem *problem = err.first;
  ck_assert_str_eq(problem->code, "test.broken");
  ck_assert_str_eq(problem->at.file, "a.yaml");
  ck_assert_contains(problem->text, broken[_i].says);
  ck_assert_contains(problem->hint, broken[_i].hint);
  ck_assert_uint_eq(problem->at.line, broken[_i].line);
  ck_assert_uint_eq(problem->at.column, broken[_i].column);
  if (broken[_i].key)
    ck_assert_str_eq(problem->at.key, broken[_i].key);
  else
    ck_assert_ptr_null(problem->at.key);
}
END_TEST

START_TEST(every_duplicate_is_reported) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  ck_assert_int_eq(
      parse(&arena, "a: {x: 1, x: 2}\nb:\n- y: 1\n  'y': 2\n  y: 3\na: 1\n", &root, &err),
      DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 4);
  static const struct {
    const char *key;
    uint32_t line, column;
  } expected[] = {{"a.x", 1, 11}, {"b[0].y", 4, 3}, {"b[0].y", 5, 3}, {"a", 6, 1}};
  const struct problem *problem = err.first;
  for (size_t i = 0; i < ARRAY_LEN(expected); i++, problem = problem->next) {
    ck_assert_str_eq(problem->at.key, expected[i].key);
    ck_assert_uint_eq(problem->at.line, expected[i].line);
    ck_assert_uint_eq(problem->at.column, expected[i].column);
  }
}
END_TEST

START_TEST(first_document_only) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  ck_assert_ok(parse_flags(&arena, "a: 1\n---\n{broken", DOC_FIRST_ONLY, &root, &err), &err);
  ck_assert_str_eq(doc_get(root, "a")->text, "1");
  ck_assert_ok(parse_flags(&arena, "", DOC_FIRST_ONLY, &root, &err), &err);
  ck_assert_int_eq(root->type, DOC_NULL);
  ck_assert_ok(parse(&arena, "---\na: 1\n...\n", &root, &err), &err);
}
END_TEST

START_TEST(an_alias_is_a_copy_at_its_anchors_place) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  ck_assert_ok(
      parse(&arena, "a: &x\n  b: [1, !t two]\nc: *x\n&k key: 1\nd: {*k : 2}\n", &root, &err), &err);
  const struct doc_node *copy = doc_get(root, "c");
  ck_assert_ptr_ne(copy, doc_get(root, "a"));
  ck_assert_ptr_eq(copy->parent, root);
  ck_assert_uint_eq(copy->position, 1);
  ck_assert_uint_eq(copy->line, doc_get(root, "a")->line);
  const struct doc_node *two = doc_get(copy, "b")->values[1];
  ck_assert_str_eq(two->text, "two");
  ck_assert_str_eq(two->tag, "!t");
  ck_assert_uint_eq(two->line, 2);
  ck_assert_uint_eq(two->column, 10);
  ck_assert_str_eq(doc_path(&arena, two), "c.b[1]");
  ck_assert_str_eq(doc_get(doc_get(root, "d"), "key")->text, "2");
}
END_TEST

START_TEST(an_alias_bomb_is_an_error) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  char text[4096] = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; i++) {
    size_t size = strlen(text);
    snprintf(text + size, sizeof(text) - size,
             "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1,
             i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
  }
  ck_assert_int_eq(parse(&arena, text, &root, &err), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 1);
  ck_assert_error(&err, "test.broken", "more than 1000000 values");
  ck_assert_error(&err, "test.broken", "each use of a YAML alias counts");
}
END_TEST

static void nest(char *text, size_t depth) {
  memset(text, '[', depth);
  memset(text + depth, ']', depth);
  text[2 * depth] = '\0';
}

START_TEST(depth_is_bounded) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  static char text[400001];
  nest(text, DOC_MAX_DEPTH);
  ck_assert_ok(parse(&arena, text, &root, &err), &err);
  nest(text, DOC_MAX_DEPTH + 1);
  ck_assert_int_eq(parse(&arena, text, &root, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "test.broken", "more than 64 deep");
  error_clear(&err);
  nest(text, 200000);
  ck_assert_int_eq(parse(&arena, text, &root, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "test.broken", "make the file flatter");
}
END_TEST

/* Each alias wraps the one before: the copies are deeper than any text of the file. */
START_TEST(depth_by_aliases_is_bounded) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  char text[8192] = "- &a0 []\n";
  for (int i = 1; i <= DOC_MAX_DEPTH; i++) {
    size_t size = strlen(text);
    snprintf(text + size, sizeof(text) - size, "- &a%d [*a%d]\n", i, i - 1);
  }
  ck_assert_int_eq(parse(&arena, text, &root, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "test.broken", "more than 64 deep");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("doc_yaml");
  TCase *tests = tcase_create("doc_yaml");
  tcase_add_loop_test(tests, plain_scalars_have_the_core_schema_types, 0, ARRAY_LEN(types));
  tcase_add_test(tests, texts_and_tags_are_kept);
  tcase_add_test(tests, every_key_and_value_has_its_place);
  tcase_add_loop_test(tests, what_is_wrong_is_refused_with_its_place, 0, ARRAY_LEN(broken));
  tcase_add_test(tests, every_duplicate_is_reported);
  tcase_add_test(tests, first_document_only);
  tcase_add_test(tests, an_alias_is_a_copy_at_its_anchors_place);
  tcase_add_test(tests, an_alias_bomb_is_an_error);
  tcase_add_test(tests, depth_is_bounded);
  tcase_add_test(tests, depth_by_aliases_is_bounded);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
