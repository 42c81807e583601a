/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a plugin's edits in a CDI spec; written from the CDI format and the promises of
 * plugin.h, with the toy "wide" (tests/plugins/provide_wide.c). */
#include "generate_rig.h"

#define NODE(name)          "{\"path\":\"/dev/" name "\",\"permissions\":\"rw\"}"
#define DEVICE(name, edits) "{\"name\":\"" name "\",\"containerEdits\":{" edits "}}"
#define OWN(name, node)     DEVICE(name, "\"deviceNodes\":[" NODE(node) "]")
#define COMMON_EDITS        "\"env\":[\"WIDE=yes\"],\"deviceNodes\":[" NODE("widectl") "]"
#define SPEC(version, kind, devices, edits) \
  "{\"cdiVersion\":\"" version "\",\"kind\":\"" kind "\",\"devices\":[" devices "]" edits "}"
#define COMMON ",\"containerEdits\":{" COMMON_EDITS "}"
#define BOTH   "\"deviceNodes\":[" NODE("wide0") "," NODE("wide1") "]"

static void set_up(struct generate_rig *rig, const char *does) {
  rig_set_up(rig);
  rig_install(rig, "wide-serves");
  rig_open(rig, does, NULL);
}

static size_t count(const char *text, const char *part) {
  size_t found = 0;
  for (; (text = strstr(text, part)); text++)
    found++;
  return found;
}

/* ---- what is written ------------------------------------------------------------------------ */

static const struct {
  const char *does;
  const char *kind;
  const char *spec;
} specs[] = {
    /* Names that CDI does not allow ("not/a/name") and "all", which is another device, are none. */
    {"plain", NULL,
     SPEC("0.5.0", "wide.com/npu",
          OWN("a", "wide0") "," OWN("b", "wide1") "," OWN("0", "wide0") "," OWN(
              "front", "wide0") "," OWN("WIDE-0000", "wide0") "," OWN("WIDE-1111",
                                                                      "wide1") "," DEVICE("all",
                                                                                          BOTH),
          COMMON)},
    {"plain", "other.org/dot.ted",
     SPEC("0.6.0", "other.org/dot.ted",
          OWN("a", "wide0") "," OWN("b", "wide1") "," OWN("0", "wide0") "," OWN(
              "front", "wide0") "," OWN("WIDE-0000", "wide0") "," OWN("WIDE-1111",
                                                                      "wide1") "," DEVICE("all",
                                                                                          BOTH),
          COMMON)},
    {"unnamed", NULL,
     SPEC("0.5.0", "wide.com/npu",
          OWN("0", "wide0") "," OWN("WIDE-1111", "wide1") "," OWN("front", "wide0") "," OWN(
              "WIDE-0000", "wide0") "," DEVICE("all", BOTH),
          COMMON)},
    {"kinds", "wide.com/nic",
     SPEC("0.3.0", "wide.com/nic",
          OWN("b", "wide1") "," OWN("WIDE-1111", "wide1") "," OWN("all", "wide1"), COMMON)},
#define FIRST "\"env\":[\"WIDE=yes\"],\"deviceNodes\":[" NODE("widectl") "," NODE("wide0") "]"
    {"shared", NULL,
     SPEC("0.5.0", "wide.com/npu",
          DEVICE("a", FIRST) "," DEVICE("b", COMMON_EDITS) "," DEVICE("0", FIRST) "," DEVICE(
              "front", FIRST) "," DEVICE("WIDE-0000",
                                         FIRST) "," DEVICE("WIDE-1111",
                                                           COMMON_EDITS) "," DEVICE("all", FIRST),
          "")},
#define LAST(name, last, node) \
  DEVICE(name, "\"env\":[\"WIDE_LAST=" last "\"],\"deviceNodes\":[" NODE(node) "]")
    {"together", NULL,
     SPEC("0.5.0", "wide.com/npu",
          LAST("a", "a", "wide0") "," LAST("b", "b", "wide1") "," LAST("0", "a", "wide0") "," LAST(
              "front", "a",
              "wide0") "," LAST("WIDE-0000", "a",
                                "wide0") "," LAST("WIDE-1111", "b",
                                                  "wide1") "," DEVICE("all", "\"env\":[\"WIDE_LAST="
                                                                             "b\"]," BOTH),
          COMMON)},
};

START_TEST(the_spec_says_what_the_plugin_does) {
  CLEANUP(generate_rig) struct generate_rig rig;
  set_up(&rig, specs[_i].does);
  ck_assert_ok(rig_generate(&rig, "wide", specs[_i].kind), &rig.err);
  ck_assert_str_eq(rig_compact(&rig), specs[_i].spec);
}
END_TEST

/* Every kind of edit: what CDI has is in the file, as the specification spells it. */
START_TEST(every_edit_that_cdi_has_is_written) {
  CLEANUP(generate_rig) struct generate_rig rig;
  set_up(&rig, "everything");
  ck_assert_ok(rig_generate(&rig, "wide", NULL), &rig.err);
  const char *text = rig_compact(&rig);
  ck_assert_contains(text, "{\"cdiVersion\":\"1.1.0\",");
  ck_assert_contains(
      text,
      DEVICE(
          "a",
          "\"env\":[\"WIDE_PATH=/opt/wide:/usr/lib/wide\",\"WIDE_LEVEL=3\"],"
          "\"deviceNodes\":[" NODE(
              "wide0") ","
                       "{\"path\":\"/dev/inside\",\"hostPath\":\"/dev/outside\",\"permissions\":"
                       "\"rwm\"},"
                       "{\"path\":\"/dev/linked\",\"hostPath\":\"/dev/target\",\"permissions\":"
                       "\"rw\"},"
                       "{\"path\":\"/dev/grouped\",\"permissions\":\"rw\",\"gid\":109},"
                       "{\"path\":\"/dev/owned\",\"fileMode\":416,\"permissions\":\"rw\",\"uid\":5,"
                       "\"gid\":6},"
                       "{\"path\":\"/dev/missing\",\"type\":\"c\",\"major\":7,\"minor\":8,"
                       "\"permissions\":\"rw\"}],"
                       "\"netDevices\":[{\"hostInterfaceName\":\"ib0\",\"name\":\"ib7\"}],"
                       "\"hooks\":[{\"hookName\":\"createContainer\",\"path\":\"/usr/bin/hook\","
                       "\"args\":[\"hook\",\"--go\"],\"env\":[\"H=1\"],\"timeout\":9}],"
                       "\"mounts\":[{\"hostPath\":\"/opt/lib\",\"containerPath\":\"/usr/lib/wide\","
                       "\"options\":[\"rro\",\"nosuid\",\"nodev\",\"rbind\",\"rprivate\"]},"
                       "{\"hostPath\":\"tmpfs\",\"containerPath\":\"/run/"
                       "wide\",\"options\":[\"size="
                       "1m\"],\"type\":\"tmpfs\"},"
                       "{\"hostPath\":\"/opt/lib\",\"containerPath\":\"/usr/lib/bare\",\"type\":"
                       "\"bind\"}],"
                       "\"intelRdt\":{\"closID\":\"wide\",\"schemata\":[\"MB:0=10\",\"L3:0=f\"],"
                       "\"enableMonitoring\":true},"
                       "\"additionalGids\":[44,109]"));
}
END_TEST

/* What CDI lacks: a warning for each, once, however many names and devices there are. */
START_TEST(what_cdi_cannot_say_is_named) {
  static const char *const warnings[] = {
      "cdi.left-out device c is left out: on fire\n",
      "cdi.inexact variable WIDE_PATH \"/opt/wide:/usr/lib/wide\", asked for by plugin wide: ",
      "cdi.inexact variable WIDE_LEVEL \"3\"",
      "cdi.left-out variable WIDE_BYTES ",
      "cdi.left-out annotation wide.com/seen \"yes\"",
      "cdi.left-out limit RLIMIT_MEMLOCK ",
      "cdi.left-out cgroup file pids.max \"64\"",
      "cdi.left-out linux.intelRdt key enableCMT \"true\"",
      "cdi.left-out device rule /dev/rule ",
      "cdi.left-out device node /dev/ruleless ",
      "plugin.node-missing device node /dev/missing",
  };
  CLEANUP(generate_rig) struct generate_rig rig;
  set_up(&rig, "everything");
  ck_assert_ok(rig_generate(&rig, "wide", NULL), &rig.err);
  for (size_t i = 0; i < ARRAY_LEN(warnings); i++)
    ck_assert_msg(count(rig.logged, warnings[i]) == 1, "\"%s\" is not once in %s", warnings[i],
                  rig.logged);
  ck_assert_uint_eq(count(rig.logged, "\n"), ARRAY_LEN(warnings));
}
END_TEST

START_TEST(what_depends_on_the_choice_is_left_out) {
  CLEANUP(generate_rig) struct generate_rig rig;
  set_up(&rig, "together");
  ck_assert_ok(rig_generate(&rig, "wide", NULL), &rig.err);
  ck_assert_contains(rig.logged, "cdi.left-out variable WIDE_COUNT \"2\", asked for by plugin "
                                 "wide: it depends on which devices are chosen together");
  ck_assert_contains(rig.logged, "cdi.left-out variable WIDE_SEVERAL \"yes\"");
  ck_assert_uint_eq(count(rig.logged, "\n"), 3); /* and the device that is on fire */
}
END_TEST

/* ---- what is refused ------------------------------------------------------------------------ */

static const struct {
  const char *toys[2];
  const char *does;
  const char *vendor, *kind;
  const char *code, *says;
} refusals[] = {
    {{"wide-serves"}, "nothing", "wide", NULL, "cdi.no-devices", "no device of plugin wide"},
    {{"wide-serves"}, "fails", "wide", NULL, "acme.halfway", "no more"},
    {{"wide-serves"}, "kinds", "wide", NULL, "gpu.ambiguous", "wide.com/npu, wide.com/nic"},
    {{"wide-serves"}, "kinds", "wide", "a.org/b", "gpu.ambiguous", "--kind KIND"},
    {{"wide-serves"}, "plain", "wide", "a.org", "cdi.bad-kind", "\"a.org\""},
    {{"wide-serves"}, "plain", "widest", NULL, "gpu.no-provider", "\"widest\""},
    {{"acme-nothing"}, "plain", "acme", NULL, "cdi.no-devices", "acme finds no device"},
    {{"acme-broken"}, "plain", "acme", NULL, "acme.broken", "does not answer"},
    {{"acme-nothing"}, "plain", NULL, NULL, "cdi.no-devices", "no plugin finds a device"},
    {{"wide-serves", "acme-serves"}, "plain", NULL, NULL, "gpu.ambiguous", "wide, acme"},
};

START_TEST(what_cannot_be_a_spec_is_refused) {
  CLEANUP(generate_rig) struct generate_rig rig;
  rig_set_up(&rig);
  for (size_t i = 0; i < 2 && refusals[_i].toys[i]; i++)
    rig_install(&rig, refusals[_i].toys[i]);
  rig_open(&rig, refusals[_i].does, NULL);
  ck_assert_int_lt(rig_generate(&rig, refusals[_i].vendor, refusals[_i].kind), 0);
  ck_assert_error(&rig.err, refusals[_i].code, refusals[_i].says);
}
END_TEST

/* The one whose devices are here, or whose kind is asked; a vendor's before a generic plugin's. */
static const struct {
  const char *toys[2];
  const char *kind;
  const char *plugin;
} choices[] = {
    {{"wide-serves"}, NULL, "wide.com/npu"},
    {{"wide-serves", "acme-nothing"}, NULL, "wide.com/npu"},
    {{"wide-serves", "acme-serves"}, "acme.com/npu", "acme.com/npu"},
    {{"acme-serves", "any-serves"}, NULL, "acme.com/npu"},
};

START_TEST(the_vendor_is_found) {
  CLEANUP(generate_rig) struct generate_rig rig;
  rig_set_up(&rig);
  for (size_t i = 0; i < 2 && choices[_i].toys[i]; i++)
    rig_install(&rig, choices[_i].toys[i]);
  rig_open(&rig, "plain", NULL);
  ck_assert_ok(rig_generate(&rig, NULL, choices[_i].kind), &rig.err);
  ck_assert_str_eq(rig.spec->kind, choices[_i].plugin);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin_generate");
  TCase *tcase = tcase_create("plugin_generate");
  tcase_add_loop_test(tcase, the_spec_says_what_the_plugin_does, 0, ARRAY_LEN(specs));
  tcase_add_test(tcase, every_edit_that_cdi_has_is_written);
  tcase_add_test(tcase, what_cdi_cannot_say_is_named);
  tcase_add_test(tcase, what_depends_on_the_choice_is_left_out);
  tcase_add_loop_test(tcase, what_cannot_be_a_spec_is_refused, 0, ARRAY_LEN(refusals));
  tcase_add_loop_test(tcase, the_vendor_is_found, 0, ARRAY_LEN(choices));
  suite_add_tcase(suite, tcase);
  return run_suite(suite);
}
