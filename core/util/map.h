/* SPDX-License-Identifier: Apache-2.0 */
/* Look-up by string, in an arena. */
#ifndef DAVIT_UTIL_MAP_H
#define DAVIT_UTIL_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"

struct map_slot;

struct map { /* zeroed: empty */
  struct map_slot *slots;
  size_t count;
  size_t capacity;
};

/* The value's place, NULL if the key is not in the map. It moves when keys are added. */
void **map_find(const struct map *map, const char *key);
/* Adds the key or replaces its value. The key is not copied: it lives as long as the map. False:
 * out of memory. */
bool map_put(struct arena *arena, struct map *map, const char *key, void *value) MUST_CHECK;
/* Takes the key out, if it is there. */
void map_remove(struct map *map, const char *key);

#endif
