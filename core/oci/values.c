/* SPDX-License-Identifier: Apache-2.0 */
/* Entries as short texts, for people: what `davit explain` shows. */
#include <inttypes.h>
#include <string.h>

#include "oci/document.h"
#include "oci/json_out.h"
#include "util/cleanup.h"

static const char *compact_text(struct arena *arena, const cJSON *item) {
  CLEANUP(free) char *text = NULL;
  size_t size;
  return json_print(item, JSON_COMPACT, &text, &size) ? arena_strndup(arena, text, size) : NULL;
}

static const char *or_dash(const char *text) {
  return text && *text ? text : "-";
}

/* The strings of a list from `item` on, each with the separator before it. */
static const char *joined(struct arena *arena, const cJSON *item, const char *separator) {
  size_t size = 1;
  for (const cJSON *each = item; each; each = each->next)
    size += strlen(separator) + strlen(each->valuestring);
  char *text = arena_alloc(arena, size);
  char *end = text;
  for (; text && item; item = item->next)
    end = stpcpy(stpcpy(end, separator), item->valuestring);
  return text;
}

static const cJSON *first_of(const cJSON *object, const char *key) {
  const cJSON *list = json_get(object, key);
  return list ? list->child : NULL;
}

static const char *mount_text(struct arena *arena, const cJSON *mount) {
  const char *options = joined(arena, first_of(mount, "options"), ",");
  if (!options)
    return NULL;
  return arena_printf(arena, "%s %s %s", or_dash(json_get_string(mount, "type")),
                      or_dash(json_get_string(mount, "source")), *options ? options + 1 : "-");
}

static const char *hook_text(struct arena *arena, const cJSON *hook) {
  const cJSON *args = first_of(hook, "args"); /* the first is the program's own name */
  const char *rest = joined(arena, args ? args->next : NULL, " ");
  return rest ? arena_printf(arena, "%s%s", or_dash(json_get_string(hook, "path")), rest) : NULL;
}

static const char *number_text(const cJSON *object, const char *key, const char *absent) {
  const cJSON *number = json_get(object, key);
  return cJSON_IsRaw(number) ? number->valuestring : absent;
}

static const char *device_text(struct arena *arena, const cJSON *device) {
  const char *text =
      arena_printf(arena, "%s %s:%s", or_dash(json_get_string(device, "type")),
                   number_text(device, "major", "-"), number_text(device, "minor", "-"));
  uint32_t mode;
  if (text && json_to_u32(json_get(device, "fileMode"), &mode))
    text = arena_printf(arena, "%s %04" PRIo32, text, mode & 07777);
  if (text && (json_get(device, "uid") || json_get(device, "gid")))
    text = arena_printf(arena, "%s %s:%s", text, number_text(device, "uid", "-"),
                        number_text(device, "gid", "-"));
  return text;
}

static const char *rule_text(struct arena *arena, const cJSON *rule) {
  const char *type = json_get_string(rule, "type");
  const char *access = json_get_string(rule, "access");
  return arena_printf(arena, "%s%s %s:%s %s", cJSON_IsTrue(json_get(rule, "allow")) ? "" : "deny ",
                      type && *type ? type : "a", number_text(rule, "major", "*"),
                      number_text(rule, "minor", "*"), access && *access ? access : "rwm");
}

static const char *namespace_text(struct arena *arena, const cJSON *ns) {
  const char *path = json_get_string(ns, "path");
  return arena_printf(arena, "%s%s%s", or_dash(json_get_string(ns, "type")), path ? " " : "",
                      path ? path : "");
}

static const char *mapping_text(struct arena *arena, const cJSON *mapping) {
  return arena_printf(arena, "%s:%s:%s", number_text(mapping, "containerID", "-"),
                      number_text(mapping, "hostID", "-"), number_text(mapping, "size", "-"));
}

static bool is_list_of_objects(const cJSON *item) {
  return cJSON_IsArray(item) && item->child &&
         (cJSON_IsObject(item->child) || cJSON_IsArray(item->child));
}

static const char *plain_text(struct arena *arena, const cJSON *item) {
  if (cJSON_IsString(item) || cJSON_IsRaw(item))
    return arena_strdup(arena, item->valuestring);
  if (is_list_of_objects(item))
    return arena_printf(arena, "list of %d", cJSON_GetArraySize(item));
  return compact_text(arena, item);
}

const char *value_text(struct arena *arena, enum place place, const cJSON *item) {
  switch (place) {
  case PLACE_RLIMIT:
    return arena_printf(arena, "%s:%s", number_text(item, "soft", "-"),
                        number_text(item, "hard", "-"));
  case PLACE_MOUNT:
    return mount_text(arena, item);
  case PLACE_HOOK:
    return hook_text(arena, item);
  case PLACE_NAMESPACE:
    return namespace_text(arena, item);
  case PLACE_UID_MAPPING:
  case PLACE_GID_MAPPING:
    return mapping_text(arena, item);
  case PLACE_DEVICE:
    return device_text(arena, item);
  case PLACE_RULE:
    return rule_text(arena, item);
  case PLACE_NET_DEVICE:
    return arena_strdup(arena, or_dash(json_get_string(item, "name")));
  case PLACE_PLAIN:
  case PLACE_ENV:
  case PLACE_GID:
  case PLACE_ANNOTATION:
  case PLACE_SYSCTL:
  case PLACE_UNIFIED:
  case PLACE_COUNT:
    break;
  }
  return plain_text(arena, item);
}
