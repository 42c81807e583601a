/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out at every place where the reading of a CDI file asks for some. */
#include "cdi_rows.h"
#include "short_memory.h"

static const char good[] =
    "cdiVersion: 1.1.0\n"
    "kind: !!binary di5jb20vYw==\n"
    "annotations: {-a: b}\n"
    "devices:\n"
    "- &d\n"
    "  name: 010\n"
    "  containerEdits:\n"
    "    env: [A=b, C=1.50]\n"
    "    deviceNodes: [{path: dev/a, hostPath: /dev/b, type: c, major: 08, minor: 1.0}]\n"
    "    mounts: [{hostPath: /a, containerPath: /b, options: [ro]}]\n"
    "    hooks: {prestart: [{path: /h, args: [h, 1e3], env: [A=b], timeout: 0}]}\n"
    "    netDevices: [{hostInterfaceName: a b, name: c}]\n"
    "    intelRdt: {closID: c, schemata: [L3:0=f], enableMonitoring: yes}\n"
    "    additionalGids: [5]\n"
    "containerEdits: {<<: {env: [A=b]}}\n"
    "---\n";

static const char bad[] =
    "cdiVersion: 0.3.0\n"
    "kind: v\n"
    "foo: bar\n"
    "devices:\n"
    "- {name: a b, containerEdits: {env: [A], hooks: [{hookName: h, path: 5}], mounts: [null]}}\n"
    "- {name: 5, containerEdits: {additionalGids: ['5'], deviceNodes: [{type: x}]}}\n";

/* With so many allocations. True: none was refused. */
static bool read_short(const char *text, bool is_good, size_t limit) {
  CLEANUP(arena) struct arena arena = {0};
  struct cdi_reading reading;
  allowed = limit;
  refused = 0;
  int answer = cdi_read(&arena, "f.yaml", text, strlen(text), &reading);
  allowed = SIZE_MAX;
  CLEANUP(findings) struct cdi_findings findings = reading.findings;
  bool is_spec = reading.spec != NULL;
  if (answer == DAVIT_OK) {
    ck_assert_int_eq(is_spec, is_good); /* a message may say less than it could */
    return refused == 0;
  }
  ck_assert_uint_gt(refused, 0);
  ck_assert_int_eq(answer, DAVIT_E_MEMORY);
  ck_assert_int_eq(is_spec, false);
  ck_assert_str_eq(findings.errors.last->code, "memory.out");
  return false;
}

static void read_at_all_limits(const char *text, bool is_good) {
  size_t limit = 0;
  while (!read_short(text, is_good, limit))
    limit++;
  ck_assert_uint_gt(limit, 20);
}

START_TEST(a_good_file_is_read_whole_or_not_at_all) {
  recovers = _i == 1;
  read_at_all_limits(good, true);
}
END_TEST

START_TEST(a_bad_file_is_refused) {
  recovers = _i == 1;
  read_at_all_limits(bad, false);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_memory");
  TCase *tests = tcase_create("cdi_memory");
  tcase_add_loop_test(tests, a_good_file_is_read_whole_or_not_at_all, 0, 2);
  tcase_add_loop_test(tests, a_bad_file_is_refused, 0, 2);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
