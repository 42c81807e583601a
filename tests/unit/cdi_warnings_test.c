/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about a file that loads: to all who use it, or to a strict check only. */
#include "cdi_rows.h"

/* ---- annotations: Kubernetes' rules --------------------------------------------------------- */

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
  const char *key;
  const char *hint; /* NULL: the key is fine */
} keys[] = {
    {"a", NULL},
    {"0", NULL},
    {"acme.com/board", NULL},
    {"Acme.COM/Board_1.x-y", NULL},
    {"a/b", NULL},
    {"1.2-3/b", NULL},
    {A63, NULL},
    {A63 "." A63 "." A63 "." A63 "/a", "at most 253"}, /* 4 * 63 + 3 */
    {A63 "." A63 "." A63 "."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/a",
     NULL},
    {A63 "a", "at most 63"},
    {"", "begins and ends"},
    {"-bad-", "begins and ends"},
    {"a b", "nothing but letters"},
    {"a\xC3\xA9", "begins and ends"},
    {"a:b", "nothing but letters"},
    {"/a", "DNS name"},
    {"a/", "begins and ends"},
    {"a/b/c", "at most one"},
    {"a_b/c", "DNS name"},
    {"-a/c", "DNS name"},
    {"a..b/c", "DNS name"},
    {".a/c", "DNS name"},
    {"a./c", "DNS name"},
};

static void check_key(const char *format, const char *key, const char *hint, const char *path) {
  CLEANUP(arena) struct arena arena = {0};
  const char *pair = arena_printf(&arena, "'%s': x", key);
  char *text = arena_strdup(&arena, format), *mark = strchr(text, '@');
  *mark = '\0';
  text = arena_printf(&arena, "%s%s%s", text, pair, mark + 1);
  struct cdi_reading reading;
  ck_assert_int_eq(cdi_read(&arena, "f.yaml", text, strlen(text), &reading), DAVIT_OK);
  CLEANUP(findings) struct cdi_findings findings = reading.findings;
  ck_assert_msg(reading.spec != NULL, "%s: %s", key, error_text(&findings.errors));
  ck_assert_msg(findings.warnings.count == (hint ? 1 : 0), "%s", key);
  if (!hint)
    return;
  const struct problem *problem = findings.warnings.first;
  ck_assert_str_eq(problem->code, "cdi.file-odd");
  ck_assert_contains(problem->hint, hint);
  ck_assert_contains(problem->at.key, path);
}

START_TEST(keys_of_annotations_follow_kubernetes) {
  check_key(HEAD("0.6.0") DEVICE "annotations: {@}\n", keys[_i].key, keys[_i].hint, "annotations.");
  check_key(HEAD("0.6.0") "devices: [{name: d, annotations: {@}, containerEdits: {env: [A=b]}}]\n",
            keys[_i].key, keys[_i].hint, "devices[0].annotations.");
}
END_TEST

START_TEST(annotations_have_a_size) {
  CLEANUP(arena) struct arena arena = {0};
  char *value = arena_alloc(&arena, 262144);
  memset(value, 'v', 262143); /* the key has one byte more */
  struct text_row row = {
      .text = arena_printf(&arena, HEAD("0.6.0") DEVICE "annotations: {k: %s}\n", value)};
  check_row(&row);
  row.text = arena_printf(&arena, HEAD("0.6.0") DEVICE "annotations: {kk: %s}\n", value);
  row.warns = "the annotations have 262145 bytes, at most 262144 are valid";
  check_row(&row);
}
END_TEST

/* ---- hooks by stage ------------------------------------------------------------------------- */

#define STAGES "hooks by stage are not CDI"

static const struct text_row stages[] = {
    {.text = EDITS("0.3.0", "hooks: {createContainer: [{path: /h}]}"), TAKEN, .warns = STAGES},
    {.text = HEAD("0.3.0") DEVICE "containerEdits: {hooks: {poststop: [{path: /h}]}}\n",
     TAKEN,
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: [{path: /h, args: [h], env: [A=b], timeout: 5}], "
                            "createRuntime: [], createContainer: null, poststart: [{path: /g}]}"),
     TAKEN,
     .warns = STAGES},
    {.text = EDITS("0.3.0", "env: [A=b], hooks: {}"), TAKEN, .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {}"),
     REFUSED "the device has no containerEdits",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: []}"),
     REFUSED "the device has no containerEdits",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: null}"),
     REFUSED "the device has no containerEdits",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {preStart: [{path: /h}]}"),
     REFUSED "unknown hook \"preStart\"",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: {path: /h}}"),
     REFUSED "devices[0].containerEdits.hooks.prestart",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: /h}"),
     REFUSED "the text \"/h\" where a list",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: [null]}"),
     REFUSED "devices[0].containerEdits.hooks.prestart[0]",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: [{args: [h]}]}"),
     REFUSED "\"path\" is missing",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: [{hookName: prestart, path: /h}]}"),
     REFUSED "unknown field \"hookName\"",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: [{path: /h, env: [A]}]}"),
     REFUSED "devices[0].containerEdits.hooks.prestart[0].env[0]",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: [{path: /h, timeout: -1}]}"),
     REFUSED "devices[0].containerEdits.hooks.prestart[0].timeout",
     .warns = STAGES},
    {.text = EDITS("0.3.0", "hooks: {prestart: [{path: /h}], prestart: [{path: /h}]}"),
     REFUSED "the key \"prestart\" is there twice"},
};

START_TEST(hooks_by_stage_are_read) {
  check_row(&stages[_i]);
}
END_TEST

START_TEST(a_stage_is_the_name_of_its_hooks) {
  CLEANUP(arena) struct arena arena = {0};
  static const char text[] = EDITS("0.3.0", "hooks: {poststop: [{path: /a}, {path: /b}], "
                                            "prestart: [{path: /c, args: [c, -x]}]}");
  struct cdi_reading reading;
  ck_assert_int_eq(cdi_read(&arena, "f.yaml", text, strlen(text), &reading), DAVIT_OK);
  ck_assert_ptr_nonnull(reading.spec);
  const struct cdi_device *device = reading.spec->devices.items[0];
  static const struct {
    const char *name, *path;
    size_t args;
  } expected[] = {{"poststop", "/a", 0}, {"poststop", "/b", 0}, {"prestart", "/c", 2}};
  ck_assert_uint_eq(device->edits.hooks.count, ARRAY_LEN(expected));
  for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
    const struct cdi_hook *hook = device->edits.hooks.items[i];
    ck_assert_str_eq(hook->name, expected[i].name);
    ck_assert_str_eq(hook->path, expected[i].path);
    ck_assert_uint_eq(hook->args.count, expected[i].args);
  }
  findings_clear(&reading.findings);
}
END_TEST

/* ---- strict checks -------------------------------------------------------------------------- */

#define OF(edits)       .text = EDITS("1.1.0", edits), TAKEN
#define NET(host, name) OF("netDevices: [{hostInterfaceName: " host ", name: " name "}]")

static const struct text_row notes[] = {
    {OF("deviceNodes: [{path: dev/a}]"), .notes = "the path \"dev/a\" is not absolute"},
    {OF("deviceNodes: [{path: /dev/../a}]"), .notes = "the path \"/dev/../a\" is not absolute"},
    {OF("deviceNodes: [{path: /dev/..}]"), .notes = "the path \"/dev/..\" is not absolute"},
    {OF("deviceNodes: [{path: /dev/..a/.b/a../...}]")},
    {OF("deviceNodes: [{path: /dev/a, hostPath: a}]"), .notes = "the hostPath \"a\" is not"},
    {OF("mounts: [{hostPath: /a, containerPath: b, options: [bind]}]"),
     .notes = "the containerPath \"b\" is not absolute"},
    {OF("mounts: [{hostPath: a, containerPath: /b, options: [rbind]}]"),
     .notes = "the hostPath \"a\" is not absolute"},
    {OF("mounts: [{hostPath: a, containerPath: /b, type: bind}]"),
     .notes = "the hostPath \"a\" is not absolute"},
    {OF("mounts: [{hostPath: /a, containerPath: /b, options: [ro]}]"),
     .notes = "neither a type nor an option that makes it a bind mount"},
    {OF("hooks: [{hookName: poststop, path: hook}]"), .notes = "the path \"hook\" is not absolute"},
    {OF("hooks: [{hookName: poststop, path: /h, timeout: 0}]"), .notes = "the timeout is 0"},
    {NET("abcdefghijklmnop", "a"), .notes = "\"abcdefghijklmnop\" is too long"},
    {NET("a", "abcdefghijklmnop"), .notes = "\"abcdefghijklmnop\" is too long"},
    {NET("a/b", "a"), .notes = "\"a/b\" is no interface name"},
    {NET("'a b'", "a"), .notes = "\"a b\" is no interface name"},
    {NET("a", "'a\tb'"), .notes = "is no interface name"},
    {NET("..", "a"), .notes = "\"..\" is no interface name"},
    {NET("a", "'a:1'"), .notes = "\"a:1\" is no interface name"},
};

START_TEST(a_strict_check_finds_more) {
  check_row(&notes[_i]);
}
END_TEST

static const struct text_row clean[] = {
    {OF("deviceNodes: [{path: /dev/a, hostPath: /dev/b, type: c, major: 5, minor: 0}]")},
    {OF("mounts: [{hostPath: /a, containerPath: /b, options: [ro, rbind]}]")},
    {OF("mounts: [{hostPath: tmpfs, containerPath: /b, type: tmpfs}]")},
    {OF("hooks: [{hookName: poststop, path: /h, timeout: 1}]")},
    {NET("abcdefghijklmno", "a.b-c_d@1")},
};

START_TEST(a_strict_check_finds_nothing_here) {
  CLEANUP(arena) struct arena arena = {0};
  struct cdi_reading reading;
  const char *text = clean[_i].text;
  ck_assert_int_eq(cdi_read(&arena, "f.yaml", text, strlen(text), &reading), DAVIT_OK);
  CLEANUP(findings) struct cdi_findings findings = reading.findings;
  ck_assert_msg(findings.strict.count == 0, "%s: %s", text, error_text(&findings.strict));
  check_row(&clean[_i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_warnings");
  TCase *tests = tcase_create("cdi_warnings");
  tcase_add_loop_test(tests, keys_of_annotations_follow_kubernetes, 0, ARRAY_LEN(keys));
  tcase_add_test(tests, annotations_have_a_size);
  tcase_add_loop_test(tests, hooks_by_stage_are_read, 0, ARRAY_LEN(stages));
  tcase_add_test(tests, a_stage_is_the_name_of_its_hooks);
  tcase_add_loop_test(tests, a_strict_check_finds_more, 0, ARRAY_LEN(notes));
  tcase_add_loop_test(tests, a_strict_check_finds_nothing_here, 0, ARRAY_LEN(clean));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
