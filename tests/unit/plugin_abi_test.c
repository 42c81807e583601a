/* SPDX-License-Identifier: Apache-2.0 */
/* ABI 1.0 as it was released. Plugins of that day are out there: a line here never changes, new
 * members and values only add lines. */
#include <stdio.h>

#include "testing.h"

#include "davit/plugin.h"

#define SIZE(type, bytes) \
  { #type, NULL, sizeof(struct type), bytes }
#define AT(type, member, offset) \
  { #type, #member, offsetof(struct type, member), offset }
#define IS(constant, value) \
  { #constant, (long long)(constant), value }

static const struct {
  const char *type, *member; /* member NULL: the size of the whole */
  size_t is, was;
} layout[] = {
    SIZE(davit_stat, 56),
    AT(davit_stat, struct_size, 0),
    AT(davit_stat, type, 4),
    AT(davit_stat, mode, 8),
    AT(davit_stat, uid, 12),
    AT(davit_stat, gid, 16),
    AT(davit_stat, major, 20),
    AT(davit_stat, minor, 24),
    AT(davit_stat, reserved0, 28),
    AT(davit_stat, size, 32),
    AT(davit_stat, inode, 40),
    AT(davit_stat, mtime_ns, 48),
    SIZE(davit_files, 56),
    AT(davit_files, struct_size, 0),
    AT(davit_files, reserved0, 4),
    AT(davit_files, read_file, 8),
    AT(davit_files, list_dir, 16),
    AT(davit_files, stat_path, 24),
    AT(davit_files, read_link, 32),
    AT(davit_files, real_path, 40),
    AT(davit_files, subtree, 48),
    AT(davit_files, read_head, 56), /* 1.1 */
    SIZE(davit_place, 32),
    AT(davit_place, struct_size, 0),
    AT(davit_place, line, 4),
    AT(davit_place, column, 8),
    AT(davit_place, reserved0, 12),
    AT(davit_place, file, 16),
    AT(davit_place, key, 24),
    SIZE(davit_host, 88),
    AT(davit_host, struct_size, 0),
    AT(davit_host, abi_major, 4),
    AT(davit_host, abi_minor, 6),
    AT(davit_host, davit_version, 8),
    AT(davit_host, files, 16),
    AT(davit_host, caller_files, 24),
    AT(davit_host, option, 32),
    AT(davit_host, kernel_module, 40),
    AT(davit_host, scratch, 48),
    AT(davit_host, format, 56),
    AT(davit_host, log, 64),
    AT(davit_host, fail, 72),
    AT(davit_host, fail_at, 80),
    SIZE(davit_device, 144),
    AT(davit_device, struct_size, 0),
    AT(davit_device, flags, 4),
    AT(davit_device, index, 8),
    AT(davit_device, numa_node, 12),
    AT(davit_device, memory, 16),
    AT(davit_device, id, 24),
    AT(davit_device, kind, 32),
    AT(davit_device, vendor, 40),
    AT(davit_device, aliases, 48),
    AT(davit_device, uuid, 56),
    AT(davit_device, pci_address, 64),
    AT(davit_device, model, 72),
    AT(davit_device, driver, 80),
    AT(davit_device, driver_version, 88),
    AT(davit_device, nodes, 96),
    AT(davit_device, parent, 104),
    AT(davit_device, profile, 112),
    AT(davit_device, unusable, 120),
    AT(davit_device, file, 128),
    AT(davit_device, line, 136),
    AT(davit_device, reserved0, 140),
    SIZE(davit_devices, 24),
    AT(davit_devices, struct_size, 0),
    AT(davit_devices, reserved0, 4),
    AT(davit_devices, add, 8),
    AT(davit_devices, absent, 16),
    SIZE(davit_query, 32),
    AT(davit_query, struct_size, 0),
    AT(davit_query, flags, 4),
    AT(davit_query, vendor, 8),
    AT(davit_query, kinds, 16),
    AT(davit_query, names, 24),
    SIZE(davit_container, 64),
    AT(davit_container, struct_size, 0),
    AT(davit_container, flags, 4),
    AT(davit_container, capabilities, 8),
    AT(davit_container, uid, 16),
    AT(davit_container, gid, 20),
    AT(davit_container, host_uid, 24),
    AT(davit_container, host_gid, 28),
    AT(davit_container, id, 32),
    AT(davit_container, runtime, 40),
    AT(davit_container, rootfs, 48),
    AT(davit_container, env, 56),
    SIZE(davit_request, 32),
    AT(davit_request, struct_size, 0),
    AT(davit_request, flags, 4),
    AT(davit_request, devices, 8),
    AT(davit_request, container, 16),
    AT(davit_request, sharing, 24),
    SIZE(davit_device_node, 64),
    AT(davit_device_node, struct_size, 0),
    AT(davit_device_node, flags, 4),
    AT(davit_device_node, path, 8),
    AT(davit_device_node, host_path, 16),
    AT(davit_device_node, access, 24),
    AT(davit_device_node, type, 32),
    AT(davit_device_node, mode, 36),
    AT(davit_device_node, major, 40),
    AT(davit_device_node, minor, 48),
    AT(davit_device_node, uid, 56),
    AT(davit_device_node, gid, 60),
    SIZE(davit_mount, 40),
    AT(davit_mount, struct_size, 0),
    AT(davit_mount, flags, 4),
    AT(davit_mount, host_path, 8),
    AT(davit_mount, container_path, 16),
    AT(davit_mount, type, 24),
    AT(davit_mount, options, 32),
    SIZE(davit_hook, 48),
    AT(davit_hook, struct_size, 0),
    AT(davit_hook, flags, 4),
    AT(davit_hook, name, 8),
    AT(davit_hook, path, 16),
    AT(davit_hook, args, 24),
    AT(davit_hook, env, 32),
    AT(davit_hook, timeout, 40),
    SIZE(davit_file, 32),
    AT(davit_file, struct_size, 0),
    AT(davit_file, flags, 4),
    AT(davit_file, path, 8),
    AT(davit_file, content, 16),
    AT(davit_file, size, 24),
    SIZE(davit_edits, 64),
    AT(davit_edits, struct_size, 0),
    AT(davit_edits, reserved0, 4),
    AT(davit_edits, source, 8),
    AT(davit_edits, add_device_node, 16),
    AT(davit_edits, add_mount, 24),
    AT(davit_edits, add_hook, 32),
    AT(davit_edits, add_gid, 40),
    AT(davit_edits, set, 48),
    AT(davit_edits, add_file, 56),
    SIZE(davit_finding, 48),
    AT(davit_finding, struct_size, 0),
    AT(davit_finding, severity, 4),
    AT(davit_finding, code, 8),
    AT(davit_finding, subject, 16),
    AT(davit_finding, text, 24),
    AT(davit_finding, remedy, 32),
    AT(davit_finding, why, 40),
    SIZE(davit_findings, 16),
    AT(davit_findings, struct_size, 0),
    AT(davit_findings, reserved0, 4),
    AT(davit_findings, add, 8),
    SIZE(davit_option, 40),
    AT(davit_option, struct_size, 0),
    AT(davit_option, flags, 4),
    AT(davit_option, key, 8),
    AT(davit_option, values, 16),
    AT(davit_option, preset, 24),
    AT(davit_option, help, 32),
    SIZE(davit_plugin, 136),
    AT(davit_plugin, magic, 0),
    AT(davit_plugin, struct_size, 4),
    AT(davit_plugin, abi_major, 8),
    AT(davit_plugin, abi_minor, 10),
    AT(davit_plugin, reserved0, 12),
    AT(davit_plugin, name, 16),
    AT(davit_plugin, version, 24),
    AT(davit_plugin, description, 32),
    AT(davit_plugin, license, 40),
    AT(davit_plugin, vendors, 48),
    AT(davit_plugin, kinds, 56),
    AT(davit_plugin, sharing, 64),
    AT(davit_plugin, options, 72),
    AT(davit_plugin, rank, 80),
    AT(davit_plugin, flags, 84),
    AT(davit_plugin, open, 88),
    AT(davit_plugin, close, 96),
    AT(davit_plugin, enumerate, 104),
    AT(davit_plugin, inject, 112),
    AT(davit_plugin, share, 120),
    AT(davit_plugin, diagnose, 128),
};

static const struct {
  const char *name;
  long long is, was;
} constants[] = {
    IS(DAVIT_ABI_MAGIC, 0x54564144ll),
    IS(DAVIT_ABI_MAJOR, 1),
    IS(DAVIT_FLAGS_CRITICAL, 0xffff0000ll),
    IS(DAVIT_STAT_NOFOLLOW, 1),
    IS(DAVIT_DEVICE_INDEX, 1),
    IS(DAVIT_DEVICE_NUMA, 2),
    IS(DAVIT_DEVICE_GROUP, 4),
    IS(DAVIT_DEVICE_ALIAS, 8),
    IS(DAVIT_CT_USER_NS, 1),
    IS(DAVIT_CT_ROOTLESS, 2),
    IS(DAVIT_CT_HOST_NET, 4),
    IS(DAVIT_CT_HOST_IPC, 8),
    IS(DAVIT_CT_HOST_PID, 16),
    IS(DAVIT_CT_READONLY_ROOTFS, 32),
    IS(DAVIT_CT_SYSTEMD_CGROUP, 64),
    IS(DAVIT_CT_HOOKS, 128),
    IS(DAVIT_CT_FILES, 256),
    IS(DAVIT_REQUEST_GENERATE, 1),
    IS(DAVIT_NODE_TYPE, 1),
    IS(DAVIT_NODE_NUMBERS, 2),
    IS(DAVIT_NODE_MODE, 4),
    IS(DAVIT_NODE_UID, 8),
    IS(DAVIT_NODE_GID, 16),
    IS(DAVIT_NODE_NO_GROUP, 32),
    IS(DAVIT_NODE_RULE_ONLY, 64),
    IS(DAVIT_HOOK_TIMEOUT, 1),
    IS(DAVIT_SET_DEFAULT, 1),
    IS(DAVIT_SET_PREPEND, 2),
    IS(DAVIT_OPTION_REPEATS, 1),
    IS(DAVIT_OPTION_ADMIN, 2),
    IS(DAVIT_RANK_GENERIC, 100),
    IS(DAVIT_RANK_VENDOR, 200),
    IS(DAVIT_RANK_CDI, 300),
    IS(DAVIT_OK, 0),
    IS(DAVIT_E_FAILED, -1),
    IS(DAVIT_E_NOT_FOUND, -2),
    IS(DAVIT_E_INVALID, -3),
    IS(DAVIT_E_UNSUPPORTED, -4),
    IS(DAVIT_E_DENIED, -5),
    IS(DAVIT_E_BUSY, -6),
    IS(DAVIT_E_MEMORY, -7),
    IS(DAVIT_FILE_OTHER, 0),
    IS(DAVIT_FILE_REGULAR, 1),
    IS(DAVIT_FILE_DIR, 2),
    IS(DAVIT_FILE_LINK, 3),
    IS(DAVIT_FILE_CHAR, 4),
    IS(DAVIT_FILE_BLOCK, 5),
    IS(DAVIT_FILE_FIFO, 6),
    IS(DAVIT_FILE_SOCKET, 7),
    IS(DAVIT_LOG_DEBUG, 0),
    IS(DAVIT_LOG_INFO, 1),
    IS(DAVIT_LOG_WARNING, 2),
    IS(DAVIT_KMOD_UNKNOWN, 0),
    IS(DAVIT_KMOD_LOADABLE, 1),
    IS(DAVIT_KMOD_BLACKLISTED, 2),
    IS(DAVIT_KMOD_BUILTIN, 3),
    IS(DAVIT_KMOD_LIVE, 4),
    IS(DAVIT_KMOD_CHANGING, 5),
    IS(DAVIT_SET_ENV, 0),
    IS(DAVIT_SET_ANNOTATION, 1),
    IS(DAVIT_SET_RLIMIT, 2),
    IS(DAVIT_SET_UNIFIED, 3),
    IS(DAVIT_SET_NET_DEVICE, 4),
    IS(DAVIT_SET_INTEL_RDT, 5),
    IS(DAVIT_SEV_OK, 0),
    IS(DAVIT_SEV_NOTE, 1),
    IS(DAVIT_SEV_WARNING, 2),
    IS(DAVIT_SEV_ERROR, 3),
};

/* LP64, where all plugins of that day are. */
START_TEST(nothing_moved) {
  if (sizeof(void *) != 8) {
    printf("skipped: the offsets are those of 64-bit machines\n");
    return;
  }
  for (size_t i = 0; i < ARRAY_LEN(layout); i++)
    ck_assert_msg(layout[i].member ? layout[i].is == layout[i].was : layout[i].is >= layout[i].was,
                  "%s %s: was %zu, is %zu", layout[i].type,
                  layout[i].member ? layout[i].member : "(size)", layout[i].was, layout[i].is);
}
END_TEST

START_TEST(no_value_changed) {
  for (size_t i = 0; i < ARRAY_LEN(constants); i++)
    ck_assert_msg(constants[i].is == constants[i].was, "%s: was %lld, is %lld", constants[i].name,
                  constants[i].was, constants[i].is);
  ck_assert_str_eq(DAVIT_PLUGIN_SYMBOL, "davit_plugin_entry");
}
END_TEST

/* What the header promises to plugins about growth. */
START_TEST(has_knows_what_a_shorter_struct_has) {
  static int dummy;
  struct davit_finding finding = {DAVIT_SIZED(struct davit_finding), .remedy = (char *)&dummy};
  ck_assert(DAVIT_HAS(&finding, remedy));
  ck_assert(!DAVIT_HAS(&finding, text)); /* there, but NULL */
  finding.struct_size = offsetof(struct davit_finding, remedy);
  ck_assert(!DAVIT_HAS(&finding, remedy));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin/abi");
  TCase *cases = tcase_create("abi");
  tcase_add_test(cases, nothing_moved);
  tcase_add_test(cases, no_value_changed);
  tcase_add_test(cases, has_knows_what_a_shorter_struct_has);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
