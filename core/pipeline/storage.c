/* SPDX-License-Identifier: Apache-2.0 */
/* What the service mounts: directories and files of the host, and tmpfs. */
#include "pipeline/stages.h"

#include <inttypes.h>
#include <string.h>

#include "util/list.h"

/* The read-only form: recursive where there can be mounts below, plain where crun would refuse the
 * recursive one. */
static const char *readonly_option(const struct davit_stat *source) {
  return source->type == DAVIT_FILE_DIR ? "rro" : "ro";
}

static int add_bind(struct context *context, const struct service_storage *storage,
                    const struct oci_source *source, struct davit_error *err) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  CLEANUP(error) struct davit_error missing = {0};
  int answer = host_stat(context->host, storage->source, 0, &st, &missing);
  if (answer == DAVIT_E_NOT_FOUND) {
    struct where at = at_service(context, &storage->source_at);
    return error_add_at(err, answer, "storage.source", &at,
                        "make it before the bundle; davit makes nothing on the host",
                        "\"%s\" is not on this host", storage->source);
  }
  if (answer < 0) {
    error_take(err, &missing);
    return answer;
  }
  const char *const options[] = {"rbind", "rprivate",
                                 storage->readonly ? readonly_option(&st) : "rw", NULL};
  const struct oci_mount mount = {storage->target, "bind", storage->source, options};
  return oci_add_mount(context->oci, &mount, source, err);
}

static int add_tmpfs(struct context *context, const struct service_storage *storage,
                     const struct oci_source *source, struct davit_error *err) {
  struct list options = {0};
  bool ok =
      list_push(context->arena, &options, "nosuid") && list_push(context->arena, &options, "nodev");
  if (ok && storage->has_size) {
    const char *size = arena_printf(context->arena, "size=%" PRIu64, storage->size);
    ok = size && list_push(context->arena, &options, size);
  }
  if (ok && storage->has_mode) {
    const char *mode = arena_printf(context->arena, "mode=%04o", storage->mode);
    ok = mode && list_push(context->arena, &options, mode);
  }
  if (!ok)
    return error_memory(err);
  const struct oci_mount mount = {storage->target, "tmpfs", "tmpfs", list_strings(&options)};
  return oci_add_mount(context->oci, &mount, source, err);
}

/* A service may put something of its own on /dev/shm or /dev/mqueue; the others are the container's
 * skeleton. */
static int check_target(struct context *context, const struct service_storage *storage,
                        struct davit_error *err) {
  static const char *const skeleton[] = {"/proc", "/dev",           "/dev/pts",
                                         "/sys",  "/sys/fs/cgroup", NULL};
  struct where at = at_service(context, &storage->target_at);
  if (strings_contain(skeleton, storage->target))
    return error_add_at(err, DAVIT_E_INVALID, "storage.target", &at, "mount it elsewhere",
                        "\"%s\" is mounted in every container", storage->target);
  if (strcmp(storage->target, "/dev/shm") == 0 && context->service->has_shm_size)
    return error_add_at(err, DAVIT_E_INVALID, "storage.target", &at,
                        "leave out shm_size or this mount", "/dev/shm has a shm_size too");
  return DAVIT_OK;
}

int stage_storage(struct context *context, struct davit_error *err) {
  for (size_t i = 0; i < context->service->storage_count; i++) {
    const struct service_storage *storage = &context->service->storage[i];
    struct oci_source source = from_service(context, &storage->at);
    int answer = check_target(context, storage, err);
    if (answer == DAVIT_OK)
      answer = storage->type == SERVICE_BIND ? add_bind(context, storage, &source, err)
                                             : add_tmpfs(context, storage, &source, err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}
