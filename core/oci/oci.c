/* SPDX-License-Identifier: Apache-2.0 */
/* A document's life: made from nothing or read, written, freed. */
#include "oci/oci.h"

#include <stdlib.h>

#include "oci/document.h"
#include "oci/json_out.h"

static struct oci *make_document(void) {
  return calloc(1, sizeof(struct oci));
}

void oci_free(struct oci *oci) {
  if (!oci)
    return;
  cJSON_Delete(oci->root);
  arena_free(&oci->arena);
  free(oci);
}

int oci_new(struct oci **oci, struct davit_error *err) {
  static const struct oci_source built_in = {.kind = OCI_FROM_DEFAULT};
  CLEANUP(oci) struct oci *made = make_document();
  if (made)
    made->root = cJSON_CreateObject();
  if (!made || !made->root)
    return error_memory(err);
  int answer = document_set(made, "", "ociVersion", cJSON_CreateString("1.0.2"), &built_in, err);
  if (answer != DAVIT_OK)
    return answer;
  *oci = STEAL(&made);
  return DAVIT_OK;
}

int oci_print(const struct oci *oci, char **text, size_t *size, struct davit_error *err) {
  return json_print(oci->root, JSON_PRETTY, text, size) ? DAVIT_OK : error_memory(err);
}
