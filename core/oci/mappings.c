/* SPDX-License-Identifier: Apache-2.0 */
/* Ids of the container's user namespace and what they are on the host. */
#include "oci/document.h"

static const char *const lists[] = {[OCI_UIDS] = "uidMappings", [OCI_GIDS] = "gidMappings"};
static const enum place places[] = {[OCI_UIDS] = PLACE_UID_MAPPING, [OCI_GIDS] = PLACE_GID_MAPPING};

int oci_add_id_mapping(struct oci *oci, enum oci_ids ids, const struct oci_id_mapping *mapping,
                       const struct oci_source *source, struct davit_error *err) {
  CLEANUP(cjson) cJSON *item = cJSON_CreateObject();
  if (!item || !json_add(item, "containerID", json_uint(mapping->container)) ||
      !json_add(item, "hostID", json_uint(mapping->host)) ||
      !json_add(item, "size", json_uint(mapping->size)))
    return error_memory(err);
  return document_put(oci, document_list(oci, "linux", lists[ids]), NULL, places[ids],
                      id_name(&oci->arena, mapping->container), STEAL(&item), source, err);
}

/* Where `id` lies among `size` ids from `first` on, as the same place from `other` on. */
static bool translate(uint32_t id, uint32_t first, uint32_t size, uint32_t other,
                      uint32_t *translated) {
  if (id < first || id - first >= size || id - first > UINT32_MAX - other)
    return false;
  *translated = other + (id - first);
  return true;
}

/* The namespace of another container, whose mapping stands elsewhere. */
static bool joins_another(const struct oci *oci) {
  const struct record *record = record_find(oci, PLACE_NAMESPACE, "user");
  return record && json_get_string(record->item, "path");
}

static bool find_id(const struct oci *oci, enum oci_ids ids, uint32_t id, bool to_host,
                    uint32_t *found) {
  if (!oci_has_namespace(oci, "user")) {
    *found = id;
    return true;
  }
  if (joins_another(oci))
    return false;
  const cJSON *mapping;
  cJSON_ArrayForEach(mapping, json_get(json_find(oci->root, "linux"), lists[ids])) {
    uint32_t container, host, size;
    if (!json_to_u32(json_get(mapping, "containerID"), &container) ||
        !json_to_u32(json_get(mapping, "hostID"), &host) ||
        !json_to_u32(json_get(mapping, "size"), &size))
      continue;
    if (translate(id, to_host ? container : host, size, to_host ? host : container, found))
      return true;
  }
  return false;
}

bool oci_id_on_host(const struct oci *oci, enum oci_ids ids, uint32_t id, uint32_t *host) {
  return find_id(oci, ids, id, true, host);
}

bool oci_id_in_container(const struct oci *oci, enum oci_ids ids, uint32_t host, uint32_t *id) {
  return find_id(oci, ids, host, false, id);
}
