/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/json_tree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oci/order.h"
#include "util/text.h"

cJSON *json_int(int64_t number) {
  char digits[24];
  snprintf(digits, sizeof(digits), "%" PRId64, number);
  return cJSON_CreateRaw(digits);
}

cJSON *json_uint(uint64_t number) {
  char digits[24];
  snprintf(digits, sizeof(digits), "%" PRIu64, number);
  return cJSON_CreateRaw(digits);
}

cJSON *json_strings(const char *const *strings) {
  CLEANUP(cjson) cJSON *array = cJSON_CreateArray();
  for (; array && strings && *strings; strings++) {
    cJSON *item = cJSON_CreateString(*strings);
    if (!item)
      return NULL;
    cJSON_AddItemToArray(array, item);
  }
  return STEAL(&array);
}

bool json_add(cJSON *object, const char *key, cJSON *value) {
  if (value && cJSON_AddItemToObjectCS(object, key, value))
    return true;
  cJSON_Delete(value);
  return false;
}

bool json_to_uint(const cJSON *item, uint64_t *number) {
  return cJSON_IsRaw(item) && text_to_u64(item->valuestring, 10, number);
}

bool json_to_u32(const cJSON *item, uint32_t *number) {
  return cJSON_IsRaw(item) && text_to_u32(item->valuestring, 10, number);
}

bool json_to_int(const cJSON *item, int64_t *number) {
  if (!cJSON_IsRaw(item))
    return false;
  uint64_t magnitude;
  bool negative = item->valuestring[0] == '-';
  if (!text_to_u64(item->valuestring + negative, 10, &magnitude))
    return false;
  if (magnitude > (uint64_t)INT64_MAX + negative)
    return false;
  *number = negative ? (int64_t)-magnitude : (int64_t)magnitude;
  return true;
}

cJSON *json_get(const cJSON *object, const char *key) {
  cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);
  return cJSON_IsNull(member) ? NULL : member;
}

const char *json_get_string(const cJSON *object, const char *key) {
  return cJSON_GetStringValue(json_get(object, key));
}

void json_name(cJSON *item, char *key) {
  item->string = key;
  item->type |= cJSON_StringIsConst;
}

/* The length of the first key of a dotted path; *rest is what follows it. */
static size_t first_key(const char *path, const char **rest) {
  size_t length = strcspn(path, ".");
  *rest = path[length] ? path + length + 1 : path + length;
  return length;
}

static cJSON *find_member(const cJSON *object, const char *key, size_t length) {
  cJSON *member;
  cJSON_ArrayForEach(member, object) {
    if (member->string && strncmp(member->string, key, length) == 0 && !member->string[length])
      return member;
  }
  return NULL;
}

cJSON *json_find(const cJSON *root, const char *path) {
  cJSON *item = (cJSON *)(uintptr_t)root;
  while (item && *path) {
    const char *key = path;
    size_t length = first_key(path, &path);
    item = cJSON_IsObject(item) ? find_member(item, key, length) : NULL;
  }
  return cJSON_IsNull(item) ? NULL : item;
}

cJSON *json_make(struct arena *arena, cJSON *root, const char *path) {
  cJSON *item = root;
  const char *rest = path;
  while (item && *rest) {
    const char *at = rest;
    size_t length = first_key(rest, &rest);
    cJSON *member = find_member(item, at, length);
    if (!member || cJSON_IsNull(member)) {
      const char *parent = arena_strndup(arena, path, at == path ? 0 : (size_t)(at - path) - 1);
      const char *key = arena_strndup(arena, at, length);
      member = parent && key ? cJSON_CreateObject() : NULL;
      if (!member || !json_put(arena, item, parent, key, member)) {
        cJSON_Delete(member);
        return NULL;
      }
    }
    item = member;
  }
  return item;
}

void json_link(cJSON *list, cJSON *before, cJSON *item) {
  if (!before) {
    cJSON_AddItemToArray(list, item);
    return;
  }
  item->next = before;
  item->prev = before->prev; /* of the first item: the last, as cJSON keeps it */
  before->prev = item;
  if (list->child == before)
    list->child = item;
  else
    item->prev->next = item;
}

/* Behind the last known key that comes earlier; without one, before the first that comes later. */
static cJSON *find_place(const cJSON *object, const char *path, const char *key) {
  size_t rank = order_of(path, key);
  if (rank == ORDER_UNKNOWN)
    return NULL;
  cJSON *earlier = NULL, *later = NULL, *member;
  cJSON_ArrayForEach(member, object) {
    size_t other = order_of(path, member->string);
    if (other < rank)
      earlier = member;
    else if (other != ORDER_UNKNOWN && !later)
      later = member;
  }
  return earlier ? earlier->next : later;
}

bool json_put(struct arena *arena, cJSON *object, const char *path, const char *key, cJSON *value) {
  char *name = arena_strdup(arena, key);
  if (!name)
    return false;
  json_name(value, name);
  cJSON *old = cJSON_GetObjectItemCaseSensitive(object, key);
  if (old)
    return cJSON_ReplaceItemViaPointer(object, old, value);
  json_link(object, find_place(object, path, key), value);
  return true;
}
