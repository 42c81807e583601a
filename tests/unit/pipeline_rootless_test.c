/* SPDX-License-Identifier: Apache-2.0 */
/* Services rendered for a user: what differs from root's container, and what is refused. */
#include "host_tree.h"
#include "oci_testing.h"

#include "pipeline/pipeline.h"

static struct arena arena;
static struct davit_error err;
static struct tree tree;
static struct host *host;
static struct host *rootfs;
static struct oci *oci;
static char warnings[1024];

static void keep_warning(void *user UNUSED, enum log_level level, const struct problem *message) {
  size_t used = strlen(warnings);
  if (level == LOG_LEVEL_WARNING)
    snprintf(warnings + used, sizeof(warnings) - used, "%s %u %s: %s (%s)\n", message->code,
             message->at.line, message->at.key ? message->at.key : "", message->text,
             message->hint ? message->hint : "");
}

static const struct log test_log = {.threshold = LOG_LEVEL_WARNING, .emit = keep_warning};

/* A host whose user has ids 0 to 100, and a rootfs that knows user 7. */
static void set_up(void) {
  warnings[0] = '\0';
  tree_new(&tree);
  tree_file(&tree, "/proc/self/status", "Uid:\t1000\t1000\t1000\t1000\nGid:\t1005\t1005\t1005\n");
  tree_file(&tree, "/etc/subuid", "1000:200000:100\n");
  tree_file(&tree, "/etc/subgid", "1000:300000:100\n");
  tree_file(&tree, "/dev/node", "c 240:0 0660 0:109");
  tree_file(&tree, "/rootfs/etc/passwd", "seven:x:7:7::/home/seven:/bin/sh\n");
  tree_file(&tree, "/rootfs/etc/group", "wheel:x:10:seven\n");
  ck_assert_ok(host_open(tree.root, &host, &err), &err);
  ck_assert_ok(host_open_subtree(host, "/rootfs", &rootfs, &err), &err);
}

static void tear_down(void) {
  oci_free(oci);
  host_close(rootfs);
  host_close(host);
  cleanup_tree(&tree);
  error_clear(&err);
  arena_free(&arena);
}

static void without_ids(void) {
  tree_file(&tree, "/etc/subuid", "");
  tree_file(&tree, "/etc/subgid", "");
}

static int render_as(enum rootless_mode mode, const char *keys) {
  const struct render_options options = {.replica = 1, .rootless = mode};
  const char *text = arena_printf(&arena,
                                  "version: v1\ndeployment: test\nservices:\n  web:\n"
                                  "    image: {name: app}\n    %s\n",
                                  keys);
  const struct service_file *file;
  const struct service *service;
  int answer = service_load(&arena, "s.yaml", text, strlen(text), &test_log, &file, &err);
  if (answer == DAVIT_OK)
    answer = service_find(file, NULL, &service, &err);
  if (answer < 0)
    return answer;
  struct context context = {.arena = &arena,
                            .log = &test_log,
                            .host = host,
                            .rootfs = rootfs,
                            .file = file,
                            .service = service,
                            .options = &options};
  answer = pipeline_run(&context, &err);
  oci = context.oci;
  return answer;
}

static int render(const char *keys) {
  return render_as(ROOTLESS_YES, keys);
}

START_TEST(the_user_is_root_inside) {
  ck_assert_ok(render("privileged: false"), &err);
  ck_assert_history(oci, "linux.namespaces.user", "user <- --rootless");
  ck_assert_history(oci, "linux.uidMappings.0", "0:1000:1 <- --rootless");
  ck_assert_history(oci, "linux.uidMappings.1", "1:200000:100 <- --rootless");
  ck_assert_history(oci, "linux.gidMappings.0", "0:1005:1 <- --rootless");
  ck_assert_history(oci, "linux.gidMappings.1", "1:300000:100 <- --rootless");
  ck_assert_lacks(oci, "\"resources\"");
  check_sources(oci);
}
END_TEST

/* C15: mount(2) takes mapped groups only, and the host's network is not the user's to show. */
START_TEST(c15_devpts_and_sys) {
  ck_assert_ok(render("host_network: true"), &err);
  ck_assert_has(oci, "\"gid=5\"");
  ck_assert_history(oci, "mounts./sys",
                    "bind /sys rbind,rprivate,nosuid,noexec,nodev,ro <- default");
  oci_free(oci);
  without_ids();
  ck_assert_ok(render("privileged: false"), &err);
  ck_assert_lacks(oci, "\"gid=5\"");
  ck_assert_history(oci, "mounts./sys", "sysfs sysfs nosuid,noexec,nodev,ro <- default");
}
END_TEST

START_TEST(a_device_is_a_node_without_rule_and_owner) {
  ck_assert_ok(render("devices: [{path: /dev/node}]"), &err);
  ck_assert_history(oci, "linux.devices./dev/node",
                    "c 240:0 0660 <- s.yaml:6 (services.web.devices[0])");
  ck_assert_lacks(oci, "\"resources\"");
  ck_assert_str_eq(warnings, "");
}
END_TEST

START_TEST(access_says_nothing) {
  ck_assert_ok(render("devices: [{path: /dev/node, write: false}]"), &err);
  ck_assert_contains(warnings, "rootless.access 6 services.web.devices[0]: ");
  ck_assert_contains(warnings, "\"r\" has no effect");
}
END_TEST

START_TEST(privileged_has_every_capability_and_no_rule) {
  ck_assert_ok(render("privileged: true"), &err);
  ck_assert_uint_eq(oci_get_capabilities(oci), (UINT64_C(1) << 41) - 1);
  ck_assert_lacks(oci, "\"resources\"");
  ck_assert_str_eq(warnings, "");
}
END_TEST

START_TEST(limits_are_written_as_asked) {
  ck_assert_ok(render("resources: {memory: 1Mi, cpu: 0.5}"), &err);
  ck_assert_history(oci, "linux.resources.memory.limit",
                    "1048576 <- s.yaml:6 (services.web.resources.memory)");
  ck_assert_history(oci, "linux.resources.devices[0]", "(no entry)");
}
END_TEST

static const struct {
  const char *keys;
  bool has_ids;
  const char *says, *hint, *key;
} refusals[] = {
    {"user: 101", true, "uid 101", "/etc/subuid", "services.web.user"},
    {"user: \"0:101\"", true, "gid 101", "/etc/subgid", "services.web.user"},
    {"user: 1", false, "uid 1 ", "run as user 0", "services.web.user"},
    {"user: \"0:1\"", false, "gid 1 ", "use group 0", "services.web.user"},
    {"user: 7", false, "uid 7 ", "/etc/subuid", "services.web.user"},
};

START_TEST(a_user_without_an_id_is_refused) {
  if (!refusals[_i].has_ids)
    without_ids();
  ck_assert_int_eq(render(refusals[_i].keys), DAVIT_E_INVALID);
  ck_assert_error(&err, "rootless.user", refusals[_i].says);
  ck_assert_contains(err.first->hint, refusals[_i].hint);
  ck_assert_str_eq(err.first->at.key, refusals[_i].key);
  ck_assert_uint_eq(err.first->at.line, 6);
}
END_TEST

START_TEST(the_last_id_is_the_users) {
  ck_assert_ok(render("user: \"100:100\""), &err);
  ck_assert_history(oci, "process.user.uid", "100 <- s.yaml:6 (services.web.user)");
}
END_TEST

/* Only the owner of a namespace mounts what shows it. */
START_TEST(proc_of_others_is_the_hosts) {
  ck_assert_ok(render("pid_mode: host"), &err);
  ck_assert_history(oci, "mounts./proc",
                    "bind /proc rbind,rprivate,nosuid,noexec,nodev <- default, "
                    "s.yaml:6 (services.web.pid_mode)");
  oci_free(oci);
  ck_assert_ok(render("privileged: false"), &err);
  ck_assert_history(oci, "mounts./proc", "proc proc nosuid,noexec,nodev <- default");
  oci_free(oci);
  ck_assert_ok(render_as(ROOTLESS_NO, "pid_mode: host"), &err);
  ck_assert_history(oci, "mounts./proc", "proc proc nosuid,noexec,nodev <- default");
}
END_TEST

/* Runtimes refuse to set groups without root. Those that the rootfs has for a user who is asked for
 * are missed, those of its root by nobody. */
START_TEST(no_groups_are_given) {
  ck_assert_ok(render("user: 7"), &err);
  ck_assert_contains(warnings, "rootless.groups 6 services.web.user: group 10 is left out");
  ck_assert_lacks(oci, "additionalGids");
  ck_assert_history(oci, "process.user.additionalGids.10",
                    "(gone) <- --rootless | 10 <- s.yaml:6 (services.web.user)");
  oci_free(oci);
  warnings[0] = '\0';
  tree_file(&tree, "/rootfs/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
  tree_file(&tree, "/rootfs/etc/group", "wheel:x:10:root\n");
  ck_assert_ok(render("env: {A: b}"), &err);
  ck_assert_lacks(oci, "additionalGids");
  ck_assert_str_eq(warnings, "");
}
END_TEST

START_TEST(a_fixture_is_not_rootless_by_itself) {
  for (enum rootless_mode mode = ROOTLESS_AUTO; mode <= ROOTLESS_NO; mode++) {
    if (mode == ROOTLESS_YES)
      continue;
    ck_assert_ok(render_as(mode, "privileged: false"), &err);
    ck_assert_lacks(oci, "idMappings");
    ck_assert_has(oci, "\"resources\"");
    oci_free(oci);
    oci = NULL;
  }
}
END_TEST

START_TEST(on_the_machine_it_depends_on_who_runs_davit) {
  const struct host_caller *caller;
  CLEANUP(host) struct host *machine = NULL;
  ck_assert_ok(host_open("/", &machine, &err), &err);
  ck_assert_ok(rootless_find(machine, &arena, ROOTLESS_AUTO, &caller, &err), &err);
  ck_assert(geteuid() == 0 ? !caller : caller && caller->uid == geteuid());
  ck_assert_ok(rootless_find(machine, &arena, ROOTLESS_YES, &caller, &err), &err);
  ck_assert_uint_eq(caller->uid, geteuid());
  ck_assert_ok(rootless_find(machine, &arena, ROOTLESS_NO, &caller, &err), &err);
  ck_assert_ptr_null(caller);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("pipeline rootless");
  TCase *tests = tcase_create("rootless");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, the_user_is_root_inside);
  tcase_add_test(tests, c15_devpts_and_sys);
  tcase_add_test(tests, a_device_is_a_node_without_rule_and_owner);
  tcase_add_test(tests, access_says_nothing);
  tcase_add_test(tests, privileged_has_every_capability_and_no_rule);
  tcase_add_test(tests, limits_are_written_as_asked);
  tcase_add_loop_test(tests, a_user_without_an_id_is_refused, 0, (int)ARRAY_LEN(refusals));
  tcase_add_test(tests, the_last_id_is_the_users);
  tcase_add_test(tests, proc_of_others_is_the_hosts);
  tcase_add_test(tests, no_groups_are_given);
  tcase_add_test(tests, a_fixture_is_not_rootless_by_itself);
  tcase_add_test(tests, on_the_machine_it_depends_on_who_runs_davit);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
