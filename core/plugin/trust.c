/* SPDX-License-Identifier: Apache-2.0 */
/* Whose files davit runs as code. The way from "/" to the file is walked by descriptors, each of
 * which is checked itself, so that nobody can put another file or directory in between. */
#include "plugin/load.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "util/cleanup.h"

enum {
  OVERFLOW_UID = 65534 /* who owns a file if the user namespace does not know the owner */
};

/* A path as a word for a shell, since hints are there to be copied. */
static const char *shell_word(struct arena *arena, const char *path) {
  static const char plain[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@,=";
  if (path[strspn(path, plain)] == '\0')
    return path;
  char *word = arena_alloc(arena, 4 * strlen(path) + 3);
  if (!word)
    return path;
  char *end = word;
  *end++ = '\'';
  for (; *path; path++) {
    if (*path == '\'')
      end = stpcpy(end, "'\\'");
    *end++ = *path;
  }
  *end = '\'';
  return word;
}

struct walk {
  struct arena *arena;
  const char *file; /* as found, for messages */
  const char *part; /* what is looked at now: the file itself or a directory above it */
  bool is_file;
  bool is_own_dir; /* the directory that the file lies in */
};

static int refuse_owner(const struct walk *walk, const struct stat *st, struct davit_error *err) {
  const char *hint;
  const char *why = "";
  if (st->st_uid == OVERFLOW_UID) {
    why = ": a user namespace shows the owners that it does not map as this one, root among them";
    hint = "run davit outside of the user namespace, or pass --allow-untrusted-plugins";
  } else {
    hint = arena_printf(walk->arena, "chown root %s, or pass --allow-untrusted-plugins",
                        shell_word(walk->arena, walk->part));
  }
  if (walk->is_file)
    return error_add(err, DAVIT_E_DENIED, "plugin.refused", hint,
                     "plugin %s belongs to uid %u (mode %04o), neither to root nor to the caller%s",
                     walk->part, st->st_uid, st->st_mode & 07777, why);
  return error_add(err, DAVIT_E_DENIED, "plugin.refused", hint,
                   "plugin %s: directory %s belongs to uid %u (mode %04o), neither to root nor to "
                   "the caller%s",
                   walk->file, walk->part, st->st_uid, st->st_mode & 07777, why);
}

static int refuse_mode(const struct walk *walk, const struct stat *st, struct davit_error *err) {
  const char *who = (st->st_mode & (S_IWGRP | S_IWOTH)) == (S_IWGRP | S_IWOTH) ? "group and others"
                    : st->st_mode & S_IWGRP                                    ? "group"
                                                                               : "others";
  const char *hint =
      arena_printf(walk->arena, "chmod go-w %s", shell_word(walk->arena, walk->part));
  if (walk->is_file)
    return error_add(err, DAVIT_E_DENIED, "plugin.refused", hint,
                     "plugin %s is writable by %s (owner uid %u, mode %04o)", walk->part, who,
                     st->st_uid, st->st_mode & 07777);
  return error_add(err, DAVIT_E_DENIED, "plugin.refused", hint,
                   "plugin %s: directory %s is writable by %s (owner uid %u, mode %04o)",
                   walk->file, walk->part, who, st->st_uid, st->st_mode & 07777);
}

static int check_part(const struct walk *walk, int fd, struct davit_error *err) {
  struct stat st;
  if (fstat(fd, &st) < 0)
    return error_add(err, DAVIT_E_FAILED, "plugin.refused", NULL, "plugin %s: %s: %s", walk->file,
                     walk->part, strerror(errno));
  if (st.st_uid != 0 && st.st_uid != geteuid())
    return refuse_owner(walk, &st, err);
  if (!(st.st_mode & (S_IWGRP | S_IWOTH)))
    return DAVIT_OK;
  /* In a sticky directory only the owner of an entry moves it, but anybody adds a new one. */
  if (!walk->is_file && !walk->is_own_dir && (st.st_mode & S_ISVTX))
    return DAVIT_OK;
  return refuse_mode(walk, &st, err);
}

static int refuse_missing(const char *path, int cause, struct davit_error *err) {
  return error_add(err, cause == EACCES ? DAVIT_E_DENIED : DAVIT_E_INVALID, "plugin.refused",
                   cause == EACCES ? "let the caller search its directories"
                                   : "see where the link leads, or take it away",
                   "plugin %s: %s", path, strerror(cause));
}

/* Opens `real`, a path without links, checking every directory on the way if asked to. */
static int walk_down(struct walk *walk, const char *real, bool check, int *fd,
                     struct davit_error *err) {
  CLEANUP(fd) int at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const char *part = real + 1;
  walk->part = "/";
  walk->is_own_dir = !strchr(part, '/');
  if (at < 0)
    return refuse_missing(walk->file, errno, err);
  for (;;) {
    int answer = check ? check_part(walk, at, err) : DAVIT_OK;
    if (answer < 0)
      return answer;
    if (walk->is_file)
      break;
    size_t length = strcspn(part, "/");
    walk->is_file = part[length] == '\0';
    walk->is_own_dir = !walk->is_file && !strchr(part + length + 1, '/');
    walk->part = arena_strndup(walk->arena, real, (size_t)(part - real) + length);
    const char *name = arena_strndup(walk->arena, part, length);
    if (!name || !walk->part)
      return error_memory(err);
    int next =
        openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC | (walk->is_file ? 0 : O_DIRECTORY));
    if (next < 0)
      return refuse_missing(walk->file, errno, err);
    close(at);
    at = next;
    part += length + 1;
  }
  *fd = fd_steal(&at);
  return DAVIT_OK;
}

int plugin_trust(struct arena *arena, const char *path, bool allow_untrusted, int *fd,
                 const char **real, struct davit_error *err) {
  CLEANUP(free) char *resolved = realpath(path, NULL);
  if (!resolved)
    return errno == ENOMEM ? error_memory(err) : refuse_missing(path, errno, err);
  const char *kept = arena_strdup(arena, resolved);
  if (!kept)
    return error_memory(err);
  struct stat st;
  struct walk walk = {.arena = arena, .file = path};
  CLEANUP(fd) int opened = -1;
  int answer = DAVIT_OK;
  if (strcmp(kept, "/") != 0)
    answer = walk_down(&walk, kept, !allow_untrusted, &opened, err);
  if (answer < 0)
    return answer;
  if (opened < 0 || fstat(opened, &st) < 0 || !S_ISREG(st.st_mode))
    return error_add(err, DAVIT_E_INVALID, "plugin.refused", "take it out of the plugin directory",
                     "plugin %s is not a regular file", path);
  *fd = fd_steal(&opened);
  *real = kept;
  return DAVIT_OK;
}
