/* SPDX-License-Identifier: Apache-2.0 */
/* The checks on a plugin's table. Sizes and versions are looked at here and nowhere else: what
 * follows sees a table of its own davit's size. */
#include "plugin/descriptor.h"

#include <stdio.h>
#include <string.h>

#include "plugin/names.h"
#include "plugin/sized.h"
#include "util/list.h"

enum {
  MOST_ENTRIES = 1024, /* of a list */
  MOST_TEXT = 1024,
  /* What every plugin has: the head with open() and close(). Later ops may be missing. */
  LEAST_SIZE = offsetof(struct davit_plugin, enumerate)
};

static const char ask_vendor[] = "ask whoever made the plugin for one that keeps the plugin ABI";

static int refuse(const struct plugin_file *file, struct davit_error *err, const char *hint,
                  const char *format, ...) PRINTF_LIKE(4, 5);

static int refuse(const struct plugin_file *file, struct davit_error *err, const char *hint,
                  const char *format, ...) {
  char reason[2 * MOST_TEXT];
  va_list args;
  va_start(args, format);
  vsnprintf(reason, sizeof(reason), format, args);
  va_end(args);
  return error_add(err, DAVIT_E_INVALID, "plugin.refused", hint ? hint : ask_vendor, "plugin %s %s",
                   file->path, reason);
}

/* The frozen prefix: readable in every major version. */
static int check_version(const struct plugin_file *file, const struct davit_plugin *given,
                         struct davit_error *err) {
  if (given->magic != DAVIT_ABI_MAGIC)
    return refuse(file, err, "take it out of the plugin directory",
                  "is not a davit plugin: its table begins with 0x%08x, not 0x%08x", given->magic,
                  DAVIT_ABI_MAGIC);
  if (given->abi_major != DAVIT_ABI_MAJOR)
    return refuse(file, err,
                  given->abi_major > DAVIT_ABI_MAJOR
                      ? "install a newer davit, or a version of the plugin for this one"
                      : "install a newer version of the plugin",
                  "speaks plugin ABI %u.%u, this davit speaks %u.%u", given->abi_major,
                  given->abi_minor, DAVIT_ABI_MAJOR, DAVIT_ABI_MINOR);
  if (given->struct_size < LEAST_SIZE)
    return refuse(file, err, NULL, "has a table of %u bytes, at least %u are needed",
                  given->struct_size, (unsigned)LEAST_SIZE);
  if (given->struct_size % sizeof(void *) != 0)
    return refuse(file, err, NULL, "has a table of %u bytes, no multiple of a pointer's %zu",
                  given->struct_size, sizeof(void *));
  return DAVIT_OK;
}

static int check_name(const struct plugin_file *file, const struct davit_plugin *table,
                      struct davit_error *err) {
  if (!table->name)
    return refuse(file, err, NULL, "has no name");
  if (!is_plugin_name(table->name, strnlen(table->name, PLUGIN_NAME_MAX + 1)))
    return refuse(file, err, NULL,
                  "calls itself \"%.40s\", which is no plugin name ([a-z][a-z0-9-]*, at most %d)",
                  table->name, PLUGIN_NAME_MAX);
  if (strcmp(table->name, file->name) == 0)
    return DAVIT_OK;
  char hint[64];
  snprintf(hint, sizeof(hint), "call the file %s.so", table->name);
  return refuse(file, err, hint, "calls itself \"%s\", so it cannot be %s.so", table->name,
                file->name);
}

/* Bounded: a list without its NULL must not be read for ever. */
static bool list_length(const void *list, size_t *length) {
  const void *const *items = list;
  for (size_t i = 0; i <= MOST_ENTRIES; i++) {
    if (!items || !items[i]) {
      *length = i;
      return true;
    }
  }
  return false;
}

static bool is_vendor(const char *text) {
  size_t length = strnlen(text, PLUGIN_WORD_MAX + 1);
  return length > 0 && length <= PLUGIN_WORD_MAX &&
         text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

static int check_vendors(const struct plugin_file *file, const struct davit_plugin *table,
                         struct davit_error *err) {
  size_t count;
  if (!list_length(table->vendors, &count))
    return refuse(file, err, NULL, "has more than %d vendors", MOST_ENTRIES);
  if (count == 0)
    return refuse(file, err, NULL, "serves no vendor");
  for (size_t i = 0; i < count; i++) {
    const char *vendor = table->vendors[i];
    if (strcmp(vendor, "*") == 0 && count > 1)
      return refuse(file, err, NULL, "serves \"*\" beside named vendors; \"*\" stands alone");
    if (strcmp(vendor, "*") != 0 && !is_vendor(vendor))
      return refuse(file, err, NULL, "serves \"%.80s\", which is no vendor name in lower case",
                    vendor);
  }
  return DAVIT_OK;
}

static int check_kinds(const struct plugin_file *file, const struct davit_plugin *table,
                       struct davit_error *err) {
  size_t count;
  if (!list_length(table->kinds, &count))
    return refuse(file, err, NULL, "has more than %d kinds", MOST_ENTRIES);
  for (size_t i = 0; i < count; i++) {
    const char *kind = table->kinds[i];
    const char *slash = strnlen(kind, MOST_TEXT) < MOST_TEXT ? strchr(kind, '/') : NULL;
    if (!slash || slash == kind || slash[1] == '\0' || strchr(slash + 1, '/'))
      return refuse(file, err, NULL, "has the kind \"%.80s\", which is not VENDOR/CLASS", kind);
  }
  return DAVIT_OK;
}

static int check_ops(const struct plugin_file *file, const struct davit_plugin *table,
                     struct davit_error *err) {
  uint32_t unknown = table->flags & DAVIT_FLAGS_CRITICAL;
  if (unknown)
    return refuse(file, err, "install a newer davit",
                  "has flags that this davit does not know: 0x%08x", unknown);
  if (!table->open || !table->close)
    return refuse(file, err, NULL, "has no %s()", table->open ? "close" : "open");
  if (!table->enumerate != !table->inject)
    return refuse(file, err, NULL, "has %s() without %s()", table->inject ? "inject" : "enumerate",
                  table->inject ? "enumerate" : "inject");
  size_t count;
  if (!list_length(table->sharing, &count))
    return refuse(file, err, NULL, "has more than %d sharing modes", MOST_ENTRIES);
  if (table->share && count == 0)
    return refuse(file, err, NULL, "has share() without a sharing mode");
  if (!table->share && count > 0)
    return refuse(file, err, NULL, "has the sharing mode \"%.80s\" without share()",
                  table->sharing[0]);
  for (size_t i = 0; i < count; i++) {
    const char *mode = table->sharing[i];
    if (!is_lower_word(mode, strnlen(mode, PLUGIN_WORD_MAX + 1), PLUGIN_WORD_MAX))
      return refuse(file, err, NULL, "has the sharing mode \"%.80s\", which is not [a-z][a-z0-9-]*",
                    mode);
  }
  return DAVIT_OK;
}

static int check_option(const struct plugin_file *file, const struct davit_option *option,
                        struct davit_error *err) {
  const char *key = option->key;
  if (!key)
    return refuse(file, err, NULL, "has an option without a key");
  if (!is_lower_word(key, strnlen(key, PLUGIN_WORD_MAX + 1), PLUGIN_WORD_MAX))
    return refuse(file, err, NULL, "has the option \"%.80s\", which is not [a-z][a-z0-9-]*", key);
  if (option->flags & DAVIT_FLAGS_CRITICAL)
    return refuse(file, err, "install a newer davit",
                  "has the option \"%s\" with flags that this davit does not know: 0x%08x", key,
                  option->flags & DAVIT_FLAGS_CRITICAL);
  size_t count;
  if (!list_length(option->values, &count))
    return refuse(file, err, NULL, "has the option \"%s\" with more than %d values", key,
                  MOST_ENTRIES);
  if (option->values && count == 0)
    return refuse(file, err, NULL, "has the option \"%s\" that allows no value", key);
  if (option->values && option->preset && !strings_contain(option->values, option->preset))
    return refuse(file, err, NULL, "has the option \"%s\" whose preset \"%.80s\" is not allowed",
                  key, option->preset);
  return DAVIT_OK;
}

static bool has_key(const struct list *options, const char *key) {
  for (size_t i = 0; i < options->count; i++)
    if (strcmp(((const struct davit_option *)options->items[i])->key, key) == 0)
      return true;
  return false;
}

static int take_options(struct arena *arena, const struct plugin_file *file,
                        struct davit_plugin *table, struct davit_error *err) {
  static const struct davit_option *const none[] = {NULL};
  struct list options = {0};
  size_t count;
  if (!list_length(table->options, &count))
    return refuse(file, err, NULL, "has more than %d options", MOST_ENTRIES);
  for (size_t i = 0; i < count; i++) {
    struct davit_option *option = arena_alloc(arena, sizeof(*option));
    if (!option)
      return error_memory(err);
    if (!sized_take(option, sizeof(*option), table->options[i]))
      return refuse(file, err, NULL, "has an option (number %zu) without a size", i + 1);
    int answer = check_option(file, option, err);
    if (answer < 0)
      return answer;
    if (has_key(&options, option->key))
      return refuse(file, err, NULL, "has the option \"%s\" twice", option->key);
    if (!list_push(arena, &options, option))
      return error_memory(err);
  }
  table->options = options.items ? (const struct davit_option *const *)options.items : none;
  return DAVIT_OK;
}

static int check_text(const struct plugin_file *file, const char *what, const char **text,
                      struct davit_error *err) {
  if (!*text)
    *text = "";
  if (strnlen(*text, MOST_TEXT) < MOST_TEXT && !strchr(*text, '\n'))
    return DAVIT_OK;
  return refuse(file, err, NULL, "has a %s that is not one line of at most %d bytes", what,
                MOST_TEXT - 1);
}

int descriptor_take(struct arena *arena, const struct plugin_file *file,
                    const struct davit_plugin *given, struct davit_plugin *table,
                    struct davit_error *err) {
  int answer = check_version(file, given, err);
  if (answer < 0)
    return answer;

  struct davit_plugin own = {0};
  size_t size = given->struct_size < sizeof(own) ? given->struct_size : sizeof(own);
  memcpy(&own, given, size);
  own.struct_size = sizeof(own);
  if ((answer = check_name(file, &own, err)) < 0 ||
      (answer = check_text(file, "version", &own.version, err)) < 0 ||
      (answer = check_text(file, "description", &own.description, err)) < 0 ||
      (answer = check_text(file, "license", &own.license, err)) < 0 ||
      (answer = check_vendors(file, &own, err)) < 0 ||
      (answer = check_kinds(file, &own, err)) < 0 || (answer = check_ops(file, &own, err)) < 0 ||
      (answer = take_options(arena, file, &own, err)) < 0)
    return answer;
  *table = own;
  return DAVIT_OK;
}
