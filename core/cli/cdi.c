/* SPDX-License-Identifier: Apache-2.0 */
/* davit cdi: the group of commands about CDI files. */
#include "cli/cli.h"

const struct cli_command command_cdi = {
    .name = "cdi",
    .operands = "COMMAND",
    .summary = "list, check and write the CDI files of this host",
    .subcommands =
        (const struct cli_command *const[]){&command_cdi_list, &command_cdi_validate,
                                            &command_cdi_annotate, &command_cdi_generate, NULL},
};
