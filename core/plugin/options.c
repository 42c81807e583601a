/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a plugin: what was given against what it declares, and the values in force. */
#include "plugin/instance_state.h"

#include <string.h>

#include "util/list.h"
#include "util/text.h"

/* Everything in a request (plugin NULL) is for the vendor's plugin, which is this one. */
static bool is_ours(const struct instance *instance, const struct request_option *option) {
  return !option->plugin || strcmp(option->plugin, instance->plugin->name) == 0;
}

const struct request_option *option_given(const struct instance *instance, const char *key) {
  for (size_t i = 0; i < instance->settings.option_count; i++) {
    const struct request_option *option = &instance->settings.options[i];
    if (is_ours(instance, option) && strcmp(option->key, key) == 0)
      return option;
  }
  return NULL;
}

static const struct davit_option *find_declared(const struct instance *instance, const char *key) {
  for (const struct davit_option *const *option = instance->plugin->table.options; *option;
       option++)
    if (strcmp((*option)->key, key) == 0)
      return *option;
  return NULL;
}

static int refuse_unknown(struct instance *instance, const struct request_option *given,
                          struct davit_error *err) {
  struct arena *arena = instance->arena;
  struct list keys = {0};
  for (const struct davit_option *const *option = instance->plugin->table.options; *option;
       option++)
    if (!list_push(arena, &keys, (*option)->key))
      return error_memory(err);
  const char *near = text_nearest(given->key, list_strings(&keys));
  const char *hint = near             ? arena_printf(arena, "did you mean \"%s\"?", near)
                     : keys.count > 0 ? arena_printf(arena, "its options are %s",
                                                     strings_join(arena, list_strings(&keys), 32))
                                      : "it has no options";
  return error_add_at(err, DAVIT_E_INVALID, "plugin.option", &given->at, hint,
                      "plugin %s has no option \"%s\"", instance->plugin->name, given->key);
}

static int refuse_value(struct instance *instance, const struct request_option *given,
                        const struct davit_option *declared, struct davit_error *err) {
  const char *near = text_nearest(given->value, declared->values);
  const char *all = strings_join(instance->arena, declared->values, 32);
  const char *hint =
      near ? arena_printf(instance->arena, "did you mean \"%s\"? Allowed: %s", near, all)
           : arena_printf(instance->arena, "allowed: %s", all);
  return error_add_at(err, DAVIT_E_INVALID, "plugin.option", &given->at, hint,
                      "plugin %s: option %s cannot be \"%s\"", instance->plugin->name, given->key,
                      given->value);
}

static int check_given(struct instance *instance, const struct request_option *given,
                       struct davit_error *err) {
  const struct davit_option *declared = find_declared(instance, given->key);
  if (!declared)
    return refuse_unknown(instance, given, err);
  if (!given->plugin && (declared->flags & DAVIT_OPTION_ADMIN))
    return error_add_at(err, DAVIT_E_DENIED, "plugin.option", &given->at,
                        arena_printf(instance->arena, "--plugin-option %s:%s=VALUE",
                                     instance->plugin->name, given->key),
                        "plugin %s: option %s is not for a service file", instance->plugin->name,
                        given->key);
  if (declared->values && !strings_contain(declared->values, given->value))
    return refuse_value(instance, given, declared, err);
  return DAVIT_OK;
}

/* The strongest value, or all of the strongest origin: the request's or the command line's. */
static int collect(struct instance *instance, const struct davit_option *declared,
                   struct davit_error *err) {
  struct list values = {0};
  const struct request_option *strongest = option_given(instance, declared->key);
  for (size_t i = 0; strongest && i < instance->settings.option_count; i++) {
    const struct request_option *given = &instance->settings.options[i];
    bool counts = given == strongest ||
                  ((declared->flags & DAVIT_OPTION_REPEATS) && is_ours(instance, given) &&
                   strcmp(given->key, declared->key) == 0 && !given->plugin == !strongest->plugin);
    if (counts && !list_push(instance->arena, &values, given->value))
      return error_memory(err);
  }
  if (!strongest && declared->preset && !list_push(instance->arena, &values, declared->preset))
    return error_memory(err);
  const void *list = list_strings(&values);
  if (!map_put(instance->arena, &instance->option_values, declared->key, (void *)(uintptr_t)list))
    return error_memory(err);
  return DAVIT_OK;
}

int options_resolve(struct instance *instance, struct davit_error *err) {
  int answer = DAVIT_OK;
  for (size_t i = 0; i < instance->settings.option_count; i++) {
    const struct request_option *given = &instance->settings.options[i];
    int wrong = is_ours(instance, given) ? check_given(instance, given, err) : DAVIT_OK;
    if (answer == DAVIT_OK)
      answer = wrong;
  }
  for (const struct davit_option *const *declared = instance->plugin->table.options;
       answer == DAVIT_OK && *declared; declared++)
    answer = collect(instance, *declared, err);
  return answer;
}
