/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/devices.h"

#include <stdlib.h>
#include <string.h>

#include "cdi/names.h"
#include "util/map.h"
#include "util/text.h"

/* ---- one device ----------------------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool collect_nodes(struct arena *arena, struct found_device *found) {
  const struct list *nodes = &found->device->edits.nodes;
  const char **paths = arena_array(arena, nodes->count + 1, sizeof(*paths));
  if (!paths)
    return false;
  for (size_t i = 0; i < nodes->count; i++) {
    const struct cdi_node *node = nodes->items[i];
    paths[i] = node->host_path ? node->host_path : node->path;
  }
  qsort(paths, nodes->count, sizeof(*paths), compare_texts);
  size_t count = 0;
  for (size_t i = 0; i < nodes->count; i++)
    if (count == 0 || strcmp(paths[count - 1], paths[i]) != 0)
      paths[count++] = paths[i];
  paths[count] = NULL;
  found->nodes = paths;
  return true;
}

static bool is_number(const char *name, uint32_t *number) {
  bool is_canonical = name[0] != '0' || name[1] == '\0';
  return is_canonical && text_to_u32(name, 10, number);
}

static struct found_device *new_device(struct arena *arena, const struct spec_file *file,
                                       const struct cdi_device *device) {
  struct found_device *found = arena_alloc(arena, sizeof(*found));
  if (!found)
    return NULL;
  *found = (struct found_device){.kind = file->spec->kind, .device = device, .file = file};
  found->is_number = is_number(device->name, &found->number);
  found->is_uuid = name_is_uuid(device->name);
  found->uuid = found->is_uuid ? device->name : NULL;
  found->is_alias = strcmp(device->name, "all") == 0;
  return collect_nodes(arena, found) ? found : NULL;
}

/* ---- which definition counts ---------------------------------------------------------------- */

static bool add_other(struct arena *arena, struct list *list, const struct spec_file *file,
                      const struct cdi_device *device) {
  struct other_definition *definition = arena_alloc(arena, sizeof(*definition));
  if (!definition)
    return false;
  *definition = (struct other_definition){file, device};
  return list_push(arena, list, definition);
}

/* Only a tie at the highest priority makes a device unusable: what a higher one says again is
 * clear, whatever the lower ones say. */
static bool add_device(struct index *index, struct map *names, struct list *devices,
                       const struct spec_file *file, const struct cdi_device *device) {
  const char *name = arena_printf(index->arena, "%s=%s", file->spec->kind, device->name);
  if (!name)
    return false;
  void **place = map_find(names, name);
  struct found_device *earlier = place ? *place : NULL;
  if (earlier && earlier->file->priority == file->priority)
    return add_other(index->arena, &earlier->rivals, file, device);
  struct found_device *found = new_device(index->arena, file, device);
  if (!found)
    return false;
  found->full_name = name;
  if (earlier) {
    found->shadowed = earlier->shadowed;
    if (!add_other(index->arena, &found->shadowed, earlier->file, earlier->device))
      return false;
    *earlier = *found;
    return true;
  }
  return map_put(index->arena, names, name, found) && list_push(index->arena, devices, found);
}

/* ---- the order of counting ------------------------------------------------------------------ */

/* Digits by their value, everything else by bytes. */
static int compare_natural(const char *a, const char *b) {
  static const char digits[] = "0123456789";
  const char *whole_a = a, *whole_b = b;
  while (*a && *b) {
    size_t zeros_a = strspn(a, "0"), zeros_b = strspn(b, "0");
    size_t size_a = strspn(a, digits), size_b = strspn(b, digits);
    if (size_a == 0 || size_b == 0) {
      if (*a != *b)
        return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
      a++;
      b++;
      continue;
    }
    size_t value_a = size_a - zeros_a, value_b = size_b - zeros_b;
    if (value_a != value_b)
      return value_a < value_b ? -1 : 1;
    int order = memcmp(a + zeros_a, b + zeros_b, value_a);
    if (order)
      return order;
    a += size_a;
    b += size_b;
  }
  if (*a || *b)
    return *a ? 1 : -1;
  return strcmp(whole_a, whole_b);
}

/* Indices first, then names, then UUIDs, which are mostly other names of the same devices. */
static int rank(const char *name, bool is_number, bool is_uuid) {
  if (strcmp(name, "all") == 0)
    return 3;
  return is_number ? 0 : is_uuid ? 2 : 1;
}

int device_names_compare(const char *a, const char *b) {
  uint32_t number;
  int order = rank(a, is_number(a, &number), name_is_uuid(a)) -
              rank(b, is_number(b, &number), name_is_uuid(b));
  return order ? order : compare_natural(a, b);
}

static int compare_devices(const void *a, const void *b) {
  const struct found_device *one = *(const struct found_device *const *)a;
  const struct found_device *two = *(const struct found_device *const *)b;
  if (one->kind_place != two->kind_place)
    return one->kind_place < two->kind_place ? -1 : 1;
  int order = strcmp(one->kind, two->kind);
  if (order == 0)
    order = rank(one->device->name, one->is_number, one->is_uuid) -
            rank(two->device->name, two->is_number, two->is_uuid);
  return order ? order : compare_natural(one->device->name, two->device->name);
}

/* ---- twins ---------------------------------------------------------------------------------- */

/* The device's kind and nodes as one text. NULL: out of memory. */
static const char *node_key(struct arena *arena, const struct found_device *found) {
  size_t size = strlen(found->kind) + 2;
  for (const char *const *node = found->nodes; *node; node++)
    size += strlen(*node) + 1;
  char *key = arena_alloc(arena, size);
  if (!key)
    return NULL;
  char *end = stpcpy(key, found->kind);
  for (const char *const *node = found->nodes; *node; node++) {
    *end++ = '\n';
    end = stpcpy(end, *node);
  }
  return key;
}

/* Generators write each GPU twice, by index and by UUID. A device whose nodes are those of an
 * earlier one is another name of it, and tells it its UUID. */
static bool mark_twins(struct arena *arena, const struct list *devices) {
  struct map seen = {0};
  for (size_t i = 0; i < devices->count; i++) {
    struct found_device *found = devices->items[i];
    if (found->is_alias || found->rivals.count > 0 || !found->nodes[0])
      continue;
    const char *key = node_key(arena, found);
    if (!key)
      return false;
    void **place = map_find(&seen, key);
    if (!place) {
      if (!map_put(arena, &seen, key, found))
        return false;
      continue;
    }
    struct found_device *real = *place;
    found->is_alias = true;
    if (!real->uuid)
      real->uuid = found->uuid;
  }
  return true;
}

static size_t kind_place(const struct filter *filter, const char *kind) {
  size_t place = 0;
  while (place < filter->kinds.count && strcmp(filter->kinds.items[place], kind) != 0)
    place++;
  return place;
}

bool devices_resolve(struct index *index, const struct filter *filter, struct list *devices) {
  struct map names = {0};
  for (size_t i = 0; i < index->files.count; i++) {
    const struct spec_file *file = index->files.items[i];
    if (!file->spec || !filter_wants(filter, file->spec->kind))
      continue;
    for (size_t j = 0; j < file->spec->devices.count; j++)
      if (!add_device(index, &names, devices, file, file->spec->devices.items[j]))
        return false;
  }
  for (size_t i = 0; i < devices->count; i++) {
    struct found_device *found = devices->items[i];
    found->kind_place = kind_place(filter, found->kind);
  }
  if (devices->count > 1)
    qsort(devices->items, devices->count, sizeof(*devices->items), compare_devices);
  return mark_twins(index->arena, devices);
}
