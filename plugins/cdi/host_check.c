/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/host_check.h"

#include "cdi/on_host.h"
#include "util/arena.h"

struct check {
  const struct davit_files *files;
  struct arena *arena; /* for texts of messages */
  struct davit_error *missing, *odd;
};

static const char hint[] =
    "write the file anew with the tool that made it, once the driver is there";

static void add(struct davit_error *err, const struct doc_node *at, const char *what,
                const char *path, const char *fault) {
  (void)doc_fail(err, at, DAVIT_E_NOT_FOUND, "cdi.file-stale", hint, "%s %s %s", what, path, fault);
}

static void check_path(const struct check *check, const struct doc_node *at, const char *what,
                       const char *path, const char *name) {
  const char *fault = path_fault(check->files, path);
  if (fault)
    add(check->missing, at, what, name, fault);
}

static void check_numbers(const struct check *check, const struct cdi_node *node,
                          const char *path) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  if (!node_has_numbers(node) || check->files->stat_path(check->files, path, 0, &st) < 0 ||
      st.type == DAVIT_FILE_FIFO ||
      (node->major.value == st.major && node->minor.value == st.minor))
    return;
  (void)doc_fail(check->odd, node->at, DAVIT_E_INVALID, "cdi.file-stale", hint,
                 "the device node %s is %u:%u on this host, not %lld:%lld", path, st.major,
                 st.minor, (long long)node->major.value, (long long)node->minor.value);
}

static void check_node(const struct check *check, const struct cdi_node *node) {
  const char *path = node->host_path ? node->host_path : node->path;
  const struct host_fault fault = node_fault(check->arena, check->files, node, path);
  if (fault.text)
    add(fault.stops ? check->missing : check->odd, node->at, "the device node", path, fault.text);
  else
    check_numbers(check, node, path);
}

static void check_mount(const struct check *check, const struct cdi_mount *mount) {
  if (mount_is_bind(mount))
    check_path(check, mount->at, "the mount source", mount->host_path, mount->host_path);
}

static void check_hook(const struct check *check, const struct cdi_hook *hook) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  check_path(check, hook->at, "the hook", hook->path, hook->path);
  if (check->files->stat_path(check->files, hook->path, 0, &st) == DAVIT_OK &&
      (st.type != DAVIT_FILE_REGULAR || !(st.mode & 0111)))
    add(check->missing, hook->at, "the hook", hook->path, "is not a program");
}

static void check_net_device(const struct check *check, const struct cdi_net_device *device) {
  const char *path = arena_printf(check->arena, "/sys/class/net/%s", device->host_name);
  if (path)
    check_path(check, device->at, "the network interface", path, device->host_name);
}

static void check_edits(const struct check *check, const struct cdi_edits *edits) {
  for (size_t i = 0; i < edits->nodes.count; i++)
    check_node(check, edits->nodes.items[i]);
  for (size_t i = 0; i < edits->mounts.count; i++)
    check_mount(check, edits->mounts.items[i]);
  for (size_t i = 0; i < edits->hooks.count; i++)
    check_hook(check, edits->hooks.items[i]);
  for (size_t i = 0; i < edits->net_devices.count; i++)
    check_net_device(check, edits->net_devices.items[i]);
}

void host_check(const struct davit_files *files, const struct cdi_spec *spec,
                struct davit_error *missing, struct davit_error *odd) {
  CLEANUP(arena) struct arena arena = {0};
  const struct check check = {files, &arena, missing, odd};
  check_edits(&check, &spec->edits);
  for (size_t i = 0; i < spec->devices.count; i++)
    check_edits(&check, &((const struct cdi_device *)spec->devices.items[i])->edits);
}
