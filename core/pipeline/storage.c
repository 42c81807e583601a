/* SPDX-License-Identifier: Apache-2.0 */
/* What the service mounts: directories and files of the host, volumes, and tmpfs. */
#include "pipeline/stages.h"

#include <inttypes.h>
#include <string.h>

#include "pipeline/volumes.h"
#include "util/list.h"
#include "util/map.h"

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

static int add_volume(struct context *context, const struct service_storage *storage,
                      const struct oci_source *source, struct davit_error *err) {
  const char *directory;
  int answer = volume_directory(context, storage, &directory, err);
  if (answer < 0)
    return answer;
  const char *const options[] = {"rbind", "rprivate", storage->readonly ? "rro" : "rw", NULL};
  const struct oci_mount mount = {storage->target, "bind", directory, options};
  return oci_add_mount(context->oci, &mount, source, err);
}

/* A service may put something of its own on /dev/shm or /dev/mqueue; the others are the container's
 * skeleton. */
int check_mount_target(const char *target, const struct where *at, struct davit_error *err) {
  static const char *const skeleton[] = {"/proc", "/dev",           "/dev/pts",
                                         "/sys",  "/sys/fs/cgroup", NULL};
  if (!strings_contain(skeleton, target))
    return DAVIT_OK;
  return error_add_at(err, DAVIT_E_INVALID, "storage.target", at, "mount it elsewhere",
                      "\"%s\" is mounted in every container", target);
}

static int check_target(struct context *context, const struct service_storage *storage,
                        struct davit_error *err) {
  struct where at = at_service(context, &storage->target_at);
  int answer = check_mount_target(storage->target, &at, err);
  if (answer < 0)
    return answer;
  if (strcmp(storage->target, "/dev/shm") == 0 && context->service->has_shm_size)
    return error_add_at(err, DAVIT_E_INVALID, "storage.target", &at,
                        "leave out shm_size or this mount", "/dev/shm has a shm_size too");
  return DAVIT_OK;
}

static int add_storage(struct context *context, const struct service_storage *storage,
                       struct davit_error *err) {
  struct oci_source source = from_service(context, &storage->at);
  switch (storage->type) {
  case SERVICE_BIND:
    return add_bind(context, storage, &source, err);
  case SERVICE_TMPFS:
    return add_tmpfs(context, storage, &source, err);
  case SERVICE_NAMED:
  case SERVICE_ANONYMOUS:
  case SERVICE_S3:
    return add_volume(context, storage, &source, err);
  }
  return DAVIT_E_UNSUPPORTED;
}

/* Locks and shared memory of a database do not work over a network. Once a volume. */
static int warn_of_databases(struct context *context, const struct service_storage *storage,
                             struct map *warned, struct davit_error *err) {
  if (!storage->is_network)
    return DAVIT_OK;
  const char *key = service_volume_key(context->arena, storage);
  if (!key)
    return error_memory(err);
  if (map_find(warned, key))
    return DAVIT_OK;
  struct where at = at_service(context, &storage->at);
  log_at(context->log, LOG_LEVEL_WARNING, "storage.network", &at,
         "keep databases on a volume of another tier",
         "the volume \"%s\" is on a network: unsafe for SQLite and other databases", key);
  return map_put(context->arena, warned, key, context) ? DAVIT_OK : error_memory(err);
}

int stage_storage(struct context *context, struct davit_error *err) {
  struct map warned = {0};
  int answer = volumes_check(context, err);
  if (answer < 0)
    return answer;
  for (size_t i = 0; i < context->service->storage_count; i++) {
    const struct service_storage *storage = &context->service->storage[i];
    answer = check_target(context, storage, err);
    if (answer == DAVIT_OK)
      answer = add_storage(context, storage, err);
    if (answer == DAVIT_OK)
      answer = warn_of_databases(context, storage, &warned, err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}
