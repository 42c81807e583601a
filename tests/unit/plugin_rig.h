/* SPDX-License-Identifier: Apache-2.0 */
/* A host made of a few lines, a plugin at work on it, and what it answers as text to compare. */
#ifndef DAVIT_TESTS_PLUGIN_RIG_H
#define DAVIT_TESTS_PLUGIN_RIG_H

#include <stdarg.h>

#include "host_tree.h"
#include "plugin/instance.h"
#include "testing.h"
#include "util/log.h"

struct rig {
  struct tree tree; /* the host */
  struct arena arena;
  struct davit_error err;
  struct host *host;
  struct log log;
  struct instance *instance;
  struct inventory inventory;
  char *warnings;         /* one a line */
  const char *infos;      /* of the log, one a line */
  const char *const *env; /* NAME, value, ..., NULL: of the container */
  uint32_t container_flags;
  uint32_t host_uid; /* of the container's process */
};

/* ---- the host ---- */

static inline void rig_begin(struct rig *rig) {
  memset(rig, 0, sizeof(*rig));
  tree_new(&rig->tree);
  rig->warnings = arena_strdup(&rig->arena, "");
  rig->infos = "";
}

static inline void rig_end(struct rig *rig) {
  instance_close(rig->instance);
  inventory_clear(&rig->inventory);
  host_close(rig->host);
  error_clear(&rig->err);
  arena_free(&rig->arena);
  cleanup_tree(&rig->tree);
}

static inline void put(struct rig *rig, const char *path, const char *content) {
  tree_file(&rig->tree, path, content);
}

static inline void drop(struct rig *rig, const char *path) {
  char buffer[512];
  ck_assert_int_eq(remove(tree_path(&rig->tree, path, buffer, sizeof(buffer))), 0);
}

static inline void put_node(struct rig *rig, const char *path, const char *numbers) {
  put(rig, path, arena_printf(&rig->arena, "c %s 0666 0:0\n", numbers));
}

/* A PCI function; `driver` NULL: none is bound. */
static inline void put_pci(struct rig *rig, const char *address, const char *vendor,
                           const char *class_code, const char *driver) {
  const char *dir = arena_printf(&rig->arena, "/sys/bus/pci/devices/%s", address);
  put(rig, arena_printf(&rig->arena, "%s/vendor", dir), arena_printf(&rig->arena, "%s\n", vendor));
  put(rig, arena_printf(&rig->arena, "%s/class", dir),
      arena_printf(&rig->arena, "%s\n", class_code));
  if (driver)
    tree_link(&rig->tree, arena_printf(&rig->arena, "%s/driver", dir),
              arena_printf(&rig->arena, "../../../../bus/pci/drivers/%s", driver));
}

/* A DRM node of a device: in sysfs below the device and in its class, and in /dev/dri. */
static inline void put_drm(struct rig *rig, const char *dir, const char *name,
                           const char *numbers) {
  put(rig, arena_printf(&rig->arena, "%s/drm/%s/dev", dir, name),
      arena_printf(&rig->arena, "%s\n", numbers));
  tree_link(&rig->tree, arena_printf(&rig->arena, "/sys/class/drm/%s/device", name), dir);
  put_node(rig, arena_printf(&rig->arena, "/dev/dri/%s", name), numbers);
}

/* ---- the plugin ---- */

static inline void take_log(void *user, enum log_level level, const struct problem *message) {
  struct rig *rig = user;
  if (level == LOG_LEVEL_WARNING)
    rig->warnings = arena_printf(&rig->arena, "%s%s\n", rig->warnings, message->text);
  else if (level == LOG_LEVEL_INFO)
    rig->infos = arena_printf(&rig->arena, "%s%s\n", rig->infos, message->text);
}

/* Opens the plugin on the host at `root`; options are "KEY=VALUE" as of a service file, or
 * "PLUGIN:KEY=VALUE" as of the command line, ended by NULL. */
static inline void rig_open_at(struct rig *rig, const char *root, const char *name,
                               const char *const *options) {
  const char *dirs[] = {TEST_PLUGINS, NULL};
  const struct plugin_path path = {.dirs = dirs, .allow_untrusted = true};
  const struct plugin_file *file;
  const struct plugin *plugin;
  ck_assert_ok(plugin_find(&rig->arena, &path, name, &file, &rig->err), &rig->err);
  ck_assert_ptr_nonnull(file);
  ck_assert_ok(plugin_load(&rig->arena, &path, file, &plugin, &rig->err), &rig->err);
  ck_assert_ok(host_open(root, &rig->host, &rig->err), &rig->err);
  size_t count = 0;
  while (options && options[count])
    count++;
  struct request_option *given = arena_array(&rig->arena, count + 1, sizeof(*given));
  for (size_t i = 0; i < count; i++) {
    char *key = arena_strdup(&rig->arena, options[i]);
    char *equals = strchr(key, '=');
    *equals = '\0';
    char *colon = strchr(key, ':');
    if (colon)
      *colon = '\0';
    given[i] = (struct request_option){.plugin = colon ? key : NULL,
                                       .key = colon ? colon + 1 : key,
                                       .value = equals + 1,
                                       .at = {"s.yaml", 9, 7, key}};
  }
  rig->log = (struct log){LOG_LEVEL_INFO, take_log, rig};
  const struct instance_settings settings = {
      .host = rig->host, .log = &rig->log, .options = given, .option_count = count};
  ck_assert_ok(instance_open(&rig->arena, plugin, &settings, &rig->instance, &rig->err), &rig->err);
}

static inline void rig_open(struct rig *rig, const char *name, const char *const *options) {
  rig_open_at(rig, rig->tree.root, name, options);
}

/* Opens cdi.so with these directories, as option `key`; `caller` NULL: sees the host. */
static inline void rig_open_dirs(struct rig *rig, const char *root, const struct host *caller,
                                 const char *key, const char *const *asked) {
  const char *dirs[] = {TEST_PLUGINS, NULL};
  const struct plugin_path path = {.dirs = dirs, .allow_untrusted = true};
  const struct plugin_file *file;
  const struct plugin *plugin;
  ck_assert_ok(plugin_find(&rig->arena, &path, "cdi", &file, &rig->err), &rig->err);
  ck_assert_ok(plugin_load(&rig->arena, &path, file, &plugin, &rig->err), &rig->err);
  ck_assert_ok(host_open(root, &rig->host, &rig->err), &rig->err);
  struct request_option *options = arena_array(&rig->arena, 2, sizeof(*options));
  size_t count = 0;
  for (; count < 2 && asked[count]; count++)
    options[count] = (struct request_option){.plugin = "cdi", .key = key, .value = asked[count]};
  rig->log = (struct log){LOG_LEVEL_INFO, take_log, rig};
  const struct instance_settings settings = {.host = rig->host,
                                             .caller = caller,
                                             .log = &rig->log,
                                             .options = options,
                                             .option_count = count};
  ck_assert_ok(instance_open(&rig->arena, plugin, &settings, &rig->instance, &rig->err), &rig->err);
}

static inline void rig_enumerate(struct rig *rig, const char *vendor) {
  const struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = vendor};
  inventory_clear(&rig->inventory);
  ck_assert_ok(instance_enumerate(rig->instance, &rig->arena, &query, &rig->inventory, &rig->err),
               &rig->err);
  ck_assert_msg(rig->inventory.answer == 0, "%s", error_text(&rig->inventory.broken));
}

/* ---- devices as expected ---- */

struct expected_device {
  const char *id;
  int index; /* -1: none */
  const char *pci_address;
  const char *nodes; /* with blanks between */
  const char *unusable;
  const char *uuid;
  const char *parent;
  uint32_t group; /* DAVIT_DEVICE_GROUP or 0 */
};

static inline void check_text(const char *id, const char *what, const char *is,
                              const char *expected) {
  ck_assert_msg((!is && !expected) || (is && expected && strcmp(is, expected) == 0),
                "%s of device %s is \"%s\", not \"%s\"", what, id, is ? is : "(null)",
                expected ? expected : "(null)");
}

static inline const char *nodes_text(struct rig *rig, const struct davit_device *device) {
  const char *text = NULL;
  for (const char *const *node = device->nodes; node && *node; node++)
    text = text ? arena_printf(&rig->arena, "%s %s", text, *node) : *node;
  return text;
}

#define check_devices(rig, expected) check_inventory(rig, expected, ARRAY_LEN(expected))

static inline void check_inventory(struct rig *rig, const struct expected_device *expected,
                                   size_t count) {
  for (size_t i = 0; i < count && i < rig->inventory.count; i++) {
    const struct davit_device *is = rig->inventory.devices[i];
    check_text(is->id, "id", is->id, expected[i].id);
    int index = is->flags & DAVIT_DEVICE_INDEX ? (int)is->index : -1;
    ck_assert_msg(index == expected[i].index, "index of device %s is %d, not %d", is->id, index,
                  expected[i].index);
    check_text(is->id, "address", is->pci_address, expected[i].pci_address);
    check_text(is->id, "reason", is->unusable, expected[i].unusable);
    check_text(is->id, "list of nodes", nodes_text(rig, is), expected[i].nodes);
    check_text(is->id, "uuid", is->uuid, expected[i].uuid);
    check_text(is->id, "parent", is->parent, expected[i].parent);
    ck_assert_uint_eq(is->flags & DAVIT_DEVICE_GROUP, expected[i].group);
  }
  ck_assert_uint_eq(rig->inventory.count, count);
}

static inline const struct davit_device *find_device(const struct rig *rig, const char *id) {
  for (size_t i = 0; i < rig->inventory.count; i++)
    if (strcmp(rig->inventory.devices[i]->id, id) == 0)
      return rig->inventory.devices[i];
  ck_abort_msg("there is no device %s", id);
  return NULL;
}

/* ---- edits as text ---- */

struct recorder {
  struct davit_edits api; /* first */
  struct rig *rig;
  const char *source; /* id of a device, or "*" */
  char *text;         /* one edit a line: "SOURCE: what" */
};

static inline int record(const struct davit_edits *e, const char *format, ...) PRINTF_LIKE(2, 3);

static inline int record(const struct davit_edits *e, const char *format, ...) {
  struct recorder *recorder = (struct recorder *)(uintptr_t)e;
  va_list args;
  va_start(args, format);
  const char *edit = arena_vprintf(&recorder->rig->arena, format, args);
  va_end(args);
  recorder->text =
      arena_printf(&recorder->rig->arena, "%s%s: %s\n", recorder->text, recorder->source, edit);
  return DAVIT_OK;
}

static inline void record_source(const struct davit_edits *e, const struct davit_device *device,
                                 const char *file, uint32_t line) {
  struct recorder *recorder = (struct recorder *)(uintptr_t)e;
  (void)file, (void)line;
  recorder->source = device ? device->id : "*";
}

static inline int record_node(const struct davit_edits *e, const struct davit_device_node *node) {
  return record(e, "node %s%s%s%s%s", node->path, node->host_path ? " from " : "",
                node->host_path ? node->host_path : "", node->access ? " " : "",
                node->access ? node->access : "");
}

static inline int record_mount(const struct davit_edits *e, const struct davit_mount *mount) {
  struct recorder *recorder = (struct recorder *)(uintptr_t)e;
  const char *options = mount->options ? "" : " as preset";
  for (const char *const *option = mount->options; option && *option; option++)
    options = arena_printf(&recorder->rig->arena, "%s %s", options, *option);
  return record(e, "mount %s at %s%s", mount->host_path, mount->container_path, options);
}

static inline int record_hook(const struct davit_edits *e, const struct davit_hook *hook) {
  struct recorder *recorder = (struct recorder *)(uintptr_t)e;
  const char *text = hook->path;
  for (const char *const *arg = hook->args; arg && *arg; arg++)
    text = arena_printf(&recorder->rig->arena, "%s %s", text, *arg);
  return record(e, "hook %s %s", hook->name, text);
}

static inline int record_file(const struct davit_edits *e, const struct davit_file *file) {
  return record(e, "file %s\n%s", file->path, file->content);
}

static inline int record_set(const struct davit_edits *e, uint32_t what, const char *name,
                             const char *value, uint32_t flags) {
  const char *how = what == DAVIT_SET_UNIFIED   ? "cgroup"
                    : flags & DAVIT_SET_DEFAULT ? "default"
                    : flags & DAVIT_SET_PREPEND ? "prepend"
                                                : "env";
  return record(e, "%s %s=%s", how, name, value);
}

struct rig_container {
  struct davit_container api; /* first */
  const struct rig *rig;
};

static inline const char *container_env(const struct davit_container *c, const char *name) {
  const struct rig *rig = ((const struct rig_container *)c)->rig;
  for (const char *const *pair = rig->env; pair && *pair; pair += 2)
    if (strcmp(pair[0], name) == 0)
      return pair[1];
  return NULL;
}

enum rig_op {
  RIG_INJECT,
  RIG_SHARE
};

/* Runs the op for the devices with these ids (blanks between). The edits as text, or NULL and the
 * reason in rig->err. */
static inline const char *rig_edits(struct rig *rig, enum rig_op op, const char *ids,
                                    const char *sharing, uint32_t flags) {
  const struct davit_device *devices[8] = {NULL};
  size_t count = 0;
  char *rest = arena_strdup(&rig->arena, ids);
  for (char *id; (id = strsep(&rest, " "));)
    devices[count++] = find_device(rig, id);
  const struct rig_container container = {{DAVIT_SIZED(struct davit_container),
                                           .flags = rig->container_flags, .host_uid = rig->host_uid,
                                           .env = container_env},
                                          rig};
  const struct davit_request request = {DAVIT_SIZED(struct davit_request), .flags = flags,
                                        .devices = devices, .container = &container.api,
                                        .sharing = sharing};
  struct recorder recorder = {{DAVIT_SIZED(struct davit_edits), .source = record_source,
                               .add_device_node = record_node, .add_mount = record_mount,
                               .add_hook = record_hook, .set = record_set, .add_file = record_file},
                              rig,
                              "*",
                              arena_strdup(&rig->arena, "")};
  error_clear(&rig->err);
  int rc = op == RIG_INJECT ? instance_inject(rig->instance, &request, &recorder.api, &rig->err)
                            : instance_share(rig->instance, &request, &recorder.api, &rig->err);
  return rc < 0 ? NULL : recorder.text;
}

static inline const char *rig_inject(struct rig *rig, const char *ids) {
  return rig_edits(rig, RIG_INJECT, ids, "exclusive", 0);
}

#define ck_assert_edits(rig, text, expected)                                     \
  do {                                                                           \
    const char *edits_ = (text);                                                 \
    ck_assert_msg(edits_ != NULL, "no edits, but: %s", error_text(&(rig)->err)); \
    ck_assert_str_eq(edits_, expected);                                          \
  } while (0)

#endif
