/* SPDX-License-Identifier: Apache-2.0 */
/* What runs in the container and under which limits; names and groups it runs under. */
#include "service_testing.h"

#define IMAGE_HINT "a name without blanks: registry.example/team/app:1.0"
#define USER_HINT  "USER or USER:GROUP, each a name or a number that is at most 2147483647"
#define GROUP_HINT "a name or a number that is at most 2147483647"
#define HOST_HINT  "letters, digits and \"-\", dots between, at most 253 in all"
#define CGROUP_HINT                                                                             \
  "an absolute path without \"//\", \".\" and \"..\", or the name of a systemd slice: /gpu or " \
  "gpu.slice"
#define LABEL_50 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"

START_TEST(command_and_environment) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(&arena, "command:\n"
                                                       "  entrypoint: [/bin/app, 8080, true]\n"
                                                       "  args: ['', --flag]\n"
                                                       "  workdir: /srv/app/\n"
                                                       "env:\n"
                                                       "  B: 2\n"
                                                       "  A: one\n");
  ck_assert_str_eq(service->entrypoint[0], "/bin/app");
  ck_assert_str_eq(service->entrypoint[1], "8080");
  ck_assert_str_eq(service->entrypoint[2], "true");
  ck_assert_ptr_null(service->entrypoint[3]);
  ck_assert_uint_eq(service->entrypoint_at.line, 7);
  ck_assert_str_eq(service->entrypoint_at.key, "services.web.command.entrypoint");
  ck_assert_str_eq(service->args[0], "");
  ck_assert_str_eq(service->args[1], "--flag");
  ck_assert_ptr_null(service->args[2]);
  ck_assert_uint_eq(service->args_at.line, 8);
  ck_assert_str_eq(service->workdir.text, "/srv/app/");
  ck_assert_uint_eq(service->workdir.at.line, 9);
  ck_assert_uint_eq(service->env_count, 2);
  ck_assert_str_eq(service->env[0].name, "B");
  ck_assert_str_eq(service->env[0].value, "2");
  ck_assert_uint_eq(service->env[0].at.line, 11);
  ck_assert_str_eq(service->env[0].at.key, "services.web.env.B");
  ck_assert_str_eq(service->env[1].name, "A");
}
END_TEST

static const char *const users[] = {"1000",         "1000:100", "0:0",    "2147483647", "nobody",
                                    "nobody:users", "7:wheel",  "_apt:0", "a.b-c",      "svc$"};

START_TEST(users_are_names_or_numbers) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(&arena, arena_printf(&arena, "user: %s", users[_i]));
  ck_assert_str_eq(service->user.text, users[_i]);
  ck_assert_str_eq(service->user.at.key, "services.web.user");
}
END_TEST

START_TEST(groups_are_names_or_numbers) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(&arena, "extra_groups: [video, 44, '0']");
  ck_assert_uint_eq(service->extra_group_count, 3);
  ck_assert_str_eq(service->extra_groups[0].text, "video");
  ck_assert_str_eq(service->extra_groups[1].text, "44");
  ck_assert_str_eq(service->extra_groups[2].text, "0");
  ck_assert_str_eq(service->extra_groups[1].at.key, "services.web.extra_groups[1]");
}
END_TEST

static const struct {
  const char *name;
  const char *type;
} limits[] = {{"cpu", "RLIMIT_CPU"},           {"fsize", "RLIMIT_FSIZE"},
              {"data", "RLIMIT_DATA"},         {"stack", "RLIMIT_STACK"},
              {"core", "RLIMIT_CORE"},         {"rss", "RLIMIT_RSS"},
              {"nproc", "RLIMIT_NPROC"},       {"NoFile", "RLIMIT_NOFILE"},
              {"MEMLOCK", "RLIMIT_MEMLOCK"},   {"as", "RLIMIT_AS"},
              {"locks", "RLIMIT_LOCKS"},       {"sigpending", "RLIMIT_SIGPENDING"},
              {"msgqueue", "RLIMIT_MSGQUEUE"}, {"nice", "RLIMIT_NICE"},
              {"rtprio", "RLIMIT_RTPRIO"},     {"rttime", "RLIMIT_RTTIME"}};

START_TEST(limits_have_the_names_of_the_original) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(
      &arena, arena_printf(&arena, "ulimits: {%s: {soft: 1, hard: 2}}", limits[_i].name));
  ck_assert_uint_eq(service->ulimit_count, 1);
  ck_assert_str_eq(service->ulimits[0].type, limits[_i].type);
  ck_assert_uint_eq(service->ulimits[0].soft, 1);
  ck_assert_uint_eq(service->ulimits[0].hard, 2);
}
END_TEST

static const struct {
  const char *yaml;
  uint64_t soft, hard;
} bounds[] = {{"{soft: 0, hard: 0}", 0, 0},
              {"{soft: 5}", 5, 5},
              {"{hard: 5}", 5, 5},
              {"{soft: 5, hard: }", 5, 5},
              {"{soft: -1, hard: -1}", UINT64_MAX, UINT64_MAX},
              {"{soft: 5, hard: -1}", 5, UINT64_MAX},
              {"{hard: -1}", UINT64_MAX, UINT64_MAX},
              {"{soft: 0x10, hard: 9223372036854775807}", 16, INT64_MAX}};

START_TEST(one_bound_gives_the_other) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, "ulimits: {nofile: %s}", bounds[_i].yaml));
  ck_assert_uint_eq(service->ulimits[0].soft, bounds[_i].soft);
  ck_assert_uint_eq(service->ulimits[0].hard, bounds[_i].hard);
  ck_assert_uint_eq(service->ulimits[0].at.line, 6);
  ck_assert_str_eq(service->ulimits[0].at.key, "services.web.ulimits.nofile");
}
END_TEST

static const struct {
  const char *yaml;
  const char *parent; /* NULL: not set */
} parents[] = {{"/a/b/", "/a/b"},
               {"/a//", "/a"},
               {"/", "/"},
               {"''", NULL},
               {"gpu.slice", "gpu.slice"},
               {"a-b_c.slice", "a-b_c.slice"},
               {"/gpu.slice", "/gpu.slice"}};

START_TEST(parent_cgroups_are_paths_or_slices) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, "cgroup_parent: %s", parents[_i].yaml));
  if (!parents[_i].parent) {
    ck_assert_ptr_null(service->cgroup_parent.text);
    return;
  }
  ck_assert_str_eq(service->cgroup_parent.text, parents[_i].parent);
  ck_assert_uint_eq(service->cgroup_parent.at.line, 6);
  ck_assert_str_eq(service->cgroup_parent.at.key, "services.web.cgroup_parent");
}
END_TEST

/* The last has 253 characters, the most that a name may have. */
static const char *const hosts[] = {"web",
                                    LABEL_50 LABEL_50, /* longer than a label of the DNS */
                                    "web-1.example.org",
                                    "A",
                                    "1.2.3.4",
                                    LABEL_50 "." LABEL_50 "." LABEL_50 "." LABEL_50
                                             ".abcdefghijabcdefghijabcdefghijabcdefghijabcdefghi"};

START_TEST(host_names_have_parts) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, "hostname: %s", hosts[_i]));
  ck_assert_str_eq(service->hostname.text, hosts[_i]);
  ck_assert_uint_eq(service->hostname.at.line, 6);
}
END_TEST

static const struct service_wrong wrong[] = {
    {"command: {entrypoint: ^[]}", "invalid", ".command.entrypoint", "the list is empty",
     "name at least one, or leave the key out"},
    {"command: {args: ^[]}", "invalid", ".command.args", "the list is empty",
     "name at least one, or leave the key out"},
    {"command: {entrypoint: ^/bin/sh -c x}", "invalid", ".command.entrypoint",
     "the text \"/bin/sh -c x\" is not a list", "write a list, or leave the key out"},
    {"command: {entrypoint: [^'', x]}", "invalid", ".command.entrypoint[0]",
     "the program has no name", "the first entry is the program"},
    {"command: {args: [a, ^[b]]}", "invalid", ".command.args[1]", "a list is not a text",
     "write one value"},
    {"command: {workdir: ^srv}", "invalid", ".command.workdir",
     "the directory \"srv\" is not absolute", "start it with \"/\""},
    {"command: {workdir: ^''}", "invalid", ".command.workdir", "the directory \"\" is not absolute",
     "start it with \"/\""},
    {"command: ^[a]", "invalid", ".command", "a list is not a mapping",
     "write `{entrypoint: [PROGRAM, ARGUMENT]}`"},
    {"env: {'': ^x}", "invalid", ".env.\"\"", "\"\" is not the name of a variable",
     "a name is not empty and has no \"=\""},
    {"env: {A=B: ^x}", "invalid", ".env.\"A=B\"", "\"A=B\" is not the name of a variable",
     "a name is not empty and has no \"=\""},
    {"user: ^'a b'", "invalid", ".user", "\"a b\" is not a user", USER_HINT},
    {"extra_groups: [video, ^'']", "invalid", ".extra_groups[1]", "\"\" is not a group",
     GROUP_HINT},
    {"extra_groups: [^4294967295]", "invalid", ".extra_groups[0]", "\"4294967295\" is not a group",
     GROUP_HINT},
    {"extra_groups: [a, ^a]", "invalid", ".extra_groups[1]", "\"a\" is already in line 6",
     "keep this one or that of line 6"},
    {"extra_groups: ^video", "invalid", ".extra_groups", "the text \"video\" is not a list",
     "write a list, or leave the key out"},
    {"user: ^-1", "invalid", ".user", "\"-1\" is not a user", USER_HINT},
    {"user: ^2147483648", "invalid", ".user", "\"2147483648\" is not a user", USER_HINT},
    {"user: ^4294967296", "invalid", ".user", "\"4294967296\" is not a user", USER_HINT},
    {"user: ^'1000:'", "invalid", ".user", "\"1000:\" is not a user", USER_HINT},
    {"user: ^':5'", "invalid", ".user", "\":5\" is not a user", USER_HINT},
    {"user: ^1:2:3", "invalid", ".user", "\"1:2:3\" is not a user", USER_HINT},
    {"user: ^''", "invalid", ".user", "\"\" is not a user", USER_HINT},
    {"user: ^[1000]", "invalid", ".user", "a list is not a text", "write one value"},
    {"ulimits: {^nofiles: {soft: 1}}", "unknown-key", ".ulimits.nofiles",
     "the key \"nofiles\" is not known here", "did you mean \"nofile\"?"},
    {"ulimits: {^RLIMIT_NOFILE: {soft: 1}}", "unknown-key", ".ulimits.RLIMIT_NOFILE",
     "the key \"RLIMIT_NOFILE\" is not known here",
     "known here: cpu, fsize, data, stack, core, rss, nproc, nofile, memlock, as, locks, "
     "sigpending, msgqueue, nice, rtprio, rttime"},
    {"ulimits: {nofile: ^}", "invalid", ".ulimits.nofile", "the limit has neither soft nor hard",
     "write `{soft: 1024, hard: 4096}`; one of the two is enough"},
    {"ulimits: {nofile: ^{soft: ~, hard: ~}}", "invalid", ".ulimits.nofile",
     "the limit has neither soft nor hard",
     "write `{soft: 1024, hard: 4096}`; one of the two is enough"},
    {"ulimits: {nofile: ^{soft: 2, hard: 1}}", "invalid", ".ulimits.nofile",
     "the soft limit is above the hard one", "make soft at most hard; -1 is unlimited"},
    {"ulimits: {nofile: ^{soft: -1, hard: 1}}", "invalid", ".ulimits.nofile",
     "the soft limit is above the hard one", "make soft at most hard; -1 is unlimited"},
    {"ulimits: {nofile: {soft: ^-2}}", "invalid", ".ulimits.nofile.soft",
     "the number -2 is out of range", "0 or more; -1: unlimited"},
    {"ulimits: {nofile: {hard: ^9223372036854775808}}", "invalid", ".ulimits.nofile.hard",
     "the number 9223372036854775808 is out of range", "0 or more; -1: unlimited"},
    {"ulimits: {nofile: {hard: ^unlimited}}", "invalid", ".ulimits.nofile.hard",
     "the text \"unlimited\" is not a whole number", "write a number without quotes"},
    {"ulimits: {nofile: ^1024}", "invalid", ".ulimits.nofile", "the number 1024 is not a mapping",
     "write keys with values, or leave the key out"},
    {"ulimits: {nofile: {soft: 1}, NOFILE: ^{soft: 2}}", "invalid", ".ulimits.NOFILE",
     "\"nofile\" is already in line 6", "keep this one or that of line 6"},
    {"ulimits: {nofile: {^max: 1, soft: 1}}", "unknown-key", ".ulimits.nofile.max",
     "the key \"max\" is not known here", "known here: soft, hard"},
    {"hostname: ^a_b", "invalid", ".hostname", "\"a_b\" is not a host name", HOST_HINT},
    {"hostname: ^''", "invalid", ".hostname", "\"\" is not a host name", HOST_HINT},
    {"hostname: ^a..b", "invalid", ".hostname", "\"a..b\" is not a host name", HOST_HINT},
    {"hostname: ^a.", "invalid", ".hostname", "\"a.\" is not a host name", HOST_HINT},
    {"hostname: ^a.-b", "invalid", ".hostname", "\"a.-b\" is not a host name", HOST_HINT},
    {"hostname: ^" LABEL_50 "." LABEL_50 "." LABEL_50 "." LABEL_50 "." LABEL_50, "invalid",
     ".hostname", "\"" LABEL_50 ".abcdefghijabcdefghijabcdefghi...\" is not a host name",
     HOST_HINT},
    {"cgroup_parent: ^a/b", "invalid", ".cgroup_parent", "\"a/b\" is not a parent cgroup",
     CGROUP_HINT},
    {"cgroup_parent: ^/a/../b", "invalid", ".cgroup_parent", "\"/a/../b\" is not a parent cgroup",
     CGROUP_HINT},
    {"cgroup_parent: ^/a//b", "invalid", ".cgroup_parent", "\"/a//b\" is not a parent cgroup",
     CGROUP_HINT},
    {"cgroup_parent: ^./a", "invalid", ".cgroup_parent", "\"./a\" is not a parent cgroup",
     CGROUP_HINT},
    {"cgroup_parent: ^.slice", "invalid", ".cgroup_parent", "\".slice\" is not a parent cgroup",
     CGROUP_HINT},
    {"cgroup_parent: ^a:b.slice", "invalid", ".cgroup_parent",
     "\"a:b.slice\" is not a parent cgroup", CGROUP_HINT},
    {"cgroup_parent: ^a.slice/", "invalid", ".cgroup_parent", "\"a.slice/\" is not a parent cgroup",
     CGROUP_HINT},
};

START_TEST(wrong_processes) {
  check_wrong_body(&wrong[_i]);
}
END_TEST

#define IMAGE(image) "version: v1\ndeployment: demo\nservices:\n  web:\n    image: " image "\n"

static const struct service_wrong images[] = {
    {IMAGE("^{}"), "invalid", "services.web.image", "the key \"name\" is missing",
     "add `name: registry.example/team/app:1.0`"},
    {"version: v1\ndeployment: demo\nservices:\n  web:\n    image:^\n", "invalid",
     "services.web.image", "the key \"name\" is missing",
     "add `name: registry.example/team/app:1.0`"},
    {IMAGE("^nginx:1"), "invalid", "services.web.image", "the text \"nginx:1\" is not a mapping",
     "write `{name: \"nginx:1\"}`"},
    {IMAGE("{name: ^''}"), "invalid", "services.web.image.name", "\"\" is not an image name",
     IMAGE_HINT},
    {IMAGE("{name: ^a b}"), "invalid", "services.web.image.name", "\"a b\" is not an image name",
     IMAGE_HINT},
    {IMAGE("{name: app, pull_policy: ^ifnotpresent}"), "invalid", "services.web.image.pull_policy",
     "\"ifnotpresent\" is not one of the values allowed",
     "did you mean \"if_not_present\"? allowed: always, newer, if_not_present, never"},
    {IMAGE("{name: app, source_policy: ^x}"), "invalid", "services.web.image.source_policy",
     "\"x\" is not one of the values allowed",
     "allowed: local_first, s3_first, remote_only, local_only"},
    {IMAGE("{name: app, ^tag: 1}"), "unknown-key", "services.web.image.tag",
     "the key \"tag\" is not known here", "known here: name, pull_policy, source_policy"},
};

START_TEST(wrong_images) {
  CLEANUP(arena) struct arena arena = {0};
  check_wrong(&arena, images[_i].yaml, &images[_i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_process");
  TCase *tests = tcase_create("service_process");
  tcase_add_test(tests, command_and_environment);
  tcase_add_loop_test(tests, users_are_names_or_numbers, 0, ARRAY_LEN(users));
  tcase_add_test(tests, groups_are_names_or_numbers);
  tcase_add_loop_test(tests, limits_have_the_names_of_the_original, 0, ARRAY_LEN(limits));
  tcase_add_loop_test(tests, one_bound_gives_the_other, 0, ARRAY_LEN(bounds));
  tcase_add_loop_test(tests, parent_cgroups_are_paths_or_slices, 0, ARRAY_LEN(parents));
  tcase_add_loop_test(tests, host_names_have_parts, 0, ARRAY_LEN(hosts));
  tcase_add_loop_test(tests, wrong_processes, 0, ARRAY_LEN(wrong));
  tcase_add_loop_test(tests, wrong_images, 0, ARRAY_LEN(images));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
