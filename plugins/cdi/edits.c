/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/edits.h"

#include <string.h>

#include "cdi/devices.h"
#include "cdi/injection.h"
#include "cdi/names.h"
#include "cdi/on_host.h"
#include "cdi/report.h"
#include "util/map.h"
#include "util/text.h"

static void name_source(const struct injection *injection, const struct doc_node *at) {
  injection->edits->source(injection->edits, injection->device, injection->file->path, at->line);
}

static int out_of_memory(const struct injection *injection) {
  return injection->host->fail(injection->host, DAVIT_E_MEMORY, "memory.out", NULL, NULL,
                               "out of memory");
}

/* ---- device nodes --------------------------------------------------------------------------- */

static void take_owner(const struct injection *injection, const struct cdi_node *node,
                       struct davit_device_node *edit) {
  const struct davit_container *container = injection->request->container;
  bool is_known = !is_generating(injection);
  if (node->uid.is_given || (is_known && container->uid > 0)) {
    edit->flags |= DAVIT_NODE_UID;
    edit->uid = node->uid.is_given ? (uint32_t)node->uid.value : container->uid;
  }
  if (node->gid.is_given || (is_known && container->gid > 0)) {
    edit->flags |= DAVIT_NODE_GID;
    edit->gid = node->gid.is_given ? (uint32_t)node->gid.value : container->gid;
  }
}

static int add_node(struct injection *injection, const struct cdi_node *node) {
  char access[4];
  struct davit_device_node edit = {
      DAVIT_SIZED(struct davit_device_node), .flags = DAVIT_NODE_NO_GROUP,
      .access = permissions_access(node->permissions ? node->permissions : "", access)};
  edit.path = clean_path(injection, node->at, "the path", node->path);
  edit.host_path = node->host_path
                       ? clean_path(injection, node->at, "the hostPath", node->host_path)
                       : edit.path;
  if (!edit.path || !edit.host_path)
    return DAVIT_OK;
  if (node->type) {
    edit.flags |= DAVIT_NODE_TYPE;
    edit.type = (uint32_t)node->type[0];
  }
  if (node_has_numbers(node)) {
    edit.flags |= DAVIT_NODE_NUMBERS;
    edit.major = node->major.value;
    edit.minor = node->minor.value;
  }
  if (node->mode.is_given) {
    edit.flags |= DAVIT_NODE_MODE;
    edit.mode = (uint32_t)node->mode.value;
  }
  take_owner(injection, node, &edit);
  if (!check_node(injection, node, edit.host_path))
    return DAVIT_OK;
  name_source(injection, node->at);
  return injection->edits->add_device_node(injection->edits, &edit);
}

/* ---- mounts, hooks -------------------------------------------------------------------------- */

/* struct cdi_text of a list as strings, with up to two more. */
static const char *const *strings_of(const struct injection *injection, const struct list *list,
                                     const char *more, const char *last) {
  const char **strings = arena_array(injection->arena, list->count + 3, sizeof(*strings));
  size_t count = 0;
  for (; strings && count < list->count; count++)
    strings[count] = ((const struct cdi_text *)list->items[count])->text;
  if (strings && more)
    strings[count++] = more;
  if (strings)
    strings[count] = last;
  return strings;
}

/* In a user namespace the container's root sees the files of a bind mount as its own only if the
 * mount maps the ids. Without root no runtime can arrange that. NULL: nothing is to be added. */
static const char *mapping_option(const struct injection *injection, const struct cdi_mount *mount,
                                  const char *added) {
  uint32_t flags = injection->request->container->flags;
  const char *mapping = mount->type && strcmp(mount->type, "bind") == 0 ? "idmap" : NULL;
  if (is_generating(injection) || !(flags & DAVIT_CT_USER_NS) || (flags & DAVIT_CT_ROOTLESS))
    return NULL;
  for (size_t i = 0; i < mount->options.count; i++) {
    const char *option = ((const struct cdi_text *)mount->options.items[i])->text;
    if (strcmp(option, "idmap") == 0 || strcmp(option, "ridmap") == 0)
      return NULL;
    mapping = strcmp(option, "bind") == 0    ? "idmap"
              : strcmp(option, "rbind") == 0 ? "ridmap"
                                             : mapping;
  }
  return added ? "ridmap" : mapping;
}

static int add_mount(struct injection *injection, const struct cdi_mount *mount) {
  bool says_bind = mount_has_option(mount, "bind") || mount_has_option(mount, "rbind");
  bool is_bind = mount_is_bind(mount);
  struct davit_mount edit = {DAVIT_SIZED(struct davit_mount), .host_path = mount->host_path,
                             .type = mount->type};
  edit.container_path =
      clean_path(injection, mount->at, "the containerPath", mount->container_path);
  if (is_bind)
    edit.host_path = clean_path(injection, mount->at, "the hostPath", mount->host_path);
  if (!edit.container_path || !edit.host_path)
    return DAVIT_OK;
  if (is_bind && !check_path(injection, mount->at, "the mount source", edit.host_path))
    return DAVIT_OK;
  /* Runtimes take a mount without type and bind for a file system of no name. */
  const char *added = is_bind && !says_bind ? "rbind" : NULL;
  edit.options =
      strings_of(injection, &mount->options, added, mapping_option(injection, mount, added));
  if (!edit.options)
    return out_of_memory(injection);
  name_source(injection, mount->at);
  return injection->edits->add_mount(injection->edits, &edit);
}

/* One is enough to say it. */
static void refuse_hook(struct injection *injection, const struct cdi_hook *hook) {
  if (!injection->is_hook_refused)
    (void)doc_fail(&injection->problems, hook->at, DAVIT_E_UNSUPPORTED, "cdi.hooks-forbidden",
                   "allow hooks, or leave CDI out with --cdi=off",
                   "the spec needs the hook %s, and this container may have no hooks", hook->path);
  injection->is_hook_refused = true;
}

static int add_hook(struct injection *injection, const struct cdi_hook *hook) {
  if (!is_generating(injection) && !(injection->request->container->flags & DAVIT_CT_HOOKS)) {
    refuse_hook(injection, hook);
    return DAVIT_OK;
  }
  struct davit_hook edit = {DAVIT_SIZED(struct davit_hook), .name = hook->name};
  edit.path = clean_path(injection, hook->at, "the hook's path", hook->path);
  if (!edit.path || !check_path(injection, hook->at, "the hook", edit.path))
    return DAVIT_OK;
  edit.args = strings_of(injection, &hook->args, NULL, NULL);
  edit.env = strings_of(injection, &hook->env, NULL, NULL);
  if (!edit.args || !edit.env)
    return out_of_memory(injection);
  if (hook->timeout.is_given) {
    edit.flags |= DAVIT_HOOK_TIMEOUT;
    edit.timeout = hook->timeout.value;
  }
  name_source(injection, hook->at);
  return injection->edits->add_hook(injection->edits, &edit);
}

/* ---- names and values ----------------------------------------------------------------------- */

static int set(const struct injection *injection, uint32_t what, const char *name,
               const char *value) {
  return injection->edits->set(injection->edits, what, name, value, 0);
}

static int add_env(const struct injection *injection, const struct cdi_text *entry) {
  const char *equals = strchr(entry->text, '=');
  const char *name = arena_strndup(injection->arena, entry->text, (size_t)(equals - entry->text));
  if (!name)
    return out_of_memory(injection);
  name_source(injection, entry->at);
  return set(injection, DAVIT_SET_ENV, name, equals + 1);
}

static int add_net_device(const struct injection *injection, const struct cdi_net_device *device) {
  name_source(injection, device->at);
  return set(injection, DAVIT_SET_NET_DEVICE, device->host_name, device->name);
}

static int add_gid(const struct injection *injection, const struct cdi_gid *gid) {
  if (gid->number.value == 0) /* what CDI leaves out: root's group gives nothing */
    return DAVIT_OK;
  name_source(injection, gid->at);
  return injection->edits->add_gid(injection->edits, (uint32_t)gid->number.value);
}

static int add_rdt(struct injection *injection) {
  const struct cdi_rdt *rdt = injection->rdt;
  if (!rdt)
    return DAVIT_OK;
  const struct {
    const char *key, *value;
  } keys[] = {{"closID", rdt->clos_id},
              {"l3CacheSchema", rdt->l3_cache_schema},
              {"memBwSchema", rdt->mem_bw_schema},
              {"enableMonitoring", rdt->has_monitoring ? "true" : NULL},
              {"enableCMT", rdt->has_cmt ? "true" : NULL},
              {"enableMBM", rdt->has_mbm ? "true" : NULL}};
  injection->file = injection->rdt_file;
  injection->device = injection->rdt_device;
  name_source(injection, rdt->at);
  int answer = DAVIT_OK;
  bool has_key = rdt->schemata.count > 0;
  for (size_t i = 0; i < ARRAY_LEN(keys); i++)
    has_key = has_key || keys[i].value;
  if (!has_key)
    answer = set(injection, DAVIT_SET_INTEL_RDT, "", "");
  for (size_t i = 0; i < ARRAY_LEN(keys) && answer == DAVIT_OK; i++)
    if (keys[i].value)
      answer = set(injection, DAVIT_SET_INTEL_RDT, keys[i].key, keys[i].value);
  for (size_t i = 0; i < rdt->schemata.count && answer == DAVIT_OK; i++)
    answer = set(injection, DAVIT_SET_INTEL_RDT, "schemata",
                 ((const struct cdi_text *)rdt->schemata.items[i])->text);
  return answer;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int add_edits(struct injection *injection, const struct cdi_edits *edits) {
  int answer = DAVIT_OK;
  for (size_t i = 0; i < edits->env.count && answer == DAVIT_OK; i++)
    answer = add_env(injection, edits->env.items[i]);
  for (size_t i = 0; i < edits->nodes.count && answer == DAVIT_OK; i++)
    answer = add_node(injection, edits->nodes.items[i]);
  for (size_t i = 0; i < edits->net_devices.count && answer == DAVIT_OK; i++)
    answer = add_net_device(injection, edits->net_devices.items[i]);
  for (size_t i = 0; i < edits->mounts.count && answer == DAVIT_OK; i++)
    answer = add_mount(injection, edits->mounts.items[i]);
  for (size_t i = 0; i < edits->hooks.count && answer == DAVIT_OK; i++)
    answer = add_hook(injection, edits->hooks.items[i]);
  for (size_t i = 0; i < edits->gids.count && answer == DAVIT_OK; i++)
    answer = add_gid(injection, edits->gids.items[i]);
  if (edits->rdt) {
    injection->rdt = edits->rdt;
    injection->rdt_file = injection->file;
    injection->rdt_device = injection->device;
  }
  return answer;
}

/* The devices of the kinds that the request has, by "kind=name". */
static int find_devices(struct index *index, const struct davit_request *request,
                        struct map *found) {
  struct filter filter = {0};
  struct list devices = {0};
  for (const struct davit_device *const *device = request->devices; *device; device++)
    if (!strings_contain(list_strings(&filter.kinds), (*device)->kind) &&
        !list_push(index->arena, &filter.kinds, (*device)->kind))
      return DAVIT_E_MEMORY;
  int answer = index_load(index, &filter);
  if (answer < 0)
    return answer;
  if (!devices_resolve(index, &filter, &devices))
    return DAVIT_E_MEMORY;
  for (size_t i = 0; i < devices.count; i++) {
    const struct found_device *device = devices.items[i];
    if (!map_put(index->arena, found, device->full_name, devices.items[i]))
      return DAVIT_E_MEMORY;
  }
  return DAVIT_OK;
}

/* A path would not do: of a host's file and a caller's it may be the same. */
static bool is_seen(const struct list *files, const struct spec_file *file) {
  for (size_t i = 0; i < files->count; i++)
    if (files->items[i] == file)
      return true;
  return false;
}

static int add_device(struct injection *injection, const struct map *found, struct list *seen_files,
                      const struct davit_device *device) {
  const char *name = arena_printf(injection->arena, "%s=%s", device->kind, device->id);
  if (!name)
    return out_of_memory(injection);
  void **place = map_find(found, name);
  const struct found_device *one = place ? *place : NULL;
  if (!one || one->rivals.count > 0)
    return injection->host->fail(injection->host, DAVIT_E_NOT_FOUND, "cdi.device-missing", NULL,
                                 "see `davit devices`", "no CDI spec defines %s%s", name,
                                 one ? " without contradiction" : "");
  injection->file = one->file;
  injection->device = NULL;
  if (!is_seen(seen_files, one->file)) {
    if (!list_push(injection->arena, seen_files, one->file))
      return out_of_memory(injection);
    int answer = add_edits(injection, &one->file->spec->edits);
    if (answer < 0)
      return answer;
  }
  injection->device = device;
  return add_edits(injection, &one->device->edits);
}

int edits_inject(struct index *index, const struct davit_request *request,
                 const struct davit_edits *edits) {
  struct injection injection = {
      .host = index->host, .arena = index->arena, .request = request, .edits = edits};
  struct map found = {0};
  struct list seen_files = {0};
  int answer = find_devices(index, request, &found);
  if (answer == DAVIT_E_MEMORY)
    return out_of_memory(&injection);
  for (const struct davit_device *const *device = request->devices; *device && answer == DAVIT_OK;
       device++)
    answer = add_device(&injection, &found, &seen_files, *device);
  count_more_stale(&injection);
  if (answer == DAVIT_OK)
    answer = report_fail(index->host, &injection.problems);
  if (answer == DAVIT_OK)
    answer = add_rdt(&injection);
  error_clear(&injection.problems);
  return answer;
}
