/* SPDX-License-Identifier: Apache-2.0 */
/* Device nodes that the runtime makes. */
#include <string.h>

#include "oci/document.h"

static cJSON *make_device(const struct oci_device *device) {
  const char type[] = {device->type, '\0'};
  CLEANUP(cjson) cJSON *item = cJSON_CreateObject();
  if (!item || !json_add(item, "path", cJSON_CreateString(device->path)) ||
      !json_add(item, "type", cJSON_CreateString(type)))
    return NULL;
  if (device->type != 'p' && (!json_add(item, "major", json_int(device->major)) ||
                              !json_add(item, "minor", json_int(device->minor))))
    return NULL;
  if (device->has_mode && !json_add(item, "fileMode", json_uint(device->mode & 07777)))
    return NULL;
  if (device->has_uid && !json_add(item, "uid", json_uint(device->uid)))
    return NULL;
  if (device->has_gid && !json_add(item, "gid", json_uint(device->gid)))
    return NULL;
  return STEAL(&item);
}

static void read_device(const cJSON *item, struct oci_device *device) {
  const char *type = json_get_string(item, "type");
  *device = (struct oci_device){.path = json_get_string(item, "path")};
  if (type)
    device->type = *type;
  (void)json_to_int(json_get(item, "major"), &device->major);
  (void)json_to_int(json_get(item, "minor"), &device->minor);
  device->has_mode = json_to_u32(json_get(item, "fileMode"), &device->mode);
  device->has_uid = json_to_u32(json_get(item, "uid"), &device->uid);
  device->has_gid = json_to_u32(json_get(item, "gid"), &device->gid);
  device->mode &= 07777; /* podman writes the type of the file with it */
}

static bool same_device(const struct oci_device *a, const struct oci_device *b) {
  return a->type == b->type && (a->type == 'p' || (a->major == b->major && a->minor == b->minor)) &&
         a->has_mode == b->has_mode && (!a->has_mode || a->mode == b->mode) &&
         a->has_uid == b->has_uid && (!a->has_uid || a->uid == b->uid) &&
         a->has_gid == b->has_gid && (!a->has_gid || a->gid == b->gid);
}

/* Of several nodes with one path, which only a document that was read has, the record's stays. */
static void drop_twins(struct oci *oci, const struct record *record) {
  cJSON *list = json_find(oci->root, "linux.devices"), *next;
  for (cJSON *item = oci->has_device_twins && list ? list->child : NULL; item; item = next) {
    next = item->next;
    if (item != record->item && strcmp(json_get_string(item, "path"), record->name) == 0)
      cJSON_Delete(cJSON_DetachItemViaPointer(list, item));
  }
}

int oci_add_device(struct oci *oci, const struct oci_device *device,
                   const struct oci_source *source, struct davit_error *err) {
  struct oci_device wanted = *device;
  wanted.mode &= 07777;
  struct record *record = record_find(oci, PLACE_DEVICE, device->path);
  if (record) {
    struct oci_device there;
    drop_twins(oci, record);
    read_device(record->item, &there);
    if (same_device(&there, &wanted))
      return record_ask(oci, record, source, err);
  }
  return document_put(oci, document_list(oci, "linux", "devices"), NULL, PLACE_DEVICE, device->path,
                      make_device(&wanted), source, err);
}

int oci_remove_device(struct oci *oci, const char *path, const struct oci_source *source,
                      struct davit_error *err) {
  struct record *record = record_find(oci, PLACE_DEVICE, path);
  if (!record)
    return DAVIT_OK;
  drop_twins(oci, record);
  return document_take(oci, "linux", "devices", record, source, err);
}

bool oci_find_device(const struct oci *oci, const char *path, struct oci_device *device,
                     const struct oci_source **source) {
  const struct record *record = record_find(oci, PLACE_DEVICE, path);
  if (!record)
    return false;
  read_device(record->item, device);
  if (source)
    *source = record->sources.items[0];
  return true;
}
