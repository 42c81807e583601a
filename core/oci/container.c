/* SPDX-License-Identifier: Apache-2.0 */
/* What is not the process and not Linux: root, hostname, annotations. */
#include "oci/document.h"

int oci_set_root(struct oci *oci, const char *path, bool readonly, const struct oci_source *source,
                 struct davit_error *err) {
  int answer = document_set(oci, "root", "path", cJSON_CreateString(path), source, err);
  if (answer != DAVIT_OK)
    return answer;
  return document_set(oci, "root", "readonly", cJSON_CreateBool(readonly), source, err);
}

int oci_set_root_readonly(struct oci *oci, bool readonly, const struct oci_source *source,
                          struct davit_error *err) {
  return document_set(oci, "root", "readonly", cJSON_CreateBool(readonly), source, err);
}

bool oci_get_root(const struct oci *oci, const char **path, bool *readonly) {
  const cJSON *root = json_find(oci->root, "root");
  const char *text = json_get_string(root, "path");
  if (!text)
    return false;
  *path = text;
  *readonly = cJSON_IsTrue(json_get(root, "readonly"));
  return true;
}

int oci_set_hostname(struct oci *oci, const char *hostname, const struct oci_source *source,
                     struct davit_error *err) {
  return document_set(oci, "", "hostname", cJSON_CreateString(hostname), source, err);
}

const char *oci_get_hostname(const struct oci *oci) {
  return json_get_string(oci->root, "hostname");
}

int oci_set_annotation(struct oci *oci, const char *name, const char *value,
                       const struct oci_source *source, struct davit_error *err) {
  return document_put_member(oci, "annotations", PLACE_ANNOTATION, name, cJSON_CreateString(value),
                             source, err);
}
