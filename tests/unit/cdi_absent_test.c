/* SPDX-License-Identifier: Apache-2.0 */
/* A device that cannot be had: the messages say where was looked for it, which file would define it
 * and why it does not, and what is called nearly so. */
#include "cdi_rig.h"

static struct rig rig;

static void begin(void) {
  rig_begin(&rig);
}

static void end(void) {
  rig_end(&rig);
}

#define GOOD \
  "cdiVersion: 0.6.0\nkind: v.com/c\ndevices:\n- {name: left, containerEdits: {env: [A=b]}}\n"

static const struct {
  const char *asked;
  const char *paths[3], *texts[3];
  const char *problems;
} absences[] = {
    /* nothing of the kind */
    {"v.com/c=right",
     {NULL},
     {NULL},
     "cdi.kind-missing : --device: no CDI spec on this host describes v.com/c; looked in /etc/cdi "
     "(not there), /var/run/cdi (not there); put its spec into /etc/cdi, or name its directory "
     "with "
     "--cdi-dir\n"},
    {"v.com/d=left",
     {"/etc/cdi/a.yaml"},
     {GOOD},
     "cdi.kind-missing : --device: no CDI spec on this host describes v.com/d; looked in /etc/cdi "
     "(1 file), /var/run/cdi (not there); do you mean v.com/c=left?\n"},
    {"other.org/thing=0",
     {"/etc/cdi/a.yaml"},
     {GOOD},
     "cdi.kind-missing : --device: no CDI spec on this host describes other.org/thing; looked in "
     "/etc/cdi (1 file), /var/run/cdi (not there); the CDI specs here describe v.com/c\n"},
    /* a vendor's plugin is there too and has nothing */
    {"nvidia.com/gpu=0",
     {"/etc/cdi/a.txt"},
     {GOOD},
     "gpu.not-found : --device: no device \"0\": this host has none; see `davit devices` for what "
     "is "
     "here\n"
     "cdi.kind-missing : --device: no CDI spec on this host describes nvidia.com/gpu; looked in "
     "/etc/cdi (no files), /var/run/cdi (not there); put its spec into /etc/cdi, or name its "
     "directory "
     "with --cdi-dir\n"},
    /* a name that is near */
    {"v.com/c=lefft",
     {"/etc/cdi/a.yaml", "/var/run/cdi/b.json"},
     {GOOD, "cdiVersion: 0.6.0\nkind: w.com/c\ndevices: []\n"},
     "gpu.not-found : --device: no device \"lefft\": this host has left; do you mean \"left\"? See "
     "`davit devices`\n"
     "cdi.device-missing : --device: the CDI specs of v.com/c do not have every device that is "
     "asked "
     "for: v.com/c=lefft; looked in /etc/cdi (1 file), /var/run/cdi (1 file); complete the spec\n"},
    /* the file that has it is refused: for the device itself, or for another line */
    {"v.com/c=right",
     {"/etc/cdi/a.yaml", "/etc/cdi/b.yaml"},
     {GOOD, "cdiVersion: 0.6.0\nkind: v.com/c\ncontainerEdits: {env: [A]}\ndevices:\n"
            "- name: right\n  containerEdits: {}\n"},
     "cdi.file-broken /etc/cdi/b.yaml:3:24: containerEdits.env[0]: plugin cdi: \"A\" is no "
     "NAME=value; write NAME=value\n"
     "cdi.file-broken /etc/cdi/b.yaml:6:19: devices[0].containerEdits: plugin cdi: the device has "
     "no "
     "containerEdits; say what the device needs, or take it out\n"
     "gpu.not-found : --device: no device \"right\": this host has left; see `davit devices` for "
     "what "
     "is here\n"
     "cdi.device-missing : --device: the CDI specs of v.com/c do not have every device that is "
     "asked "
     "for: v.com/c=right; looked in /etc/cdi (2 files), /var/run/cdi (not there); complete the "
     "spec\n"
     "cdi.device-missing /etc/cdi/b.yaml:5:9: devices[0].name: \"right\" would be defined here, "
     "but "
     "the file is refused: line 6: the device has no containerEdits, and 1 more; mend the file\n"},
    {"v.com/c=right",
     {"/etc/cdi/a.yaml", "/etc/cdi/b.yaml"},
     {GOOD, "cdiVersion: 0.6.0\nkind: v.com/c\ncontainerEdits: {env: [A]}\ndevices:\n"
            "- name: right\n  containerEdits: {env: [A=b]}\n"},
     "cdi.file-broken /etc/cdi/b.yaml:3:24: containerEdits.env[0]: plugin cdi: \"A\" is no "
     "NAME=value; write NAME=value\n"
     "gpu.not-found : --device: no device \"right\": this host has left; see `davit devices` for "
     "what "
     "is here\n"
     "cdi.device-missing : --device: the CDI specs of v.com/c do not have every device that is "
     "asked "
     "for: v.com/c=right; looked in /etc/cdi (2 files), /var/run/cdi (not there); complete the "
     "spec\n"
     "cdi.device-missing /etc/cdi/b.yaml:5:9: devices[0].name: \"right\" would be defined here, "
     "but "
     "the file is refused: line 3: \"A\" is no NAME=value; mend the file\n"},
    /* no other file of the kind is there */
    {"v.com/c=right",
     {"/etc/cdi/b.yaml"},
     {"cdiVersion: 0.6.0\nkind: v.com/c\ndevices:\n- name: right\n  containerEdits: {env: [A]}\n"},
     "cdi.file-broken /etc/cdi/b.yaml:5:26: devices[0].containerEdits.env[0]: plugin cdi: \"A\" is "
     "no "
     "NAME=value; write NAME=value\n"
     "cdi.device-missing : --device: the CDI specs of v.com/c do not have every device that is "
     "asked "
     "for: v.com/c=right; looked in /etc/cdi (1 file), /var/run/cdi (not there); complete the "
     "spec\n"
     "cdi.device-missing /etc/cdi/b.yaml:4:9: devices[0].name: \"right\" would be defined here, "
     "but "
     "the file is refused: line 5: \"A\" is no NAME=value; mend the file\n"},
    /* a file that is not even YAML may have it, if its text has the name */
    {"v.com/c=right",
     {"/etc/cdi/a.yaml", "/etc/cdi/b.yaml", "/etc/cdi/c.yaml"},
     {GOOD, "kind: v.com/c\ndevices: [{name: right}\n", "kind: v.com/c\ndevices: [{name: other}\n"},
     "cdi.file-broken /etc/cdi/b.yaml:3:1: plugin cdi: not YAML: did not find expected ',' or ']', "
     "while parsing a flow sequence; look at the indentation and quotes before it\n"
     "cdi.file-broken /etc/cdi/c.yaml:3:1: plugin cdi: not YAML: did not find expected ',' or ']', "
     "while parsing a flow sequence; look at the indentation and quotes before it\n"
     "gpu.not-found : --device: no device \"right\": this host has left; see `davit devices` for "
     "what "
     "is here\n"
     "cdi.device-missing : --device: the CDI specs of v.com/c do not have every device that is "
     "asked "
     "for: v.com/c=right; looked in /etc/cdi (3 files), /var/run/cdi (not there); complete the "
     "spec\n"
     "cdi.device-missing /etc/cdi/b.yaml: \"right\" may be defined here, but the file is refused: "
     "line 3: not YAML: did not find expected ',' or ']', while parsing a flow sequence; mend the "
     "file\n"},
    /* names that are not quite those of specs */
    {"v.com/c=left",
     {"/etc/cdi/a.yml", "/var/run/cdi/b.JSON", "/var/run/cdi/c.txt"},
     {GOOD, GOOD, GOOD},
     "cdi.kind-missing : --device: no CDI spec on this host describes v.com/c; looked in /etc/cdi "
     "(no "
     "files), /var/run/cdi (no files); put its spec into /etc/cdi, or name its directory with "
     "--cdi-dir\n"
     "cdi.device-missing /etc/cdi/a.yml: \"left\" may be defined here, but a file of this name is "
     "not "
     "read; rename it so that it ends in .yaml or .json\n"
     "cdi.device-missing /var/run/cdi/b.JSON: \"left\" may be defined here, but a file of this "
     "name is "
     "not read; rename it so that it ends in .yaml or .json\n"},
    /* one of two is in conflict, the lower one is hidden by them */
    {"v.com/c=left",
     {"/etc/cdi/a.yaml", "/var/run/cdi/b.yaml", "/var/run/cdi/c.yaml"},
     {GOOD, GOOD, GOOD},
     "gpu.unusable : --device: device \"left\", left, can not be given: defined in files of equal "
     "priority, /var/run/cdi/b.yaml:4 and /var/run/cdi/c.yaml:4; these shadow /etc/cdi/a.yaml:4; "
     "see "
     "`davit devices` for what is here\n"
     "cdi.device-missing : --device: the CDI specs of v.com/c do not have every device that is "
     "asked "
     "for; complete the spec\n"},
};

START_TEST(an_absent_device_is_explained) {
  for (size_t i = 0; i < ARRAY_LEN(absences[_i].paths) && absences[_i].paths[i]; i++)
    put(&rig, absences[_i].paths[i], absences[_i].texts[i]);
  struct outcome outcome = inject_devices(&rig, absences[_i].asked, "{}");
  ck_assert_ptr_null(outcome.config);
  ck_assert_str_eq(outcome.problems, absences[_i].problems);
}
END_TEST

START_TEST(what_can_not_be_read_is_explained) {
  put(&rig, "/etc/cdi/a.yaml", GOOD);
  put(&rig, "/var/run/cdi", "no directory");
  tree_link(&rig.tree, "/etc/cdi/b.yaml", "nowhere");
  struct outcome outcome = inject_devices(&rig, "v.com/c=right", "{}");
  ck_assert_str_eq(outcome.problems, "gpu.not-found : --device: no device \"right\": this host has "
                                     "left; see `davit devices` for what "
                                     "is here\n"
                                     "cdi.device-missing : --device: the CDI specs of v.com/c do "
                                     "not have every device that is asked "
                                     "for: v.com/c=right; looked in /etc/cdi (2 files), "
                                     "/var/run/cdi (can not be listed); complete the "
                                     "spec\n"
                                     "cdi.device-missing /etc/cdi/b.yaml: \"right\" may be defined "
                                     "here, but the file can not be read: "
                                     "its link leads nowhere; make it readable, or take it away\n");
  ck_assert_str_eq(
      outcome.messages,
      "plugin.warning : plugin cdi: no CDI specs are read from /var/run/cdi: it can not be "
      "listed\n"
      "plugin.warning : plugin cdi: the CDI file /etc/cdi/b.yaml can not be read: its link "
      "leads nowhere\n");
}
END_TEST

/* A request by vendor or count says it too. */
START_TEST(a_vendor_is_explained) {
  struct injector injector = injector_new(&rig);
  injector_set(&injector, "gpu", "vendor=other");
  ck_assert_str_eq(
      injector_run(&injector, "{}").problems,
      "gpu.no-provider : --gpu: no plugin and no CDI spec serves vendor \"other\"; looked "
      "in /etc/cdi (not there), /var/run/cdi (not there); plugins serve amd, intel, nvidia; "
      "see `davit plugins`\n");
  davit_free(injector.davit);
  injector = injector_new(&rig);
  injector_set(&injector, "cdi", "require");
  injector_set(&injector, "gpu", "vendor=nvidia,count=2");
  ck_assert_str_eq(
      injector_run(&injector, "{}").problems,
      "cdi.kind-missing : --gpu: no CDI spec on this host describes nvidia.com/gpu; looked "
      "in /etc/cdi (not there), /var/run/cdi (not there); put its spec into /etc/cdi, or name "
      "its directory with --cdi-dir\n");
  davit_free(injector.davit);
}
END_TEST

START_TEST(a_directory_that_is_there_twice_is_named) {
  put(&rig, "/etc/cdi/a.yaml", GOOD);
  tree_link(&rig.tree, "/var/run/cdi", "../../etc/cdi");
  ck_assert_contains(inject_devices(&rig, "v.com/c=right", "{}").problems,
                     "looked in /etc/cdi (the same as one behind it), /var/run/cdi (1 file);");
}
END_TEST

/* Many names that are missing are all named, and some explained: the messages stay readable. */
START_TEST(many_absent_devices_are_not_all_explained) {
  struct injector injector = injector_new(&rig);
  put(&rig, "/etc/cdi/a.yaml", GOOD);
  tree_link(&rig.tree, "/etc/cdi/b.yaml", "nowhere");
  for (int i = 0; i < 40; i++)
    injector_set(&injector, "device", arena_printf(&rig.arena, "v.com/c=n%d", i));
  struct outcome outcome = injector_run(&injector, "{}");
  ck_assert_contains(outcome.problems, "for: v.com/c=n0, ");
  ck_assert_contains(outcome.problems, ", ... (24 more); looked in /etc/cdi");
  ck_assert_contains(outcome.problems, "\"n15\" may be defined here");
  ck_assert_ptr_null(strstr(outcome.problems, "\"n16\" may be defined here"));
  davit_free(injector.davit);
}
END_TEST

/* The place is that of the first name that is missing, whoever else asks for devices of the kind. A
 * pattern that fits a device is not missing. */
START_TEST(who_asks_for_an_absent_device_is_named) {
  put(&rig, "/etc/cdi/a.yaml", GOOD);
  const char *config = "{\"annotations\": {\"cdi.k8s.io/v_d\": \"v.com/c=left\"}}";
  ck_assert_str_eq(inject_devices(&rig, "v.com/c=l*,v.com/c=right", config).problems,
                   "gpu.not-found : --device: no device \"right\": this host has left; see `davit "
                   "devices` for what is here\n"
                   "cdi.device-missing : --device: the CDI specs of v.com/c do not have every "
                   "device that is asked for: v.com/c=right; complete the spec\n");
  ck_assert_contains(inject_devices(&rig, "v.com/c=r*", config).problems,
                     "cdi.device-missing : --device: the CDI specs of v.com/c do not have every "
                     "device that is asked for: v.com/c=r*; complete the spec\n");
}
END_TEST

/* Files of other kinds are read for a near name, and what is odd about them is nobody's concern. */
START_TEST(a_near_name_is_looked_for_in_silence) {
  put(&rig, "/etc/cdi/a.yaml", GOOD);
  put(&rig, "/etc/cdi/b.yaml", "cdiVersion: 0.6.0\nKind: w.com/c\ndevices: []\n");
  struct outcome outcome = inject_devices(&rig, "v.com/c=lefft", "{}");
  ck_assert_contains(outcome.problems, "no device \"lefft\"");
  ck_assert_str_eq(outcome.messages, "");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_absent");
  TCase *tests = tcase_create("cdi_absent");
  tcase_add_checked_fixture(tests, begin, end);
  tcase_add_loop_test(tests, an_absent_device_is_explained, 0, ARRAY_LEN(absences));
  tcase_add_test(tests, what_can_not_be_read_is_explained);
  tcase_add_test(tests, a_vendor_is_explained);
  tcase_add_test(tests, a_directory_that_is_there_twice_is_named);
  tcase_add_test(tests, many_absent_devices_are_not_all_explained);
  tcase_add_test(tests, who_asks_for_an_absent_device_is_named);
  tcase_add_test(tests, a_near_name_is_looked_for_in_silence);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
