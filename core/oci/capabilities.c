/* SPDX-License-Identifier: Apache-2.0 */
/* The capability sets of the container's process. */
#include "oci/document.h"
#include "util/capability.h"

static const char sets[] = "process.capabilities";

/* Ambient and inheritable ones of a document that was read go: a runtime refuses an ambient
 * capability that is not permitted as well. */
int oci_set_capabilities(struct oci *oci, const char *const *names, const struct oci_source *source,
                         struct davit_error *err) {
  static const char *const given[] = {"bounding", "effective", "permitted"};
  static const char *const left_out[] = {"inheritable", "ambient"};
  int answer = DAVIT_OK;
  for (size_t i = 0; i < ARRAY_LEN(given) && answer == DAVIT_OK; i++)
    answer = document_set(oci, sets, given[i], json_strings(names), source, err);
  for (size_t i = 0; i < ARRAY_LEN(left_out) && answer == DAVIT_OK; i++)
    answer = document_remove(oci, sets, left_out[i], source, err);
  return answer;
}

uint64_t oci_get_capabilities(const struct oci *oci) {
  const cJSON *bounding = json_get(json_find(oci->root, sets), "bounding");
  if (!bounding)
    return UINT64_MAX;
  uint64_t bits = 0;
  const cJSON *name;
  uint32_t number;
  cJSON_ArrayForEach(name, bounding) {
    if (capability_number(name->valuestring, &number))
      bits |= UINT64_C(1) << number;
  }
  return bits;
}
