/* SPDX-License-Identifier: Apache-2.0 */
/* Who asked for an entry, and what it replaced. */
#include <string.h>

#include "oci/document.h"

static struct record *find_any(const struct oci *oci, enum place place, const char *name) {
  void **record = map_find(&oci->records[place], name);
  return record ? *record : NULL;
}

struct record *record_find(const struct oci *oci, enum place place, const char *name) {
  struct record *record = find_any(oci, place, name);
  return record && record->item ? record : NULL;
}

int record_make(struct oci *oci, enum place place, const char *name, struct record **record,
                struct davit_error *err) {
  struct record *there = find_any(oci, place, name);
  if (there) {
    *record = there;
    return DAVIT_OK;
  }
  struct record *made = arena_alloc(&oci->arena, sizeof(*made));
  const char *copy = arena_strdup(&oci->arena, name);
  if (!made || !copy)
    return error_memory(err);
  made->place = place;
  made->name = copy;
  if (!list_push(&oci->arena, &oci->order, made) ||
      !map_put(&oci->arena, &oci->records[place], copy, made))
    return error_memory(err);
  *record = made;
  return DAVIT_OK;
}

static bool copy_text(struct arena *arena, const char *text, const char **copy) {
  if (text)
    *copy = arena_strdup(arena, text);
  return !text || *copy;
}

const struct oci_source *source_copy(struct oci *oci, const struct oci_source *source) {
  if (oci->recent && oci_source_equal(oci->recent, source))
    return oci->recent;
  struct oci_source *copy = arena_alloc(&oci->arena, sizeof(*copy));
  if (!copy)
    return NULL;
  copy->kind = source->kind;
  copy->line = source->line;
  copy->secret = source->secret;
  if (!copy_text(&oci->arena, source->file, &copy->file) ||
      !copy_text(&oci->arena, source->key, &copy->key) ||
      !copy_text(&oci->arena, source->plugin, &copy->plugin) ||
      !copy_text(&oci->arena, source->device, &copy->device))
    return NULL;
  oci->recent = copy;
  return copy;
}

bool record_is_secret(const struct record *record) {
  for (size_t i = 0; i < record->sources.count; i++)
    if (((const struct oci_source *)record->sources.items[i])->secret)
      return true;
  return false;
}

const char *record_text(struct arena *arena, const struct record *record) {
  if (record_is_secret(record))
    return arena_printf(arena, "%s=(secret)", record->name);
  return value_text(arena, record->place, record->item);
}

int record_ask(struct oci *oci, struct record *record, const struct oci_source *source,
               struct davit_error *err) {
  if (record->gone)
    record->sources.count = 0;
  record->gone = false;
  for (size_t i = 0; i < record->sources.count; i++)
    if (oci_source_equal(record->sources.items[i], source))
      return DAVIT_OK;
  const struct oci_source *copy = source_copy(oci, source);
  if (!copy || !list_push(&oci->arena, &record->sources, copy))
    return error_memory(err);
  return DAVIT_OK;
}

int record_replace(struct oci *oci, struct record *record, const struct oci_source *source,
                   struct davit_error *err) {
  struct oci_replaced *replaced = arena_alloc(&oci->arena, sizeof(*replaced));
  const struct oci_source *copy = source_copy(oci, source);
  if (!replaced || !copy)
    return error_memory(err);
  replaced->value = record_text(&oci->arena, record);
  replaced->source = record->sources.count > 0 ? record->sources.items[0] : NULL;
  struct list sources = {0};
  if (!replaced->value || !list_push(&oci->arena, &sources, copy) ||
      !list_push(&oci->arena, &record->replaced, replaced))
    return error_memory(err);
  record->sources = sources;
  return DAVIT_OK;
}

int record_remove(struct oci *oci, struct record *record, const struct oci_source *source,
                  struct davit_error *err) {
  int answer = record_replace(oci, record, source, err);
  if (answer != DAVIT_OK)
    return answer;
  record->item = NULL;
  record->gone = true;
  return DAVIT_OK;
}
