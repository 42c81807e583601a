/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between the configs of two files. */
#include <string.h>

#include "cli/explain.h"
#include "cli/json.h"
#include "util/map.h"

/* An entry of either side; NULL: that side has none. */
struct difference {
  const struct oci_entry *from, *to;
};

/* An entry that is gone is as good as none. */
static bool is_there(const struct oci_entry *entry) {
  return entry && entry->value;
}

/* By what an entry is known on both sides. Rules and hooks have only a place in their list, which
 * changes with every other one before it: such an entry is known by what it says. NULL: out of
 * memory. */
static const char *key_of(struct arena *arena, const struct oci_entry *entry) {
  const char *place = strrchr(entry->path, '[');
  if (!place || strcmp(place + 1 + strspn(place + 1, "0123456789"), "]") != 0)
    return entry->path;
  return arena_printf(arena, "%.*s[] %s", (int)(place - entry->path), entry->path, entry->value);
}

static bool index_entries(struct arena *arena, const struct oci_entry *const *entries,
                          struct map *index) {
  for (; *entries; entries++) {
    const char *key = is_there(*entries) ? key_of(arena, *entries) : "";
    if (!key || (is_there(*entries) && !map_put(arena, index, key, (void *)(uintptr_t)*entries)))
      return false;
  }
  return true;
}

/* False: out of memory. *other is NULL if the index has no such entry. */
static bool find_other(struct arena *arena, const struct map *index, const struct oci_entry *entry,
                       const struct oci_entry **other) {
  const char *key = key_of(arena, entry);
  void **found = key ? map_find(index, key) : NULL;
  *other = found ? *found : NULL;
  return key != NULL;
}

static bool add_difference(struct arena *arena, struct list *differences,
                           const struct oci_entry *from, const struct oci_entry *to) {
  struct difference *difference = arena_alloc(arena, sizeof(*difference));
  if (!difference)
    return false;
  *difference = (struct difference){from, to};
  return list_push(arena, differences, difference);
}

static bool find_differences(struct arena *arena, const struct explained *from,
                             const struct explained *to, struct list *differences) {
  struct map before = {0}, after = {0};
  bool ok =
      index_entries(arena, from->entries, &before) && index_entries(arena, to->entries, &after);
  const struct oci_entry *other;
  for (const struct oci_entry *const *entry = from->entries; ok && *entry; entry++) {
    if (!is_there(*entry))
      continue;
    ok = find_other(arena, &after, *entry, &other);
    if (ok && (!other || strcmp((*entry)->value, other->value) != 0))
      ok = add_difference(arena, differences, *entry, other);
  }
  for (const struct oci_entry *const *entry = to->entries; ok && *entry; entry++) {
    if (!is_there(*entry))
      continue;
    ok = find_other(arena, &before, *entry, &other);
    if (ok && !other)
      ok = add_difference(arena, differences, NULL, *entry);
  }
  return ok;
}

static void print_side(struct cli *cli, char sign, const struct oci_entry *entry) {
  const char *source = entry->sources[0] ? oci_source_text(&cli->arena, entry->sources[0]) : "";
  printf("%c ", sign);
  print_safely(stdout, entry->path);
  fputs("  ", stdout);
  print_safely(stdout, entry->value);
  fputs("  <- ", stdout);
  print_safely(stdout, source ? source : "");
  fputc('\n', stdout);
}

static cJSON *side_json(struct cli *cli, const struct oci_entry *entry) {
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "value", entry->value);
  json_add_text(object, "source",
                entry->sources[0] ? oci_source_text(&cli->arena, entry->sources[0]) : NULL);
  return object;
}

static int print_json(struct cli *cli, const struct list *differences, struct davit_error *err) {
  cJSON *array = cJSON_CreateArray();
  for (size_t i = 0; i < differences->count; i++) {
    const struct difference *difference = differences->items[i];
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "path", (difference->from ? difference->from : difference->to)->path);
    if (difference->from)
      cJSON_AddItemToObject(object, "from", side_json(cli, difference->from));
    if (difference->to)
      cJSON_AddItemToObject(object, "to", side_json(cli, difference->to));
    cJSON_AddItemToArray(array, object);
  }
  return json_to_stdout(array, err);
}

int explain_diff(struct cli *cli, const struct explained *from, const struct explained *to,
                 struct davit_error *err) {
  struct list differences = {0};
  if (!find_differences(&cli->arena, from, to, &differences))
    return error_memory(err);
  if (cli->json)
    return print_json(cli, &differences, err);
  for (size_t i = 0; i < differences.count; i++) {
    const struct difference *difference = differences.items[i];
    if (difference->from)
      print_side(cli, '-', difference->from);
    if (difference->to)
      print_side(cli, '+', difference->to);
  }
  return finish_output(err);
}
