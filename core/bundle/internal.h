/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: reports of failed calls, and files that wait under a temporary name. */
#ifndef DAVIT_BUNDLE_INTERNAL_H
#define DAVIT_BUNDLE_INTERNAL_H

#include "util/cleanup.h"
#include "util/error.h"
#include "util/file.h"
#include "util/list.h"

/* A directory, and what messages call it. */
struct place {
  int fd;
  const char *path;
};

static inline void cleanup_place(const struct place *place) {
  cleanup_fd(&place->fd);
}

/* One of davit's calls on `name` (NULL: the directory itself) went wrong; errno says how. */
int report_call(const char *dir, const char *name, const char *what, const char *code,
                struct davit_error *err);

/* A file or link under a temporary name in davit's own directory, to be renamed to `name` of
 * `target` when everything else is ready. */
struct prepared {
  const struct place *target;
  const char *name;
  const char *code;   /* of what goes wrong with it */
  char temporary[32]; /* "": nothing to rename */
};

/* Opens a new, empty file under a temporary name. */
int prepared_open(const struct place *own, struct prepared *prepared, int *fd,
                  struct davit_error *err) MUST_CHECK;

int prepare_file(const struct place *own, struct prepared *prepared, const struct made_file *file,
                 unsigned mode, struct davit_error *err) MUST_CHECK;
int prepare_link(const struct place *own, struct prepared *prepared, const char *target,
                 struct davit_error *err) MUST_CHECK;
int prepared_commit(const struct place *own, struct prepared *prepared,
                    struct davit_error *err) MUST_CHECK;
void prepared_drop(const struct place *own, const struct prepared *prepared);

#endif
