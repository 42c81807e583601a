/* SPDX-License-Identifier: Apache-2.0 */
/* davit validate: check a service file. No host is needed. */
#include "cli/cli.h"

static int run(struct cli *cli, struct davit_error *err) {
  const struct service_file *file;
  const char *name, *text;
  size_t size;
  int answer = read_input(&cli->session, cli->operands.items[0], &name, &text, &size, err);
  if (answer == DAVIT_OK)
    answer = service_load(&cli->session.arena, name, text, size, &cli->session.log, &file, err);
  if (answer < 0)
    return answer;

  for (size_t i = 0; i < file->foreign_count; i++) {
    const struct service_foreign *foreign = &file->foreign[i];
    const struct where at = {name, foreign->at.line, foreign->at.column, foreign->key};
    log_at(&cli->session.log, LOG_LEVEL_INFO, NULL, &at, NULL,
           "is an orchestrator's: its form is right, and davit does nothing with it");
  }
  print_safely(stdout, name);
  fputs(": valid, ", stdout);
  fprintf(stdout, "%zu service%s:", file->service_count, file->service_count == 1 ? "" : "s");
  for (size_t i = 0; i < file->service_count; i++)
    fprintf(stdout, " %s", file->services[i]->name);
  fputc('\n', stdout);
  return finish_output(err);
}

const struct cli_command command_validate = {
    .name = "validate",
    .operands = "FILE",
    .summary = "check a service file",
    .least = 1,
    .most = 1,
    .run = run,
};
