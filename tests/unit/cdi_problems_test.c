/* SPDX-License-Identifier: Apache-2.0 */
/* Which problems are found in a file, with their places and what would be right. */
#include "cdi_rows.h"

#include "util/cleanup.h"

static int read_text(struct arena *arena, const char *text, const struct cdi_spec **spec,
                     struct davit_error *err) {
  struct cdi_reading reading;
  int answer = cdi_read(arena, "s.yaml", text, strlen(text), &reading);
  error_take(err, &reading.findings.errors);
  findings_clear(&reading.findings);
  if (reading.spec)
    *spec = reading.spec;
  return answer == DAVIT_OK && err->first ? err->last->answer : answer;
}

static const struct {
  const char *text;
  const char *key; /* of the first problem */
  const char *says, *hint;
} bad[] = {
    {"", NULL, "nothing where a mapping is wanted", "write a mapping here"},
    {"[]", NULL, "a list where a mapping is wanted", "write a mapping here"},
    {"kind: v.com/c\n" DEVICE, NULL, "\"cdiVersion\" is missing", "CDI wants it"},
    {"cdiVersion: ''\nkind: v.com/c\n" DEVICE, "cdiVersion", "\"cdiVersion\" is empty",
     "CDI wants it"},
    {"cdiVersion: 0.3.0\n" DEVICE, NULL, "\"kind\" is missing", "CDI wants it"},
    {HEAD("0.3.0"), NULL, "\"devices\" is missing", "CDI wants it"},
    {HEAD("0.3.0") "devices: []\n", "devices", "\"devices\" is empty", "CDI wants it"},
    {HEAD("0.3.0") "devices: {a: b}\n", "devices", "a mapping where a list is wanted",
     "write a list here"},
    {HEAD("0.0.0") DEVICE, "cdiVersion", "unknown cdiVersion \"0.0.0\"", "0.3.0 to 1.1.0"},
    {HEAD("1.2.0") DEVICE, "cdiVersion", "unknown cdiVersion \"1.2.0\"", "0.3.0 to 1.1.0"},
    {HEAD("vv0.3.0") DEVICE, "cdiVersion", "unknown cdiVersion", "0.3.0 to 1.1.0"},
    {HEAD("0.2.0") DEVICE, "cdiVersion", "cdiVersion \"0.2.0\" is too old", "at least 0.3.0"},
    {"cdiVersion: 0.3.0\nkind: vendor.com-/c\n" DEVICE, "kind", "\"vendor.com-/c\" is no kind",
     "the vendor must begin with a letter"},
    {"cdiVersion: 0.3.0\nkind: v.com/device=\n" DEVICE, "kind", "is no kind",
     "the class must begin with a letter"},
    {HEAD("0.3.0") DEVICE "foo: 1\n", "foo", "unknown field \"foo\"", "known here: cdiVersion"},
    {HEAD("0.3.0") DEVICE "device: 1\n", "device", "unknown field \"device\"",
     "do you mean \"devices\"?"},
    {HEAD("0.3.0") "devices: [{name: d, nmae: d, containerEdits: {env: [A=b]}}]\n",
     "devices[0].nmae", "unknown field \"nmae\"", "do you mean \"name\"?"},
    {EDITS("0.3.0", "env: [A=b], mount: []"), "devices[0].containerEdits.mount",
     "unknown field \"mount\"", "do you mean \"mounts\"?"},
    {HEAD("0.3.0") "devices: [null]\n", "devices[0]", "nothing where a mapping is wanted",
     "write a mapping"},
    {HEAD("0.3.0") "devices: [{name: d}]\n", "devices[0]", "the device has no containerEdits",
     "take it out"},
    {EDITS("0.3.0", ""), "devices[0].containerEdits", "the device has no containerEdits",
     "take it out"},
    {EDITS("0.3.0", "env: [], deviceNodes: []"), "devices[0].containerEdits",
     "the device has no containerEdits", "take it out"},
    {EDITS("0.7.0", "intelRdt: null"), "devices[0].containerEdits",
     "the device has no containerEdits", "take it out"},
    {HEAD("0.3.0") "devices: [{name: a dev ice, containerEdits: {env: [A=b]}}]\n",
     "devices[0].name", "\"a dev ice\" is no device name", "begin and end with a letter or digit"},
    {HEAD("0.3.0") "devices: [{name: d, containerEdits: {env: [A=b]}}, "
                   "{name: d, containerEdits: {env: [A=b]}}]\n",
     "devices[1].name", "the device \"d\" is there twice, first in line 3",
     "name each device once"},
    {HEAD("0.3.0") "devices: [{name: d, containerEdits: []}]\n", "devices[0].containerEdits",
     "a list where a mapping is wanted", "write a mapping"},
    /* versions */
    {HEAD("0.3.0") "devices: [{name: '0', containerEdits: {env: [A=b]}}]\n", "devices[0].name",
     "a name that begins with a digit needs cdiVersion 0.5.0, the file says 0.3.0",
     "write cdiVersion: \"0.5.0\""},
    {"cdiVersion: 0.5.0\nkind: v.com/c.d\n" DEVICE, "kind",
     "a class with a dot needs cdiVersion 0.6.0", "0.6.0"},
    {HEAD("0.5.0") DEVICE "annotations: {a: b}\n", "annotations",
     "annotations needs cdiVersion 0.6.0, the file says 0.5.0", "0.6.0"},
    {EDITS("0.3.0", "mounts: [{hostPath: t, containerPath: /b, type: tmpfs}]"),
     "devices[0].containerEdits.mounts[0].type", "type needs cdiVersion 0.4.0", "0.4.0"},
    {EDITS("0.4.0", "deviceNodes: [{path: /dev/a, hostPath: /dev/a}]"),
     "devices[0].containerEdits.deviceNodes[0].hostPath", "hostPath needs cdiVersion 0.5.0",
     "0.5.0"},
    {EDITS("0.6.0", "additionalGids: [0]"), "devices[0].containerEdits.additionalGids",
     "additionalGids needs cdiVersion 0.7.0", "0.7.0"},
    {EDITS("0.6.0", "intelRdt: {}"), "devices[0].containerEdits.intelRdt",
     "intelRdt needs cdiVersion 0.7.0", "0.7.0"},
    {EDITS("0.7.0", "intelRdt: {schemata: []}"), "devices[0].containerEdits.intelRdt.schemata",
     "schemata needs cdiVersion 1.1.0", "1.1.0"},
    {EDITS("1.0.0", "intelRdt: {enableMonitoring: true}"),
     "devices[0].containerEdits.intelRdt.enableMonitoring",
     "enableMonitoring needs cdiVersion 1.1.0", "1.1.0"},
    {EDITS("1.0.0", "netDevices: [{hostInterfaceName: a, name: b}]"),
     "devices[0].containerEdits.netDevices", "netDevices needs cdiVersion 1.1.0", "1.1.0"},
    {EDITS("1.1.0", "intelRdt: {enableCMT: true}"), "devices[0].containerEdits.intelRdt.enableCMT",
     "\"enableCMT\" is not part of CDI since version 1.1.0", "leave it out"},
    /* edits */
    {EDITS("0.3.0", "env: ['']"), "devices[0].containerEdits.env[0]", "\"\" is no NAME=value",
     "write NAME=value"},
    {EDITS("0.3.0", "env: ['=foo']"), "devices[0].containerEdits.env[0]", "\"=foo\" is no",
     "write NAME=value"},
    {EDITS("0.3.0", "env: [FOOBAR]"), "devices[0].containerEdits.env[0]", "\"FOOBAR\" is no",
     "write NAME=value"},
    {EDITS("0.3.0", "env: A=b"), "devices[0].containerEdits.env",
     "the text \"A=b\" where a list is wanted", "write a list"},
    {EDITS("0.3.0", "env: [null]"), "devices[0].containerEdits.env[0]",
     "nothing where a text is wanted", "write a text"},
    {EDITS("0.3.0", "deviceNodes: [null]"), "devices[0].containerEdits.deviceNodes[0]",
     "nothing where a mapping is wanted", "write a mapping"},
    {EDITS("0.3.0", "mounts: [null]"), "devices[0].containerEdits.mounts[0]",
     "nothing where a mapping is wanted", "write a mapping"},
    {EDITS("0.3.0", "hooks: [null]"), "devices[0].containerEdits.hooks[0]",
     "nothing where a mapping is wanted", "write a mapping"},
    {EDITS("1.1.0", "netDevices: [null]"), "devices[0].containerEdits.netDevices[0]",
     "nothing where a mapping is wanted", "write a mapping"},
    {EDITS("0.3.0", "deviceNodes: [{path: ''}]"), "devices[0].containerEdits.deviceNodes[0].path",
     "\"path\" is empty", "CDI wants it"},
    {EDITS("0.3.0", "deviceNodes: [{type: c}]"), "devices[0].containerEdits.deviceNodes[0]",
     "\"path\" is missing", "CDI wants it"},
    {EDITS("0.3.0", "deviceNodes: [{path: a, type: f}]"),
     "devices[0].containerEdits.deviceNodes[0].type", "unknown node type \"f\"", "b, c, u or p"},
    {EDITS("0.3.0", "deviceNodes: [{path: a, type: char}]"),
     "devices[0].containerEdits.deviceNodes[0].type", "unknown node type \"char\"", "b, c, u or p"},
    {EDITS("0.3.0", "deviceNodes: [{path: a, permissions: to land}]"),
     "devices[0].containerEdits.deviceNodes[0].permissions", "unknown permissions \"to land\"",
     "letters of \"rwm\", or none"},
    {EDITS("0.3.0", "deviceNodes: [{path: a, major: '1'}]"),
     "devices[0].containerEdits.deviceNodes[0].major",
     "the text \"1\" where a number from 0 to 4294967295 is wanted", "without quotes"},
    {EDITS("0.3.0", "deviceNodes: [{path: a, major: -1}]"),
     "devices[0].containerEdits.deviceNodes[0].major", "the number -1 where", "write a number"},
    {EDITS("0.3.0", "deviceNodes: [{path: a, fileMode: '0666'}]"),
     "devices[0].containerEdits.deviceNodes[0].fileMode", "the text \"0666\" where",
     "without quotes"},
    {EDITS("0.3.0", "deviceNodes: [{path: a, uid: 4294967296}]"),
     "devices[0].containerEdits.deviceNodes[0].uid", "the number 4294967296 where",
     "write a number"},
    {EDITS("0.7.0", "additionalGids: [1.5]"), "devices[0].containerEdits.additionalGids[0]",
     "the number 1.5 where", "write a number"},
    {EDITS("0.7.0", "additionalGids: ['5']"), "devices[0].containerEdits.additionalGids[0]",
     "the text \"5\" where", "without quotes"},
    {EDITS("0.3.0", "mounts: [{hostPath: '', containerPath: /b}]"),
     "devices[0].containerEdits.mounts[0].hostPath", "\"hostPath\" is empty", "CDI wants it"},
    {EDITS("0.3.0", "mounts: [{hostPath: /a}]"), "devices[0].containerEdits.mounts[0]",
     "\"containerPath\" is missing", "CDI wants it"},
    {EDITS("0.3.0", "hooks: [{hookName: misCreateRuntime, path: /h}]"),
     "devices[0].containerEdits.hooks[0].hookName", "unknown hook \"misCreateRuntime\"",
     "prestart, createRuntime"},
    {EDITS("0.3.0", "hooks: [{hookName: prestart}]"), "devices[0].containerEdits.hooks[0]",
     "\"path\" is missing", "CDI wants it"},
    {EDITS("0.3.0", "hooks: [{hookName: prestart, path: /h, env: ['=value2']}]"),
     "devices[0].containerEdits.hooks[0].env[0]", "is no NAME=value", "write NAME=value"},
    {EDITS("0.3.0", "hooks: [{hookName: prestart, path: /h, timeout: -5}]"),
     "devices[0].containerEdits.hooks[0].timeout", "the timeout -5 is negative", "leave it out"},
    {EDITS("0.3.0", "hooks: [{hookName: prestart, path: /h, timeout: 1.5}]"),
     "devices[0].containerEdits.hooks[0].timeout", "the number 1.5 where a whole number is wanted",
     "without quotes"},
    {EDITS("0.7.0", "intelRdt: {closID: foo/bar}"), "devices[0].containerEdits.intelRdt.closID",
     "\"foo/bar\" is no closID", "a directory name"},
    {EDITS("0.7.0", "intelRdt: {closID: ..}"), "devices[0].containerEdits.intelRdt.closID",
     "\"..\" is no closID", "/ for the root class"},
    {EDITS("0.7.0", "intelRdt: {enableMonitoring: 'yes'}"),
     "devices[0].containerEdits.intelRdt.enableMonitoring",
     "the text \"yes\" where true or false is wanted", "write true or false"},
    {EDITS("1.1.0", "netDevices: [{hostInterfaceName: a, name: b}, "
                    "{hostInterfaceName: a, name: c}]"),
     "devices[0].containerEdits.netDevices[1].hostInterfaceName",
     "the interface \"a\" is there twice", "name each interface once"},
    {EDITS("1.1.0", "netDevices: [{hostInterfaceName: a, name: b}, "
                    "{hostInterfaceName: c, name: b}]"),
     "devices[0].containerEdits.netDevices[1].name", "the interface \"b\" is there twice",
     "name each interface once"},
    {EDITS("1.1.0", "netDevices: [{hostInterfaceName: '', name: b}]"),
     "devices[0].containerEdits.netDevices[0].hostInterfaceName", "is empty", "CDI wants it"},
    {HEAD("0.6.0") DEVICE "annotations: [a]\n", "annotations", "a list where a mapping is wanted",
     "write a mapping"},
    {HEAD("0.6.0") DEVICE "annotations: {a: [b]}\n", "annotations.a",
     "a list where a text is wanted", "write a text"},
};

START_TEST(bad_specs_are_refused_with_the_reason) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct cdi_spec *spec = NULL;
  ck_assert_msg(read_text(&arena, bad[_i].text, &spec, &err) == DAVIT_E_INVALID, "taken: %s",
                bad[_i].text);
  ck_assert_ptr_null(spec);
  const struct problem *problem = err.first;
  ck_assert_str_eq(problem->code, "cdi.file-broken");
  ck_assert_str_eq(problem->at.file, "s.yaml");
  ck_assert_uint_gt(problem->at.line, 0);
  ck_assert_contains(problem->text, bad[_i].says);
  ck_assert_contains(problem->hint, bad[_i].hint);
  ck_assert_str_eq(problem->at.key ? problem->at.key : "", bad[_i].key ? bad[_i].key : "");
}
END_TEST

START_TEST(what_is_only_odd_is_told_apart) {
  CLEANUP(arena) struct arena arena = {0};
  struct cdi_reading reading;
  static const char text[] =
      EDITS("0.3.0", "mounts: [{hostPath: a, containerPath: /b}], "
                     "hooks: {poststop: [{path: /h, timeout: 0}], prestart: null}");
  ck_assert_int_eq(cdi_read(&arena, "s.yaml", text, strlen(text), &reading), DAVIT_OK);
  CLEANUP(findings) struct cdi_findings findings = reading.findings;
  ck_assert_ptr_nonnull(reading.spec);
  ck_assert_uint_eq(findings.errors.count, 0);
  ck_assert_uint_eq(findings.warnings.count, 1);
  ck_assert_error(&findings.warnings, "cdi.file-odd", "hooks by stage are not CDI");
  ck_assert_uint_eq(findings.strict.count, 2);
  ck_assert_error(&findings.strict, "cdi.file-strict", "neither a type nor an option");
  ck_assert_error(&findings.strict, "cdi.file-strict", "the timeout is 0");
}
END_TEST

/* tests/cdi/mistakes.yaml: twelve kinds of them. */
START_TEST(all_problems_are_reported) {
  static const struct {
    uint32_t line, column;
    const char *key, *text;
  } expected[] = {
      {3, 7, "kind", "\"acme.com-/npu\" is no kind"},
      {5, 9, "devices[0].name", "\"npu 0\" is no device name"},
      {8, 31, "devices[0].containerEdits.deviceNodes[0].type", "unknown node type \"char\""},
      {9, 32, "devices[0].containerEdits.deviceNodes[1].major",
       "the text \"5\" where a number from 0 to 4294967295 is wanted"},
      {11, 53, "devices[0].containerEdits.mounts[0].option", "unknown field \"option\""},
      {12, 7, "devices[0].containerEdits.mounts[1]", "nothing where a mapping is wanted"},
      {14, 18, "devices[0].containerEdits.hooks[0].hookName", "unknown hook \"beforeStart\""},
      {15, 3, "devices[1]", "the device has no containerEdits"},
      {17, 26, "devices[2].containerEdits.env[0]", "\"NPU\" is no NAME=value"},
      {18, 9, "devices[3].name", "the device \"npu2\" is there twice, first in line 16"},
      {19, 25, "devices[3].containerEdits.env", "a mapping where a list is wanted"},
      {21, 3, "containerEdits.additionalGids",
       "additionalGids needs cdiVersion 0.7.0, the file says 0.4.0"},
  };
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(file) FILE *file = fopen(TEST_CDI "/mistakes.yaml", "re");
  char text[4096];
  ck_assert_ptr_nonnull(file);
  struct cdi_reading reading;
  size_t size = fread(text, 1, sizeof(text), file);
  ck_assert_int_eq(cdi_read(&arena, "mistakes.yaml", text, size, &reading), DAVIT_OK);
  CLEANUP(findings) struct cdi_findings findings = reading.findings;
  ck_assert_ptr_null(reading.spec);
  ck_assert_str_eq(reading.kind, "acme.com-/npu");
  const struct problem *problem = findings.errors.first;
  for (size_t i = 0; i < ARRAY_LEN(expected); i++, problem = problem->next) {
    ck_assert_msg(problem != NULL, "nothing about %s", expected[i].key);
    ck_assert_str_eq(problem->at.file, "mistakes.yaml");
    ck_assert_str_eq(problem->at.key, expected[i].key);
    ck_assert_str_eq(problem->text, expected[i].text);
    ck_assert_uint_eq(problem->at.line, expected[i].line);
    ck_assert_uint_eq(problem->at.column, expected[i].column);
    ck_assert_ptr_nonnull(problem->hint);
  }
  ck_assert_ptr_null(problem);
}
END_TEST

START_TEST(a_hostile_file_has_few_problems) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct cdi_spec *spec;
  char *text = malloc(40000);
  ck_assert_ptr_nonnull(text);
  strcpy(text, HEAD("0.3.0") "devices: [");
  for (size_t size = strlen(text), i = 0; i < 10000; i++, size += 2)
    strcpy(text + size, i ? ",1" : " 1");
  strcat(text, "]\n");
  ck_assert_int_eq(read_text(&arena, text, &spec, &err), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 100);
  free(text);
}
END_TEST

START_TEST(everything_said_is_in_the_spec) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct cdi_spec *spec;
  ck_assert_ok(
      read_text(
          &arena,
          HEAD("0.7.0") "devices:\n"
                        "- name: d\n"
                        "  containerEdits:\n"
                        "    deviceNodes:\n"
                        "    - {path: /dev/a, hostPath: /dev/b, type: c, major: 195, minor: "
                        "3,\n"
                        "       fileMode: 0660, permissions: rw, uid: 0, gid: 44}\n"
                        "    mounts: [{hostPath: /a, containerPath: /b, options: [ro, bind]}]\n"
                        "    hooks: [{hookName: poststop, path: /h, args: [h, x], env: [A=b], "
                        "timeout: 3}]\n"
                        "    additionalGids: [44]\n"
                        "containerEdits: {env: [A=b=c]}\n",
          &spec, &err),
      &err);
  ck_assert_str_eq(spec->kind, "v.com/c");
  ck_assert_str_eq(((const struct cdi_text *)spec->edits.env.items[0])->text, "A=b=c");
  const struct cdi_device *device = spec->devices.items[0];
  ck_assert_str_eq(device->name, "d");
  ck_assert_uint_eq(device->at->line, 4);
  const struct cdi_node *node = device->edits.nodes.items[0];
  ck_assert_str_eq(node->path, "/dev/a");
  ck_assert_str_eq(node->host_path, "/dev/b");
  ck_assert_str_eq(node->type, "c");
  ck_assert_int_eq(node->major.value, 195);
  ck_assert_int_eq(node->minor.value, 3);
  ck_assert_int_eq(node->mode.value, 0660);
  ck_assert_str_eq(node->permissions, "rw");
  ck_assert(node->uid.is_given);
  ck_assert_int_eq(node->uid.value, 0);
  ck_assert_int_eq(node->gid.value, 44);
  const struct cdi_mount *mount = device->edits.mounts.items[0];
  ck_assert_str_eq(mount->host_path, "/a");
  ck_assert_str_eq(mount->container_path, "/b");
  ck_assert_ptr_null(mount->type);
  ck_assert_uint_eq(mount->options.count, 2);
  const struct cdi_hook *hook = device->edits.hooks.items[0];
  ck_assert_str_eq(hook->name, "poststop");
  ck_assert_str_eq(hook->path, "/h");
  ck_assert_uint_eq(hook->args.count, 2);
  ck_assert_uint_eq(hook->env.count, 1);
  ck_assert_int_eq(hook->timeout.value, 3);
  ck_assert_int_eq(((const struct cdi_gid *)device->edits.gids.items[0])->number.value, 44);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_problems");
  TCase *tests = tcase_create("cdi_problems");
  tcase_add_loop_test(tests, bad_specs_are_refused_with_the_reason, 0, ARRAY_LEN(bad));
  tcase_add_test(tests, what_is_only_odd_is_told_apart);
  tcase_add_test(tests, all_problems_are_reported);
  tcase_add_test(tests, a_hostile_file_has_few_problems);
  tcase_add_test(tests, everything_said_is_in_the_spec);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
