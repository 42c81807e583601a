/* SPDX-License-Identifier: Apache-2.0 */
/* CLEANUP() kinds for what glibc hands out; each room adds one for what it owns. */
#ifndef DAVIT_UTIL_CLEANUP_H
#define DAVIT_UTIL_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/attributes.h"

static inline void cleanup_free(void *owner) {
  free(*(void **)owner);
}

static inline void cleanup_fd(const int *fd) {
  if (*fd >= 0)
    close(*fd);
}

static inline int fd_steal(int *fd) {
  int stolen = *fd;
  *fd = -1;
  return stolen;
}

static inline void cleanup_file(FILE **file) {
  if (*file)
    fclose(*file);
}

static inline void cleanup_dir(DIR **dir) {
  if (*dir)
    closedir(*dir);
}

#endif
