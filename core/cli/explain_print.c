/* SPDX-License-Identifier: Apache-2.0 */
/* Entries as a table, as a tree and as JSON. */
#include <string.h>

#include "cli/explain.h"
#include "cli/json.h"
#include "util/text.h"

static const char *value_of(const struct oci_entry *entry) {
  return entry->value ? entry->value : "(removed)";
}

static const char *source_of(struct arena *arena, const struct oci_source *source) {
  const char *text = source ? oci_source_text(arena, source) : "(not known)";
  return text ? text : "";
}

/* ---- table ---------------------------------------------------------------------------------- */

/* Values come last: some are long, and none is padded there. */
static bool add_row(struct arena *arena, struct table *table, const char *entry, const char *value,
                    const char *source) {
  const char *const cells[] = {entry, source, value};
  return table_add_row(arena, table, cells);
}

static bool add_earlier(struct arena *arena, struct table *table, const char *what,
                        const struct oci_replaced *const *earlier) {
  for (; *earlier; earlier++)
    if (!add_row(arena, table, what, (*earlier)->value, source_of(arena, (*earlier)->source)))
      return false;
  return true;
}

static bool add_entry(struct arena *arena, struct table *table, const struct oci_entry *entry) {
  const struct oci_source *const *source = entry->sources;
  if (!add_row(arena, table, entry->path, value_of(entry), source_of(arena, *source)))
    return false;
  for (source += *source != NULL; *source; source++)
    if (!add_row(arena, table, "  also asked for", NULL, source_of(arena, *source)))
      return false;
  return add_earlier(arena, table, "  replaced", entry->replaced) &&
         add_earlier(arena, table, "  not used", entry->dropped);
}

int explain_table(struct cli *cli, const struct oci_entry *const *entries,
                  struct davit_error *err) {
  struct table table = {.columns = 3};
  bool ok = add_row(&cli->arena, &table, "ENTRY", "VALUE", "FROM");
  for (; ok && *entries; entries++)
    ok = add_entry(&cli->arena, &table, *entries);
  if (!ok || !table_print(&cli->arena, &table, stdout))
    return error_memory(err);
  return finish_output(err);
}

/* ---- tree ----------------------------------------------------------------------------------- */

/* Lists whose entries have names of their own, which may hold dots. */
static const char *const named_lists[] = {
    "process.env.",
    "process.rlimits.",
    "process.user.additionalGids.",
    "mounts.",
    "annotations.",
    "linux.namespaces.",
    "linux.devices.",
    "linux.netDevices.",
    "linux.sysctl.",
    "linux.resources.unified.",
    "linux.uidMappings.",
    "linux.gidMappings.",
};

/* How much of the path comes before the entry's own name: "process.env." */
static size_t group_length(const char *path) {
  for (size_t i = 0; i < ARRAY_LEN(named_lists); i++)
    if (text_starts(path, named_lists[i]))
      return strlen(named_lists[i]);
  const char *end = strrchr(path, '[');
  if (end)
    return (size_t)(end - path);
  end = strrchr(path, '.');
  return end ? (size_t)(end - path) + 1 : 0;
}

static void print_group(const char *path, size_t length) {
  while (length > 0 && path[length - 1] == '.')
    length--;
  printf("%.*s\n", (int)length, path);
}

static void print_earlier(struct arena *arena, const char *what,
                          const struct oci_replaced *const *earlier) {
  for (; *earlier; earlier++) {
    printf("      %s ", what);
    print_safely(stdout, (*earlier)->value);
    fputs("  <- ", stdout);
    print_safely(stdout, source_of(arena, (*earlier)->source));
    fputc('\n', stdout);
  }
}

static void print_leaf(struct arena *arena, const struct oci_entry *entry, size_t group) {
  fputs(group > 0 ? "  " : "", stdout);
  print_safely(stdout, entry->path + group);
  fputs("  ", stdout);
  print_safely(stdout, value_of(entry));
  for (const struct oci_source *const *source = entry->sources; *source; source++) {
    fputs(source == entry->sources ? "  <- " : ", ", stdout);
    print_safely(stdout, source_of(arena, *source));
  }
  fputc('\n', stdout);
  print_earlier(arena, "replaced", entry->replaced);
  print_earlier(arena, "not used:", entry->dropped);
}

int explain_tree(struct cli *cli, const struct oci_entry *const *entries, struct davit_error *err) {
  const char *previous = "";
  size_t previous_length = 0;
  for (; *entries; entries++) {
    const char *path = (*entries)->path;
    size_t length = group_length(path);
    if (length > 0 && (length != previous_length || strncmp(path, previous, length) != 0))
      print_group(path, length);
    print_leaf(&cli->arena, *entries, length);
    previous = path;
    previous_length = length;
  }
  return finish_output(err);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static cJSON *source_json(struct arena *arena, const struct oci_source *source) {
  static const char *const kinds[] = {
      [OCI_FROM_DEFAULT] = "default", [OCI_FROM_CONFIG] = "config",   [OCI_FROM_IMAGE] = "image",
      [OCI_FROM_SERVICE] = "service", [OCI_FROM_COMMAND] = "command", [OCI_FROM_PLUGIN] = "plugin"};
  cJSON *object = cJSON_CreateObject();
  if (!source)
    return object;
  json_add_text(object, "kind", kinds[source->kind]);
  json_add_text(object, "file", source->file);
  if (source->line > 0)
    json_add_number(object, "line", source->line);
  json_add_text(object, "key", source->key);
  json_add_text(object, "plugin", source->plugin);
  json_add_text(object, "device", source->device);
  json_add_text(object, "text", source_of(arena, source));
  return object;
}

static void add_earlier_json(struct arena *arena, cJSON *object, const char *key,
                             const struct oci_replaced *const *earlier) {
  cJSON *list = cJSON_AddArrayToObject(object, key);
  for (; *earlier; earlier++) {
    cJSON *item = cJSON_CreateObject();
    json_add_text(item, "value", (*earlier)->value);
    cJSON_AddItemToObject(item, "source", source_json(arena, (*earlier)->source));
    cJSON_AddItemToArray(list, item);
  }
}

int explain_json(struct cli *cli, const struct oci_entry *const *entries, struct davit_error *err) {
  cJSON *array = cJSON_CreateArray();
  for (; *entries; entries++) {
    const struct oci_entry *entry = *entries;
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "path", entry->path);
    json_add_text(object, "value", entry->value);
    cJSON *sources = cJSON_AddArrayToObject(object, "sources");
    for (const struct oci_source *const *source = entry->sources; *source; source++)
      cJSON_AddItemToArray(sources, source_json(&cli->arena, *source));
    add_earlier_json(&cli->arena, object, "replaced", entry->replaced);
    add_earlier_json(&cli->arena, object, "dropped", entry->dropped);
    cJSON_AddItemToArray(array, object);
  }
  return json_to_stdout(array, err);
}
