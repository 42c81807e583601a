/* SPDX-License-Identifier: Apache-2.0 */
/* The driver that runs: its version and its machine, and the directory that its user-space files
 * are looked for in, which is a root of its own: no link of it leads out. */
#ifndef DAVIT_PLUGINS_NVIDIA_DRIVER_H
#define DAVIT_PLUGINS_NVIDIA_DRIVER_H

#include <stdbool.h>

#include "davit/plugin.h"
#include "nvidia/elf.h"

struct driver {
  const struct davit_host *host;
  const struct davit_files *files; /* below the root */
  const char *root;    /* before a path there to get the host's; "" for the host's own */
  const char *version; /* of the kernel module; NULL: it does not tell */
  struct elf_kind machine;
};

/* The version that the kernel module tells, "580.95.05"; NULL if it is not loaded. */
int driver_version(const struct davit_host *h, const char **version);

/* The driver with the host as its root. */
int driver_open(const struct davit_host *h, struct driver *driver);
/* The same below a directory of the host; DAVIT_E_NOT_FOUND if it is none. */
int driver_move_root(struct driver *driver, const char *root);

/* Without links and below the root; NULL if it leads nowhere there. */
int driver_real_path(const struct driver *driver, const char *path, const char **resolved);
int driver_list(const struct driver *driver, const char *dir, const char *const **names);
/* A regular file with something in it. One that is empty is told of. */
int driver_has_file(const struct driver *driver, const char *path, bool *answer);
/* With the root before it. */
const char *driver_host_path(const struct driver *driver, const char *path);

/* Tells whoever asks why a file is not given: davit -v. */
void driver_leave_out(const struct driver *driver, const char *path, const char *reason);

#endif
