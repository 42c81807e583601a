/* SPDX-License-Identifier: Apache-2.0 */
/* What keys of a service, and services of a file, demand of each other. */
#include <string.h>

#include "service/keys.h"
#include "util/map.h"

static bool is_given(const struct doc_node *value) {
  return value && (value->kind != DOC_SCALAR || value->type != DOC_NULL);
}

static void check_schedule(struct reader *reader, const struct doc_node *mapping) {
  const struct doc_node *rtype = doc_get(mapping, "rtype"),
                        *schedule = doc_get(mapping, "schedule");
  bool is_cron = rtype && rtype->kind == DOC_SCALAR && strcmp(rtype->text, "cron") == 0;
  if (is_cron && !is_given(schedule))
    field_invalid(reader, rtype, "add `schedule: \"0 30 4 * * *\"`", "rtype cron needs a schedule");
  if (!is_cron && is_given(schedule))
    field_invalid(reader, schedule, "write `rtype: cron`, or leave this key out",
                  "a schedule is only for rtype cron");
}

static void check_target_roles(struct reader *reader, const struct doc_node *mapping,
                               const struct service *service) {
  const struct doc_node *endpoints = doc_get(mapping, "endpoints");
  struct list roles = {0};
  for (size_t i = 0; i < service->group_count; i++)
    if (service->groups[i]->role && !list_push(reader->arena, &roles, service->groups[i]->role)) {
      error_memory(reader->err);
      return;
    }
  for (size_t i = 0; endpoints && endpoints->kind == DOC_SEQUENCE && i < endpoints->count; i++) {
    const struct doc_node *endpoint = endpoints->values[i];
    const struct doc_node *role =
        endpoint->kind == DOC_MAPPING ? doc_get(endpoint, "target_role") : NULL;
    if (!is_given(role) || role->kind != DOC_SCALAR ||
        strings_contain(list_strings(&roles), role->text))
      continue;
    field_invalid(reader, role,
                  roles.count > 0
                      ? field_printf(reader, "roles of replica_groups: %s",
                                     strings_join(reader->arena, list_strings(&roles), 30))
                      : "leave it out, or give the service replica_groups",
                  "the service has no role %s", field_quote(reader, role->text));
  }
}

void check_service(struct reader *reader, const struct doc_node *mapping,
                   const struct service *service) {
  if (mapping->kind != DOC_MAPPING)
    return;
  check_schedule(reader, mapping);
  check_target_roles(reader, mapping, service);
  check_wasm(reader, mapping, service);
}

static void check_depends(struct reader *reader, const struct doc_node *services,
                          const struct doc_node *mapping) {
  const struct doc_node *depends =
      mapping->kind == DOC_MAPPING ? doc_get(mapping, "depends") : NULL;
  for (size_t i = 0; depends && depends->kind == DOC_SEQUENCE && i < depends->count; i++) {
    const struct doc_node *entry = depends->values[i];
    const struct doc_node *name = entry->kind == DOC_MAPPING ? doc_get(entry, "service") : NULL;
    if (!name || name->kind != DOC_SCALAR || doc_get(services, name->text))
      continue;
    struct list names = {0};
    for (size_t k = 0; k < services->count && k < 30; k++)
      if (!list_push(reader->arena, &names, services->keys[k]->text)) {
        error_memory(reader->err);
        return;
      }
    field_invalid(reader, name,
                  field_printf(reader, "services there: %s",
                               strings_join(reader->arena, list_strings(&names), 30)),
                  "there is no service %s", field_quote(reader, name->text));
  }
}

/* Ids of containers are `service-role-...`: a service a-b with the role c and a service a with the
 * role b-c would share theirs. */
static void claim_ids(struct reader *reader, const struct doc_node *services, struct map *claimed,
                      const struct service *service, const char *role) {
  const char *id = field_printf(reader, "%s-%s", service->name, role);
  if (!id)
    return;
  void **earlier = map_find(claimed, id);
  if (earlier && *earlier != service)
    field_invalid(reader, doc_get(services, service->name), "rename one of the services or roles",
                  "the containers of role %s would have the ids of those of service %s", role,
                  ((const struct service *)*earlier)->name);
  else if (!map_put(reader->arena, claimed, id, (void *)(uintptr_t)service))
    error_memory(reader->err);
}

static void check_ids(struct reader *reader, const struct doc_node *services,
                      const struct service *const *all, size_t count) {
  struct map claimed = {0};
  for (size_t i = 0; i < count; i++) {
    const struct service *service = all[i];
    if (service->group_count == 0)
      claim_ids(reader, services, &claimed, service, default_role);
    for (size_t k = 0; k < service->group_count; k++)
      if (service->groups[k]->role) /* NULL: it was wrong */
        claim_ids(reader, services, &claimed, service, service->groups[k]->role);
  }
}

void check_services(struct reader *reader, const struct doc_node *services,
                    const struct service *const *all, size_t count) {
  if (services->kind != DOC_MAPPING)
    return;
  for (size_t i = 0; i < services->count; i++)
    check_depends(reader, services, services->values[i]);
  check_ids(reader, services, all, count);
}
