/* SPDX-License-Identifier: Apache-2.0 */
/* Which versions of the driver's libraries are installed below a root: the host's, or that of a
 * container. */
#ifndef DAVIT_PLUGINS_NVIDIA_INSTALLED_H
#define DAVIT_PLUGINS_NVIDIA_INSTALLED_H

#include <stdbool.h>
#include <stddef.h>

#include "davit/plugin.h"

struct installed {
  const char *path;    /* of libcuda.so.VERSION */
  const char *version; /* the end of its name */
  bool is_empty;       /* zero bytes: a mount point that a runtime left behind */
};

/* Each once, in the order in which a loader would look. */
int installed_find(const struct davit_host *h, const struct davit_files *files,
                   const struct installed **found, size_t *count);

#endif
