/* SPDX-License-Identifier: Apache-2.0 */
/* Every definition of every device, and which of them counts. */
#ifndef DAVIT_CDI_DEFINITIONS_H
#define DAVIT_CDI_DEFINITIONS_H

#include "cdi/index.h"

struct definition {
  const char *name; /* in full: "nvidia.com/gpu=0" */
  const struct spec_file *file;
  const struct cdi_device *device;
  const struct definition *shadowed_by; /* in a directory of higher priority; NULL: in none */
  const struct definition *rival;       /* one of the same priority; NULL: there is none */
  size_t place;                         /* among all as they were read */
};

/* The definitions in all files that could be read, struct definition: by kind, in a kind in the
 * order of counting; those of one device by falling priority, then as they were read. False: out of
 * memory. */
bool definitions_list(const struct index *index, struct list *definitions) MUST_CHECK;
/* It is what a container gets that asks for the device. */
bool definition_counts(const struct definition *definition);

#endif
