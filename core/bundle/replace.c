/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "bundle/internal.h"
#include "util/io.h"

struct replacement {
  struct arena arena;
  struct place dir;
  const char *name; /* in it */
  struct stat old;
};

static int report(const struct replacement *replacement, const char *what,
                  struct davit_error *err) {
  return report_call(replacement->dir.path, replacement->name, what, "config.write", err);
}

static int check_file(const struct replacement *replacement, const char *path,
                      struct davit_error *err) {
  if (!S_ISREG(replacement->old.st_mode))
    return error_add(err, DAVIT_E_INVALID, "config.write", "leave out --in-place",
                     "%s is no regular file, and cannot be replaced by one", path);
  if (replacement->old.st_nlink > 1)
    return error_add(err, DAVIT_E_INVALID, "config.write",
                     "leave out --in-place, and write the result where it belongs",
                     "%s has %ju hard links, of which all but one would keep the old content", path,
                     (uintmax_t)replacement->old.st_nlink);
  return DAVIT_OK;
}

/* `real` is absolute and without links. */
static int open_place(struct replacement *replacement, const char *real, const char *path,
                      struct davit_error *err) {
  const char *slash = strrchr(real, '/');
  size_t length = slash == real ? 1 : (size_t)(slash - real);
  replacement->dir.path = arena_strndup(&replacement->arena, real, length);
  replacement->name = arena_strdup(&replacement->arena, slash + 1);
  if (!replacement->dir.path || !replacement->name)
    return error_memory(err);
  replacement->dir.fd = open(replacement->dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (replacement->dir.fd < 0)
    return report_call(replacement->dir.path, NULL, "opening it", "config.write", err);
  if (fstatat(replacement->dir.fd, replacement->name, &replacement->old, AT_SYMLINK_NOFOLLOW) < 0)
    return report(replacement, "looking at it", err);
  return check_file(replacement, path, err);
}

int replacement_open(const char *path, struct replacement **replacement, struct davit_error *err) {
  CLEANUP(free) char *real = realpath(path, NULL);
  if (!real)
    return error_add(err, errno == ENOENT ? DAVIT_E_NOT_FOUND : DAVIT_E_FAILED, "input.unreadable",
                     NULL, "%s: %s", path, strerror(errno));
  CLEANUP(replacement) struct replacement *opened = calloc(1, sizeof(*opened));
  if (!opened)
    return error_memory(err);
  opened->dir.fd = -1;
  int answer = open_place(opened, real, path, err);
  if (answer == DAVIT_OK)
    *replacement = STEAL(&opened);
  return answer;
}

void replacement_close(struct replacement *replacement) {
  if (!replacement)
    return;
  cleanup_place(&replacement->dir);
  arena_free(&replacement->arena);
  free(replacement);
}

/* ---- the new file --------------------------------------------------------------------------- */

static int keep_owner(const struct replacement *replacement, int fd, struct davit_error *err) {
  const struct stat *old = &replacement->old;
  struct stat made;
  if (fstat(fd, &made) < 0)
    return report(replacement, "writing it", err);
  if (made.st_uid == old->st_uid && made.st_gid == old->st_gid)
    return DAVIT_OK;
  if (fchown(fd, old->st_uid, old->st_gid) == 0)
    return DAVIT_OK;
  return error_add(err, DAVIT_E_DENIED, "config.write",
                   "run davit as its owner or as root, or leave out --in-place",
                   "%s/%s: keeping its owner, %u:%u: %s", replacement->dir.path, replacement->name,
                   old->st_uid, old->st_gid, strerror(errno));
}

static int keep_attribute(const struct replacement *replacement, int from, int to, const char *name,
                          struct davit_error *err) {
  char value[XATTR_SIZE_MAX];
  ssize_t size = fgetxattr(from, name, value, sizeof(value));
  if (size >= 0 && fsetxattr(to, name, value, (size_t)size, 0) == 0)
    return DAVIT_OK;
  return error_add(err, errno == EPERM ? DAVIT_E_DENIED : DAVIT_E_FAILED, "config.write",
                   "run davit as root, or leave out --in-place",
                   "%s/%s: keeping its attribute %s: %s", replacement->dir.path, replacement->name,
                   name, strerror(errno));
}

/* Access lists and security labels are such. */
static int keep_attributes(const struct replacement *replacement, int to, struct davit_error *err) {
  CLEANUP(fd)
  int from = openat(replacement->dir.fd, replacement->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  char names[XATTR_LIST_MAX];
  ssize_t size = from >= 0 ? flistxattr(from, names, sizeof(names)) : -1;
  if (size < 0)
    return from >= 0 && errno == ENOTSUP ? DAVIT_OK
                                         : report(replacement, "reading its attributes", err);
  int answer = DAVIT_OK;
  for (const char *name = names; answer == DAVIT_OK && name < names + size;
       name += strlen(name) + 1)
    answer = keep_attribute(replacement, from, to, name, err);
  return answer;
}

static int fill(const struct replacement *replacement, int fd, const char *text, size_t size,
                struct davit_error *err) {
  int answer = keep_owner(replacement, fd, err);
  if (answer == DAVIT_OK)
    answer = keep_attributes(replacement, fd, err);
  if (answer < 0)
    return answer;
  if (write_all(fd, text, size) < 0 || fchmod(fd, replacement->old.st_mode & 07777) < 0 ||
      fsync(fd) < 0)
    return report(replacement, "writing it", err);
  return DAVIT_OK;
}

static bool is_same_time(const struct timespec *a, const struct timespec *b) {
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* What somebody else wrote meanwhile is not to be lost. */
static int check_unchanged(const struct replacement *replacement, struct davit_error *err) {
  const struct stat *old = &replacement->old;
  struct stat now;
  if (fstatat(replacement->dir.fd, replacement->name, &now, AT_SYMLINK_NOFOLLOW) < 0)
    return report(replacement, "looking at it", err);
  if (now.st_dev == old->st_dev && now.st_ino == old->st_ino && now.st_size == old->st_size &&
      is_same_time(&now.st_mtim, &old->st_mtim) && is_same_time(&now.st_ctim, &old->st_ctim))
    return DAVIT_OK;
  return error_add(err, DAVIT_E_FAILED, "config.write", "run davit again",
                   "%s/%s was changed by somebody else meanwhile", replacement->dir.path,
                   replacement->name);
}

int replacement_write(const struct replacement *replacement, const char *text, size_t size,
                      struct davit_error *err) {
  struct prepared prepared = {
      .target = &replacement->dir, .name = replacement->name, .code = "config.write"};
  CLEANUP(fd) int fd = -1;
  int answer = prepared_open(&replacement->dir, &prepared, &fd, err);
  if (answer == DAVIT_OK)
    answer = fill(replacement, fd, text, size, err);
  if (answer == DAVIT_OK)
    answer = check_unchanged(replacement, err);
  if (answer == DAVIT_OK)
    answer = prepared_commit(&replacement->dir, &prepared, err);
  prepared_drop(&replacement->dir, &prepared);
  if (answer == DAVIT_OK && fsync(replacement->dir.fd) < 0)
    answer = report_call(replacement->dir.path, NULL, "writing it", "config.write", err);
  return answer;
}
