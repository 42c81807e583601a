/* SPDX-License-Identifier: Apache-2.0 */
/* davit doctor on hosts with one fault each (tests/doctor), and on like ones without it. */
#include <stdio.h>

#include "doctor/doctor.h"
#include "testing.h"
#include "util/cleanup.h"
#include "util/map.h"
#include "util/text.h"

#define HOST(check, host, code, severity, without) \
  { check, host, NULL, code, DAVIT_SEV_##severity, without, NULL, NULL }
#define ROOTFS(check, host, rootfs, code, severity, without, rootfs_without) \
  { check, host, rootfs, code, DAVIT_SEV_##severity, without, rootfs_without, NULL }
#define VENDOR(check, host, code, severity, without, vendor) \
  { check, host, NULL, code, DAVIT_SEV_##severity, without, NULL, vendor }

/* The number of the check among those that vendors' users need (1 to 27); 0: a further one. */
static const struct {
  int check;
  const char *host, *rootfs;
  const char *code;
  uint32_t severity;
  const char *without, *rootfs_without; /* where the code does not come */
  const char *vendor;
} cases[] = {
    HOST(1, "nvidia-no-driver", "nvidia.driver-missing", ERROR, "nvidia"),
    HOST(1, "nvidia-not-loaded", "nvidia.driver-not-loaded", ERROR, "nvidia"),
    HOST(1, "nvidia-blacklisted", "nvidia.driver-blacklisted", ERROR, "nvidia-not-loaded"),
    HOST(2, "nvidia-nouveau", "nvidia.nouveau", ERROR, "nvidia"),
    HOST(3, "nvidia-vfio", "nvidia.reserved", NOTE, "nvidia"),
    HOST(3, "amd-vfio", "amd.reserved", NOTE, "amd"),
    HOST(3, "intel-vfio", "intel.reserved", NOTE, "intel"),
    HOST(4, "nvidia-unbound", "nvidia.unbound", ERROR, "nvidia"),
    HOST(4, "nvidia-lost", "nvidia.gpu-lost", ERROR, "nvidia-excluded"),
    HOST(5, "nvidia-updated", "nvidia.version-mismatch", ERROR, "cdi-other-driver"),
    HOST(5, "cdi-other-driver", "cdi.driver-version", ERROR, "cdi"),
    HOST(6, "nvidia-no-uvm", "nvidia.uvm-not-loaded", ERROR, "nvidia-no-uvm-node"),
    HOST(6, "nvidia-uvm-blacklisted", "nvidia.uvm-not-loaded", ERROR, "nvidia"),
    HOST(7, "nvidia-old-uvm", "nvidia.node-numbers", ERROR, "nvidia"),
    HOST(7, "cdi-uvm-moved", "cdi.node-numbers", WARNING, "cdi"),
    HOST(8, "nvidia-no-node", "nvidia.node-missing", ERROR, "nvidia-old-uvm"),
    HOST(8, "nvidia-no-ctl", "nvidia.ctl-missing", ERROR, "nvidia-no-node"),
    HOST(8, "nvidia-no-uvm-node", "nvidia.uvm-missing", ERROR, "nvidia-no-uvm"),
    HOST(9, "nvidia-closed", "nvidia.node-mode", WARNING, "nvidia-user"),
    HOST(9, "nvidia-user", "nvidia.node-denied", ERROR, "nvidia-closed"),
    HOST(10, "dev-char", "host.dev-char-missing", WARNING, "dev-char-linked"),
    HOST(10, "dev-char", "host.dev-char-missing", WARNING, "nvidia"),
    HOST(11, "rootless", "rootless.isolation", NOTE, "base"),
    HOST(11, "rootless-no-subids", "rootless.no-subids", WARNING, "rootless"),
    HOST(11, "rootless-no-newuidmap", "rootless.newuidmap", ERROR, "rootless"),
    HOST(11, "rootless-no-namespaces", "rootless.user-namespaces", ERROR, "rootless"),
    HOST(11, "rootless-apparmor", "rootless.user-namespaces", ERROR, "rootless-apparmor-profile"),
    HOST(11, "rootless-no-delegation", "rootless.delegation", WARNING, "rootless"),
    HOST(11, "rootless-cgroup1", "rootless.delegation", WARNING, "cgroup1"),
    HOST(12, "nvidia-nvswitch", "nvidia.fabric-manager", ERROR, "nvidia-fabric"),
    HOST(13, "nvidia-mig-empty", "nvidia.mig-no-instance", ERROR, "nvidia-mig"),
    HOST(14, "nvidia-mig-no-node", "nvidia.mig-node-missing", ERROR, "nvidia-mig"),
    HOST(15, "nvidia-mps-killed", "nvidia.mps-dead", WARNING, "nvidia-mps"),
    HOST(15, "nvidia-mps-ended", "nvidia.mps-dead", WARNING, "nvidia"),
    HOST(16, "nvidia-mps-ended", "nvidia.compute-mode", NOTE, "nvidia-mps"),
    HOST(17, "amd-no-kfd-node", "amd.kfd-missing", ERROR, "amd"),
    HOST(17, "amd-no-hsa", "amd.kfd-missing", ERROR, "amd-not-in-kfd"),
    HOST(17, "amd-not-in-kfd", "amd.not-in-kfd", WARNING, "amd"),
    HOST(18, "amd-user", "amd.node-denied", ERROR, "amd-member"),
    HOST(18, "intel-user", "intel.node-denied", ERROR, "intel"),
    HOST(18, "drm-user", "drm.node-denied", ERROR, "drm"),
    HOST(18, "drm-closed", "drm.node-denied", ERROR, "drm"),
    HOST(19, "amd-xcp", "amd.partition-unused", NOTE, "amd"),
    HOST(20, "selinux", "host.selinux-devices", WARNING, "selinux-allowed"),
    HOST(21, "rdma", "host.memlock", WARNING, "rdma-unlimited"),
    HOST(21, "shm-small", "host.shm-small", WARNING, "shm-large"),
    ROOTFS(22, "nvidia", "rootfs-musl", "nvidia.rootfs-musl", ERROR, "nvidia", "rootfs-glibc"),
    ROOTFS(22, "nvidia", "rootfs-driver", "nvidia.rootfs-foreign-driver", WARNING, "nvidia",
           "rootfs-glibc"),
    ROOTFS(22, "nvidia", "rootfs-litter", "nvidia.rootfs-empty-driver", WARNING, "nvidia",
           "rootfs-driver"),
    HOST(23, "cdi-stale", "cdi.file-stale", ERROR, "cdi"),
    HOST(23, "cdi-no-hook", "cdi.file-stale", ERROR, "cdi-uvm-moved"),
    ROOTFS(24, "nvidia-470", "rootfs-glibc", "nvidia.rootfs-cuda-newer", WARNING, "nvidia",
           "rootfs-glibc"),
    HOST(25, "intel-no-driver", "intel.driver-missing", ERROR, "intel"),
    HOST(25, "intel-not-loaded", "intel.driver-not-loaded", ERROR, "intel"),
    HOST(25, "intel-blacklisted", "intel.driver-blacklisted", ERROR, "intel-not-loaded"),
    HOST(25, "intel-unbound", "intel.unbound", ERROR, "intel"),
    HOST(25, "intel-no-render", "intel.no-render-node", ERROR, "intel"),
    HOST(26, "drm-display", "drm.display-only", NOTE, "drm"),
    HOST(27, "drm-by-path", "drm.by-path-stale", WARNING, "drm"),
    HOST(27, "drm-old-node", "drm.node-numbers", ERROR, "drm"),
    HOST(27, "cdi-renumbered", "cdi.renumbered", ERROR, "cdi"),
    HOST(27, "cdi-other-minor", "cdi.renumbered", ERROR, "cdi-uuids"),
    HOST(0, "nvidia-excluded", "nvidia.excluded", NOTE, "nvidia-lost"),
    HOST(0, "nvidia-no-files", "nvidia.libcuda-missing", WARNING, "nvidia-updated"),
    HOST(0, "nvidia-no-persistence", "nvidia.persistence", NOTE, "nvidia"),
    HOST(0, "amd-no-driver", "amd.driver-missing", ERROR, "amd"),
    HOST(0, "amd-not-loaded", "amd.driver-not-loaded", ERROR, "amd"),
    HOST(0, "amd-blacklisted", "amd.driver-blacklisted", ERROR, "amd-not-loaded"),
    HOST(0, "amd-unbound", "amd.unbound", ERROR, "amd-vfio"),
    HOST(0, "amd-no-node", "amd.node-missing", ERROR, "amd"),
    HOST(0, "amd-old-node", "amd.node-numbers", ERROR, "amd"),
    HOST(0, "intel-no-node", "intel.node-missing", ERROR, "intel"),
    HOST(0, "intel-old-node", "intel.node-numbers", ERROR, "intel"),
    HOST(0, "drm-no-node", "drm.node-missing", ERROR, "drm-old-node"),
    HOST(0, "cdi-broken", "cdi.file-broken", ERROR, "cdi-stale"),
    HOST(0, "cdi-conflict", "cdi.conflict", ERROR, "cdi"),
    HOST(0, "cdi-dangling", "cdi.file-unreadable", WARNING, "cdi"),
    HOST(0, "cdi-no-directory", "cdi.directory-unreadable", WARNING, "cdi-dangling"),
    HOST(0, "cdi-yml", "cdi.file-ignored", NOTE, "cdi"),
    HOST(0, "no-cgroup", "host.cgroup-missing", ERROR, "cgroup1"),
    HOST(0, "cgroup1-no-devices", "host.cgroup-devices", ERROR, "cgroup1"),
    HOST(0, "cgroup-no-memory", "host.cgroup-controllers", WARNING, "base"),
    HOST(0, "cgroup-no-bpf", "host.cgroup-bpf", ERROR, "base"),
    HOST(0, "no-runtime", "host.runtime-missing", WARNING, "base"),
    HOST(0, "base", "host.no-device", NOTE, "amd"),
    HOST(0, "drm-display", "host.no-device", NOTE, "drm"),
    VENDOR(0, "amd", "host.no-vendor-device", ERROR, "nvidia", "nvidia"),
    VENDOR(0, "nvidia-no-driver", "host.no-vendor-device", ERROR, "nvidia", "nvidia"),
    HOST(0, "nvidia", "host.devices", OK, "base"),
    HOST(0, "base", "host.runtime", OK, "no-runtime"),
    HOST(0, "cgroup1", "host.cgroup", OK, "no-cgroup"),
    HOST(0, "nvidia", "nvidia.driver", OK, "amd"),
    HOST(0, "nvidia-mps", "nvidia.mps", OK, "nvidia"),
    HOST(0, "amd", "amd.driver", OK, "intel"),
    HOST(0, "intel", "intel.driver", OK, "amd"),
    HOST(0, "cdi", "cdi.files", OK, "nvidia"),
};

struct run {
  struct arena arena;
  struct log log;
  struct host *host, *rootfs;
  struct providers *providers;
  const struct provider_finding *const *findings;
  struct davit_error err;
};

static void cleanup_run(struct run *run) {
  providers_close(run->providers);
  host_close(run->rootfs);
  host_close(run->host);
  error_clear(&run->err);
  arena_free(&run->arena);
}

static void open_host(struct run *run, const char *name, struct host **host) {
  const char *root = arena_printf(&run->arena, TEST_DOCTOR_HOSTS "/%s", name);
  ck_assert_ok(host_open(root, host, &run->err), &run->err);
}

static void examine(struct run *run, const char *plugins, const char *host, const char *rootfs,
                    const char *vendor) {
  const char *dirs[] = {plugins, NULL};
  open_host(run, host, &run->host);
  if (rootfs)
    open_host(run, rootfs, &run->rootfs);
  run->log.threshold = LOG_LEVEL_NONE;
  const struct provider_settings settings = {
      .path = {.dirs = dirs, .allow_untrusted = true}, .host = run->host, .log = &run->log};
  ck_assert_ok(providers_open(&run->arena, &settings, &run->providers, &run->err), &run->err);
  const struct doctor_settings doctor = {.host = run->host,
                                         .providers = run->providers,
                                         .log = &run->log,
                                         .vendor = vendor,
                                         .rootfs = run->rootfs};
  ck_assert_ok(doctor_run(&doctor, &run->arena, &run->findings, &run->err), &run->err);
}

static const struct davit_finding *find(const struct run *run, const char *code) {
  for (const struct provider_finding *const *found = run->findings; *found; found++)
    if (strcmp((*found)->finding->code, code) == 0)
      return (*found)->finding;
  return NULL;
}

static const char *read_page(struct arena *arena) {
  CLEANUP(file) FILE *file = fopen(TEST_DOCTOR_PAGE, "re");
  char text[65536];
  ck_assert_ptr_nonnull(file);
  size_t size = fread(text, 1, sizeof(text), file);
  ck_assert_uint_lt(size, sizeof(text));
  return arena_strndup(arena, text, size);
}

/* ---- tests -------------------------------------------------------------------------------- */

START_TEST(a_fault_is_found_where_it_is) {
  CLEANUP(run) struct run with = {0};
  examine(&with, TEST_PLUGINS, cases[_i].host, cases[_i].rootfs, cases[_i].vendor);
  const struct davit_finding *finding = find(&with, cases[_i].code);
  ck_assert_msg(finding, "no %s on %s", cases[_i].code, cases[_i].host);
  ck_assert_uint_eq(finding->severity, cases[_i].severity);
  ck_assert(finding->severity < DAVIT_SEV_WARNING || (finding->why && finding->remedy));

  CLEANUP(run) struct run without = {0};
  examine(&without, TEST_PLUGINS, cases[_i].without, cases[_i].rootfs_without, cases[_i].vendor);
  finding = find(&without, cases[_i].code);
  ck_assert_msg(!finding, "%s on %s: %s", cases[_i].code, cases[_i].without,
                finding ? finding->text : "");
}
END_TEST

START_TEST(on_good_hosts_nothing_is_wrong) {
  static const char *const hosts[] = {"base",  "nvidia", "nvidia-mig", "nvidia-mps", "amd",
                                      "intel", "drm",    "cdi",        "rootless"};
  for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
    CLEANUP(run) struct run run = {0};
    examine(&run, TEST_PLUGINS, hosts[i], "rootfs-glibc", NULL);
    ck_assert_str_eq(find(&run, "host.kernel")->text, "Linux 6.1.0-test, x86_64");
    for (const struct provider_finding *const *found = run.findings; *found; found++)
      ck_assert_msg((*found)->finding->severity < DAVIT_SEV_WARNING, "%s: %s: %s", hosts[i],
                    (*found)->finding->code, (*found)->finding->text);
  }
}
END_TEST

START_TEST(all_checks_have_a_case) {
  bool has_case[28] = {false};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++)
    has_case[cases[i].check] = true;
  for (int check = 1; check < 28; check++)
    ck_assert_msg(has_case[check], "check %d has none", check);
}
END_TEST

/* The page has a row for each code with its severity, and no other. */
START_TEST(the_page_has_what_is_found) {
  CLEANUP(arena) struct arena arena = {0};
  const char *page = read_page(&arena);
  size_t rows = 0;
  struct map codes = {0};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    const char *row =
        arena_printf(&arena, "\n| `%s` | %s | ", cases[i].code, severity_word(cases[i].severity));
    ck_assert_msg(strstr(page, row), "no row%s", row);
    ck_assert(map_put(&arena, &codes, cases[i].code, (void *)(uintptr_t)row));
  }
  for (const char *row = page; (row = strstr(row, "\n| `")); row++) {
    row += strlen("\n| `");
    const char *code = arena_strndup(&arena, row, strcspn(row, "`"));
    if (strchr(code, '.') && strcmp(code, "host.kernel") != 0 && !text_starts(code, "plugin."))
      ck_assert_msg(map_find(&codes, code), "%s is raised by no case", code);
    rows++;
  }
  ck_assert_uint_gt(rows, 0);
}
END_TEST

START_TEST(the_worst_comes_first_and_the_host_before_plugins) {
  CLEANUP(run) struct run run = {0};
  examine(&run, TEST_PLUGINS, "nvidia-user", NULL, NULL);
  ck_assert_str_eq(run.findings[0]->source, DOCTOR_HOST);
  for (size_t i = 1; run.findings[i]; i++) {
    const struct provider_finding *before = run.findings[i - 1], *found = run.findings[i];
    bool same = strcmp(before->source, found->source) == 0;
    ck_assert(!same || before->finding->severity >= found->finding->severity);
    ck_assert(same || strcmp(found->source, DOCTOR_HOST) != 0);
  }
}
END_TEST

START_TEST(a_vendor_of_its_own_leaves_the_others_out) {
  CLEANUP(run) struct run run = {0};
  examine(&run, TEST_PLUGINS, "amd-no-node", NULL, "amd");
  ck_assert_ptr_nonnull(find(&run, "amd.node-missing"));
  CLEANUP(run) struct run other = {0};
  examine(&other, TEST_PLUGINS, "amd-no-node", NULL, "nvidia");
  ck_assert_ptr_null(find(&other, "amd.node-missing"));
  ck_assert_ptr_null(find(&other, "drm.node-missing"));
  /* A vendor without plugin may be one of drm's. */
  CLEANUP(run) struct run generic = {0};
  examine(&generic, TEST_PLUGINS, "drm-no-node", NULL, "acme_npu");
  ck_assert_ptr_nonnull(find(&generic, "drm.node-missing"));
}
END_TEST

/* Of one node the vendor's plugin says what is wrong, not drm too. */
START_TEST(nothing_is_said_twice) {
  CLEANUP(run) struct run run = {0};
  examine(&run, TEST_PLUGINS, "intel-no-node", NULL, NULL);
  ck_assert_ptr_null(find(&run, "drm.node-missing"));
}
END_TEST

START_TEST(a_refused_plugin_is_a_finding) {
  CLEANUP(run) struct run run = {0};
  examine(&run, TEST_TOY_PLUGINS "/refused", "base", NULL, NULL);
  const struct davit_finding *finding = find(&run, "plugin.refused");
  ck_assert_ptr_nonnull(finding);
  ck_assert_uint_eq(finding->severity, DAVIT_SEV_ERROR);
  ck_assert_ptr_nonnull(finding->remedy);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("doctor");
  TCase *checks = tcase_create("checks");
  tcase_add_loop_test(checks, a_fault_is_found_where_it_is, 0, (int)ARRAY_LEN(cases));
  tcase_add_test(checks, on_good_hosts_nothing_is_wrong);
  tcase_add_test(checks, all_checks_have_a_case);
  tcase_add_test(checks, the_page_has_what_is_found);
  tcase_add_test(checks, the_worst_comes_first_and_the_host_before_plugins);
  tcase_add_test(checks, a_vendor_of_its_own_leaves_the_others_out);
  tcase_add_test(checks, nothing_is_said_twice);
  tcase_add_test(checks, a_refused_plugin_is_a_finding);
  suite_add_tcase(suite, checks);
  return run_suite(suite);
}
