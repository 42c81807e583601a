/* SPDX-License-Identifier: Apache-2.0 */
/* davit devices: the accelerators that the plugins see on this host. */
#include "cli/devices.h"

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(machine) struct machine machine = {0};
  const struct provider_device *const *devices;
  if (cli->tree && cli->json)
    return usage_error(err, "leave out --tree", "--tree is a form of its own");
  int answer = machine_open(&cli->session, &machine, err);
  if (answer == DAVIT_OK)
    answer = providers_devices(machine.providers, &cli->session.arena, cli->vendor, &devices, err);
  if (answer < 0)
    return answer;
  if (cli->json)
    return devices_json(devices, err);
  return cli->tree ? devices_tree(cli, devices, err) : devices_table(cli, devices, err);
}

static int take_tree(struct session *session, UNUSED const char *value,
                     UNUSED struct davit_error *err) {
  cli_of(session)->tree = true;
  return DAVIT_OK;
}

static const struct session_option options[] = {
    {"tree", 0, NULL, "all that is known of each, parts below their device", take_tree},
    {0},
};

const struct cli_command command_devices = {
    .name = "devices",
    .operands = "",
    .summary = "list the accelerators of this host",
    .options = (const struct session_option *const[]){options_vendor, options, options_provider,
                                                      options_json, NULL},
    .run = run,
};
