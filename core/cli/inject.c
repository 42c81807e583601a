/* SPDX-License-Identifier: Apache-2.0 */
/* davit inject: add devices to a config.json that exists. */
#include "cli/cli.h"

#include <string.h>

#include "bundle/replace.h"
#include "util/cleanup.h"
#include "util/diff.h"

/* The config as it was read and as it is to be. */
struct injection {
  const char *name;
  const char *text;
  size_t size;
  char *result;
  size_t result_size;
};

static void cleanup_injection(struct injection *injection) {
  free(injection->result);
}

static int inject(struct cli *cli, const char *path, struct injection *injection,
                  struct davit_error *err) {
  CLEANUP(oci) struct oci *oci = NULL;
  int answer =
      read_input(&cli->session, path, &injection->name, &injection->text, &injection->size, err);
  if (answer == DAVIT_OK)
    answer =
        inject_config(&cli->session, injection->name, injection->text, injection->size, &oci, err);
  if (answer == DAVIT_OK)
    answer = oci_print(oci, &injection->result, &injection->result_size, err);
  return answer;
}

static int print_result(const struct injection *injection, struct davit_error *err) {
  fwrite(injection->result, 1, injection->result_size, stdout);
  return finish_output(err);
}

/* The old config is printed the same way first, so that only what davit changes is a difference. */
static int print_difference(struct cli *cli, const struct injection *injection,
                            struct davit_error *err) {
  CLEANUP(oci) struct oci *oci = NULL;
  CLEANUP(free) char *old = NULL;
  size_t size;
  struct diff diff;
  int answer = oci_parse(injection->name, injection->text, injection->size, &oci, err);
  if (answer == DAVIT_OK)
    answer = oci_print(oci, &old, &size, err);
  if (answer < 0)
    return answer;
  CLEANUP(free) char *changes = NULL;
  if (diff_lines(&cli->session.arena, old, injection->result, &diff))
    changes = diff_unified(&diff, &size);
  if (!changes)
    return error_memory(err);
  if (size > 0)
    printf("--- %s\n+++ %s\n%s", injection->name, injection->name, changes);
  return finish_output(err);
}

static int replace(const struct replacement *replacement, const struct injection *injection,
                   struct davit_error *err) {
  bool is_same = injection->size == injection->result_size &&
                 memcmp(injection->text, injection->result, injection->size) == 0;
  return is_same ? DAVIT_OK
                 : replacement_write(replacement, injection->result, injection->result_size, err);
}

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(injection) struct injection injection = {0};
  CLEANUP(replacement) struct replacement *replacement = NULL;
  const char *path = cli->operands.count > 0 ? cli->operands.items[0] : "-";
  if (cli->in_place && strcmp(path, "-") == 0)
    return usage_error(err, "davit inject --in-place CONFIG", "--in-place needs a file");
  int answer = cli->in_place ? replacement_open(path, &replacement, err) : DAVIT_OK;
  if (answer == DAVIT_OK)
    answer = inject(cli, path, &injection, err);
  if (answer < 0)
    return answer;
  if (cli->dry_run)
    return print_difference(cli, &injection, err);
  return cli->in_place ? replace(replacement, &injection, err) : print_result(&injection, err);
}

static int take_in_place(struct session *session, UNUSED const char *value,
                         UNUSED struct davit_error *err) {
  cli_of(session)->in_place = true;
  return DAVIT_OK;
}

static int take_dry_run(struct session *session, UNUSED const char *value,
                        UNUSED struct davit_error *err) {
  cli_of(session)->dry_run = true;
  return DAVIT_OK;
}

static const struct session_option options[] = {
    {"in-place", 0, NULL, "replace the file, all or nothing, instead of printing", take_in_place},
    {"dry-run", 0, NULL, "print what would change, and write nothing", take_dry_run},
    {0},
};

const struct cli_command command_inject = {
    .name = "inject",
    .operands = "[CONFIG]",
    .summary = "add devices to a config.json",
    .least = 0,
    .most = 1,
    .options = (const struct session_option *const[]){options, options_request, options_rootless,
                                                      options_provider, NULL},
    .run = run,
};
