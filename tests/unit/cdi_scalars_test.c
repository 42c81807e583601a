/* SPDX-License-Identifier: Apache-2.0 */
/* What a scalar of YAML is to a field of CDI: section 1.7 of the reference report. Other readers
 * take plain scalars by YAML 1.1 and print numbers anew; davit does as they do, so that names
 * match, and says so where a text is changed. */
#include "cdi_rows.h"

#define CHANGED "is read as"

struct scalar_row {
  const char *better;
  const char *scalar;
  const char *text;  /* that it is; NULL: refused */
  const char *warns; /* NULL: nothing */
  const char *file;  /* NULL: f.yaml */
};

static const char reader_says[] = "the same text, with a warning: other readers of YAML keep it";

static const struct scalar_row texts[] = {
    {SAME, "0.3.0", "0.3.0", NULL, NULL},
    {SAME, "0.3", "0.3", NULL, NULL},
    {SAME, "0", "0", NULL, NULL},
    {SAME, "5", "5", NULL, NULL},
    {SAME, "-5", "-5", NULL, NULL},
    {BETTER reader_says, "010", "8", CHANGED, NULL},
    {BETTER reader_says, "-010", "-8", CHANGED, NULL},
    {BETTER reader_says, "08", "8", CHANGED, NULL},
    {BETTER reader_says, "0x10", "16", CHANGED, NULL},
    {BETTER reader_says, "0b11", "3", CHANGED, NULL},
    {BETTER reader_says, "0o17", "15", CHANGED, NULL},
    {BETTER reader_says, "1_000", "1000", CHANGED, NULL},
    {BETTER reader_says, "+5", "5", CHANGED, NULL},
    {BETTER reader_says, "-0", "0", CHANGED, NULL},
    {BETTER reader_says, "1e3", "1000", CHANGED, NULL},
    {BETTER reader_says, "1e6", "1e+06", CHANGED, NULL},
    {BETTER reader_says, "1.50", "1.5", CHANGED, NULL},
    {BETTER reader_says, "1.0", "1", CHANGED, NULL},
    {BETTER reader_says, ".5", "0.5", CHANGED, NULL},
    {BETTER reader_says, "0.00001", "1e-05", CHANGED, NULL},
    {SAME, "0.0001", "0.0001", NULL, NULL},
    {BETTER reader_says, "123456789.5", "1.2345679e+08", CHANGED, NULL},
    {SAME, "18446744073709551615", "18446744073709551615", NULL, NULL},
    {BETTER reader_says, "18446744073709551616", "1.8446744e+19", CHANGED, NULL},
    {BETTER reader_says, "1e300", "+Inf", CHANGED, NULL},
    {BETTER reader_says, "1234.56789", "1234.5679", CHANGED, NULL},
    {BETTER reader_says, ".inf", "+Inf", CHANGED, NULL},
    {BETTER reader_says, "-.inf", "-Inf", CHANGED, NULL},
    {BETTER reader_says, ".nan", "NaN", CHANGED, NULL},
    {BETTER reader_says, "yes", "true", CHANGED, NULL},
    {BETTER reader_says, "y", "true", CHANGED, NULL},
    {BETTER reader_says, "on", "true", CHANGED, NULL},
    {SAME, "true", "true", NULL, NULL},
    {BETTER reader_says, "True", "true", CHANGED, NULL},
    {BETTER reader_says, "no", "false", CHANGED, NULL},
    {BETTER reader_says, "n", "false", CHANGED, NULL},
    {BETTER reader_says, "off", "false", CHANGED, NULL},
    {SAME, "false", "false", NULL, NULL},
    {SAME, "2001-01-01", "2001-01-01", NULL, NULL},
    {SAME, "12:30", "12:30", NULL, NULL},
    {SAME, "1_a", "1_a", NULL, NULL},
    {SAME, "0xfg", "0xfg", NULL, NULL},
    {SAME, "GPU-1", "GPU-1", NULL, NULL},
    {SAME, "'010'", "010", NULL, NULL},
    {SAME, "\"yes\"", "yes", NULL, NULL},
    {SAME, "!!str 010", "010", NULL, NULL},
    {SAME, "!mine 0x10", "0x10", NULL, NULL},
    {SAME, "!!binary ZGV2", "dev", NULL, NULL},
    {SAME, "!!binary ZGV2MTA=", "dev10", NULL, NULL},
    {SAME, "!!binary '*'", NULL, NULL, NULL},
    {SAME, "!!binary ZGV", NULL, NULL, NULL},
    {BETTER "a NUL ends the text for the kernel and for runtimes", "!!binary AGEA", NULL, NULL,
     NULL},
    {BETTER "invalid UTF-8 has no place in a config", "!!binary /w==", NULL, NULL, NULL},
    {SAME, "[a]", NULL, NULL, NULL},
    {SAME, "{a: b}", NULL, NULL, NULL},
};

START_TEST(a_plain_scalar_is_the_text_that_others_take_it_for) {
  CLEANUP(arena) struct arena arena = {0};
  const struct scalar_row *row = &texts[_i];
  const char *text = arena_printf(
      &arena, EDITS("1.1.0", "hooks: [{hookName: poststop, path: /h, args: [%s]}]"), row->scalar);
  struct cdi_reading reading;
  ck_assert_int_eq(cdi_read(&arena, "f.yaml", text, strlen(text), &reading), DAVIT_OK);
  CLEANUP(findings) struct cdi_findings findings = reading.findings;
  ck_assert_msg((reading.spec != NULL) == (row->text != NULL), "%s: %s", row->scalar,
                error_text(&findings.errors));
  if (!row->text) {
    ck_assert_error(&findings.errors, "cdi.file-broken", "hooks[0].args[0]");
    return;
  }
  const struct cdi_device *device = reading.spec->devices.items[0];
  const struct cdi_hook *hook = device->edits.hooks.items[0];
  ck_assert_str_eq(((const struct cdi_text *)hook->args.items[0])->text, row->text);
  ck_assert_msg(findings.warnings.count == (row->warns ? 1 : 0), "%s", row->scalar);
  if (row->warns) {
    ck_assert_error(&findings.warnings, "cdi.file-odd", row->warns);
    ck_assert_error(&findings.warnings, "cdi.file-odd", row->scalar);
    ck_assert_error(&findings.warnings, "cdi.file-odd", "in quotes");
  }
}
END_TEST

/* Numbers of nodes have 32 bits; a timeout has 64 and a sign. */
static const struct {
  const char *better, *scalar;
  bool is_node_number, is_timeout;
  int64_t value;
} numbers[] = {
    {SAME, "0", true, true, 0},
    {SAME, "5", true, true, 5},
    {SAME, "010", true, true, 8},
    {SAME, "0666", true, true, 0666},
    {SAME, "0o666", true, true, 0666},
    {SAME, "0x10", true, true, 16},
    {SAME, "0b11", true, true, 3},
    {SAME, "1_000", true, true, 1000},
    {SAME, "+7", true, true, 7},
    {SAME, "1.0", true, true, 1},
    {SAME, "1e3", true, true, 1000},
    {SAME, "-0", true, true, 0},
    {SAME, "!!int 5", true, true, 5},
    {SAME, "4294967295", true, true, 4294967295},
    {SAME, "4294967296", false, true, 4294967296},
    {SAME, "9223372036854775807", false, true, INT64_MAX},
    {SAME, "9223372036854775808", false, false, 0},
    {BETTER "no hook can end before it begins", "-1", false, false, 0},
    {BETTER "nor in octal", "-010", false, false, 0},
    {SAME, "1e30", false, false, 0},
    {SAME, "1e999", false, false, 0},
    {SAME, "1.5", false, false, 0},
    {SAME, ".inf", false, false, 0},
    {SAME, "yes", false, false, 0},
    {SAME, "no", false, false, 0},
    {SAME, "2001-01-01", false, false, 0},
    {SAME, "12:30", false, false, 0},
    {SAME, "'1'", false, false, 0},
    {SAME, "'0666'", false, false, 0},
    {SAME, "!!str 1", false, false, 0},
    {SAME, "!mine 1", false, false, 0},
    {SAME, "!!binary MQ==", false, false, 0},
    {SAME, "[1]", false, false, 0},
};

static const struct cdi_edits *read_edits(struct arena *arena, const char *text,
                                          struct cdi_findings *findings) {
  struct cdi_reading reading;
  ck_assert_int_eq(cdi_read(arena, "f.yaml", text, strlen(text), &reading), DAVIT_OK);
  *findings = reading.findings;
  if (!reading.spec)
    return NULL;
  const struct cdi_device *device = reading.spec->devices.items[0];
  return &device->edits;
}

START_TEST(a_number_is_one_of_yaml_1_1) {
  static const struct {
    const char *name;
    size_t offset;
  } fields[] = {{"major", offsetof(struct cdi_node, major)},
                {"minor", offsetof(struct cdi_node, minor)},
                {"fileMode", offsetof(struct cdi_node, mode)},
                {"uid", offsetof(struct cdi_node, uid)},
                {"gid", offsetof(struct cdi_node, gid)}};
  CLEANUP(arena) struct arena arena = {0};
  const char *scalar = numbers[_i].scalar;
  for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
    CLEANUP(findings) struct cdi_findings findings = {0};
    const struct cdi_edits *edits =
        read_edits(&arena,
                   arena_printf(&arena, EDITS("0.3.0", "deviceNodes: [{path: /dev/a, %s: %s}]"),
                                fields[i].name, scalar),
                   &findings);
    ck_assert_msg((edits != NULL) == numbers[_i].is_node_number, "%s: %s", fields[i].name, scalar);
    if (!edits) {
      ck_assert_error(&findings.errors, "cdi.file-broken", fields[i].name);
      continue;
    }
    const struct cdi_number *number =
        (const void *)((const char *)edits->nodes.items[0] + fields[i].offset);
    ck_assert(number->is_given);
    ck_assert_int_eq(number->value, numbers[_i].value);
  }
}
END_TEST

START_TEST(so_is_a_timeout) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(findings) struct cdi_findings findings = {0};
  const struct cdi_edits *edits = read_edits(
      &arena,
      arena_printf(&arena, EDITS("0.3.0", "hooks: [{hookName: poststop, path: /h, timeout: %s}]"),
                   numbers[_i].scalar),
      &findings);
  ck_assert_msg((edits != NULL) == numbers[_i].is_timeout, "%s", numbers[_i].scalar);
  if (edits)
    ck_assert_int_eq(((const struct cdi_hook *)edits->hooks.items[0])->timeout.value,
                     numbers[_i].value);
}
END_TEST

START_TEST(what_only_begins_like_octal_is_told) {
  check_row(&(struct text_row){
      .better = BETTER "689 is what other readers take, and hardly what was meant",
      .text = EDITS("0.3.0", "deviceNodes: [{path: /dev/a, fileMode: 0689}]"),
      .warns = "the number 0689 is read as 689"});
}
END_TEST

/* null is nothing, wherever a value may be left out. */
static const struct text_row nulls[] = {
    {NULL, SAME, EDITS("0.3.0", "deviceNodes: [{path: /dev/a, type: null, major: ~, fileMode: }]"),
     TAKEN},
    {NULL, SAME, HEAD("0.6.0") DEVICE "annotations: {a: null}\n", TAKEN},
    {NULL, SAME, EDITS("0.3.0", "deviceNodes: [{path: null}]"), REFUSED "\"path\" is empty"},
    {NULL, BETTER "it would be an empty argument",
     EDITS("0.3.0", "hooks: [{hookName: poststop, "
                    "path: /h, args: [null]}]"),
     REFUSED "nothing where a text is wanted"},
};

START_TEST(null_is_nothing) {
  check_row(&nulls[_i]);
}
END_TEST

static const struct {
  const char *better, *scalar;
  int is; /* 1, 0, -1: refused */
  const char *warns;
} bools[] = {
    {SAME, "true", 1, NULL},
    {SAME, "false", 0, NULL},
    {BETTER reader_says, "yes", 1, CHANGED},
    {BETTER reader_says, "Off", 0, CHANGED},
    {SAME, "1", -1, NULL},
    {SAME, "'true'", -1, NULL},
    {SAME, "!!str true", -1, NULL},
};

START_TEST(a_bool_is_one_of_yaml_1_1) {
  CLEANUP(arena) struct arena arena = {0};
  const char *text =
      arena_printf(&arena, EDITS("1.1.0", "intelRdt: {enableMonitoring: %s}"), bools[_i].scalar);
  struct cdi_reading reading;
  ck_assert_int_eq(cdi_read(&arena, "f.yaml", text, strlen(text), &reading), DAVIT_OK);
  CLEANUP(findings) struct cdi_findings findings = reading.findings;
  ck_assert_msg((reading.spec != NULL) == (bools[_i].is >= 0), "%s", bools[_i].scalar);
  ck_assert_msg(findings.warnings.count == (bools[_i].warns ? 1 : 0), "%s", bools[_i].scalar);
  if (bools[_i].is < 0)
    return;
  const struct cdi_device *device = reading.spec->devices.items[0];
  ck_assert_int_eq(device->edits.rdt->has_monitoring, bools[_i].is);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_scalars");
  TCase *tests = tcase_create("cdi_scalars");
  tcase_add_loop_test(tests, a_plain_scalar_is_the_text_that_others_take_it_for, 0,
                      ARRAY_LEN(texts));
  tcase_add_loop_test(tests, a_number_is_one_of_yaml_1_1, 0, ARRAY_LEN(numbers));
  tcase_add_loop_test(tests, so_is_a_timeout, 0, ARRAY_LEN(numbers));
  tcase_add_test(tests, what_only_begins_like_octal_is_told);
  tcase_add_loop_test(tests, null_is_nothing, 0, ARRAY_LEN(nulls));
  tcase_add_loop_test(tests, a_bool_is_one_of_yaml_1_1, 0, ARRAY_LEN(bools));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
