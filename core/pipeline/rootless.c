/* SPDX-License-Identifier: Apache-2.0 */
/* A container of a user who is not root: its user namespace, and what cannot be in one. */
#include "pipeline/rootless.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/stages.h"
#include "util/text.h"

int rootless_find(const struct host *host, struct arena *arena, enum rootless_mode mode,
                  const struct host_caller **caller, struct davit_error *err) {
  bool is_rootless =
      mode == ROOTLESS_YES || (mode == ROOTLESS_AUTO && !host_is_fixture(host) && geteuid() != 0);
  struct host_caller *found = arena_alloc(arena, sizeof(*found));
  int answer = DAVIT_OK;
  if (!found)
    return error_memory(err);
  if (is_rootless)
    answer = host_find_caller(host, arena, found, err);
  if (answer == DAVIT_OK)
    *caller = is_rootless ? found : NULL;
  return answer;
}

/* ---- ids ------------------------------------------------------------------------------------ */

/* Root inside is the caller; the ids from 1 on are his subordinate ones. */
static int add_mappings(struct context *context, enum oci_ids ids, uint32_t own,
                        const struct host_id_ranges *ranges, const struct oci_source *source,
                        struct davit_error *err) {
  struct oci_id_mapping mapping = {0, own, 1};
  int answer = oci_add_id_mapping(context->oci, ids, &mapping, source, err);
  for (size_t i = 0; answer == DAVIT_OK && i < ranges->count; i++) {
    uint32_t next = mapping.container + mapping.size; /* the ranges were checked to fit */
    mapping = (struct oci_id_mapping){next, ranges->ranges[i].start, ranges->ranges[i].count};
    answer = oci_add_id_mapping(context->oci, ids, &mapping, source, err);
  }
  return answer;
}

/* newuidmap(1) takes both lists or none, and so does a kernel that asks for setgroups(2). */
static int map_ids(struct context *context, const struct oci_source *source,
                   struct davit_error *err) {
  const struct host_caller *caller = context->rootless;
  struct host_id_ranges uids, gids;
  int answer = host_find_subids(context->host, context->arena, context->log, HOST_SUBUIDS, caller,
                                &uids, err);
  if (answer == DAVIT_OK)
    answer = host_find_subids(context->host, context->arena, context->log, HOST_SUBGIDS, caller,
                              &gids, err);
  if (answer == DAVIT_OK)
    answer = add_mappings(context, OCI_UIDS, caller->uid, &uids, source, err);
  if (answer == DAVIT_OK)
    answer = add_mappings(context, OCI_GIDS, caller->gid, &gids, source, err);
  return answer;
}

static int check_user(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  struct where at = at_service(context, service->user.text ? &service->user.at : &service->at);
  if (!service->user.text && context->image && context->image->user.text)
    at = context->image->user.at;
  uint32_t uid, gid, host;
  oci_get_user(context->oci, &uid, &gid);
  if (!oci_id_on_host(context->oci, OCI_UIDS, uid, &host))
    return error_add_at(err, DAVIT_E_INVALID, "rootless.user", &at,
                        "give the user who runs davit enough ids in /etc/subuid, or run as user 0, "
                        "who is that user",
                        "uid %" PRIu32 " is not among the ids of the rootless container", uid);
  if (!oci_id_on_host(context->oci, OCI_GIDS, gid, &host))
    return error_add_at(err, DAVIT_E_INVALID, "rootless.user", &at,
                        "give the user who runs davit enough ids in /etc/subgid, or use group 0",
                        "gid %" PRIu32 " is not among the ids of the rootless container", gid);
  return DAVIT_OK;
}

int stage_rootless(struct context *context, struct davit_error *err) {
  if (!context->rootless)
    return DAVIT_OK;
  struct oci_source source = from_rootless(context);
  int answer = oci_add_namespace(context->oci, "user", NULL, &source, err);
  if (answer == DAVIT_OK)
    answer = map_ids(context, &source, err);
  return answer < 0 ? answer : check_user(context, err);
}

/* ---- groups --------------------------------------------------------------------------------- */

/* "process.user.additionalGids.44" */
static const char *group_of(const struct oci_entry *entry) {
  static const char list[] = "process.user.additionalGids.";
  return entry->value && text_starts(entry->path, list) ? entry->path + strlen(list) : NULL;
}

/* Those that the rootfs has for its root are missed by nobody. */
static int warn_of_groups(struct context *context, struct davit_error *err) {
  const struct oci_entry *const *entries;
  int answer = oci_entries(context->oci, context->arena, &entries, err);
  for (; answer == DAVIT_OK && *entries; entries++) {
    const char *group = group_of(*entries);
    const struct oci_source *source = (*entries)->sources[0];
    if (!group)
      continue;
    bool is_asked =
        source && (source->kind == OCI_FROM_SERVICE || source->kind == OCI_FROM_COMMAND);
    struct where at = {0};
    if (source)
      at = (struct where){.file = source->file, .line = source->line, .key = source->key};
    log_at(context->log, is_asked ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "rootless.groups", &at,
           "the process keeps the groups of the user who runs the container",
           "group %s is left out: a rootless runtime sets no additional groups", group);
  }
  return answer;
}

int stage_rootless_groups(struct context *context, struct davit_error *err) {
  if (!context->rootless)
    return DAVIT_OK;
  struct oci_source source = from_rootless(context);
  int answer = warn_of_groups(context, err);
  return answer < 0 ? answer : oci_remove_gids(context->oci, &source, err);
}
