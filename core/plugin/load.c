/* SPDX-License-Identifier: Apache-2.0 */
/* From a file to a plugin's table. The file is loaded by the descriptor that was checked: its name
 * may mean another file by now. */
#include "plugin/load.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include "plugin/descriptor.h"
#include "util/cleanup.h"
#include "util/text.h"

typedef const struct davit_plugin *entry_function(uint32_t, uint32_t);

/* One remedy for each class of the dynamic linker's reasons. The words are glibc's; with others
 * there is the reason alone and the general hint. */
static const char *hint_for(struct arena *arena, const struct plugin_file *file, const char *reason,
                            bool about_file) {
  static const struct {
    const char *reason, *hint;
  } hints[] = {
      {"undefined symbol", "it was linked without all it needs: have it rebuilt with -Wl,-z,defs"},
      {"' not found", "it was built on a newer system: have it built for this one"},
      {"invalid ELF header", "it is no shared object, or one for another machine"},
      {"wrong ELF class", "it was built for another machine: install the one for this machine"},
      {"file too short", "the file is cut off: copy it again"},
      {"Permission denied", "let the caller read it (chmod a+r)"},
  };
  for (size_t i = 0; i < ARRAY_LEN(hints); i++)
    if (strstr(reason, hints[i].reason))
      return hints[i].hint;
  bool missing = strstr(reason, "cannot open shared object file") != NULL;
  if (missing && !about_file)
    return arena_printf(arena, "install the library %.*s (`ldd %s` shows all)",
                        (int)strcspn(reason, ":"), reason, file->path);
  if (missing && access("/proc/self/fd", X_OK) < 0)
    return "mount /proc: plugins are opened through it";
  if (missing) /* glibc's answer to a foreign e_machine */
    return "it was built for another machine: install the one for this machine";
  return arena_printf(arena, "see what `ldd %s` says", file->path);
}

static int refuse_load(struct arena *arena, const struct plugin_file *file, const char *opened,
                       struct davit_error *err) {
  const char *reason = dlerror();
  if (!reason)
    reason = "no reason given";
  /* The linker knows the file by its descriptor, which tells nobody anything. */
  bool about_file = text_starts(reason, opened);
  if (about_file)
    reason += strlen(opened);
  while (about_file && (*reason == ':' || *reason == ' '))
    reason++;
  return error_add(err, DAVIT_E_INVALID, "plugin.refused",
                   hint_for(arena, file, reason, about_file), "plugin %s cannot be loaded: %s",
                   file->path, reason);
}

/* Whether the linker remembers the library by this name: it would then answer the name with this
 * library for ever, also when the number has become another file's. */
static bool is_known_by(void *handle, const char *name) {
  struct link_map *map;
  return dlinfo(handle, RTLD_DI_LINKMAP, &map) < 0 || strcmp(map->l_name, name) == 0;
}

static int read_table(struct arena *arena, const struct plugin_file *file, void *handle,
                      struct davit_plugin *table, struct davit_error *err) {
  void *symbol = dlsym(handle, DAVIT_PLUGIN_SYMBOL);
  if (!symbol)
    return error_add(err, DAVIT_E_INVALID, "plugin.refused", "take it out of the plugin directory",
                     "plugin %s is not a davit plugin: it exports no %s", file->path,
                     DAVIT_PLUGIN_SYMBOL);
  entry_function *entry; /* ISO C has no cast from object to function */
  _Static_assert(sizeof(entry) == sizeof(symbol), "pointers of one size");
  memcpy(&entry, &symbol, sizeof(entry));
  const struct davit_plugin *given = entry(DAVIT_ABI_MAJOR, DAVIT_ABI_MINOR);
  if (!given)
    return error_add(err, DAVIT_E_INVALID, "plugin.refused",
                     "ask whoever made the plugin for one for this davit",
                     "plugin %s has nothing for plugin ABI %u.%u", file->path, DAVIT_ABI_MAJOR,
                     DAVIT_ABI_MINOR);
  return descriptor_take(arena, file, given, table, err);
}

int plugin_load_descriptor(struct arena *arena, const struct plugin_file *file, int fd,
                           const struct plugin **plugin, struct davit_error *err) {
  CLEANUP(fd) int owned = fd;
  struct plugin *loaded = arena_alloc(arena, sizeof(*loaded));
  if (!loaded)
    return error_memory(err);
  char opened[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
  snprintf(opened, sizeof(opened), "/proc/self/fd/%d", owned);
  loaded->name = file->name;
  loaded->path = file->path;
  loaded->handle = dlopen(opened, RTLD_NOW | RTLD_LOCAL);
  if (!loaded->handle)
    return refuse_load(arena, file, opened, err);
  if (is_known_by(loaded->handle, opened))
    fd_steal(&owned); /* open as long as the library, so that the number stays taken */
  int answer = read_table(arena, file, loaded->handle, &loaded->table, err);
  if (answer < 0)
    return answer;
  *plugin = loaded;
  return DAVIT_OK;
}

int plugin_load(struct arena *arena, const struct plugin_path *path, const struct plugin_file *file,
                const struct plugin **plugin, struct davit_error *err) {
  int fd;
  const char *real;
  int answer = plugin_trust(arena, file->path, path->allow_untrusted, &fd, &real, err);
  if (answer < 0)
    return answer;
  return plugin_load_descriptor(arena, file, fd, plugin, err);
}
