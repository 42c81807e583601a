/* SPDX-License-Identifier: Apache-2.0 */
/* The mounts that every container has. */
#include "pipeline/stages.h"

#include <inttypes.h>

enum {
  TTY_GROUP = 5 /* of every distribution; mount(2) takes mapped groups only */
};

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* /proc shows a pid namespace, /sys a network namespace, and only who owns that one can mount them.
 * A user owns those that are made with his container; of the host's he gets the host's mount
 * instead.
 */
static bool is_others(const struct context *context, const char *type, const char *path) {
  return context->rootless && (path || !oci_has_namespace(context->oci, type));
}

static struct oci_mount proc_mount(const struct context *context) {
  static const char *const own[] = {"nosuid", "noexec", "nodev", NULL};
  static const char *const host[] = {"rbind", "rprivate", "nosuid", "noexec", "nodev", NULL};
  if (is_others(context, "pid", context->options->pid))
    return (struct oci_mount){"/proc", "bind", "/proc", host};
  return (struct oci_mount){"/proc", "proc", "proc", own};
}

static struct oci_mount sys_mount(const struct context *context) {
  static const char *const own[] = {"nosuid", "noexec", "nodev", "ro", NULL};
  static const char *const own_writable[] = {"nosuid", "noexec", "nodev", NULL};
  static const char *const host[] = {"rbind", "rprivate", "nosuid", "noexec", "nodev", "ro", NULL};
  bool writable = context->service->privileged;
  if (is_others(context, "network", context->options->network))
    return (struct oci_mount){"/sys", "bind", "/sys", host};
  return (struct oci_mount){"/sys", "sysfs", "sysfs", writable ? own_writable : own};
}

int stage_mounts(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  struct oci_source privileged =
      service->privileged ? from_service(context, &service->privileged_at) : from_default;
  struct oci_source shm_size =
      service->has_shm_size ? from_service(context, &service->shm_size_at) : from_default;
  const char *shm_bytes = service->has_shm_size
                              ? arena_printf(context->arena, "size=%" PRIu64, service->shm_size)
                              : "size=65536k";
  uint32_t host_tty;
  const char *tty_group =
      oci_id_on_host(context->oci, OCI_GIDS, TTY_GROUP, &host_tty) ? "gid=5" : NULL;
  if (!shm_bytes)
    return error_memory(err);

  const struct {
    struct oci_mount mount;
    const struct oci_source *source;
  } table[] = {
      {proc_mount(context), &from_default},
      {{"/dev", "tmpfs", "tmpfs", OPTIONS("nosuid", "strictatime", "mode=755", "size=65536k")},
       &from_default},
      {{"/dev/pts", "devpts", "devpts",
        OPTIONS("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", tty_group)},
       &from_default},
      {{"/dev/shm", "tmpfs", "shm", OPTIONS("nosuid", "noexec", "nodev", "mode=1777", shm_bytes)},
       &shm_size},
      {{"/dev/mqueue", "mqueue", "mqueue", OPTIONS("nosuid", "noexec", "nodev")}, &from_default},
      {sys_mount(context), &privileged},
      /* Type cgroup, read-only: a runtime mounts the container's own part of either version of
       * the hierarchy, and nothing else. */
      {{"/sys/fs/cgroup", "cgroup", "cgroup",
        OPTIONS("nosuid", "noexec", "nodev", "relatime", "ro")},
       &from_default},
  };
  for (size_t i = 0; i < ARRAY_LEN(table); i++) {
    int answer = oci_add_mount(context->oci, &table[i].mount, table[i].source, err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}

int stage_order(struct context *context, struct davit_error *err) {
  return oci_sort_mounts(context->oci, err);
}
