/* SPDX-License-Identifier: Apache-2.0 */
/* davit: the command line. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "util/text.h"

const struct cli_command *const cli_commands[] = {
    &command_spec,   &command_build,   &command_validate, &command_inject,
    &command_remove, &command_devices, &command_plugins,  NULL,
};

static const struct cli_command *find_command(const char *name) {
  for (size_t i = 0; cli_commands[i]; i++)
    if (strcmp(cli_commands[i]->name, name) == 0)
      return cli_commands[i];
  return NULL;
}

static int unknown_command(struct cli *cli, const char *name, struct davit_error *err) {
  struct list names = {0};
  for (size_t i = 0; cli_commands[i]; i++)
    if (!list_push(&cli->arena, &names, cli_commands[i]->name))
      return error_memory(err);
  const char *nearest = text_nearest(name, list_strings(&names));
  const char *hint = nearest ? arena_printf(&cli->arena, "did you mean `davit %s`?", nearest)
                             : "see `davit --help`";
  return usage_error(err, hint, "there is no command \"%s\"", name);
}

static int run(struct cli *cli, int argc, char **argv, struct davit_error *err) {
  int next = 0;
  int answer = parse_global(cli, argc, argv, &next, err);
  if (answer < 0)
    return answer;
  if (cli->show_version) {
    print_version(stdout);
    return finish_output(err);
  }
  if (cli->show_help) {
    print_help(stdout);
    return finish_output(err);
  }
  if (next == argc)
    return usage_error(err, "see `davit --help`", "no command is given");

  const struct cli_command *command = find_command(argv[next]);
  if (!command)
    return unknown_command(cli, argv[next], err);
  answer = parse_command(cli, command, argc - next, argv + next, err);
  if (answer < 0)
    return answer;
  if (cli->show_help) {
    print_command_help(command, stdout);
    return finish_output(err);
  }
  return command->run(cli, err);
}

int main(int argc, char **argv) {
  struct cli cli = {.render = {.replica = 1}};
  CLEANUP(error) struct davit_error err = {0};
  report_setup(&cli);
  int answer = run(&cli, argc, argv, &err);
  report_error(&cli, &err);
  int code = answer == DAVIT_OK                                   ? EXIT_SUCCESS
             : err.first && strcmp(err.first->code, "usage") == 0 ? EXIT_USAGE
                                                                  : EXIT_FAILURE;
  arena_free(&cli.arena);
  return code;
}
