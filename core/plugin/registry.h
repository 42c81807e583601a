/* SPDX-License-Identifier: Apache-2.0 */
/* The plugins of a run, loaded when they are asked for. Private to the files of provide.h. */
#ifndef DAVIT_PLUGIN_REGISTRY_H
#define DAVIT_PLUGIN_REGISTRY_H

#include "plugin/instance.h"
#include "plugin/provide.h"
#include "util/list.h"
#include "util/map.h"

struct provider {
  const struct plugin_file *file;
  const struct plugin *plugin; /* NULL: refused */
  struct davit_error refused;  /* why */
  bool refusal_is_told;        /* once a run is enough */
  struct instance *instance;   /* with the command line's options only; NULL: not opened yet */
};

struct providers {
  struct arena *arena;
  struct provider_settings settings;
  struct map by_name; /* -> struct provider; looked at so far */
  struct list loaded; /* the same, in that order */
  bool options_are_checked;
  const struct plugin_file *const *files; /* of all directories; NULL: not read yet */
};

/* *provider is NULL if there is no such file. A plugin that is refused is no error here. */
int registry_find(struct providers *providers, const char *name, struct provider **provider,
                  struct davit_error *err) MUST_CHECK;
/* Everything there is, in registry order behind what was loaded before. */
int registry_find_all(struct providers *providers, struct davit_error *err) MUST_CHECK;
/* The instance that all requests without options of their own share. */
int registry_instance(struct providers *providers, struct provider *provider,
                      struct instance **instance, struct davit_error *err) MUST_CHECK;
/* Warns, once, of options for plugins that are not there: nobody else would look at them. */
int registry_check_options(struct providers *providers, struct davit_error *err) MUST_CHECK;
/* Tells a refusal as a warning, once. */
void registry_warn_refused(struct providers *providers, struct provider *provider);
/* Adds the problems of `from`, which stays as it is. */
int error_repeat(struct davit_error *err, const struct davit_error *from);

bool provider_is_cdi(const struct provider *provider);
/* The plugin names the vendor, or the kind if `vendor` is one. */
bool provider_names(const struct provider *provider, const char *vendor);
/* The plugin serves any vendor ("*"): it decides for itself whether it knows this one. */
bool provider_is_generic(const struct provider *provider);
/* Highest rank first; of equal ranks in the order they are in. */
void sort_by_rank(struct list *providers);

#endif
