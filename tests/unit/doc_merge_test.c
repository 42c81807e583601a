/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader of YAML asks for beside plain trees: merge keys, and whether anything follows the
 * first document. */
#include "testing.h"

#include "doc/doc.h"

static int parse(struct arena *arena, struct doc_source *source, const struct doc_node **root,
                 struct davit_error *err) {
  source->file = "a.yaml";
  source->size = strlen(source->text);
  source->code = "test.broken";
  return doc_parse_yaml(arena, source, root, err);
}

/* "{a: 1, b: [2]}" without blanks. */
static const char *print(struct arena *arena, const struct doc_node *node) {
  if (node->kind == DOC_SCALAR)
    return node->text;
  const char *text = "";
  for (size_t i = 0; i < node->count; i++) {
    const char *key = node->kind == DOC_MAPPING ? node->keys[i]->text : "";
    text = arena_printf(arena, "%s%s%s%s%s", text, i ? "," : "", key, *key ? ":" : "",
                        print(arena, node->values[i]));
  }
  return arena_printf(arena, node->kind == DOC_MAPPING ? "{%s}" : "[%s]", text);
}

static const struct {
  const char *yaml, *tree;
} merged[] = {
    {"{<<: {a: 1, b: 2}, c: 3}", "{a:1,b:2,c:3}"},
    {"[&x {a: 1}, {b: 2, <<: *x, c: 3}]", "[{a:1},{b:2,a:1,c:3}]"},
    {"[&x {a: 1}, &y {b: [2]}, {<<: [*x, *y, {c: 3}]}]", "[{a:1},{b:[2]},{a:1,b:[2],c:3}]"},
    {"[&x {<<: {a: 1}}, {<<: *x}]", "[{a:1},{a:1}]"},
    {"{<<: {}, a: 1}", "{a:1}"},
    {"{<<: []}", "{}"},
    {"{'<<': 1}", "{<<:1}"},
    {"{! <<: 1}", "{<<:1}"},
    {"{a: <<}", "{a:<<}"},
    {"[<<]", "[<<]"},
};

START_TEST(pairs_of_a_merge_key_are_the_mappings) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  struct doc_source source = {.text = merged[_i].yaml, .flags = DOC_MERGE};
  const struct doc_node *root;
  ck_assert_ok(parse(&arena, &source, &root, &err), &err);
  ck_assert_str_eq(print(&arena, root), merged[_i].tree);
}
END_TEST

START_TEST(without_the_flag_it_is_a_key) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  struct doc_source source = {.text = "{<<: {a: 1}}"};
  const struct doc_node *root;
  ck_assert_ok(parse(&arena, &source, &root, &err), &err);
  ck_assert_str_eq(print(&arena, root), "{<<:{a:1}}");
}
END_TEST

static const struct {
  const char *yaml, *says;
  uint32_t line, column;
  const char *key;
} refused[] = {
    {"b:\n  <<: {a: 1}\n  a: 2\n", "the key \"a\" is there twice, first in line 2", 3, 3, "b.a"},
    {"- &x {a: 1}\n- <<: *x\n  a: 2\n", "the key \"a\" is there twice", 3, 3, "[1].a"},
    {"<<: [{a: 1}, {a: 2}]\n", "the key \"a\" is there twice", 1, 15, "a"},
    {"<<: 1\n", "what << merges here is no mapping", 1, 5, NULL},
    {"<<: [{a: 1}, 2]\n", "what << merges here is no mapping", 1, 14, NULL},
    {"<<:\n", "what << merges here is no mapping", 1, 4, NULL},
    {"&x\n<<: *x\n", "stands inside of its own anchor", 2, 5, NULL},
    {"<<: {b: {a: 1, a: 2}}\n", "the key \"a\" is there twice", 1, 16, "\"<<\".b.a"},
};

START_TEST(what_can_not_be_merged_is_refused) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  struct doc_source source = {.text = refused[_i].yaml, .flags = DOC_MERGE};
  const struct doc_node *root;
  ck_assert_int_eq(parse(&arena, &source, &root, &err), DAVIT_E_INVALID);
  ck_assert_contains(err.first->text, refused[_i].says);
  ck_assert_uint_eq(err.first->at.line, refused[_i].line);
  ck_assert_uint_eq(err.first->at.column, refused[_i].column);
  if (refused[_i].key)
    ck_assert_str_eq(err.first->at.key, refused[_i].key);
}
END_TEST

static const struct {
  const char *yaml;
  uint32_t rest;
} rests[] = {
    {"a: 1\n", 0},
    {"a: 1\n...\n# only a remark\n", 0},
    {"--- \na: 1\n", 0},
    {"", 0},
    {"a: 1\n---\nb: 2\n", 2},
    {"a: 1\n...\n\n%TAG ! !\n---\nb: 2\n", 4},
    {"{a: 1} b\n", 1},
    {"{a: 1}\n}\n", 2},
    {"a: 1\n---\n{broken", 2},
};

START_TEST(what_follows_the_first_document_is_told) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  uint32_t rest = 99;
  struct doc_source source = {.text = rests[_i].yaml, .flags = DOC_FIRST_ONLY, .rest = &rest};
  const struct doc_node *root;
  ck_assert_ok(parse(&arena, &source, &root, &err), &err);
  ck_assert_uint_eq(rest, rests[_i].rest);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("doc_merge");
  TCase *tests = tcase_create("doc_merge");
  tcase_add_loop_test(tests, pairs_of_a_merge_key_are_the_mappings, 0, ARRAY_LEN(merged));
  tcase_add_test(tests, without_the_flag_it_is_a_key);
  tcase_add_loop_test(tests, what_can_not_be_merged_is_refused, 0, ARRAY_LEN(refused));
  tcase_add_loop_test(tests, what_follows_the_first_document_is_told, 0, ARRAY_LEN(rests));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
