/* SPDX-License-Identifier: Apache-2.0 */
/* The stages, on the fixture host `empty`: what each makes of a service, and what each refuses. */
#include "testing.h"

#include <stdio.h>

#include "pipeline/pipeline.h"
#include "util/list.h"

static struct arena arena;
static struct davit_error err;
static struct host *host;
static struct oci *oci;
static char warnings[1024];

static void keep_warning(void *user, enum log_level level, const struct problem *message) {
  (void)user, (void)level;
  size_t used = strlen(warnings);
  snprintf(warnings + used, sizeof(warnings) - used, "%s: %s\n", message->code, message->text);
}

static const struct log test_log = {.threshold = LOG_LEVEL_WARNING, .emit = keep_warning};

static void setup(void) {
  warnings[0] = '\0';
  oci = NULL;
  ck_assert_ok(host_open(TEST_HOSTS "/empty", &host, &err), &err);
}

static void teardown(void) {
  oci_free(oci);
  host_close(host);
  error_clear(&err);
  arena_free(&arena);
}

/* Renders a service whose keys beside the image are `keys` (one line of flow style, or block lines
 * indented by four). */
static int render(const char *keys, const struct render_options *options) {
  static const struct render_options none = {.replica = 1};
  const char *text = arena_printf(&arena,
                                  "version: v1\n"
                                  "deployment: test\n"
                                  "services:\n"
                                  "  web:\n"
                                  "    image: {name: app}\n"
                                  "    %s\n",
                                  keys);
  const struct service_file *file;
  const struct service *service;
  struct providers *providers;
  const struct provider_settings settings = {
      .path = {.default_dir = TEST_PLUGINS}, .host = host, .log = &test_log};
  int answer = service_load(&arena, "s.yaml", text, strlen(text), &test_log, &file, &err);
  if (answer == DAVIT_OK)
    answer = service_find(file, NULL, &service, &err);
  if (answer == DAVIT_OK)
    answer = providers_open(&arena, &settings, &providers, &err);
  if (answer < 0)
    return answer;
  struct context context = {.arena = &arena,
                            .log = &test_log,
                            .host = host,
                            .file = file,
                            .service = service,
                            .options = options ? options : &none,
                            .providers = providers};
  answer = pipeline_run(&context, &err);
  providers_close(providers);
  oci = context.oci;
  return answer;
}

/* The text form of an entry of the document, "(absent)" if it has none. */
static const char *value_of(const char *path) {
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  for (; *entries; entries++)
    if (strcmp((*entries)->path, path) == 0)
      return (*entries)->value ? (*entries)->value : "(removed)";
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
  const char *keys;
  const char *path;
  const char *value;
} values[] = {
    {"privileged: false", "ociVersion", "1.0.2"},
    {"privileged: false", "process.args", "[\"/bin/sh\"]"},
    {"privileged: false", "process.cwd", "/"},
    {"privileged: false", "process.env.HOME", "HOME=/"},
    {"privileged: false", "process.noNewPrivileges", "true"},
    {"privileged: false", "hostname", "web-rep-1"},
    {"privileged: false", "linux.cgroupsPath", "(absent)"},
    {"privileged: false", "linux.namespaces.network", "network"},
    {"privileged: false", "linux.namespaces.cgroup", "cgroup"},
    {"privileged: false", "mounts./sys/fs/cgroup", "cgroup cgroup nosuid,noexec,nodev,relatime,ro"},
    {"privileged: false", "process.rlimits.RLIMIT_NOFILE", "(absent)"},
    {"command: {args: [a, b]}", "process.args", "[\"a\",\"b\"]"},
    {"command: {entrypoint: [e], args: [a]}", "process.args", "[\"e\",\"a\"]"},
    {"command: {workdir: /w}", "process.cwd", "/w"},
    {"env: {HOME: /h}", "process.env.HOME", "HOME=/h"},
    {"user: 1000", "process.user.uid", "1000"},
    {"user: 1000", "process.user.gid", "0"},
    {"user: \"7:8\"", "process.user.gid", "8"},
    {"hostname: h", "hostname", "h"},
    {"host_network: true", "linux.namespaces.network", "(absent)"},
    {"shm_size: 1Gi", "mounts./dev/shm", "tmpfs shm nosuid,noexec,nodev,mode=1777,size=1073741824"},
    {"resources: {cpu: 0.29}", "linux.resources.cpu.quota", "29000"},
    {"resources: {cpu: 0.01}", "linux.resources.cpu.quota", "1000"},
    {"resources: {memory: 512Mi}", "linux.resources.memory.limit", "536870912"},
    {"ulimits: {nofile: {soft: -1}}", "process.rlimits.RLIMIT_NOFILE",
     "18446744073709551615:18446744073709551615"},
    {"storage: [{type: tmpfs, target: /t, size: 256Mi, mode: 1777}]", "mounts./t",
     "tmpfs tmpfs nosuid,nodev,size=268435456,mode=1777"},
    {"storage: [{type: bind, source: /etc, target: /e, readonly: true}]", "mounts./e",
     "bind /etc rbind,rprivate,rro"},
    {"storage: [{type: bind, source: /etc, target: /e, readonly: true}]", "ociVersion", "1.1.0"},
    {"storage: [{type: bind, source: /etc/hostname, target: /e, readonly: true}]", "mounts./e",
     "bind /etc/hostname rbind,rprivate,ro"},
    {"storage: [{type: tmpfs, target: /dev/shm, size: 1Mi}]", "mounts./dev/shm",
     "tmpfs tmpfs nosuid,nodev,size=1048576"},
    {"devices: [{path: /dev/kvm, mknod: true}]", "linux.devices./dev/kvm", "c 10:232 0660 0:106"},
    {"devices: [{path: /dev/kvm, mknod: true}]", "linux.resources.devices[10]", "c 10:232 rwm"},
    {"devices: [{path: /dev/sda, write: false}]", "linux.resources.devices[10]", "b 8:0 r"},
    {"devices: [{path: /dev/cdrom}]", "linux.devices./dev/cdrom", "b 11:0 0660 0:24"},
    {"devices: [{path: /dev/net}]", "linux.devices./dev/net/tun", "c 10:200 0666 0:0"},
    {"cgroup_parent: /a/b/", "linux.cgroupsPath", "/a/b/web-rep-1"},
    {"privileged: true", "process.noNewPrivileges", "false"},
    {"privileged: true", "linux.resources.devices[0]", "a *:* rwm"},
    {"privileged: true", "linux.resources.devices[1]", "(absent)"},
    {"privileged: true", "linux.maskedPaths", "[]"},
    {"privileged: true", "mounts./sys", "sysfs sysfs nosuid,noexec,nodev"},
};

START_TEST(makes_the_value) {
  ck_assert_ok(render(values[_i].keys, NULL), &err);
  ck_assert_msg(strcmp(value_of(values[_i].path), values[_i].value) == 0, "%s: %s is %s, not %s",
                values[_i].keys, values[_i].path, value_of(values[_i].path), values[_i].value);
}
END_TEST

static const struct {
  const char *keys;
  struct render_options options;
  const char *code, *says, *hint, *key;
} refusals[] = {
    {"storage: [{type: bind, source: /no/such, target: /t}]",
     {.replica = 1},
     "storage.source",
     "\"/no/such\"",
     "makes nothing on the host",
     "services.web.storage[0].source"},
    {"storage: [{type: tmpfs, target: /proc}]",
     {.replica = 1},
     "storage.target",
     "\"/proc\"",
     "elsewhere",
     "services.web.storage[0].target"},
    {"devices: [{path: /dev/none}]",
     {.replica = 1},
     "device.missing",
     "\"/dev/none\"",
     "load its driver",
     "services.web.devices[0]"},
    {"devices: [{path: /etc/hostname}]",
     {.replica = 1},
     "device.invalid",
     "\"/etc/hostname\"",
     "device node",
     "services.web.devices[0]"},
    {"devices: [{path: /etc}]",
     {.replica = 1},
     "device.missing",
     "no device is in \"/etc\"",
     "load its driver",
     "services.web.devices[0]"},
    {"cgroup_parent: machine.slice",
     {.replica = 1},
     "cgroup.parent",
     "\"machine.slice\"",
     "--systemd-cgroup",
     "services.web.cgroup_parent"},
    {"cgroup_parent: /a",
     {.replica = 1, .systemd_cgroup = true},
     "cgroup.parent",
     "\"/a\"",
     "name a slice",
     "services.web.cgroup_parent"},
    {"host_network: false",
     {.replica = 1, .cgroup_parent = "/a/../b"},
     "cgroup.parent",
     "\"/a/../b\"",
     "without \"..\"",
     "--cgroup-parent"},
    {"resources: {gpu: {distributed: {}}}",
     {.replica = 2},
     "distributed.rank",
     "rank 1 is outside a world of 1",
     "scale.replicas",
     "services.web.resources.gpu.distributed"},
    {"service_type: wasm_http",
     {.replica = 1},
     "service.unsupported",
     "a service of type wasm_http is not a container",
     "a WebAssembly runtime",
     "services.web.service_type"},
    {"replica_groups: [{role: a, count: 1}]",
     {.replica = 2, .role = "a"},
     "service.replica",
     "there is no replica 2",
     "1 to 1",
     "services.web.replica_groups[0]"},
    {"replica_groups: [{role: a, count: 1}]",
     {.replica = 1, .role = "b"},
     "service.role",
     "no role \"b\"",
     "roles there: a",
     "services.web"},
    {"host_network: false",
     {.replica = 1, .gpu_devices = (const char *const[]){"0", NULL}},
     "gpu.not-asked",
     "--gpu-device",
     "resources.gpu",
     "services.web"},
};

START_TEST(refuses_with_place_and_remedy) {
  ck_assert_int_lt(render(refusals[_i].keys, &refusals[_i].options), 0);
  ck_assert_error(&err, refusals[_i].code, refusals[_i].says);
  ck_assert_contains(err.first->hint, refusals[_i].hint);
  ck_assert_str_eq(err.first->at.key, refusals[_i].key);
}
END_TEST

START_TEST(shm_size_and_a_mount_there_exclude_each_other) {
  ck_assert_int_lt(render("shm_size: 1Mi\n    storage: [{type: tmpfs, target: /dev/shm}]", NULL),
                   0);
  ck_assert_error(&err, "storage.target", "shm_size");
}
END_TEST

START_TEST(options_outrank_the_file) {
  const struct render_env env[] = {{"A", "command"}, {"PATH", "/p"}};
  const struct render_options options = {.replica = 3,
                                         .args = (const char *const[]){"x", "y", NULL},
                                         .env = env,
                                         .env_count = 2,
                                         .workdir = "/o",
                                         .hostname = "ignored",
                                         .host_network = true,
                                         .cgroup_parent = "/p/q"};
  ck_assert_ok(render("env: {A: file}\n"
                      "    hostname: key\n"
                      "    cgroup_parent: /file\n"
                      "    command: {entrypoint: [e], workdir: /f}",
                      &options),
               &err);
  ck_assert_str_eq(value_of("process.env.A"), "A=command");
  ck_assert_str_eq(source_of("process.env.A"), "--env");
  ck_assert_str_eq(value_of("process.env.PATH"), "PATH=/p");
  ck_assert_str_eq(value_of("process.args"), "[\"x\",\"y\"]");
  ck_assert_str_eq(source_of("process.args"), "--");
  ck_assert_str_eq(value_of("process.cwd"), "/o");
  ck_assert_str_eq(value_of("hostname"), "key");
  ck_assert_str_eq(value_of("linux.namespaces.network"), "(absent)");
  ck_assert_str_eq(value_of("linux.cgroupsPath"), "/p/q/web-rep-3");
}
END_TEST

START_TEST(a_variable_is_the_weakest_cgroup_parent) {
  struct render_options options = {
      .replica = 1, .cgroup_parent_variable = "DAVIT_CGROUP_PARENT", .cgroup_parent_default = "/v"};
  ck_assert_ok(render("host_network: false", &options), &err);
  ck_assert_str_eq(value_of("linux.cgroupsPath"), "/v/web-rep-1");
  ck_assert_str_eq(source_of("linux.cgroupsPath"), "DAVIT_CGROUP_PARENT");
  oci_free(oci);
  ck_assert_ok(render("cgroup_parent: /file", &options), &err);
  ck_assert_str_eq(value_of("linux.cgroupsPath"), "/file/web-rep-1");
}
END_TEST

START_TEST(systemd_gets_slice_prefix_and_name) {
  const struct render_options options = {.replica = 1, .systemd_cgroup = true};
  ck_assert_ok(render("cgroup_parent: machine.slice", &options), &err);
  ck_assert_str_eq(value_of("linux.cgroupsPath"), "machine.slice:davit:web-rep-1");
}
END_TEST

static int render_as_root(const char *keys) {
  const struct render_options options = {.replica = 1, .rootless = ROOTLESS_NO};
  return render(keys, &options);
}

static const struct {
  const char *slice;
  bool is_one;
} slices[] = {
    {"-.slice", true},     {"user.slice", true},    {"user-1000.slice", true},
    {"a-b-c.slice", true}, {"a\\x2db.slice", true}, {".slice", false},
    {"-a.slice", false},   {"a-.slice", false},     {"a--b.slice", false},
    {"a/b.slice", false},  {"machine", false},      {"machine.scope", false},
    {"a:b.slice", false},  {"--.slice", false},     {"/machine.slice", false},
};

/* C4: the form that runtimes hand to systemd, which would refuse the others. */
START_TEST(c4_slices_have_systemds_form) {
  const struct render_options options = {
      .replica = 1, .systemd_cgroup = true, .cgroup_parent = slices[_i].slice};
  int answer = render("host_network: false", &options);
  ck_assert_int_eq(answer, slices[_i].is_one ? DAVIT_OK : DAVIT_E_INVALID);
  if (slices[_i].is_one)
    ck_assert_str_eq(value_of("linux.cgroupsPath"),
                     arena_printf(&arena, "%s:davit:web-rep-1", slices[_i].slice));
  else
    ck_assert_error(&err, "cgroup.parent", slices[_i].slice);
}
END_TEST

/* P7, C2, C3: type cgroup, read-only, in a namespace of its own; without a parent the runtime
 * chooses, whatever the host's cgroups are. */
START_TEST(p7_c2_c3_cgroups_of_its_own) {
  ck_assert_ok(render("host_network: false", NULL), &err);
  ck_assert_str_eq(value_of("linux.namespaces.cgroup"), "cgroup");
  ck_assert_str_eq(value_of("mounts./sys/fs/cgroup"),
                   "cgroup cgroup nosuid,noexec,nodev,relatime,ro");
  ck_assert_str_eq(value_of("linux.cgroupsPath"), "(absent)");
}
END_TEST

static const char *const outside[] = {"a/b", "/a/../b", "../a", "/a//b", "/./a", ""};

/* C5: nobody names the cgroup of another. */
START_TEST(c5_parents_are_absolute_and_clean) {
  const struct render_options options = {.replica = 1, .cgroup_parent = outside[_i]};
  ck_assert_int_eq(render("host_network: false", &options), DAVIT_E_INVALID);
  ck_assert_error(&err, "cgroup.parent", outside[_i]);
  ck_assert_str_eq(err.first->at.key, "--cgroup-parent");
}
END_TEST

/* P18: what the kernel of the host knows, and nothing above. */
START_TEST(p18_privileged_ends_with_the_kernels_last_capability) {
  const char *last;
  uint64_t number;
  ck_assert_ok(render("privileged: true", NULL), &err);
  ck_assert_uint_eq(oci_get_capabilities(oci), (UINT64_C(1) << 41) - 1);
  oci_free(oci);
  oci = NULL;
  host_close(host);
  ck_assert_ok(host_open("/", &host, &err), &err);
  if (host_read_file(host, &arena, "/proc/sys/kernel/cap_last_cap", &last, NULL, &err) < 0) {
    printf("skipped: the kernel does not say what its last capability is\n");
    return;
  }
  number = strtoull(last, NULL, 10);
  ck_assert_ok(render_as_root("privileged: true"), &err);
  ck_assert_uint_eq(oci_get_capabilities(oci) >> (number + 1), 0);
}
END_TEST

START_TEST(entries_name_the_line_that_asked) {
  ck_assert_ok(render("hostname: h", NULL), &err);
  ck_assert_str_eq(source_of("hostname"), "s.yaml:6 (services.web.hostname)");
  ck_assert_str_eq(source_of("process.cwd"), "default");
}
END_TEST

START_TEST(long_hostnames_are_cut_with_a_warning) {
  const char *name = "a123456789b123456789c123456789.d123456789e123456789f123456789.g123456789";
  ck_assert_ok(render(arena_printf(&arena, "hostname: %s", name), NULL), &err);
  ck_assert_uint_eq(strlen(value_of("hostname")), 63);
  ck_assert_contains(warnings, "hostname.cut: hostname \"a123456789b");
}
END_TEST

START_TEST(ranks_come_from_replica_and_scale) {
  const struct render_options third = {.replica = 3};
  ck_assert_ok(render("scale: {mode: fixed, replicas: 4}\n"
                      "    resources: {gpu: {required: false, distributed: {backend: gloo}}}",
                      &third),
               &err);
  ck_assert_str_eq(value_of("process.env.RANK"), "RANK=2");
  ck_assert_str_eq(value_of("process.env.WORLD_SIZE"), "WORLD_SIZE=4");
  ck_assert_str_eq(value_of("process.env.LOCAL_RANK"), "LOCAL_RANK=0");
  ck_assert_str_eq(value_of("process.env.MASTER_ADDR"), "MASTER_ADDR=web");
  ck_assert_str_eq(value_of("process.env.MASTER_PORT"), "MASTER_PORT=29500");
  ck_assert_str_eq(value_of("process.env.GLOO_SOCKET_IFNAME"), "GLOO_SOCKET_IFNAME=eth0");
}
END_TEST

START_TEST(with_the_hosts_network_no_interface_is_named) {
  ck_assert_ok(render("host_network: true\n"
                      "    env: {RANK: \"7\"}\n"
                      "    resources: {gpu: {required: false, distributed: {}}}",
                      NULL),
               &err);
  ck_assert_str_eq(value_of("process.env.NCCL_SOCKET_IFNAME"), "(absent)");
  ck_assert_str_eq(value_of("process.env.RANK"), "RANK=7");
}
END_TEST

START_TEST(gpus_that_are_not_required_may_be_missing) {
  ck_assert_ok(render("resources: {gpu: {required: false}}", NULL), &err);
  ck_assert_contains(warnings, "gpu.");
  ck_assert_str_eq(value_of("process.env.NVIDIA_VISIBLE_DEVICES"), "(absent)");
  oci_free(oci);
  ck_assert_int_lt(render("resources: {gpu: {}}", NULL), 0);
  ck_assert_error(&err, "gpu.too-few", "1 GPU asked, this host has none");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("pipeline");
  TCase *tests = tcase_create("stages");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, makes_the_value, 0, ARRAY_LEN(values));
  tcase_add_loop_test(tests, refuses_with_place_and_remedy, 0, ARRAY_LEN(refusals));
  tcase_add_test(tests, shm_size_and_a_mount_there_exclude_each_other);
  tcase_add_test(tests, options_outrank_the_file);
  tcase_add_test(tests, a_variable_is_the_weakest_cgroup_parent);
  tcase_add_test(tests, systemd_gets_slice_prefix_and_name);
  tcase_add_test(tests, p7_c2_c3_cgroups_of_its_own);
  tcase_add_loop_test(tests, c5_parents_are_absolute_and_clean, 0, (int)ARRAY_LEN(outside));
  tcase_add_test(tests, p18_privileged_ends_with_the_kernels_last_capability);
  tcase_add_loop_test(tests, c4_slices_have_systemds_form, 0, (int)ARRAY_LEN(slices));
  tcase_add_test(tests, entries_name_the_line_that_asked);
  tcase_add_test(tests, long_hostnames_are_cut_with_a_warning);
  tcase_add_test(tests, ranks_come_from_replica_and_scale);
  tcase_add_test(tests, with_the_hosts_network_no_interface_is_named);
  tcase_add_test(tests, gpus_that_are_not_required_may_be_missing);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
