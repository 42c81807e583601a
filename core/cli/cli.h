/* SPDX-License-Identifier: Apache-2.0 */
/* The davit command: what it was told, and the commands. Only this room reads options, environment
 * variables and the caller's files, prints, and knows exit codes. */
#ifndef DAVIT_CLI_CLI_H
#define DAVIT_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "pipeline/pipeline.h"
#include "util/list.h"

enum {
  EXIT_USAGE = 2
};

/* Everything that options and operands said. Strings are those of argv. */
struct cli {
  struct arena arena;
  struct log log;
  bool json_log;
  bool show_help;
  bool show_version;

  /* For every command. */
  struct list plugin_dirs;    /* const char * */
  struct list plugin_options; /* struct request_option * */
  struct list cdi_dirs;       /* const char *, absolute */
  const char *host_root;      /* NULL: "/" */
  bool allow_untrusted;

  /* For some. */
  bool json;
  enum cdi_policy cdi;
  const char *provider;
  const char *vendor;
  const char *service;
  const char *output;
  const char *rootfs;
  struct list service_rootfs; /* struct service_rootfs * */
  bool all;
  bool has_replica;         /* --replica is given */
  const char *image_config; /* as given: FILE, DIR or DIR:NAME */
  struct render_options render;
  struct list env;         /* struct render_env * */
  struct list volumes;     /* struct render_volume * */
  struct list sockets;     /* struct render_socket * */
  struct list env_allow;   /* const char * */
  struct list gpu_devices; /* const char * */
  struct list requests;    /* struct device_request *, of inject */
  bool tree;               /* of explain */
  const char *diff;        /* of explain: the other file */

  struct list operands;     /* const char * before "--" */
  const char *const *after; /* list: what stands behind "--"; NULL: there is no "--" */
};

/* --rootfs SERVICE=DIR */
struct service_rootfs {
  const char *service;
  const char *dir;
};

/* One option. `take` stores the value, or adds a "usage" problem. */
struct cli_option {
  const char *name;
  char letter;          /* 0: none */
  const char *argument; /* its name in the help; NULL: the option takes none */
  const char *help;
  int (*take)(struct cli *cli, const char *value, struct davit_error *err);
};

struct cli_command {
  const char *name;
  const char *operands; /* as in the help, "FILE [-- ARG...]" */
  const char *summary;
  size_t least, most;                      /* operands before "--" */
  bool takes_after;                        /* operands after "--" */
  const struct cli_option *const *options; /* list of tables, each ended by a nameless option */
  /* Problems go to err and make the exit code 1, or 2 if the first one's code is "usage". */
  int (*run)(struct cli *cli, struct davit_error *err);
};

extern const struct cli_command command_spec, command_build, command_remove, command_validate,
    command_explain, command_inject, command_devices, command_plugins;
extern const struct cli_command *const cli_commands[]; /* list */

int find_command(struct cli *cli, const char *name, const struct cli_command **command,
                 struct davit_error *err) MUST_CHECK;

/* ---- options.c ------------------------------------------------------------------------------ */

extern const struct cli_option options_global[];   /* every command's */
extern const struct cli_option options_service[];  /* which service, how it is rendered */
extern const struct cli_option options_provider[]; /* who serves a request for devices */
extern const struct cli_option options_rootless[];
extern const struct cli_option options_json[];

int usage_error(struct davit_error *err, const char *hint, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* ---- host_options.c ------------------------------------------------------------------------- */

extern const struct cli_option options_host[]; /* what of the host goes into the container */

/* Makes of what they took what the rendering reads. */
int complete_host_options(struct cli *cli, struct davit_error *err) MUST_CHECK;

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

/* ---- files.c -------------------------------------------------------------------------------- */

/* The whole of a file of the caller's, or of stdin for "-". *name is what messages call it. */
int read_input(struct cli *cli, const char *path, const char **name, const char **text,
               size_t *size, struct davit_error *err) MUST_CHECK;
/* Flushes stdout; "output.write" if not everything reached it. */
int finish_output(struct davit_error *err) MUST_CHECK;
/* The absolute path without links of a file of the caller's, which must exist. */
int real_path(struct cli *cli, const char *path, const char *code, const char **real,
              struct davit_error *err) MUST_CHECK;

/* ---- image.c -------------------------------------------------------------------------------- */

/* What --image-config names. */
int load_image(struct cli *cli, const struct image_config **config,
               struct davit_error *err) MUST_CHECK;

/* ---- setup.c: what several commands begin with ---------------------------------------------- */

/* The host and the plugins of this run. Zeroed: not there yet; freed with cleanup_machine(). */
struct machine {
  struct host *host;
  struct host *caller; /* what the caller sees; NULL: the same */
  struct providers *providers;
};

int machine_open(struct cli *cli, struct machine *machine, struct davit_error *err) MUST_CHECK;
void cleanup_machine(struct machine *machine);

/* Reads a service file of the caller's. */
int load_services(struct cli *cli, const char *path, const struct service_file **file,
                  struct davit_error *err) MUST_CHECK;
/* And finds the service that the options choose. */
int load_service(struct cli *cli, const char *path, const struct service_file **file,
                 const struct service **service, struct davit_error *err) MUST_CHECK;

/* The root file system as the config names it and where it is. Zeroed: "rootfs", beside
 * config.json, and nothing is known of it. */
struct rootfs {
  const char *path;   /* absolute, without links; NULL: "rootfs" */
  const char *lookup; /* where users are looked up; NULL: nobody is known */
};

/* The directory that --rootfs gives the service, NULL if none. */
const char *given_rootfs(const struct cli *cli, const struct service *service);

/* Renders the service, once the machine is open, as often as it takes. *oci is owned by the caller.
 * What the config refers to in the bundle is added to `files` (struct made_file *), if the options
 * name a directory for them. */
int render_on(struct cli *cli, const struct machine *machine, const struct service_file *file,
              const struct service *service, const struct rootfs *rootfs, struct oci **oci,
              struct list *files, struct davit_error *err) MUST_CHECK;
/* The same, on a machine opened for it alone. */
int render_service(struct cli *cli, const struct service_file *file, const struct service *service,
                   const struct rootfs *rootfs, struct oci **oci, struct list *files,
                   struct davit_error *err) MUST_CHECK;
/* build --all */
int build_all(struct cli *cli, struct davit_error *err) MUST_CHECK;
/* --rootfs, or the directory `rootfs` of the bundle at `dir` if it has one. */
int choose_rootfs(struct cli *cli, const struct service *service, const char *dir,
                  struct rootfs *rootfs, struct davit_error *err) MUST_CHECK;

/* Prints the document on stdout. */
int print_config(const struct oci *oci, struct davit_error *err) MUST_CHECK;

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
