/* SPDX-License-Identifier: Apache-2.0 */
/* Which definitions, vendors, classes and files are listed. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cdi_list.h"
#include "util/map.h"

/* ---- patterns ------------------------------------------------------------------------------- */

/* A vendor also stands for its domains: nvidia for nvidia.com. */
static bool matches_vendor(const char *pattern, const char *kind) {
  size_t length = strlen(pattern);
  if (strncmp(pattern, kind, length) == 0 && kind[length] == '.')
    return true;
  CLEANUP(arena) struct arena scratch = {0};
  const char *vendor = arena_strndup(&scratch, kind, strcspn(kind, "/"));
  return vendor && fnmatch(pattern, vendor, 0) == 0;
}

/* `name` NULL: any device of the kind. */
static bool matches(const char *pattern, const char *kind, const char *name) {
  const char *equals = strchr(pattern, '=');
  if (equals && name)
    return fnmatch(pattern, name, 0) == 0;
  if (!strchr(pattern, '/'))
    return matches_vendor(pattern, kind);
  CLEANUP(arena) struct arena scratch = {0};
  const char *part =
      equals ? arena_strndup(&scratch, pattern, (size_t)(equals - pattern)) : pattern;
  return part && fnmatch(part, kind, 0) == 0;
}

static bool is_asked(const char *const *patterns, const char *kind, const char *name) {
  bool is_any = !*patterns;
  for (; *patterns && !is_any; patterns++)
    is_any = matches(*patterns, kind, name);
  return is_any;
}

/* ---- vendors and classes -------------------------------------------------------------------- */

struct grouping {
  struct list *groups;
  struct map by_name;
};

static struct cdi_group *find_group(struct arena *arena, struct grouping *grouping,
                                    const char *name) {
  void **place = map_find(&grouping->by_name, name);
  if (place)
    return *place;
  struct cdi_group *group = arena_alloc(arena, sizeof(*group));
  if (!group || !list_push(arena, grouping->groups, group) ||
      !map_put(arena, &grouping->by_name, name, group))
    return NULL;
  group->name = name;
  return group;
}

/* `count` devices of a kind that has not come before. */
static bool add_kind(struct arena *arena, struct grouping *grouping, const char *name,
                     const char *member, size_t count) {
  struct cdi_group *group = find_group(arena, grouping, name);
  if (!group)
    return false;
  group->device_count += count;
  return list_push(arena, &group->members, member);
}

static int compare_groups(const void *a, const void *b) {
  const struct cdi_group *one = *(const struct cdi_group *const *)a;
  const struct cdi_group *two = *(const struct cdi_group *const *)b;
  return strcmp(one->name, two->name);
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_groups(struct list *groups) {
  if (groups->count > 0)
    qsort(groups->items, groups->count, sizeof(*groups->items), compare_groups);
  for (size_t i = 0; i < groups->count; i++) {
    struct list *members = &((struct cdi_group *)groups->items[i])->members;
    qsort(members->items, members->count, sizeof(*members->items), compare_texts);
  }
}

/* How many different devices of one kind begin at `from`; *next is behind them. */
static size_t count_devices(const struct list *definitions, size_t from, size_t *next) {
  const struct definition *first = definitions->items[from];
  const char *before = NULL;
  size_t count = 0, i = from;
  for (; i < definitions->count; i++) {
    const struct definition *definition = definitions->items[i];
    if (strcmp(definition->file->spec->kind, first->file->spec->kind) != 0)
      break;
    count += !before || strcmp(before, definition->name) != 0;
    before = definition->name;
  }
  *next = i;
  return count;
}

static bool group_devices(struct arena *arena, struct cdi_listing *listing) {
  struct grouping vendors = {.groups = &listing->vendors};
  struct grouping classes = {.groups = &listing->classes};
  for (size_t i = 0, next; i < listing->definitions.count; i = next) {
    const struct definition *definition = listing->definitions.items[i];
    const char *kind = definition->file->spec->kind;
    const char *vendor = arena_strndup(arena, kind, strcspn(kind, "/"));
    const char *class = strchr(kind, '/') + 1;
    size_t count = count_devices(&listing->definitions, i, &next);
    if (!vendor || !add_kind(arena, &vendors, vendor, class, count) ||
        !add_kind(arena, &classes, class, vendor, count))
      return false;
  }
  sort_groups(&listing->vendors);
  sort_groups(&listing->classes);
  return true;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static bool is_listed(const struct spec_file *file, const char *const *patterns) {
  if (file->spec)
    return is_asked(patterns, file->spec->kind, NULL);
  if (file->findings.errors.first)
    return !file->kind || is_asked(patterns, file->kind, NULL);
  return file->unreadable;
}

int cdi_listing_make(struct arena *arena, const struct index *index, const char *const *patterns,
                     struct cdi_listing *listing, struct davit_error *err) {
  struct list all = {0};
  *listing = (struct cdi_listing){.index = index};
  bool ok = definitions_list(index, &all);
  for (size_t i = 0; ok && i < all.count; i++) {
    const struct definition *definition = all.items[i];
    if (is_asked(patterns, definition->file->spec->kind, definition->name))
      ok = list_push(arena, &listing->definitions, definition);
  }
  for (size_t i = 0; ok && i < index->files.count; i++)
    if (is_listed(index->files.items[i], patterns))
      ok = list_push(arena, &listing->files, index->files.items[i]);
  return ok && group_devices(arena, listing) ? DAVIT_OK : error_memory(err);
}

void cdi_listing_warn(const struct cdi_listing *listing, const struct log *log) {
  for (size_t i = 0; i < listing->index->directories.count; i++) {
    CLEANUP(error) struct davit_error problem = {0};
    (void)cdi_directory_problem(listing->index->directories.items[i], &problem);
    log_error(log, LOG_LEVEL_WARNING, &problem);
  }
  for (size_t i = 0; i < listing->files.count; i++) {
    const struct spec_file *file = listing->files.items[i];
    CLEANUP(error) struct davit_error problem = {0};
    (void)cdi_file_problem(file, &problem);
    log_error(log, LOG_LEVEL_WARNING, &problem);
    log_error(log, LOG_LEVEL_WARNING, &file->findings.errors);
    log_error(log, LOG_LEVEL_WARNING, &file->findings.warnings);
  }
}
