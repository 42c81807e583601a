/* SPDX-License-Identifier: Apache-2.0 */
/* The callbacks through which plugins make edits: each is checked, copied deep and kept with its
 * source. What edits mean together is decided in apply.c. */
#include "plugin/edits.h"

#include <inttypes.h>
#include <string.h>

#include "plugin/edit.h"
#include "plugin/match.h"
#include "plugin/sized.h"

/* The table is the first member. */
static struct transaction *transaction_of(const struct davit_edits *table) {
  return (struct transaction *)(uintptr_t)table;
}

static struct davit_error *callback_error(const struct transaction *transaction) {
  return instance_callback_error(transaction->instance);
}

/* Keeps a copy of the edit with the source in force. Everything in it lives in the arena. */
static int keep(struct transaction *transaction, const struct edit *edit, struct davit_error *err) {
  struct edit *kept = arena_alloc(transaction->arena, sizeof(*kept));
  if (!kept || !transaction->source || !edit->subject || !edit->says)
    return error_memory(err);
  *kept = *edit;
  kept->plugin = instance_plugin(transaction->instance)->name;
  kept->op = transaction->op;
  kept->phase = transaction->phase;
  kept->sources = (struct list){0};
  if (!list_push(transaction->arena, &kept->sources, transaction->source) ||
      !list_push(transaction->arena, &transaction->edits, kept))
    return error_memory(err);
  return DAVIT_OK;
}

/* ---- source --------------------------------------------------------------------------------- */

static const struct oci_source *make_source(struct transaction *transaction,
                                            const struct davit_device *device, const char *file,
                                            uint32_t line) {
  struct arena *arena = transaction->arena;
  struct oci_source *source = arena_alloc(arena, sizeof(*source));
  if (!source)
    return NULL;
  *source = (struct oci_source){.kind = OCI_FROM_PLUGIN,
                                .plugin = instance_plugin(transaction->instance)->name,
                                .line = file ? line : 0};
  if (file && !(source->file = arena_strdup(arena, file)))
    return NULL;
  if (!device)
    return source;
  /* In a file devices go by their full names; a plugin's own are of one kind. */
  source->device = file ? device_qualified_name(arena, device) : arena_strdup(arena, device->id);
  return source->device ? source : NULL;
}

static void set_source(const struct davit_edits *table, const struct davit_device *device,
                       const char *file, uint32_t line) {
  struct transaction *transaction = transaction_of(table);
  struct davit_device known;
  if (device && (!sized_take(&known, sizeof(known), device) || !known.id || !known.kind))
    device = NULL;
  /* NULL when memory is out: the next edit says so. */
  transaction->source = make_source(transaction, device ? &known : NULL, file, line);
}

/* ---- device nodes --------------------------------------------------------------------------- */

static const char *optional_number(struct arena *arena, bool given, const char *name,
                                   uint32_t number) {
  return given ? arena_printf(arena, " %s %" PRIu32, name, number) : "";
}

static const char *node_text(struct arena *arena, const struct edit_node *node) {
  const struct oci_device *device = &node->device;
  const char *mode = device->has_mode ? arena_printf(arena, " mode %04" PRIo32, device->mode) : "";
  const char *uid = optional_number(arena, device->has_uid, "uid", device->uid);
  const char *gid = optional_number(arena, device->has_gid, "gid", device->gid);
  if (!mode || !uid || !gid)
    return NULL;
  return arena_printf(arena, "%c %" PRId64 ":%" PRId64 " %s%s%s%s", device->type, device->major,
                      device->minor, node->access[0] ? node->access : "without rule", mode, uid,
                      gid);
}

static int add_node(struct transaction *transaction, const struct davit_device_node *given,
                    struct davit_error *err) {
  struct davit_device_node own;
  int rc = edit_read_sized(&own, sizeof(own), given, err);
  if (rc < 0)
    return rc;
  if (transaction->phase == EDIT_SHARE)
    return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", "nodes are given by inject()",
                     "device node %s in share(): sharing adds no device nodes",
                     own.path ? own.path : "");
  struct edit edit = {.kind = EDIT_NODE};
  rc = edit_complete_node(transaction, &own, &edit.node, err);
  if (rc < 0)
    return rc;
  struct arena *arena = transaction->arena;
  edit.node.device.path = arena_strdup(arena, edit.node.device.path);
  edit.node.host_path = arena_strdup(arena, edit.node.host_path);
  edit.node.access = arena_strdup(arena, edit.node.access);
  if (!edit.node.device.path || !edit.node.host_path || !edit.node.access)
    return error_memory(err);
  edit.subject = arena_printf(arena, "device %s %s", edit.node.rule_only ? "rule" : "node",
                              edit.node.device.path);
  edit.says = node_text(arena, &edit.node);
  return keep(transaction, &edit, err);
}

static int add_device_node(const struct davit_edits *table, const struct davit_device_node *node) {
  struct transaction *transaction = transaction_of(table);
  return add_node(transaction, node, callback_error(transaction));
}

/* ---- mounts --------------------------------------------------------------------------------- */

static bool is_directory(const struct transaction *transaction, const char *path) {
  CLEANUP(error) struct davit_error missing = {0};
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  return host_stat(transaction->host, path, 0, &st, &missing) == DAVIT_OK &&
         st.type == DAVIT_FILE_DIR;
}

/* rro closes what is mounted below a directory too; crun refuses it on anything else. */
static const char *const *default_options(const struct transaction *transaction, bool is_bind,
                                          const char *host_path) {
  static const char *const file[] = {"ro", "nosuid", "nodev", "rbind", "rprivate", NULL};
  static const char *const directory[] = {"rro", "nosuid", "nodev", "rbind", "rprivate", NULL};
  static const char *const other[] = {"ro", "nosuid", "nodev", NULL};
  if (!is_bind)
    return other;
  return is_directory(transaction, host_path) ? directory : file;
}

static int add_checked_mount(struct transaction *transaction, const struct davit_mount *given,
                             struct davit_error *err) {
  struct davit_mount own;
  int rc = edit_read_sized(&own, sizeof(own), given, err);
  if (rc < 0)
    return rc;
  rc = edit_refuse_critical(own.flags, "mount", own.container_path, err);
  if (rc < 0)
    return rc;
  rc = edit_check_path(own.container_path, "mount destination", err);
  if (rc < 0)
    return rc;
  const char *type = own.type ? own.type : "bind";
  bool is_bind = strcmp(type, "bind") == 0;
  bool is_whole_host = own.host_path && strcmp(own.host_path, "/") == 0;
  if ((is_bind && !is_whole_host) || !own.host_path) {
    rc = edit_check_path(own.host_path, "mount source", err);
    if (rc < 0)
      return rc;
  }
  const char *const *options =
      own.options ? own.options : default_options(transaction, is_bind, own.host_path);
  struct arena *arena = transaction->arena;
  struct edit edit = {.kind = EDIT_MOUNT};
  edit.mount.destination = arena_strdup(arena, own.container_path);
  edit.mount.source = arena_strdup(arena, own.host_path);
  edit.mount.type = type[0] ? arena_strdup(arena, type) : NULL;
  if (!edit.mount.destination || !edit.mount.source || (type[0] && !edit.mount.type) ||
      !strings_copy(arena, options, &edit.mount.options))
    return error_memory(err);
  edit.subject = arena_printf(arena, "mount %s", edit.mount.destination);
  const char *joined = strings_join(arena, edit.mount.options, SIZE_MAX);
  if (!joined[0] && strings_count(edit.mount.options) > 0) /* it is compared, not only told */
    return error_memory(err);
  edit.says = arena_printf(arena, "%s %s (%s)", type, edit.mount.source, joined);
  return keep(transaction, &edit, err);
}

static int add_mount(const struct davit_edits *table, const struct davit_mount *mount) {
  struct transaction *transaction = transaction_of(table);
  return add_checked_mount(transaction, mount, callback_error(transaction));
}

/* ---- hooks ---------------------------------------------------------------------------------- */

static const char *const hook_names[] = {
    "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
    NULL};

static int check_hook(const struct davit_hook *hook, struct davit_error *err) {
  int rc = edit_refuse_critical(hook->flags, "hook", hook->path, err);
  if (rc < 0)
    return rc;
  if (!hook->name || !strings_contain(hook_names, hook->name))
    return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit",
                     "prestart, createRuntime, createContainer, startContainer, poststart or "
                     "poststop",
                     "unknown hook \"%s\"", hook->name ? hook->name : "");
  rc = edit_check_path(hook->path, "hook", err);
  if (rc < 0)
    return rc;
  if ((hook->flags & DAVIT_HOOK_TIMEOUT) && hook->timeout < 0)
    return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", "0 or more seconds",
                     "hook %s: timeout %" PRId64, hook->path, hook->timeout);
  for (const char *const *env = hook->env; env && *env; env++)
    if ((*env)[0] == '=' || !strchr(*env, '='))
      return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", "NAME=value",
                       "hook %s: not a variable: \"%s\"", hook->path, *env);
  return DAVIT_OK;
}

/* Hooks have no names: one is equal to another in everything or is another. The separator stands
 * in no path or argument that anybody writes, so that equal texts are equal hooks. */
static const char *hook_text(struct arena *arena, const struct oci_hook *hook) {
  const char *text = arena_printf(arena, "hook %s %s", hook->name, hook->path);
  if (text && hook->has_timeout)
    text = arena_printf(arena, "%s, %" PRId64 " s", text, hook->timeout);
  for (const char *const *arg = hook->args; text && arg && *arg; arg++)
    text = arena_printf(arena, "%s\x1f%s", text, *arg);
  for (const char *const *env = hook->env; text && env && *env; env++)
    text = arena_printf(arena, "%s\x1e%s", text, *env);
  return text;
}

static int add_checked_hook(struct transaction *transaction, const struct davit_hook *given,
                            struct davit_error *err) {
  struct davit_hook own;
  int rc = edit_read_sized(&own, sizeof(own), given, err);
  if (rc < 0)
    return rc;
  rc = check_hook(&own, err);
  if (rc < 0)
    return rc;
  struct arena *arena = transaction->arena;
  struct edit edit = {.kind = EDIT_HOOK};
  edit.hook = (struct oci_hook){.name = arena_strdup(arena, own.name),
                                .path = arena_strdup(arena, own.path),
                                .has_timeout = (own.flags & DAVIT_HOOK_TIMEOUT) != 0,
                                .timeout = own.timeout};
  if (!edit.hook.name || !edit.hook.path || !strings_copy(arena, own.args, &edit.hook.args) ||
      !strings_copy(arena, own.env, &edit.hook.env))
    return error_memory(err);
  edit.subject = hook_text(arena, &edit.hook);
  edit.says = "";
  return keep(transaction, &edit, err);
}

static int add_hook(const struct davit_edits *table, const struct davit_hook *hook) {
  struct transaction *transaction = transaction_of(table);
  return add_checked_hook(transaction, hook, callback_error(transaction));
}

/* ---- the rest ------------------------------------------------------------------------------- */

static int add_gid(const struct davit_edits *table, uint32_t gid) {
  struct transaction *transaction = transaction_of(table);
  struct edit edit = {.kind = EDIT_GID, .says = "", .gid = gid};
  edit.subject = arena_printf(transaction->arena, "group %" PRIu32, gid);
  return keep(transaction, &edit, callback_error(transaction));
}

static int set_pair(const struct davit_edits *table, uint32_t what, const char *name,
                    const char *value, uint32_t flags) {
  struct transaction *transaction = transaction_of(table);
  struct davit_error *err = callback_error(transaction);
  struct edit edit = {0};
  int rc = edit_read_pair(transaction, what, name, value, flags, &edit, err);
  return rc < 0 ? rc : keep(transaction, &edit, err);
}

static int add_file(const struct davit_edits *table, const struct davit_file *file) {
  struct transaction *transaction = transaction_of(table);
  struct davit_error *err = callback_error(transaction);
  struct edit edit = {0};
  int rc = edit_read_file(transaction, file, &edit, err);
  return rc < 0 ? rc : keep(transaction, &edit, err);
}

/* ---- transactions --------------------------------------------------------------------------- */

int transaction_new(struct arena *arena, const struct host *host, const struct oci *oci,
                    const struct log *log, const struct host_caller *rootless,
                    struct transaction **transaction, struct davit_error *err) {
  struct transaction *made = arena_alloc(arena, sizeof(*made));
  if (!made)
    return error_memory(err);
  *made = (struct transaction){.table = {DAVIT_SIZED(struct davit_edits), .source = set_source,
                                         .add_device_node = add_device_node, .add_mount = add_mount,
                                         .add_hook = add_hook, .add_gid = add_gid, .set = set_pair,
                                         .add_file = add_file},
                               .arena = arena,
                               .host = host,
                               .oci = oci,
                               .log = log,
                               .rootless = rootless};
  *transaction = made;
  return DAVIT_OK;
}

void transaction_hold_files(struct transaction *transaction, const char *directory,
                            struct list *files) {
  transaction->files_directory = directory;
  transaction->files = files;
}

const struct davit_edits *transaction_begin(struct transaction *transaction,
                                            struct instance *instance, enum edit_phase phase) {
  transaction->instance = instance;
  transaction->phase = phase;
  transaction->op++;
  transaction->op_start = transaction->edits.count;
  transaction->source = make_source(transaction, NULL, NULL, 0);
  return &transaction->table;
}

void transaction_rollback(struct transaction *transaction) {
  struct list *edits = &transaction->edits;
  if (edits->items)
    edits->items[transaction->op_start] = NULL;
  edits->count = transaction->op_start;
}
