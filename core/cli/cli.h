/* SPDX-License-Identifier: Apache-2.0 */
/* The davit command: what it was told, and the commands. Only this room reads argv and environment
 * variables, prints, and knows exit codes. */
#ifndef DAVIT_CLI_CLI_H
#define DAVIT_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "api/session.h"
#include "doc/write.h"

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
  bool tree;        /* of explain and devices */
  const char *diff; /* of explain: the other file */
  bool in_place;    /* of inject, so the next */
  bool dry_run;
  unsigned cdi_lists; /* of cdi list: a bit for each enum cdi_list that is asked for */
  bool strict;        /* of cdi validate */
  bool with_host;     /* of cdi validate */
  const char *kind;   /* of cdi generate, so the next three */
  enum doc_format format;
  bool has_format;
  bool keeps; /* no file is replaced */

  struct list operands; /* const char * before "--" */
};

/* Whose session it is: what options that only the command line has are taken with. */
static inline struct cli *cli_of(struct session *session) {
  return (struct cli *)session;
}

struct cli_command {
  const char *name;     /* with that of its group before it: "cdi list" */
  const char *operands; /* as in the help, "FILE [-- ARG...]" */
  const char *summary;
  size_t least, most;                          /* operands before "--" */
  bool takes_after;                            /* operands after "--" */
  const struct session_option *const *options; /* list of tables, each ended by a nameless option */
  /* Problems go to err and make the exit code 1, or 2 if the first one's code is "usage". Above 0:
   * done, with that as the exit code. */
  int (*run)(struct cli *cli, struct davit_error *err);
  /* List; NULL: it is no group. A group has these instead of operands, options and run(). */
  const struct cli_command *const *subcommands;
};

extern const struct cli_command command_spec, command_build, command_remove, command_validate,
    command_explain, command_inject, command_devices, command_plugins, command_cdi, command_doctor;
extern const struct cli_command command_cdi_list, command_cdi_validate, command_cdi_annotate,
    command_cdi_generate;
extern const struct cli_command *const cli_commands[]; /* list */

/* A subcommand of `group`; NULL: a command. */
int find_command(struct cli *cli, const struct cli_command *group, const char *name,
                 const struct cli_command **command, struct davit_error *err) MUST_CHECK;
/* The last word of the command's name. */
const char *command_word(const struct cli_command *command);

/* ---- global_options.c ----------------------------------------------------------------------- */

extern const struct session_option options_global[]; /* every command's, beside options_machine */
extern const struct session_option options_json[];
extern const struct session_option options_vendor[];

/* Environment variables that davit reads, unless it runs with more rights than its caller. */
void read_variables(struct cli *cli);

/* ---- parse.c -------------------------------------------------------------------------------- */

/* Reads argv, and the variables. If help or the version is asked before the last word of a command,
 * *command is a group or NULL; it can be run otherwise. */
int parse_words(struct cli *cli, int argc, char **argv, const struct cli_command **command,
                struct davit_error *err) MUST_CHECK;

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
