/* SPDX-License-Identifier: Apache-2.0 */
/* From a file to a plugin's table. The file is loaded by the descriptor that was checked: its name
 * may mean another file by now. */
#include "plugin/load.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

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

enum {
  FILE_ID_BITS = 64,
  OPENED_MAX = sizeof("/proc/self/fd") + 4 * (size_t)FILE_ID_BITS + 1 + 3 * sizeof(int)
};

/* A name of the descriptor that only this file ever has. The linker answers a name that it has seen
 * with the library that it found then, and descriptors' numbers come again: so the file's device
 * and inode are written into the way there, "/" for a 0 and "/." for a 1. */
static int name_descriptor(int fd, char name[static OPENED_MAX]) {
  struct stat st;
  if (fstat(fd, &st) < 0)
    return -1;
  const uint64_t id[] = {st.st_dev, st.st_ino};
  char *end = stpcpy(name, "/proc/self/fd");
  for (size_t i = 0; i < ARRAY_LEN(id); i++)
    for (int bit = 0; bit < FILE_ID_BITS; bit++)
      end = stpcpy(end, id[i] >> bit & 1 ? "/." : "/");
  snprintf(end, (size_t)(name + OPENED_MAX - end), "/%d", fd);
  return 0;
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
  char opened[OPENED_MAX];
  if (name_descriptor(owned, opened) < 0)
    return error_add(err, DAVIT_E_FAILED, "plugin.refused", NULL, "plugin %s: %s", file->path,
                     strerror(errno));
  loaded->name = file->name;
  loaded->path = file->path;
  loaded->handle = dlopen(opened, RTLD_NOW | RTLD_LOCAL);
  if (!loaded->handle)
    return refuse_load(arena, file, opened, err);
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
