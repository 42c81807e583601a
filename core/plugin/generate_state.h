/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of generate.h share: generate.c (who, which devices), generate_edits.c (what they
 * do), generate_names.c (what they are called). */
#ifndef DAVIT_PLUGIN_GENERATE_STATE_H
#define DAVIT_PLUGIN_GENERATE_STATE_H

#include "plugin/edit.h"
#include "plugin/generate.h"
#include "util/map.h"

struct generator {
  struct arena *arena;
  const struct host *host;
  const struct log *log;
  const struct oci *oci; /* a container of which nothing is known */
  struct instance *instance;
  struct list parts;  /* struct generated_part *: what is written */
  struct list common; /* struct edit *: what all devices share */
  struct map told;    /* what a warning has been given for */
};

/* A device of the plugin's and what it does to a container. */
struct generated_part {
  const struct davit_device *device;
  struct list edits; /* struct edit *, one a subject; without the common ones in the end */
  struct map by_subject;
};

/* Fills in the edits of each part and the common ones. */
int generate_edits(struct generator *generator, struct davit_error *err) MUST_CHECK;
/* Makes the devices of the spec: each part under all its names, then all of them together. */
int generate_devices(struct generator *generator, struct generated_spec *spec,
                     struct davit_error *err) MUST_CHECK;

/* Why a CDI file cannot hold the edit; NULL: it can. */
const char *edit_unsayable(const struct edit *edit);

#endif
