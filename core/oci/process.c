/* SPDX-License-Identifier: Apache-2.0 */
/* The container's first process: what it runs, and as whom. */
#include <string.h>

#include "oci/document.h"

int oci_set_env(struct oci *oci, const char *name, const char *value,
                const struct oci_source *source, struct davit_error *err) {
  const char *entry = arena_printf(&oci->arena, "%s=%s", name, value); /* as old as the tree */
  if (!entry)
    return error_memory(err);
  return document_put(oci, document_list(oci, "process", "env"), NULL, PLACE_ENV, name,
                      cJSON_CreateStringReference(entry), source, err);
}

const char *oci_get_env(const struct oci *oci, const char *name, const struct oci_source **source) {
  const struct record *record = record_find(oci, PLACE_ENV, name);
  if (!record)
    return NULL;
  if (source)
    *source = record->sources.items[0];
  const char *value = strchr(record->item->valuestring, '=');
  return value ? value + 1 : "";
}

int oci_note_dropped_env(struct oci *oci, const char *name, const char *value,
                         const struct oci_source *source, struct davit_error *err) {
  struct record *record = record_find(oci, PLACE_ENV, name);
  if (!record)
    return DAVIT_OK;
  struct oci_replaced *dropped = arena_alloc(&oci->arena, sizeof(*dropped));
  const struct oci_source *copy = source_copy(oci, source);
  if (!dropped || !copy)
    return error_memory(err);
  dropped->value = arena_printf(&oci->arena, "%s=%s", name, value);
  dropped->source = copy;
  if (!dropped->value || !list_push(&oci->arena, &record->dropped, dropped))
    return error_memory(err);
  return DAVIT_OK;
}

bool oci_env_is_secret(const struct oci *oci, const char *name) {
  const struct record *record = record_find(oci, PLACE_ENV, name);
  return record && record_is_secret(record);
}

int oci_set_args(struct oci *oci, const char *const *args, const struct oci_source *source,
                 struct davit_error *err) {
  return document_set(oci, "process", "args", json_strings(args), source, err);
}

int oci_prepend_args(struct oci *oci, const char *const *args, const struct oci_source *source,
                     struct davit_error *err) {
  CLEANUP(cjson) cJSON *all = json_strings(args);
  const cJSON *now = json_find(oci->root, "process.args"), *word;
  cJSON_ArrayForEach(word, now) {
    cJSON *copy = all ? cJSON_CreateString(word->valuestring) : NULL;
    if (!copy)
      return error_memory(err);
    cJSON_AddItemToArray(all, copy);
  }
  return document_set(oci, "process", "args", STEAL(&all), source, err);
}

int oci_set_cwd(struct oci *oci, const char *cwd, const struct oci_source *source,
                struct davit_error *err) {
  return document_set(oci, "process", "cwd", cJSON_CreateString(cwd), source, err);
}

int oci_set_terminal(struct oci *oci, bool terminal, const struct oci_source *source,
                     struct davit_error *err) {
  return document_set(oci, "process", "terminal", cJSON_CreateBool(terminal), source, err);
}

int oci_set_user(struct oci *oci, uint32_t uid, uint32_t gid, const struct oci_source *source,
                 struct davit_error *err) {
  int answer = document_set(oci, "process.user", "uid", json_uint(uid), source, err);
  if (answer != DAVIT_OK)
    return answer;
  return document_set(oci, "process.user", "gid", json_uint(gid), source, err);
}

void oci_get_user(const struct oci *oci, uint32_t *uid, uint32_t *gid) {
  const cJSON *user = json_find(oci->root, "process.user");
  *uid = 0;
  *gid = 0;
  (void)json_to_u32(json_get(user, "uid"), uid);
  (void)json_to_u32(json_get(user, "gid"), gid);
}

/* The first of the run of larger ones at the end: a sorted list stays sorted, another keeps its
 * order. */
static cJSON *larger_at_end(const cJSON *list, uint32_t gid) {
  cJSON *larger = NULL;
  cJSON *item = list && list->child ? list->child->prev : NULL;
  for (uint32_t other; item && json_to_u32(item, &other) && other > gid;) {
    larger = item;
    item = item == list->child ? NULL : item->prev;
  }
  return larger;
}

int oci_add_gid(struct oci *oci, uint32_t gid, const struct oci_source *source,
                struct davit_error *err) {
  cJSON *list = document_list(oci, "process.user", "additionalGids");
  return document_put(oci, list, larger_at_end(list, gid), PLACE_GID, id_name(&oci->arena, gid),
                      json_uint(gid), source, err);
}

int oci_remove_gids(struct oci *oci, const struct oci_source *source, struct davit_error *err) {
  int answer = DAVIT_OK;
  for (size_t i = 0; i < oci->order.count && answer == DAVIT_OK; i++) {
    struct record *record = oci->order.items[i];
    if (record->place != PLACE_GID || !record->item)
      continue;
    const struct oci_source *first = record->sources.items[0];
    if (first->kind != OCI_FROM_CONFIG)
      answer = document_take(oci, "process.user", "additionalGids", record, source, err);
  }
  return answer;
}

int oci_set_no_new_privileges(struct oci *oci, bool value, const struct oci_source *source,
                              struct davit_error *err) {
  return document_set(oci, "process", "noNewPrivileges", cJSON_CreateBool(value), source, err);
}

int oci_set_oom_score_adj(struct oci *oci, int32_t value, const struct oci_source *source,
                          struct davit_error *err) {
  return document_set(oci, "process", "oomScoreAdj", json_int(value), source, err);
}

int oci_set_apparmor_profile(struct oci *oci, const char *profile, const struct oci_source *source,
                             struct davit_error *err) {
  return document_set(oci, "process", "apparmorProfile", cJSON_CreateString(profile), source, err);
}

int oci_set_selinux_label(struct oci *oci, const char *label, const struct oci_source *source,
                          struct davit_error *err) {
  return document_set(oci, "process", "selinuxLabel", cJSON_CreateString(label), source, err);
}

int oci_set_rlimit(struct oci *oci, const char *type, uint64_t soft, uint64_t hard,
                   const struct oci_source *source, struct davit_error *err) {
  CLEANUP(cjson) cJSON *limit = cJSON_CreateObject();
  if (!limit || !json_add(limit, "type", cJSON_CreateString(type)) ||
      !json_add(limit, "hard", json_uint(hard)) || !json_add(limit, "soft", json_uint(soft)))
    return error_memory(err);
  return document_put(oci, document_list(oci, "process", "rlimits"), NULL, PLACE_RLIMIT, type,
                      STEAL(&limit), source, err);
}
