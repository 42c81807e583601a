/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include <stdio.h>

#include "util/arena.h"
#include "util/list.h"
#include "util/map.h"
#include "util/text.h"

START_TEST(an_arena_takes_what_is_in_another) {
  CLEANUP(arena) struct arena arena = {0};
  struct arena first = {0}, second = {0}, empty = {0};
  const char *one = arena_strdup(&first, "one");
  arena_take(&arena, &first); /* into an empty one */
  ck_assert_ptr_null(first.blocks);
  const char *mine = arena_strdup(&arena, "mine");
  const char *two = arena_strdup(&second, "two");
  ck_assert_ptr_nonnull(arena_alloc(&second, 100000)); /* more than one block */
  arena_take(&arena, &second);
  arena_take(&arena, &empty);
  const char *more = arena_strdup(&arena, "more");
  ck_assert_str_eq(one, "one");
  ck_assert_str_eq(two, "two");
  ck_assert_str_eq(mine, "mine");
  ck_assert_ptr_eq(more, mine + 16); /* it goes on in its own block */
}
END_TEST

START_TEST(arena_gives_zeroed_memory_of_any_size) {
  CLEANUP(arena) struct arena arena = {0};
  for (size_t size = 0; size < 100000; size = size * 3 + 1) {
    char *memory = arena_alloc(&arena, size);
    ck_assert_ptr_nonnull(memory);
    ck_assert_uint_eq((uintptr_t)memory % _Alignof(max_align_t), 0);
    for (size_t i = 0; i < size; i++)
      ck_assert_int_eq(memory[i], 0);
    memset(memory, 'x', size);
  }
  ck_assert_ptr_null(arena_array(&arena, SIZE_MAX / 2, 3));
  ck_assert_str_eq(arena_printf(&arena, "%s-%d", "a", 7), "a-7");
  ck_assert_str_eq(arena_printf(&arena, "%s=%s", "a", ""), "a=");
  ck_assert_str_eq(arena_printf(&arena, "100%% %s", "a"), "100% a");
  char zeros[301];
  for (int length = 250; length <= 300; length++) {
    snprintf(zeros, sizeof(zeros), "%0*d", length, 0);
    ck_assert_str_eq(arena_printf(&arena, "%0*d", length, 0), zeros);
    ck_assert_str_eq(arena_printf(&arena, "%s", zeros), zeros);
  }
}
END_TEST

START_TEST(map_finds_what_was_put_and_not_removed) {
  CLEANUP(arena) struct arena arena = {0};
  struct map map = {0};
  ck_assert_ptr_null(map_find(&map, "absent"));
  for (uintptr_t i = 0; i < 1000; i++)
    ck_assert(map_put(&arena, &map, arena_printf(&arena, "key%zu", (size_t)i), (void *)i));
  for (uintptr_t i = 0; i < 1000; i += 2)
    map_remove(&map, arena_printf(&arena, "key%zu", (size_t)i));
  ck_assert_uint_eq(map.count, 500);
  for (uintptr_t i = 0; i < 1000; i++) {
    void **value = map_find(&map, arena_printf(&arena, "key%zu", (size_t)i));
    if (i % 2 == 0)
      ck_assert_ptr_null(value);
    else
      ck_assert_uint_eq((uintptr_t)*value, i);
  }
}
END_TEST

START_TEST(errors_keep_order_and_join) {
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(error) struct davit_error more = {0};
  struct where at = {.file = "a.yaml", .line = 3, .column = 4, .key = "x.y"};
  ck_assert_int_eq(error_add(&err, DAVIT_E_INVALID, "one", NULL, "first %d", 1), DAVIT_E_INVALID);
  ck_assert_int_eq(error_add_at(&more, DAVIT_E_BUSY, "two", &at, "do it", "second"), DAVIT_E_BUSY);
  error_take(&err, &more);
  ck_assert_uint_eq(err.count, 2);
  ck_assert_str_eq(err.first->text, "first 1");
  ck_assert_str_eq(err.last->at.key, "x.y");
  ck_assert_str_eq(err.last->hint, "do it");
  ck_assert_ptr_null(more.first);
  error_memory(&err);
  ck_assert_str_eq(err.last->code, "memory.out");
}
END_TEST

START_TEST(errors_are_sorted_by_place) {
  static const struct where places[] = {
      {.line = 5, .column = 1}, {.line = 2, .column = 9}, {0},
      {.line = 2, .column = 3}, {.line = 7, .column = 1}, {.line = 2, .column = 3}};
  CLEANUP(error) struct davit_error err = {0};
  for (size_t i = 0; i < ARRAY_LEN(places); i++)
    error_add_at(&err, DAVIT_E_INVALID, "code", &places[i], NULL, "%zu", i);
  if (_i == 1)
    error_memory(&err); /* shared by all errors: it stays the last */
  error_sort(&err);
  static const char *const order[] = {"3", "5", "1", "0", "4", "2", "out of memory"};
  size_t i = 0;
  for (const struct problem *problem = err.first; problem; problem = problem->next, i++)
    ck_assert_str_eq(problem->text, order[i]);
  ck_assert_uint_eq(i, ARRAY_LEN(places) + (size_t)_i);
  ck_assert_uint_eq(err.count, i);
  ck_assert_str_eq(err.last->text, order[i - 1]);
  error_add(&err, DAVIT_E_INVALID, "code", NULL, "behind");
  ck_assert_str_eq(err.last->text, _i == 1 ? "out of memory" : "behind");

  struct davit_error none = {0};
  error_sort(&none);
  ck_assert_ptr_null(none.first);
}
END_TEST

static const struct {
  const char *text;
  int base;
  bool good;
  uint64_t value;
} numbers[] = {
    {"0", 10, true, 0},       {"18446744073709551615", 10, true, UINT64_MAX},
    {"ff", 16, true, 255},    {"18446744073709551616", 10, false, 0},
    {"", 10, false, 0},       {" 1", 10, false, 0},
    {"+1", 10, false, 0},     {"-1", 10, false, 0},
    {"1x", 10, false, 0},     {"0x1", 16, false, 0},
    {"1777", 8, true, 01777}, {"8", 8, false, 0},
};

START_TEST(numbers_are_whole_texts) {
  uint64_t value = 42;
  ck_assert_int_eq(text_to_u64(numbers[_i].text, numbers[_i].base, &value), numbers[_i].good);
  ck_assert_uint_eq(value, numbers[_i].good ? numbers[_i].value : 42);
}
END_TEST

static const struct {
  const char *path;
  bool clean;
} paths[] = {{"/", true},      {"/a", true},    {"/a/b.c", true}, {"/a/...", true},
             {"a", false},     {"", false},     {"//", false},    {"/a/", false},
             {"/a//b", false}, {"/./a", false}, {"/a/..", false}, {"/../a", false},
             {"/a/.", false}};

START_TEST(utf8_is_well_formed) {
  static const char *const good[] = {"", "a", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
  static const char *const bad[] = {
      "\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xe2\x82", "\xf4\x90\x80\x80", "a\x80-"};
  for (size_t i = 0; i < ARRAY_LEN(good); i++)
    ck_assert(text_is_utf8(good[i]));
  for (size_t i = 0; i < ARRAY_LEN(bad); i++)
    ck_assert(!text_is_utf8(bad[i]));
}
END_TEST

START_TEST(clean_paths) {
  ck_assert_msg(path_is_clean(paths[_i].path) == paths[_i].clean, "%s", paths[_i].path);
}
END_TEST

START_TEST(near_words) {
  static const char *const words[] = {"resources", "devices", "env", "user", NULL};
  ck_assert_str_eq(text_nearest("resource", words), "resources");
  ck_assert_str_eq(text_nearest("devcies", words), "devices");
  ck_assert_str_eq(text_nearest("evn", words), "env");
  ck_assert_ptr_null(text_nearest("zzz", words));
  ck_assert_ptr_null(text_nearest("", words));
  static const char *const digits[] = {"0", "1", NULL};
  ck_assert_ptr_null(text_nearest("7", digits));
}
END_TEST

START_TEST(lists_end_with_null) {
  CLEANUP(arena) struct arena arena = {0};
  struct list list = {0};
  ck_assert_ptr_null(list_strings(&list)[0]);
  for (int i = 0; i < 20; i++) {
    ck_assert(list_push(&arena, &list, "x"));
    ck_assert_ptr_null(list.items[list.count]);
  }
  ck_assert_str_eq(strings_join(&arena, list_strings(&list), 2), "x, x, ... (18 more)");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("util");
  TCase *tests = tcase_create("util");
  tcase_add_test(tests, arena_gives_zeroed_memory_of_any_size);
  tcase_add_test(tests, an_arena_takes_what_is_in_another);
  tcase_add_test(tests, map_finds_what_was_put_and_not_removed);
  tcase_add_test(tests, errors_keep_order_and_join);
  tcase_add_loop_test(tests, errors_are_sorted_by_place, 0, 2);
  tcase_add_loop_test(tests, numbers_are_whole_texts, 0, ARRAY_LEN(numbers));
  tcase_add_test(tests, utf8_is_well_formed);
  tcase_add_loop_test(tests, clean_paths, 0, ARRAY_LEN(paths));
  tcase_add_test(tests, near_words);
  tcase_add_test(tests, lists_end_with_null);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
