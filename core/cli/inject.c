/* SPDX-License-Identifier: Apache-2.0 */
/* davit inject: add devices to a config.json that exists. */
#include "cli/cli.h"

#include <string.h>

#include "util/text.h"

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(oci) struct oci *oci = NULL;
  const char *name, *text;
  size_t size;
  const char *path = cli->operands.count > 0 ? cli->operands.items[0] : "-";
  int answer = read_input(&cli->session, path, &name, &text, &size, err);
  if (answer == DAVIT_OK)
    answer = inject_config(&cli->session, name, text, size, &oci, err);
  if (answer == DAVIT_OK)
    answer = print_config(oci, err);
  return answer;
}

const struct cli_command command_inject = {
    .name = "inject",
    .operands = "[CONFIG]",
    .summary = "add devices to a config.json",
    .least = 0,
    .most = 1,
    .options = (const struct session_option *const[]){options_request, options_rootless,
                                                      options_provider, NULL},
    .run = run,
};
