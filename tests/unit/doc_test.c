/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include "doc/doc.h"

static const struct doc_node *parse(struct arena *arena, const char *text) {
  CLEANUP(error) struct davit_error err = {0};
  struct doc_source source = {.file = "a.yaml", .text = text, .size = strlen(text), .code = "x"};
  const struct doc_node *root;
  ck_assert_ok(doc_parse_yaml(arena, &source, &root, &err), &err);
  return root;
}

START_TEST(paths_name_the_way_from_the_root) {
  CLEANUP(arena) struct arena arena = {0};
  const struct doc_node *root =
      parse(&arena, "services:\n  a.b:\n    x_Y-9: [[1], {'': 2}]\n\"q\\nr\": 1\n");
  ck_assert_str_eq(doc_path(&arena, root), "");
  const struct doc_node *service = root->values[0]->values[0];
  ck_assert_str_eq(doc_path(&arena, service), "services.\"a.b\"");
  ck_assert_str_eq(doc_path(&arena, service->parent->keys[0]), "services.\"a.b\"");
  const struct doc_node *list = service->values[0];
  ck_assert_str_eq(doc_path(&arena, list->values[0]->values[0]), "services.\"a.b\".x_Y-9[0][0]");
  ck_assert_str_eq(doc_path(&arena, list->values[1]->values[0]), "services.\"a.b\".x_Y-9[1].\"\"");
  ck_assert_str_eq(doc_path(&arena, root->values[1]), "\"q r\"");
  ck_assert_str_eq(doc_path(&arena, parse(&arena, "- 1\n- [2]\n")->values[1]->values[0]), "[1][0]");
}
END_TEST

START_TEST(look_ups_take_what_they_get) {
  CLEANUP(arena) struct arena arena = {0};
  const struct doc_node *root = parse(&arena, "a: 1\nb: [a]\n");
  ck_assert_str_eq(doc_get(root, "a")->text, "1");
  ck_assert_ptr_null(doc_get(root, "c"));
  ck_assert_ptr_null(doc_get(doc_get(root, "b"), "a"));
  ck_assert_ptr_null(doc_get(doc_get(root, "a"), "a"));
  ck_assert_ptr_null(doc_get(NULL, "a"));
}
END_TEST

START_TEST(problems_carry_place_and_path) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_node *root = parse(&arena, "a:\n  - b: 4\n");
  const struct doc_node *node = doc_get(doc_get(root, "a")->values[0], "b");
  ck_assert_int_eq(doc_fail(&err, node, DAVIT_E_BUSY, "some.code", "do it", "%d is wrong", 4),
                   DAVIT_E_BUSY);
  const struct problem *problem = err.first;
  ck_assert_int_eq(problem->answer, DAVIT_E_BUSY);
  ck_assert_str_eq(problem->code, "some.code");
  ck_assert_str_eq(problem->text, "4 is wrong");
  ck_assert_str_eq(problem->hint, "do it");
  ck_assert_str_eq(problem->at.file, "a.yaml");
  ck_assert_str_eq(problem->at.key, "a[0].b");
  ck_assert_uint_eq(problem->at.line, 2);
  ck_assert_uint_eq(problem->at.column, 8);
  doc_fail(&err, root, DAVIT_E_INVALID, "some.code", NULL, "the whole");
  ck_assert_ptr_null(err.last->at.key);
}
END_TEST

static const struct {
  const char *yaml, *says;
} described[] = {
    {"{}", "a mapping"},
    {"[]", "a list"},
    {"abc", "the text \"abc\""},
    {"'5'", "the text \"5\""},
    {"5", "the number 5"},
    {"0x1F", "the number 0x1F"},
    {"1.50", "the number 1.50"},
    {"true", "true"},
    {"False", "False"},
    {"", "nothing"},
    {"~", "nothing"},
    {"null", "nothing"},
    {"\"a\\nb\"", "the text \"a b\""},
};

START_TEST(descriptions_say_what_was_found) {
  CLEANUP(arena) struct arena arena = {0};
  ck_assert_str_eq(doc_describe(&arena, parse(&arena, described[_i].yaml)), described[_i].says);
}
END_TEST

START_TEST(long_texts_are_cut_between_characters) {
  CLEANUP(arena) struct arena arena = {0};
  /* 79 bytes, then a character of two: it does not fit into 80. */
  char text[200] = "";
  memset(text, 'x', 79);
  strcat(text, "\xC3\xA9 and more");
  const char *cut = doc_describe(&arena, parse(&arena, text));
  char expected[200] = "the text \"";
  memset(expected + strlen(expected), 'x', 79);
  strcat(expected, "...\"");
  ck_assert_str_eq(cut, expected);
}
END_TEST

static const struct {
  const char *yaml;
  bool is_int;
  int64_t value;
  bool is_uint;
  uint64_t number;
} numbers[] = {
    {"0", true, 0, true, 0},
    {"-0", true, 0, true, 0},
    {"+7", true, 7, true, 7},
    {"-7", true, -7, false, 0},
    {"0x1F", true, 31, true, 31},
    {"-0x10", true, -16, false, 0},
    {"0o17", true, 15, true, 15},
    {"0b101", true, 5, true, 5},
    {"9223372036854775807", true, INT64_MAX, true, INT64_MAX},
    {"9223372036854775808", false, 0, true, (uint64_t)INT64_MAX + 1},
    {"-9223372036854775808", true, INT64_MIN, false, 0},
    {"-9223372036854775809", false, 0, false, 0},
    {"18446744073709551615", false, 0, true, UINT64_MAX},
    {"18446744073709551616", false, 0, false, 0},
    {"0b1111111111111111111111111111111111111111111111111111111111111111", false, 0, true,
     UINT64_MAX},
    {"0b10000000000000000000000000000000000000000000000000000000000000000", false, 0, false, 0},
    {"'5'", false, 0, false, 0},
    {"01777", false, 0, false, 0},
    {"1.0", false, 0, false, 0},
    {"1e5", false, 0, false, 0},
    {"true", false, 0, false, 0},
    {"[5]", false, 0, false, 0},
};

START_TEST(numbers_are_exact) {
  CLEANUP(arena) struct arena arena = {0};
  const struct doc_node *node = parse(&arena, numbers[_i].yaml);
  int64_t value = 42;
  uint64_t number = 42;
  ck_assert_int_eq(doc_int(node, &value), numbers[_i].is_int);
  ck_assert_int_eq(value, numbers[_i].is_int ? numbers[_i].value : 42);
  ck_assert_int_eq(doc_uint(node, &number), numbers[_i].is_uint);
  ck_assert_uint_eq(number, numbers[_i].is_uint ? numbers[_i].number : 42);
}
END_TEST

START_TEST(nothing_is_no_number) {
  int64_t value;
  uint64_t number;
  ck_assert(!doc_int(NULL, &value));
  ck_assert(!doc_uint(NULL, &number));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("doc");
  TCase *tests = tcase_create("doc");
  tcase_add_test(tests, paths_name_the_way_from_the_root);
  tcase_add_test(tests, look_ups_take_what_they_get);
  tcase_add_test(tests, problems_carry_place_and_path);
  tcase_add_loop_test(tests, descriptions_say_what_was_found, 0, ARRAY_LEN(described));
  tcase_add_test(tests, long_texts_are_cut_between_characters);
  tcase_add_loop_test(tests, numbers_are_exact, 0, ARRAY_LEN(numbers));
  tcase_add_test(tests, nothing_is_no_number);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
