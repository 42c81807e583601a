/* SPDX-License-Identifier: Apache-2.0 */
/* Adding to a config.json that exists what the options and the config itself ask for. */
#include "api/session.h"

#include <string.h>

#include "plugin/match.h"

/* A user can only run what has a user namespace. */
static int find_rootless(struct session *session, const struct machine *machine,
                         const struct oci *oci, const struct host_caller **caller,
                         struct davit_error *err) {
  int answer = rootless_find(machine->host, &session->arena, session->render.rootless, caller, err);
  if (answer < 0 || !*caller || oci_has_namespace(oci, "user"))
    return answer;
  return error_add(err, DAVIT_E_INVALID, "rootless.no-namespace",
                   "make the config with `davit spec` or `runc spec --rootless`, or say "
                   "--rootless=no if root runs it",
                   "the config has no user namespace, so that user %u cannot run it",
                   (*caller)->uid);
}

/* ---- names become requests ------------------------------------------------------------------ */

/* The names of one kind. */
struct group {
  const char *kind;
  struct list names; /* struct request_text * */
};

struct groups {
  struct arena *arena;
  const struct machine *machine;
  struct list list; /* struct group *, by the first name of each */
};

/* NULL: out of memory. */
static struct group *group_of(struct groups *groups, const char *kind) {
  for (size_t i = 0; i < groups->list.count; i++) {
    struct group *group = groups->list.items[i];
    if (strcmp(group->kind, kind) == 0)
      return group;
  }
  struct group *group = arena_alloc(groups->arena, sizeof(*group));
  if (!group || !list_push(groups->arena, &groups->list, group))
    return NULL;
  group->kind = kind;
  return group;
}

/* A name that is asked for again is the same device. */
static int add_to_group(struct groups *groups, const char *kind, const struct request_text *name,
                        struct davit_error *err) {
  struct group *group = group_of(groups, kind);
  if (!group)
    return error_memory(err);
  for (size_t i = 0; i < group->names.count; i++)
    if (strcmp(((const struct request_text *)group->names.items[i])->text, name->text) == 0)
      return DAVIT_OK;
  return list_push(groups->arena, &group->names, name) ? DAVIT_OK : error_memory(err);
}

/* A pattern whose kind is one too asks every kind that has a device for it. */
static int add_kinds(struct groups *groups, const struct request_text *pattern,
                     struct davit_error *err) {
  const char *const *kinds;
  int answer =
      providers_match_kinds(groups->machine->providers, groups->arena, pattern, &kinds, err);
  for (; answer == DAVIT_OK && *kinds; kinds++)
    answer = add_to_group(groups, *kinds, pattern, err);
  return answer;
}

static int add_name(struct groups *groups, const struct request_text *name,
                    struct davit_error *err) {
  size_t length = strcspn(name->text, "=");
  const char *kind = arena_strndup(groups->arena, name->text, length);
  if (!kind)
    return error_memory(err);
  bool has_kind = name->text[length] && !text_is_pattern(kind);
  return has_kind ? add_to_group(groups, kind, name, err) : add_kinds(groups, name, err);
}

/* Devices of one kind are one request, so that what they share is added once. */
static int make_request(struct arena *arena, const struct group *group, struct list *requests,
                        struct davit_error *err) {
  struct device_request *request = arena_alloc(arena, sizeof(*request));
  struct request_text *devices = arena_array(arena, group->names.count, sizeof(*devices));
  if (!request || !devices || !list_push(arena, requests, request))
    return error_memory(err);
  for (size_t i = 0; i < group->names.count; i++) {
    devices[i] = *(const struct request_text *)group->names.items[i];
    if (!devices[i].is_pattern)
      devices[i].text += strlen(group->kind) + 1;
  }
  const struct request_text *first = &devices[0];
  *request = (struct device_request){
      .vendor = {.text = group->kind, .at = first->at, .source = first->source},
      .count_at = first->at,
      .devices = devices,
      .device_count = group->names.count,
      .at = first->at,
      .source = first->source};
  return DAVIT_OK;
}

static int make_requests(struct session *session, const struct machine *machine,
                         const struct list *names, struct list *requests, struct davit_error *err) {
  struct groups groups = {.arena = &session->arena, .machine = machine};
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < names->count; i++)
    answer = add_name(&groups, names->items[i], err);
  for (size_t i = 0; answer == DAVIT_OK && i < groups.list.count; i++)
    answer = make_request(&session->arena, groups.list.items[i], requests, err);
  for (size_t i = 0; answer == DAVIT_OK && i < session->requests.count; i++)
    if (!list_push(&session->arena, requests, session->requests.items[i]))
      answer = error_memory(err);
  return answer;
}

/* ---- injecting ------------------------------------------------------------------------------ */

static int add_all(struct session *session, const struct list *names, struct oci *oci,
                   struct davit_error *err) {
  CLEANUP(machine) struct machine machine = {0};
  struct container_facts facts = {.flags = DAVIT_CT_HOOKS};
  struct list requests = {0};
  int answer = machine_open(session, &machine, err);
  if (answer == DAVIT_OK)
    answer = make_requests(session, &machine, names, &requests, err);
  if (answer == DAVIT_OK)
    answer = find_rootless(session, &machine, oci, &facts.rootless, err);
  for (size_t i = 0; answer == DAVIT_OK && i < requests.count; i++)
    answer =
        provide_devices(machine.providers, &session->arena, requests.items[i], &facts, oci, err);
  return answer;
}

/* The config's own requests go first: what the caller says has the last word. */
static int find_names(struct session *session, const struct doc_source *source, struct oci *oci,
                      struct list *names, struct davit_error *err) {
  int answer = take_config_names(&session->arena, source, oci, names, err);
  for (size_t i = 0; answer == DAVIT_OK && i < session->device_names.count; i++)
    if (!list_push(&session->arena, names, session->device_names.items[i]))
      answer = error_memory(err);
  if (answer < 0)
    return answer;
  if (names->count > REQUEST_MAX_DEVICES)
    return error_add(err, DAVIT_E_INVALID, "gpu.count", NULL,
                     "%zu devices are asked for by name, and %d are the most", names->count,
                     REQUEST_MAX_DEVICES);
  if (names->count > 0 || session->requests.count > 0)
    return DAVIT_OK;
  return usage_error(err, "for example --gpu vendor=nvidia,count=1",
                     "neither --device nor --gpu is given, and %s asks for no CDI device itself",
                     source->file);
}

int inject_config(struct session *session, const char *name, const char *text, size_t size,
                  struct oci **oci, struct davit_error *err) {
  const struct doc_source source = {
      .file = name, .text = text, .size = size, .code = "config.invalid"};
  CLEANUP(oci) struct oci *parsed = NULL;
  struct list names = {0};
  int answer = oci_parse(name, text, size, &parsed, err);
  if (answer == DAVIT_OK)
    answer = find_names(session, &source, parsed, &names, err);
  if (answer == DAVIT_OK)
    answer = add_all(session, &names, parsed, err);
  if (answer == DAVIT_OK)
    *oci = STEAL(&parsed);
  return answer;
}
