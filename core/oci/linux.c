/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces, the cgroup's place, and what the container sees of /proc and /sys. */
#include "oci/document.h"

int oci_add_namespace(struct oci *oci, const char *type, const char *path,
                      const struct oci_source *source, struct davit_error *err) {
  CLEANUP(cjson) cJSON *item = cJSON_CreateObject();
  if (!item || !json_add(item, "type", cJSON_CreateString(type)) ||
      (path && !json_add(item, "path", cJSON_CreateString(path))))
    return error_memory(err);
  return document_put(oci, document_list(oci, "linux", "namespaces"), NULL, PLACE_NAMESPACE, type,
                      STEAL(&item), source, err);
}

bool oci_has_namespace(const struct oci *oci, const char *type) {
  return record_find(oci, PLACE_NAMESPACE, type) != NULL;
}

int oci_set_cgroups_path(struct oci *oci, const char *path, const struct oci_source *source,
                         struct davit_error *err) {
  return document_set(oci, "linux", "cgroupsPath", cJSON_CreateString(path), source, err);
}

int oci_set_sysctl(struct oci *oci, const char *name, const char *value,
                   const struct oci_source *source, struct davit_error *err) {
  return document_put_member(oci, "linux.sysctl", PLACE_SYSCTL, name, cJSON_CreateString(value),
                             source, err);
}

int oci_set_rootfs_propagation(struct oci *oci, const char *value, const struct oci_source *source,
                               struct davit_error *err) {
  return document_set(oci, "linux", "rootfsPropagation", cJSON_CreateString(value), source, err);
}

int oci_set_masked_paths(struct oci *oci, const char *const *paths, const struct oci_source *source,
                         struct davit_error *err) {
  return document_set(oci, "linux", "maskedPaths", json_strings(paths), source, err);
}

int oci_set_readonly_paths(struct oci *oci, const char *const *paths,
                           const struct oci_source *source, struct davit_error *err) {
  return document_set(oci, "linux", "readonlyPaths", json_strings(paths), source, err);
}

int oci_set_mount_label(struct oci *oci, const char *label, const struct oci_source *source,
                        struct davit_error *err) {
  return document_set(oci, "linux", "mountLabel", cJSON_CreateString(label), source, err);
}
