/* SPDX-License-Identifier: Apache-2.0 */
/* What a spec wants of the host, against hosts that have it, lack it or have it otherwise. */
#include <sys/stat.h>

#include "cdi/host_check.h"
#include "cdi_index_rig.h"

static struct index_rig rig;
static struct davit_error missing, odd;

static void setup(void) {
  index_rig_begin(&rig);
  missing = odd = (struct davit_error){0};
}

static void teardown(void) {
  error_clear(&missing);
  error_clear(&odd);
  index_rig_end(&rig);
}

static int check(const struct davit_host *host, UNUSED void *user) {
  const struct spec_file *file = rig.index.files.items[0];
  ck_assert_msg(file->spec != NULL, "%s", error_text(&file->findings.errors));
  host_check(host->files, file->spec, &missing, &odd);
  return DAVIT_OK;
}

static const char *text_of(const struct davit_error *err) {
  char *text = arena_strdup(&rig.arena, "");
  for (const struct problem *problem = err->first; problem; problem = problem->next) {
    ck_assert_str_eq(problem->code, "cdi.file-stale");
    ck_assert_uint_eq(problem->at.line, 5);
    text = arena_printf(&rig.arena, "%s%s\n", text, problem->text);
  }
  return text;
}

static const struct {
  const char *edits, *missing, *odd;
} cases[] = {
    {"deviceNodes: [{path: /dev/there}, {path: /dev/in, hostPath: /dev/there}]", "", ""},
    {"deviceNodes: [{path: /dev/none}]", "the device node /dev/none is not there\n", ""},
    {"deviceNodes: [{path: /dev/there, hostPath: /dev/none}]",
     "the device node /dev/none is not there\n", ""},
    {"deviceNodes: [{path: /dev/link}]", "the device node /dev/link is a link to there\n", ""},
    {"deviceNodes: [{path: /dev/file}]", "the device node /dev/file is not a device node\n", ""},
    {"deviceNodes: [{path: /dev/none, type: c, major: 1, minor: 2}]", "",
     "the device node /dev/none is not there\n"},
    {"deviceNodes: [{path: /dev/none, type: p}]", "", "the device node /dev/none is not there\n"},
    {"deviceNodes: [{path: /dev/none, type: c}]", "the device node /dev/none is not there\n", ""},
    {"deviceNodes: [{path: /dev/there, type: c, major: 240, minor: 1}]", "", ""},
    {"deviceNodes: [{path: /dev/there, type: c, major: 240, minor: 7}]", "",
     "the device node /dev/there is 240:1 on this host, not 240:7\n"},
    {"deviceNodes: [{path: /dev/there, major: 0, minor: 7}]", "", ""}, /* 0: not given */
    {"deviceNodes: [{path: /dev/there, type: u, major: 240, minor: 1}]", "", ""},
    {"deviceNodes: [{path: /dev/there, type: b}]",
     "the device node /dev/there is of type c, not b\n", ""},
    {"deviceNodes: [{path: /dev/there, type: b, major: 240, minor: 1}]",
     "the device node /dev/there is of type c, not b\n", ""},
    {"deviceNodes: [{path: /dev/link, type: c, major: 240, minor: 1}]", "",
     "the device node /dev/link is a link to there\n"},
    {"deviceNodes: [{path: /dev/link, type: b, major: 240, minor: 1}]",
     "the device node /dev/link is of type c, not b\n", ""},
    {"deviceNodes: [{path: /dev/file, type: c, major: 240, minor: 1}]", "",
     "the device node /dev/file is not a device node\n"},
    {"mounts: [{hostPath: /lib/there, containerPath: /x}]", "", ""},
    {"mounts: [{hostPath: /lib/none, containerPath: /x}]",
     "the mount source /lib/none is not there\n", ""},
    {"mounts: [{hostPath: /lib/none, containerPath: /x, type: bind}]",
     "the mount source /lib/none is not there\n", ""},
    {"mounts: [{hostPath: tmpfs, containerPath: /x, type: tmpfs}]", "", ""},
    {"mounts: [{hostPath: /lib/none, containerPath: /x, type: none, options: [rbind]}]",
     "the mount source /lib/none is not there\n", ""},
    {"hooks: [{hookName: prestart, path: /bin/hook}]", "", ""},
    {"hooks: [{hookName: prestart, path: /bin/none}]", "the hook /bin/none is not there\n", ""},
    {"hooks: [{hookName: prestart, path: /lib/there}]", "the hook /lib/there is not a program\n",
     ""},
    {"hooks: [{hookName: prestart, path: /bin}]", "the hook /bin is not a program\n", ""},
    {"netDevices: [{hostInterfaceName: eth0, name: net}]", "", ""},
    {"netDevices: [{hostInterfaceName: eth1, name: net}]",
     "the network interface eth1 is not there\n", ""},
};

static void make_host(void) {
  char path[512];
  tree_file(&rig.tree, "/dev/there", "c 240:1 0666 0:0\n");
  tree_file(&rig.tree, "/dev/file", "nothing special");
  tree_link(&rig.tree, "/dev/link", "there");
  tree_file(&rig.tree, "/lib/there", "");
  tree_file(&rig.tree, "/bin/hook", "");
  ck_assert_int_eq(chmod(tree_path(&rig.tree, "/bin/hook", path, sizeof(path)), 0755), 0);
  tree_file(&rig.tree, "/sys/class/net/eth0/mtu", "1500\n");
}

START_TEST(what_the_host_lacks_is_told) {
  make_host();
  tree_file(&rig.tree, "/etc/cdi/a.yaml",
            arena_printf(&rig.arena,
                         "cdiVersion: 1.1.0\nkind: v.com/c\ndevices:\n  - name: d\n"
                         "    containerEdits: {%s}\n",
                         cases[_i].edits));
  index_rig_read(&rig);
  ck_assert_ok(instance_run(rig.instance, "check", check, NULL, &rig.err), &rig.err);
  ck_assert_msg(strcmp(text_of(&missing), cases[_i].missing) == 0, "%s: missing:\n%s",
                cases[_i].edits, text_of(&missing));
  ck_assert_msg(strcmp(text_of(&odd), cases[_i].odd) == 0, "%s: odd:\n%s", cases[_i].edits,
                text_of(&odd));
}
END_TEST

START_TEST(the_edits_of_the_whole_file_are_looked_at_too) {
  make_host();
  tree_file(&rig.tree, "/etc/cdi/a.yaml",
            "cdiVersion: 1.1.0\nkind: v.com/c\ndevices: [{name: d, containerEdits: {env: [A=b]}}]\n"
            "containerEdits:\n  hooks: [{hookName: prestart, path: /bin/none}]\n");
  index_rig_read(&rig);
  ck_assert_ok(instance_run(rig.instance, "check", check, NULL, &rig.err), &rig.err);
  ck_assert_str_eq(text_of(&missing), "the hook /bin/none is not there\n");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi host check");
  TCase *tests = tcase_create("all");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, what_the_host_lacks_is_told, 0, ARRAY_LEN(cases));
  tcase_add_test(tests, the_edits_of_the_whole_file_are_looked_at_too);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
