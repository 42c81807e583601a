/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/edits.h"

#include <string.h>

#include "cdi/devices.h"
#include "cdi/fields.h"
#include "cdi/report.h"
#include "util/map.h"
#include "util/text.h"

#define STALE "cdi.file-stale"

enum {
  MOST_PROBLEMS = 16 /* after a driver's update every mount of a spec may be stale */
};

struct injection {
  const struct davit_host *host;
  struct arena *arena;
  const struct davit_request *request;
  const struct davit_edits *edits;
  const struct spec_file *file;      /* whose edits are being made */
  const struct davit_device *device; /* NULL: those of the whole file */
  struct davit_error problems;       /* of files: all are reported */
  bool is_hook_refused;
  /* The last one replaces those before it as a whole. */
  const struct cdi_rdt *rdt;
  const struct spec_file *rdt_file;
  const struct davit_device *rdt_device;
};

static bool is_generating(const struct injection *injection) {
  return injection->request->flags & DAVIT_REQUEST_GENERATE;
}

static void name_source(const struct injection *injection, const struct doc_node *at) {
  injection->edits->source(injection->edits, injection->device, injection->file->path, at->line);
}

static int out_of_memory(const struct injection *injection) {
  return injection->host->fail(injection->host, DAVIT_E_MEMORY, "memory.out", NULL, NULL,
                               "out of memory");
}

/* ---- problems of files ---------------------------------------------------------------------- */

static const char *how_to_regenerate(const struct injection *injection) {
  static const struct {
    const char *kind, *command;
  } generators[] = {{"nvidia.com/gpu", "nvidia-ctk cdi generate"},
                    {"amd.com/gpu", "amd-ctk cdi generate"}};
  for (size_t i = 0; i < ARRAY_LEN(generators); i++) {
    if (strcmp(injection->file->spec->kind, generators[i].kind) != 0)
      continue;
    const char *hint = arena_printf(injection->arena, "regenerate the spec: %s --output=%s",
                                    generators[i].command, injection->file->path);
    return hint ? hint : "regenerate the spec";
  }
  return "regenerate the spec with the tool that wrote it";
}

static void add_stale(struct injection *injection, const struct doc_node *at, const char *what,
                      const char *path, const char *why) {
  if (injection->problems.count < MOST_PROBLEMS)
    (void)doc_fail(&injection->problems, at, DAVIT_E_INVALID, STALE, how_to_regenerate(injection),
                   "%s %s %s", what, path, why);
}

/* The path without doubled slashes and "."; NULL: the problem is added. */
static const char *clean_path(struct injection *injection, const struct doc_node *at,
                              const char *what, const char *path) {
  if (path_is_clean(path))
    return path;
  char *clean = arena_alloc(injection->arena, strlen(path) + 2);
  if (!clean) {
    (void)error_memory(&injection->problems);
    return NULL;
  }
  char *end = clean;
  bool is_good = *path == '/';
  for (const char *part = path; *part; part += strcspn(part, "/")) {
    part += strspn(part, "/");
    size_t size = strcspn(part, "/");
    if (size == 0 || (size == 1 && part[0] == '.'))
      continue;
    is_good = is_good && !(size == 2 && memcmp(part, "..", 2) == 0);
    *end++ = '/';
    end = mempcpy(end, part, size);
  }
  if (end == clean)
    *end = '/';
  if (is_good)
    return clean;
  if (injection->problems.count < MOST_PROBLEMS)
    (void)doc_fail(&injection->problems, at, DAVIT_E_INVALID, BROKEN,
                   "write an absolute path without \"..\"", "%s \"%s\" is not absolute", what,
                   path);
  return NULL;
}

/* ---- device nodes --------------------------------------------------------------------------- */

/* What the spec leaves out is read from the host's node, so there must be one. */
static bool is_on_host(struct injection *injection, const struct cdi_node *node, const char *path) {
  const struct davit_files *files = injection->host->files;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  if (files->stat_path(files, path, DAVIT_STAT_NOFOLLOW, &st) < 0) {
    add_stale(injection, node->at, "the device node", path, "is not there");
    return false;
  }
  if (st.type == DAVIT_FILE_CHAR || st.type == DAVIT_FILE_BLOCK || st.type == DAVIT_FILE_FIFO)
    return true;
  add_stale(injection, node->at, "the device node", path,
            st.type == DAVIT_FILE_LINK ? "is a link" : "is not a device node");
  return false;
}

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
  if (node->major.is_given && node->major.value != 0) { /* in CDI 0 is not given */
    edit.flags |= DAVIT_NODE_NUMBERS;
    edit.major = node->major.value;
    edit.minor = node->minor.value;
  }
  if (node->mode.is_given) {
    edit.flags |= DAVIT_NODE_MODE;
    edit.mode = (uint32_t)node->mode.value;
  }
  take_owner(injection, node, &edit);
  bool is_complete = node->type && (*node->type == 'p' || (edit.flags & DAVIT_NODE_NUMBERS));
  if (!is_complete && !is_on_host(injection, node, edit.host_path))
    return DAVIT_OK;
  name_source(injection, node->at);
  return injection->edits->add_device_node(injection->edits, &edit);
}

/* ---- mounts, hooks -------------------------------------------------------------------------- */

/* struct cdi_text of a list as strings, with one more if it is not NULL. */
static const char *const *strings_of(const struct injection *injection, const struct list *list,
                                     const char *more) {
  const char **strings = arena_array(injection->arena, list->count + 2, sizeof(*strings));
  for (size_t i = 0; strings && i < list->count; i++)
    strings[i] = ((const struct cdi_text *)list->items[i])->text;
  if (strings)
    strings[list->count] = more;
  return strings;
}

static bool has_option(const struct cdi_mount *mount, const char *option) {
  for (size_t i = 0; i < mount->options.count; i++)
    if (strcmp(((const struct cdi_text *)mount->options.items[i])->text, option) == 0)
      return true;
  return false;
}

static bool is_there(struct injection *injection, const struct doc_node *at, const char *what,
                     const char *path) {
  const struct davit_files *files = injection->host->files;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  if (is_generating(injection) || files->stat_path(files, path, 0, &st) == DAVIT_OK)
    return true;
  add_stale(injection, at, what, path, "is not there");
  return false;
}

static int add_mount(struct injection *injection, const struct cdi_mount *mount) {
  bool says_bind = has_option(mount, "bind") || has_option(mount, "rbind");
  bool is_bind = says_bind || !mount->type || strcmp(mount->type, "bind") == 0;
  struct davit_mount edit = {DAVIT_SIZED(struct davit_mount), .host_path = mount->host_path,
                             .type = mount->type};
  edit.container_path =
      clean_path(injection, mount->at, "the containerPath", mount->container_path);
  if (is_bind)
    edit.host_path = clean_path(injection, mount->at, "the hostPath", mount->host_path);
  if (!edit.container_path || !edit.host_path)
    return DAVIT_OK;
  if (is_bind && !is_there(injection, mount->at, "the mount source", edit.host_path))
    return DAVIT_OK;
  /* Runtimes take a mount without type and bind for a file system of no name. */
  edit.options = strings_of(injection, &mount->options, is_bind && !says_bind ? "rbind" : NULL);
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
  if (!edit.path || !is_there(injection, hook->at, "the hook", edit.path))
    return DAVIT_OK;
  edit.args = strings_of(injection, &hook->args, NULL);
  edit.env = strings_of(injection, &hook->env, NULL);
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
    const char *name = arena_printf(index->arena, "%s=%s", device->kind, device->device->name);
    if (!name || !map_put(index->arena, found, name, devices.items[i]))
      return DAVIT_E_MEMORY;
  }
  return DAVIT_OK;
}

static int add_device(struct injection *injection, const struct map *found, struct map *seen_files,
                      const struct davit_device *device) {
  const char *name = arena_printf(injection->arena, "%s=%s", device->kind, device->id);
  if (!name)
    return out_of_memory(injection);
  void **place = map_find(found, name);
  const struct found_device *one = place ? *place : NULL;
  if (!one || one->other)
    return injection->host->fail(injection->host, DAVIT_E_NOT_FOUND, "cdi.device-missing", NULL,
                                 "see `davit devices`", "no CDI spec defines %s%s", name,
                                 one ? " without contradiction" : "");
  injection->file = one->file;
  injection->device = NULL;
  if (!map_find(seen_files, one->file->path)) {
    if (!map_put(injection->arena, seen_files, one->file->path, NULL))
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
  struct map found = {0}, seen_files = {0};
  int answer = find_devices(index, request, &found);
  if (answer == DAVIT_E_MEMORY)
    return out_of_memory(&injection);
  for (const struct davit_device *const *device = request->devices; *device && answer == DAVIT_OK;
       device++)
    answer = add_device(&injection, &found, &seen_files, *device);
  if (answer == DAVIT_OK)
    answer = report_fail(index->host, &injection.problems);
  if (answer == DAVIT_OK)
    answer = add_rdt(&injection);
  error_clear(&injection.problems);
  return answer;
}
