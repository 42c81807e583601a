/* SPDX-License-Identifier: Apache-2.0 */
/* What the edits of a request mean together and for the document. Everything that can be wrong is
 * found before the first edit is made. */
#include <string.h>

#include "plugin/apply.h"
#include "util/map.h"

struct merger {
  struct transaction *transaction;
  struct list merged;     /* one edit a subject */
  struct map by_subject;  /* -> struct edit */
  struct map by_nic_name; /* net devices by their name in the container -> struct edit */
  struct davit_error *err;
};

/* "plugin nvidia, device 0" */
static const char *asker(struct arena *arena, const struct edit *edit) {
  const char *text = oci_source_text(arena, edit->sources.items[0]);
  return text ? text : edit->plugin;
}

/* ---- edits among themselves ----------------------------------------------------------------- */

static int add_sources(struct arena *arena, struct edit *into, const struct edit *from,
                       struct davit_error *err) {
  for (size_t i = 0; i < from->sources.count; i++) {
    bool is_known = false;
    for (size_t j = 0; j < into->sources.count && !is_known; j++)
      is_known = oci_source_equal(into->sources.items[j], from->sources.items[i]);
    if (!is_known && !list_push(arena, &into->sources, from->sources.items[i]))
      return error_memory(err);
  }
  return DAVIT_OK;
}

static bool gives_way(const struct edit *edit) {
  return edit->kind == EDIT_ENV && edit->pair.gives_way;
}

static int refuse_conflict(struct merger *merger, const struct edit *a, const struct edit *b) {
  struct arena *arena = merger->transaction->arena;
  const char *hint = strcmp(a->plugin, b->plugin) == 0 ? "ask for one of these devices only"
                                                       : "choose one plugin with --provider NAME";
  return error_add(merger->err, DAVIT_E_INVALID, "plugin.conflict", hint,
                   "%s: %s wants \"%s\", %s wants \"%s\"", a->subject, asker(arena, a), a->says,
                   asker(arena, b), b->says);
}

/* Two edits of one subject. */
static int merge_two(struct merger *merger, struct edit *earlier, const struct edit *later) {
  if (strcmp(earlier->says, later->says) == 0) {
    if (earlier->kind == EDIT_ENV)
      earlier->pair.gives_way = earlier->pair.gives_way && later->pair.gives_way;
    return add_sources(merger->transaction->arena, earlier, later, merger->err);
  }
  if (gives_way(later) && !gives_way(earlier))
    return DAVIT_OK;
  bool same_plugin = strcmp(earlier->plugin, later->plugin) == 0;
  if (earlier->op == later->op || (gives_way(earlier) && (!gives_way(later) || same_plugin))) {
    *earlier = *later;
    return DAVIT_OK;
  }
  return refuse_conflict(merger, earlier, later);
}

/* Two net devices can not have one name inside. */
static int check_nic_name(struct merger *merger, struct edit *edit) {
  void **other = map_find(&merger->by_nic_name, edit->pair.value);
  if (other)
    return refuse_conflict(merger, *other, edit);
  if (!map_put(merger->transaction->arena, &merger->by_nic_name, edit->pair.value, edit))
    return error_memory(merger->err);
  return DAVIT_OK;
}

static int merge(struct merger *merger) {
  struct transaction *transaction = merger->transaction;
  for (size_t i = 0; i < transaction->edits.count; i++) {
    struct edit *edit = transaction->edits.items[i];
    void **same = map_find(&merger->by_subject, edit->subject);
    if (!same && (!map_put(transaction->arena, &merger->by_subject, edit->subject, edit) ||
                  !list_push(transaction->arena, &merger->merged, edit)))
      return error_memory(merger->err);
    int rc = same ? merge_two(merger, *same, edit) : DAVIT_OK;
    if (rc < 0)
      return rc;
  }
  for (size_t i = 0; i < merger->merged.count; i++) {
    struct edit *edit = merger->merged.items[i];
    int rc = edit->kind == EDIT_NET_DEVICE ? check_nic_name(merger, edit) : DAVIT_OK;
    if (rc < 0)
      return rc;
  }
  return DAVIT_OK;
}

int transaction_merge(struct transaction *transaction, struct list *merged,
                      struct davit_error *err) {
  struct merger merger = {.transaction = transaction, .err = err};
  int rc = merge(&merger);
  *merged = merger.merged;
  return rc;
}

/* ---- edits and the document ----------------------------------------------------------------- */

/* Somebody wrote it for this container: a service file, an option, a config.json. */
static bool is_users(const struct oci_source *source) {
  return source && (source->kind == OCI_FROM_SERVICE || source->kind == OCI_FROM_COMMAND ||
                    source->kind == OCI_FROM_CONFIG);
}

/* An entry that the edit may not replace: the service's or another plugin's. What stands in a
 * config.json that is edited gives way, as in CDI. */
static bool is_closed(const struct oci_source *source, const struct edit *edit) {
  if (!source)
    return false;
  if (source->kind == OCI_FROM_PLUGIN)
    return strcmp(source->plugin, edit->plugin) != 0;
  return source->kind == OCI_FROM_SERVICE || source->kind == OCI_FROM_COMMAND;
}

static int refuse_replacing(struct merger *merger, const struct edit *edit,
                            const struct oci_source *source) {
  struct arena *arena = merger->transaction->arena;
  const char *owner = oci_source_text(arena, source);
  return error_add(merger->err, DAVIT_E_INVALID, "plugin.conflict",
                   "leave it out there, or ask for other devices",
                   "%s: %s wants \"%s\", but %s has something else there", edit->subject,
                   asker(arena, edit), edit->says, owner ? owner : "the service");
}

static int check_mount(struct merger *merger, const struct oci *oci, const struct edit *edit,
                       const char *destination) {
  const struct oci_source *source = oci_find_mount(oci, destination);
  return is_closed(source, edit) ? refuse_replacing(merger, edit, source) : DAVIT_OK;
}

/* A net device of the document has the name that this one would get, and no edit renames it. */
static int check_net_device(struct merger *merger, const struct oci *oci, const struct edit *edit) {
  const char *host_name;
  const struct oci_source *source =
      oci_find_net_device(oci, edit->pair.value, edit->pair.name, &host_name);
  if (!source)
    return DAVIT_OK;
  const char *subject = arena_printf(merger->transaction->arena, "net device %s", host_name);
  if (!subject)
    return error_memory(merger->err);
  return map_find(&merger->by_subject, subject) ? DAVIT_OK : refuse_replacing(merger, edit, source);
}

static char node_kind(char type) {
  return type == 'u' ? 'c' : type;
}

/* The same node asked for by the service and a plugin is one node; what the service leaves open the
 * plugin fills in. A node of a config.json that is edited gives way. */
static int check_node(struct merger *merger, const struct oci *oci, struct edit *edit) {
  struct oci_device *device = &edit->node.device, there;
  const struct oci_source *source = NULL;
  int rc = check_host_node(merger->transaction, oci, edit, merger->err);
  if (rc == DAVIT_OK && !edit->node.rule_only)
    rc = check_mount(merger, oci, edit, device->path);
  if (rc < 0)
    return rc;
  if (edit->node.rule_only || !oci_find_device(oci, device->path, &there, &source) ||
      !is_closed(source, edit))
    return DAVIT_OK;
  if (node_kind(there.type) != node_kind(device->type) || there.major != device->major ||
      there.minor != device->minor)
    return refuse_replacing(merger, edit, source);
  device->type = there.type;
  if (there.has_mode) {
    device->has_mode = true;
    device->mode = there.mode;
  }
  if (there.has_uid) {
    device->has_uid = true;
    device->uid = there.uid;
  }
  if (there.has_gid) {
    device->has_gid = true;
    device->gid = there.gid;
  }
  return DAVIT_OK;
}

/* Sharing works only as its variables say, so the service can not have others. Its value may be a
 * secret and is not shown. */
static int check_shared_env(struct merger *merger, const struct oci *oci, const struct edit *edit) {
  const struct edit_pair *pair = &edit->pair;
  const struct oci_source *source = NULL;
  const char *value = oci_get_env(oci, pair->name, &source);
  if (edit->phase != EDIT_SHARE || pair->gives_way || pair->prepend || !value ||
      !is_users(source) || strcmp(value, pair->value) == 0)
    return DAVIT_OK;
  struct arena *arena = merger->transaction->arena;
  const char *owner = oci_source_text(arena, source);
  return error_add(merger->err, DAVIT_E_INVALID, "gpu.sharing-conflict",
                   "leave the variable out, or share otherwise",
                   "%s: %s sets it to another value than sharing by %s needs, \"%s\"",
                   edit->subject, owner ? owner : "the service", asker(arena, edit), pair->value);
}

static int check(struct merger *merger, const struct oci *oci) {
  int first = DAVIT_OK;
  for (size_t i = 0; i < merger->merged.count; i++) {
    struct edit *edit = merger->merged.items[i];
    int rc = check_rootless(merger->transaction, edit, merger->err);
    if (edit->kind == EDIT_NODE)
      rc = check_node(merger, oci, edit);
    else if (edit->kind == EDIT_MOUNT)
      rc = check_mount(merger, oci, edit, edit->mount.destination);
    else if (edit->kind == EDIT_FILE)
      rc = check_mount(merger, oci, edit, edit->file.path);
    else if (edit->kind == EDIT_ENV)
      rc = check_shared_env(merger, oci, edit);
    else if (edit->kind == EDIT_NET_DEVICE && rc == DAVIT_OK)
      rc = check_net_device(merger, oci, edit);
    if (first == DAVIT_OK)
      first = rc;
  }
  return first;
}

/* ---- variables ------------------------------------------------------------------------------ */

/* The value after an edit; `value` itself if the edit gives way or is there already. NULL: out of
 * memory. `is_firm`: the value was set by the user or by an edit that does not give way. */
static const char *edited_env(struct arena *arena, const struct edit_pair *pair, const char *value,
                              bool is_firm) {
  if (value && pair->gives_way && is_firm)
    return value;
  if (!value || !pair->prepend || !value[0])
    return pair->value;
  size_t length = strlen(pair->value);
  if (strncmp(value, pair->value, length) == 0 && (value[length] == ':' || !value[length]))
    return value;
  return arena_printf(arena, "%s:%s", pair->value, value);
}

const char *transaction_env(const struct transaction *transaction, const char *name) {
  const struct oci_source *source = NULL;
  const char *value = oci_get_env(transaction->oci, name, &source);
  bool is_firm = is_users(source);
  bool is_secret = oci_env_is_secret(transaction->oci, name);
  for (size_t i = 0; i < transaction->edits.count; i++) {
    const struct edit *edit = transaction->edits.items[i];
    if (edit->kind != EDIT_ENV || strcmp(edit->pair.name, name) != 0)
      continue;
    value = edited_env(transaction->arena, &edit->pair, value, is_firm);
    is_secret = is_secret && value != edit->pair.value;
    is_firm = is_firm || !edit->pair.gives_way;
  }
  return is_secret ? NULL : value;
}

static int apply_env(struct transaction *transaction, const struct edit *edit, struct oci *oci,
                     const struct oci_source *source, struct davit_error *err) {
  const struct oci_source *owner = NULL;
  const char *name = edit->pair.name;
  const char *value = oci_get_env(oci, name, &owner);
  const char *edited = edited_env(transaction->arena, &edit->pair, value, is_users(owner));
  if (!edited)
    return error_memory(err);
  if (value && edit->pair.gives_way && is_users(owner) && strcmp(value, edit->pair.value) != 0) {
    log_info(transaction->log, "variable %s is left as the service has it, not as %s would", name,
             edit->plugin);
    return oci_note_dropped_env(oci, name, edit->pair.value, source, err);
  }
  struct oci_source from = *source;
  from.secret = edited != edit->pair.value && oci_env_is_secret(oci, name);
  return oci_set_env(oci, name, edited, &from, err);
}

/* ---- making the edits ----------------------------------------------------------------------- */

static void warn_of_old_runtimes(const struct log *log, const struct edit *edit) {
  log_warning(log, "plugin.new-runtime",
              "%s, asked for by plugin %s: runtimes that do not know it leave it out silently",
              edit->subject, edit->plugin);
}

static int apply_one(struct applier *applier, const struct edit *edit,
                     const struct oci_source *source) {
  struct oci *oci = applier->oci;
  struct davit_error *err = applier->err;
  const struct edit_pair *pair = &edit->pair;
  bool clear;
  switch (edit->kind) {
  case EDIT_NODE:
    return apply_node(applier, &edit->node, source, err);
  case EDIT_MOUNT:
    applier->has_mounts = true;
    return oci_add_mount(oci, &edit->mount, source, err);
  case EDIT_FILE:
    applier->has_mounts = true;
    return edit_apply_file(applier->transaction, &edit->file, oci, source, err);
  case EDIT_HOOK:
    return oci_add_hook(oci, &edit->hook, source, err);
  case EDIT_GID:
    return apply_group(applier, edit->gid, source, err);
  case EDIT_ENV:
    return apply_env(applier->transaction, edit, oci, source, err);
  case EDIT_ANNOTATION:
    return oci_set_annotation(oci, pair->name, pair->value, source, err);
  case EDIT_RLIMIT:
    return oci_set_rlimit(oci, pair->name, pair->soft, pair->hard, source, err);
  case EDIT_UNIFIED:
    return oci_set_unified(oci, pair->name, pair->value, pair->is_line, source, err);
  case EDIT_NET_DEVICE:
    return oci_set_net_device(oci, pair->name, pair->value, source, err);
  case EDIT_INTEL_RDT:
    clear = !applier->rdt_is_ours;
    applier->rdt_is_ours = true;
    return oci_set_intel_rdt(oci, pair->name, pair->value, clear, source, err);
  }
  return DAVIT_E_UNSUPPORTED;
}

static int make_edits(struct merger *merger, struct oci *oci) {
  struct transaction *transaction = merger->transaction;
  struct applier applier = {.transaction = transaction,
                            .oci = oci,
                            .is_isolated = !transaction->rootless && !oci_allows_all_devices(oci),
                            .has_user_namespace = oci_has_namespace(oci, "user"),
                            .err = merger->err};
  bool has_nodes = false;
  for (size_t i = 0; i < merger->merged.count; i++) {
    const struct edit *edit = merger->merged.items[i];
    has_nodes = has_nodes || edit->kind == EDIT_NODE;
    if (edit->kind == EDIT_NET_DEVICE || edit->kind == EDIT_INTEL_RDT)
      warn_of_old_runtimes(transaction->log, edit);
    warn_of_group(&applier, edit);
    /* Lines of schemata only ever add up: one source for each. */
    bool adds_up = edit->kind == EDIT_INTEL_RDT && strcmp(edit->pair.name, "schemata") == 0;
    for (size_t j = 0; j < (adds_up ? 1 : edit->sources.count); j++) {
      int rc = apply_one(&applier, edit, edit->sources.items[j]);
      if (rc < 0)
        return rc;
    }
  }
  if (has_nodes && !applier.is_isolated && !transaction->rootless)
    log_warning(transaction->log, "gpu.no-isolation",
                "a rule allows every device: the container can open devices that were not asked "
                "for");
  return applier.has_mounts ? oci_sort_mounts(oci, merger->err) : DAVIT_OK;
}

int transaction_apply(struct transaction *transaction, struct oci *oci, struct davit_error *err) {
  struct merger merger = {.transaction = transaction, .err = err};
  int rc = merge(&merger);
  if (rc == DAVIT_OK)
    rc = check(&merger, oci);
  return rc < 0 ? rc : make_edits(&merger, oci);
}
