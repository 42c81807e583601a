/* SPDX-License-Identifier: Apache-2.0 */
/* davit: the command line. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static int run(struct cli *cli, int argc, char **argv, struct davit_error *err) {
  const struct cli_command *command;
  int answer = parse_words(cli, argc, argv, &command, err);
  if (answer < 0)
    return answer;
  if (!cli->show_version && !cli->show_help)
    return command->run(cli, err);
  if (cli->show_version)
    print_version(stdout);
  else if (command)
    print_command_help(command, stdout);
  else
    print_help(stdout);
  return finish_output(err);
}

int main(int argc, char **argv) {
  struct cli cli = {.session.render.replica = 1};
  CLEANUP(error) struct davit_error err = {0};
  report_setup(&cli);
  int answer = run(&cli, argc, argv, &err);
  report_error(&cli, &err);
  int code = answer >= 0                                          ? answer
             : err.first && strcmp(err.first->code, "usage") == 0 ? EXIT_USAGE
                                                                  : EXIT_FAILURE;
  arena_free(&cli.session.arena);
  return code;
}
