/* SPDX-License-Identifier: Apache-2.0 */
/* A device that a container was given, and on which terms: for whoever makes several containers and
 * has to see that the terms agree. */
#ifndef DAVIT_PLUGIN_CLAIM_H
#define DAVIT_PLUGIN_CLAIM_H

#include "davit/plugin.h"
#include "plugin/request.h"
#include "util/list.h"

struct device_claim {
  const char *name;         /* "nvidia.com/gpu=0" */
  const char *label;        /* for messages */
  const char *const *nodes; /* that are its own */
  const char *sharing;      /* "exclusive", "mps", ... */
  uint32_t most;            /* containers that may share it; 0: any number */
  struct where at;          /* the request */
};

/* Adds one for each of the devices (list) to `claims`. Everything in them lives in the arena. */
int claims_note(struct arena *arena, struct list *claims, const struct device_request *request,
                const struct davit_device *const *devices, struct davit_error *err) MUST_CHECK;

/* Whether the two are one device or a part of it: each has nodes of its own, and those of one are
 * among those of the other. */
bool claims_overlap(const struct device_claim *a, const struct device_claim *b);

#endif
