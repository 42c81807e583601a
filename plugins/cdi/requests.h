/* SPDX-License-Identifier: Apache-2.0 */
/* How container agents ask a runtime for CDI devices: annotations
 *
 *     cdi.k8s.io/PLUGIN_DEVICE-ID: vendor/class=name,vendor/class=name...
 *
 * of a container, made here and read here. What does not follow the form is "cdi.annotation". */
#ifndef DAVIT_CDI_REQUESTS_H
#define DAVIT_CDI_REQUESTS_H

#include "util/arena.h"
#include "util/error.h"
#include "util/list.h"

extern const char annotation_prefix[]; /* of the keys of all requests */

/* NULL: the name is "vendor/class=name" by the format's grammar; else what is wrong with it, maybe
 * in the arena. */
const char *qualified_name_problem(struct arena *arena, const char *name);

struct cdi_annotation {
  const char *key;
  const char *value;
};

/* The annotation with which the agent's plugin asks for the devices (list, may be empty) that stand
 * for one of its own. Every problem is reported. */
int annotation_make(struct arena *arena, const char *plugin, const char *device_id,
                    const char *const *devices, struct cdi_annotation *annotation,
                    struct davit_error *err) MUST_CHECK;

/* The names in a request's value, list, in its order; all of them or none. */
int annotation_read(struct arena *arena, const struct where *at, const char *value,
                    const char *const **names, struct davit_error *err) MUST_CHECK;

#endif
