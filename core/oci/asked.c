/* SPDX-License-Identifier: Apache-2.0 */
/* What a config that was read asks for, in words that no runtime acts on: annotations, and names of
 * devices where nodes should stand. */
#include "oci/document.h"
#include "util/text.h"

bool oci_has_annotations(const struct oci *oci, const char *prefix) {
  const cJSON *all = json_get(oci->root, "annotations");
  for (const cJSON *member = all ? all->child : NULL; member; member = member->next)
    if (text_starts(member->string, prefix) && !cJSON_IsNull(member))
      return true;
  return false;
}

static const char *path_of(const cJSON *device) {
  const char *path = json_get_string(device, "path");
  return path ? path : "";
}

static int take_names(struct oci *oci, cJSON *devices, struct arena *arena, oci_path_test *is_name,
                      void *user, const struct oci_source *source, struct list *names,
                      struct davit_error *err) {
  for (cJSON *device = devices->child, *next; device; device = next) {
    next = device->next;
    if (!is_name(user, path_of(device)))
      continue;
    const char *name = arena_strdup(arena, path_of(device));
    if (!name || !list_push(arena, names, name))
      return error_memory(err);
    struct record *record = record_find(oci, PLACE_DEVICE, name);
    int answer =
        record && record->item == device ? record_remove(oci, record, source, err) : DAVIT_OK;
    if (answer < 0)
      return answer;
    cJSON_Delete(cJSON_DetachItemViaPointer(devices, device));
  }
  return DAVIT_OK;
}

/* The record is that of the last one with the path: that one counts. */
static void drop_shadowed(const struct oci *oci, cJSON *devices) {
  for (cJSON *device = devices->child, *next; device; device = next) {
    next = device->next;
    const struct record *record = record_find(oci, PLACE_DEVICE, path_of(device));
    if (record && record->item != device)
      cJSON_Delete(cJSON_DetachItemViaPointer(devices, device));
  }
}

int oci_take_names(struct oci *oci, struct arena *arena, oci_path_test *is_name, void *user,
                   const struct oci_source *source, const char *const **names,
                   struct davit_error *err) {
  struct list taken = {0};
  cJSON *devices = json_find(oci->root, "linux.devices");
  int answer =
      devices ? take_names(oci, devices, arena, is_name, user, source, &taken, err) : DAVIT_OK;
  if (answer < 0)
    return answer;
  if (taken.count > 0)
    drop_shadowed(oci, devices);
  *names = list_strings(&taken);
  return DAVIT_OK;
}
