/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a document with their provenance, in its order; what was taken out comes last. */
#include "oci/document.h"

/* Several entries with one name come only from a document that was read: the last has the record,
 * the others are told apart by position. */
static bool is_shadowed(const struct oci *oci, const struct visit *visit,
                        const struct record *record) {
  return oci->config && record && record->item != visit->item;
}

static const char *path_text(struct arena *arena, enum place place, const char *list,
                             const char *name, size_t position, bool by_position) {
  if (by_position || place == PLACE_RULE || place == PLACE_HOOK)
    return arena_printf(arena, "%s[%zu]", list, position);
  if (place == PLACE_PLAIN)
    return arena_strdup(arena, name);
  return arena_printf(arena, "%s.%s", list, name);
}

static bool copy_list(struct arena *arena, const struct list *from, bool backwards,
                      struct list *copy) {
  for (size_t i = 0; i < from->count; i++)
    if (!list_push(arena, copy, from->items[backwards ? from->count - 1 - i : i]))
      return false;
  return true;
}

struct listing {
  const struct oci *oci;
  struct arena *arena;
  struct list entries;
};

/* `record` NULL: nothing is known of the entry. */
static int add_entry(struct listing *listing, const char *path, const char *value,
                     const struct record *record, struct davit_error *err) {
  static const struct record unknown = {0};
  if (!record)
    record = &unknown;
  struct oci_entry *entry = arena_alloc(listing->arena, sizeof(*entry));
  struct list who = {0}, dropped = {0};
  struct list newest_first = {0}; /* the record has the oldest first */
  if (!path || !entry || !copy_list(listing->arena, &record->sources, false, &who) ||
      !copy_list(listing->arena, &record->replaced, true, &newest_first) ||
      !copy_list(listing->arena, &record->dropped, false, &dropped) ||
      !list_push(listing->arena, &listing->entries, entry))
    return error_memory(err);
  *entry = (struct oci_entry){
      .path = path,
      .value = value,
      .sources = (const struct oci_source *const *)list_strings(&who),
      .replaced = (const struct oci_replaced *const *)list_strings(&newest_first),
      .dropped = (const struct oci_replaced *const *)list_strings(&dropped)};
  return DAVIT_OK;
}

static int add_visited(void *user, const struct visit *visit, struct davit_error *err) {
  struct listing *listing = user;
  const struct record *record = record_find(listing->oci, visit->place, visit->name);
  bool shadowed = is_shadowed(listing->oci, visit, record);
  struct record from_config = {0};
  if (shadowed && !list_push(listing->arena, &from_config.sources, listing->oci->config))
    return error_memory(err);
  const char *value = record && !shadowed ? record_text(listing->arena, record)
                                          : value_text(listing->arena, visit->place, visit->item);
  if (!value)
    return error_memory(err);
  return add_entry(
      listing,
      path_text(listing->arena, visit->place, visit->list, visit->name, visit->position, shadowed),
      value, shadowed ? &from_config : record, err);
}

int oci_entries(const struct oci *oci, struct arena *arena, const struct oci_entry *const **entries,
                struct davit_error *err) {
  struct listing listing = {.oci = oci, .arena = arena};
  int answer = document_walk(oci, arena, add_visited, &listing, err);
  for (size_t i = 0; i < oci->order.count && answer == DAVIT_OK; i++) {
    const struct record *record = oci->order.items[i];
    if (!record->gone) /* a member of an object, a gid or a device */
      continue;
    const char *list =
        record->place == PLACE_DEVICE ? "linux.devices" : "process.user.additionalGids";
    answer = add_entry(&listing, path_text(arena, record->place, list, record->name, 0, false),
                       NULL, record, err);
  }
  if (answer != DAVIT_OK)
    return answer;
  *entries = (const struct oci_entry *const *)list_strings(&listing.entries);
  return DAVIT_OK;
}
