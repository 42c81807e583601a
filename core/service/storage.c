/* SPDX-License-Identifier: Apache-2.0 */
/* What of the host is seen inside: `devices` and `storage`. */
#include <ctype.h>
#include <string.h>

#include "service/keys.h"
#include "util/text.h"

enum {
  S3_PREFIX_MOST = 1024 /* of a key of S3, in bytes */
};

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
  keys_read(reader, value, service_device_keys, &model);
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

static bool is_one_line(const char *text) {
  while (*text && !iscntrl((unsigned char)*text))
    text++;
  return !*text;
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

static void read_volume_name(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_storage *storage = into;
  const char *name;
  if (!field_text(reader, value, &name))
    return;
  if (service_is_volume_name(name))
    storage->name = name;
  else
    field_invalid(reader, value,
                  "1 to 63 lower-case letters, digits and \"-\", neither first nor last a \"-\"",
                  "%s is not the name of a volume", field_quote(reader, name));
}

static void read_tier(struct reader *reader, const struct doc_node *value, void *into) {
  static const char *const tiers[] = {"local", "cached", "network", NULL};
  struct service_storage *storage = into;
  size_t tier;
  if (field_choice(reader, value, tiers, &tier))
    storage->is_network = strcmp(tiers[tier], "network") == 0;
}

static void check_size(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  uint64_t size;
  (void)field_size(reader, value, &size);
}

static void read_bucket(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_storage *storage = into;
  const char *bucket;
  if (!field_text(reader, value, &bucket))
    return;
  if (service_is_bucket(bucket))
    storage->bucket = bucket;
  else
    field_invalid(reader, value,
                  "3 to 255 letters, digits, \"-\", \"_\" and \".\", the first and the last a "
                  "letter or a digit",
                  "%s is not the name of a bucket", field_quote(reader, bucket));
}

static void read_prefix(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_storage *storage = into;
  const char *prefix;
  if (!field_text(reader, value, &prefix) || prefix[0] == '\0')
    return; /* empty: not set, as in the original */
  if (is_one_line(prefix) && strlen(prefix) <= S3_PREFIX_MOST)
    storage->prefix = prefix;
  else
    field_invalid(reader, value, "at most 1024 bytes, no control characters", "%s is not a prefix",
                  field_quote(reader, prefix));
}

static void check_endpoint(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  const char *url;
  if (!field_text(reader, value, &url))
    return;
  size_t scheme = text_starts(url, "https://")  ? strlen("https://")
                  : text_starts(url, "http://") ? strlen("http://")
                                                : 0;
  if (scheme == 0 || !url[scheme] || !is_one_line(url) || strchr(url, ' '))
    field_invalid(reader, value, "a URL: https://s3.example.org", "%s is not an endpoint",
                  field_quote(reader, url));
}

/* They are not repeated in a message. */
static void check_credentials(struct reader *reader, const struct doc_node *value,
                              UNUSED void *into) {
  if (value->kind != DOC_SCALAR)
    field_wrong_kind(reader, value, "a text", "write one value");
  else if (!value->text[0] || !is_one_line(value->text))
    field_invalid(reader, value, "what the preparer of the volume takes, in one line",
                  "the credentials are empty or have control characters");
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

const struct field service_named_keys[] = {
    {.key = "type", .read = pass_type, .example = "named"},
    {.key = "name", .read = read_volume_name, .example = "data"},
    {.key = "target", .read = read_target, .example = "/data"},
    {.key = "readonly", .read = read_readonly},
    {.key = "tier", .read = read_tier},
    {.key = "size", .read = check_size, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = NULL},
};

const struct field service_anonymous_keys[] = {
    {.key = "type", .read = pass_type, .example = "anonymous"},
    {.key = "target", .read = read_target, .example = "/var/cache"},
    {.key = "tier", .read = read_tier},
    {.key = NULL},
};

const struct field service_s3_keys[] = {
    {.key = "type", .read = pass_type, .example = "s3"},
    {.key = "bucket", .read = read_bucket, .example = "models"},
    {.key = "prefix", .read = read_prefix, .flags = FIELD_OPTIONAL},
    {.key = "target", .read = read_target, .example = "/models"},
    {.key = "readonly", .read = read_readonly},
    {.key = "endpoint", .read = check_endpoint, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = "credentials", .read = check_credentials, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = NULL},
};

static bool read_storage_type(struct reader *reader, const struct doc_node *value,
                              enum service_storage_type *type) {
  static const char *const types[] = {
      [SERVICE_BIND] = "bind",           [SERVICE_TMPFS] = "tmpfs", [SERVICE_NAMED] = "named",
      [SERVICE_ANONYMOUS] = "anonymous", [SERVICE_S3] = "s3",       NULL};
  if (value->kind != DOC_MAPPING) {
    field_wrong_kind(reader, value, "a mapping", "write `{type: bind, source: ..., target: ...}`");
    return false;
  }
  const struct doc_node *node = doc_get(value, "type");
  size_t index;
  if (!node) {
    field_invalid(reader, value, "add `type: bind`, tmpfs, named, anonymous or s3",
                  "the key \"type\" is missing");
    return false;
  }
  if (!field_choice(reader, node, types, &index))
    return false;
  *type = (enum service_storage_type)index;
  return true;
}

static void read_storage_entry(struct reader *reader, const struct doc_node *value,
                               struct service_storage *storage, struct map *targets) {
  static const struct field *const keys[] = {[SERVICE_BIND] = service_bind_keys,
                                             [SERVICE_TMPFS] = service_tmpfs_keys,
                                             [SERVICE_NAMED] = service_named_keys,
                                             [SERVICE_ANONYMOUS] = service_anonymous_keys,
                                             [SERVICE_S3] = service_s3_keys};
  if (!read_storage_type(reader, value, &storage->type))
    return;
  storage->at = field_at(reader, value);
  storage->is_network = storage->type == SERVICE_S3;
  keys_read(reader, value, keys[storage->type], storage);
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
