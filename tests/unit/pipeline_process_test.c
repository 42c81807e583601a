/* SPDX-License-Identifier: Apache-2.0 */
/* Rights, users, init and labels: what the stages make of them on a host and in a rootfs made for
 * the purpose. Tests named after an id show where davit differs from ZLayer's bundle builder. */
#include "host_tree.h"

#include "pipeline/pipeline.h"
#include "util/cleanup.h"
#include "util/list.h"

static struct arena arena;
static struct davit_error err;
static struct tree host_files, rootfs_files;
static struct host *host, *rootfs;
static struct oci *oci;
static char warnings[1024];

static void keep_warning(void *user, enum log_level level, const struct problem *message) {
  (void)user, (void)level;
  size_t used = strlen(warnings);
  snprintf(warnings + used, sizeof(warnings) - used, "%s: %s\n", message->code, message->text);
}

static const struct log test_log = {.threshold = LOG_LEVEL_WARNING, .emit = keep_warning};

static void set_up(void) {
  warnings[0] = '\0';
  oci = NULL;
  tree_new(&host_files);
  tree_new(&rootfs_files);
  tree_file(&host_files, "/proc/sys/kernel/cap_last_cap", "40\n");
  tree_file(&rootfs_files, "/etc/passwd",
            "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n"
            "train:x:1000:100::/home/train:/bin/sh\n");
  tree_file(&rootfs_files, "/etc/group",
            "root:x:0:train\nusers:x:100:\nvideo:x:44:train\nrender:x:105:\n");
  ck_assert_ok(host_open(host_files.root, &host, &err), &err);
  ck_assert_ok(host_open(rootfs_files.root, &rootfs, &err), &err);
}

static void tear_down(void) {
  oci_free(oci);
  host_close(host);
  host_close(rootfs);
  cleanup_tree(&host_files);
  cleanup_tree(&rootfs_files);
  error_clear(&err);
  arena_free(&arena);
}

static int render_in(const struct host *root, const char *keys) {
  static const struct render_options options = {.replica = 1};
  const char *text = arena_printf(&arena,
                                  "version: v1\ndeployment: test\nservices:\n  web:\n"
                                  "    image: {name: app}\n    %s\n",
                                  keys);
  const struct service_file *file;
  const struct service *service;
  struct providers *providers;
  const struct provider_settings settings = {
      .path = {.default_dir = TEST_PLUGINS}, .host = host, .log = &test_log};
  oci_free(oci);
  oci = NULL;
  ck_assert_ok(service_load(&arena, "s.yaml", text, strlen(text), &test_log, &file, &err), &err);
  ck_assert_ok(service_find(file, NULL, &service, &err), &err);
  ck_assert_ok(providers_open(&arena, &settings, &providers, &err), &err);
  struct context context = {.arena = &arena,
                            .log = &test_log,
                            .host = host,
                            .rootfs = root,
                            .file = file,
                            .service = service,
                            .options = &options,
                            .providers = providers};
  int answer = pipeline_run(&context, &err);
  providers_close(providers);
  oci = context.oci;
  return answer;
}

static int render(const char *keys) {
  return render_in(rootfs, keys);
}

static const struct oci_entry *entry_of(const char *path) {
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  for (; *entries; entries++)
    if (strcmp((*entries)->path, path) == 0)
      return *entries;
  return NULL;
}

static const char *value_of(const char *path) {
  const struct oci_entry *entry = entry_of(path);
  return entry ? entry->value : "(absent)";
}

static const char *source_of(const char *path) {
  const struct oci_entry *entry = entry_of(path);
  return entry ? oci_source_text(&arena, entry->sources[0]) : "(absent)";
}

/* The fourteen that every container has. */
#define DEFAULTS                                                                          \
  "\"CAP_AUDIT_WRITE\",\"CAP_CHOWN\",\"CAP_DAC_OVERRIDE\",\"CAP_FOWNER\",\"CAP_FSETID\"," \
  "\"CAP_KILL\",\"CAP_MKNOD\","
#define DEFAULTS_AFTER                                                                       \
  "\"CAP_NET_BIND_SERVICE\",\"CAP_NET_RAW\",\"CAP_SETFCAP\",\"CAP_SETGID\",\"CAP_SETPCAP\"," \
  "\"CAP_SETUID\",\"CAP_SYS_CHROOT\""

static const struct {
  const char *keys, *set;
} sets[] = {
    {"cap_add: [NET_ADMIN]", "[" DEFAULTS "\"CAP_NET_ADMIN\"," DEFAULTS_AFTER "]"},
    {"cap_add: [chown]", "[" DEFAULTS DEFAULTS_AFTER "]"},
    {"cap_add: []", "[" DEFAULTS DEFAULTS_AFTER "]"},
    {"capabilities: [NET_ADMIN, kill]", "[\"CAP_KILL\",\"CAP_NET_ADMIN\"]"},
    {"capabilities: [KILL, CHOWN]\n    cap_drop: [NET_RAW]", "[\"CAP_CHOWN\",\"CAP_KILL\"]"},
    {"cap_drop: [ALL]", "[]"},
    {"cap_drop: [ALL]\n    cap_add: [SYS_TIME]", "[\"CAP_SYS_TIME\"]"},
    {"capabilities: [SYS_TIME]\n    cap_drop: [ALL]", "[\"CAP_SYS_TIME\"]"},
    {"privileged: true\n    cap_drop: [ALL]", "[]"},
    {"privileged: true\n    cap_drop: [ALL]\n    cap_add: [BPF]", "[\"CAP_BPF\"]"},
};

/* P1 and P3: the names are found, defaults stay unless a set is named, cap_drop drops. */
START_TEST(p1_p3_capabilities_are_those_that_are_meant) {
  ck_assert_ok(render(sets[_i].keys), &err);
  ck_assert_str_eq(value_of("process.capabilities.bounding"), sets[_i].set);
  ck_assert_str_eq(value_of("process.capabilities.effective"), sets[_i].set);
  ck_assert_str_eq(value_of("process.capabilities.permitted"), sets[_i].set);
  ck_assert_str_eq(value_of("process.capabilities.ambient"), "(absent)");
}
END_TEST

static bool has(const char *name) {
  return strstr(value_of("process.capabilities.bounding"), name) != NULL;
}

START_TEST(p18_all_is_all_that_the_kernel_knows) {
  static const char *const keys[] = {"cap_add: [ALL]", "capabilities: [all]", "privileged: true"};
  for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
    ck_assert_ok(render(arena_printf(&arena, "%s\n    cap_drop: [SYS_ADMIN]", keys[i])), &err);
    ck_assert(has("CAP_CHECKPOINT_RESTORE") && has("CAP_BPF") && !has("CAP_SYS_ADMIN"));
    ck_assert_str_eq(warnings, "");
  }
  tree_file(&host_files, "/proc/sys/kernel/cap_last_cap", "37\n");
  ck_assert_ok(render("cap_add: [ALL]"), &err);
  ck_assert(has("CAP_AUDIT_READ") && !has("CAP_PERFMON"));
}
END_TEST

START_TEST(p12_the_order_of_a_list_does_not_show) {
  ck_assert_ok(render("capabilities: [KILL, BPF, CHOWN]\n    extra_groups: [9, 3]"), &err);
  CLEANUP(free) char *first = NULL, *second = NULL;
  size_t size;
  ck_assert_ok(oci_print(oci, &first, &size, &err), &err);
  ck_assert_ok(render("capabilities: [bpf, CAP_CHOWN, KILL]\n    extra_groups: [3, 9]"), &err);
  ck_assert_ok(oci_print(oci, &second, &size, &err), &err);
  ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(what_the_kernel_does_not_know_is_refused) {
  tree_file(&host_files, "/proc/sys/kernel/cap_last_cap", "37\n");
  ck_assert_int_eq(render("cap_add: [CHOWN, BPF]"), DAVIT_E_UNSUPPORTED);
  ck_assert_error(&err, "capability.unknown", "does not know CAP_BPF");
  ck_assert_str_eq(err.first->at.key, "services.web.cap_add[1]");
  ck_assert_str_eq(err.first->hint, "the last one that it knows is CAP_AUDIT_READ");
  error_clear(&err);
  ck_assert_ok(render("cap_drop: [BPF]"), &err);
}
END_TEST

START_TEST(each_step_of_the_set_is_explained) {
  ck_assert_ok(render("cap_add: [NET_ADMIN]\n    cap_drop: [KILL]"), &err);
  const struct oci_entry *entry = entry_of("process.capabilities.bounding");
  ck_assert_str_eq(oci_source_text(&arena, entry->sources[0]), "s.yaml:7 (services.web.cap_drop)");
  ck_assert_str_eq(oci_source_text(&arena, entry->replaced[0]->source),
                   "s.yaml:6 (services.web.cap_add)");
  ck_assert_str_eq(oci_source_text(&arena, entry->replaced[1]->source), "default");
}
END_TEST

START_TEST(a_list_beside_privileged_is_warned_of) {
  ck_assert_ok(render("privileged: true\n    capabilities: [NET_ADMIN]"), &err);
  ck_assert(has("CAP_SYS_ADMIN"));
  ck_assert_contains(warnings, "capability.unused: the list adds nothing");
}
END_TEST

static const struct {
  const char *keys, *value;
} privileges[] = {
    {"cap_add: [NET_ADMIN]", "true"},
    {"capabilities: [NET_ADMIN]", "true"},
    {"privileged: true", "false"},
    {"security_opt: [no-new-privileges:false]", "false"},
    {"security_opt: [no-new-privileges]\n    privileged: true", "true"},
};

START_TEST(p4_no_new_privileges_does_not_depend_on_capabilities) {
  ck_assert_ok(render(privileges[_i].keys), &err);
  ck_assert_str_eq(value_of("process.noNewPrivileges"), privileges[_i].value);
}
END_TEST

static const struct {
  const char *keys, *uid, *gid, *home;
  const char *groups; /* "gid gid", sorted */
} users[] = {
    {"user: nobody", "65534", "65533", "HOME=/", ""},
    {"user: train", "1000", "100", "HOME=/home/train", "0 44"},
    {"user: 1000", "1000", "100", "HOME=/home/train", "0 44"},
    {"user: train:render", "1000", "105", "HOME=/home/train", ""},
    {"user: 77:video", "77", "44", "HOME=/", ""},
    {"user: 77", "77", "0", "HOME=/", ""},
    {"user: root", "0", "0", "HOME=/root", ""},
    {"extra_groups: [video, 7]", "0", "0", "HOME=/root", "7 44"},
    {"user: nobody\n    extra_groups: [render, root]", "65534", "65533", "HOME=/", "0 105"},
    {"user: train\n    extra_groups: [44]", "1000", "100", "HOME=/home/train", "0 44"},
};

START_TEST(p5_names_are_looked_up_in_the_rootfs) {
  ck_assert_ok(render(users[_i].keys), &err);
  ck_assert_str_eq(value_of("process.user.uid"), users[_i].uid);
  ck_assert_str_eq(value_of("process.user.gid"), users[_i].gid);
  ck_assert_str_eq(value_of("process.env.HOME"), users[_i].home);
  static const char *const gids[] = {"0", "7", "44", "105", NULL};
  struct list given = {0};
  for (const char *const *gid = gids; *gid; gid++)
    if (entry_of(arena_printf(&arena, "process.user.additionalGids.%s", *gid)))
      ck_assert(list_push(&arena, &given, *gid));
  const char *all = "";
  for (size_t i = 0; i < given.count; i++)
    all = arena_printf(&arena, "%s%s%s", all, i > 0 ? " " : "", (const char *)given.items[i]);
  ck_assert_str_eq(all, users[_i].groups);
}
END_TEST

static const struct {
  const char *keys, *text, *hint, *key;
  bool has_rootfs;
} strangers[] = {
    {"user: nobdy", "no user \"nobdy\"", "did you mean nobody?", "services.web.user", true},
    {"user: train:vido", "no group \"vido\"", "did you mean video?", "services.web.user", true},
    {"extra_groups: [7, rendr]", "no group \"rendr\"", "did you mean render?",
     "services.web.extra_groups[1]", true},
    {"user: train", "\"train\" cannot be looked up", "give --rootfs DIR", "services.web.user",
     false},
    {"extra_groups: [video]", "\"video\" cannot be looked up", "give --rootfs DIR",
     "services.web.extra_groups[0]", false},
};

START_TEST(p5_unknown_names_are_errors) {
  ck_assert_int_lt(render_in(strangers[_i].has_rootfs ? rootfs : NULL, strangers[_i].keys), 0);
  ck_assert_error(&err, "process.user", strangers[_i].text);
  ck_assert_contains(err.first->hint, strangers[_i].hint);
  ck_assert_str_eq(err.first->at.key, strangers[_i].key);
  ck_assert_uint_eq(err.first->at.line, 6);
}
END_TEST

START_TEST(p6_a_profile_filters_and_nothing_does_without) {
  tree_file(&host_files, "/etc/p.json",
            "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"bpf\"],"
            "\"action\": \"SCMP_ACT_ERRNO\", \"excludes\": {\"caps\": [\"CAP_BPF\"]}}]}");
  ck_assert_ok(render("tty: false"), &err);
  ck_assert_str_eq(value_of("linux.seccomp.defaultAction"), "(absent)");
  ck_assert_ok(render("security_opt: [seccomp=unconfined]"), &err);
  ck_assert_str_eq(value_of("linux.seccomp.defaultAction"), "(absent)");
  ck_assert_ok(render("security_opt: [seccomp=/etc/p.json]"), &err);
  ck_assert_str_eq(value_of("linux.seccomp.syscalls"), "list of 1");
  ck_assert_str_eq(source_of("linux.seccomp.syscalls"), "s.yaml:6 (services.web.security_opt[0])");
  ck_assert_ok(render("security_opt: [seccomp=/etc/p.json]\n    cap_add: [BPF]"), &err);
  ck_assert_str_eq(value_of("linux.seccomp.syscalls"), "(absent)");
}
END_TEST

START_TEST(a_profile_that_is_missing_is_an_error) {
  ck_assert_int_eq(render("security_opt: [seccomp=/etc/none.json]"), DAVIT_E_NOT_FOUND);
  ck_assert_error(&err, "seccomp.profile", "/etc/none.json");
  ck_assert_str_eq(err.first->at.key, "services.web.security_opt[0]");
  ck_assert_str_eq(err.first->hint, "name a profile of this host, or seccomp=unconfined");
}
END_TEST

static const struct {
  const char *keys, *path, *value;
} values[] = {
    {"apparmor: p", "process.apparmorProfile", "p"},
    {"security_opt: [apparmor=unconfined]", "process.apparmorProfile", "unconfined"},
    {"tty: false", "process.apparmorProfile", "(absent)"},
    {"security_opt: [label=disable]", "process.selinuxLabel", "(absent)"},
    {"security_opt: ['label=type:spc_t']", "process.selinuxLabel", "system_u:system_r:spc_t:s0"},
    {"security_opt: ['label=type:spc_t']", "linux.mountLabel",
     "system_u:object_r:container_file_t:s0"},
    {"security_opt: ['label=level:s0:c1,c2', 'label=filetype:usr_t']", "linux.mountLabel",
     "system_u:object_r:usr_t:s0:c1,c2"},
    {"security_opt: ['label=level:s0:c1,c2', 'label=user:u', 'label=role:r']",
     "process.selinuxLabel", "u:r:container_t:s0:c1,c2"},
    {"tty: true", "process.terminal", "true"},
    {"read_only_root_fs: true", "root.readonly", "true"},
    {"resources: {oom_score_adj: -500}", "process.oomScoreAdj", "-500"},
    {"labels: {a: b}", "annotations.a", "b"},
    {"stop_signal: 3", "annotations.org.opencontainers.image.stopSignal", "SIGQUIT"},
    {"stop_grace_period: 30s", "annotations.org.systemd.property.TimeoutStopUSec",
     "uint64 30000000"},
};

START_TEST(p19_keys_have_an_effect) {
  ck_assert_ok(render(values[_i].keys), &err);
  ck_assert_str_eq(value_of(values[_i].path), values[_i].value);
}
END_TEST

/* ---- init ------------------------------------------------------------------------------------ */

static const char elf_static[64] = "\177ELF\2\1\1";

/* One program header right behind the file header: PT_INTERP. */
static void write_dynamic(const char *path) {
  char elf[64 + 56] = "\177ELF\2\1\1";
  elf[32] = 64; /* e_phoff */
  elf[54] = 56; /* e_phentsize */
  elf[56] = 1;  /* e_phnum */
  elf[64] = 3;  /* p_type */
  tree_file_sized(&host_files, path, elf, sizeof(elf));
}

static void make_executable(const char *path) {
  char name[512];
  ck_assert_int_eq(chmod(tree_path(&host_files, path, name, sizeof(name)), 0755), 0);
}

START_TEST(init_of_the_host_comes_before_the_program) {
  tree_file_sized(&host_files, "/usr/bin/tini-static", elf_static, sizeof(elf_static));
  make_executable("/usr/bin/tini-static");
  ck_assert_ok(render("init_container: true\n    command: {entrypoint: [/app, x]}"), &err);
  ck_assert_str_eq(value_of("process.args"), "[\"/dev/davit-init\",\"--\",\"/app\",\"x\"]");
  ck_assert_str_eq(value_of("mounts./dev/davit-init"),
                   "bind /usr/bin/tini-static bind,rprivate,nosuid,nodev,ro");
  ck_assert_str_eq(source_of("mounts./dev/davit-init"), "s.yaml:6 (services.web.init_container)");
  ck_assert_ok(render("init_container: false"), &err);
  ck_assert_str_eq(value_of("mounts./dev/davit-init"), "(absent)");
}
END_TEST

START_TEST(programs_that_need_libraries_are_passed_over) {
  write_dynamic("/usr/bin/catatonit");
  make_executable("/usr/bin/catatonit");
  tree_file_sized(&host_files, "/usr/bin/tini-static", elf_static, sizeof(elf_static));
  tree_file_sized(&host_files, "/usr/bin/docker-init", elf_static, sizeof(elf_static));
  make_executable("/usr/bin/docker-init"); /* the one before is no program */
  ck_assert_ok(render("init_container: true"), &err);
  ck_assert_contains(value_of("mounts./dev/davit-init"), "bind /usr/bin/docker-init ");
}
END_TEST

START_TEST(no_init_is_an_error_that_says_where_was_looked) {
  ck_assert_int_eq(render("init_container: true"), DAVIT_E_NOT_FOUND);
  ck_assert_error(&err, "init.missing", "no init for containers");
  ck_assert_str_eq(err.first->at.key, "services.web.init_container");
  ck_assert_contains(err.first->hint, "looked for /usr/bin/catatonit, ");
  ck_assert_contains(err.first->hint, "/sbin/tini");
  error_clear(&err);
  write_dynamic("/usr/bin/tini");
  make_executable("/usr/bin/tini");
  tree_file(&host_files, "/sbin/tini", "\177ELF");
  make_executable("/sbin/tini");
  ck_assert_int_eq(render("init_container: true"), DAVIT_E_NOT_FOUND);
  ck_assert_error(&err, "init.missing", "not a static program: /usr/bin/tini, /sbin/tini");
}
END_TEST

START_TEST(a_mount_at_the_inits_place_is_refused) {
  ck_assert_int_lt(render("init_container: true\n"
                          "    storage: [{type: tmpfs, target: /dev/davit-init}]"),
                   0);
  ck_assert_error(&err, "storage.target", "where the init is mounted");
  ck_assert_str_eq(err.first->hint, "mount it elsewhere");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("pipeline/process");
  TCase *tests = tcase_create("process");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_loop_test(tests, p1_p3_capabilities_are_those_that_are_meant, 0, ARRAY_LEN(sets));
  tcase_add_test(tests, p18_all_is_all_that_the_kernel_knows);
  tcase_add_test(tests, p12_the_order_of_a_list_does_not_show);
  tcase_add_test(tests, what_the_kernel_does_not_know_is_refused);
  tcase_add_test(tests, each_step_of_the_set_is_explained);
  tcase_add_test(tests, a_list_beside_privileged_is_warned_of);
  tcase_add_loop_test(tests, p4_no_new_privileges_does_not_depend_on_capabilities, 0,
                      ARRAY_LEN(privileges));
  tcase_add_loop_test(tests, p5_names_are_looked_up_in_the_rootfs, 0, ARRAY_LEN(users));
  tcase_add_loop_test(tests, p5_unknown_names_are_errors, 0, ARRAY_LEN(strangers));
  tcase_add_test(tests, p6_a_profile_filters_and_nothing_does_without);
  tcase_add_test(tests, a_profile_that_is_missing_is_an_error);
  tcase_add_loop_test(tests, p19_keys_have_an_effect, 0, ARRAY_LEN(values));
  tcase_add_test(tests, init_of_the_host_comes_before_the_program);
  tcase_add_test(tests, programs_that_need_libraries_are_passed_over);
  tcase_add_test(tests, no_init_is_an_error_that_says_where_was_looked);
  tcase_add_test(tests, a_mount_at_the_inits_place_is_refused);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
