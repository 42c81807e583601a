/* SPDX-License-Identifier: Apache-2.0 */
/* cJSON trees with raw numbers and the specification's order of keys. */
#ifndef DAVIT_OCI_JSON_TREE_H
#define DAVIT_OCI_JSON_TREE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "doc/json.h"
#include "util/arena.h"
#include "util/attributes.h"

/* New items; NULL when memory is out. */
cJSON *json_int(int64_t number);
cJSON *json_uint(uint64_t number);
cJSON *json_strings(const char *const *strings);
/* Adds a member at the end of a new object and takes it, also on failure. `value` NULL is memory
 * that is out, so that a constructor can be the argument. `key` is a literal. */
bool json_add(cJSON *object, const char *key, cJSON *value) MUST_CHECK;

/* The number, if the item is a raw integer that fits. */
bool json_to_int(const cJSON *item, int64_t *number);
bool json_to_uint(const cJSON *item, uint64_t *number);
bool json_to_u32(const cJSON *item, uint32_t *number);

/* The member; NULL if it is absent or null. */
cJSON *json_get(const cJSON *object, const char *key);
/* Its string; NULL if it is absent or something else. */
const char *json_get_string(const cJSON *object, const char *key);

/* What stands at a dotted path of keys, "linux.resources.devices"; "" is the root itself. */
cJSON *json_find(const cJSON *root, const char *path);
/* The same, but objects that are missing on the way are made. NULL: out of memory. */
cJSON *json_make(struct arena *arena, cJSON *root, const char *path);
/* Puts `value` into the object that is at `path`: in place of the key's old value, else where the
 * specification's order has it among the keys that are there. False: out of memory, the value is
 * still the caller's. */
bool json_put(struct arena *arena, cJSON *object, const char *path, const char *key,
              cJSON *value) MUST_CHECK;
/* Gives an item without a key one, which lives as long as the tree. */
void json_name(cJSON *item, char *key);
/* Puts an item before another of the list (NULL: at its end). */
void json_link(cJSON *list, cJSON *before, cJSON *item);

#endif
