/* SPDX-License-Identifier: Apache-2.0 */
/* Spec files and directories of them: the rows S1 to S36 of the reference report, but for S12 and
 * S13, which are about writing: cdi_write_test.c. */
#include "plugin_rig.h"

#include "cdi_rows.h"
#include "utf16.h"

#define OK DEVICE

/* ---- one file ------------------------------------------------------------------------------- */

#define EXAMPLE                                                                                 \
  "cdiVersion: \"1.1.0\"\n"                                                                     \
  "kind: acme.com/npu\n"                                                                        \
  "devices:\n"                                                                                  \
  "- name: npu0\n"                                                                              \
  "  annotations: {acme.com/board: left}\n"                                                     \
  "  containerEdits:\n"                                                                         \
  "    deviceNodes:\n"                                                                          \
  "    - {hostPath: /dev/npu-card0, path: /dev/npu0, type: c, major: 25, minor: 25, fileMode: " \
  "384, permissions: rw, uid: 1000, gid: 1000}\n"                                               \
  "    - {path: /dev/npuctl}\n"                                                                 \
  "containerEdits:\n"                                                                           \
  "  env: [NPU=yes]\n"                                                                          \
  "  netDevices: [{hostInterfaceName: eno1, name: npunet}]\n"                                   \
  "  mounts: [{hostPath: /lib/libnpu.so.1, containerPath: /lib/libnpu.so.1, options: [ro, "     \
  "nosuid, bind]}]\n"                                                                           \
  "  hooks: [{hookName: createContainer, path: /bin/npu-hook, args: [npu-hook], timeout: 5}]\n" \
  "  intelRdt: {closID: npu, schemata: ['L3:0=f'], enableMonitoring: true}\n"                   \
  "  additionalGids: [44, 105]\n"

#define MINIMAL_JSON                                                                    \
  "{\"cdiVersion\": \"0.3.0\", \"kind\": \"v.com/c\", \"devices\": [{\"name\": \"d\", " \
  "\"containerEdits\": {\"env\": [\"A=b\"]}}]}"
#define TABBED_JSON                                                                             \
  "{\t\"cdiVersion\":\t\"0.3.0\",\n\t\"kind\": \"v.com/c\",\n\t\"devices\": [\n\t\t{\"name\": " \
  "\"d\", \"containerEdits\": {\"env\": [\"A=b\"]}}\n\t]\n}\n"
#define CRLF_YAML                                                                           \
  "cdiVersion: 0.3.0\r\nkind: v.com/c\r\ndevices:\r\n- name: d\r\n  containerEdits: {env: " \
  "[A=b]}\r\n"

static const char null_entry[] = "a null entry is refused with its place; the reference crashes";
static const char rest_told[] = "as little of it is read, but a warning says so";
static const char one_checker[] =
    "there is no switch to check less: what is read is what is checked";

static const struct text_row files[] = {
    {"S1", SAME, "unknown: true\n", REFUSED "unknown field \"unknown\""},
    {"S2", SAME, "", REFUSED "nothing where a mapping is wanted"},
    {"S2", SAME, "", REFUSED "nothing where a mapping is wanted", .file = "f.json"},
    {"S3", SAME, "kind: v.com/c\n" OK, REFUSED "\"cdiVersion\" is missing"},
    {"S4", SAME, HEAD("0.0.0") OK, REFUSED "unknown cdiVersion \"0.0.0\""},
    {"S5", SAME, "cdiVersion: 0.3.0\n" OK, REFUSED "\"kind\" is missing"},
    {"S6", SAME, "cdiVersion: 0.3.0\nkind: vendor.com-/c\n" OK,
     REFUSED "\"vendor.com-/c\" is no kind"},
    {"S7", SAME, "cdiVersion: 0.3.0\nkind: v.com/device=\n" OK,
     REFUSED "\"v.com/device=\" is no kind"},
    {"S8", SAME, DEVICES("0.3.0", "{name: d}"), REFUSED "the device has no containerEdits"},
    {"S9", SAME,
     DEVICES("0.3.0", "{name: dev1, containerEdits: {env: [A=b]}}, {name: dev2, containerEdits: "
                      "{env: [A=b]}}, {name: dev1, containerEdits: {env: [A=b]}}"),
     REFUSED "the device \"dev1\" is there twice"},
    {"S10", SAME, HEAD("0.3.0") OK, TAKEN},
    {"S10", SAME,
     DEVICES("0.3.0", "{name: dev1, containerEdits: {env: [A=b]}}, {name: dev2, containerEdits: "
                      "{env: [A=b]}}, {name: dev3, containerEdits: {env: [A=b]}}"),
     TAKEN},
    {"S11", SAME,
     EDITS("0.4.0", "mounts: [{hostPath: tmpfs, containerPath: /tmp, type: tmpfs, options: "
                    "[nosuid, nodev, mode=755]}]"),
     TAKEN},
    {"S15", SAME, HEAD("0.3.0") OK, TAKEN},
    {"S15", SAME, EXAMPLE, TAKEN},
    {"S16", SAME, "{}", REFUSED "\"cdiVersion\" is missing"},
    {"S16", SAME, "", REFUSED "nothing where a mapping is wanted"},
    {"S16", BETTER one_checker, "{}", REFUSED "\"devices\" is missing"},
    {"S18", SAME, "{}", REFUSED "\"kind\" is missing"},
    {"S18", SAME, "{}", REFUSED "\"cdiVersion\" is missing", .file = "f.json"},
    {"S24", BETTER null_entry, EDITS("0.3.0", "deviceNodes: [null]"),
     REFUSED "devices[0].containerEdits.deviceNodes[0]"},
    {"S24", BETTER null_entry, EDITS("0.3.0", "mounts: [{hostPath: /a, containerPath: /b}, null]"),
     REFUSED "devices[0].containerEdits.mounts[1]"},
    {"S24", BETTER null_entry, EDITS("0.3.0", "hooks: [~]"),
     REFUSED "devices[0].containerEdits.hooks[0]"},
    {"S24", BETTER null_entry, EDITS("1.1.0", "netDevices: [null]"),
     REFUSED "devices[0].containerEdits.netDevices[0]"},
    {"S25", SAME, HEAD("0.3.0") OK "containerEdits: null\n", TAKEN},
    {"S26", SAME, DEVICES("0.3.0", "{name: d, containerEdits: null}"),
     REFUSED "the device has no containerEdits"},
    {"S26", SAME, EDITS("0.3.0", ""), REFUSED "the device has no containerEdits"},
    {"S26", SAME, EDITS("0.3.0", "env: []"), REFUSED "the device has no containerEdits"},
    {"S26", SAME, EDITS("0.3.0", "deviceNodes: []"), REFUSED "the device has no containerEdits"},
    {"S26", SAME, EDITS("0.7.0", "intelRdt: null"), REFUSED "the device has no containerEdits"},
    {"S27", SAME, EDITS("0.7.0", "intelRdt: {}"), TAKEN},
    {"S27", SAME, EDITS("0.7.0", "additionalGids: [0]"), TAKEN},
    {"S28", SAME, HEAD("0.3.0") "kind: v.com/c\n" OK, REFUSED "the key \"kind\" is there twice"},
    {"S28", SAME, DEVICES("0.3.0", "{name: d, vendor: x, containerEdits: {env: [A=b]}}"),
     REFUSED "unknown field \"vendor\""},
    {"S28", SAME, EDITS("0.3.0", "env: [A=b], devices: []"), REFUSED "unknown field \"devices\""},
    {"S29", SAME, EDITS("0.3.0", "env: A=b"), REFUSED "the text \"A=b\" where a list is wanted"},
    {"S29", SAME, HEAD("0.3.0") "devices: {d: {containerEdits: {env: [A=b]}}}\n",
     REFUSED "a mapping where a list is wanted"},
    {"S29", SAME, DEVICES("0.3.0", "{name: d, containerEdits: [A=b]}"),
     REFUSED "a list where a mapping is wanted"},
    {"S30", SAME, EDITS("0.7.0", "additionalGids: [-1]"), REFUSED "from 0 to 4294967295 is wanted"},
    {"S30", SAME, EDITS("0.7.0", "additionalGids: [4294967296]"), REFUSED "from 0 to 4294967295"},
    {"S30", SAME, EDITS("0.7.0", "additionalGids: [1.5]"), REFUSED "the number 1.5 where"},
    {"S30", SAME, EDITS("0.7.0", "additionalGids: ['5']"), REFUSED "the text \"5\" where"},
    {"S30", SAME, EDITS("0.7.0", "additionalGids: [1.0]"), TAKEN},
    {"S30", SAME, EDITS("0.7.0", "additionalGids: [0x10]"), TAKEN},
    {"S31", SAME, EDITS("0.3.0", "deviceNodes: [{path: /dev/a, major: '1'}]"),
     REFUSED "the text \"1\" where"},
    {"S31", SAME, EDITS("0.3.0", "deviceNodes: [{path: /dev/a, major: 9223372036854775808}]"),
     REFUSED "the number 9223372036854775808 where"},
    {"S31", SAME, EDITS("0.3.0", "deviceNodes: [{path: /dev/a, fileMode: '0666'}]"),
     REFUSED "the text \"0666\" where"},
    {"S31", SAME, EDITS("0.3.0", "deviceNodes: [{path: /dev/a, fileMode: -1}]"),
     REFUSED "the number -1 where"},
    {"S31", SAME, EDITS("0.3.0", "deviceNodes: [{path: /dev/a, fileMode: 4294967296}]"),
     REFUSED "the number 4294967296 where"},
    {"S31", SAME, EDITS("0.3.0", "deviceNodes: [{path: /dev/a, uid: -1}]"),
     REFUSED "the number -1 where"},
    {"S32", SAME,
     DEVICES("0.3.0", "{name: good, containerEdits: {env: [A=b]}}, {name: bad, containerEdits: "
                      "{env: [A]}}"),
     REFUSED "devices[1].containerEdits.env[0]"},
    {"S34", SAME, "\xEF\xBB\xBF" HEAD("0.3.0") OK, TAKEN},
    {"S34", SAME, CRLF_YAML, TAKEN},
    {"S34", SAME, TABBED_JSON, TAKEN, .file = "f.json"},
    {"S34", SAME, TABBED_JSON, TAKEN},
    {"S35", SAME, HEAD("0.3.0") "devices: [{name: d, containerEdits: {env: ['A=\xFF']}}]\n",
     REFUSED "byte 0xff is not UTF-8"},
    {"S35", SAME, SIZED(HEAD("0.3.0") OK "#\0\n"), .says = "there is a NUL"},
    {"S36", BETTER rest_told, HEAD("0.3.0") OK "---\nkind: second\n", TAKEN,
     .warns = "a second document"},
    {"S36", BETTER rest_told, HEAD("0.3.0") OK "---\n[garbage: }\n", TAKEN,
     .warns = "a second document"},
};

START_TEST(files_are_judged_as_by_the_reference) {
  check_row(&files[_i]);
}
END_TEST

static const struct {
  const char *id, *better, *text, *file;
  bool big_endian;
} wide[] = {
    {"S34", SAME, HEAD("0.3.0") OK, "f.yaml", false},
    {"S34", SAME, HEAD("0.3.0") OK, "f.yaml", true},
    {"S34", SAME, MINIMAL_JSON, "f.json", false},
    {"S34", SAME, MINIMAL_JSON, "f.json", true},
};

START_TEST(utf16_with_a_mark_is_read) {
  CLEANUP(arena) struct arena arena = {0};
  struct text_row row = {.id = wide[_i].id, .file = wide[_i].file};
  row.text = utf16(&arena, wide[_i].text, wide[_i].big_endian, &row.size);
  check_row(&row);
}
END_TEST

/* S17, same: the same content in every form in which it may come. */
static const struct text_row forms[] = {
    {"S17", SAME, MINIMAL_JSON, TAKEN},
    {"S17", SAME, MINIMAL_JSON, TAKEN, .file = "f.json"},
    {"S17", SAME, HEAD("0.3.0") OK, TAKEN, .file = "f.json"},
    {"S17", SAME, "{\"kind\": \"v.com/c\"}", REFUSED "\"cdiVersion\" is missing"},
    {"S17", SAME, "{\"kind\": \"v.com/c\"}", REFUSED "\"cdiVersion\" is missing", .file = "f.json"},
    {"S17", SAME, "kind: v.com/c\n", REFUSED "\"cdiVersion\" is missing"},
    {"S17", SAME, "kind: v.com/c\n", REFUSED "\"cdiVersion\" is missing", .file = "f.json"},
};

START_TEST(each_form_has_the_same_verdict) {
  check_row(&forms[_i]);
}
END_TEST

/* ---- directories ---------------------------------------------------------------------------- */

static struct rig rig;

static void begin(void) {
  rig_begin(&rig);
}

static void end(void) {
  rig_end(&rig);
}

struct scan_row {
  const char *id, *better;
  struct {
    const char *path, *text; /* text NULL: a directory */
  } files[6];
  const char *devices; /* that are found, with blanks between */
  size_t problems;     /* of files that are refused */
};

#define FILE_OF(name) \
  "cdiVersion: 0.3.0\nkind: v.com/c\ndevices: [{name: " name ", containerEdits: {env: [A=b]}}]\n"
#define BAD "cdiVersion: 0.3.0\nkind: v.com/c\ndevices: []\n"

static const char no_callback[] =
    "nothing can stop the scan: a broken file never hides one that sorts behind it";

static const struct scan_row scans[] = {
    {"S14", SAME, {{"/etc/cdi/a.yaml", FILE_OF("a")}}, "v.com/c=a@/etc/cdi/a.yaml", 0},
    {"S14",
     SAME,
     {{"/etc/cdi/a.yaml", FILE_OF("a")}, {"/var/run/cdi/b.yaml", FILE_OF("a")}},
     "v.com/c=a@/var/run/cdi/b.yaml",
     0},
    {"S19", SAME, {{NULL, NULL}}, "", 0},
    {"S19", SAME, {{"/etc/cdi", NULL}}, "", 0},
    {"S20", SAME, {{"/var/run/cdi/a.yaml", FILE_OF("a")}}, "v.com/c=a@/var/run/cdi/a.yaml", 0},
    {"S21", SAME, {{"/etc/cdi/a.yaml", BAD}}, "", 1},
    {"S22",
     SAME,
     {{"/etc/cdi/a.yaml", FILE_OF("a")},
      {"/etc/cdi/b.yaml", BAD},
      {"/etc/cdi/c.yaml", FILE_OF("c")}},
     "v.com/c=a@/etc/cdi/a.yaml v.com/c=c@/etc/cdi/c.yaml",
     1},
    {"S23",
     BETTER no_callback,
     {{"/etc/cdi/a.yaml", BAD}, {"/etc/cdi/b.yaml", FILE_OF("b")}},
     "v.com/c=b@/etc/cdi/b.yaml",
     1},
    {"S33",
     SAME,
     {{"/etc/cdi/a.yaml", FILE_OF("a")},
      {"/etc/cdi/b.json", FILE_OF("b")},
      {"/etc/cdi/.c.yaml", FILE_OF("c")},
      {"/etc/cdi/.yaml", FILE_OF("d")}},
     "v.com/c=a@/etc/cdi/a.yaml v.com/c=b@/etc/cdi/b.json v.com/c=c@/etc/cdi/.c.yaml "
     "v.com/c=d@/etc/cdi/.yaml",
     0},
    {"S33",
     SAME,
     {{"/etc/cdi/a.yml", FILE_OF("a")},
      {"/etc/cdi/b.YAML", FILE_OF("b")},
      {"/etc/cdi/c.json~", FILE_OF("c")},
      {"/etc/cdi/d.yaml.tmp", FILE_OF("d")},
      {"/etc/cdi/e", FILE_OF("e")},
      {"/etc/cdi/f.yaml/f.yaml", FILE_OF("f")}},
     "",
     0},
};

START_TEST(directories_are_scanned_as_by_the_reference) {
  const struct scan_row *row = &scans[_i];
  for (size_t i = 0; i < ARRAY_LEN(row->files) && row->files[i].path; i++) {
    if (row->files[i].text)
      put(&rig, row->files[i].path, row->files[i].text);
    else
      tree_dir(&rig.tree, row->files[i].path);
  }
  rig_open(&rig, "cdi", NULL);
  const struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = "v.com/c"};
  ck_assert_ok(instance_enumerate(rig.instance, &rig.arena, &query, &rig.inventory, &rig.err),
               &rig.err);
  const char *found = "";
  for (size_t i = 0; i < rig.inventory.count; i++) {
    const struct davit_device *device = rig.inventory.devices[i];
    found = arena_printf(&rig.arena, "%s%s%s@%s", found, i ? " " : "", device->aliases[0],
                         device->file);
  }
  ck_assert_msg(strcmp(found, row->devices) == 0, "%s: %s", row->id, found);
  ck_assert_msg(rig.inventory.broken.count == row->problems, "%s: %zu problems", row->id,
                rig.inventory.broken.count);
  ck_assert_str_eq(rig.warnings, "");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_specs");
  TCase *tests = tcase_create("cdi_specs");
  tcase_add_loop_test(tests, files_are_judged_as_by_the_reference, 0, ARRAY_LEN(files));
  tcase_add_loop_test(tests, utf16_with_a_mark_is_read, 0, ARRAY_LEN(wide));
  tcase_add_loop_test(tests, each_form_has_the_same_verdict, 0, ARRAY_LEN(forms));
  suite_add_tcase(suite, tests);
  TCase *scanning = tcase_create("scanning");
  tcase_add_checked_fixture(scanning, begin, end);
  tcase_add_loop_test(scanning, directories_are_scanned_as_by_the_reference, 0, ARRAY_LEN(scans));
  suite_add_tcase(suite, scanning);
  return run_suite(suite);
}
