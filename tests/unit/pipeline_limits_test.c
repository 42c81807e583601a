/* SPDX-License-Identifier: Apache-2.0 */
/* What the stages make of limits, namespaces, kernel parameters and name servers. Tests named after
 * rows of the list of the original's bugs show what is right instead. */
#include "host_tree.h"
#include "testing.h"

#include <stdio.h>

#include "pipeline/pipeline.h"
#include "util/list.h"

static struct arena arena;
static struct davit_error err;
static struct tree tree;
static struct host *host;
static struct oci *oci;
static struct list files;

static void pass(void *user, enum log_level level, const struct problem *message) {
  (void)user, (void)level, (void)message;
}

static const struct log test_log = {.threshold = LOG_LEVEL_WARNING, .emit = pass};

static void setup(void) {
  oci = NULL;
  files = (struct list){0};
  tree_new(&tree);
  tree_file(&tree, "/dev/shm/.keep", "");
  ck_assert_ok(host_open(tree.root, &host, &err), &err);
}

static void teardown(void) {
  oci_free(oci);
  host_close(host);
  error_clear(&err);
  arena_free(&arena);
  cleanup_tree(&tree);
}

/* Keys beside the image, block lines indented by four. */
static int render(const char *keys, const struct render_options *given) {
  struct render_options options = given ? *given : (struct render_options){0};
  options.replica = 1;
  const char *text = arena_printf(&arena,
                                  "version: v1\ndeployment: test\nservices:\n  web:\n"
                                  "    image: {name: app}\n    %s\n",
                                  keys);
  struct context context = {.arena = &arena, .log = &test_log, .host = host, .options = &options};
  int answer = service_load(&arena, "s.yaml", text, strlen(text), &test_log, &context.file, &err);
  if (answer == DAVIT_OK)
    answer = service_find(context.file, NULL, &context.service, &err);
  if (answer < 0)
    return answer;
  oci_free(oci);
  answer = pipeline_run(&context, &err);
  oci = context.oci;
  files = context.files;
  return answer;
}

static const char *value_of(const char *path) {
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  for (; *entries; entries++)
    if (strcmp((*entries)->path, path) == 0)
      return (*entries)->value;
  return "(absent)";
}

static const char *source_of(const char *path) {
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  for (; *entries; entries++)
    if (strcmp((*entries)->path, path) == 0)
      return oci_source_text(&arena, (*entries)->sources[0]);
  return "(absent)";
}

static const struct {
  const char *keys, *path, *value;
} values[] = {
    {"resources: {pids_limit: 64}", "linux.resources.pids.limit", "64"},
    {"resources: {pids_limit: -1}", "linux.resources.pids.limit", "(absent)"},
    {"resources: {cpuset: \"0-3,8\"}", "linux.resources.cpu.cpus", "0-3,8"},
    {"resources: {cpu_shares: 512}", "linux.resources.cpu.shares", "512"},
    {"resources: {memory: 64Mi, memory_swap: 128Mi}", "linux.resources.memory.swap", "134217728"},
    {"resources: {memory: 64Mi, memory_swap: -1}", "linux.resources.memory.swap", "-1"},
    {"resources: {memory_reservation: 64Mi}", "linux.resources.memory.reservation", "67108864"},
    {"resources: {memory_swappiness: 0}", "linux.resources.memory.swappiness", "0"},
    {"resources: {memory: 64Mi, oom_kill_disable: true}", "linux.resources.memory.disableOOMKiller",
     "true"},
    {"resources: {oom_kill_disable: false}", "linux.resources.memory.disableOOMKiller", "false"},
    {"resources: {blkio_weight: 500}", "linux.resources.blockIO.weight", "500"},
    {"resources: {cpu: 1}", "linux.resources.pids.limit", "(absent)"},
    {"sysctls: {net.ipv4.ip_forward: 1}", "linux.sysctl.net.ipv4.ip_forward", "1"},
    {"pid_mode: host", "linux.namespaces.pid", "(absent)"},
    {"pid_mode: private", "linux.namespaces.pid", "pid"},
    {"pid_mode: host", "linux.readonlyPaths",
     "[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\",\"/proc/sysrq-trigger\"]"},
    {"ipc_mode: host", "linux.namespaces.ipc", "(absent)"},
    {"ipc_mode: host", "mounts./dev/shm", "bind /dev/shm rbind,rprivate,nosuid,noexec,nodev"},
    {"ipc_mode: host", "mounts./dev/mqueue", "mqueue mqueue nosuid,noexec,nodev"},
    {"ipc_mode: host\n    storage: [{type: tmpfs, target: /dev/shm}]", "mounts./dev/shm",
     "tmpfs tmpfs nosuid,nodev"},
    {"ipc_mode: shareable", "linux.namespaces.ipc", "ipc"},
    {"network_mode: host", "linux.namespaces.network", "(absent)"},
    {"network_mode: none", "linux.namespaces.network", "network"},
    {"network_mode: bridge:blue", "linux.namespaces.network", "network"},
    {"userns_mode: host", "linux.namespaces.user", "(absent)"},
};

START_TEST(makes_the_value) {
  ck_assert_ok(render(values[_i].keys, NULL), &err);
  ck_assert_msg(strcmp(value_of(values[_i].path), values[_i].value) == 0, "%s: %s is %s, not %s",
                values[_i].keys, values[_i].path, value_of(values[_i].path), values[_i].value);
}
END_TEST

START_TEST(entries_name_the_line_that_asked) {
  ck_assert_ok(render("network_mode: none\n    sysctls: {net.core.somaxconn: 5}", NULL), &err);
  ck_assert_str_eq(source_of("linux.namespaces.network"), "s.yaml:6 (services.web.network_mode)");
  ck_assert_str_eq(source_of("linux.sysctl.net.core.somaxconn"),
                   "s.yaml:7 (services.web.sysctls.\"net.core.somaxconn\")");
  ck_assert_str_eq(source_of("linux.namespaces.pid"), "default");
}
END_TEST

START_TEST(the_hosts_message_queues_are_bound_where_it_has_them) {
  tree_file(&tree, "/dev/mqueue/.keep", "");
  ck_assert_ok(render("ipc_mode: host", NULL), &err);
  ck_assert_str_eq(value_of("mounts./dev/mqueue"),
                   "bind /dev/mqueue rbind,rprivate,nosuid,noexec,nodev");
  ck_assert_str_eq(source_of("mounts./dev/mqueue"), "s.yaml:6 (services.web.ipc_mode)");
}
END_TEST

START_TEST(a_namespace_is_joined) {
  const struct render_options options = {
      .network = "/run/netns/web", .pid = "/proc/7/ns/pid", .ipc = "/proc/7/ns/ipc"};
  ck_assert_ok(render("pid_mode: container:db", &options), &err);
  ck_assert_str_eq(value_of("linux.namespaces.network"), "network /run/netns/web");
  ck_assert_str_eq(source_of("linux.namespaces.network"), "--namespace");
  ck_assert_str_eq(value_of("linux.namespaces.pid"), "pid /proc/7/ns/pid");
  ck_assert_str_eq(value_of("linux.namespaces.ipc"), "ipc /proc/7/ns/ipc");
}
END_TEST

static const struct {
  const char *keys;
  struct render_options options;
  const char *code, *says, *hint, *key;
} refusals[] = {
    {"dns: [10.0.0.53]",
     {0},
     "bundle.needed",
     "this needs a file, resolv.conf",
     "davit build",
     "services.web.dns"},
    {"extra_hosts: [\"a:10.0.0.1\"]",
     {0},
     "bundle.needed",
     "this needs a file, hosts",
     "davit build",
     "services.web.extra_hosts"},
    {"dns: [10.0.0.53]\n    storage: [{type: bind, source: /dev, target: /etc/resolv.conf}]",
     {.files_directory = "/b/.davit"},
     "storage.target",
     "/etc/resolv.conf is mounted by storage too",
     "leave out this key",
     "services.web.dns"},
    {"network_mode: container:db",
     {0},
     "namespace.needed",
     "does not know \"db\"",
     "--namespace network=/proc/PID/ns/net",
     "services.web.network_mode"},
    {"ipc_mode: container:db",
     {0},
     "namespace.needed",
     "does not know \"db\"",
     "--namespace ipc=/proc/PID/ns/ipc",
     "services.web.ipc_mode"},
    {"network_mode: none",
     {.network = "/n"},
     "namespace.conflict",
     "the network namespace is empty, but --namespace is given",
     "one of the two",
     "services.web.network_mode"},
    {"host_network: true",
     {.network = "/n"},
     "namespace.conflict",
     "the network namespace is the host's, but --namespace is given",
     "one of the two",
     "services.web.host_network"},
    {"network_mode: container:db",
     {.host_network = true},
     "namespace.conflict",
     "the network namespace is another container's, but --host-network is given",
     "one of the two",
     "services.web.network_mode"},
    {"ipc_mode: host\n    shm_size: 1Mi",
     {0},
     "namespace.conflict",
     "/dev/shm is the host's",
     "one of the two",
     "services.web.shm_size"},
    {"sysctls: {net.ipv4.ip_forward: 1}",
     {.host_network = true},
     "sysctl.host",
     "net.ipv4.ip_forward would change the host: the container shares its network namespace",
     "namespace of its own",
     "services.web.sysctls.\"net.ipv4.ip_forward\""},
    {"ipc_mode: host\n    sysctls: {fs.mqueue.msg_max: 20}",
     {0},
     "sysctl.host",
     "shares its ipc namespace",
     "namespace of its own",
     "services.web.sysctls.\"fs.mqueue.msg_max\""},
};

START_TEST(refuses_with_place_and_remedy) {
  ck_assert_int_lt(render(refusals[_i].keys, &refusals[_i].options), 0);
  ck_assert_error(&err, refusals[_i].code, refusals[_i].says);
  ck_assert_contains(err.first->hint, refusals[_i].hint);
  ck_assert_str_eq(err.first->at.key, refusals[_i].key);
  ck_assert_uint_eq(files.count, 0);
}
END_TEST

START_TEST(two_options_that_exclude_each_other) {
  const struct render_options options = {.host_network = true, .network = "/n"};
  ck_assert_int_lt(render("privileged: false", &options), 0);
  ck_assert_error(&err, "namespace.conflict", "--host-network and --namespace network=/n");
}
END_TEST

START_TEST(without_shared_memory_on_the_host) {
  char buffer[512];
  ck_assert_int_eq(remove(tree_path(&tree, "/dev/shm/.keep", buffer, sizeof(buffer))), 0);
  ck_assert_int_eq(remove(tree_path(&tree, "/dev/shm", buffer, sizeof(buffer))), 0);
  ck_assert_int_eq(render("ipc_mode: host", NULL), DAVIT_E_NOT_FOUND);
  ck_assert_error(&err, "storage.source", "\"/dev/shm\" is not on this host");
  ck_assert_str_eq(err.first->at.key, "services.web.ipc_mode");
}
END_TEST

/* What crun refuses and runc passes over. */
START_TEST(version_2_of_cgroups_has_no_swappiness) {
  tree_file(&tree, "/sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n");
  ck_assert_int_lt(render("resources: {memory_swappiness: 10}", NULL), 0);
  ck_assert_error(&err, "resources.cgroup2", "which has no memory_swappiness");
  ck_assert_str_eq(err.first->at.key, "services.web.resources.memory_swappiness");
  error_clear(&err);
  ck_assert_int_lt(render("resources: {memory: 1Mi, oom_kill_disable: true}", NULL), 0);
  ck_assert_error(&err, "resources.cgroup2", "which has no oom_kill_disable");
  error_clear(&err);
  ck_assert_ok(
      render("resources: {oom_kill_disable: false, cpu_shares: 512, blkio_weight: 10}", NULL),
      &err);
}
END_TEST

START_TEST(cpus_are_those_of_the_host) {
  tree_file(&tree, "/sys/devices/system/cpu/possible", "0-7\n");
  ck_assert_ok(render("resources: {cpuset: \"0,7\"}", NULL), &err);
  ck_assert_int_eq(render("resources: {cpuset: \"0-8\"}", NULL), DAVIT_E_NOT_FOUND);
  ck_assert_error(&err, "resources.cpuset", "CPU 8 is not on this host, which has 0-7");
  ck_assert_str_eq(err.first->at.key, "services.web.resources.cpuset");
}
END_TEST

/* ---- files ---------------------------------------------------------------------------------- */

static const struct render_options in_bundle = {.files_directory = "/srv/b/.davit"};

static const struct made_file *file_at(size_t position) {
  ck_assert_uint_lt(position, files.count);
  return files.items[position];
}

START_TEST(name_servers_are_a_file_of_the_bundle) {
  ck_assert_ok(render("dns: [10.0.0.53, \"fd00::53\"]", &in_bundle), &err);
  ck_assert_uint_eq(files.count, 1);
  ck_assert_str_eq(file_at(0)->name, "resolv.conf");
  ck_assert_str_eq(file_at(0)->content,
                   "nameserver 10.0.0.53\nnameserver fd00::53\noptions edns0\n");
  ck_assert_uint_eq(file_at(0)->size, strlen(file_at(0)->content));
  ck_assert_str_eq(value_of("mounts./etc/resolv.conf"),
                   "bind /srv/b/.davit/resolv.conf bind,rprivate,ro");
  ck_assert_str_eq(source_of("mounts./etc/resolv.conf"), "s.yaml:6 (services.web.dns)");
}
END_TEST

START_TEST(hosts_are_a_file_of_the_bundle) {
  ck_assert_ok(render("extra_hosts: [\"db.internal:10.0.0.7\", \"v6:fd00::7\"]", &in_bundle), &err);
  ck_assert_uint_eq(files.count, 1);
  ck_assert_str_eq(file_at(0)->name, "hosts");
  ck_assert_str_eq(file_at(0)->content, "127.0.0.1\tlocalhost\n"
                                        "::1\tlocalhost ip6-localhost ip6-loopback\n"
                                        "127.0.1.1\tweb-rep-1\n"
                                        "10.0.0.7\tdb.internal\n"
                                        "fd00::7\tv6\n");
  ck_assert_uint_eq(file_at(0)->size, strlen(file_at(0)->content));
  ck_assert_str_eq(value_of("mounts./etc/hosts"), "bind /srv/b/.davit/hosts bind,rprivate,ro");
}
END_TEST

START_TEST(what_is_not_asked_makes_no_file) {
  ck_assert_ok(render("hostname: h\n    dns: []\n    extra_hosts: []", &in_bundle), &err);
  ck_assert_uint_eq(files.count, 0);
  ck_assert_str_eq(value_of("mounts./etc/resolv.conf"), "(absent)");
}
END_TEST

/* ---- rows of the list ----------------------------------------------------------------------- */

/* Options that were accepted and had no effect. */
START_TEST(p19_accepted_keys_have_an_effect) {
  ck_assert_ok(render("resources: {pids_limit: 7}\n    ipc_mode: host\n"
                      "    sysctls: {net.core.somaxconn: 5}\n    dns: [10.0.0.53]",
                      &in_bundle),
               &err);
  ck_assert_str_eq(value_of("linux.resources.pids.limit"), "7");
  ck_assert_str_eq(value_of("linux.namespaces.ipc"), "(absent)");
  ck_assert_str_eq(value_of("linux.sysctl.net.core.somaxconn"), "5");
  ck_assert_str_ne(value_of("mounts./etc/resolv.conf"), "(absent)");
}
END_TEST

/* There was never a limit for processes. */
START_TEST(c17_processes_are_limited) {
  ck_assert_ok(render("resources: {pids_limit: 100}", NULL), &err);
  ck_assert_str_eq(value_of("linux.resources.pids.limit"), "100");
}
END_TEST

/* Modes had no effect. */
START_TEST(c19_modes_choose_the_namespaces) {
  ck_assert_ok(render("network_mode: none\n    pid_mode: host\n    ipc_mode: host", NULL), &err);
  ck_assert_str_eq(value_of("linux.namespaces.network"), "network");
  ck_assert_str_eq(value_of("linux.namespaces.pid"), "(absent)");
  ck_assert_str_eq(value_of("linux.namespaces.ipc"), "(absent)");
  ck_assert_int_lt(render("network_mode: container:x", NULL), 0);
  error_clear(&err);
  ck_assert_int_eq(render("userns_mode: remap", NULL), DAVIT_E_UNSUPPORTED);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("pipeline_limits");
  TCase *tests = tcase_create("limits");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, makes_the_value, 0, ARRAY_LEN(values));
  tcase_add_test(tests, entries_name_the_line_that_asked);
  tcase_add_test(tests, the_hosts_message_queues_are_bound_where_it_has_them);
  tcase_add_test(tests, a_namespace_is_joined);
  tcase_add_loop_test(tests, refuses_with_place_and_remedy, 0, ARRAY_LEN(refusals));
  tcase_add_test(tests, two_options_that_exclude_each_other);
  tcase_add_test(tests, without_shared_memory_on_the_host);
  tcase_add_test(tests, version_2_of_cgroups_has_no_swappiness);
  tcase_add_test(tests, cpus_are_those_of_the_host);
  tcase_add_test(tests, name_servers_are_a_file_of_the_bundle);
  tcase_add_test(tests, hosts_are_a_file_of_the_bundle);
  tcase_add_test(tests, what_is_not_asked_makes_no_file);
  tcase_add_test(tests, p19_accepted_keys_have_an_effect);
  tcase_add_test(tests, c17_processes_are_limited);
  tcase_add_test(tests, c19_modes_choose_the_namespaces);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
