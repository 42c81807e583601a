/* SPDX-License-Identifier: Apache-2.0 */
/* What of the host is seen inside: `devices` and `storage`. */
#include <string.h>

#include "service/keys.h"
#include "util/text.h"

struct device_model {
  const char *path;
  const struct doc_node *node; /* of path */
  bool read, write, mknod;
};

static void read_device_path(struct reader *reader, const struct doc_node *value, void *into) {
  struct device_model *device = into;
  if (field_path(reader, value, &device->path))
    device->node = value;
}

static void read_read(struct reader *reader, const struct doc_node *value, void *into) {
  (void)field_bool(reader, value, &((struct device_model *)into)->read);
}

static void read_write(struct reader *reader, const struct doc_node *value, void *into) {
  (void)field_bool(reader, value, &((struct device_model *)into)->write);
}

static void read_mknod(struct reader *reader, const struct doc_node *value, void *into) {
  (void)field_bool(reader, value, &((struct device_model *)into)->mknod);
}

const struct field service_device_keys[] = {
    {.key = "path", .read = read_device_path, .example = "/dev/kvm"},
    {.key = "read", .read = read_read},
    {.key = "write", .read = read_write},
    {.key = "mknod", .read = read_mknod},
    {.key = NULL},
};

static void read_device(struct reader *reader, const struct doc_node *value,
                        struct service_device *device, struct map *seen) {
  struct device_model model = {.read = true, .write = true};
  fields_read(reader, value, service_device_keys, &model);
  if (!model.read && !model.write && !model.mknod)
    field_invalid(reader, value, "allow at least one of read, write and mknod",
                  "the device allows nothing");
  if (model.path && field_is_first(reader, model.node, model.node, model.path, seen))
    device->path = model.path;
  device->at = field_at(reader, value);
  size_t length = 0;
  if (model.read)
    device->access[length++] = 'r';
  if (model.write)
    device->access[length++] = 'w';
  if (model.mknod)
    device->access[length++] = 'm';
}

void read_devices(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  if (!field_is_list(reader, value))
    return;
  struct service_device *devices = field_array(reader, value->count, sizeof(*devices));
  struct map seen = {0};
  for (size_t i = 0; devices && i < value->count; i++)
    read_device(reader, value->values[i], &devices[i], &seen);
  service->devices = devices;
  service->device_count = value->count;
}

/* The type is read before the other keys, because it says which there are. */
static void pass_type(UNUSED struct reader *reader, UNUSED const struct doc_node *value,
                      UNUSED void *into) {
}

static void read_source(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_storage *storage = into;
  if (field_path(reader, value, &storage->source))
    storage->source_at = field_at(reader, value);
}

static void read_target(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_storage *storage = into;
  const char *target;
  if (!field_path(reader, value, &target))
    return;
  if (strcmp(target, "/") == 0) {
    field_invalid(reader, value, "name a directory below it", "the target is the root directory");
    return;
  }
  storage->target = target;
  storage->target_at = field_at(reader, value);
}

static void read_readonly(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_storage *storage = into;
  (void)field_bool(reader, value, &storage->readonly);
}

static void read_tmpfs_size(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_storage *storage = into;
  storage->has_size = field_size(reader, value, &storage->size);
}

/* Octal digits, however they are written: 1777, "1777", 01777 and 0o1777 are all the same. */
static void read_mode(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_storage *storage = into;
  const char *text;
  uint32_t mode;
  if (!field_text(reader, value, &text))
    return;
  const char *digits = text_starts(text, "0o") ? text + 2 : text;
  if (!text_to_u32(digits, 8, &mode) || mode > 07777) {
    field_invalid(reader, value, "octal digits, at most 7777: 1777",
                  "%s is not the mode of a directory", field_quote(reader, text));
    return;
  }
  storage->mode = mode;
  storage->has_mode = true;
}

const struct field service_bind_keys[] = {
    {.key = "type", .read = pass_type, .example = "bind"},
    {.key = "source", .read = read_source, .example = "/srv/data"},
    {.key = "target", .read = read_target, .example = "/data"},
    {.key = "readonly", .read = read_readonly},
    {.key = NULL},
};

const struct field service_tmpfs_keys[] = {
    {.key = "type", .read = pass_type, .example = "tmpfs"},
    {.key = "target", .read = read_target, .example = "/scratch"},
    {.key = "size", .read = read_tmpfs_size, .flags = FIELD_OPTIONAL},
    {.key = "mode", .read = read_mode, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

enum storage_kind {
  STORAGE_BIND,
  STORAGE_TMPFS,
  STORAGE_NAMED,
  STORAGE_ANONYMOUS,
  STORAGE_S3
};

static bool read_storage_kind(struct reader *reader, const struct doc_node *value, size_t *kind) {
  static const char *const kinds[] = {
      [STORAGE_BIND] = "bind",           [STORAGE_TMPFS] = "tmpfs", [STORAGE_NAMED] = "named",
      [STORAGE_ANONYMOUS] = "anonymous", [STORAGE_S3] = "s3",       NULL};
  if (value->kind != DOC_MAPPING) {
    field_wrong_kind(reader, value, "a mapping", "write `{type: bind, source: ..., target: ...}`");
    return false;
  }
  const struct doc_node *type = doc_get(value, "type");
  if (!type) {
    field_invalid(reader, value, "add `type: bind` or `type: tmpfs`",
                  "the key \"type\" is missing");
    return false;
  }
  if (!field_choice(reader, type, kinds, kind))
    return false;
  if (*kind == STORAGE_BIND || *kind == STORAGE_TMPFS)
    return true;
  field_unsupported(reader, type, "use bind or tmpfs",
                    "the storage type %s is known, not supported yet", kinds[*kind]);
  return false;
}

static void read_storage_entry(struct reader *reader, const struct doc_node *value,
                               struct service_storage *storage, struct map *targets) {
  size_t kind;
  if (!read_storage_kind(reader, value, &kind))
    return;
  storage->type = kind == STORAGE_BIND ? SERVICE_BIND : SERVICE_TMPFS;
  storage->at = field_at(reader, value);
  fields_read(reader, value, kind == STORAGE_BIND ? service_bind_keys : service_tmpfs_keys,
              storage);
  if (!storage->target)
    return;
  const struct doc_node *target = doc_get(value, "target");
  (void)field_is_first(reader, target, target, storage->target, targets);
}

void read_storage(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  if (!field_is_list(reader, value))
    return;
  struct service_storage *storage = field_array(reader, value->count, sizeof(*storage));
  struct map targets = {0};
  for (size_t i = 0; storage && i < value->count; i++)
    read_storage_entry(reader, value->values[i], &storage[i], &targets);
  service->storage = storage;
  service->storage_count = value->count;
}
