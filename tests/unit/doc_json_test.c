/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include "doc/json.h"

static int parse_size(struct arena *arena, const char *text, size_t size,
                      const struct doc_node **root, struct davit_error *err) {
  struct doc_source source = {.file = "a.json", .text = text, .size = size, .code = "test.broken"};
  return doc_parse_json(arena, &source, root, err);
}

static int parse(struct arena *arena, const char *text, const struct doc_node **root,
                 struct davit_error *err) {
  return parse_size(arena, text, strlen(text), root, err);
}

static const struct {
  const char *json;
  enum doc_type type;
  const char *text;
} scalars[] = {
    {"\"a\"", DOC_STRING, "a"},
    {"\"\"", DOC_STRING, ""},
    {"\"5\"", DOC_STRING, "5"},
    {"\"a\\n\\\"\\u00e9\\ud83d\\ude00\"", DOC_STRING, "a\n\"\xC3\xA9\xF0\x9F\x98\x80"},
    {"\"\\\\u0000\"", DOC_STRING, "\\u0000"},
    {"null", DOC_NULL, "null"},
    {"true", DOC_BOOL, "true"},
    {"false", DOC_BOOL, "false"},
    {"0", DOC_INT, "0"},
    {"-0", DOC_INT, "-0"},
    {"18446744073709551615", DOC_INT, "18446744073709551615"},
    {"-9223372036854775808", DOC_INT, "-9223372036854775808"},
    {"0.1", DOC_FLOAT, "0.1"},
    {"1.0", DOC_FLOAT, "1.0"},
    {"1e5", DOC_FLOAT, "1e5"},
    {"-1.50E-007", DOC_FLOAT, "-1.50E-007"},
    {" \t\r\n7\n", DOC_INT, "7"},
    {"\xEF\xBB\xBF\"bom\"", DOC_STRING, "bom"},
};

START_TEST(scalars_have_type_and_text) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  ck_assert_ok(parse(&arena, scalars[_i].json, &root, &err), &err);
  ck_assert_int_eq(root->kind, DOC_SCALAR);
  ck_assert_int_eq(root->type, scalars[_i].type);
  ck_assert_str_eq(root->text, scalars[_i].text);
  ck_assert_int_eq(root->quoted, scalars[_i].type == DOC_STRING);
  ck_assert_str_eq(root->file, "a.json");
}
END_TEST

START_TEST(every_key_and_value_has_its_place) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  ck_assert_ok(parse(&arena,
                     "{\"one\": [1, {\"\xC3\xA9\": 2}],\r\n"
                     "  \"two\" :\r\n"
                     "    null, \"empty\": {}, \"none\": []}",
                     &root, &err),
               &err);
  ck_assert_uint_eq(root->count, 4);
  ck_assert_uint_eq(root->line, 1);
  ck_assert_uint_eq(root->column, 1);
  ck_assert_uint_eq(root->keys[0]->column, 2);
  const struct doc_node *list = doc_get(root, "one");
  ck_assert_int_eq(list->kind, DOC_SEQUENCE);
  ck_assert_uint_eq(list->column, 9);
  const struct doc_node *inner = doc_get(list->values[1], "\xC3\xA9");
  ck_assert_str_eq(inner->text, "2");
  ck_assert_uint_eq(inner->column, 19); /* characters: the key has two bytes */
  ck_assert_uint_eq(root->keys[1]->line, 2);
  ck_assert_uint_eq(root->keys[1]->column, 3);
  ck_assert_uint_eq(doc_get(root, "two")->line, 3);
  ck_assert_uint_eq(doc_get(root, "two")->column, 5);
  ck_assert_uint_eq(doc_get(root, "empty")->count, 0);
  ck_assert_int_eq(doc_get(root, "none")->kind, DOC_SEQUENCE);
  ck_assert_ptr_eq(inner->parent->parent, list);
  ck_assert_uint_eq(inner->parent->position, 1);
}
END_TEST

static const struct {
  const char *json;
  uint32_t line, column;
  const char *says;
} broken[] = {
    {"", 1, 1, "the text ends too early"},
    {" \n ", 2, 2, "the text ends too early"},
    {"{\"a\": 1", 1, 8, "the text ends too early"},
    {"[1, \"abc", 1, 9, "the text ends too early"},
    {"{\n  \"a\": 1,\n}\n", 3, 1, "not JSON from here on: }"},
    {"[1, 2,]", 1, 7, "not JSON from here on: ]"},
    {"{\"a\" 1}", 1, 6, "not JSON from here on: 1}"},
    {"[1 2]", 1, 4, "not JSON from here on: 2]"},
    {"{'a': 1}", 1, 3, "not JSON from here on: a': 1}"}, /* cJSON stops behind the quote */
    {"[tru]", 1, 2, "not JSON from here on: tru]"},
    {"[NaN]", 1, 2, "not JSON from here on: NaN]"},
    {"[1] x", 1, 5, "not JSON from here on: x"},
    {"{} {}", 1, 4, "not JSON from here on: {}"},
    {"[01]", 1, 2, "not JSON from here on: 01]"},
    {"[1.]", 1, 2, "not JSON from here on: 1.]"},
    {"[-]", 1, 2, "not JSON from here on: -]"},
    {"[1,\v2]", 1, 4, "not JSON from here on"},
    {"[\"a\nb\"]", 1, 4, "control character 0x0a in a string"},
    {"[\n\"\xFF\"]", 2, 2, "byte 0xff is not UTF-8"},
    {"[\"\xC0\x80\"]", 1, 3, "byte 0xc0 is not UTF-8"},
    {"[\"\xED\xA0\x80\"]", 1, 3, "byte 0xed is not UTF-8"},
    {"[\"\xC3", 1, 3, "byte 0xc3 is not UTF-8"},
};

START_TEST(what_is_not_json_is_refused_with_its_place) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root = NULL;
  ck_assert_int_eq(parse(&arena, broken[_i].json, &root, &err), DAVIT_E_INVALID);
  ck_assert_ptr_null(root);
  ck_assert_uint_eq(err.count, 1);
  ck_assert_str_eq(err.first->code, "test.broken");
  ck_assert_str_eq(err.first->at.file, "a.json");
  ck_assert_contains(err.first->text, broken[_i].says);
  ck_assert_uint_eq(err.first->at.line, broken[_i].line);
  ck_assert_uint_eq(err.first->at.column, broken[_i].column);
  ck_assert_ptr_nonnull(err.first->hint);
}
END_TEST

START_TEST(all_duplicates_and_nuls_are_reported) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root = NULL;
  ck_assert_int_eq(parse(&arena,
                         "{\"a\": {\"x\": 1, \"y\": \"n\\u0000\",\n"
                         " \"x\": 2},\n"
                         " \"b\": [1], \"b\": 3}",
                         &root, &err),
                   DAVIT_E_INVALID);
  ck_assert_ptr_null(root);
  ck_assert_uint_eq(err.count, 3);
  const struct problem *nul = err.first, *inner = nul->next, *outer = inner->next;
  ck_assert_contains(nul->text, "NUL");
  ck_assert_str_eq(nul->at.key, "a.y");
  ck_assert_str_eq(inner->text, "the key \"x\" is there twice, first in line 1");
  ck_assert_str_eq(inner->at.key, "a.x");
  ck_assert_uint_eq(inner->at.line, 2);
  ck_assert_uint_eq(inner->at.column, 2);
  ck_assert_str_eq(outer->text, "the key \"b\" is there twice, first in line 3");
  ck_assert_str_eq(outer->hint, "keep one of the two");
}
END_TEST

START_TEST(nul_bytes_are_refused) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  ck_assert_int_eq(parse_size(&arena, "[1]\0", 4, &root, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "test.broken", "NUL byte");
  ck_assert_uint_eq(err.first->at.column, 4);
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
  ck_assert_uint_eq(err.first->at.column, DOC_MAX_DEPTH + 1);
  error_clear(&err);
  nest(text, 200000);
  ck_assert_int_eq(parse(&arena, text, &root, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "test.broken", "make the file flatter");
}
END_TEST

START_TEST(size_and_values_are_bounded) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  size_t size = DOC_MAX_BYTES + 1;
  char *text = malloc(size);
  ck_assert_ptr_nonnull(text);
  memset(text, ' ', size);
  ck_assert_int_eq(parse_size(&arena, text, size, &root, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "test.broken", "the file has 16777217 bytes, at most 16777216 are read");
  error_clear(&err);
  for (size_t i = 0; i < size; i++)
    text[i] = i % 2 ? '1' : ',';
  text[0] = '[';
  ck_assert_int_eq(parse_size(&arena, text, size - 1, &root, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "test.broken", "more than 1000000 values");
  free(text);
}
END_TEST

START_TEST(many_duplicates_end_the_reading) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  enum {
    PAIRS = 5000
  };
  char *text = malloc(8 * PAIRS + 3);
  ck_assert_ptr_nonnull(text);
  size_t size = 0;
  text[size++] = '{';
  for (int i = 0; i < PAIRS; i++) {
    memcpy(text + size, i ? ",\"a\":1" : "\"a\":1", i ? 6 : 5);
    size += i ? 6 : 5;
  }
  text[size++] = '}';
  ck_assert_int_eq(parse_size(&arena, text, size, &root, &err), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 100);
  free(text);
}
END_TEST

START_TEST(large_mappings_find_duplicates) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root;
  const char *text =
      "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"c\":2}";
  ck_assert_int_eq(parse(&arena, text, &root, &err), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 1);
  ck_assert_error(&err, "test.broken", "the key \"c\" is there twice");
}
END_TEST

START_TEST(raw_numbers_print_as_written) {
  CLEANUP(error) struct davit_error err = {0};
  const char *text =
      "{\"a\":[18446744073709551615,9223372036854775807,-9223372036854775808,0.1,1.0,"
      "1e5,-0],\"b\":\"5\",\"c\":null,\"d\":true}";
  struct doc_source source = {
      .file = "a.json", .text = text, .size = strlen(text), .code = "config.invalid"};
  CLEANUP(cjson) cJSON *root = NULL;
  ck_assert_ok(json_parse(&source, &root, &err), &err);
  const cJSON *first = cJSON_GetObjectItemCaseSensitive(root, "a")->child;
  ck_assert(cJSON_IsRaw(first));
  ck_assert_str_eq(first->valuestring, "18446744073709551615");
  char *printed = cJSON_PrintUnformatted(root);
  ck_assert_str_eq(printed, text);
  cJSON_free(printed);
}
END_TEST

START_TEST(json_parse_makes_the_same_checks) {
  CLEANUP(error) struct davit_error err = {0};
  const char *text = "{\"a\": 1,\n \"a\": \"\\u0000\"}";
  struct doc_source source = {
      .file = "c.json", .text = text, .size = strlen(text), .code = "config.invalid"};
  cJSON *root = NULL;
  ck_assert_int_eq(json_parse(&source, &root, &err), DAVIT_E_INVALID);
  ck_assert_ptr_null(root);
  ck_assert_uint_eq(err.count, 2);
  ck_assert_error(&err, "config.invalid", "there is a NUL in the string");
  ck_assert_error(&err, "config.invalid", "the key \"a\" is there twice, first in line 1");
  ck_assert_str_eq(err.last->at.file, "c.json");
  ck_assert_uint_eq(err.last->at.line, 2);
  ck_assert_uint_eq(err.last->at.column, 2);
}
END_TEST

START_TEST(nodes_print_in_their_shortest_form) {
  static const char text[] = "{ \"a\" : [1, 2.50, 1e3, true, null],\n \"b\\\"\": "
                             "{\"c\": \"q\\\"\\\\\\n\\u0001\u00fc/\"}, \"e\": {}, \"l\": []}";
  static const char shortest[] = "{\"a\":[1,2.50,1e3,true,null],\"b\\\"\":"
                                 "{\"c\":\"q\\\"\\\\\\u000a\\u0001\u00fc/\"},\"e\":{},\"l\":[]}";
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root = NULL;
  const struct doc_source source = {
      .file = "s", .text = text, .size = strlen(text), .code = "test.json"};
  ck_assert_ok(doc_parse_json(&arena, &source, &root, &err), &err);
  ck_assert_str_eq(doc_json_text(&arena, root), shortest);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("doc_json");
  TCase *tests = tcase_create("doc_json");
  tcase_add_loop_test(tests, scalars_have_type_and_text, 0, ARRAY_LEN(scalars));
  tcase_add_test(tests, every_key_and_value_has_its_place);
  tcase_add_loop_test(tests, what_is_not_json_is_refused_with_its_place, 0, ARRAY_LEN(broken));
  tcase_add_test(tests, all_duplicates_and_nuls_are_reported);
  tcase_add_test(tests, nul_bytes_are_refused);
  tcase_add_test(tests, depth_is_bounded);
  tcase_add_test(tests, size_and_values_are_bounded);
  tcase_add_test(tests, many_duplicates_end_the_reading);
  tcase_add_test(tests, large_mappings_find_duplicates);
  tcase_add_test(tests, raw_numbers_print_as_written);
  tcase_add_test(tests, nodes_print_in_their_shortest_form);
  tcase_add_test(tests, json_parse_makes_the_same_checks);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
