/* SPDX-License-Identifier: Apache-2.0 */
/* The davit command: what it was told, and the commands. Only this room reads argv and environment
 * variables, prints, and knows exit codes. */
#ifndef DAVIT_CLI_CLI_H
#define DAVIT_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "api/session.h"

enum {
  EXIT_USAGE = 2
};

/* Everything that options and operands said. Strings are those of argv. */
struct cli {
  struct session session; /* first: cli_of() */
  bool json_log;
  bool show_help;
  bool show_version;

  /* Of some commands. */
  bool json;
  const char *vendor;
  const char *output;
  bool all;
  bool tree;        /* of explain */
  const char *diff; /* of explain: the other file */
  bool in_place;    /* of inject, so the next */
  bool dry_run;

  struct list operands; /* const char * before "--" */
};

/* Whose session it is: what options that only the command line has are taken with. */
static inline struct cli *cli_of(struct session *session) {
  return (struct cli *)session;
}

struct cli_command {
  const char *name;
  const char *operands; /* as in the help, "FILE [-- ARG...]" */
  const char *summary;
  size_t least, most;                          /* operands before "--" */
  bool takes_after;                            /* operands after "--" */
  const struct session_option *const *options; /* list of tables, each ended by a nameless option */
  /* Problems go to err and make the exit code 1, or 2 if the first one's code is "usage". */
  int (*run)(struct cli *cli, struct davit_error *err);
};

extern const struct cli_command command_spec, command_build, command_remove, command_validate,
    command_explain, command_inject, command_devices, command_plugins;
extern const struct cli_command *const cli_commands[]; /* list */

int find_command(struct cli *cli, const char *name, const struct cli_command **command,
                 struct davit_error *err) MUST_CHECK;

/* ---- global_options.c ----------------------------------------------------------------------- */

extern const struct session_option options_global[]; /* every command's, beside options_machine */
extern const struct session_option options_json[];

/* Environment variables that davit reads, unless it runs with more rights than its caller. */
void read_variables(struct cli *cli);

/* ---- parse.c -------------------------------------------------------------------------------- */

/* Options in argv[1...] up to the first operand, whose place is *next. */
int parse_global(struct cli *cli, int argc, char **argv, int *next, struct davit_error *err);
/* Options and operands of a command whose name is argv[0]. */
int parse_command(struct cli *cli, const struct cli_command *command, int argc, char **argv,
                  struct davit_error *err);

/* ---- help.c --------------------------------------------------------------------------------- */

void print_help(FILE *out);
void print_command_help(const struct cli_command *command, FILE *out);
void print_version(FILE *out);

/* ---- report.c ------------------------------------------------------------------------------- */

/* Sets cli->log up to print messages on stderr. */
void report_setup(struct cli *cli);
void report_error(const struct cli *cli, const struct davit_error *err);
/* Text for a terminal: control characters come out as \xNN. */
void print_safely(FILE *out, const char *text);

/* ---- output.c ------------------------------------------------------------------------------- */

/* Flushes stdout; "output.write" if not everything reached it. */
int finish_output(struct davit_error *err) MUST_CHECK;
/* Prints the document on stdout. */
int print_config(const struct oci *oci, struct davit_error *err) MUST_CHECK;

/* build --all (build_all.c) */
int build_all(struct cli *cli, struct davit_error *err) MUST_CHECK;

/* ---- table.c -------------------------------------------------------------------------------- */

/* Columns for people. Zeroed but for `columns`: empty. */
struct table {
  size_t columns;
  struct list cells; /* row by row, the first row is the heading */
};

/* Adds a row of `columns` cells; NULL ones are empty. False: out of memory, as of the next. */
bool table_add_row(struct arena *arena, struct table *table, const char *const *cells) MUST_CHECK;
bool table_print(struct arena *arena, const struct table *table, FILE *out) MUST_CHECK;

#endif
