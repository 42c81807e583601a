/* SPDX-License-Identifier: Apache-2.0 */
/* The list of commands. */
#include "cli/cli.h"

#include <string.h>

#include "util/text.h"

const struct cli_command *const cli_commands[] = {
    &command_spec,
    &command_build,
    &command_validate,
    &command_explain,
    &command_inject,
    &command_remove,
    &command_devices,
    &command_plugins,
    &command_cdi,
    &command_doctor,
    NULL,
};

const char *command_word(const struct cli_command *command) {
  const char *blank = strrchr(command->name, ' ');
  return blank ? blank + 1 : command->name;
}

int find_command(struct cli *cli, const struct cli_command *group, const char *name,
                 const struct cli_command **command, struct davit_error *err) {
  struct arena *arena = &cli->session.arena;
  struct list names = {0};
  for (const struct cli_command *const *one = group ? group->subcommands : cli_commands; *one;
       one++) {
    const char *word = command_word(*one);
    if (strcmp(word, name) == 0) {
      *command = *one;
      return DAVIT_OK;
    }
    if (!list_push(arena, &names, word))
      return error_memory(err);
  }
  const char *before = group ? group->name : "", *blank = group ? " " : "";
  const char *nearest = text_nearest(name, list_strings(&names));
  const char *hint =
      nearest ? arena_printf(arena, "did you mean `davit %s%s%s`?", before, blank, nearest)
              : arena_printf(arena, "see `davit %s%s--help`", before, blank);
  return usage_error(err, hint, "there is no command \"%s%s%s\"", before, blank, name);
}
