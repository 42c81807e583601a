/* SPDX-License-Identifier: Apache-2.0 */
/* davit cdi list --json. */
#include <string.h>

#include "cli/cdi_edits.h"
#include "cli/cdi_list.h"

static cJSON *place_json(const struct definition *definition) {
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "file", definition->file->path);
  json_add_number(object, "line", definition->device->at->line);
  return object;
}

static void add_definition(cJSON *array, const struct definition *definition) {
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "name", definition->name);
  json_add_text(object, "kind", definition->file->spec->kind);
  json_add_text(object, "id", definition->device->name);
  json_add_text(object, "file", definition->file->path);
  json_add_number(object, "line", definition->device->at->line);
  json_add_number(object, "priority", definition->file->priority);
  json_add_text(object, "state",
                definition->shadowed_by ? "shadowed"
                : definition->rival     ? "conflict"
                                        : "ok");
  if (definition->shadowed_by)
    cJSON_AddItemToObject(object, "shadowedBy", place_json(definition->shadowed_by));
  if (definition->rival)
    cJSON_AddItemToObject(object, "conflictsWith", place_json(definition->rival));
  cJSON_AddItemToObject(object, "containerEdits", cdi_edits_json(&definition->device->edits));
  cJSON_AddItemToArray(array, object);
}

static void add_devices(cJSON *array, const struct cdi_listing *listing) {
  for (size_t i = 0; i < listing->definitions.count; i++)
    add_definition(array, listing->definitions.items[i]);
}

static void add_groups(cJSON *array, const struct list *groups, const char *members) {
  for (size_t i = 0; i < groups->count; i++) {
    const struct cdi_group *group = groups->items[i];
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "name", group->name);
    json_add_list(object, members, list_strings(&group->members));
    json_add_number(object, "devices", group->device_count);
    cJSON_AddItemToArray(array, object);
  }
}

static void add_vendors(cJSON *array, const struct cdi_listing *listing) {
  add_groups(array, &listing->vendors, "classes");
}

static void add_classes(cJSON *array, const struct cdi_listing *listing) {
  add_groups(array, &listing->classes, "vendors");
}

static void add_spec(cJSON *object, const struct cdi_spec *spec) {
  json_add_text(object, "cdiVersion", version_text(spec->version));
  cJSON *devices = cJSON_AddArrayToObject(object, "devices");
  for (size_t i = 0; i < spec->devices.count; i++)
    cJSON_AddItemToArray(
        devices, cJSON_CreateString(((const struct cdi_device *)spec->devices.items[i])->name));
  cJSON_AddItemToObject(object, "containerEdits", cdi_edits_json(&spec->edits));
}

static void add_specs(cJSON *array, const struct cdi_listing *listing) {
  for (size_t i = 0; i < listing->files.count; i++) {
    const struct spec_file *file = listing->files.items[i];
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "path", file->path);
    json_add_number(object, "priority", file->priority);
    json_add_text(object, "state", file->unreadable ? "unreadable" : file->spec ? "ok" : "refused");
    json_add_text(object, "kind", file->kind);
    if (file->spec)
      add_spec(object, file->spec);
    CLEANUP(error) struct davit_error unreadable = {0};
    (void)cdi_file_problem(file, &unreadable);
    json_add_problems(object, "errors", file->unreadable ? &unreadable : &file->findings.errors);
    json_add_problems(object, "warnings", &file->findings.warnings);
    cJSON_AddItemToArray(array, object);
  }
}

static void add_dirs(cJSON *array, const struct cdi_listing *listing) {
  for (size_t i = 0; i < listing->index->directories.count; i++) {
    const struct spec_directory *directory = listing->index->directories.items[i];
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "path", directory->path);
    json_add_number(object, "priority", directory->priority);
    json_add_text(object, "from", cdi_directory_origin(directory));
    json_add_text(object, "state", cdi_directory_state(directory));
    json_add_number(object, "files", cdi_directory_size(listing->index, directory));
    cJSON_AddItemToArray(array, object);
  }
}

int cdi_list_json(const struct cdi_listing *listing, unsigned lists, struct davit_error *err) {
  static const struct {
    const char *key;
    void (*add)(cJSON *array, const struct cdi_listing *listing);
  } parts[] = {
      [CDI_LIST_DEVICES] = {"devices", add_devices}, [CDI_LIST_VENDORS] = {"vendors", add_vendors},
      [CDI_LIST_CLASSES] = {"classes", add_classes}, [CDI_LIST_SPECS] = {"specs", add_specs},
      [CDI_LIST_DIRS] = {"directories", add_dirs},
  };
  cJSON *object = cJSON_CreateObject();
  for (size_t i = 0; i < ARRAY_LEN(parts); i++)
    if (!lists || lists & 1u << i)
      parts[i].add(cJSON_AddArrayToObject(object, parts[i].key), listing);
  return json_to_stdout(object, err);
}
