/* SPDX-License-Identifier: Apache-2.0 */
/* davit remove: delete a bundle of davit's, and nothing else. */
#include "cli/cli.h"

#include "bundle/bundle.h"

static int run(struct cli *cli, struct davit_error *err) {
  return bundle_remove(cli->operands.items[0], err);
}

const struct cli_command command_remove = {
    .name = "remove",
    .operands = "DIR",
    .summary = "delete a bundle that davit built",
    .least = 1,
    .most = 1,
    .run = run,
};
