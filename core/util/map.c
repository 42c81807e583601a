/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing with linear probing. Own code because glibc's hsearch_r cannot grow and tsearch
 * does not take memory from an arena. */
#include "util/map.h"

#include <stdint.h>
#include <string.h>

struct map_slot {
  const char *key; /* NULL: free */
  void *value;
  uint64_t hash;
};

static uint64_t hash_text(const char *text) /* FNV-1a */
{
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (; *text; text++)
    hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
  return hash;
}

static struct map_slot *find_slot(const struct map *map, const char *key, uint64_t hash) {
  size_t i = hash & (map->capacity - 1);
  while (map->slots[i].key && (map->slots[i].hash != hash || strcmp(map->slots[i].key, key) != 0))
    i = (i + 1) & (map->capacity - 1);
  return &map->slots[i];
}

static bool grow(struct arena *arena, struct map *map) {
  struct map larger = {.capacity = map->capacity ? map->capacity * 2 : 16, .count = map->count};
  larger.slots = arena_array(arena, larger.capacity, sizeof(*larger.slots));
  if (!larger.slots)
    return false;
  for (size_t i = 0; i < map->capacity; i++)
    if (map->slots[i].key)
      *find_slot(&larger, map->slots[i].key, map->slots[i].hash) = map->slots[i];
  *map = larger;
  return true;
}

void **map_find(const struct map *map, const char *key) {
  if (map->count == 0)
    return NULL;
  struct map_slot *slot = find_slot(map, key, hash_text(key));
  return slot->key ? &slot->value : NULL;
}

bool map_put(struct arena *arena, struct map *map, const char *key, void *value) {
  if ((map->count + 1) * 4 > map->capacity * 3 && !grow(arena, map))
    return false;
  uint64_t hash = hash_text(key);
  struct map_slot *slot = find_slot(map, key, hash);
  if (!slot->key) {
    slot->key = key;
    slot->hash = hash;
    map->count++;
  }
  slot->value = value;
  return true;
}

void map_remove(struct map *map, const char *key) {
  if (map->count == 0)
    return;
  struct map_slot *slot = find_slot(map, key, hash_text(key));
  if (!slot->key)
    return;
  slot->key = NULL;
  map->count--;
  /* Keys behind the hole may have been pushed past it: put each of that run in its place again. */
  size_t i = (size_t)(slot - map->slots);
  for (i = (i + 1) & (map->capacity - 1); map->slots[i].key; i = (i + 1) & (map->capacity - 1)) {
    struct map_slot moved = map->slots[i];
    map->slots[i].key = NULL;
    *find_slot(map, moved.key, moved.hash) = moved;
  }
}
