/* SPDX-License-Identifier: Apache-2.0 */
/* containerEdits: fields, and the checks that the format wants. */
#include "cdi/spec_edits.h"

#include <string.h>

#include "util/map.h"

enum {
  LONGEST_CLOS_ID = 4095,
  LONGEST_INTERFACE = 15
};

/* Reads each item of a list by a table into a new object. */
static void read_objects(struct reader *reader, const struct doc_node *value, struct list *objects,
                         const struct field *fields, size_t count, size_t size) {
  const struct doc_node *list = list_of(reader, value);
  for (size_t i = 0; list && i < list->count; i++) {
    void *object = reader_alloc(reader, size);
    if (!object)
      return;
    /* Each of these structs begins with where it stands. */
    *(const struct doc_node **)object = list->values[i];
    if (fields_read(reader, list->values[i], fields, count, object))
      reader_push(reader, objects, object);
  }
}

bool path_is_absolute(const char *path) {
  for (const char *up = path; (up = strstr(up, "/..")); up++)
    if (up[3] == '/' || up[3] == '\0')
      return false;
  return *path == '/';
}

/* Paths are absolute by the format, but its readers do not look. */
static void check_absolute(struct reader *reader, const struct doc_node *object, const char *field,
                           const char *path) {
  if (path && !path_is_absolute(path))
    reader_note(reader, field_of(object, field), "write an absolute path without \"..\"",
                "the %s \"%.80s\" is not absolute", field, path);
}

/* ---- device nodes --------------------------------------------------------------------------- */

static void read_nodes(struct reader *reader, const struct doc_node *value, void *into) {
  static const struct field fields[] = {
      {"path", read_name, FIELD(cdi_node, path), true, 0, 0},
      {"hostPath", read_name, FIELD(cdi_node, host_path), false, CDI_0_5_0, 0},
      {"type", read_text, FIELD(cdi_node, type), false, 0, 0},
      {"major", read_u32, FIELD(cdi_node, major), false, 0, 0},
      {"minor", read_u32, FIELD(cdi_node, minor), false, 0, 0},
      {"fileMode", read_u32, FIELD(cdi_node, mode), false, 0, 0},
      {"permissions", read_text, FIELD(cdi_node, permissions), false, 0, 0},
      {"uid", read_u32, FIELD(cdi_node, uid), false, 0, 0},
      {"gid", read_u32, FIELD(cdi_node, gid), false, 0, 0},
  };
  struct list *nodes = into;
  read_objects(reader, value, nodes, fields, ARRAY_LEN(fields), sizeof(struct cdi_node));
  for (size_t i = 0; i < nodes->count; i++) {
    const struct cdi_node *node = nodes->items[i];
    check_absolute(reader, node->at, "path", node->path);
    check_absolute(reader, node->at, "hostPath", node->host_path);
    if (node->type && (strlen(node->type) != 1 || !strchr("bcup", node->type[0])))
      reader_fail(reader, field_of(node->at, "type"), "b, c, u or p", "unknown node type \"%.80s\"",
                  node->type);
    if (node->permissions && !permissions_are_known(node->permissions))
      reader_fail(reader, field_of(node->at, "permissions"), "letters of \"rwm\", or none",
                  "unknown permissions \"%.80s\"", node->permissions);
  }
}

/* ---- mounts, hooks -------------------------------------------------------------------------- */

bool mount_has_option(const struct cdi_mount *mount, const char *option) {
  for (size_t i = 0; i < mount->options.count; i++)
    if (strcmp(((const struct cdi_text *)mount->options.items[i])->text, option) == 0)
      return true;
  return false;
}

static bool says_bind(const struct cdi_mount *mount) {
  return mount_has_option(mount, "bind") || mount_has_option(mount, "rbind");
}

bool mount_is_bind(const struct cdi_mount *mount) {
  return !mount->type || strcmp(mount->type, "bind") == 0 || says_bind(mount);
}

static void check_mount(struct reader *reader, const struct cdi_mount *mount) {
  check_absolute(reader, mount->at, "containerPath", mount->container_path);
  if (!mount->type && !says_bind(mount))
    reader_note(reader, mount->at, "write options: [bind], or [rbind]",
                "the mount has neither a type nor an option that makes it a bind mount");
  else if (mount_is_bind(mount))
    check_absolute(reader, mount->at, "hostPath", mount->host_path);
}

static void read_mounts(struct reader *reader, const struct doc_node *value, void *into) {
  static const struct field fields[] = {
      {"hostPath", read_text, FIELD(cdi_mount, host_path), true, 0, 0},
      {"containerPath", read_text, FIELD(cdi_mount, container_path), true, 0, 0},
      {"type", read_text, FIELD(cdi_mount, type), false, CDI_0_4_0, 0},
      {"options", read_texts, FIELD(cdi_mount, options), false, 0, 0},
  };
  struct list *mounts = into;
  read_objects(reader, value, mounts, fields, ARRAY_LEN(fields), sizeof(struct cdi_mount));
  for (size_t i = 0; i < mounts->count; i++)
    check_mount(reader, mounts->items[i]);
}

static const struct field hook_fields[] = {
    {"hookName", read_text, FIELD(cdi_hook, name), true, 0, 0},
    {"path", read_text, FIELD(cdi_hook, path), true, 0, 0},
    {"args", read_texts, FIELD(cdi_hook, args), false, 0, 0},
    {"env", read_env, FIELD(cdi_hook, env), false, 0, 0},
    {"timeout", read_i64, FIELD(cdi_hook, timeout), false, 0, 0},
};

/* {createContainer: [{path: ...}]}, as files for other programs than CDI's have it. */
static void read_hooks_by_stage(struct reader *reader, const struct doc_node *stages,
                                struct list *hooks) {
  reader_warn(reader, stages, "write a list: [{hookName: createContainer, path: ...}]",
              "hooks by stage are not CDI: its other readers refuse the file");
  for (size_t i = 0; i < stages->count; i++) {
    size_t first = hooks->count;
    if (!strings_contain(hook_names, stages->keys[i]->text))
      reader_fail(reader, stages->keys[i], strings_join(reader->arena, hook_names, 6),
                  "unknown hook \"%.80s\"", stages->keys[i]->text);
    else if (!is_absent(stages->values[i]))
      read_objects(reader, stages->values[i], hooks, hook_fields + 1, ARRAY_LEN(hook_fields) - 1,
                   sizeof(struct cdi_hook));
    for (; first < hooks->count; first++)
      ((struct cdi_hook *)hooks->items[first])->name = stages->keys[i]->text;
  }
}

static void check_timeout(struct reader *reader, const struct cdi_hook *hook) {
  const struct doc_node *node = field_of(hook->at, "timeout");
  if (hook->timeout.value < 0)
    reader_fail(reader, node, "write seconds, or leave it out", "the timeout %lld is negative",
                (long long)hook->timeout.value);
  else if (hook->timeout.is_given && hook->timeout.value == 0)
    reader_note(reader, node, "write seconds, or leave it out", "the timeout is 0");
}

static void read_hooks(struct reader *reader, const struct doc_node *value, void *into) {
  struct list *hooks = into;
  if (value->kind == DOC_MAPPING)
    read_hooks_by_stage(reader, value, hooks);
  else
    read_objects(reader, value, hooks, hook_fields, ARRAY_LEN(hook_fields),
                 sizeof(struct cdi_hook));
  for (size_t i = 0; i < hooks->count; i++) {
    const struct cdi_hook *hook = hooks->items[i];
    if (hook->name && !strings_contain(hook_names, hook->name))
      reader_fail(reader, field_of(hook->at, "hookName"),
                  strings_join(reader->arena, hook_names, 6), "unknown hook \"%.80s\"", hook->name);
    check_absolute(reader, hook->at, "path", hook->path);
    check_timeout(reader, hook);
  }
}

/* ---- net devices ---------------------------------------------------------------------------- */

/* What the kernel takes for the name of an interface, and its tools for one. */
static void check_interface(struct reader *reader, const struct doc_node *at, const char *name) {
  if (!name)
    return;
  if (strlen(name) > LONGEST_INTERFACE)
    reader_note(reader, at, "at most 15 bytes", "the interface name \"%.80s\" is too long", name);
  else if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strpbrk(name, "/: \t\n\v\f\r"))
    reader_note(reader, at, "no blanks, \"/\" and \":\"", "\"%.80s\" is no interface name", name);
}

static void check_once(struct reader *reader, struct map *seen, const struct doc_node *at,
                       const char *name) {
  if (!name)
    return;
  if (map_find(seen, name))
    reader_fail(reader, at, "name each interface once", "the interface \"%.80s\" is there twice",
                name);
  else if (!map_put(reader->arena, seen, name, NULL))
    (void)error_memory(&reader->findings->errors);
}

static void read_net_devices(struct reader *reader, const struct doc_node *value, void *into) {
  static const struct field fields[] = {
      {"hostInterfaceName", read_text, FIELD(cdi_net_device, host_name), true, 0, 0},
      {"name", read_text, FIELD(cdi_net_device, name), true, 0, 0},
  };
  struct list *devices = into;
  struct map hosts = {0}, names = {0};
  read_objects(reader, value, devices, fields, ARRAY_LEN(fields), sizeof(struct cdi_net_device));
  for (size_t i = 0; i < devices->count; i++) {
    const struct cdi_net_device *device = devices->items[i];
    const struct doc_node *host = field_of(device->at, "hostInterfaceName");
    const struct doc_node *name = field_of(device->at, "name");
    check_once(reader, &hosts, host, device->host_name);
    check_once(reader, &names, name, device->name);
    check_interface(reader, host, device->host_name);
    check_interface(reader, name, device->name);
  }
}

/* ---- Intel RDT, groups ---------------------------------------------------------------------- */

static bool is_clos_id(const char *id) {
  if (strcmp(id, "/") == 0)
    return true;
  return strcmp(id, ".") != 0 && strcmp(id, "..") != 0 && !strpbrk(id, "/\n") &&
         strlen(id) <= LONGEST_CLOS_ID;
}

static void read_schemata(struct reader *reader, const struct doc_node *value, void *into) {
  reader_need(reader, value, CDI_1_1_0, "schemata"); /* even when the list is empty */
  read_texts(reader, value, into);
}

static void read_monitoring(struct reader *reader, const struct doc_node *value, void *into) {
  read_bool(reader, value, into);
  if (*(bool *)into)
    reader_need(reader, value, CDI_1_1_0, "enableMonitoring"); /* false says nothing new */
}

static void read_rdt(struct reader *reader, const struct doc_node *value, void *into) {
  static const struct field fields[] = {
      {"closID", read_text, FIELD(cdi_rdt, clos_id), false, 0, 0},
      {"l3CacheSchema", read_text, FIELD(cdi_rdt, l3_cache_schema), false, 0, 0},
      {"memBwSchema", read_text, FIELD(cdi_rdt, mem_bw_schema), false, 0, 0},
      {"schemata", read_schemata, FIELD(cdi_rdt, schemata), false, 0, 0},
      {"enableMonitoring", read_monitoring, FIELD(cdi_rdt, has_monitoring), false, 0, 0},
      {"enableCMT", read_bool, FIELD(cdi_rdt, has_cmt), false, 0, CDI_1_1_0},
      {"enableMBM", read_bool, FIELD(cdi_rdt, has_mbm), false, 0, CDI_1_1_0},
  };
  reader_need(reader, value, CDI_0_7_0, "intelRdt"); /* even when it is empty */
  struct cdi_rdt *rdt = reader_alloc(reader, sizeof(*rdt));
  if (!rdt || !fields_read(reader, value, fields, ARRAY_LEN(fields), rdt))
    return;
  rdt->at = value;
  if (rdt->clos_id && !is_clos_id(rdt->clos_id))
    reader_fail(reader, field_of(value, "closID"),
                "a directory name of less than 4096 bytes, or / for the root class",
                "\"%.80s\" is no closID", rdt->clos_id);
  *(const struct cdi_rdt **)into = rdt;
}

static void read_gids(struct reader *reader, const struct doc_node *value, void *into) {
  const struct doc_node *list = list_of(reader, value);
  for (size_t i = 0; list && i < list->count; i++) {
    struct cdi_gid *gid = reader_alloc(reader, sizeof(*gid));
    if (!gid)
      return;
    gid->at = list->values[i];
    read_u32(reader, gid->at, &gid->number);
    reader_push(reader, into, gid);
  }
}

void read_edits(struct reader *reader, const struct doc_node *value, void *into) {
  static const struct field fields[] = {
      {"env", read_env, FIELD(cdi_edits, env), false, 0, 0},
      {"deviceNodes", read_nodes, FIELD(cdi_edits, nodes), false, 0, 0},
      {"netDevices", read_net_devices, FIELD(cdi_edits, net_devices), false, CDI_1_1_0, 0},
      {"hooks", read_hooks, FIELD(cdi_edits, hooks), false, 0, 0},
      {"mounts", read_mounts, FIELD(cdi_edits, mounts), false, 0, 0},
      {"intelRdt", read_rdt, FIELD(cdi_edits, rdt), false, 0, 0},
      {"additionalGids", read_gids, FIELD(cdi_edits, gids), false, CDI_0_7_0, 0},
  };
  (void)fields_read(reader, value, fields, ARRAY_LEN(fields), into);
}
