/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's libraries on the host: those of the running version, of one ELF kind, that the
 * capabilities need. Every other that is found is named in the log, with the reason. */
#ifndef DAVIT_PLUGINS_NVIDIA_LIBRARIES_H
#define DAVIT_PLUGINS_NVIDIA_LIBRARIES_H

#include "nvidia/catalogue.h"
#include "nvidia/driver.h"

struct library_name {
  const struct library_name *next;
  const char *text; /* "libcuda.so.1", or below a directory: "gbm/nvidia-drm_gbm.so" */
};

struct library {
  const struct library *next;
  const char *dir;                  /* where it was found, below the driver's root */
  const char *path;                 /* the file itself, without links */
  const struct library_name *names; /* all of them; the file's own first */
};

struct libraries {
  const struct library *first; /* in the order of the directories, and of names there */
  const char *other_version;   /* of files that are not the running driver's; NULL: none seen */
};

int libraries_find(const struct driver *driver, struct elf_kind kind, uint32_t capabilities,
                   struct libraries *libraries);

/* Whether one of them has that name. */
bool libraries_have(const struct libraries *libraries, const char *name);

#endif
