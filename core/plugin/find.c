/* SPDX-License-Identifier: Apache-2.0 */
/* Where plugins lie: the search order, and which file of a name wins. Only names are looked at
 * here; whether a file may be loaded is a matter of trust.c. */
#include "plugin/load.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "plugin/names.h"
#include "util/cleanup.h"
#include "util/list.h"
#include "util/map.h"

/* As the user wrote it, but absolute, and without a "./" before and slashes behind it. */
static const char *make_absolute(struct arena *arena, const char *dir, size_t length,
                                 struct davit_error *err) {
  while (length > 1 && dir[length - 1] == '/')
    length--;
  const char *path;
  if (dir[0] == '/') {
    path = arena_strndup(arena, dir, length);
  } else {
    CLEANUP(free) char *cwd = getcwd(NULL, 0);
    if (!cwd) {
      error_add(err, DAVIT_E_FAILED, "plugin.directory", "give an absolute path",
                "plugin directory \"%.*s\": the working directory is not known: %s", (int)length,
                dir, strerror(errno));
      return NULL;
    }
    while (length > 2 && dir[0] == '.' && dir[1] == '/') {
      dir += 2;
      length -= 2;
    }
    path = length == 1 && dir[0] == '.'
               ? arena_strdup(arena, cwd)
               : arena_printf(arena, "%s/%.*s", strcmp(cwd, "/") ? cwd : "", (int)length, dir);
  }
  if (!path)
    error_memory(err);
  return path;
}

static int add_dir(struct arena *arena, struct list *dirs, const char *dir, size_t length,
                   struct davit_error *err) {
  const char *path = make_absolute(arena, dir, length, err);
  if (!path)
    return err->last->answer;
  if (strings_contain(list_strings(dirs), path)) /* its files would shadow themselves */
    return DAVIT_OK;
  return list_push(arena, dirs, path) ? DAVIT_OK : error_memory(err);
}

static int refuse_dir(const char *dir, int cause, const char *hint, struct davit_error *err) {
  int answer = cause == ENOENT    ? DAVIT_E_NOT_FOUND
               : cause == EACCES  ? DAVIT_E_DENIED
               : cause == ENOTDIR ? DAVIT_E_INVALID
                                  : DAVIT_E_FAILED;
  return error_add(err, answer, "plugin.directory", hint, "plugin directory \"%s\": %s", dir,
                   strerror(cause));
}

/* A directory that somebody named in this call must be there. */
static int check_named(const char *dir, struct davit_error *err) {
  static const char hint[] = "give --plugin-dir a directory of plugins (NAME.so)";
  struct stat st;
  if (stat(dir, &st) < 0)
    return refuse_dir(dir, errno, hint, err);
  return S_ISDIR(st.st_mode) ? DAVIT_OK : refuse_dir(dir, ENOTDIR, hint, err);
}

/* All directories in the order of the search, absolute, each once. */
static int list_dirs(struct arena *arena, const struct plugin_path *path, struct list *dirs,
                     struct davit_error *err) {
  for (const char *const *dir = path->dirs; dir && *dir; dir++) {
    int answer = add_dir(arena, dirs, *dir, strlen(*dir), err);
    if (answer == DAVIT_OK)
      answer = check_named(*dir, err);
    if (answer < 0)
      return answer;
  }
  for (const char *entry = path->variable; entry;) {
    size_t length = strcspn(entry, ":");
    int answer = length > 0 ? add_dir(arena, dirs, entry, length, err) : DAVIT_OK;
    if (answer < 0)
      return answer;
    entry = entry[length] ? entry + length + 1 : NULL;
  }
  if (!path->default_dir)
    return DAVIT_OK;
  return add_dir(arena, dirs, path->default_dir, strlen(path->default_dir), err);
}

static int add_file(struct arena *arena, struct list *files, struct map *winners, const char *dir,
                    const char *name, struct davit_error *err) {
  struct plugin_file *file = arena_alloc(arena, sizeof(*file));
  if (!file)
    return error_memory(err);
  file->name = arena_strndup(arena, name, strlen(name) - strlen(".so"));
  file->path = arena_printf(arena, "%s/%s", strcmp(dir, "/") ? dir : "", name);
  if (!file->name || !file->path || !list_push(arena, files, file))
    return error_memory(err);
  void **winner = map_find(winners, file->name);
  if (winner) {
    file->shadowed_by = ((const struct plugin_file *)*winner)->path;
    return DAVIT_OK;
  }
  return map_put(arena, winners, file->name, file) ? DAVIT_OK : error_memory(err);
}

static int has_plugin_name(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 3 && strcmp(entry->d_name + length - 3, ".so") == 0 &&
         is_plugin_name(entry->d_name, length - 3);
}

static int bytewise(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static int scan_dir(struct arena *arena, struct list *files, struct map *winners, const char *dir,
                    struct davit_error *err) {
  struct dirent **entries;
  int count = scandir(dir, &entries, has_plugin_name, bytewise);
  if (count < 0 && (errno == ENOENT || errno == ENOTDIR))
    return DAVIT_OK; /* named ones were looked at before */
  if (count < 0)
    return refuse_dir(dir, errno, "let davit read it, or leave it out of DAVIT_PLUGIN_PATH", err);
  int answer = DAVIT_OK;
  for (int i = 0; i < count; i++) {
    if (answer == DAVIT_OK)
      answer = add_file(arena, files, winners, dir, entries[i]->d_name, err);
    free(entries[i]);
  }
  free(entries);
  return answer;
}

int plugin_find_all(struct arena *arena, const struct plugin_path *path,
                    const struct plugin_file *const **files, struct davit_error *err) {
  static const struct plugin_file *const none[] = {NULL};
  struct list dirs = {0}, found = {0};
  struct map winners = {0};
  int answer = list_dirs(arena, path, &dirs, err);
  for (size_t i = 0; answer == DAVIT_OK && i < dirs.count; i++)
    answer = scan_dir(arena, &found, &winners, dirs.items[i], err);
  if (answer < 0)
    return answer;
  *files = found.items ? (const struct plugin_file *const *)found.items : none;
  return DAVIT_OK;
}

int plugin_find(struct arena *arena, const struct plugin_path *path, const char *name,
                const struct plugin_file **file, struct davit_error *err) {
  struct list dirs = {0}, found = {0};
  struct map winners = {0};
  int answer = list_dirs(arena, path, &dirs, err);
  if (answer < 0)
    return answer;
  *file = NULL;
  if (!is_plugin_name(name, strlen(name))) /* "0x1e52", "acme.com/npu", "../x" */
    return DAVIT_OK;
  const char *file_name = arena_printf(arena, "%s.so", name);
  if (!file_name)
    return error_memory(err);
  for (size_t i = 0; i < dirs.count; i++) {
    CLEANUP(fd) int dir = open(dirs.items[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    if (dir >= 0 && fstatat(dir, file_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
      answer = add_file(arena, &found, &winners, dirs.items[i], file_name, err);
      if (answer == DAVIT_OK && found.items)
        *file = found.items[0];
      return answer;
    }
    if (errno != ENOENT && errno != ENOTDIR)
      return refuse_dir(dirs.items[i], errno, "let davit search it, or leave it out", err);
  }
  return DAVIT_OK;
}
