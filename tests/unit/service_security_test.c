/* SPDX-License-Identifier: Apache-2.0 */
/* What the process may do, and how it is started and stopped: the keys and what is refused. */
#include "service_testing.h"

#include "util/capability.h"

#define BOTH_HINT "keep one of the two"
#define CAP_HINT  "a name of capabilities(7), with or without CAP_, or ALL"
#define LABEL_HINT \
  "label=user:U, label=role:R, label=type:T, label=level:L, label=filetype:T or label=disable"
#define SECCOMP_HINT  "seccomp=unconfined, or seccomp=/PATH of a profile on the host"
#define SIGNAL_HINT   "a name or a number of signal(7): SIGTERM, 15, SIGRTMIN+3"
#define DURATION_HINT "a number with a unit: 30s, 5m, \"1h 30m\""

static bool has(const struct service_capabilities *set, const char *name) {
  for (size_t i = 0; i < set->count; i++)
    if (strcmp(capability_name(set->entries[i].number), name) == 0)
      return true;
  return false;
}

/* With and without CAP_, in any case, each once. */
START_TEST(p1_capabilities_are_known_by_any_spelling) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, "cap_add: [NET_ADMIN, CAP_SYS_TIME, sys_ptrace, Cap_Bpf, net_admin]\n"
                           "cap_drop: [all]");
  const struct service_security *security = &service->security;
  ck_assert_uint_eq(security->add.count, 4);
  ck_assert(has(&security->add, "CAP_NET_ADMIN") && has(&security->add, "CAP_SYS_TIME"));
  ck_assert(has(&security->add, "CAP_SYS_PTRACE") && has(&security->add, "CAP_BPF"));
  ck_assert(!security->add.all && security->drop.all);
  ck_assert_uint_eq(security->add.at.line, 6);
  ck_assert_str_eq(security->add.entries[1].at.key, "services.web.cap_add[1]");
  ck_assert_uint_eq(security->exact.at.line, 0);
}
END_TEST

START_TEST(every_capability_has_a_number_and_back) {
  uint32_t count = 0, number;
  for (; capability_name(count); count++) {
    ck_assert(capability_number(capability_name(count), &number));
    ck_assert_uint_eq(number, count);
  }
  ck_assert_uint_eq(count, 41); /* CAP_CHECKPOINT_RESTORE is 40 */
  ck_assert(!capability_number("CAP_CAP_CHOWN", &number) && !capability_number("", &number));
}
END_TEST

START_TEST(security_options_have_two_separators) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(&arena, "security_opt:\n"
                                                       "  - seccomp:/etc/profile.json\n"
                                                       "  - apparmor=docker-default\n"
                                                       "  - label=user:staff_u\n"
                                                       "  - label:role:staff_r\n"
                                                       "  - label=type:spc_t\n"
                                                       "  - label=level:s0:c1,c2\n"
                                                       "  - label=filetype:usr_t\n"
                                                       "  - no-new-privileges=false");
  const struct service_security *security = &service->security;
  ck_assert_str_eq(security->seccomp.text, "/etc/profile.json");
  ck_assert_str_eq(security->seccomp.at.key, "services.web.security_opt[0]");
  ck_assert_str_eq(security->apparmor.text, "docker-default");
  ck_assert_str_eq(security->selinux_user.text, "staff_u");
  ck_assert_str_eq(security->selinux_role.text, "staff_r");
  ck_assert_str_eq(security->selinux_type.text, "spc_t");
  ck_assert_str_eq(security->selinux_level.text, "s0:c1,c2");
  ck_assert_str_eq(security->selinux_file_type.text, "usr_t");
  ck_assert(!security->no_new_privileges);
  ck_assert_uint_eq(security->no_new_privileges_at.line, 14);
}
END_TEST

static const struct {
  const char *option;
  bool on;
} privileges[] = {{"no-new-privileges", true},
                  {"no-new-privileges:true", true},
                  {"no-new-privileges=true", true},
                  {"no-new-privileges:false", false}};

START_TEST(new_privileges_are_a_switch) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, "security_opt: [%s]", privileges[_i].option));
  ck_assert_int_eq(service->security.no_new_privileges, privileges[_i].on);
  ck_assert_uint_gt(service->security.no_new_privileges_at.line, 0);
}
END_TEST

START_TEST(unconfined_is_no_filter) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, "security_opt: [seccomp=unconfined, label=disable]\napparmor: p");
  ck_assert_ptr_null(service->security.seccomp.text);
  ck_assert_ptr_null(service->security.selinux_type.text);
  ck_assert_str_eq(service->security.apparmor.text, "p");
}
END_TEST

START_TEST(life_is_read) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(&arena, "tty: true\n"
                                                       "stdin_open: true\n"
                                                       "read_only_root_fs: true\n"
                                                       "init_container: true\n"
                                                       "stop_signal: 15\n"
                                                       "stop_grace_period: 1m 30s\n"
                                                       "labels: {com.example: 8080, b: ''}\n"
                                                       "resources: {oom_score_adj: -1000}");
  const struct service_life *life = &service->life;
  ck_assert(life->tty && life->read_only && life->init);
  ck_assert_str_eq(life->stop_signal.text, "SIGTERM");
  ck_assert_uint_eq(life->stop_grace_period, 90000000);
  ck_assert_uint_eq(life->label_count, 2);
  ck_assert_str_eq(life->labels[0].name, "com.example");
  ck_assert_str_eq(life->labels[0].value, "8080");
  ck_assert_str_eq(life->labels[1].value, "");
  ck_assert_int_eq(life->oom_score_adj, -1000);
  ck_assert_uint_eq(life->oom_score_adj_at.line, 13);
}
END_TEST

static const struct {
  const char *text, *name;
} signals[] = {{"SIGTERM", "SIGTERM"},
               {"15", "SIGTERM"},
               {"term", "SIGTERM"},
               {"sigusr1", "SIGUSR1"},
               {"9", "SIGKILL"},
               {"1", "SIGHUP"},
               {"SIGPOLL", "SIGPOLL"},
               {"IO", "SIGPOLL"},
               {"SIGIOT", "SIGABRT"},
               {"31", "SIGSYS"},
               {"RTMIN", "SIGRTMIN"},
               {"34", "SIGRTMIN"},
               {"SIGRTMIN+3", "SIGRTMIN+3"},
               {"37", "SIGRTMIN+3"},
               {"64", "SIGRTMAX"},
               {"rtmax-14", "SIGRTMAX-14"},
               {"SIGRTMIN+30", "SIGRTMAX"},
               {"0", NULL},
               {"32", NULL},
               {"33", NULL},
               {"65", NULL},
               {"-1", NULL},
               {"", NULL},
               {"SIG", NULL},
               {"SIGSIGTERM", NULL},
               {"RTMIN+31", NULL},
               {"RTMIN-1", NULL},
               {"RTMAX+1", NULL},
               {"RTMIN+", NULL},
               {"RTMINX", NULL}};

START_TEST(signals_have_one_name) {
  char name[SERVICE_SIGNAL_SIZE] = "";
  ck_assert_int_eq(service_signal(signals[_i].text, name), signals[_i].name != NULL);
  ck_assert_str_eq(name, signals[_i].name ? signals[_i].name : "");
}
END_TEST

static const struct {
  const char *text;
  bool good;
  uint64_t nanoseconds;
} durations[] = {{"30s", true, UINT64_C(30000000000)},
                 {"1h 30m", true, UINT64_C(5400000000000)},
                 {"1h30min", true, UINT64_C(5400000000000)},
                 {" 2 ms ", true, 2000000},
                 {"1us 1ns", true, 1001},
                 {"0s", true, 0},
                 {"1day", true, UINT64_C(86400000000000)},
                 {"1M", true, UINT64_C(2630016000000000)},
                 {"1y", true, UINT64_C(31557600000000000)},
                 {"18446744073709551615ns", true, UINT64_MAX},
                 {"18446744073709551616ns", false, 0},
                 {"585y", false, 0},
                 {"30", false, 0},
                 {"s", false, 0},
                 {"1.5s", false, 0},
                 {"-1s", false, 0},
                 {"", false, 0},
                 {" ", false, 0},
                 {"1x", false, 0}};

START_TEST(durations_are_sums) {
  uint64_t nanoseconds = 0;
  ck_assert_int_eq(service_duration(durations[_i].text, &nanoseconds), durations[_i].good);
  ck_assert_uint_eq(nanoseconds, durations[_i].nanoseconds);
}
END_TEST

/* To systemd 0 is "no limit". */
START_TEST(no_grace_is_the_shortest_there_is) {
  CLEANUP(arena) struct arena arena = {0};
  ck_assert_uint_eq(load_service(&arena, "stop_grace_period: 0s")->life.stop_grace_period, 1);
}
END_TEST

static const struct service_wrong strangers[] = {
    {"cap_add: [^NET_ADMN]", "invalid", ".cap_add[0]", "\"NET_ADMN\" is not a capability",
     "did you mean NET_ADMIN?"},
    {"capabilities: [CHOWN, ^cap_sys_admn]", "invalid", ".capabilities[1]",
     "\"cap_sys_admn\" is not a capability", "did you mean SYS_ADMIN?"},
    {"cap_drop: [^CAP_CAP_X]", "invalid", ".cap_drop[0]", "\"CAP_CAP_X\" is not a capability",
     CAP_HINT},
    {"cap_drop: [^'']", "invalid", ".cap_drop[0]", "\"\" is not a capability", CAP_HINT},
};

START_TEST(p2_unknown_capabilities_are_errors) {
  check_wrong_body(&strangers[_i]);
}
END_TEST

static const struct service_wrong wrongs[] = {
    {"cap_add: ^ALL", "invalid", ".cap_add", "the text \"ALL\" is not a list",
     "write a list, or leave the key out"},
    {"capabilities: ^[]", "invalid", ".capabilities", "the list is empty",
     "leave the key out for the default ones; `cap_drop: [ALL]` for none"},
    /* P3 */
    {"capabilities: [CHOWN]\ncap_add: ^[KILL]", "invalid", ".cap_add",
     "both capabilities and cap_add are given",
     "capabilities is the whole set, cap_add adds to the default one: keep one"},
    {"cap_add: [KILL]\ncap_drop: ^[CAP_KILL]", "invalid", ".cap_drop",
     "CAP_KILL is both given and dropped", BOTH_HINT},
    {"cap_drop: [KILL]\ncapabilities: ^[kill]", "invalid", ".capabilities",
     "CAP_KILL is both given and dropped", BOTH_HINT},
    {"cap_add: [ALL]\ncap_drop: ^[ALL]", "invalid", ".cap_drop", "ALL is both given and dropped",
     BOTH_HINT},

    {"security_opt: [^seccmp=unconfined]", "invalid", ".security_opt[0]",
     "\"seccmp=unconfined\" is not a security option", "did you mean seccomp?"},
    {"security_opt: [^systempaths=unconfined]", "invalid", ".security_opt[0]",
     "\"systempaths=unconfined\" is not a security option",
     "known are seccomp, apparmor, label and no-new-privileges"},
    {"security_opt: [^seccomp]", "invalid", ".security_opt[0]", "\"seccomp\" has no value",
     "write seccomp=VALUE"},
    {"security_opt: [^seccomp=profile.json]", "invalid", ".security_opt[0]",
     "\"profile.json\" is not the clean, absolute path of a profile", SECCOMP_HINT},
    {"security_opt: [^seccomp=/a/../b]", "invalid", ".security_opt[0]",
     "\"/a/../b\" is not the clean, absolute path of a profile", SECCOMP_HINT},
    {"security_opt: [seccomp=/a, ^seccomp=/b]", "invalid", ".security_opt[1]",
     "\"seccomp\" is already in line 6", "keep this one or that of line 6"},
    {"security_opt: [^apparmor=]", "invalid", ".security_opt[0]",
     "\"\" is not the name of a profile", "the name of a profile, or unconfined"},
    {"apparmor: ^\"a\\nb\"", "invalid", ".apparmor", "\"a?b\" is not the name of a profile",
     "the name of a profile, or unconfined"},
    {"apparmor: a\nsecurity_opt: ^[apparmor=b]", "invalid", ".security_opt",
     "the key apparmor names a profile too", BOTH_HINT},
    {"security_opt: [apparmor=b]\napparmor: ^a", "invalid", ".apparmor",
     "security_opt names a profile too", BOTH_HINT},
    {"security_opt: [^label=spc_t]", "invalid", ".security_opt[0]",
     "\"spc_t\" is not a part of a label", LABEL_HINT},
    {"security_opt: [^'label=type:a:b']", "invalid", ".security_opt[0]",
     "\"type:a:b\" is not a part of a label", LABEL_HINT},
    {"security_opt: ['label=type:a', ^'label=type:b']", "invalid", ".security_opt[1]",
     "\"type:\" is already in line 6", "keep this one or that of line 6"},
    {"security_opt: ['label=type:a', ^label=disable]", "invalid", ".security_opt[1]",
     "labels are both given and disabled", BOTH_HINT},
    {"security_opt: [label=disable, ^'label=type:a']", "invalid", ".security_opt[1]",
     "labels are both given and disabled", BOTH_HINT},
    {"security_opt: [^no-new-privileges:yes]", "invalid", ".security_opt[0]",
     "\"yes\" is neither true nor false", "no-new-privileges:true or no-new-privileges:false"},

    {"tty: ^1", "invalid", ".tty", "the number 1 is not a bool",
     "write true or false, without quotes"},
    {"stdin_open: ^yes", "invalid", ".stdin_open", "the text \"yes\" is not a bool",
     "write true or false, without quotes"},
    {"stop_signal: ^SIGFOO", "invalid", ".stop_signal", "\"SIGFOO\" is not a signal", SIGNAL_HINT},
    {"stop_signal: ^0", "invalid", ".stop_signal", "\"0\" is not a signal", SIGNAL_HINT},
    {"stop_grace_period: ^30", "invalid", ".stop_grace_period", "\"30\" is not a duration",
     DURATION_HINT},
    {"labels: ^[a]", "invalid", ".labels", "a list is not a mapping",
     "write keys with values, or leave the key out"},
    {"labels: {'': ^x}", "invalid", ".labels.\"\"", "the label has no name",
     "give it a name: com.example.team"},
    {"labels: {a: ^[x]}", "invalid", ".labels.a", "a list is not a text", "write one value"},
    {"resources: {oom_score_adj: ^1001}", "invalid", ".resources.oom_score_adj",
     "the number 1001 is out of range", "-1000 (never killed) to 1000 (killed first)"},
    {"resources: {oom_score_adj: ^-1001}", "invalid", ".resources.oom_score_adj",
     "the number -1001 is out of range", "-1000 (never killed) to 1000 (killed first)"},
    {"resources: {oom_score_adj: ^'1'}", "invalid", ".resources.oom_score_adj",
     "the text \"1\" is not a whole number", "write a number without quotes"},
};

START_TEST(wrong_values_are_refused) {
  check_wrong_body(&wrongs[_i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service/security");
  TCase *tests = tcase_create("security");
  tcase_add_test(tests, p1_capabilities_are_known_by_any_spelling);
  tcase_add_test(tests, every_capability_has_a_number_and_back);
  tcase_add_test(tests, security_options_have_two_separators);
  tcase_add_loop_test(tests, new_privileges_are_a_switch, 0, ARRAY_LEN(privileges));
  tcase_add_test(tests, unconfined_is_no_filter);
  tcase_add_test(tests, life_is_read);
  tcase_add_loop_test(tests, signals_have_one_name, 0, ARRAY_LEN(signals));
  tcase_add_loop_test(tests, durations_are_sums, 0, ARRAY_LEN(durations));
  tcase_add_test(tests, no_grace_is_the_shortest_there_is);
  tcase_add_loop_test(tests, p2_unknown_capabilities_are_errors, 0, ARRAY_LEN(strangers));
  tcase_add_loop_test(tests, wrong_values_are_refused, 0, ARRAY_LEN(wrongs));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
