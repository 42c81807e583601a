/* SPDX-License-Identifier: Apache-2.0 */
/* Every entry that a CDI file makes says so: the file, the line and the device. Injecting it again
 * makes no entry twice, and adds itself to those who ask for it. */
#include "api/session.h"
#include "plugin_rig.h"
#include "util/cleanup.h"

static struct rig rig;

static void begin(void) {
  rig_begin(&rig);
  put_node(&rig, "/dev/acme0", "240:0");
  put_node(&rig, "/dev/acmectl", "240:9");
  put(&rig, "/bin/hook", "");
  tree_dir(&rig.tree, "/lib");
  put(&rig, "/etc/cdi/a.yaml",
      "cdiVersion: 1.1.0\n"
      "kind: acme.com/npu\n"
      "containerEdits:\n"
      "  env:\n"
      "  - ALL=1\n"
      "  deviceNodes:\n"
      "  - {path: /dev/acmectl}\n"
      "devices:\n"
      "- name: one\n"
      "  containerEdits:\n"
      "    env:\n"
      "    - ONE=1\n"
      "    deviceNodes:\n"
      "    - {path: /dev/acme0}\n"
      "    mounts:\n"
      "    - {hostPath: /lib, containerPath: /opt/acme, options: [ro, bind]}\n"
      "    hooks:\n"
      "    - {hookName: createContainer, path: /bin/hook, args: [hook, run]}\n"
      "    additionalGids:\n"
      "    - 44\n"
      "    netDevices:\n"
      "    - {hostInterfaceName: eno1, name: net0}\n"
      "    intelRdt:\n"
      "      closID: acme\n"
      "- name: two\n"
      "  containerEdits:\n"
      "    env:\n"
      "    - TWO=2\n"
      "    deviceNodes:\n"
      "    - {path: /dev/acme0}\n");
}

static void end(void) {
  rig_end(&rig);
}

static struct oci *inject(const char *config, const char *const *devices) {
  struct session session = {.host_root = rig.tree.root,
                            .allow_untrusted = true,
                            .render.rootless = ROOTLESS_NO,
                            .log = {.threshold = LOG_LEVEL_NONE}};
  struct oci *oci = NULL;
  ck_assert(list_push(&session.arena, &session.plugin_dirs, TEST_PLUGINS));
  for (; *devices; devices++)
    for (const struct session_option *option = options_request; option->name; option++)
      if (strcmp(option->name, "device") == 0)
        ck_assert_ok(option->take(&session, *devices, &rig.err), &rig.err);
  ck_assert_ok(inject_config(&session, "config.json", config, strlen(config), &oci, &rig.err),
               &rig.err);
  arena_free(&session.arena);
  return oci;
}

/* "PATH = VALUE <- SOURCE, SOURCE" of each entry, one a line. */
static const char *entries_text(const struct oci *oci) {
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(oci, &rig.arena, &entries, &rig.err), &rig.err);
  const char *text = "";
  for (; *entries; entries++) {
    text = arena_printf(&rig.arena, "%s%s = %s <-", text, (*entries)->path, (*entries)->value);
    ck_assert_msg((*entries)->sources[0] != NULL, "%s has no source", (*entries)->path);
    for (const struct oci_source *const *source = (*entries)->sources; *source; source++)
      text = arena_printf(&rig.arena, "%s%s %s", text, source == (*entries)->sources ? "" : ",",
                          oci_source_text(&rig.arena, *source));
    text = arena_printf(&rig.arena, "%s\n", text);
  }
  return text;
}

#define ALL(line) "/etc/cdi/a.yaml:" #line " (plugin cdi)"
#define ONE(line) "/etc/cdi/a.yaml:" #line " (plugin cdi, device acme.com/npu=one)"
#define TWO(line) "/etc/cdi/a.yaml:" #line " (plugin cdi, device acme.com/npu=two)"

START_TEST(every_entry_has_its_line_and_device) {
  static const char *const devices[] = {"acme.com/npu=one", NULL};
  CLEANUP(oci) struct oci *oci = inject("{\"ociVersion\": \"1.3.0\"}", devices);
  ck_assert_str_eq(
      entries_text(oci),
      "ociVersion = 1.3.0 <- config.json\n"
      "process.user.additionalGids.44 = 44 <- " ONE(
          20) "\n"
              "process.env.ALL = ALL=1 <- " ALL(
                  5) "\n"
                     "process.env.ONE = ONE=1 <- " ONE(
                         12) "\n"
                             "mounts./opt/acme = bind /lib ro,bind <- " ONE(
                                 16) "\n"
                                     "hooks.createContainer[0] = /bin/hook run <- " ONE(
                                         18) "\n"
                                             "linux.resources.devices[0] = c 240:9 rwm <- " ALL(
                                                 7) "\n"
                                                    "linux.resources.devices[1] = c 240:0 rwm "
                                                    "<- " ONE(
                                                        14) "\n"
                                                            "linux.devices./dev/acmectl = c 240:9 "
                                                            "0666 <- " ALL(
                                                                7) "\n"
                                                                   "linux.devices./dev/acme0 = c "
                                                                   "240:0 0666 <- " ONE(
                                                                       14) "\n"
                                                                           "linux.netDevices.eno1 "
                                                                           "= net0 <- " ONE(
                                                                               22) "\n"
                                                                                   "linux.intelRdt."
                                                                                   "closID = acme "
                                                                                   "<- " ONE(
                                                                                       24) "\n");
}
END_TEST

START_TEST(devices_that_share_an_entry_are_all_named) {
  static const char *const devices[] = {"acme.com/npu=one", "acme.com/npu=two", "acme.com/npu=one",
                                        NULL};
  CLEANUP(oci) struct oci *oci = inject("{\"ociVersion\": \"1.3.0\"}", devices);
  const char *text = entries_text(oci);
  ck_assert_contains(text, "linux.devices./dev/acme0 = c 240:0 0666 <- " ONE(14) ", " TWO(30) "\n");
  ck_assert_contains(text,
                     "linux.resources.devices[1] = c 240:0 rwm <- " ONE(14) ", " TWO(30) "\n");
  ck_assert_contains(text, "hooks.createContainer[0] = /bin/hook run <- " ONE(18) "\n");
  ck_assert_ptr_null(strstr(text, "hooks.createContainer[1]"));
  ck_assert_ptr_null(strstr(text, "linux.resources.devices[2]"));
}
END_TEST

/* A config into which the device was injected before is not changed, and names both. */
START_TEST(what_is_there_already_gains_a_source) {
  static const char *const one[] = {"acme.com/npu=one", NULL};
  CLEANUP(oci) struct oci *oci = inject("{\"ociVersion\": \"1.3.0\"}", one);
  CLEANUP(free) char *first = NULL, *second = NULL;
  size_t size;
  ck_assert_ok(oci_print(oci, &first, &size, &rig.err), &rig.err);
  CLEANUP(oci) struct oci *again = inject(first, one);
  ck_assert_ok(oci_print(again, &second, &size, &rig.err), &rig.err);
  ck_assert_str_eq(second, first);
  const char *text = entries_text(again);
  ck_assert_contains(text, "process.env.ONE = ONE=1 <- config.json, " ONE(12) "\n");
  ck_assert_contains(text,
                     "hooks.createContainer[0] = /bin/hook run <- config.json, " ONE(18) "\n");
  ck_assert_contains(text,
                     "linux.resources.devices[1] = c 240:0 rwm <- config.json, " ONE(14) "\n");
  ck_assert_contains(text, "process.user.additionalGids.44 = 44 <- config.json, " ONE(20) "\n");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_provenance");
  TCase *tests = tcase_create("cdi_provenance");
  tcase_add_checked_fixture(tests, begin, end);
  tcase_add_test(tests, every_entry_has_its_line_and_device);
  tcase_add_test(tests, devices_that_share_an_entry_are_all_named);
  tcase_add_test(tests, what_is_there_already_gains_a_source);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
