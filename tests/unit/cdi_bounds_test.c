/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile files are refused, with a reason, before they cost much. */
#include "cdi_rows.h"
#include "usage.h"

#include "util/cleanup.h"

enum {
  MOST_SECONDS = 5, /* of processor time: a fraction of one without sanitizers, on a slow machine */
  MOST_MEBIBYTES = 320, /* for a million nodes and a text of 16 MiB */
  MANY = 2560 * 1024,   /* in pairs of bytes more than a million */
  LARGE = 16 * 1024 * 1024
};

#define DEVICE_NAMED "devices: [{name: "
#define AND_EDITS    ", containerEdits: {env: [A=b]}}]"
#define NODE_WITH    DEVICE_NAMED "d, containerEdits: {deviceNodes: [{"
#define START        "cdiVersion: 1.1.0\nkind: v.com/c\n"

struct text {
  char *data;
  size_t size;
};

static void cleanup_text(struct text *text) {
  free(text->data);
}

/* START, `before`, `part` again and again up to the size, `after`. */
struct repetition {
  const char *before, *part, *after;
  size_t size;
};

static void repeat(FILE *file, const struct repetition *text) {
  fputs(text->before, file);
  for (size_t size = 0; size < text->size; size += strlen(text->part))
    fputs(text->part, file);
  fputs(text->after, file);
}

/* Ten aliases of ten aliases of ... */
static void write_bomb(FILE *file, const char *leaf, const char *open, const char *close) {
  fprintf(file, START "x0: &x0 %s\n", leaf);
  for (int i = 1; i <= 9; i++) {
    fprintf(file, "x%d: &x%d %s*x%d", i, i, open, i - 1);
    for (int j = 1; j < 10; j++)
      fprintf(file, ", *x%d", i - 1);
    fprintf(file, "%s\n", close);
  }
}

static void write_list_bomb(FILE *file) {
  write_bomb(file, "[a, b]", "[", "]");
}

static void write_merge_bomb(FILE *file) {
  write_bomb(file, "{a: b}", "{<<: [", "]}");
}

static void write_mapping_bomb(FILE *file) {
  fputs(START "x0: &x0 {a: b}\n", file);
  for (int i = 1; i <= 30; i++)
    fprintf(file, "x%d: &x%d {a: *x%d, b: *x%d}\n", i, i, i - 1, i - 1);
}

static const struct {
  const char *file;
  void (*write)(FILE *file); /* or: */
  struct repetition text;
  const char *says;
} hostile[] = {
    {"f.yaml", write_list_bomb, {0}, "each use of a YAML alias counts"},
    {"f.yaml", write_mapping_bomb, {0}, "each use of a YAML alias counts"},
    {"f.yaml", write_merge_bomb, {0}, "the key \"a\" is there twice"},
    {"f.yaml", NULL, {START "devices: ", "[", "", MANY}, "nested more than 64 deep"},
    {"f.yaml", NULL, {START "devices: ", "{a: ", "", MANY}, "nested more than 64 deep"},
    {"f.yaml", NULL, {START "", "- ", "", MANY}, ""},
    {"f.yaml", NULL, {START "", "? ", "", MANY}, ""},
    {"f.json", NULL, {"", "[", "", MANY}, "nested more than 64 deep"},
    {"f.json", NULL, {"", "{\"a\":", "", MANY}, "nested more than 64 deep"},
    {"f.json", NULL, {"[1", ",1", "]", MANY}, "more than 1000000 values"},
    {"f.yaml", NULL, {START "devices: [", "a,", "]", MANY}, "more than 1000000 values"},
    {"f.yaml", NULL, {START "#", "x", "\n", LARGE}, "at most 16777216 are read"},
    {"f.json", NULL, {"{", " ", "}", LARGE}, "at most 16777216 are read"},
    {"f.yaml", NULL, {START "#", "x", "\n", LARGE - 64}, "\"devices\" is missing"},
    {"f.yaml", NULL, {START "a: ", "x", "\n", LARGE - 64}, "unknown field \"a\""},
    {"f.yaml", NULL, {START "", "x", ": a\n", 1000}, "unknown field \"xxxx"},
    {"f.yaml", NULL, {START DEVICE_NAMED, "x", AND_EDITS, 2048}, "xxx...\" is too long"},
    {"f.yaml", NULL, {"cdiVersion: 1.1.0\nkind: v.com/", "x", "\n", 2048}, "xxx...\" is too long"},
    {"f.yaml", NULL, {START NODE_WITH "path: /", "x", "}]}}]", 2047}, "xxx...\" is too long"},
    {"f.yaml",
     NULL,
     {START NODE_WITH "path: /a, hostPath: /", "x", "}]}}]", 4095},
     "xxx...\" is too"},
    {"f.yaml", NULL, {START "a: &a \"", "x", "\"\n", MANY}, "unknown field \"a\""},
    {"f.yaml", NULL, {START, "a: 1\n", "", 2000000}, "the key \"a\" is there twice"},
    {"f.yaml", NULL, {START "devices:\n", "- null\n", "", 2000000}, "devices[99]"},
    {"f.yaml",
     NULL,
     {START "devices:\n", "- {name: a, containerEdits: {env: [A=b]}}\n", "", 2000000},
     "devices[100].name"},
    {"f.yaml",
     NULL,
     {START "devices: [{name: d, containerEdits: {additionalGids: [", "9", "]}}]\n", 2000000},
     "additionalGids[0]"},
    {"f.yaml",
     NULL,
     {START "devices: [{name: d, containerEdits: {additionalGids: [1e", "9", "]}}]\n", 2000000},
     "additionalGids[0]"},
    {"f.json", NULL, {"{\"a\": [\"", "\\u0000", "\"]}", MANY}, "there is a NUL in the string"},
    {"f.json", NULL, {"{\"a\": ", "\\", "}", MANY}, ""},
    {"f.yaml", NULL, {"%", "x", "\n", MANY}, ""},
    {"f.yaml", NULL, {"--- !", "%41", " a\n", MANY}, ""},
    {"f.yaml", NULL, {START "kind: !!binary ", "QUFB", "\n", MANY}, ""},
    {"f.yaml", NULL, {"\xFF\xFE", "[]", "", MANY}, ""},
    {"f.yaml", NULL, {START "annotations: {? ", "a/", " : b}\n", MANY}, "\"devices\" is missing"},
};

static void read_hostile(void *user) {
  const struct text *text = user;
  CLEANUP(arena) struct arena arena = {0};
  struct cdi_reading reading;
  if (cdi_read(&arena, text->data[0] == '{' || text->data[0] == '[' ? "f.json" : "f.yaml",
               text->data, text->size, &reading) < 0 ||
      reading.spec)
    _exit(1);
  findings_clear(&reading.findings);
}

static void write_hostile(int number, struct text *text) {
  CLEANUP(file) FILE *file = open_memstream(&text->data, &text->size);
  ck_assert_ptr_nonnull(file);
  if (hostile[number].write)
    hostile[number].write(file);
  else
    repeat(file, &hostile[number].text);
}

START_TEST(a_hostile_file_is_refused_soon) {
  CLEANUP(text) struct text text = {0};
  write_hostile(_i, &text);
  struct rusage usage = usage_of_child(read_hostile, &text);
  struct rusage nothing = usage_of_child(NULL, NULL);
  ck_assert_msg(seconds_of(&usage) < MOST_SECONDS, "%g s", seconds_of(&usage));
  long mebibytes = (usage.ru_maxrss - nothing.ru_maxrss) / 1024;
  ck_assert_msg(mebibytes < MOST_MEBIBYTES, "%ld MiB", mebibytes);
}
END_TEST

START_TEST(the_reason_is_told) {
  CLEANUP(text) struct text text = {0};
  CLEANUP(arena) struct arena arena = {0};
  struct cdi_reading reading;
  write_hostile(_i, &text);
  ck_assert_int_eq(cdi_read(&arena, hostile[_i].file, text.data, text.size, &reading), DAVIT_OK);
  CLEANUP(findings) struct cdi_findings findings = reading.findings;
  ck_assert_ptr_null(reading.spec);
  ck_assert_uint_gt(findings.errors.count, 0);
  ck_assert_uint_le(findings.errors.count, 101);
  ck_assert_error(&findings.errors, "cdi.file-broken", hostile[_i].says);
  for (const struct problem *problem = findings.errors.first; problem; problem = problem->next)
    ck_assert_uint_lt(strlen(problem->text), 1000);
}
END_TEST

/* What a hostile file filled is free again, so that a directory of them costs no more than one. */
START_TEST(a_refused_file_keeps_nothing) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(text) struct text text = {0};
  struct cdi_reading reading;
  write_hostile(0, &text);
  ck_assert_int_eq(cdi_read(&arena, "f.yaml", text.data, text.size, &reading), DAVIT_OK);
  findings_clear(&reading.findings);
  ck_assert_ptr_null(reading.spec);
  ck_assert_ptr_null(arena.blocks);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_bounds");
  TCase *tests = tcase_create("cdi_bounds");
  tcase_add_loop_test(tests, a_hostile_file_is_refused_soon, 0, ARRAY_LEN(hostile));
  tcase_add_loop_test(tests, the_reason_is_told, 0, ARRAY_LEN(hostile));
  tcase_add_test(tests, a_refused_file_keeps_nothing);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
