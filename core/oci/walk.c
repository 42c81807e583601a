/* SPDX-License-Identifier: Apache-2.0 */
/* Every entry of the tree, found from the tree alone: an entry that some edit forgot to record is
 * seen here all the same. */
#include <string.h>

#include "oci/document.h"

struct walk {
  struct arena *arena;
  visit_function *visit;
  void *user;
  struct davit_error *err;
};

/* Lists and maps whose items are entries of their own. */
static const struct {
  const char *path;
  enum place place;
} places[] = {
    {"process.env", PLACE_ENV},
    {"process.user.additionalGids", PLACE_GID},
    {"process.rlimits", PLACE_RLIMIT},
    {"mounts", PLACE_MOUNT},
    {"hooks.prestart", PLACE_HOOK},
    {"hooks.createRuntime", PLACE_HOOK},
    {"hooks.createContainer", PLACE_HOOK},
    {"hooks.startContainer", PLACE_HOOK},
    {"hooks.poststart", PLACE_HOOK},
    {"hooks.poststop", PLACE_HOOK},
    {"annotations", PLACE_ANNOTATION},
    {"linux.namespaces", PLACE_NAMESPACE},
    {"linux.uidMappings", PLACE_UID_MAPPING},
    {"linux.gidMappings", PLACE_GID_MAPPING},
    {"linux.devices", PLACE_DEVICE},
    {"linux.netDevices", PLACE_NET_DEVICE},
    {"linux.sysctl", PLACE_SYSCTL},
    {"linux.resources.unified", PLACE_UNIFIED},
    {"linux.resources.devices", PLACE_RULE},
};

static enum place place_at(const char *path) {
  for (size_t i = 0; i < ARRAY_LEN(places); i++)
    if (strcmp(places[i].path, path) == 0)
      return places[i].place;
  return PLACE_PLAIN;
}

static const char *or_empty(const char *text) {
  return text ? text : "";
}

/* NULL: out of memory. */
static const char *name_of(struct arena *arena, enum place place, const char *list, size_t position,
                           const cJSON *item) {
  switch (place) {
  case PLACE_ENV:
    return env_name(arena, item->valuestring);
  case PLACE_GID:
    return item->valuestring;
  case PLACE_RLIMIT:
  case PLACE_NAMESPACE:
    return or_empty(json_get_string(item, "type"));
  case PLACE_UID_MAPPING:
  case PLACE_GID_MAPPING:
    return json_get(item, "containerID")->valuestring;
  case PLACE_MOUNT:
    return mount_name(arena, or_empty(json_get_string(item, "destination")));
  case PLACE_HOOK:
    return hook_name(arena, list, item);
  case PLACE_ANNOTATION:
  case PLACE_NET_DEVICE:
  case PLACE_SYSCTL:
  case PLACE_UNIFIED:
    return item->string;
  case PLACE_DEVICE:
    return or_empty(json_get_string(item, "path"));
  case PLACE_RULE:
    return rule_name(arena, position);
  case PLACE_PLAIN:
  case PLACE_COUNT:
    break;
  }
  return plain_name(arena, list, item->string);
}

static int visit_item(struct walk *walk, enum place place, const char *list, size_t position,
                      cJSON *item) {
  struct visit visit = {.place = place, .list = list, .position = position, .item = item};
  visit.name = name_of(walk->arena, place, list, position, item);
  return visit.name ? walk->visit(walk->user, &visit, walk->err) : error_memory(walk->err);
}

static int visit_list(struct walk *walk, enum place place, const char *list, cJSON *items) {
  size_t position = 0;
  int answer = DAVIT_OK;
  for (cJSON *item = items->child; item && answer == DAVIT_OK; item = item->next)
    answer = visit_item(walk, place, list, position++, item);
  return answer;
}

/* As deep as the tree, which the reader bounds. */
static int visit_object(struct walk *walk, const char *path, cJSON *object) {
  size_t position = 0;
  for (cJSON *member = object->child; member; member = member->next, position++) {
    if (cJSON_IsNull(member)) /* as good as absent */
      continue;
    const char *name = plain_name(walk->arena, path, member->string);
    if (!name)
      return error_memory(walk->err);
    enum place place = place_at(name);
    int answer;
    if (place != PLACE_PLAIN)
      answer = visit_list(walk, place, name, member);
    else if (cJSON_IsObject(member))
      answer = visit_object(walk, name, member);
    else
      answer = visit_item(walk, PLACE_PLAIN, path, position, member);
    if (answer != DAVIT_OK)
      return answer;
  }
  return DAVIT_OK;
}

int document_walk(const struct oci *oci, struct arena *arena, visit_function *visit, void *user,
                  struct davit_error *err) {
  struct walk walk = {.arena = arena, .visit = visit, .user = user, .err = err};
  return visit_object(&walk, "", oci->root);
}
