/* SPDX-License-Identifier: Apache-2.0 */
/* docs/differences.md as tests: what ZLayer's bundle builder makes of a service and what davit
 * makes of it. The r tests are the builder's worked results, one each; the others are named after
 * its weaknesses: p process and identity, m mounts, c cgroups, resources and devices; those of GPUs
 * are in differences_gpu_test.c. Where davit differs, a comment says why. */
#include "differences_rig.h"

#define PATH_AND_TERM "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=xterm"
#define BASE_RULES \
  "c 1:3 rwm c 1:5 rwm c 1:7 rwm c 1:8 rwm c 1:9 rwm c 5:0 rwm c 5:1 rwm c 5:2 rwm c 136:* rwm"
#define CAPS_14                                                                            \
  "[\"CAP_AUDIT_WRITE\",\"CAP_CHOWN\",\"CAP_DAC_OVERRIDE\",\"CAP_FOWNER\",\"CAP_FSETID\"," \
  "\"CAP_KILL\",\"CAP_MKNOD\",\"CAP_NET_BIND_SERVICE\",\"CAP_NET_RAW\",\"CAP_SETFCAP\","   \
  "\"CAP_SETGID\",\"CAP_SETPCAP\",\"CAP_SETUID\",\"CAP_SYS_CHROOT\"]"

/* ---- worked results ----------------------------------------------------------------------- */

START_TEST(r1_nothing_but_an_image) {
  make("empty", "");
  ck_assert_str_eq(all("process.args"), "[\"/bin/sh\"]");
  ck_assert_str_eq(all("process.cwd"), "/");
  /* HOME too, which shells and libraries look for. */
  ck_assert_str_eq(all("process.env."), PATH_AND_TERM " HOME=/");
  ck_assert_str_eq(all("process.user.uid"), "0");
  ck_assert_str_eq(all("process.user.gid"), "0");
  ck_assert_str_eq(all("process.capabilities.bounding"), CAPS_14);
  ck_assert_str_eq(all("process.noNewPrivileges"), "true");
  /* No nofile limit of 1024, which starves servers. */
  ck_assert_str_eq(all("process.rlimits"), "");
  ck_assert_str_eq(names("mounts."),
                   "/proc /dev /sys /dev/pts /dev/shm /dev/mqueue /sys/fs/cgroup");
  /* A cgroup namespace too: a container must not see the host's groups. */
  ck_assert_str_eq(all("linux.namespaces."), "pid ipc uts mount cgroup network");
  ck_assert_contains(all("linux.resources.devices"), BASE_RULES);
  ck_assert_str_eq(all("linux.resources.devices[10]"), "");
  ck_assert_str_eq(all("hostname"), "w-rep-1");
}
END_TEST

START_TEST(r2_privileged) {
  make("empty", "privileged: true");
  ck_assert_str_eq(all("process.noNewPrivileges"), "false");
  ck_assert_str_eq(all("mounts./sys"), "sysfs sysfs nosuid,noexec,nodev cgroup cgroup "
                                       "nosuid,noexec,nodev,relatime,ro");
  ck_assert_str_eq(all("linux.resources.devices"), "a *:* rwm");
  ck_assert_str_eq(all("linux.maskedPaths"), "[]");
  ck_assert_str_eq(all("linux.readonlyPaths"), "[]");
  ck_assert_contains(all("process.capabilities.bounding"), "CAP_CHOWN");
}
END_TEST

START_TEST(r3_cpu_and_memory) {
  make("empty", "resources: {cpu: 0.5, memory: 512Mi}");
  ck_assert_str_eq(all("linux.resources.cpu.quota"), "50000");
  ck_assert_str_eq(all("linux.resources.cpu.period"), "100000");
  ck_assert_str_eq(all("linux.resources.memory.limit"), "536870912");
}
END_TEST

START_TEST(r4_two_nvidia_gpus) {
  make("nvidia-2", "resources: {gpu: {count: 2}}");
  /* UUIDs of the host's devices; ordinals inside the container: the two variables do not mean the
   * same. */
  ck_assert_contains(all("process.env.NVIDIA_VISIBLE_DEVICES"), "=GPU-");
  ck_assert_str_eq(all("process.env.CUDA_VISIBLE_DEVICES"), "CUDA_VISIBLE_DEVICES=0,1");
  /* In PCI order, which is NVML's, and the modeset node that libraries open as well. */
  ck_assert_str_eq(names("linux.devices."),
                   "/dev/nvidiactl /dev/nvidia-uvm /dev/nvidia-uvm-tools /dev/nvidia-modeset "
                   "/dev/nvidia1 /dev/nvidia0");
  /* A rule for each node with the host's numbers, and no mknod: not 195:* and 510:*. */
  ck_assert_contains(all("linux.resources.devices"),
                     BASE_RULES " c 195:255 rw c 511:0 rw c 511:1 rw c 195:254 rw c 195:1 rw c "
                                "195:0 rw");
}
END_TEST

START_TEST(r5_one_amd_gpu) {
  make("amd-2", "resources: {gpu: {vendor: amd, count: 1}}");
  ck_assert_str_eq(all("process.env.ROCR_VISIBLE_DEVICES"), "ROCR_VISIBLE_DEVICES=0");
  ck_assert_str_eq(all("process.env.HIP_VISIBLE_DEVICES"), "HIP_VISIBLE_DEVICES=0");
  /* The nodes of the first GPU, by sysfs: card0 here is the board's own display. */
  ck_assert_str_eq(names("linux.devices."), "/dev/kfd /dev/dri/renderD129 /dev/dri/card2");
  ck_assert_contains(all("linux.resources.devices"), " c 234:0 rw c 226:129 rw c 226:2 rw");
}
END_TEST

START_TEST(r6_two_intel_gpus) {
  make("intel-2", "resources: {gpu: {vendor: intel, count: 2}}");
  ck_assert_str_eq(all("process.env.ZE_AFFINITY_MASK"), "ZE_AFFINITY_MASK=0,1");
  ck_assert_str_eq(names("linux.devices."), "/dev/dri/renderD129 /dev/dri/card2 "
                                            "/dev/dri/renderD128 /dev/dri/card1");
  ck_assert_contains(all("linux.resources.devices"),
                     " c 226:129 rw c 226:2 rw c 226:128 rw c 226:1 rw");
}
END_TEST

START_TEST(r7_an_unknown_vendor) {
  /* Not a DRM node and a rule for all GPUs: a slip must not end with somebody else's GPU. */
  refuse("amd-2", "resources: {gpu: {vendor: foo}}", "gpu.no-provider", "foo");
}
END_TEST

static const char two_devices[] =
    "cdiVersion: 0.6.0\nkind: nvidia.com/gpu\ndevices:\n"
    "- name: '0'\n  containerEdits: {env: [FROM=0], deviceNodes: [{path: /dev/nvidia0}]}\n"
    "- name: '1'\n  containerEdits: {env: [FROM=1], deviceNodes: [{path: /dev/nvidia1}]}\n";

/* Two CDI devices on the host nvidia-2. */
static void put_cdi(struct scratch_dir *dir) {
  const char *path = arena_printf(&arena, "%s/gpus.yaml", dir->path);
  ck_assert_ptr_nonnull(path);
  CLEANUP(file) FILE *file = fopen(path, "we");
  ck_assert_ptr_nonnull(file);
  ck_assert_int_ge(fputs(two_devices, file), 0);
  cdi_dir = dir->path;
}

START_TEST(r8_a_gpu_of_a_cdi_file) {
  CLEANUP(scratch_dir) struct scratch_dir dir = scratch_dir();
  put_cdi(&dir);
  make("nvidia-2", "resources: {gpu: {count: 1}}");
  ck_assert_str_eq(all("process.env."), PATH_AND_TERM " HOME=/ FROM=0");
  ck_assert_str_eq(names("linux.devices."), "/dev/nvidia0");
  /* A rule for that node, with CDI's own default access, and none beside it: the runtime denies
   * what has no rule, and 195:* would open the other GPU. */
  ck_assert_str_eq(all("linux.resources.devices[10]"), "c 195:0 rwm");
  ck_assert_str_eq(all("linux.resources.devices[11]"), "");
}
END_TEST

START_TEST(r9_more_than_the_cdi_file_has) {
  CLEANUP(scratch_dir) struct scratch_dir dir = scratch_dir();
  put_cdi(&dir);
  /* Not bare nodes without driver files, which fail inside the container. */
  refuse("nvidia-2", "resources: {gpu: {count: 3}}", "cdi.device-missing", "nvidia.com/gpu");
}
END_TEST

START_TEST(r10_mps_without_its_directories) {
  refuse("nvidia-2", "resources: {gpu: {sharing: mps}}", "gpu.sharing-unavailable", "nvidia-mps");
}
END_TEST

START_TEST(r11_a_time_slice) {
  make("nvidia-2", "resources: {gpu: {sharing: time-slice, time_slice_index: 2}}");
  ck_assert_str_eq(all("process.env.CUDA_VISIBLE_DEVICES"), "CUDA_VISIBLE_DEVICES=2");
  /* The first GPU in PCI order, by UUID; and the container has no third GPU, which is said. */
  ck_assert_contains(all("process.env.NVIDIA_VISIBLE_DEVICES"), "=GPU-");
  ck_assert_contains(names("linux.devices."), " /dev/nvidia1");
  ck_assert_contains(warnings, "2");
}
END_TEST

START_TEST(r12_distributed) {
  make("nvidia-2", "resources: {gpu: {distributed: {}}}");
  /* These are rank 0 of 1 because there is one replica, not always: see g25. */
  static const char *const expected[] = {"MASTER_PORT=29500", "MASTER_ADDR=w",
                                         "WORLD_SIZE=1",      "RANK=0",
                                         "LOCAL_RANK=0",      "NCCL_SOCKET_IFNAME=eth0"};
  for (size_t i = 0; i < ARRAY_LEN(expected); i++)
    ck_assert_contains(all("process.env."), expected[i]);
}
END_TEST

START_TEST(r13_cap_add) {
  make("empty", "cap_add: [NET_ADMIN]");
  /* The 14 and this one, not an empty set; and new privileges are another matter. */
  ck_assert_contains(all("process.capabilities.bounding"), "\"CAP_NET_ADMIN\"");
  ck_assert_contains(all("process.capabilities.bounding"), "\"CAP_CHOWN\"");
  ck_assert_str_eq(all("process.noNewPrivileges"), "true");
}
END_TEST

START_TEST(r14_a_device) {
  make("empty", "devices: [{path: /dev/kvm}]");
  /* The host's mode and group, not 0666 root:root. */
  ck_assert_str_eq(all("linux.devices./dev/kvm"), "c 10:232 0660 0:106");
  ck_assert_str_eq(all("linux.resources.devices[10]"), "c 10:232 rw");
}
END_TEST

START_TEST(r15_a_tmpfs) {
  make("empty", "storage: [{type: tmpfs, target: /t, size: 256Mi, mode: 1777}]");
  /* Bytes, as the kernel knows no Mi; and octal digits, not 3361. */
  ck_assert_str_eq(all("mounts./t"), "tmpfs tmpfs nosuid,nodev,size=268435456,mode=1777");
}
END_TEST

START_TEST(r16_users) {
  /* A name needs a rootfs to be looked up in: it never becomes root. */
  ck_assert_int_lt(render("empty", "user: nobody"), 0);
  error_clear(&err);
  ck_assert_int_lt(render("empty", "user: \"1000:staff\""), 0);
  error_clear(&err);
  make("empty", "user: 1000");
  ck_assert_str_eq(all("process.user.uid"), "1000");
  /* The group of its passwd entry, else 0; not the group of the same number. */
  ck_assert_str_eq(all("process.user.gid"), "0");
}
END_TEST

START_TEST(r17_args_alone) {
  make("empty", "command: {args: [a]}");
  ck_assert_str_eq(all("process.args"), "[\"a\"]");
}
END_TEST

START_TEST(r18_cgroup_parent) {
  make("empty", "cgroup_parent: /a/b/");
  ck_assert_str_eq(all("linux.cgroupsPath"), "/a/b/w-rep-1");
}
END_TEST

/* ---- process, environment, identity -------------------------------------------------------- */

START_TEST(p7_cgroups_are_read_only_and_in_a_namespace) {
  make("empty", "");
  ck_assert_str_eq(all("mounts./sys/fs/cgroup"), "cgroup cgroup nosuid,noexec,nodev,relatime,ro");
  ck_assert_str_eq(all("linux.namespaces.cgroup"), "cgroup");
}
END_TEST

START_TEST(p12_the_same_input_gives_the_same_bytes) {
  static const char keys[] = "env: {Z: 1, A: 2, M: 3}";
  CLEANUP(free) char *first = NULL;
  CLEANUP(free) char *second = NULL;
  size_t first_size, second_size;
  make("empty", keys);
  ck_assert_ok(oci_print(oci, &first, &first_size, &err), &err);
  make("empty", keys);
  ck_assert_ok(oci_print(oci, &second, &second_size, &err), &err);
  ck_assert_str_eq(first, second);
  ck_assert_str_eq(all("process.env."), PATH_AND_TERM " HOME=/ Z=1 A=2 M=3");
  ck_assert_str_eq(all("process.capabilities.bounding"), CAPS_14);
}
END_TEST

START_TEST(p13_names_of_variables_are_checked_and_there_once) {
  refuse("empty", "env: {'': x}", "service.invalid", "w.env");
  refuse("empty", "env: {'A=B': x}", "service.invalid", "w.env");
  make("empty", "env: {PATH: /p}");
  ck_assert_str_eq(all("process.env.PATH"), "PATH=/p");
}
END_TEST

START_TEST(p14_entrypoint_and_args) {
  make("empty", "command: {entrypoint: [e], args: [a]}");
  ck_assert_str_eq(all("process.args"), "[\"e\",\"a\"]");
}
END_TEST

START_TEST(p15_an_empty_program_and_a_relative_directory) {
  refuse("empty", "command: {entrypoint: []}", "service.invalid", "entrypoint");
  refuse("empty", "command: {entrypoint: ['']}", "service.invalid", "entrypoint");
  refuse("empty", "command: {workdir: w}", "service.invalid", "workdir");
}
END_TEST

START_TEST(p16_limits_are_those_asked_for) {
  make("empty", "ulimits: {nofile: {soft: -1}, core: {hard: 0}}");
  ck_assert_str_eq(all("process.rlimits"), "18446744073709551615:18446744073709551615 0:0");
  refuse("empty", "ulimits: {nofile: {soft: 2, hard: 1}}", "service.invalid", "ulimits.nofile");
  refuse("empty", "ulimits: {nofile: {soft: -2}}", "service.invalid", "ulimits.nofile");
  refuse("empty", "ulimits: {nofiles: {soft: 1}}", "service.unknown-key", "nofile");
}
END_TEST

START_TEST(p17_the_hostname_is_the_key_s_and_cut) {
  make("empty", "hostname: h");
  ck_assert_str_eq(all("hostname"), "h");
  const char *label = "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc";
  make("empty", arena_printf(&arena, "hostname: %s.d", label));
  ck_assert_str_eq(all("hostname"), label);
  ck_assert_contains(warnings, "hostname.cut");
}
END_TEST

START_TEST(p19_no_key_is_without_effect) {
  refuse("empty", "no_such_key: 1", "service.unknown-key", "no_such_key");
}
END_TEST

/* ---- mounts, storage, rootfs --------------------------------------------------------------- */

START_TEST(m1_sizes_of_tmpfs_are_bytes) {
  make("empty", "storage: [{type: tmpfs, target: /t, size: 1Gi}]");
  ck_assert_str_eq(all("mounts./t"), "tmpfs tmpfs nosuid,nodev,size=1073741824");
}
END_TEST

START_TEST(m2_modes_of_tmpfs_are_octal_digits) {
  static const char *const modes[] = {"1777", "\"1777\"", "01777", "0o1777"};
  for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
    make("empty", arena_printf(&arena, "storage: [{type: tmpfs, target: /t, mode: %s}]", modes[i]));
    ck_assert_str_eq(all("mounts./t"), "tmpfs tmpfs nosuid,nodev,mode=1777");
  }
  refuse("empty", "storage: [{type: tmpfs, target: /t, mode: 17777}]", "service.invalid", "mode");
}
END_TEST

START_TEST(m3_a_size_brings_no_options) {
  refuse("empty", "storage: [{type: tmpfs, target: /t, size: '1m,mode=777'}]", "service.invalid",
         "size");
}
END_TEST

START_TEST(m5_read_only_is_recursive_and_private) {
  make("empty", "storage: [{type: bind, source: /etc, target: /e, readonly: true}]");
  ck_assert_str_eq(all("mounts./e"), "bind /etc rbind,rprivate,rro");
}
END_TEST

START_TEST(m6_sources_and_targets_are_checked) {
  refuse("empty", "storage: [{type: bind, source: etc, target: /e}]", "service.invalid", "source");
  refuse("empty", "storage: [{type: bind, source: /none, target: /e}]", "storage.source", "/none");
  refuse("empty", "storage: [{type: tmpfs, target: /}]", "service.invalid", "target");
  refuse("empty", "storage: [{type: tmpfs, target: /a/../b}]", "service.invalid", "target");
  refuse("empty", "storage: [{type: tmpfs, target: /proc}]", "storage.target", "/proc");
  refuse("empty", "storage: [{type: tmpfs, target: /a}, {type: tmpfs, target: /a}]",
         "service.invalid", "/a");
  make("empty", "storage: [{type: tmpfs, target: /a/b}, {type: tmpfs, target: /a}]");
  ck_assert_contains(names("mounts."), "/a /dev/pts");
  ck_assert_contains(names("mounts."), "/a/b");
}
END_TEST

START_TEST(m9_root_path_is_that_of_the_option) {
  const struct render_options options = {.replica = 1, .rootfs = "/srv/rootfs"};
  ck_assert_ok(render_with("empty", "", &options), &err);
  ck_assert_str_eq(all("root.path"), "/srv/rootfs");
}
END_TEST

START_TEST(m11_names_of_services_are_labels) {
  static const char text[] = "version: v1\ndeployment: test\n"
                             "services: {../../x: {image: {name: app}}}\n";
  const struct service_file *file;
  ck_assert_int_lt(service_load(&arena, "s.yaml", text, strlen(text), &test_log, &file, &err), 0);
  ck_assert_error(&err, "service.invalid", "../../x");
}
END_TEST

START_TEST(m12_one_id_everywhere_with_role_and_node) {
  static const char groups[] =
      "replica_groups: [{role: primary, count: 1}, {role: read, count: 1}]";
  const struct render_options first = {.replica = 1, .role = "primary", .cgroup_parent = "/p"};
  ck_assert_ok(render_with("empty", groups, &first), &err);
  ck_assert_str_eq(all("hostname"), "w-primary-1-on-0");
  ck_assert_str_eq(all("linux.cgroupsPath"), "/p/w-primary-1-on-0");
  const struct render_options second = {
      .replica = 1, .role = "read", .node = 4, .cgroup_parent = "/p"};
  ck_assert_ok(render_with("empty", groups, &second), &err);
  ck_assert_str_eq(all("hostname"), "w-read-1-on-4");
  ck_assert_str_eq(all("linux.cgroupsPath"), "/p/w-read-1-on-4");
}
END_TEST

START_TEST(m13_shared_memory_has_a_size) {
  make("empty", "shm_size: 8Gi");
  ck_assert_contains(all("mounts./dev/shm"), "size=8589934592");
}
END_TEST

/* ---- cgroups, resources, devices ----------------------------------------------------------- */

START_TEST(c2_without_a_parent_the_runtime_decides) {
  make("empty", "");
  ck_assert_str_eq(all("linux.cgroupsPath"), "");
}
END_TEST

START_TEST(c4_systemd_has_its_own_form) {
  const struct render_options options = {.replica = 1, .systemd_cgroup = true};
  ck_assert_ok(render_with("empty", "cgroup_parent: gpu.slice", &options), &err);
  ck_assert_str_eq(all("linux.cgroupsPath"), "gpu.slice:davit:w-rep-1");
}
END_TEST

START_TEST(c5_a_parent_is_absolute_and_clean) {
  refuse("empty", "cgroup_parent: a/b", "service.invalid", "cgroup_parent");
  refuse("empty", "cgroup_parent: /a/../b", "service.invalid", "cgroup_parent");
}
END_TEST

START_TEST(c6_memory_does_not_wrap) {
  refuse("empty", "resources: {memory: 16777216Ti}", "service.invalid", "too large");
  refuse("empty", "resources: {memory: 8388608Ti}", "service.invalid", "too large");
  refuse("empty", "resources: {memory: -1}", "service.invalid", "memory");
}
END_TEST

START_TEST(c7_one_grammar_of_sizes_also_in_groups) {
  static const char *const texts[] = {"memory: 1M", "memory: 1000000", "memory: 1000K"};
  for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
    make("empty",
         arena_printf(&arena, "replica_groups: [{role: a, count: 1, resources: {%s}}]", texts[i]));
    ck_assert_str_eq(all("linux.resources.memory.limit"), "1000000");
  }
  refuse("empty", "replica_groups: [{role: a, count: 1, resources: {memory: 1.5Gi}}]",
         "service.invalid", "replica_groups[0].resources.memory");
}
END_TEST

START_TEST(c8_cpu_is_finite_and_rounded) {
  static const char *const wrong[] = {".nan", ".inf", "0", "-1", "0.001"};
  for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
    refuse("empty", arena_printf(&arena, "resources: {cpu: %s}", wrong[i]), "service.invalid",
           "resources.cpu");
  make("empty", "resources: {cpu: 0.29}");
  ck_assert_str_eq(all("linux.resources.cpu.quota"), "29000");
}
END_TEST

START_TEST(c9_a_device_with_no_access_is_an_error) {
  refuse("empty", "devices: [{path: /dev/kvm, read: false, write: false}]", "service.invalid",
         "devices[0]");
}
END_TEST

START_TEST(c10_a_missing_device_is_an_error) {
  refuse("empty", "devices: [{path: /dev/none}]", "device.missing", "/dev/none");
}
END_TEST

START_TEST(c11_a_directory_is_the_nodes_in_it) {
  make("empty", "devices: [{path: /dev/net}]");
  ck_assert_str_eq(names("linux.devices."), "/dev/net/tun");
  ck_assert_str_eq(all("linux.devices./dev/net/tun"), "c 10:200 0666 0:0");
  refuse("empty", "devices: [{path: /etc/hostname}]", "device.invalid", "/etc/hostname");
}
END_TEST

START_TEST(c12_nodes_keep_the_host_s_mode) {
  make("empty", "devices: [{path: /dev/sda}]");
  ck_assert_contains(all("linux.devices./dev/sda"), "b 8:0 0660");
}
END_TEST

START_TEST(c13_a_device_given_twice_is_there_once) {
  make("nvidia-2", "resources: {gpu: {devices: ['0']}}\n    devices: [{path: /dev/nvidiactl}]");
  ck_assert_str_eq(names("linux.devices./dev/nvidiac"), "tl");
}
END_TEST

START_TEST(c14_privileged_brings_no_gpu_that_is_not_asked_for) {
  make("nvidia-2", "privileged: true");
  ck_assert_str_eq(names("linux.devices."), "");
}
END_TEST

START_TEST(g25_each_replica_has_its_rank) {
  static const char keys[] =
      "resources: {gpu: {distributed: {}}}\n"
      "    replica_groups: [{role: chief, count: 1}, {role: worker, count: 2}]";
  const struct render_options options = {.replica = 2, .role = "worker"};
  ck_assert_ok(render_with("nvidia-2", keys, &options), &err);
  ck_assert_str_eq(all("process.env.RANK"), "RANK=2");
  ck_assert_str_eq(all("process.env.WORLD_SIZE"), "WORLD_SIZE=3");
}
END_TEST

int main(void) {
  const TTest *const tests[] = {
      r1_nothing_but_an_image,
      r2_privileged,
      r3_cpu_and_memory,
      r4_two_nvidia_gpus,
      r5_one_amd_gpu,
      r6_two_intel_gpus,
      r7_an_unknown_vendor,
      r8_a_gpu_of_a_cdi_file,
      r9_more_than_the_cdi_file_has,
      r10_mps_without_its_directories,
      r11_a_time_slice,
      r12_distributed,
      r13_cap_add,
      r14_a_device,
      r15_a_tmpfs,
      r16_users,
      r17_args_alone,
      r18_cgroup_parent,
      p7_cgroups_are_read_only_and_in_a_namespace,
      p12_the_same_input_gives_the_same_bytes,
      p13_names_of_variables_are_checked_and_there_once,
      p14_entrypoint_and_args,
      p15_an_empty_program_and_a_relative_directory,
      p16_limits_are_those_asked_for,
      p17_the_hostname_is_the_key_s_and_cut,
      p19_no_key_is_without_effect,
      m1_sizes_of_tmpfs_are_bytes,
      m2_modes_of_tmpfs_are_octal_digits,
      m3_a_size_brings_no_options,
      m5_read_only_is_recursive_and_private,
      m6_sources_and_targets_are_checked,
      m9_root_path_is_that_of_the_option,
      m11_names_of_services_are_labels,
      m12_one_id_everywhere_with_role_and_node,
      m13_shared_memory_has_a_size,
      c2_without_a_parent_the_runtime_decides,
      c4_systemd_has_its_own_form,
      c5_a_parent_is_absolute_and_clean,
      c6_memory_does_not_wrap,
      c7_one_grammar_of_sizes_also_in_groups,
      c8_cpu_is_finite_and_rounded,
      c9_a_device_with_no_access_is_an_error,
      c10_a_missing_device_is_an_error,
      c11_a_directory_is_the_nodes_in_it,
      c12_nodes_keep_the_host_s_mode,
      c13_a_device_given_twice_is_there_once,
      c14_privileged_brings_no_gpu_that_is_not_asked_for,
      g25_each_replica_has_its_rank,
  };
  Suite *suite = suite_create("differences");
  TCase *all_tests = tcase_create("differences");
  tcase_add_checked_fixture(all_tests, setup, teardown);
  for (size_t i = 0; i < ARRAY_LEN(tests); i++)
    tcase_add_test(all_tests, tests[i]);
  suite_add_tcase(suite, all_tests);
  return run_suite(suite);
}
