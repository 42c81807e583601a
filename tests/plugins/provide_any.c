/* SPDX-License-Identifier: Apache-2.0 */
/* A toy that serves any vendor and knows one: "xe", as drm knows kernel drivers. */
#include "provide_toy.h"

static int enumerate(struct davit_instance *self, const struct davit_query *query,
                     const struct davit_devices *out) {
  const struct davit_device device = {.kind = "drm/gpu", .driver = "xe"};
  if (query->vendor && strcmp(query->vendor, "xe") != 0)
    return DAVIT_OK;
  return add_toys(self, out, &device, &device, "any.broken", "no driver");
}

static int inject(struct davit_instance *self, const struct davit_request *request,
                  const struct davit_edits *edits) {
  return inject_toys(self, request, edits, "any");
}

static const char *const vendors[] = {"*", NULL};

static const struct davit_plugin plugin = {
    TOY_HEAD(struct davit_plugin), .name = "any",           .version = "0.1",
    .description = "a toy",        .license = "Apache-2.0", .vendors = vendors,
    .rank = DAVIT_RANK_GENERIC,    .open = toy_open,        .close = toy_close,
    .enumerate = enumerate,        .inject = inject};

TOY_ENTRY(plugin)
