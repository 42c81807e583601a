/* SPDX-License-Identifier: Apache-2.0 */
/* Which edits and devices a file may hold: the rows C1 to C23 and D1 to D3 of the reference
 * report. */
#include "cdi_rows.h"

#define E               "env: [FOO=BAR]"
#define ALL(edits)      HEAD("1.1.0") DEVICE "containerEdits: {" edits "}\n"
#define OF(edits)       EDITS("1.1.0", edits)
#define NODE(more)      OF("deviceNodes: [{path: /dev/vendorctl" more "}]")
#define HOOK(name)      "{hookName: " name ", path: /usr/bin/hook, args: [hook, --on], env: [A=b]}"
#define CLOS(id)        OF("intelRdt: {closID: " id "}")
#define NET(host, name) "{hostInterfaceName: " host ", name: " name "}"

static const struct text_row rows[] = {
    {"C1", SAME, ALL(""), TAKEN},
    {"C2", SAME, OF("env: [BAR=BARVALUE1]"), TAKEN},
    {"C3", SAME, OF("env: ['']"), REFUSED "\"\" is no NAME=value"},
    {"C3", SAME, OF("env: ['=foo']"), REFUSED "\"=foo\" is no NAME=value"},
    {"C3", SAME, OF("env: [FOOBAR]"), REFUSED "\"FOOBAR\" is no NAME=value"},
    {"C4", SAME, NODE(""), TAKEN},
    {"C4", SAME, NODE(", type: c"), TAKEN},
    {"C4", SAME, NODE(", type: b, permissions: rwm"), TAKEN},
    {"C5", SAME, OF("deviceNodes: [{path: ''}]"), REFUSED "\"path\" is empty"},
    {"C6", SAME, NODE(", type: f"), REFUSED "unknown node type \"f\""},
    {"C7", SAME, NODE(", permissions: to land"), REFUSED "unknown permissions \"to land\""},
    {"C8", SAME, NODE(", permissions: none"), TAKEN},
    {"C9", SAME, OF("mounts: [{hostPath: /a, containerPath: /b}]"), TAKEN},
    {"C10", SAME, OF("mounts: [{hostPath: '', containerPath: /b}]"),
     REFUSED "\"hostPath\" is empty"},
    {"C10", SAME, OF("mounts: [{hostPath: /a, containerPath: ''}]"),
     REFUSED "\"containerPath\" is empty"},
    {"C11", SAME,
     OF("hooks: [" HOOK("prestart") ", " HOOK("createRuntime") ", " HOOK(
         "createContainer") ", " HOOK("startContainer") ", " HOOK("poststart") ", " HOOK("posts"
                                                                                         "top") "]"),
     TAKEN},
    {"C12", SAME, OF("hooks: [{hookName: prestart}]"), REFUSED "\"path\" is missing"},
    {"C12", SAME, OF("hooks: [{hookName: prestart, path: ''}]"), REFUSED "\"path\" is empty"},
    {"C13", SAME, OF("hooks: [" HOOK("misCreateRuntime") "]"),
     REFUSED "unknown hook \"misCreateRuntime\""},
    {"C14", SAME, OF("hooks: [{hookName: prestart, path: /h, env: ['=value2']}]"),
     REFUSED "\"=value2\" is no NAME=value"},
    {"C15", SAME, CLOS("foo.bar"), TAKEN},
    {"C15", SAME, CLOS("/"), TAKEN},
    {"C16", SAME, CLOS("foo/bar"), REFUSED "\"foo/bar\" is no closID"},
    {"C16", SAME, CLOS("."), REFUSED "\".\" is no closID"},
    {"C16", SAME, CLOS(".."), REFUSED "\"..\" is no closID"},
    {"C16", SAME, CLOS("\"foo\\nbar\""), REFUSED "is no closID"},
    {"C18", SAME, OF("netDevices: [" NET("eno1", "netdev0") "]"), TAKEN},
    {"C19", SAME, OF("netDevices: [" NET("''", "netdev0") "]"),
     REFUSED "\"hostInterfaceName\" is empty"},
    {"C19", SAME, OF("netDevices: [" NET("eno1", "''") "]"), REFUSED "\"name\" is empty"},
    {"C20", SAME, OF("netDevices: [" NET("eno1", "a") ", " NET("eno1", "b") "]"),
     REFUSED "the interface \"eno1\" is there twice"},
    {"C20", SAME, OF("netDevices: [" NET("eno1", "a") ", " NET("eno2", "a") "]"),
     REFUSED "the interface \"a\" is there twice"},
    {"C21", SAME,
     OF("netDevices: [" NET("eno1", "a") "]") "containerEdits: {netDevices: [" NET("eno1",
                                                                                   "a") "]}\n",
     TAKEN},
    {"C22", SAME, NODE(", permissions: r"), TAKEN},
    {"C22", SAME, NODE(", permissions: rr"), TAKEN},
    {"C22", SAME, NODE(", permissions: mwr"), TAKEN},
    {"C22", SAME, NODE(", permissions: ''"), TAKEN},
    {"C22", SAME, NODE(", permissions: rwx"), REFUSED "unknown permissions \"rwx\""},
    {"C22", SAME, NODE(", permissions: r w"), REFUSED "unknown permissions \"r w\""},
    {"C22", SAME, NODE(", permissions: None"), REFUSED "unknown permissions \"None\""},
    {"C22", SAME, NODE(", permissions: NONE"), REFUSED "unknown permissions \"NONE\""},
    {"C22", SAME, NODE(", permissions: nonerw"), REFUSED "unknown permissions \"nonerw\""},
    {"C23", SAME, NODE(", type: C"), REFUSED "unknown node type \"C\""},
    {"C23", SAME, NODE(", type: char"), REFUSED "unknown node type \"char\""},
    {"C23", SAME, NODE(", type: u"), TAKEN},
    {"C23", SAME, NODE(", type: p"), TAKEN},
    {"D1", SAME, DEVICES("0.3.0", "{name: dev, containerEdits: {" E "}}"), TAKEN},
    {"D2", SAME, DEVICES("0.3.0", "{name: dev, containerEdits: {env: ['=BAR']}}"),
     REFUSED "\"=BAR\" is no NAME=value"},
    {"D3", SAME, DEVICES("0.3.0", "{name: a dev ice, containerEdits: {" E "}}"),
     REFUSED "\"a dev ice\" is no device name"},
};

START_TEST(edits_are_judged_as_by_the_reference) {
  check_row(&rows[_i]);
}
END_TEST

static const struct {
  const char *id, *better;
  int size;
  const char *says;
} sizes[] = {
    {"C17", SAME, 4095, NULL},
    {"C17", SAME, 4096, "is no closID"},
};

START_TEST(a_closid_is_a_directory_name) {
  CLEANUP(arena) struct arena arena = {0};
  char *id = arena_alloc(&arena, (size_t)sizes[_i].size + 1);
  memset(id, 'a', (size_t)sizes[_i].size);
  check_row(&(struct text_row){
      .id = sizes[_i].id, .text = arena_printf(&arena, CLOS("%s"), id), .says = sizes[_i].says});
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_edits");
  TCase *tests = tcase_create("cdi_edits");
  tcase_add_loop_test(tests, edits_are_judged_as_by_the_reference, 0, ARRAY_LEN(rows));
  tcase_add_loop_test(tests, a_closid_is_a_directory_name, 0, ARRAY_LEN(sizes));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
