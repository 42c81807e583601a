/* SPDX-License-Identifier: Apache-2.0 */
/* davit plugins: which plugins there are, and why one is refused. */
#include "cli/cli.h"

#include <string.h>

#include "cli/json.h"

static const char *state_of(struct arena *arena, const struct provider_info *info) {
  if (info->file->shadowed_by)
    return arena_printf(arena, "shadowed by %s", info->file->shadowed_by);
  if (info->refused)
    return arena_printf(arena, "refused: %s", info->refused->text);
  return "ok";
}

static bool add_plugin(struct arena *arena, struct table *table, const struct provider_info *info) {
  const struct davit_plugin *known = info->plugin ? &info->plugin->table : NULL;
  const char *const cells[] = {
      info->file->name,
      known ? known->version : NULL,
      known ? arena_printf(arena, "%u.%u", known->abi_major, known->abi_minor) : NULL,
      known ? arena_printf(arena, "%u", known->rank) : NULL,
      known ? strings_join(arena, known->vendors, 10) : NULL,
      info->file->path,
      state_of(arena, info)};
  return table_add_row(arena, table, cells);
}

static int print_text(struct cli *cli, const struct provider_info *const *infos,
                      struct davit_error *err) {
  static const char *const heading[] = {"NAME",    "VERSION", "ABI",  "RANK",
                                        "VENDORS", "PATH",    "STATE"};
  struct table table = {.columns = ARRAY_LEN(heading)};
  if (!infos[0]) {
    puts("no plugins found");
    return finish_output(err);
  }
  bool ok = table_add_row(&cli->arena, &table, heading);
  for (; ok && *infos; infos++)
    ok = add_plugin(&cli->arena, &table, *infos);
  if (!ok || !table_print(&cli->arena, &table, stdout))
    return error_memory(err);
  return finish_output(err);
}

static void add_options(cJSON *object, const struct davit_option *const *options) {
  cJSON *array = cJSON_AddArrayToObject(object, "options");
  for (; options && *options; options++) {
    cJSON *option = cJSON_CreateObject();
    json_add_text(option, "key", (*options)->key);
    if ((*options)->values)
      json_add_list(option, "values", (*options)->values);
    json_add_text(option, "preset", (*options)->preset);
    json_add_text(option, "help", (*options)->help);
    cJSON_AddItemToArray(array, option);
  }
}

static cJSON *plugin_json(const struct provider_info *info) {
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "name", info->file->name);
  json_add_text(object, "path", info->file->path);
  json_add_text(object, "state",
                info->file->shadowed_by ? "shadowed"
                : info->refused         ? "refused"
                                        : "ok");
  json_add_text(object, "shadowedBy", info->file->shadowed_by);
  if (info->refused) {
    json_add_text(object, "reason", info->refused->text);
    json_add_text(object, "remedy", info->refused->hint);
  }
  if (info->plugin) {
    const struct davit_plugin *table = &info->plugin->table;
    char abi[16];
    snprintf(abi, sizeof(abi), "%u.%u", table->abi_major, table->abi_minor);
    json_add_text(object, "version", table->version);
    json_add_text(object, "abi", abi);
    cJSON_AddNumberToObject(object, "rank", table->rank);
    json_add_text(object, "description", table->description);
    json_add_text(object, "license", table->license);
    json_add_list(object, "vendors", table->vendors);
    json_add_list(object, "kinds", table->kinds);
    json_add_list(object, "sharing", table->sharing);
    add_options(object, table->options);
  }
  return object;
}

static int print_json(const struct provider_info *const *infos, struct davit_error *err) {
  cJSON *array = cJSON_CreateArray();
  for (; *infos; infos++)
    cJSON_AddItemToArray(array, plugin_json(*infos));
  return json_to_stdout(array, err);
}

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(machine) struct machine machine = {0};
  const struct provider_info *const *infos;
  if (cli->operands.count > 0 && strcmp(cli->operands.items[0], "list") != 0)
    return usage_error(err, "davit plugins [list]", "there is no `davit plugins %s`",
                       (const char *)cli->operands.items[0]);
  int answer = machine_open(cli, &machine, err);
  if (answer == DAVIT_OK)
    answer = providers_list(machine.providers, &cli->arena, &infos, err);
  if (answer < 0)
    return answer;
  return cli->json ? print_json(infos, err) : print_text(cli, infos, err);
}

const struct cli_command command_plugins = {
    .name = "plugins",
    .operands = "[list]",
    .summary = "list the plugins, and why one is refused",
    .most = 1,
    .options = (const struct cli_option *const[]){options_json, NULL},
    .run = run,
};
