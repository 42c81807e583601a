/* SPDX-License-Identifier: Apache-2.0 */
/* Opening names inside a root directory: no link, absolute or relative, and no ".." leads out. */
#ifndef DAVIT_HOST_RESOLVE_H
#define DAVIT_HOST_RESOLVE_H

#include <limits.h>

enum {
  RESOLVE_MAX_LINKS = 40,  /* as in the kernel */
  RESOLVE_MAX_STEPS = 8192 /* directories opened again in one walk */
};

/* A descriptor, or -1 and errno; flags of open(2), with O_CLOEXEC added. */
int resolve_open(int root, const char *path, int flags);

/* The same without help of the kernel. `resolved`, if not NULL, has PATH_MAX bytes and gets the
 * name of what was opened: absolute inside the root, and no component of it is a link (the last may
 * be one with O_NOFOLLOW). */
int resolve_walk(int root, const char *path, int flags, char *resolved);

#endif
