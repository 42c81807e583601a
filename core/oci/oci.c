/* SPDX-License-Identifier: Apache-2.0 */
/* A document's life: made from nothing or read, written, freed. */
#include "oci/oci.h"

#include "oci/document.h"
#include "oci/json_out.h"

/* The document lives in its own arena. NULL: out of memory. */
static struct oci *make_document(void) {
  struct arena arena = {0};
  struct oci *oci = arena_alloc(&arena, sizeof(*oci));
  if (oci)
    oci->arena = arena;
  return oci;
}

void oci_free(struct oci *oci) {
  if (!oci)
    return;
  cJSON_Delete(oci->root);
  struct arena arena = oci->arena;
  arena_free(&arena);
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

/* An entry of the tree as it was read gets its record. */
static int record_entry(void *user, const struct visit *visit, struct davit_error *err) {
  struct oci *oci = user;
  struct record *record;
  int answer = record_make(oci, visit->place, visit->name, &record, err);
  if (answer == DAVIT_OK)
    answer = record_ask(oci, record, oci->config, err);
  if (answer != DAVIT_OK)
    return answer;
  oci->has_device_twins |= visit->place == PLACE_DEVICE && record->item;
  record->item = visit->item;
  return visit->place == PLACE_RULE ? rules_index(oci, record, err) : DAVIT_OK;
}

static int record_all(struct oci *oci, const char *file, struct davit_error *err) {
  const struct oci_source source = {.kind = OCI_FROM_CONFIG, .file = file};
  oci->config = source_copy(oci, &source);
  if (!oci->config)
    return error_memory(err);
  CLEANUP(arena) struct arena names = {0};
  return document_walk(oci, &names, record_entry, oci, err);
}

int oci_parse(const char *file, const char *text, size_t size, struct oci **oci,
              struct davit_error *err) {
  const struct doc_source source = {
      .file = file, .text = text, .size = size, .code = "config.invalid"};
  CLEANUP(oci) struct oci *made = make_document();
  if (!made)
    return error_memory(err);
  int answer = json_parse(&source, &made->root, err);
  if (answer == DAVIT_OK)
    answer = validate_config(made->root, &source, err);
  if (answer == DAVIT_OK)
    answer = record_all(made, file, err);
  if (answer != DAVIT_OK)
    return answer;
  *oci = STEAL(&made);
  return DAVIT_OK;
}

int oci_print(const struct oci *oci, char **text, size_t *size, struct davit_error *err) {
  return json_print(oci->root, JSON_PRETTY, text, size) ? DAVIT_OK : error_memory(err);
}
