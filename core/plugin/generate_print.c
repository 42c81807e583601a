/* SPDX-License-Identifier: Apache-2.0 */
/* A spec as text: keys in the order of the format's own structures, so that the same devices give
 * the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "cdi/names.h"
#include "plugin/edit.h"
#include "plugin/generate.h"
#include "util/cleanup.h"

/* ---- the version ---------------------------------------------------------------------------- */

static bool is_bind(const struct oci_mount *mount) {
  return strings_contain(mount->options, "bind") || strings_contain(mount->options, "rbind");
}

/* A bind mount is one by its options. */
static const char *type_of(const struct oci_mount *mount) {
  return mount->type && strcmp(mount->type, "bind") == 0 && is_bind(mount) ? NULL : mount->type;
}

static const char *host_path_of(const struct edit_node *node) {
  return strcmp(node->host_path, node->device.path) == 0 ? NULL : node->host_path;
}

static enum cdi_version version_of_edit(const struct edit *edit) {
  switch (edit->kind) {
  case EDIT_NET_DEVICE:
    return CDI_1_1_0;
  case EDIT_INTEL_RDT:
    if (strcmp(edit->pair.name, "schemata") == 0 ||
        (strcmp(edit->pair.name, "enableMonitoring") == 0 && strcmp(edit->pair.value, "true") == 0))
      return CDI_1_1_0;
    return CDI_0_7_0;
  case EDIT_GID:
    return edit->gid > 0 ? CDI_0_7_0 : CDI_0_3_0;
  case EDIT_NODE:
    if (edit->node.group > 0)
      return CDI_0_7_0;
    return host_path_of(&edit->node) ? CDI_0_5_0 : CDI_0_3_0;
  case EDIT_MOUNT:
    return type_of(&edit->mount) ? CDI_0_4_0 : CDI_0_3_0;
  case EDIT_HOOK:
  case EDIT_ENV:
  case EDIT_ANNOTATION: /* these are in no spec */
  case EDIT_RLIMIT:
  case EDIT_UNIFIED:
  case EDIT_FILE:
    break;
  }
  return CDI_0_3_0;
}

static enum cdi_version later(enum cdi_version a, enum cdi_version b) {
  return a > b ? a : b;
}

static enum cdi_version version_of_edits(const struct list *edits) {
  enum cdi_version version = CDI_0_3_0;
  for (size_t i = 0; i < edits->count; i++)
    version = later(version, version_of_edit(edits->items[i]));
  return version;
}

const char *generated_version(const struct generated_spec *spec) {
  enum cdi_version version = version_of_edits(&spec->edits);
  if (strchr(strchr(spec->kind, '/'), '.'))
    version = later(version, CDI_0_6_0);
  for (size_t i = 0; i < spec->devices.count; i++) {
    const struct generated_device *device = spec->devices.items[i];
    if (device->name[0] >= '0' && device->name[0] <= '9')
      version = later(version, CDI_0_5_0);
    version = later(version, version_of_edits(&device->edits));
  }
  return version_text(version);
}

/* ---- entries -------------------------------------------------------------------------------- */

static void put_text(struct doc_writer *writer, const char *key, const char *text) {
  if (!text)
    return;
  doc_write_key(writer, key);
  doc_write_text(writer, text);
}

static void put_number(struct doc_writer *writer, const char *key, bool is_given, int64_t number) {
  if (!is_given)
    return;
  doc_write_key(writer, key);
  doc_write_number(writer, number);
}

static void put_texts(struct doc_writer *writer, const char *key, const char *const *texts) {
  if (!texts || !texts[0])
    return;
  doc_write_key(writer, key);
  doc_write_list(writer);
  for (; *texts; texts++)
    doc_write_text(writer, *texts);
  doc_write_end(writer);
}

static void put_env(struct doc_writer *writer, const struct edit *edit, struct arena *arena) {
  doc_write_text(writer, arena_printf(arena, "%s=%s", edit->pair.name, edit->pair.value));
}

/* The reader asks the host for everything that a driver may change: numbers are written only for a
 * node that is not there. */
static void put_node(struct doc_writer *writer, const struct edit *edit,
                     UNUSED struct arena *arena) {
  const struct edit_node *node = &edit->node;
  const struct oci_device *device = &node->device;
  const char type[] = {device->type, '\0'};
  bool has_numbers = node->is_missing && device->type != 'p';
  doc_write_mapping(writer);
  put_text(writer, "path", device->path);
  put_text(writer, "hostPath", host_path_of(node));
  put_text(writer, "type", node->is_missing ? type : NULL);
  put_number(writer, "major", has_numbers, device->major);
  put_number(writer, "minor", has_numbers, device->minor);
  put_number(writer, "fileMode", node->given & DAVIT_NODE_MODE, device->mode);
  put_text(writer, "permissions", node->access);
  put_number(writer, "uid", node->given & DAVIT_NODE_UID, device->uid);
  put_number(writer, "gid", device->has_gid, device->gid);
  doc_write_end(writer);
}

static void put_net_device(struct doc_writer *writer, const struct edit *edit,
                           UNUSED struct arena *arena) {
  doc_write_mapping(writer);
  put_text(writer, "hostInterfaceName", edit->pair.name);
  put_text(writer, "name", edit->pair.value);
  doc_write_end(writer);
}

static void put_hook(struct doc_writer *writer, const struct edit *edit,
                     UNUSED struct arena *arena) {
  const struct oci_hook *hook = &edit->hook;
  doc_write_mapping(writer);
  put_text(writer, "hookName", hook->name);
  put_text(writer, "path", hook->path);
  put_texts(writer, "args", hook->args);
  put_texts(writer, "env", hook->env);
  put_number(writer, "timeout", hook->has_timeout, hook->timeout);
  doc_write_end(writer);
}

static void put_mount(struct doc_writer *writer, const struct edit *edit,
                      UNUSED struct arena *arena) {
  const struct oci_mount *mount = &edit->mount;
  doc_write_mapping(writer);
  put_text(writer, "hostPath", mount->source);
  put_text(writer, "containerPath", mount->destination);
  put_texts(writer, "options", mount->options);
  put_text(writer, "type", type_of(mount));
  doc_write_end(writer);
}

static const struct edit *find_rdt(const struct list *edits, const char *key) {
  for (size_t i = 0; i < edits->count; i++) {
    const struct edit *edit = edits->items[i];
    if (edit->kind == EDIT_INTEL_RDT && strcmp(edit->pair.name, key) == 0)
      return edit;
  }
  return NULL;
}

static bool has_kind(const struct list *edits, enum edit_kind kind) {
  for (size_t i = 0; i < edits->count; i++)
    if (((const struct edit *)edits->items[i])->kind == kind)
      return true;
  return false;
}

static void put_schemata(struct doc_writer *writer, const struct list *edits) {
  if (!find_rdt(edits, "schemata"))
    return;
  doc_write_key(writer, "schemata");
  doc_write_list(writer);
  for (size_t i = 0; i < edits->count; i++) {
    const struct edit *edit = edits->items[i];
    if (edit->kind == EDIT_INTEL_RDT && strcmp(edit->pair.name, "schemata") == 0)
      doc_write_text(writer, edit->pair.value);
  }
  doc_write_end(writer);
}

static void put_rdt(struct doc_writer *writer, const struct list *edits) {
  static const char *const texts[] = {"closID", "l3CacheSchema", "memBwSchema"};
  if (!has_kind(edits, EDIT_INTEL_RDT))
    return;
  doc_write_key(writer, "intelRdt");
  doc_write_mapping(writer);
  for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
    const struct edit *edit = find_rdt(edits, texts[i]);
    put_text(writer, texts[i], edit ? edit->pair.value : NULL);
  }
  put_schemata(writer, edits);
  const struct edit *monitoring = find_rdt(edits, "enableMonitoring");
  if (monitoring && strcmp(monitoring->pair.value, "true") == 0) {
    doc_write_key(writer, "enableMonitoring");
    doc_write_bool(writer, true);
  }
  doc_write_end(writer);
}

static int compare_groups(const void *a, const void *b) {
  uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
  return (one > two) - (one < two);
}

/* Those of nodes too: CDI knows them as groups of the process only. */
static void put_groups(struct doc_writer *writer, const struct list *edits, struct arena *arena) {
  uint32_t *groups = arena_array(arena, edits->count + 1, sizeof(*groups));
  size_t count = 0;
  if (!groups) {
    doc_write_text(writer, NULL);
    return;
  }
  for (size_t i = 0; i < edits->count; i++) {
    const struct edit *edit = edits->items[i];
    uint32_t group = edit->kind == EDIT_GID    ? edit->gid
                     : edit->kind == EDIT_NODE ? edit->node.group
                                               : 0;
    if (group > 0)
      groups[count++] = group;
  }
  if (count == 0)
    return;
  qsort(groups, count, sizeof(*groups), compare_groups);
  doc_write_key(writer, "additionalGids");
  doc_write_list(writer);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || groups[i] != groups[i - 1])
      doc_write_number(writer, groups[i]);
  doc_write_end(writer);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void put_edits(struct doc_writer *writer, const struct list *edits, struct arena *arena) {
  static const struct {
    enum edit_kind kind;
    const char *key;
    void (*put)(struct doc_writer *writer, const struct edit *edit, struct arena *arena);
  } lists[] = {{EDIT_ENV, "env", put_env},
               {EDIT_NODE, "deviceNodes", put_node},
               {EDIT_NET_DEVICE, "netDevices", put_net_device},
               {EDIT_HOOK, "hooks", put_hook},
               {EDIT_MOUNT, "mounts", put_mount}};
  doc_write_key(writer, "containerEdits");
  doc_write_mapping(writer);
  for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
    if (!has_kind(edits, lists[i].kind))
      continue;
    doc_write_key(writer, lists[i].key);
    doc_write_list(writer);
    for (size_t j = 0; j < edits->count; j++)
      if (((const struct edit *)edits->items[j])->kind == lists[i].kind)
        lists[i].put(writer, edits->items[j], arena);
    doc_write_end(writer);
  }
  put_rdt(writer, edits);
  put_groups(writer, edits, arena);
  doc_write_end(writer);
}

int generated_print(const struct generated_spec *spec, enum doc_format format, char **text,
                    size_t *size, struct davit_error *err) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(doc_writer) struct doc_writer *writer = NULL;
  int rc = doc_writer_open(format, &writer, err);
  if (rc < 0)
    return rc;
  doc_write_mapping(writer);
  put_text(writer, "cdiVersion", generated_version(spec));
  put_text(writer, "kind", spec->kind);
  doc_write_key(writer, "devices");
  doc_write_list(writer);
  for (size_t i = 0; i < spec->devices.count; i++) {
    const struct generated_device *device = spec->devices.items[i];
    doc_write_mapping(writer);
    put_text(writer, "name", device->name);
    put_edits(writer, &device->edits, &arena);
    doc_write_end(writer);
  }
  doc_write_end(writer);
  if (spec->edits.count > 0)
    put_edits(writer, &spec->edits, &arena);
  doc_write_end(writer);
  return doc_writer_finish(writer, text, size, err);
}
