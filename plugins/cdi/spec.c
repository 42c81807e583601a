/* SPDX-License-Identifier: Apache-2.0 */
/* The top of a spec: version, kind, devices. */
#include "cdi/spec.h"

#include <string.h>

#include "cdi/annotations.h"
#include "cdi/spec_edits.h"
#include "util/map.h"

static bool is_empty_list(const struct doc_node *node) {
  return is_absent(node) || (node->kind == DOC_SEQUENCE && node->count == 0);
}

/* A list with items, or hooks by stage; what is neither is a problem of its own. */
static bool says_something(const struct doc_node *list) {
  if (is_empty_list(list))
    return false;
  size_t empty = 0;
  while (list->kind == DOC_MAPPING && empty < list->count && is_empty_list(list->values[empty]))
    empty++;
  return list->kind != DOC_MAPPING || empty < list->count;
}

static bool says_nothing(const struct doc_node *edits) {
  static const char *const lists[] = {"env",    "deviceNodes",    "netDevices", "hooks",
                                      "mounts", "additionalGids", NULL};
  for (const char *const *name = lists; *name; name++)
    if (says_something(field_of(edits, *name)))
      return false;
  return is_absent(field_of(edits, "intelRdt")); /* {} says: take the settings away */
}

static void read_device(struct reader *reader, const struct doc_node *node, struct list *devices) {
  static const struct field fields[] = {
      {"name", read_name, FIELD(cdi_device, name), true, 0, 0},
      {"annotations", read_annotations, 0, false, CDI_0_6_0, 0},
      {"containerEdits", read_edits, FIELD(cdi_device, edits), false, 0, 0},
  };
  struct cdi_device *device = reader_alloc(reader, sizeof(*device));
  if (!device || !fields_read(reader, node, fields, ARRAY_LEN(fields), device))
    return;
  device->at = node;
  const char *problem = device->name ? device_name_problem(device->name) : NULL;
  if (problem)
    reader_fail(reader, field_of(node, "name"), problem, "\"%.80s\" is no device name",
                device->name);
  else if (device->name && device->name[0] >= '0' && device->name[0] <= '9')
    reader_need(reader, field_of(node, "name"), CDI_0_5_0, "a name that begins with a digit");
  const struct doc_node *edits = field_of(node, "containerEdits");
  bool is_other = edits && edits->kind != DOC_MAPPING && edits->type != DOC_NULL; /* reported */
  if (!is_other && says_nothing(edits))
    reader_fail(reader, edits ? edits : node, "say what the device needs, or take it out",
                "the device has no containerEdits");
  reader_push(reader, devices, device);
}

static void read_devices(struct reader *reader, const struct doc_node *value, void *into) {
  struct list *devices = into;
  struct map seen = {0};
  const struct doc_node *list = list_of(reader, value);
  for (size_t i = 0; list && i < list->count; i++)
    read_device(reader, list->values[i], devices);
  for (size_t i = 0; i < devices->count; i++) {
    struct cdi_device *device = devices->items[i];
    if (!device->name)
      continue;
    void **first = map_find(&seen, device->name);
    if (first)
      reader_fail(reader, field_of(device->at, "name"), "name each device once",
                  "the device \"%.80s\" is there twice, first in line %u", device->name,
                  ((const struct cdi_device *)*first)->at->line);
    else if (!map_put(reader->arena, &seen, device->name, device))
      (void)error_memory(&reader->findings->errors);
  }
}

/* Before everything else: what the file may hold depends on it. */
static void read_version(struct reader *reader, const struct doc_node *root) {
  const struct doc_node *node = field_of(root, "cdiVersion");
  reader->version = CDI_NO_VERSION;
  const char *text = is_absent(node) ? NULL : text_of(reader, node);
  if (!text || !*text)
    return; /* reported as missing, or as no text */
  enum cdi_version version = version_parse(text);
  if (version == CDI_NO_VERSION)
    reader_fail(reader, node, "0.3.0 to 1.1.0", "unknown cdiVersion \"%.80s\"", text);
  else if (version < CDI_0_3_0)
    reader_fail(reader, node, "at least 0.3.0", "cdiVersion \"%s\" is too old", text);
  else
    reader->version = version;
}

/* For the field that read_version() has seen to. */
static void read_nothing(UNUSED struct reader *reader, UNUSED const struct doc_node *value,
                         UNUSED void *into) {
}

static void check_kind(struct reader *reader, const struct doc_node *root, const char *kind) {
  const struct doc_node *node = field_of(root, "kind");
  const char *problem = kind ? kind_problem(kind) : NULL;
  if (problem)
    reader_fail(reader, node, problem, "\"%.80s\" is no kind", kind);
  else if (kind && strchr(strchr(kind, '/'), '.'))
    reader_need(reader, node, CDI_0_6_0, "a class with a dot");
}

int spec_read(struct arena *arena, const struct doc_node *root, struct cdi_reading *reading) {
  static const struct field fields[] = {
      {"cdiVersion", read_nothing, 0, true, 0, 0},
      {"kind", read_name, FIELD(cdi_spec, kind), true, 0, 0},
      {"annotations", read_annotations, 0, false, CDI_0_6_0, 0},
      {"devices", read_devices, FIELD(cdi_spec, devices), true, 0, 0},
      {"containerEdits", read_edits, FIELD(cdi_spec, edits), false, 0, 0},
  };
  struct reader reader = {.arena = arena, .findings = &reading->findings};
  const struct davit_error *errors = &reading->findings.errors;
  struct cdi_spec *spec = reader_alloc(&reader, sizeof(*spec));
  if (!spec)
    return DAVIT_E_MEMORY;
  read_version(&reader, root);
  if (fields_read(&reader, root, fields, ARRAY_LEN(fields), spec))
    check_kind(&reader, root, spec->kind);
  reading->kind = spec->kind;
  if (errors->first)
    return errors->last->answer;
  spec->version = reader.version;
  reading->spec = spec;
  return DAVIT_OK;
}
