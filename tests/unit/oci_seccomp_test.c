/* SPDX-License-Identifier: Apache-2.0 */
/* linux.seccomp from profiles in the form of Docker and Podman: what stays, what is decided here,
 * and what is refused. The expectations are the OCI runtime specification's (config-linux.md,
 * "Seccomp") and the meaning that the form's own documentation gives to its conditions. */
#include "testing.h"

#include "oci/oci.h"
#include "oci_testing.h"
#include "util/arena.h"

static struct oci *oci;
static struct arena arena;
static struct davit_error err;

static void set_up(void) {
  ck_assert_ok(oci_new(&oci, &err), &err);
}

static void tear_down(void) {
  oci_free(oci);
  error_clear(&err);
  arena_free(&arena);
}

static int set_on(const char *text, const char *machine, const char *release) {
  const struct oci_seccomp profile = {.file = "/p.json",
                                      .text = text,
                                      .size = strlen(text),
                                      .machine = machine,
                                      .release = release};
  return oci_set_seccomp(oci, &profile, &by_default, &err);
}

static int set(const char *text) {
  return set_on(text, "x86_64", "6.1.0-13-amd64");
}

/* The text form of an entry of the document. */
static const char *value_of(const char *path) {
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  for (; *entries; entries++)
    if (strcmp((*entries)->path, path) == 0)
      return (*entries)->value ? (*entries)->value : "(removed)";
  return "(absent)";
}

START_TEST(a_profile_becomes_a_filter) {
  ck_assert_ok(set("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 38,"
                   " \"defaultErrno\": \"ENOSYS\", \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"],"
                   " \"architectures\": [\"SCMP_ARCH_X86_64\"],"
                   " \"syscalls\": [{\"names\": [\"personality\"], \"action\": \"SCMP_ACT_ALLOW\","
                   "  \"comment\": \"x\", \"includes\": {}, \"excludes\": {},"
                   "  \"args\": [{\"index\": 0, \"value\": 18446744073709551615, \"valueTwo\": 7,"
                   "              \"op\": \"SCMP_CMP_MASKED_EQ\"}]},"
                   " {\"name\": \"reboot\", \"action\": \"SCMP_ACT_ERRNO\", \"errno\": \"EPERM\","
                   "  \"args\": null}]}"),
               &err);
  ck_assert_printed(oci, "{\n"
                         "  \"ociVersion\": \"1.1.0\",\n"
                         "  \"linux\": {\n"
                         "    \"seccomp\": {\n"
                         "      \"defaultAction\": \"SCMP_ACT_ERRNO\",\n"
                         "      \"defaultErrnoRet\": 38,\n"
                         "      \"architectures\": [\n"
                         "        \"SCMP_ARCH_X86_64\"\n"
                         "      ],\n"
                         "      \"flags\": [\n"
                         "        \"SECCOMP_FILTER_FLAG_LOG\"\n"
                         "      ],\n"
                         "      \"syscalls\": [\n"
                         "        {\n"
                         "          \"names\": [\n"
                         "            \"personality\"\n"
                         "          ],\n"
                         "          \"action\": \"SCMP_ACT_ALLOW\",\n"
                         "          \"args\": [\n"
                         "            {\n"
                         "              \"index\": 0,\n"
                         "              \"value\": 18446744073709551615,\n"
                         "              \"valueTwo\": 7,\n"
                         "              \"op\": \"SCMP_CMP_MASKED_EQ\"\n"
                         "            }\n"
                         "          ]\n"
                         "        },\n"
                         "        {\n"
                         "          \"names\": [\n"
                         "            \"reboot\"\n"
                         "          ],\n"
                         "          \"action\": \"SCMP_ACT_ERRNO\",\n"
                         "          \"errnoRet\": 1\n"
                         "        }\n"
                         "      ]\n"
                         "    }\n"
                         "  }\n"
                         "}\n");
}
END_TEST

START_TEST(every_entry_has_a_source) {
  const struct oci_entry *const *entries;
  ck_assert_ok(set("{\"defaultAction\": \"SCMP_ACT_ALLOW\"}"), &err);
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  for (; *entries; entries++)
    ck_assert_ptr_nonnull((*entries)->sources[0]);
  ck_assert_str_eq(value_of("linux.seccomp.defaultAction"), "SCMP_ACT_ALLOW");
  ck_assert_str_eq(value_of("ociVersion"), "1.0.2");
}
END_TEST

START_TEST(nothing_of_an_older_filter_is_kept) {
  ck_assert_ok(set("{\"defaultAction\": \"SCMP_ACT_TRAP\", \"syscalls\": [{\"names\": [\"read\"],"
                   " \"action\": \"SCMP_ACT_ALLOW\"}]}"),
               &err);
  ck_assert_ok(set("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": []}"), &err);
  ck_assert_str_eq(value_of("linux.seccomp.defaultAction"), "SCMP_ACT_ALLOW");
  ck_assert_str_eq(value_of("linux.seccomp.syscalls"), "(removed)");
}
END_TEST

#define ARCH_MAP                                                                       \
  "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"archMap\": ["                             \
  "{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": [\"SCMP_ARCH_X86\"," \
  " \"SCMP_ARCH_X32\"]},"                                                              \
  "{\"architecture\": \"SCMP_ARCH_RISCV64\", \"subArchitectures\": null}]}"

static const struct {
  const char *machine, *architectures;
} maps[] = {{"x86_64", "[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]"},
            {"riscv64", "[\"SCMP_ARCH_RISCV64\"]"},
            {"aarch64", "(absent)"},
            {"pdp11", "(absent)"}};

START_TEST(the_hosts_architecture_brings_its_kin) {
  ck_assert_ok(set_on(ARCH_MAP, maps[_i].machine, "6.1"), &err);
  ck_assert_str_eq(value_of("linux.seccomp.architectures"), maps[_i].architectures);
}
END_TEST

static const struct {
  const char *condition;
  bool applies; /* x86_64, kernel 6.1, CAP_CHOWN and CAP_KILL */
} conditions[] = {
    {"\"includes\": {\"caps\": [\"CAP_CHOWN\"]}", true},
    {"\"includes\": {\"caps\": [\"CAP_CHOWN\", \"CAP_KILL\"]}", true},
    {"\"includes\": {\"caps\": [\"CAP_CHOWN\", \"CAP_BPF\"]}", false},
    {"\"includes\": {\"caps\": [\"CAP_OF_TOMORROW\"]}", false},
    {"\"excludes\": {\"caps\": [\"CAP_BPF\", \"CAP_KILL\"]}", false},
    {"\"excludes\": {\"caps\": [\"CAP_BPF\"]}", true},
    {"\"includes\": {\"arches\": [\"amd64\", \"x32\"]}", true},
    {"\"includes\": {\"arches\": [\"arm64\"]}", false},
    {"\"includes\": {\"arches\": []}", true},
    {"\"excludes\": {\"arches\": [\"amd64\"]}", false},
    {"\"excludes\": {\"arches\": [\"s390x\"]}", true},
    {"\"includes\": {\"minKernel\": \"4.8\"}", true},
    {"\"includes\": {\"minKernel\": \"6.1\"}", true},
    {"\"includes\": {\"minKernel\": \"6.2\"}", false},
    {"\"includes\": {\"minKernel\": \"10.0\"}", false},
    {"\"excludes\": {\"minKernel\": \"4.8\"}", false},
    {"\"excludes\": {\"minKernel\": \"6.2\"}", true},
    {"\"includes\": {\"caps\": [\"CAP_CHOWN\"]}, \"excludes\": {\"arches\": [\"amd64\"]}", false},
    {"\"includes\": {\"caps\": [\"CAP_CHOWN\"], \"arches\": [\"arm\"]}", false},
    {"\"includes\": null, \"excludes\": null", true},
};

START_TEST(conditions_are_decided_here) {
  static const char *const names[] = {"CAP_CHOWN", "CAP_KILL", NULL};
  ck_assert_ok(oci_set_capabilities(oci, names, &by_default, &err), &err);
  ck_assert_ok(set(arena_printf(&arena,
                                "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\":"
                                " [\"bpf\"], \"action\": \"SCMP_ACT_ALLOW\", %s}]}",
                                conditions[_i].condition)),
               &err);
  ck_assert_msg((strcmp(value_of("linux.seccomp.syscalls"), "(absent)") != 0) ==
                    conditions[_i].applies,
                "%s", conditions[_i].condition);
}
END_TEST

#define RULE(rule) "{\"defaultAction\": \"SCMP_ACT_ERRNO\",\n\"syscalls\": [{" rule "}]}"

static const struct {
  const char *profile;
  uint32_t line;
  const char *key, *text, *hint;
} refusals[] = {
    {"[]", 1, "", "a list is not an object", NULL},
    {"{}", 1, "", "the key \"defaultAction\" is missing", "add \"defaultAction\""},
    {"{\"defaultAction\": \"ERRNO\"}", 1, "defaultAction",
     "\"ERRNO\" is not one of the values allowed", "SCMP_ACT_ERRNO"},
    {"{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}", 1, "defaultAction", "cannot be the default",
     "name the calls"},
    {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"defaultErrnoRet\": 1}", 1, "defaultAction",
     "SCMP_ACT_ALLOW takes no error", "leave the error out"},
    {"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrno\": \"ENOPE\"}", 1, "defaultErrno",
     "\"ENOPE\" is not the name of an error", "EPERM"},
    {"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 1, \"defaultErrno\": "
     "\"ENOSYS\"}",
     1, "defaultErrno", "\"ENOSYS\" is not error 1", "leave one"},
    {"{\"defaultAction\": \"SCMP_ACT_ERRNO\",\n\"rules\": []}", 2, "rules",
     "the key \"rules\" is not known here", "syscalls"},
    {"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"flags\": [\"LOG\"]}", 1, "flags[0]", "\"LOG\"",
     "SECCOMP_FILTER_FLAG_LOG"},
    {"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"amd64\"]}", 1,
     "architectures[0]", "\"amd64\"", "SCMP_ARCH_X86"},
    {"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_ARM\"],\n"
     "\"archMap\": []}",
     2, "archMap", "both \"architectures\" and \"archMap\"", "leave one"},
    {RULE("\"action\": \"SCMP_ACT_ALLOW\""), 2, "syscalls[0]", "the rule names no system call",
     "\"names\""},
    {RULE("\"names\": [], \"action\": \"SCMP_ACT_ALLOW\""), 2, "syscalls[0]",
     "names no system call", "\"names\""},
    {RULE("\"names\": [\"a\"], \"name\": \"b\", \"action\": \"SCMP_ACT_ALLOW\""), 2, "syscalls[0]",
     "both \"name\" and \"names\"", "\"names\""},
    {RULE("\"names\": [\"a\"]"), 2, "syscalls[0]", "the key \"action\" is missing",
     "SCMP_ACT_ALLOW"},
    {RULE("\"names\": [\"a\"], \"action\": \"SCMP_ACT_NOTIFY\""), 2, "syscalls[0]",
     "nobody to notify", "listenerPath"},
    {RULE("\"names\": [\"a\"], \"action\": \"SCMP_ACT_ALLOW\", \"errnoRet\": 1"), 2, "syscalls[0]",
     "takes no error", "leave the error out"},
    {RULE("\"names\": [\"a\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 4096"), 2,
     "syscalls[0].errnoRet", "4096", "0 to 4095"},
    {RULE("\"names\": [\"a\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 6, \"value\":"
          " 0, \"op\": \"SCMP_CMP_EQ\"}]"),
     2, "syscalls[0].args[0].index", "6", "0 to 5"},
    {RULE("\"names\": [\"a\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\":"
          " -1, \"op\": \"SCMP_CMP_EQ\"}]"),
     2, "syscalls[0].args[0].value", "-1", "0 to 18446744073709551615"},
    {RULE("\"names\": [\"a\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0}]"), 2,
     "syscalls[0].args[0]", "the key \"op\" is missing", "SCMP_CMP_EQ"},
    {RULE("\"names\": [\"a\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"op\": \"=\"}]"), 2,
     "syscalls[0].args[0].op", "\"=\"", "SCMP_CMP_EQ"},
    {RULE("\"names\": [\"a\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"minKernel\": "
          "\"new\"}"),
     2, "syscalls[0].includes.minKernel", "\"new\" is not the version of a kernel", "4.8"},
    {RULE("\"names\": [\"a\"], \"action\": \"SCMP_ACT_ALLOW\", \"excludes\": {\"cap\": []}"), 2,
     "syscalls[0].excludes.cap", "the key \"cap\" is not known here", "caps"},
    {RULE("\"names\": [1], \"action\": \"SCMP_ACT_ALLOW\""), 2, "syscalls[0].names[0]",
     "the number 1 is not a string", NULL},
};

START_TEST(broken_profiles_are_refused_with_the_place) {
  ck_assert_int_eq(set(refusals[_i].profile), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 1);
  ck_assert_str_eq(err.first->code, "seccomp.profile");
  ck_assert_str_eq(err.first->at.file, "/p.json");
  ck_assert_uint_eq(err.first->at.line, refusals[_i].line);
  ck_assert_str_eq(err.first->at.key ? err.first->at.key : "", refusals[_i].key);
  ck_assert_contains(err.first->text, refusals[_i].text);
  if (refusals[_i].hint)
    ck_assert_contains(err.first->hint, refusals[_i].hint);
  ck_assert_str_eq(value_of("linux.seccomp.defaultAction"), "(absent)");
}
END_TEST

START_TEST(text_that_is_not_json_is_refused) {
  ck_assert_int_lt(set("{\"defaultAction\":\n oops}"), 0);
  ck_assert_str_eq(err.first->code, "seccomp.profile");
  ck_assert_uint_eq(err.first->at.line, 2);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("oci/seccomp");
  TCase *tests = tcase_create("seccomp");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, a_profile_becomes_a_filter);
  tcase_add_test(tests, every_entry_has_a_source);
  tcase_add_test(tests, nothing_of_an_older_filter_is_kept);
  tcase_add_loop_test(tests, the_hosts_architecture_brings_its_kin, 0, ARRAY_LEN(maps));
  tcase_add_loop_test(tests, conditions_are_decided_here, 0, ARRAY_LEN(conditions));
  tcase_add_loop_test(tests, broken_profiles_are_refused_with_the_place, 0, ARRAY_LEN(refusals));
  tcase_add_test(tests, text_that_is_not_json_is_refused);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
