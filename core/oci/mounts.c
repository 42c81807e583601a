/* SPDX-License-Identifier: Apache-2.0 */
/* The list of mounts, found by clean destination. */
#include <stdlib.h>
#include <string.h>

#include "oci/document.h"

static cJSON *make_mount(const struct oci_mount *mount) {
  CLEANUP(cjson) cJSON *item = cJSON_CreateObject();
  if (!item || !json_add(item, "destination", cJSON_CreateString(mount->destination)))
    return NULL;
  if (mount->type && !json_add(item, "type", cJSON_CreateString(mount->type)))
    return NULL;
  if (mount->source && !json_add(item, "source", cJSON_CreateString(mount->source)))
    return NULL;
  if (mount->options && *mount->options && !json_add(item, "options", json_strings(mount->options)))
    return NULL;
  return STEAL(&item);
}

/* The version of the specification that brought a mount option (config.md, "Linux mount options");
 * NULL: older than any that is written here. Those for ids, of 1.2.0, count as such: crun has known
 * them for longer, and where it does not know 1.2.0 it refuses the config. */
static const char *option_since(const char *option) {
  static const char *const recursive[] = {
      "rro",    "rrw",      "rsuid",        "rnosuid",        "rdev",       "rnodev",
      "rexec",  "rnoexec",  "rdiratime",    "rnodiratime",    "rrelatime",  "rnorelatime",
      "ratime", "rnoatime", "rstrictatime", "rnostrictatime", "rsymfollow", "rnosymfollow",
      NULL};
  return *option == 'r' && strings_contain(recursive, option) ? "1.1.0" : NULL;
}

int oci_add_mount(struct oci *oci, const struct oci_mount *mount, const struct oci_source *source,
                  struct davit_error *err) {
  int answer =
      document_put(oci, document_list(oci, "", "mounts"), NULL, PLACE_MOUNT,
                   mount_name(&oci->arena, mount->destination), make_mount(mount), source, err);
  for (const char *const *option = mount->options; answer == DAVIT_OK && option && *option;
       option++) {
    const char *since = option_since(*option);
    if (since)
      answer = document_need_version(oci, since, source, err);
  }
  return answer;
}

const struct oci_source *oci_find_mount(const struct oci *oci, const char *destination) {
  CLEANUP(arena) struct arena scratch = {0};
  const char *name = mount_name(&scratch, destination);
  const struct record *record = record_find(oci, PLACE_MOUNT, name ? name : destination);
  return record ? record->sources.items[0] : NULL;
}

struct ranked {
  size_t depth;
  size_t position;
  cJSON *mount;
};

static int compare_ranked(const void *left, const void *right) {
  const struct ranked *a = left, *b = right;
  if (a->depth != b->depth)
    return a->depth < b->depth ? -1 : 1;
  return a->position < b->position ? -1 : 1;
}

static bool measure_depth(struct arena *scratch, const cJSON *mount, size_t *depth) {
  const char *name = mount_name(scratch, json_get_string(mount, "destination"));
  if (!name)
    return false;
  *depth = 0;
  for (const char *at = name; *at; at++)
    *depth += *at == '/' && at[1];
  return true;
}

int oci_sort_mounts(struct oci *oci, struct davit_error *err) {
  cJSON *list = json_get(oci->root, "mounts");
  if (!list || !list->child)
    return DAVIT_OK;
  size_t count = (size_t)cJSON_GetArraySize(list);
  CLEANUP(arena) struct arena scratch = {0};
  struct ranked *mounts = arena_array(&scratch, count, sizeof(*mounts));
  if (!mounts)
    return error_memory(err);
  size_t position = 0;
  for (cJSON *mount = list->child; mount; mount = mount->next, position++) {
    mounts[position].mount = mount;
    mounts[position].position = position;
    if (!measure_depth(&scratch, mount, &mounts[position].depth))
      return error_memory(err);
  }
  qsort(mounts, count, sizeof(*mounts), compare_ranked);
  list->child = mounts[0].mount;
  for (size_t i = 0; i < count; i++) {
    mounts[i].mount->next = i + 1 < count ? mounts[i + 1].mount : NULL;
    mounts[i].mount->prev = mounts[i > 0 ? i - 1 : count - 1].mount;
  }
  return DAVIT_OK;
}
