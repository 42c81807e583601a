/* SPDX-License-Identifier: Apache-2.0 */
/* What needs which version of the format: the rows V1 to V24 of the reference report. */
#include "cdi_rows.h"

#include "cdi/names.h"

struct version_row {
  const char *id;
  const char *better;
  const char *least; /* every version from here on takes the text, every older one refuses it */
  const char *text;  /* what follows the version */
};

#define KIND             "kind: v.com/c\n"
#define ON_DEVICE(edits) KIND "devices: [{name: d, containerEdits: {" edits "}}]\n"
#define ON_ALL(edits)    KIND DEVICE "containerEdits: {" edits "}\n"
#define NAME(name)       KIND "devices: [{name: " name ", containerEdits: {env: [A=b]}}]\n"
#define NET              "netDevices: [{hostInterfaceName: eno1, name: net0}]"

static const struct version_row least[] = {
    {"V1", SAME, "0.3.0", KIND DEVICE},
    {"V2", SAME, "0.4.0", ON_DEVICE("mounts: [{hostPath: a, containerPath: /b, type: tmpfs}]")},
    {"V2", SAME, "0.4.0", ON_ALL("mounts: [{hostPath: a, containerPath: /b, type: tmpfs}]")},
    {"V3", SAME, "0.5.0", ON_DEVICE("deviceNodes: [{path: /dev/a, hostPath: /dev/b}]")},
    {"V3", SAME, "0.5.0", ON_DEVICE("deviceNodes: [{path: /dev/a, hostPath: /dev/a}]")},
    {"V4", SAME, "0.5.0", NAME("'0'")},
    {"V4", SAME, "0.5.0", NAME("0example")},
    {"V4", SAME, "0.3.0", NAME("device0")},
    {"V5", SAME, "0.6.0", KIND DEVICE "annotations: {a: b}\n"},
    {"V5", SAME, "0.6.0",
     KIND "devices: [{name: d, annotations: {a: b}, containerEdits: {env: [A=b]}}]\n"},
    {"V6", SAME, "0.6.0", "kind: v.com/c.d\n" DEVICE},
    {"V7", SAME, "0.7.0", ON_ALL("additionalGids: [5]")},
    {"V7", SAME, "0.7.0", ON_DEVICE("additionalGids: [5]")},
    {"V8", SAME, "0.7.0", ON_ALL("intelRdt: {}")},
    {"V8", SAME, "0.7.0", ON_ALL("intelRdt: {closID: a}")},
    {"V8", SAME, "0.7.0", ON_DEVICE("intelRdt: {closID: a}")},
    {"V9", SAME, "1.1.0", ON_ALL("intelRdt: {schemata: ['L3:0=f']}")},
    {"V9", SAME, "1.1.0", ON_DEVICE("intelRdt: {schemata: ['L3:0=f']}")},
    {"V10", SAME, "1.1.0", ON_ALL("intelRdt: {enableMonitoring: true}")},
    {"V10", SAME, "1.1.0", ON_DEVICE("intelRdt: {enableMonitoring: true}")},
    {"V11", SAME, "1.1.0", ON_DEVICE(NET)},
    {"V12", SAME, "0.6.0",
     ON_DEVICE("deviceNodes: [{path: /dev/a, hostPath: /dev/b}], "
               "mounts: [{hostPath: a, containerPath: /b, type: tmpfs}]") "annotations: {a: b}\n"},
    {"V13", SAME, "1.1.0", ON_DEVICE("additionalGids: [5], " NET) "annotations: {a: b}\n"},
    {"V21", SAME, "0.3.0", ON_DEVICE("env: [A=b], additionalGids: []")},
    {"V21", SAME, "0.3.0", KIND DEVICE "annotations: {}\n"},
    {"V21", SAME, "0.3.0", ON_DEVICE("deviceNodes: [{path: /dev/a, hostPath: ''}]")},
    {"V22", SAME, "0.7.0", ON_DEVICE("additionalGids: [0]")},
    {"V22", SAME, "1.1.0", ON_DEVICE("intelRdt: {schemata: []}")},
    {"V23", SAME, "0.7.0", ON_DEVICE("intelRdt: {enableMonitoring: false}")},
    {"V23", SAME, "0.7.0", ON_DEVICE("intelRdt: {schemata: null}")},
};

START_TEST(each_version_has_what_came_up_to_it) {
  const struct version_row *row = &least[_i];
  enum cdi_version needed = version_parse(row->least);
  for (enum cdi_version v = CDI_0_3_0; v < CDI_NO_VERSION; v++) {
    CLEANUP(arena) struct arena arena = {0};
    const char *text = arena_printf(&arena, "cdiVersion: \"%s\"\n%s", version_text(v), row->text);
    const char *says =
        arena_printf(&arena, "needs cdiVersion %s, the file says %s", row->least, version_text(v));
    check_row(&(struct text_row){.id = row->id, .text = text, .says = v < needed ? says : NULL});
  }
}
END_TEST

static const struct text_row texts[] = {
    {"V14", SAME, HEAD("1.1.0") DEVICE, TAKEN},
    {"V14", SAME, HEAD("v1.1.0") DEVICE, TAKEN},
    {"V14", SAME, HEAD("0.3.0") DEVICE "containerEdits: {}\n", TAKEN},
    {"V15", SAME, HEAD("0.1.0") DEVICE, REFUSED "at least 0.3.0"},
    {"V15", SAME, HEAD("v0.2.0") DEVICE, REFUSED "at least 0.3.0"},
    {"V16", SAME, HEAD("1.2.0") DEVICE, REFUSED "unknown cdiVersion \"1.2.0\""},
    {"V16", SAME, HEAD("not-a-version") DEVICE, REFUSED "unknown cdiVersion \"not-a-version\""},
    {"V17", SAME, EDITS("0.6.0", "additionalGids: [5]"),
     REFUSED "additionalGids needs cdiVersion 0.7.0"},
    {"V18", SAME, EDITS("0.7.0", "additionalGids: [5]"), TAKEN},
    {"V18", SAME, EDITS("1.1.0", "additionalGids: [5]"), TAKEN},
    {"V20", SAME, HEAD("0.3") DEVICE, REFUSED "unknown cdiVersion \"0.3\""},
    {"V20", SAME, "cdiVersion: 0.3\nkind: v.com/c\n" DEVICE, REFUSED "unknown cdiVersion \"0.3\""},
    {"V20", SAME, HEAD("0.8.1") DEVICE, REFUSED "unknown cdiVersion \"0.8.1\""},
    {"V20", SAME, HEAD("0.3.0-rc1") DEVICE, REFUSED "unknown cdiVersion \"0.3.0-rc1\""},
    {"V20", SAME, HEAD("vv0.3.0") DEVICE, REFUSED "unknown cdiVersion \"vv0.3.0\""},
    {"V20", SAME, HEAD("") DEVICE, REFUSED "\"cdiVersion\" is empty"},
    {"V22", SAME, EDITS("0.6.0", "additionalGids: [0]"),
     REFUSED "additionalGids needs cdiVersion 0.7.0"},
    {"V22", SAME, EDITS("0.7.0", "intelRdt: {schemata: []}"),
     REFUSED "schemata needs cdiVersion 1.1.0"},
    {"V24", BETTER "the field was valid below 1.1.0, and files of then still say so",
     EDITS("0.7.0", "intelRdt: {enableCMT: true}"), TAKEN},
    {"V24", BETTER "the same for its twin, up to the last version that had them",
     EDITS("1.0.0", "intelRdt: {enableMBM: true}"), TAKEN},
    {"V24", SAME, EDITS("1.1.0", "intelRdt: {enableCMT: true}"),
     REFUSED "\"enableCMT\" is not part of CDI since version 1.1.0"},
};

START_TEST(a_version_is_one_of_the_format) {
  check_row(&texts[_i]);
}
END_TEST

static const struct text_row current = {"V19", SAME, NULL, TAKEN};

START_TEST(the_newest_version_is_taken) {
  CLEANUP(arena) struct arena arena = {0};
  struct text_row row = current;
  row.text =
      arena_printf(&arena, "cdiVersion: \"%s\"\n" KIND DEVICE, version_text(CDI_NO_VERSION - 1));
  check_row(&row);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_versions");
  TCase *tests = tcase_create("cdi_versions");
  tcase_add_loop_test(tests, each_version_has_what_came_up_to_it, 0, ARRAY_LEN(least));
  tcase_add_loop_test(tests, a_version_is_one_of_the_format, 0, ARRAY_LEN(texts));
  tcase_add_test(tests, the_newest_version_is_taken);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
