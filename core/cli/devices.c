/* SPDX-License-Identifier: Apache-2.0 */
/* davit devices: the accelerators that the plugins see on this host. */
#include "cli/cli.h"

#include "cli/json.h"

static const char *state_of(const struct davit_device *device) {
  if (device->unusable)
    return device->unusable;
  if (device->flags & DAVIT_DEVICE_GROUP)
    return "group";
  return device->flags & DAVIT_DEVICE_ALIAS ? "alias" : "ok";
}

static bool add_device(struct arena *arena, struct table *table,
                       const struct provider_device *found) {
  const struct davit_device *device = found->device;
  bool has_index = (device->flags & DAVIT_DEVICE_INDEX) != 0;
  const char *const cells[] = {found->plugin->name,
                               arena_printf(arena, "%s=%s", device->kind, device->id),
                               has_index ? arena_printf(arena, "%u", device->index) : NULL,
                               device->pci_address,
                               device->model,
                               strings_join(arena, device->nodes, 3),
                               state_of(device)};
  return table_add_row(arena, table, cells);
}

static int print_text(struct cli *cli, const struct provider_device *const *devices,
                      struct davit_error *err) {
  static const char *const heading[] = {"PLUGIN", "DEVICE", "INDEX", "PCI",
                                        "MODEL",  "NODES",  "STATE"};
  struct table table = {.columns = ARRAY_LEN(heading)};
  if (!devices[0]) {
    puts("no devices found");
    return finish_output(err);
  }
  bool ok = table_add_row(&cli->session.arena, &table, heading);
  for (; ok && *devices; devices++)
    ok = add_device(&cli->session.arena, &table, *devices);
  if (!ok || !table_print(&cli->session.arena, &table, stdout))
    return error_memory(err);
  return finish_output(err);
}

static cJSON *device_json(const struct provider_device *found) {
  const struct davit_device *device = found->device;
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "plugin", found->plugin->name);
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
  return object;
}

static int print_json(const struct provider_device *const *devices, struct davit_error *err) {
  cJSON *array = cJSON_CreateArray();
  for (; *devices; devices++)
    cJSON_AddItemToArray(array, device_json(*devices));
  return json_to_stdout(array, err);
}

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(machine) struct machine machine = {0};
  const struct provider_device *const *devices;
  int answer = machine_open(&cli->session, &machine, err);
  if (answer == DAVIT_OK)
    answer = providers_devices(machine.providers, &cli->session.arena, cli->vendor, &devices, err);
  if (answer < 0)
    return answer;
  return cli->json ? print_json(devices, err) : print_text(cli, devices, err);
}

const struct cli_command command_devices = {
    .name = "devices",
    .operands = "",
    .summary = "list the accelerators of this host",
    .options = (const struct session_option *const[]){options_vendor, options_json, NULL},
    .run = run,
};
