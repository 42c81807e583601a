/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include "util/cleanup.h"
#include "util/diff.h"

static const struct {
  const char *old_text, *new_text, *unified;
} pairs[] = {
    {"", "", ""},
    {"a\nb\n", "a\nb\n", ""},
    {"", "a\n", "@@ -0,0 +1 @@\n+a\n"},
    {"a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b\n"},
    {"a\nb\nc\n", "a\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"},
    /* Three lines of context, on either side of what changed. */
    {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\nX\n6\n7\n8\n9\n",
     "@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+X\n 6\n 7\n 8\n"},
    /* Six lines between two changes are shown, with seven the changes stand apart. */
    {"a\n1\n2\n3\n4\n5\n6\nb\n", "1\n2\n3\n4\n5\n6\n",
     "@@ -1,8 +1,6 @@\n-a\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n"},
    {"a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\n",
     "@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-b\n"},
};

START_TEST(is_as_diff_prints_it) {
  CLEANUP(arena) struct arena arena = {0};
  struct diff diff;
  size_t size;
  ck_assert(diff_lines(&arena, pairs[_i].old_text, pairs[_i].new_text, &diff));
  CLEANUP(free) char *unified = diff_unified(&diff, &size);
  ck_assert_str_eq(unified, pairs[_i].unified);
  ck_assert_uint_eq(size, strlen(unified));
}
END_TEST

/* Random lines of a small alphabet, so that many are equal. */
static char *random_text(struct arena *arena, size_t lines, unsigned letters, unsigned *state) {
  char *text = arena_alloc(arena, 2 * lines + 1);
  ck_assert_ptr_nonnull(text);
  for (size_t i = 0; i < lines; i++) {
    *state = *state * 1103515245u + 12345u;
    text[2 * i] = (char)('a' + (*state >> 16) % letters);
    text[2 * i + 1] = '\n';
  }
  return text;
}

/* The old text with the changes made is the new one; answers how many lines changed. */
static size_t check_applies(const struct diff *diff) {
  size_t x = 0, y = 0, changed = 0;
  for (size_t i = 0; i <= diff->change_count; i++) {
    bool is_last = i == diff->change_count;
    size_t x_end = is_last ? diff->old_count : diff->changes[i].old_start;
    size_t y_end = is_last ? diff->new_count : diff->changes[i].new_start;
    ck_assert_uint_le(x, x_end);
    ck_assert_uint_eq(x_end - x, y_end - y);
    ck_assert(i == 0 || is_last || x < x_end);
    for (; x < x_end; x++, y++)
      ck_assert_str_eq(diff->old_lines[x], diff->new_lines[y]);
    if (is_last)
      break;
    x += diff->changes[i].old_count;
    y += diff->changes[i].new_count;
    changed += diff->changes[i].old_count + diff->changes[i].new_count;
  }
  return changed;
}

/* By the textbook: lines that are in no longest common subsequence. */
static size_t fewest_changes(const struct diff *diff) {
  enum {
    MOST = 64
  };
  size_t common[MOST][MOST] = {0};
  ck_assert_uint_lt(diff->old_count, MOST);
  ck_assert_uint_lt(diff->new_count, MOST);
  for (size_t x = 1; x <= diff->old_count; x++)
    for (size_t y = 1; y <= diff->new_count; y++) {
      size_t one = common[x - 1][y], other = common[x][y - 1];
      common[x][y] = one > other ? one : other;
      if (strcmp(diff->old_lines[x - 1], diff->new_lines[y - 1]) == 0)
        common[x][y] = common[x - 1][y - 1] + 1;
    }
  return diff->old_count + diff->new_count - 2 * common[diff->old_count][diff->new_count];
}

START_TEST(changes_are_the_fewest) {
  unsigned state = 1;
  for (size_t i = 0; i < 2000; i++) {
    CLEANUP(arena) struct arena arena = {0};
    struct diff diff;
    unsigned letters = 2 + (unsigned)(i % 5);
    const char *old_text = random_text(&arena, i % 37, letters, &state);
    const char *new_text = random_text(&arena, i % 29, letters, &state);
    ck_assert(diff_lines(&arena, old_text, new_text, &diff));
    ck_assert_uint_eq(check_applies(&diff), fewest_changes(&diff));
  }
}
END_TEST

/* More differences than are searched for the shortest way. */
START_TEST(long_ways_are_right_too) {
  CLEANUP(arena) struct arena arena = {0};
  unsigned state = 7;
  struct diff diff;
  const char *old_text = random_text(&arena, 20000, 20, &state);
  const char *new_text = random_text(&arena, 30000, 20, &state);
  ck_assert(diff_lines(&arena, old_text, new_text, &diff));
  size_t changed = check_applies(&diff);
  ck_assert_uint_lt(changed, 45000);
  ck_assert_uint_gt(changed, 10000);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("util_diff");
  TCase *tests = tcase_create("util_diff");
  tcase_add_loop_test(tests, is_as_diff_prints_it, 0, ARRAY_LEN(pairs));
  tcase_add_test(tests, changes_are_the_fewest);
  tcase_add_test(tests, long_ways_are_right_too);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
