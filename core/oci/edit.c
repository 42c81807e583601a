/* SPDX-License-Identifier: Apache-2.0 */
/* The few ways in which an edit changes the tree, each with its provenance. Memory that could be
 * missing is taken before the tree is touched. */
#include <string.h>

#include "oci/document.h"

/* The source joins an equal entry, or takes over the place of another. *equal says which. */
static int claim(struct oci *oci, struct record *record, const cJSON *old, const cJSON *item,
                 const struct oci_source *source, bool *equal, struct davit_error *err) {
  *equal = old && cJSON_Compare(old, item, true);
  if (!old || *equal)
    return record_ask(oci, record, source, err);
  return record_replace(oci, record, source, err);
}

int document_set(struct oci *oci, const char *parent, const char *key, cJSON *value,
                 const struct oci_source *source, struct davit_error *err) {
  CLEANUP(cjson) cJSON *item = value;
  const char *name = plain_name(&oci->arena, parent, key);
  cJSON *object = json_make(&oci->arena, oci->root, parent);
  if (!item || !name || !object)
    return error_memory(err);
  struct record *record;
  int answer = record_make(oci, PLACE_PLAIN, name, &record, err);
  if (answer != DAVIT_OK)
    return answer;
  bool equal;
  answer = claim(oci, record, json_get(object, key), item, source, &equal, err);
  if (answer != DAVIT_OK || equal)
    return answer;
  if (!json_put(&oci->arena, object, parent, key, item))
    return error_memory(err);
  record->item = STEAL(&item);
  return DAVIT_OK;
}

int document_remove(struct oci *oci, const char *parent, const char *key,
                    const struct oci_source *source, struct davit_error *err) {
  cJSON *object = json_find(oci->root, parent);
  cJSON *member = json_get(object, key);
  if (!member)
    return DAVIT_OK;
  const char *name = plain_name(&oci->arena, parent, key);
  if (!name)
    return error_memory(err);
  struct record *record = record_find(oci, PLACE_PLAIN, name);
  int answer = record ? record_remove(oci, record, source, err) : DAVIT_OK;
  if (answer == DAVIT_OK)
    cJSON_Delete(cJSON_DetachItemViaPointer(object, member));
  return answer;
}

int document_take(struct oci *oci, const char *parent, const char *key, struct record *record,
                  const struct oci_source *source, struct davit_error *err) {
  cJSON *object = json_find(oci->root, parent);
  cJSON *list = json_get(object, key);
  cJSON *item = record->item;
  int answer = record_remove(oci, record, source, err);
  if (answer != DAVIT_OK)
    return answer;
  cJSON_Delete(cJSON_DetachItemViaPointer(list, item));
  if (!list->child)
    cJSON_Delete(cJSON_DetachItemViaPointer(object, list));
  return DAVIT_OK;
}

cJSON *document_list(struct oci *oci, const char *parent, const char *key) {
  cJSON *object = json_make(&oci->arena, oci->root, parent);
  if (!object)
    return NULL;
  cJSON *list = json_get(object, key);
  if (list)
    return list;
  list = cJSON_CreateArray();
  if (list && json_put(&oci->arena, object, parent, key, list))
    return list;
  cJSON_Delete(list);
  return NULL;
}

int document_put(struct oci *oci, cJSON *list, cJSON *before, enum place place, const char *name,
                 cJSON *item, const struct oci_source *source, struct davit_error *err) {
  CLEANUP(cjson) cJSON *owned = item;
  if (!list || !name || !item)
    return error_memory(err);
  struct record *record;
  int answer = record_make(oci, place, name, &record, err);
  if (answer != DAVIT_OK)
    return answer;
  bool equal;
  answer = claim(oci, record, record->item, item, source, &equal, err);
  if (answer != DAVIT_OK || equal)
    return answer;
  if (record->item)
    cJSON_ReplaceItemViaPointer(list, record->item, item);
  else
    json_link(list, before, item);
  record->item = STEAL(&owned);
  return DAVIT_OK;
}

/* The first of the run of larger keys at the end, so that keys added in any order to a sorted
 * object leave it sorted, and adding them in order costs nothing. */
static cJSON *larger_at_end(const cJSON *object, const char *key) {
  cJSON *larger = NULL;
  cJSON *member = object->child ? object->child->prev : NULL;
  while (member && strcmp(member->string, key) > 0) {
    larger = member;
    member = member == object->child ? NULL : member->prev;
  }
  return larger;
}

int document_put_member(struct oci *oci, const char *path, enum place place, const char *key,
                        cJSON *item, const struct oci_source *source, struct davit_error *err) {
  CLEANUP(cjson) cJSON *owned = item;
  cJSON *object = json_make(&oci->arena, oci->root, path);
  char *name = arena_strdup(&oci->arena, key);
  if (!item || !object || !name)
    return error_memory(err);
  json_name(item, name);
  return document_put(oci, object, larger_at_end(object, key), place, name, STEAL(&owned), source,
                      err);
}

/* ---- ociVersion ------------------------------------------------------------------------------ */

/* "1.0.2-dev" as 1, 0, 2 and -1, which orders it before its release; what is no version is older
 * than any. */
static void split_version(const char *version, int64_t parts[4]) {
  for (size_t i = 0; i < 4; i++)
    parts[i] = 0;
  const char *at = version;
  for (size_t i = 0; i < 3 && at && *at >= '0' && *at <= '9'; i++) {
    for (; *at >= '0' && *at <= '9' && parts[i] < INT32_MAX; at++)
      parts[i] = parts[i] * 10 + (*at - '0');
    if (*at == '.')
      at++;
  }
  if (at && *at == '-')
    parts[3] = -1;
}

static bool is_older(const char *version, const char *than) {
  int64_t a[4], b[4];
  split_version(version, a);
  split_version(than, b);
  for (size_t i = 0; i < 4; i++)
    if (a[i] != b[i])
      return a[i] < b[i];
  return false;
}

int document_need_version(struct oci *oci, const char *version, const struct oci_source *source,
                          struct davit_error *err) {
  const char *now = json_get_string(oci->root, "ociVersion");
  if (now && !is_older(now, version))
    return DAVIT_OK;
  return document_set(oci, "", "ociVersion", cJSON_CreateString(version), source, err);
}
