/* SPDX-License-Identifier: Apache-2.0 */
/* davit_explain(): entries of the document in the form of davit/davit.h. */
#include "api/context.h"

static uint32_t kind_of(enum oci_source_kind kind) {
  switch (kind) {
  case OCI_FROM_DEFAULT:
    return DAVIT_SOURCE_DEFAULT;
  case OCI_FROM_CONFIG:
    return DAVIT_SOURCE_CONFIG;
  case OCI_FROM_IMAGE:
    return DAVIT_SOURCE_IMAGE;
  case OCI_FROM_SERVICE:
    return DAVIT_SOURCE_SERVICE;
  case OCI_FROM_COMMAND:
    return DAVIT_SOURCE_OPTION;
  case OCI_FROM_PLUGIN:
    return DAVIT_SOURCE_PLUGIN;
  }
  return DAVIT_SOURCE_DEFAULT;
}

/* NULL: out of memory; so all below. */
static const struct davit_source *copy_source(struct arena *arena, const struct oci_source *from) {
  struct davit_source *source = arena_alloc(arena, sizeof(*source));
  const char *text = oci_source_text(arena, from);
  if (!source || !text)
    return NULL;
  *source = (struct davit_source){DAVIT_SIZED(struct davit_source),
                                  .kind = kind_of(from->kind),
                                  .file = from->file,
                                  .key = from->key,
                                  .plugin = from->plugin,
                                  .device = from->device,
                                  .text = text,
                                  .line = from->line};
  return source;
}

static const struct davit_source *const *copy_sources(struct arena *arena,
                                                      const struct oci_source *const *from) {
  struct list list = {0};
  for (; *from; from++) {
    const struct davit_source *source = copy_source(arena, *from);
    if (!source || !list_push(arena, &list, source))
      return NULL;
  }
  return (const struct davit_source *const *)list_strings(&list);
}

static const struct davit_change *const *copy_changes(struct arena *arena,
                                                      const struct oci_replaced *const *from) {
  struct list list = {0};
  for (; *from; from++) {
    struct davit_change *change = arena_alloc(arena, sizeof(*change));
    const struct davit_source *source = copy_source(arena, (*from)->source);
    if (!change || !source || !list_push(arena, &list, change))
      return NULL;
    *change = (struct davit_change){DAVIT_SIZED(struct davit_change), .value = (*from)->value,
                                    .source = source};
  }
  return (const struct davit_change *const *)list_strings(&list);
}

static bool copy_entry(struct arena *arena, const struct oci_entry *from,
                       struct davit_entry *entry) {
  *entry = (struct davit_entry){DAVIT_SIZED(struct davit_entry),
                                .path = from->path,
                                .value = from->value,
                                .sources = copy_sources(arena, from->sources),
                                .replaced = copy_changes(arena, from->replaced),
                                .dropped = copy_changes(arena, from->dropped)};
  return entry->sources && entry->replaced && entry->dropped;
}

int davit_explain(struct davit *davit, const char *name, const char *text, size_t size,
                  davit_entry_fn *entry, void *user) {
  CLEANUP(run) struct run run = run_begin(davit);
  const struct oci_entry *const *entries = NULL;
  run.session.render.files_directory = explained_files;
  int answer = run_service(&run, name, text, size);
  if (answer == DAVIT_OK)
    answer = oci_entries(run.oci, &run.session.arena, &entries, run.err);
  for (; answer == DAVIT_OK && *entries; entries++) {
    struct davit_entry one;
    answer =
        copy_entry(&run.session.arena, *entries, &one) ? entry(user, &one) : error_memory(run.err);
  }
  return answer;
}
