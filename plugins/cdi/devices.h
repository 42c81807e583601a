/* SPDX-License-Identifier: Apache-2.0 */
/* Devices of all specs: which definition of a name is in force, and the order of counting. */
#ifndef DAVIT_CDI_DEVICES_H
#define DAVIT_CDI_DEVICES_H

#include "cdi/index.h"

struct other_definition {
  const struct spec_file *file;
  const struct cdi_device *device;
};

struct found_device {
  const char *full_name; /* "nvidia.com/gpu=0" */
  const char *kind;
  const struct cdi_device *device;
  const struct spec_file *file;
  struct list rivals;       /* struct other_definition: others of the same priority */
  struct list shadowed;     /* struct other_definition: of lower priorities */
  const char *const *nodes; /* host paths, sorted, each once */
  const char *uuid;         /* that its own name or its twin's name is */
  bool is_number;           /* its name is one */
  bool is_uuid;             /* its name is one */
  bool is_alias;            /* "all", or a twin: the nodes of an earlier device */
  uint32_t number;
  size_t kind_place; /* of its kind among those asked */
};

/* The devices of the kinds that the filter wants, struct found_device: by kind, in a kind in the
 * order of counting. False: out of memory. */
bool devices_resolve(struct index *index, const struct filter *filter,
                     struct list *devices) MUST_CHECK;

/* The order of counting in a kind. */
int device_names_compare(const char *a, const char *b);

#endif
