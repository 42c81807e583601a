/* SPDX-License-Identifier: Apache-2.0 */
/* Loading plugins lazily, and the listing of them. */
#include "plugin/registry.h"

#include <string.h>

#include "plugin/descriptor.h"

int providers_open(struct arena *arena, const struct provider_settings *settings,
                   struct providers **providers, struct davit_error *err) {
  struct providers *opened = arena_alloc(arena, sizeof(*opened));
  if (!opened)
    return error_memory(err);
  opened->arena = arena;
  opened->settings = *settings;
  *providers = opened;
  return DAVIT_OK;
}

void providers_close(struct providers *providers) {
  if (!providers)
    return;
  for (size_t i = 0; i < providers->loaded.count; i++) {
    struct provider *provider = providers->loaded.items[i];
    instance_close(provider->instance);
    error_clear(&provider->refused);
  }
}

int error_repeat(struct davit_error *err, const struct davit_error *from) {
  int answer = DAVIT_OK;
  for (const struct problem *problem = from->first; problem; problem = problem->next) {
    int added = problem->answer == DAVIT_E_MEMORY
                    ? error_memory(err)
                    : error_add_at(err, problem->answer, problem->code, &problem->at, problem->hint,
                                   "%s", problem->text);
    if (answer == DAVIT_OK)
      answer = added;
  }
  return answer;
}

void registry_warn_refused(struct providers *providers, struct provider *provider) {
  if (!provider->refusal_is_told)
    log_error(providers->settings.log, LOG_LEVEL_WARNING, &provider->refused);
  provider->refusal_is_told = true;
}

static int load(struct providers *providers, const struct plugin_file *file,
                struct provider **provider, struct davit_error *err) {
  struct provider *loaded = arena_alloc(providers->arena, sizeof(*loaded));
  if (!loaded || !list_push(providers->arena, &providers->loaded, loaded))
    return error_memory(err);
  loaded->file = file;
  int rc = plugin_load(providers->arena, &providers->settings.path, file, &loaded->plugin,
                       &loaded->refused);
  if (rc == DAVIT_E_MEMORY)
    return error_memory(err);
  if (!map_put(providers->arena, &providers->by_name, file->name, loaded))
    return error_memory(err);
  *provider = loaded;
  return DAVIT_OK;
}

int registry_find(struct providers *providers, const char *name, struct provider **provider,
                  struct davit_error *err) {
  void **known = map_find(&providers->by_name, name);
  if (known) {
    *provider = *known;
    return DAVIT_OK;
  }
  const struct plugin_file *file;
  int rc = plugin_find(providers->arena, &providers->settings.path, name, &file, err);
  if (rc < 0)
    return rc;
  if (file)
    return load(providers, file, provider, err);
  *provider = NULL;
  return DAVIT_OK;
}

int registry_find_all(struct providers *providers, struct davit_error *err) {
  if (providers->files)
    return DAVIT_OK;
  const struct plugin_file *const *files;
  int rc = plugin_find_all(providers->arena, &providers->settings.path, &files, err);
  for (size_t i = 0; rc == DAVIT_OK && files[i]; i++) {
    struct provider *provider;
    if (!files[i]->shadowed_by && !map_find(&providers->by_name, files[i]->name))
      rc = load(providers, files[i], &provider, err);
  }
  if (rc == DAVIT_OK)
    providers->files = files;
  return rc;
}

static int open_instance(struct providers *providers, const struct plugin *plugin,
                         struct instance **instance, struct davit_error *err) {
  const struct provider_settings *settings = &providers->settings;
  const struct instance_settings own = {.host = settings->host,
                                        .caller = settings->caller,
                                        .log = settings->log,
                                        .options = settings->options,
                                        .option_count = settings->option_count};
  return instance_open(providers->arena, plugin, &own, instance, err);
}

int registry_instance(struct providers *providers, struct provider *provider,
                      struct instance **instance, struct davit_error *err) {
  if (!provider->instance) {
    int rc = open_instance(providers, provider->plugin, &provider->instance, err);
    if (rc < 0)
      return rc;
  }
  *instance = provider->instance;
  return DAVIT_OK;
}

int providers_open_linked(struct providers *providers, const struct davit_plugin *linked,
                          struct instance **instance, struct davit_error *err) {
  const struct plugin_file file = {.name = linked->name, .path = linked->name};
  struct plugin *plugin = arena_alloc(providers->arena, sizeof(*plugin));
  if (!plugin)
    return error_memory(err);
  plugin->name = file.name;
  plugin->path = file.path;
  int rc = descriptor_take(providers->arena, &file, linked, &plugin->table, err);
  return rc < 0 ? rc : open_instance(providers, plugin, instance, err);
}

int registry_check_options(struct providers *providers, struct davit_error *err) {
  const struct provider_settings *settings = &providers->settings;
  for (size_t i = 0; i < settings->option_count && !providers->options_are_checked; i++) {
    const struct request_option *option = &settings->options[i];
    const struct plugin_file *file;
    int rc = plugin_find(providers->arena, &settings->path, option->plugin, &file, err);
    if (rc < 0)
      return rc;
    if (!file)
      log_at(settings->log, LOG_LEVEL_WARNING, "plugin.option", &option->at,
             "see `davit plugins` for those that are there",
             "option %s is for plugin %s, which is not there", option->key, option->plugin);
  }
  providers->options_are_checked = true;
  return DAVIT_OK;
}

bool provider_is_cdi(const struct provider *provider) {
  return strcmp(provider->file->name, "cdi") == 0;
}

bool provider_names(const struct provider *provider, const char *vendor) {
  return strings_contain(provider->plugin->table.vendors, vendor) ||
         strings_contain(provider->plugin->table.kinds, vendor);
}

bool provider_is_generic(const struct provider *provider) {
  return strings_contain(provider->plugin->table.vendors, "*");
}

void sort_by_rank(struct list *providers) {
  for (size_t i = 1; i < providers->count; i++) { /* a handful */
    struct provider *provider = providers->items[i];
    size_t place = i;
    for (; place > 0; place--) {
      const struct provider *before = providers->items[place - 1];
      if (before->plugin->table.rank >= provider->plugin->table.rank)
        break;
      providers->items[place] = providers->items[place - 1];
    }
    providers->items[place] = provider;
  }
}

/* ---- listing -------------------------------------------------------------------------------- */

int providers_list(struct providers *providers, struct arena *arena,
                   const struct provider_info *const **infos, struct davit_error *err) {
  static const struct provider_info *const none[] = {NULL};
  int rc = registry_find_all(providers, err);
  if (rc < 0)
    return rc;
  struct list list = {0};
  for (const struct plugin_file *const *file = providers->files; *file; file++) {
    struct provider_info *info = arena_alloc(arena, sizeof(*info));
    if (!info || !list_push(arena, &list, info))
      return error_memory(err);
    info->file = *file;
    void **loaded = (*file)->shadowed_by ? NULL : map_find(&providers->by_name, (*file)->name);
    if (loaded) {
      const struct provider *provider = *loaded;
      info->plugin = provider->plugin;
      info->refused = provider->refused.first;
    }
  }
  *infos = list.items ? (const struct provider_info *const *)list.items : none;
  return DAVIT_OK;
}
