/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of an instance share: instance.c (ops), host_table.c (davit's functions), files.c
 * (file tables), inventory.c (devices). */
#ifndef DAVIT_PLUGIN_INSTANCE_STATE_H
#define DAVIT_PLUGIN_INSTANCE_STATE_H

#include "plugin/instance.h"
#include "util/map.h"

enum {
  PLUGIN_TEXT_MAX = 4096, /* of any text that a plugin hands in */
  PLUGIN_LIST_MAX = 1024
};

struct files_table;

struct host_table {
  struct davit_host api; /* first: what the plugin hands back is this struct's address */
  struct instance *instance;
};

struct instance {
  struct arena *arena;  /* lives longer than the instance */
  struct arena scratch; /* of the op that runs */
  const struct plugin *plugin;
  struct instance_settings settings;
  struct davit_instance *self;
  struct host_table host;
  struct files_table *files; /* all that were made, newest first */
  size_t subtree_count;
  struct map option_values;    /* key -> list of the values in force */
  struct davit_error reason;   /* of fail() in this op */
  struct davit_error callback; /* of the last davit function that failed in this op */
};

/* host_table.c */
void host_table_init(struct instance *instance);
/* A text of a plugin as part of a message: at most PLUGIN_TEXT_MAX bytes, in one line, nothing that
 * a terminal would obey. In the op's scratch; NULL: out of memory. */
char *instance_message(struct instance *instance, const char *format, va_list args)
    PRINTF_LIKE(2, 0);
/* The same; a text that may hold a per cent sign is an argument, not the format. */
char *instance_text(struct instance *instance, const char *format, ...) PRINTF_LIKE(2, 3);
/* Lower-case words with dots between them; what else a plugin says is no code for scripts. */
bool instance_is_code(const char *code);

/* options.c */
int options_resolve(struct instance *instance, struct davit_error *err) MUST_CHECK;
/* The strongest one given for the key, NULL if none is. */
const struct request_option *option_given(const struct instance *instance, const char *key);

/* files.c */
void files_close(struct instance *instance);

/* instance.c */
/* Ends an op: its answer, made an error of davit's if it is one. Scratch and reasons are gone then.
 */
int op_finish(struct instance *instance, const char *op, int answer,
              struct davit_error *err) MUST_CHECK;

#endif
