/* SPDX-License-Identifier: Apache-2.0 */
/* The mounts that every container has. */
#include "pipeline/stages.h"

#include <inttypes.h>

enum {
  TTY_GROUP = 5 /* of every distribution; mount(2) takes mapped groups only */
};

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* /sys can be mounted by who owns the network namespace that it shows. A user does not own the
 * host's, and gets the host's mount instead. */
static struct oci_mount sys_mount(const struct context *context) {
  static const char *const own[] = {"nosuid", "noexec", "nodev", "ro", NULL};
  static const char *const own_writable[] = {"nosuid", "noexec", "nodev", NULL};
  static const char *const host[] = {"rbind", "rprivate", "nosuid", "noexec", "nodev", "ro", NULL};
  bool writable = context->service->privileged;
  if (context->rootless && !oci_has_namespace(context->oci, "network"))
    return (struct oci_mount){"/sys", "bind", "/sys", host};
  return (struct oci_mount){"/sys", "sysfs", "sysfs", writable ? own_writable : own};
}

static bool is_on_host(struct context *context, const char *path) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  CLEANUP(error) struct davit_error missing = {0};
  return host_stat(context->host, path, 0, &st, &missing) == DAVIT_OK;
}

static int bind_from_host(struct context *context, const char *path, struct davit_error *err) {
  struct where at = at_service(context, &context->service->ipc.at);
  if (!is_on_host(context, path))
    return error_add_at(err, DAVIT_E_NOT_FOUND, "storage.source", &at, "mount it on the host",
                        "\"%s\" is not on this host", path);
  const struct oci_mount mount = {path, "bind", path,
                                  OPTIONS("rbind", "rprivate", "nosuid", "noexec", "nodev")};
  struct oci_source source = from_service(context, &context->service->ipc.at);
  return oci_add_mount(context->oci, &mount, &source, err);
}

/* With the host's IPC namespace its shared memory and message queues are the container's too. A
 * mount of the queues shows those of the namespace, so that it serves where the host has none;
 * but only root can mount those of the host's namespace. */
static int share_host_ipc(struct context *context, struct davit_error *err) {
  static const char memory[] = "/dev/shm", queues[] = "/dev/mqueue";
  const struct service *service = context->service;
  struct where at = at_service(context, &service->shm_size_at);
  if (service->has_shm_size)
    return error_add_at(err, DAVIT_E_INVALID, "namespace.conflict", &at, "leave out one of the two",
                        "shm_size is given, but with ipc_mode host /dev/shm is the host's");
  int answer = bind_from_host(context, memory, err);
  if (answer == DAVIT_OK && (context->rootless || is_on_host(context, queues)))
    answer = bind_from_host(context, queues, err);
  return answer;
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
      {{"/proc", "proc", "proc", OPTIONS("nosuid", "noexec", "nodev")}, &from_default},
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
  return service->ipc.mode == SERVICE_NAMESPACE_HOST ? share_host_ipc(context, err) : DAVIT_OK;
}

int stage_order(struct context *context, struct davit_error *err) {
  return oci_sort_mounts(context->oci, err);
}
