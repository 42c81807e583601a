/* SPDX-License-Identifier: Apache-2.0 */
/* Messages on stderr, for people or as JSON lines. */
#include "cli/cli.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/json.h"

void print_safely(FILE *out, const char *text) {
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c < 0x20 || c == 0x7f)
      fprintf(out, "\\x%02x", c);
    else
      fputc(c, out);
  }
}

static bool wants_colour(void) {
  const char *no_colour = getenv("NO_COLOR");
  return isatty(STDERR_FILENO) && !(no_colour && no_colour[0]);
}

static void print_text(const char *level, const char *colour, const struct problem *problem) {
  bool coloured = wants_colour();
  fprintf(stderr, "davit: %s%s:%s ", coloured ? colour : "", level, coloured ? "\033[0m" : "");
  if (problem->at.file) {
    print_safely(stderr, problem->at.file);
    if (problem->at.line > 0)
      fprintf(stderr, ":%u", problem->at.line);
    if (problem->at.line > 0 && problem->at.column > 0)
      fprintf(stderr, ":%u", problem->at.column);
    fputs(": ", stderr);
  }
  if (problem->at.key && problem->at.key[0]) {
    print_safely(stderr, problem->at.key);
    fputs(": ", stderr);
  }
  print_safely(stderr, problem->text);
  fputc('\n', stderr);
  if (problem->hint) {
    fputs("davit: hint: ", stderr);
    print_safely(stderr, problem->hint);
    fputc('\n', stderr);
  }
}

static void print_json(const char *level, const struct problem *problem) {
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "level", level);
  json_fill_problem(object, problem);
  char *line = cJSON_PrintUnformatted(object);
  /* A message for which there is no memory is printed bare. */
  fprintf(stderr, "%s\n", line ? line : problem->text);
  cJSON_free(line);
  cJSON_Delete(object);
}

static void print_problem(const struct cli *cli, const char *level, const char *colour,
                          const struct problem *problem) {
  if (cli->json_log)
    print_json(level, problem);
  else
    print_text(level, colour, problem);
}

static void emit(void *user, enum log_level level, const struct problem *message) {
  const struct cli *cli = user;
  if (level == LOG_LEVEL_WARNING)
    print_problem(cli, "warning", "\033[33m", message);
  else
    print_problem(cli, level == LOG_LEVEL_INFO ? "info" : "debug", "", message);
}

void report_setup(struct cli *cli) {
  cli->session.log = (struct log){.threshold = LOG_LEVEL_WARNING, .emit = emit, .user = cli};
}

void report_error(const struct cli *cli, const struct davit_error *err) {
  for (const struct problem *problem = err->first; problem; problem = problem->next)
    print_problem(cli, "error", "\033[31m", problem);
}
