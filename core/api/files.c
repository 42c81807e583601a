/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the caller: what he names on the command line, as he sees it, not below the host root.
 */
#include "api/session.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "doc/doc.h"
#include "util/cleanup.h"

static int unreadable(const char *name, int number, struct davit_error *err) {
  return error_add(err, number == ENOENT ? DAVIT_E_NOT_FOUND : DAVIT_E_FAILED, "input.unreadable",
                   NULL, "%s: %s", name, strerror(number));
}

int read_input(struct session *session, const char *path, const char **name, const char **text,
               size_t *size, struct davit_error *err) {
  bool from_stdin = session->reads_stdin && strcmp(path, "-") == 0;
  *name = from_stdin ? "<stdin>" : path;
  CLEANUP(fd)
  int fd = from_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return unreadable(*name, errno, err);

  size_t used = 0, room = 65536;
  CLEANUP(free) char *buffer = NULL;
  for (;;) {
    if (used == room || !buffer) {
      room = buffer ? room * 2 : room;
      char *larger = realloc(buffer, room);
      if (!larger)
        return error_memory(err);
      buffer = larger;
    }
    ssize_t got = read(fd, buffer + used, room - used);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return unreadable(*name, errno, err);
    if (got == 0)
      break;
    used += (size_t)got;
    if (used > DOC_MAX_BYTES)
      return error_add(err, DAVIT_E_INVALID, "input.unreadable", NULL, "%s: more than %d MiB",
                       *name, DOC_MAX_BYTES / 1024 / 1024);
  }
  *text = arena_strndup(&session->arena, buffer, used);
  *size = used;
  return *text ? DAVIT_OK : error_memory(err);
}

int real_path(struct session *session, const char *path, const char *code, const char **real,
              struct davit_error *err) {
  CLEANUP(free) char *resolved = realpath(path, NULL);
  if (!resolved)
    return error_add(err, errno == ENOENT ? DAVIT_E_NOT_FOUND : DAVIT_E_FAILED, code, NULL,
                     "%s: %s", path, strerror(errno));
  *real = arena_strdup(&session->arena, resolved);
  return *real ? DAVIT_OK : error_memory(err);
}
