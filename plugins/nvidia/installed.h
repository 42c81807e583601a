/* SPDX-License-Identifier: Apache-2.0 */
/* Which versions of the driver's libraries are installed below a root: the host's, or that of a
 * container. */
#ifndef DAVIT_PLUGINS_NVIDIA_INSTALLED_H
#define DAVIT_PLUGINS_NVIDIA_INSTALLED_H

#include <stdbool.h>
#include <stddef.h>

#include "nvidia/driver.h"

struct installed {
  const char *path;    /* of libcuda.so.VERSION, below the driver's root */
  const char *version; /* the end of its name */
  bool is_empty;       /* zero bytes: a mount point that a runtime left behind */
};

/* Those for the driver's machine, each once, in the order in which a loader would look. */
int installed_find(const struct driver *driver, const struct installed **found, size_t *count);

#endif
