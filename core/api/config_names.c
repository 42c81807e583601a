/* SPDX-License-Identifier: Apache-2.0 */
/* CDI devices that a config asks for itself: in annotations "cdi.k8s.io/...", and as paths of
 * linux.devices. */
#include "api/session.h"

#include <stdlib.h>
#include <string.h>

#include "cdi/requests.h"
#include "doc/doc.h"
#include "util/text.h"

static int add_name(struct arena *arena, const struct doc_node *node, const char *name,
                    struct list *names, struct davit_error *err) {
  struct request_text *text = arena_alloc(arena, sizeof(*text));
  const char *key = doc_path(arena, node);
  if (!text || !key || !list_push(arena, names, text))
    return error_memory(err);
  *text = (struct request_text){
      .text = name,
      .at = {.file = node->file, .line = node->line, .column = node->column, .key = key},
      .source = {.kind = OCI_FROM_CONFIG, .file = node->file, .line = node->line, .key = key}};
  return DAVIT_OK;
}

struct entry {
  const char *key;
  const struct doc_node *value;
};

static int compare_keys(const void *a, const void *b) {
  return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

/* The requests among the annotations, sorted by key. */
static int sort_annotations(struct arena *arena, const struct doc_node *all, struct entry **entries,
                            size_t *count, struct davit_error *err) {
  *count = 0;
  *entries = arena_array(arena, all->count, sizeof(**entries));
  if (!*entries)
    return error_memory(err);
  for (size_t i = 0; i < all->count; i++)
    if (text_starts(all->keys[i]->text, annotation_prefix) && all->values[i]->type != DOC_NULL)
      (*entries)[(*count)++] = (struct entry){all->keys[i]->text, all->values[i]};
  qsort(*entries, *count, sizeof(**entries), compare_keys);
  return DAVIT_OK;
}

/* Every problem of every annotation is reported. */
static int add_annotations(struct arena *arena, const struct doc_node *root, struct list *names,
                           struct davit_error *err) {
  struct entry *entries;
  size_t count;
  int answer = sort_annotations(arena, doc_get(root, "annotations"), &entries, &count, err);
  for (size_t i = 0; answer != DAVIT_E_MEMORY && i < count; i++) {
    const struct doc_node *node = entries[i].value;
    const struct where at = {.file = node->file,
                             .line = node->line,
                             .column = node->column,
                             .key = doc_path(arena, node)};
    const char *const *asked;
    int one = annotation_read(arena, &at, node->text, &asked, err);
    for (; one == DAVIT_OK && *asked; asked++)
      one = add_name(arena, node, *asked, names, err);
    if (answer == DAVIT_OK)
      answer = one;
  }
  return answer;
}

static bool is_cdi_name(void *user, const char *path) {
  return !qualified_name_problem(user, path);
}

static int add_devices(struct arena *arena, const struct doc_node *root, struct list *names,
                       struct davit_error *err) {
  const struct doc_node *devices = doc_get(doc_get(root, "linux"), "devices");
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < devices->count; i++) {
    const struct doc_node *path = doc_get(devices->values[i], "path");
    if (is_cdi_name(arena, path->text))
      answer = add_name(arena, path, path->text, names, err);
  }
  return answer;
}

int take_config_names(struct arena *arena, const struct doc_source *source, struct oci *oci,
                      struct list *names, struct davit_error *err) {
  const struct oci_source config = {.kind = OCI_FROM_CONFIG, .file = source->file};
  const char *const *taken;
  bool has_annotations = oci_has_annotations(oci, annotation_prefix);
  int answer = oci_take_names(oci, arena, is_cdi_name, arena, &config, &taken, err);
  if (answer < 0 || (!has_annotations && !taken[0]))
    return answer;
  const struct doc_node *root; /* once more, for the positions */
  answer = doc_parse_json(arena, source, &root, err);
  if (answer == DAVIT_OK && has_annotations)
    answer = add_annotations(arena, root, names, err);
  if (answer == DAVIT_OK && taken[0])
    answer = add_devices(arena, root, names, err);
  return answer;
}
