/* SPDX-License-Identifier: Apache-2.0 */
/* File systems that belong to a namespace are the host's where the namespace is: they take the
 * place of the container's own. */
#include "pipeline/stages.h"

static bool is_on_host(struct context *context, const char *path) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  CLEANUP(error) struct davit_error missing = {0};
  return host_stat(context->host, path, 0, &st, &missing) == DAVIT_OK;
}

static int bind_from_host(struct context *context, const char *path, const struct service_at *key,
                          struct davit_error *err) {
  static const char *const options[] = {"rbind", "rprivate", "nosuid", "noexec", "nodev", NULL};
  struct where at = at_service(context, key);
  struct oci_source source = from_service(context, key);
  if (!is_on_host(context, path))
    return error_add_at(err, DAVIT_E_NOT_FOUND, "storage.source", &at, "mount it on the host",
                        "\"%s\" is not on this host", path);
  const struct oci_mount mount = {path, "bind", path, options};
  return oci_add_mount(context->oci, &mount, &source, err);
}

/* A mount of message queues shows those of the namespace, so that it serves where the host has
 * none; but only root can mount those of the host's namespace. */
static int share_ipc(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  struct where at = at_service(context, &service->shm_size_at);
  if (service->has_shm_size)
    return error_add_at(err, DAVIT_E_INVALID, "namespace.conflict", &at, "leave out one of the two",
                        "shm_size is given, but with ipc_mode host /dev/shm is the host's");
  int answer = bind_from_host(context, "/dev/shm", &service->ipc.at, err);
  if (answer == DAVIT_OK && (context->rootless || is_on_host(context, "/dev/mqueue")))
    answer = bind_from_host(context, "/dev/mqueue", &service->ipc.at, err);
  return answer;
}

int stage_host_mounts(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  int answer = DAVIT_OK;
  if (service->ipc.mode == SERVICE_NAMESPACE_HOST)
    answer = share_ipc(context, err);
  /* So it is with /proc, which root can mount again. */
  if (answer == DAVIT_OK && context->rootless && service->pid.mode == SERVICE_NAMESPACE_HOST)
    answer = bind_from_host(context, "/proc", &service->pid.at, err);
  return answer;
}
