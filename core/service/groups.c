/* SPDX-License-Identifier: Apache-2.0 */
/* `replica_groups`: the service once for each role, with what the group replaces, and choosing one
 * of them. */
#include <inttypes.h>
#include <string.h>

#include "service/forms.h"
#include "service/keys.h"
#include "util/map.h"

enum {
  GROUPS_MOST = 256, /* each is a service of its own in memory */
  ROLE_MOST = 30
};

const char default_role[] = "default";

/* While a group is read. */
struct group_model {
  struct service *service;
  const struct doc_node *role;
  const struct doc_node *env;
};

static bool is_role(const char *role) {
  for (const char *c = role; *c; c++)
    if (*c >= 'A' && *c <= 'Z')
      return false;
  return role[0] >= 'a' && strlen(role) <= ROLE_MOST && field_is_label(role, strlen(role));
}

static void read_role(struct reader *reader, const struct doc_node *value, void *into) {
  struct group_model *model = into;
  const char *role;
  if (!field_text(reader, value, &role))
    return;
  if (!is_role(role)) {
    field_invalid(reader, value,
                  "1 to 30 small letters, digits and \"-\"; the first is a letter, the last is not "
                  "\"-\"",
                  "%s is not a role", field_quote(reader, role));
    return;
  }
  model->role = value;
  model->service->role = role;
}

static void read_group_count(struct reader *reader, const struct doc_node *value, void *into) {
  struct group_model *model = into;
  (void)field_u32(reader, value, 1, UINT32_MAX, &model->service->replicas);
}

static void read_group_image(struct reader *reader, const struct doc_node *value, void *into) {
  read_image(reader, value, ((struct group_model *)into)->service);
}

static void read_group_command(struct reader *reader, const struct doc_node *value, void *into) {
  read_command(reader, value, ((struct group_model *)into)->service);
}

static void read_group_resources(struct reader *reader, const struct doc_node *value, void *into) {
  read_resources(reader, value, ((struct group_model *)into)->service);
}

/* Behind the service's own: the later of two entries of one name wins, and the first is known as
 * what it replaced. */
static void read_group_env(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = ((struct group_model *)into)->service;
  struct service group = {0};
  read_env_keys(reader, value, &group);
  struct service_env *env = field_array(reader, service->env_count + group.env_count, sizeof(*env));
  if (!env)
    return;
  struct map names = {0};
  for (size_t i = 0; i < group.env_count; i++)
    if (!map_put(reader->arena, &names, group.env[i].name, env))
      error_memory(reader->err);
  for (size_t i = 0; i < service->env_count; i++) {
    env[i] = service->env[i];
    env[i].overridden = map_find(&names, env[i].name) != NULL;
  }
  for (size_t i = 0; i < group.env_count; i++)
    env[service->env_count + i] = group.env[i];
  service->env = env;
  service->env_count += group.env_count;
}

const struct field service_group_keys[] = {
    {.key = "role", .read = read_role, .example = "worker"},
    {.key = "count", .read = read_group_count, .example = "2"},
    {.key = "image", .read = read_group_image, .flags = FIELD_OPTIONAL},
    {.key = "command", .read = read_group_command, .flags = FIELD_OPTIONAL},
    {.key = "env", .read = read_group_env},
    {.key = "resources", .read = read_group_resources, .flags = FIELD_OPTIONAL},
    {.key = "affinity", .read = read_affinity, .flags = FIELD_FOREIGN},
    {.key = NULL},
};

/* Keys of a service that a group replaces as a whole. */
static const char *const replaced[] = {"image", "command", "resources", NULL};

static void pass_over(UNUSED struct reader *reader, UNUSED const struct doc_node *value,
                      UNUSED void *into) {
}

/* The keys of a service; those of `replaced` are read only if `reads` says so of them. */
static struct field *filter_keys(struct reader *reader, bool (*reads)(const char *key)) {
  size_t count = 0;
  while (service_keys[count].key)
    count++;
  struct field *keys = field_array(reader, count + 1, sizeof(*keys));
  for (size_t i = 0; keys && i <= count; i++) {
    keys[i] = service_keys[i];
    keys[i].example = NULL;
    if (keys[i].key && !reads(keys[i].key)) {
      keys[i].read = pass_over;
      keys[i].form = NULL;
      keys[i].flags = FIELD_OPTIONAL;
    }
  }
  return keys;
}

static bool is_shared(const char *key) {
  return !strings_contain(replaced, key) && strcmp(key, "replica_groups") != 0;
}

static bool has_value(const struct doc_node *mapping, const char *key) {
  const struct doc_node *value = doc_get(mapping, key);
  return value && (value->kind != DOC_SCALAR || value->type != DOC_NULL);
}

/* What of image, command and resources the group leaves to the service. */
static void read_inherited(struct reader *reader, const struct doc_node *mapping,
                           const struct doc_node *group, struct service *service) {
  static void (*const readers[])(struct reader *, const struct doc_node *,
                                 void *) = {read_image, read_command, read_resources};
  for (size_t i = 0; replaced[i]; i++)
    if (!has_value(group, replaced[i]) && has_value(mapping, replaced[i]))
      readers[i](reader, doc_get(mapping, replaced[i]), service);
}

static void ignore_message(UNUSED void *user, UNUSED enum log_level level,
                           UNUSED const struct problem *message) {
}

static void read_group(struct reader *reader, struct reader *again, const struct doc_node *mapping,
                       const struct doc_node *value, struct service *service, struct map *roles) {
  struct group_model model = {.service = service};
  service->at = field_at(reader, value);
  service->replicas = 0;
  keys_read(reader, value, service_group_keys, &model);
  if (value->kind == DOC_MAPPING)
    read_inherited(again, mapping, value, service);
  if (model.role)
    (void)field_is_first(reader, model.role, model.role, service->role, roles);
}

/* Ranks run over the groups that take part, in the order of the file. */
static void number_ranks(struct reader *reader, const struct doc_node *value,
                         struct service **groups, size_t count) {
  uint64_t world = 0, total = 0;
  for (size_t i = 0; i < count; i++) {
    groups[i]->rank = (uint32_t)world;
    world += groups[i]->distributed ? groups[i]->replicas : 0;
    total += groups[i]->replicas;
  }
  if (total > UINT32_MAX)
    field_invalid(reader, value, field_printf(reader, "at most %" PRIu32 " in all", UINT32_MAX),
                  "the groups have %" PRIu64 " replicas", total);
  for (size_t i = 0; i < count; i++)
    groups[i]->world = (uint32_t)world;
}

/* The service is read a second time for what its groups share. What is wrong with it was said the
 * first time. */
void read_groups(struct reader *reader, const struct doc_node *mapping, struct service *service) {
  const struct doc_node *value = doc_get(mapping, "replica_groups");
  if (!value || (value->kind == DOC_SCALAR && value->type == DOC_NULL) ||
      !field_is_list(reader, value))
    return;
  if (value->count == 0 || value->count > GROUPS_MOST) {
    field_invalid(reader, value,
                  field_printf(reader, "1 to %d groups, or leave the key out", GROUPS_MOST),
                  "a list of %zu groups", value->count);
    return;
  }
  CLEANUP(error) struct davit_error known = {0};
  static const struct log silent = {.threshold = LOG_LEVEL_NONE, .emit = ignore_message};
  struct reader again = {
      .arena = reader->arena, .log = &silent, .err = &known, .file = reader->file};
  struct service shared = {.name = service->name, .at = service->at};
  const struct field *keys = filter_keys(reader, is_shared);
  struct service *all = field_array(reader, value->count, sizeof(*all));
  struct service **groups = field_array(reader, value->count, sizeof(struct service *));
  if (!keys || !all || !groups)
    return;
  keys_read(&again, mapping, keys, &shared);

  struct map roles = {0};
  for (size_t i = 0; i < value->count; i++) {
    all[i] = shared;
    groups[i] = &all[i];
    read_group(reader, &again, mapping, value->values[i], groups[i], &roles);
  }
  number_ranks(reader, value, groups, value->count);
  for (const struct problem *problem = known.first; problem; problem = problem->next)
    if (problem->answer == DAVIT_E_MEMORY)
      error_memory(reader->err);
  service->groups = (const struct service *const *)groups;
  service->group_count = value->count;
}

/* ---- choosing ----------------------------------------------------------------------------- */

static struct where place_of(const struct service_file *file, const struct service *service) {
  return (struct where){.file = file->file,
                        .line = service->at.line,
                        .column = service->at.column,
                        .key = service->at.key};
}

static int refuse_role(const struct service_file *file, const struct service *service,
                       const char *role, struct davit_error *err) {
  struct where at = place_of(file, service);
  CLEANUP(arena) struct arena arena = {0};
  struct list roles = {0};
  if (service->group_count == 0)
    return error_add_at(err, DAVIT_E_NOT_FOUND, "service.role", &at,
                        "leave out --role, or give the service replica_groups",
                        "the role \"%s\" is asked, but the service has no replica groups", role);
  for (size_t i = 0; i < service->group_count; i++)
    if (!list_push(&arena, &roles, service->groups[i]->role))
      return error_memory(err);
  return error_add_at(
      err, DAVIT_E_NOT_FOUND, "service.role", &at,
      arena_printf(&arena, "roles there: %s", strings_join(&arena, list_strings(&roles), 30)),
      "the service has no role \"%s\"", role);
}

static int refuse_replica(const struct service_file *file, const struct service *service,
                          uint32_t replica, uint64_t most, struct davit_error *err) {
  struct where at = place_of(file, service);
  CLEANUP(arena) struct arena arena = {0};
  const char *hint = service->role
                         ? arena_printf(&arena, "1 to %" PRIu64 ", the count of the group", most)
                         : arena_printf(&arena, "1 to %" PRIu64 ", over all groups", most);
  return error_add_at(err, DAVIT_E_INVALID, "service.replica", &at, hint,
                      "there is no replica %" PRIu32, replica);
}

int service_choose(const struct service_file *file, const struct service *service, const char *role,
                   uint32_t replica, struct service_choice *choice, struct davit_error *err) {
  *choice = (struct service_choice){.service = service, .replica = replica};
  if (service->group_count == 0)
    return !role || strcmp(role, default_role) == 0 ? DAVIT_OK
                                                    : refuse_role(file, service, role, err);
  uint64_t before = 0;
  for (size_t i = 0; i < service->group_count; i++) {
    const struct service *group = service->groups[i];
    uint64_t number = role ? replica : replica - before;
    bool is_meant = role ? strcmp(role, group->role) == 0 : replica - before <= group->replicas;
    if (is_meant && number > group->replicas)
      return refuse_replica(file, group, replica, group->replicas, err);
    if (is_meant) {
      *choice = (struct service_choice){.service = group, .replica = (uint32_t)number};
      return DAVIT_OK;
    }
    before += group->replicas;
  }
  return role ? refuse_role(file, service, role, err)
              : refuse_replica(file, service, replica, before, err);
}

const char *service_container_id(struct arena *arena, const struct service *service,
                                 uint32_t replica, uint64_t node) {
  const char *role = service->role ? service->role : default_role;
  if (strcmp(role, default_role) == 0 && node == 0)
    return arena_printf(arena, "%s-rep-%" PRIu32, service->name, replica);
  return arena_printf(arena, "%s-%s-%" PRIu32 "-on-%" PRIu64, service->name, role, replica, node);
}
