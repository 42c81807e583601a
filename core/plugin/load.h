/* SPDX-License-Identifier: Apache-2.0 */
/* Finding, trusting and loading plugins. docs/plugins.md says the rules; the header davit/plugin.h
 * is the contract. */
#ifndef DAVIT_PLUGIN_LOAD_H
#define DAVIT_PLUGIN_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "davit/plugin.h"
#include "util/arena.h"
#include "util/error.h"
#include "util/log.h"

/* Where plugins are looked for: first wins. */
struct plugin_path {
  const char *const *dirs; /* --plugin-dir, in order; NULL: none */
  const char *variable; /* DAVIT_PLUGIN_PATH, colon-separated; NULL: not set, or ignored as we are
                           set-user-id */
  const char *default_dir; /* <libdir>/davit/plugins */
  bool allow_untrusted;
};

/* A file that looks like a plugin: NAME.so in one of the directories. */
struct plugin_file {
  const char *name;
  const char *path;        /* absolute, as found */
  const char *shadowed_by; /* path of the file of that name that wins; NULL: this one wins */
};

/* Directories that do not exist are left out; of those given by --plugin-dir that is an error
 * ("plugin.directory"). The order is that of the directories, bytewise inside each. */
int plugin_find_all(struct arena *arena, const struct plugin_path *path,
                    const struct plugin_file *const **files, struct davit_error *err) MUST_CHECK;
/* The winning file of one name without reading directories; *file is NULL if there is none. */
int plugin_find(struct arena *arena, const struct plugin_path *path, const char *name,
                const struct plugin_file **file, struct davit_error *err) MUST_CHECK;

/* A loaded plugin. */
struct plugin {
  const char *name;
  const char *path;
  struct davit_plugin
      table; /* the plugin's own, cut or filled up with zeros to the size that this davit knows */
  void *handle; /* of dlopen(); stays open until the process ends; NULL: linked into the program */
};

/* Opens the file, checks its trust on the descriptor, loads what that descriptor is, checks the
 * table. Refusals are "plugin.refused" (DAVIT_E_DENIED for trust, DAVIT_E_INVALID for the rest)
 * with file, reason and remedy. */
int plugin_load(struct arena *arena, const struct plugin_path *path, const struct plugin_file *file,
                const struct plugin **plugin, struct davit_error *err) MUST_CHECK;

/* The half of plugin_load() that comes after trust: loads what `fd` is, whatever the file's name
 * means by now. Takes `fd`. */
int plugin_load_descriptor(struct arena *arena, const struct plugin_file *file, int fd,
                           const struct plugin **plugin, struct davit_error *err) MUST_CHECK;

/* The trust rule alone: *fd is the descriptor that was checked, owned by the caller; *real is its
 * path without links. */
int plugin_trust(struct arena *arena, const char *path, bool allow_untrusted, int *fd,
                 const char **real, struct davit_error *err) MUST_CHECK;

#endif
