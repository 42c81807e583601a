/* SPDX-License-Identifier: Apache-2.0 */
/* The list of commands. */
#include "cli/cli.h"

#include <string.h>

#include "util/text.h"

const struct cli_command *const cli_commands[] = {
    &command_spec,    &command_build,   &command_validate,
    &command_explain, &command_inject,  &command_remove,
    &command_devices, &command_plugins, NULL,
};

int find_command(struct cli *cli, const char *name, const struct cli_command **command,
                 struct davit_error *err) {
  struct list names = {0};
  for (size_t i = 0; cli_commands[i]; i++) {
    if (strcmp(cli_commands[i]->name, name) == 0) {
      *command = cli_commands[i];
      return DAVIT_OK;
    }
    if (!list_push(&cli->session.arena, &names, cli_commands[i]->name))
      return error_memory(err);
  }
  const char *nearest = text_nearest(name, list_strings(&names));
  const char *hint = nearest
                         ? arena_printf(&cli->session.arena, "did you mean `davit %s`?", nearest)
                         : "see `davit --help`";
  return usage_error(err, hint, "there is no command \"%s\"", name);
}
