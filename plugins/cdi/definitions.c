/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/definitions.h"

#include <stdlib.h>
#include <string.h>

#include "cdi/devices.h"

static bool add_definition(const struct index *index, const struct spec_file *file,
                           const struct cdi_device *device, struct list *definitions) {
  struct definition *definition = arena_alloc(index->arena, sizeof(*definition));
  const char *name = arena_printf(index->arena, "%s=%s", file->spec->kind, device->name);
  if (!definition || !name)
    return false;
  *definition = (struct definition){
      .name = name, .file = file, .device = device, .place = definitions->count};
  return list_push(index->arena, definitions, definition);
}

static int compare_devices(const struct definition *one, const struct definition *two) {
  int order = strcmp(one->file->spec->kind, two->file->spec->kind);
  return order ? order : device_names_compare(one->device->name, two->device->name);
}

static int compare(const void *a, const void *b) {
  const struct definition *one = *(const struct definition *const *)a;
  const struct definition *two = *(const struct definition *const *)b;
  int order = compare_devices(one, two);
  if (order)
    return order;
  if (one->file->priority != two->file->priority)
    return one->file->priority > two->file->priority ? -1 : 1;
  return one->place < two->place ? -1 : 1;
}

/* `all` are those of one device. */
static void judge(struct definition *const *all, size_t count) {
  size_t first = 0; /* of this priority */
  for (size_t i = 1; i < count; i++) {
    if (all[i]->file->priority != all[first]->file->priority) {
      first = i;
    } else {
      all[i]->rival = all[first];
      if (!all[first]->rival)
        all[first]->rival = all[i];
    }
    if (all[i]->file->priority != all[0]->file->priority)
      all[i]->shadowed_by = all[0];
  }
}

bool definitions_list(const struct index *index, struct list *definitions) {
  for (size_t i = 0; i < index->files.count; i++) {
    const struct spec_file *file = index->files.items[i];
    for (size_t j = 0; file->spec && j < file->spec->devices.count; j++)
      if (!add_definition(index, file, file->spec->devices.items[j], definitions))
        return false;
  }
  if (definitions->count > 1)
    qsort(definitions->items, definitions->count, sizeof(*definitions->items), compare);
  struct definition *const *all = (struct definition *const *)definitions->items;
  for (size_t from = 0, to = 0; from < definitions->count; from = to) {
    while (to < definitions->count && compare_devices(all[from], all[to]) == 0)
      to++;
    judge(all + from, to - from);
  }
  return true;
}

bool definition_counts(const struct definition *definition) {
  return !definition->shadowed_by && !definition->rival;
}
