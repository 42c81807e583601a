/* SPDX-License-Identifier: Apache-2.0 */
/* Writing under a temporary name, which nobody sees, and renaming. */
#include "bundle/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "util/io.h"

int report_call(const char *dir, const char *name, const char *what, const char *code,
                struct davit_error *err) {
  int number = errno;
  return error_add(err, number == EACCES || number == EPERM ? DAVIT_E_DENIED : DAVIT_E_FAILED, code,
                   NULL, "%s%s%s: %s: %s", dir, name ? "/" : "", name ? name : "", what,
                   strerror(number));
}

static int report(const struct prepared *prepared, const char *what, struct davit_error *err) {
  return report_call(prepared->target->path, prepared->name, what, prepared->code, err);
}

static int name_temporary(struct prepared *prepared, struct davit_error *err) {
  unsigned long long number;
  if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
    return report(prepared, "naming a temporary file", err);
  snprintf(prepared->temporary, sizeof(prepared->temporary), ".davit-new.%016llx", number);
  return DAVIT_OK;
}

int prepared_open(const struct place *own, struct prepared *prepared, int *fd,
                  struct davit_error *err) {
  int answer = name_temporary(prepared, err);
  if (answer < 0)
    return answer;
  *fd = openat(own->fd, prepared->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
               0600);
  if (*fd >= 0)
    return DAVIT_OK;
  answer = report(prepared, "writing it", err);
  prepared->temporary[0] = '\0';
  return answer;
}

/* rename(2) replaces anything but a directory: that is refused before the first one. */
static int check_target(const struct prepared *prepared, struct davit_error *err) {
  struct stat st;
  if (fstatat(prepared->target->fd, prepared->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
      !S_ISDIR(st.st_mode))
    return DAVIT_OK;
  return error_add(err, DAVIT_E_INVALID, prepared->code, "move it away",
                   "%s/%s is a directory, where a file of the bundle belongs",
                   prepared->target->path, prepared->name);
}

int prepare_file(const struct place *own, struct prepared *prepared, const struct made_file *file,
                 unsigned mode, struct davit_error *err) {
  CLEANUP(fd) int fd = -1;
  int answer = check_target(prepared, err);
  if (answer == DAVIT_OK)
    answer = prepared_open(own, prepared, &fd, err);
  if (answer < 0)
    return answer;
  /* The caller's umask says nothing about who reads a file inside the container. */
  if (write_all(fd, file->content, file->size) == 0 && fchmod(fd, mode) == 0 && fsync(fd) == 0)
    return DAVIT_OK;
  return report(prepared, "writing it", err);
}

int prepare_link(const struct place *own, struct prepared *prepared, const char *target,
                 struct davit_error *err) {
  int answer = name_temporary(prepared, err);
  if (answer == DAVIT_OK && symlinkat(target, own->fd, prepared->temporary) < 0)
    answer = report(prepared, "making it", err);
  return answer;
}

int prepared_commit(const struct place *own, struct prepared *prepared, struct davit_error *err) {
  if (renameat(own->fd, prepared->temporary, prepared->target->fd, prepared->name) < 0)
    return report(prepared, "putting it in place", err);
  prepared->temporary[0] = '\0';
  return DAVIT_OK;
}

void prepared_drop(const struct place *own, const struct prepared *prepared) {
  if (prepared->temporary[0])
    unlinkat(own->fd, prepared->temporary, 0);
}
