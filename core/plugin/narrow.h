/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the devices that a provider found are meant by a request: those of its vendor and kinds.
 */
#ifndef DAVIT_PLUGIN_NARROW_H
#define DAVIT_PLUGIN_NARROW_H

#include "plugin/instance.h"
#include "plugin/registry.h"
#include "plugin/request.h"

struct narrowing {
  const char *vendor;       /* as asked; NULL: any */
  const char *const *kinds; /* NULL: every kind whose vendor part is `vendor` or begins with it */
};

/* The kinds of a request: its vendor, if that is a kind; else those that the vendor's own plugin
 * declares (`own`, NULL: there is none); and the kinds of the fully qualified names in it. */
int narrow_kinds(struct arena *arena, const struct device_request *request,
                 const struct provider *own, const char *const **kinds,
                 struct davit_error *err) MUST_CHECK;

bool narrow_keeps(const struct narrowing *narrowing, const struct provider *provider,
                  const struct davit_device *device);

/* Leaves in the inventory what is asked for. What CDI specs of several kinds have may be meant or
 * not: a count is of the first kind in `kinds` that is there; kinds that only the vendor's name
 * links are "gpu.ambiguous". */
int narrow_inventory(struct arena *arena, const struct narrowing *narrowing,
                     const struct provider *provider, const struct device_request *request,
                     struct inventory *inventory, struct davit_error *err) MUST_CHECK;

#endif
