/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "cli/devices.h"
#include "cli/json.h"

typedef const struct provider_device *const *device_list;

static bool is_cdi(const struct plugin *plugin) {
  return strcmp(plugin->name, "cdi") == 0;
}

static bool is_same(const struct davit_device *a, const struct davit_device *b) {
  return strcmp(a->kind, b->kind) == 0 && strcmp(a->id, b->id) == 0;
}

static bool is_part_of(const struct provider_device *part, const struct provider_device *whole) {
  return part->plugin == whole->plugin && part->device->parent &&
         strcmp(part->device->parent, whole->device->id) == 0 &&
         strcmp(part->device->kind, whole->device->kind) == 0;
}

static bool has_whole(device_list devices, const struct provider_device *part) {
  for (; *devices; devices++)
    if (is_part_of(part, *devices))
      return true;
  return false;
}

/* CDI's name for what a vendor's plugin lists too, or for several of these: people need it once. */
static bool is_told_elsewhere(device_list devices, const struct provider_device *listed) {
  bool is_alias = (listed->device->flags & DAVIT_DEVICE_ALIAS) != 0;
  if (!is_cdi(listed->plugin))
    return false;
  for (; *devices; devices++) {
    const struct provider_device *other = *devices;
    if (!other->server || !is_cdi(other->server) || is_cdi(other->plugin))
      continue;
    if (is_same(other->served_as, listed->device) ||
        (is_alias && strcmp(other->served_as->kind, listed->device->kind) == 0))
      return true;
  }
  return false;
}

static const char *last_component(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static const char *index_text(struct arena *arena, const struct davit_device *device) {
  return device->flags & DAVIT_DEVICE_INDEX ? arena_printf(arena, "%u", device->index) : NULL;
}

/* A part stands below its whole, whose model it has. */
static const char *model_text(const struct davit_device *device) {
  return device->profile || device->parent ? device->profile : device->model;
}

/* ---- who serves it -------------------------------------------------------------------------- */

static const char *server_text(struct arena *arena, const struct provider_device *listed) {
  const struct davit_device *device = listed->device, *as = listed->served_as;
  if (!listed->server)
    return arena_printf(arena, "nobody: %s", listed->not_served);
  if (device->flags & DAVIT_DEVICE_GROUP)
    return "its parts";
  if (!is_cdi(listed->server) || !as->file)
    return arena_printf(arena, "plugin %s", listed->server->name);
  const char *name = "";
  if (!is_same(as, device))
    name = arena_printf(arena, " as %s=%s", as->kind, as->id);
  return name ? arena_printf(arena, "CDI%s, %s:%u", name, as->file, as->line) : NULL;
}

/* ---- table ---------------------------------------------------------------------------------- */

enum {
  NAME,
  INDEX,
  MODEL,
  PCI,
  NUMA,
  NODES,
  SERVED_BY,
  UUID,
  COLUMNS
};

struct row {
  const char *cells[COLUMNS];
};

struct rows {
  struct arena *arena;
  struct list list; /* struct row * */
  bool is_used[COLUMNS];
  bool failed; /* out of memory */
};

static void add_row(struct rows *rows, const struct row *row) {
  struct row *copy = arena_alloc(rows->arena, sizeof(*copy));
  if (!copy || !list_push(rows->arena, &rows->list, copy)) {
    rows->failed = true;
    return;
  }
  *copy = *row;
}

static const char *short_nodes(struct arena *arena, const char *const *nodes) {
  struct list names = {0};
  for (; nodes && *nodes; nodes++)
    if (!list_push(arena, &names, last_component(*nodes)))
      return NULL;
  return strings_join(arena, list_strings(&names), 8);
}

static void add_device_row(struct rows *rows, const struct provider_device *listed,
                           const char *indent) {
  const struct davit_device *device = listed->device;
  struct row row = {.cells = {
                        [NAME] = arena_printf(rows->arena, "%s%s", indent, device->id),
                        [MODEL] = model_text(device),
                        [PCI] = device->pci_address,
                        [NODES] = short_nodes(rows->arena, device->nodes),
                        [SERVED_BY] = server_text(rows->arena, listed),
                        [UUID] = device->uuid,
                    }};
  if (device->flags & DAVIT_DEVICE_NUMA)
    row.cells[NUMA] = arena_printf(rows->arena, "%u", device->numa_node);
  const char *index = index_text(rows->arena, device);
  if (index && strcmp(index, device->id) != 0)
    row.cells[INDEX] = index;
  rows->failed = rows->failed || !row.cells[NAME] || !row.cells[NODES] || !row.cells[SERVED_BY];
  for (size_t i = 0; i < COLUMNS; i++)
    rows->is_used[i] = rows->is_used[i] || (row.cells[i] && row.cells[i][0]);
  add_row(rows, &row);
}

static void add_with_parts(struct rows *rows, device_list devices,
                           const struct provider_device *whole) {
  add_device_row(rows, whole, "  ");
  for (; *devices; devices++)
    if (is_part_of(*devices, whole))
      add_device_row(rows, *devices, "    ");
}

static void add_rows(struct rows *rows, device_list devices) {
  const char *kind = "";
  for (device_list device = devices; *device; device++) {
    const struct provider_device *listed = *device;
    if (has_whole(devices, listed) || is_told_elsewhere(devices, listed))
      continue;
    if (strcmp(listed->device->kind, kind) != 0)
      add_row(rows, &(struct row){.cells = {[NAME] = listed->device->kind}});
    kind = listed->device->kind;
    add_with_parts(rows, devices, listed);
  }
}

static bool print_rows(const struct rows *rows) {
  struct table table = {0};
  bool ok = !rows->failed;
  for (size_t i = 0; i < COLUMNS; i++)
    table.columns += rows->is_used[i];
  for (size_t i = 0; ok && i < rows->list.count; i++) {
    const struct row *row = rows->list.items[i];
    const char *cells[COLUMNS];
    size_t count = 0;
    for (size_t column = 0; column < COLUMNS; column++)
      if (rows->is_used[column])
        cells[count++] = row->cells[column];
    ok = table_add_row(rows->arena, &table, cells);
  }
  return ok && table_print(rows->arena, &table, stdout);
}

int devices_table(struct cli *cli, device_list devices, struct davit_error *err) {
  static const struct row heading = {
      .cells = {"DEVICE", "INDEX", "MODEL", "PCI", "NUMA", "NODES", "SERVED BY", "UUID"}};
  struct rows rows = {.arena = &cli->session.arena};
  if (!devices[0]) {
    puts("no devices found");
    return finish_output(err);
  }
  add_row(&rows, &heading);
  add_rows(&rows, devices);
  return print_rows(&rows) ? finish_output(err) : error_memory(err);
}

/* ---- tree ----------------------------------------------------------------------------------- */

static void print_fact(int indent, const char *what, const char *text) {
  if (!text || !text[0])
    return;
  printf("%*s%-11s", indent, "", what);
  print_safely(stdout, text);
  putchar('\n');
}

static const char *join_all(struct arena *arena, const char *const *texts) {
  return texts ? strings_join(arena, texts, SIZE_MAX) : NULL;
}

static void print_device(struct arena *arena, device_list devices,
                         const struct provider_device *listed, int indent) {
  const struct davit_device *device = listed->device;
  const char *what = model_text(device);
  printf("%*s", indent, "");
  print_safely(stdout, device->id);
  if (what) {
    fputs("  ", stdout);
    print_safely(stdout, what);
  }
  putchar('\n');
  indent += 2;
  print_fact(indent, "served by", server_text(arena, listed));
  print_fact(indent, "index", index_text(arena, device));
  print_fact(indent, "PCI", device->pci_address);
  if (device->flags & DAVIT_DEVICE_NUMA)
    print_fact(indent, "NUMA node", arena_printf(arena, "%u", device->numa_node));
  print_fact(indent, "UUID", device->uuid);
  if (device->memory > 0)
    print_fact(indent, "memory", arena_printf(arena, "%" PRIu64 " MiB", device->memory >> 20));
  print_fact(indent, "driver",
             device->driver && device->driver_version
                 ? arena_printf(arena, "%s %s", device->driver, device->driver_version)
                 : device->driver);
  print_fact(indent, "nodes", join_all(arena, device->nodes));
  print_fact(indent, "also", join_all(arena, device->aliases));
  for (device_list other = devices; *other; other++)
    if (is_part_of(*other, listed))
      print_device(arena, devices, *other, indent);
}

int devices_tree(struct cli *cli, device_list devices, struct davit_error *err) {
  const char *kind = "";
  if (!devices[0])
    puts("no devices found");
  for (device_list device = devices; *device; device++) {
    const struct provider_device *listed = *device;
    if (has_whole(devices, listed) || is_told_elsewhere(devices, listed))
      continue;
    if (strcmp(listed->device->kind, kind) != 0) {
      print_safely(stdout, listed->device->kind);
      putchar('\n');
    }
    kind = listed->device->kind;
    print_device(&cli->session.arena, devices, listed, 2);
  }
  return finish_output(err);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void add_server(cJSON *object, const struct provider_device *listed) {
  if (!listed->server) {
    json_add_text(object, "notServed", listed->not_served);
    return;
  }
  cJSON *server = cJSON_AddObjectToObject(object, "servedBy");
  json_add_text(server, "plugin", listed->server->name);
  json_add_text(server, "kind", listed->served_as->kind);
  json_add_text(server, "id", listed->served_as->id);
}

static cJSON *device_json(const struct provider_device *listed) {
  const struct davit_device *device = listed->device;
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "plugin", listed->plugin->name);
  json_add_text(object, "kind", device->kind);
  json_add_text(object, "id", device->id);
  if (device->flags & DAVIT_DEVICE_INDEX)
    json_add_number(object, "index", device->index);
  json_add_list(object, "aliases", device->aliases);
  json_add_text(object, "uuid", device->uuid);
  json_add_text(object, "pciAddress", device->pci_address);
  json_add_text(object, "model", device->model);
  json_add_text(object, "driver", device->driver);
  json_add_text(object, "driverVersion", device->driver_version);
  if (device->flags & DAVIT_DEVICE_NUMA)
    json_add_number(object, "numaNode", device->numa_node);
  if (device->memory)
    json_add_number(object, "memory", device->memory);
  json_add_list(object, "nodes", device->nodes);
  json_add_text(object, "parent", device->parent);
  json_add_text(object, "profile", device->profile);
  cJSON_AddBoolToObject(object, "group", (device->flags & DAVIT_DEVICE_GROUP) != 0);
  cJSON_AddBoolToObject(object, "alias", (device->flags & DAVIT_DEVICE_ALIAS) != 0);
  cJSON_AddBoolToObject(object, "usable", !device->unusable);
  json_add_text(object, "unusable", device->unusable);
  json_add_text(object, "file", device->file);
  if (device->file && device->line > 0)
    json_add_number(object, "line", device->line);
  add_server(object, listed);
  return object;
}

int devices_json(device_list devices, struct davit_error *err) {
  cJSON *array = cJSON_CreateArray();
  for (; *devices; devices++)
    cJSON_AddItemToArray(array, device_json(*devices));
  return json_to_stdout(array, err);
}
