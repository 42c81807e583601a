/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/volumes.h"

#include <limits.h>
#include <string.h>

#include "pipeline/stages.h"
#include "util/list.h"
#include "util/map.h"
#include "util/text.h"

/* ---- keys of the command line -----------------------------------------------------------------
 */

static int collect_keys(struct context *context, struct map *seen, struct list *keys,
                        struct davit_error *err) {
  const struct service_file *file = context->file;
  for (size_t i = 0; i < file->service_count; i++)
    for (size_t j = 0; j < file->services[i]->storage_count; j++) {
      const struct service_storage *storage = &file->services[i]->storage[j];
      if (storage->type == SERVICE_BIND || storage->type == SERVICE_TMPFS)
        continue;
      const char *key = service_volume_key(context->arena, storage);
      if (!key)
        return error_memory(err);
      if (map_find(seen, key))
        continue;
      if (!map_put(context->arena, seen, key, context) || !list_push(context->arena, keys, key))
        return error_memory(err);
    }
  return DAVIT_OK;
}

static int report_unknown(struct context *context, const char *key, const struct list *known,
                          struct davit_error *err) {
  const struct where at = {.key = "--volume"};
  const char *const *keys = list_strings(known);
  const char *near = text_nearest(key, keys);
  const char *hint = near               ? arena_printf(context->arena, "did you mean \"%s\"?", near)
                     : known->count > 0 ? arena_printf(context->arena, "volumes there: %s",
                                                       strings_join(context->arena, keys, 30))
                                        : "a service mounts one by `storage: [{type: named, ...}]`";
  return error_add_at(err, DAVIT_E_NOT_FOUND, "volume.unknown", &at, hint,
                      "no service of %s has the volume \"%s\"", context->file->file, key);
}

int volumes_check(struct context *context, struct davit_error *err) {
  struct map seen = {0};
  struct list keys = {0};
  int first = DAVIT_OK;
  if (context->options->volume_count > 0)
    first = collect_keys(context, &seen, &keys, err);
  for (size_t i = 0; i < context->options->volume_count; i++) {
    const char *key = context->options->volumes[i].key;
    int answer = map_find(&seen, key) ? DAVIT_OK : report_unknown(context, key, &keys, err);
    if (first == DAVIT_OK)
      first = answer;
  }
  return first;
}

/* ---- directories ------------------------------------------------------------------------------
 */

static bool is_kept(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

const char *volume_escape(struct arena *arena, const char *text) {
  static const char digits[] = "0123456789ABCDEF";
  char *name = arena_array(arena, strlen(text) + 1, 3);
  char *end = name;
  for (const char *c = text; name && *c; c++) {
    if (is_kept(*c) && !(*c == '.' && c == text)) {
      *end++ = *c;
      continue;
    }
    unsigned char byte = (unsigned char)*c;
    *end++ = '%';
    *end++ = digits[byte >> 4];
    *end++ = digits[byte & 15];
  }
  return name;
}

/* Groups each count from 1. */
static const char *replica_name(struct context *context) {
  const char *role = context->service->role;
  return role ? arena_printf(context->arena, "%s-%u", role, context->replica)
              : arena_printf(context->arena, "%u", context->replica);
}

/* What is to be below --volume-dir. A whole bucket has a name that no prefix has. */
static const char *layout_path(struct context *context, const struct service_storage *storage,
                               const char **name) {
  struct arena *arena = context->arena;
  const char *dir = context->options->volume_dir, *replica;
  switch (storage->type) {
  case SERVICE_BIND:
  case SERVICE_TMPFS:
    return NULL;
  case SERVICE_NAMED:
    *name = storage->name;
    return arena_printf(arena, "%s/named/%s", dir, *name);
  case SERVICE_ANONYMOUS:
    *name = volume_escape(arena, storage->target + 1);
    replica = replica_name(context);
    return *name && replica ? arena_printf(arena, "%s/anonymous/%s/%s/%s", dir,
                                           context->service->name, replica, *name)
                            : NULL;
  case SERVICE_S3:
    *name = storage->prefix ? volume_escape(arena, storage->prefix) : "%";
    return *name ? arena_printf(arena, "%s/s3/%s/%s", dir, storage->bucket, *name) : NULL;
  }
  return NULL;
}

static int find_path(struct context *context, const struct service_storage *storage,
                     const char *key, const char **path, struct davit_error *err) {
  const struct render_options *options = context->options;
  struct where at = at_service(context, &storage->at);
  for (size_t i = 0; i < options->volume_count; i++)
    if (strcmp(options->volumes[i].key, key) == 0) {
      *path = options->volumes[i].path;
      return DAVIT_OK;
    }
  if (!options->volume_dir)
    return error_add_at(err, DAVIT_E_NOT_FOUND, "volume.directory", &at,
                        "give --volume and its directory, or --volume-dir",
                        "nothing says where the volume \"%s\" is", key);
  const char *name = NULL;
  const char *laid_out = layout_path(context, storage, &name);
  if (!laid_out)
    return error_memory(err);
  if (strlen(name) > NAME_MAX)
    return error_add_at(
        err, DAVIT_E_INVALID, "volume.directory", &at, "give --volume and its directory",
        "the volume \"%s\" has too long a name for a directory of --volume-dir", key);
  *path = laid_out;
  return DAVIT_OK;
}

int volume_directory(struct context *context, const struct service_storage *storage,
                     const char **directory, struct davit_error *err) {
  const char *key = service_volume_key(context->arena, storage);
  const char *path = NULL, *real = NULL;
  if (!key)
    return error_memory(err);
  int answer = find_path(context, storage, key, &path, err);
  if (answer < 0)
    return answer;

  CLEANUP(error) struct davit_error why = {0};
  struct where at = at_service(context, &storage->at);
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  answer = host_real_path(caller_of(context), context->arena, path, &real, &why);
  if (answer == DAVIT_OK)
    answer = host_stat(caller_of(context), real, 0, &st, &why);
  if (answer == DAVIT_E_NOT_FOUND)
    return error_add_at(err, answer, "volume.directory", &at,
                        arena_printf(context->arena, "mkdir -p '%s'", path),
                        "the directory \"%s\" of the volume \"%s\" is not there", path, key);
  if (answer < 0) {
    error_take(err, &why);
    return answer;
  }
  if (st.type != DAVIT_FILE_DIR)
    return error_add_at(err, DAVIT_E_INVALID, "volume.directory", &at, "give a directory",
                        "\"%s\", where the volume \"%s\" should be, is not a directory", path, key);
  *directory = real;
  return DAVIT_OK;
}
