/* SPDX-License-Identifier: Apache-2.0 */
/* The files of NVIDIA's user-space driver, and which capability needs them. AMD's, Intel's and
 * Mesa's drivers come with the image; NVIDIA's must be of the kernel module's very version. */
#ifndef DAVIT_PLUGINS_NVIDIA_CATALOGUE_H
#define DAVIT_PLUGINS_NVIDIA_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalogue_library { /* STEM.so.VERSION */
  const char *stem;
  uint32_t capabilities; /* any of these */
  /* What programs and other libraries call it, beside its own name: behind "STEM.so", or, if it
   * begins with no dot, a whole name. */
  const char *links[3];
  bool own_version; /* not the driver's: the name of its first link says which is in use */
};

/* NULL: none of NVIDIA's that is known. The stem has `length` bytes. */
const struct catalogue_library *catalogue_find(const char *stem, size_t length);

struct catalogue_file {
  const char *name;
  uint32_t capabilities;
};

/* Ended by a name of NULL. Programs are by their names; configuration files by where a container's
 * programs look for them: below /etc, or below /usr/share. */
extern const struct catalogue_file catalogue_programs[];
extern const struct catalogue_file catalogue_etc[];
extern const struct catalogue_file catalogue_share[];

#endif
