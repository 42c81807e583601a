/* SPDX-License-Identifier: Apache-2.0 */
/* What devices do to a container, sorted into what all of them share and what is each one's own.
 *
 * A CDI file has one meaning for every choice of its devices: the file's edits and then those of
 * each device. So the plugin is asked for each device alone, and then for all together: an edit of
 * which the two say different things depends on the choice, and no CDI file can say it. */
#include <string.h>

#include "plugin/generate_state.h"
#include "util/text.h"

/* ---- one op --------------------------------------------------------------------------------- */

static const char *answer_nothing(const struct davit_container *container, const char *name) {
  (void)container;
  (void)name;
  return NULL;
}

/* Variables as they end up: what is put before a value is part of it then. */
static int fold_variables(struct generator *generator, struct transaction *transaction,
                          const struct list *merged, struct generated_part *part,
                          struct davit_error *err) {
  struct arena *arena = generator->arena;
  for (size_t i = 0; i < merged->count; i++) {
    struct edit *edit = merged->items[i];
    if (edit->kind == EDIT_ENV)
      edit->subject = arena_printf(arena, "variable %s", edit->pair.name);
    if (!edit->subject)
      return error_memory(err);
    void **earlier = map_find(&part->by_subject, edit->subject);
    if (earlier) {
      struct edit *folded = *earlier;
      folded->pair.prepend = folded->pair.prepend || edit->pair.prepend;
      folded->pair.gives_way = folded->pair.gives_way && edit->pair.gives_way;
      continue;
    }
    if (!map_put(arena, &part->by_subject, edit->subject, edit) ||
        !list_push(arena, &part->edits, edit))
      return error_memory(err);
  }
  for (size_t i = 0; i < part->edits.count; i++) {
    struct edit *edit = part->edits.items[i];
    if (edit->kind == EDIT_ENV)
      edit->says = edit->pair.value = transaction_env(transaction, edit->pair.name);
    if (!edit->says)
      return error_memory(err);
  }
  return DAVIT_OK;
}

/* Readers of CDI files take a device node, not a link to one. */
static int follow_link(const struct generator *generator, struct edit_node *node,
                       struct davit_error *err) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  if (node->is_missing)
    return DAVIT_OK;
  int rc = host_stat(generator->host, node->host_path, DAVIT_STAT_NOFOLLOW, &st, err);
  if (rc < 0 || st.type != DAVIT_FILE_LINK)
    return rc;
  return host_real_path(generator->host, generator->arena, node->host_path, &node->host_path, err);
}

static int inject(struct generator *generator, const struct davit_device *const *devices,
                  const struct log *log, struct generated_part *part, struct davit_error *err) {
  struct transaction *transaction;
  int rc = transaction_new(generator->arena, generator->host, generator->oci, log, NULL,
                           &transaction, err);
  if (rc < 0)
    return rc;
  const struct davit_container container = {
      DAVIT_SIZED(struct davit_container), .flags = DAVIT_CT_HOOKS, /* a CDI file can have some */
      .host_uid = UINT32_MAX, .host_gid = UINT32_MAX, .env = answer_nothing};
  const struct davit_request request = {DAVIT_SIZED(struct davit_request),
                                        .flags = DAVIT_REQUEST_GENERATE, .devices = devices,
                                        .container = &container, .sharing = "exclusive"};
  const struct davit_edits *edits =
      transaction_begin(transaction, generator->instance, EDIT_INJECT);
  instance_log_to(generator->instance, log);
  rc = instance_inject(generator->instance, &request, edits, err);
  instance_log_to(generator->instance, generator->log);
  struct list merged = {0};
  if (rc == DAVIT_OK)
    rc = transaction_merge(transaction, &merged, err);
  if (rc == DAVIT_OK)
    rc = fold_variables(generator, transaction, &merged, part, err);
  for (size_t i = 0; rc == DAVIT_OK && i < part->edits.count; i++) {
    struct edit *edit = part->edits.items[i];
    if (edit->kind == EDIT_NODE)
      rc = follow_link(generator, &edit->node, err);
  }
  return rc;
}

/* ---- comparing ------------------------------------------------------------------------------ */

static const struct edit *find(const struct map *edits, const char *subject) {
  void **place = map_find(edits, subject);
  return place ? *place : NULL;
}

static bool say_the_same(const struct edit *a, const struct edit *b) {
  if (!a || !b || strcmp(a->says, b->says) != 0)
    return a == b;
  return a->kind != EDIT_NODE ||
         (a->node.group == b->node.group && strcmp(a->node.host_path, b->node.host_path) == 0);
}

/* The plugin says that it is of no device in particular. */
static bool is_of_all(const struct edit *edit) {
  for (size_t i = 0; edit && i < edit->sources.count; i++)
    if (!((const struct oci_source *)edit->sources.items[i])->device)
      return true;
  return false;
}

static bool is_common(const struct generator *generator, const struct edit *edit) {
  for (size_t i = 0; i < generator->parts.count; i++) {
    const struct generated_part *part = generator->parts.items[i];
    const struct edit *same = find(&part->by_subject, edit->subject);
    if (!is_of_all(same) || !say_the_same(edit, same))
      return false;
  }
  return true;
}

/* ---- leaving out ---------------------------------------------------------------------------- */

static int warn_once(struct generator *generator, const struct edit *edit, const char *code,
                     const char *what, struct davit_error *err) {
  if (map_find(&generator->told, edit->subject))
    return DAVIT_OK;
  log_warning(generator->log, code, "%s \"%s\", asked for by plugin %s: %s", edit->subject,
              edit->says, edit->plugin, what);
  return map_put(generator->arena, &generator->told, edit->subject, (void *)(uintptr_t)edit)
             ? DAVIT_OK
             : error_memory(err);
}

/* What the file would say of all devices together. */
static int unite(struct generator *generator, struct map *united, struct davit_error *err) {
  for (size_t i = 0; i < generator->parts.count; i++) {
    const struct generated_part *part = generator->parts.items[i];
    for (size_t j = 0; j < part->edits.count; j++) {
      struct edit *edit = part->edits.items[j];
      if (!map_put(generator->arena, united, edit->subject, edit))
        return error_memory(err);
    }
  }
  return DAVIT_OK;
}

/* Why the edit cannot be in the file; NULL: it can. */
static const char *reason_against(const struct edit *edit, const struct map *united,
                                  const struct map *together) {
  const char *reason = edit_unsayable(edit);
  if (!reason && !say_the_same(find(united, edit->subject), find(together, edit->subject)))
    reason = "it depends on which devices are chosen together, which a CDI file cannot say, and is "
             "left out";
  return reason;
}

static int drop_unsayable(struct generator *generator, const struct map *united,
                          const struct map *together, struct list *edits, struct davit_error *err) {
  size_t kept = 0;
  int rc = DAVIT_OK;
  for (size_t i = 0; rc == DAVIT_OK && i < edits->count; i++) {
    const struct edit *edit = edits->items[i];
    const char *reason = reason_against(edit, united, together);
    if (reason)
      rc = warn_once(generator, edit, "cdi.left-out", reason, err);
    else
      edits->items[kept++] = edits->items[i];
    if (rc == DAVIT_OK && !reason && edit->kind == EDIT_ENV && edit->pair.prepend)
      rc = warn_once(generator, edit, "cdi.inexact",
                     "a CDI file cannot put a path before another: it sets the variable, which "
                     "replaces the image's value",
                     err);
    else if (rc == DAVIT_OK && !reason && edit->kind == EDIT_ENV && edit->pair.gives_way)
      rc = warn_once(generator, edit, "cdi.inexact",
                     "a CDI file cannot leave a variable to the container: it sets it in any case",
                     err);
  }
  edits->count = kept;
  return rc;
}

/* ---- sorting -------------------------------------------------------------------------------- */

static int split_common(struct generator *generator, struct davit_error *err) {
  const struct generated_part *first = generator->parts.items[0];
  struct map common = {0};
  for (size_t i = 0; i < first->edits.count; i++) {
    struct edit *edit = first->edits.items[i];
    if (is_common(generator, edit) && (!list_push(generator->arena, &generator->common, edit) ||
                                       !map_put(generator->arena, &common, edit->subject, edit)))
      return error_memory(err);
  }
  for (size_t i = 0; i < generator->parts.count; i++) {
    struct generated_part *part = generator->parts.items[i];
    size_t kept = 0;
    for (size_t j = 0; j < part->edits.count; j++) {
      struct edit *edit = part->edits.items[j];
      if (!map_find(&common, edit->subject))
        part->edits.items[kept++] = edit;
    }
    part->edits.count = kept;
  }
  return DAVIT_OK;
}

/* A device of a CDI file has edits of its own. Where one would have none, the common ones are
 * everyone's own instead. */
static int give_to_all(struct generator *generator, struct davit_error *err) {
  bool is_needed = false;
  for (size_t i = 0; i < generator->parts.count; i++)
    is_needed =
        is_needed || ((const struct generated_part *)generator->parts.items[i])->edits.count == 0;
  if (!is_needed)
    return DAVIT_OK;
  for (size_t i = 0; i < generator->parts.count; i++) {
    struct generated_part *part = generator->parts.items[i];
    struct list edits = {0};
    const struct list *const lists[] = {&generator->common, &part->edits};
    for (size_t j = 0; j < ARRAY_LEN(lists); j++)
      for (size_t k = 0; k < lists[j]->count; k++)
        if (!list_push(generator->arena, &edits, lists[j]->items[k]))
          return error_memory(err);
    part->edits = edits;
  }
  generator->common = (struct list){0};
  return DAVIT_OK;
}

int generate_edits(struct generator *generator, struct davit_error *err) {
  static const struct log quiet = {.threshold = LOG_LEVEL_NONE};
  struct generated_part together = {0};
  const struct davit_device **devices =
      arena_array(generator->arena, generator->parts.count + 1, sizeof(*devices));
  if (!devices)
    return error_memory(err);
  for (size_t i = 0; i < generator->parts.count; i++)
    devices[i] = ((const struct generated_part *)generator->parts.items[i])->device;
  /* This one tells everything: what the others would tell is the same. */
  int rc = inject(generator, devices, generator->log, &together, err);
  for (size_t i = 0; rc == DAVIT_OK && i < generator->parts.count; i++) {
    const struct davit_device *const alone[] = {devices[i], NULL};
    rc = inject(generator, alone, &quiet, generator->parts.items[i], err);
  }
  struct map united = {0};
  if (rc == DAVIT_OK)
    rc = unite(generator, &united, err);
  /* First, as it may be in no device's edits. */
  if (rc == DAVIT_OK)
    rc = drop_unsayable(generator, &united, &together.by_subject, &together.edits, err);
  for (size_t i = 0; rc == DAVIT_OK && i < generator->parts.count; i++) {
    struct generated_part *part = generator->parts.items[i];
    rc = drop_unsayable(generator, &united, &together.by_subject, &part->edits, err);
  }
  if (rc == DAVIT_OK)
    rc = split_common(generator, err);
  return rc == DAVIT_OK ? give_to_all(generator, err) : rc;
}

/* ---- what CDI has words for ----------------------------------------------------------------- */

static bool is_utf8(const struct edit *edit) {
  return text_is_utf8(edit->subject) && text_is_utf8(edit->says) &&
         (edit->kind != EDIT_NODE || text_is_utf8(edit->node.host_path));
}

const char *edit_unsayable(const struct edit *edit) {
  static const char *const dropped_switches[] = {"enableCMT", "enableMBM", NULL};
  static const char none[] = "a CDI file has nothing like it, and it is left out";
  if (!is_utf8(edit))
    return "it is not UTF-8, as a CDI file is, and is left out";
  switch (edit->kind) {
  case EDIT_ANNOTATION:
  case EDIT_RLIMIT:
  case EDIT_UNIFIED:
  case EDIT_FILE:
    return none;
  case EDIT_NODE:
    if (edit->node.rule_only || !edit->node.access[0])
      return "a CDI file gives a node and the right to use it together only, and it is left out";
    return NULL;
  case EDIT_INTEL_RDT:
    if (strings_contain(dropped_switches, edit->pair.name))
      return "CDI 1.1.0 has it no more, and it is left out";
    return NULL;
  case EDIT_MOUNT:
  case EDIT_HOOK:
  case EDIT_GID:
  case EDIT_ENV:
  case EDIT_NET_DEVICE:
    return NULL;
  }
  return none;
}
