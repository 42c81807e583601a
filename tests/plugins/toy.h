/* SPDX-License-Identifier: Apache-2.0 */
/* What the toy plugins have in common: an instance, a device "0" and its node. */
#ifndef DAVIT_TESTS_PLUGINS_TOY_H
#define DAVIT_TESTS_PLUGINS_TOY_H

#include <stdlib.h>

#include "davit/plugin.h"

struct davit_instance {
  const struct davit_host *host;
};

static inline int toy_open(const struct davit_host *host, struct davit_instance **self) {
  struct davit_instance *opened = malloc(sizeof(*opened));
  if (!opened)
    return DAVIT_E_MEMORY;
  opened->host = host;
  *self = opened;
  return DAVIT_OK;
}

static inline void toy_close(struct davit_instance *self) {
  free(self);
}

static inline int toy_add_device(const struct davit_devices *out, const char *id,
                                 const char *node) {
  const char *const nodes[] = {node, NULL};
  const struct davit_device device = {DAVIT_SIZED(struct davit_device), .id = id,
                                      .kind = "acme.com/npu", .nodes = nodes};
  return out->add(out, &device);
}

static inline int toy_enumerate(struct davit_instance *self, const struct davit_query *query,
                                const struct davit_devices *out) {
  (void)self;
  (void)query;
  return toy_add_device(out, "0", "/dev/acme0");
}

/* The nodes of the devices chosen. */
static inline int toy_inject(struct davit_instance *self, const struct davit_request *request,
                             const struct davit_edits *edits) {
  (void)self;
  for (const struct davit_device *const *device = request->devices; device && *device; device++) {
    edits->source(edits, *device, NULL, 0);
    for (const char *const *path = (*device)->nodes; path && *path; path++) {
      const struct davit_device_node node = {DAVIT_SIZED(struct davit_device_node), .path = *path};
      int answer = edits->add_device_node(edits, &node);
      if (answer < 0)
        return answer;
    }
  }
  return DAVIT_OK;
}

static const char *const toy_vendors[] = {"acme", NULL};
static const char *const toy_kinds[] = {"acme.com/npu", NULL};

/* What davit looks at first; a toy that is wrong there writes its own. `type` says the size. */
#define TOY_HEAD(type)                                                                 \
  .magic = DAVIT_ABI_MAGIC, .struct_size = sizeof(type), .abi_major = DAVIT_ABI_MAJOR, \
  .abi_minor = DAVIT_ABI_MINOR

#define TOY_BODY(toy_name)                                                               \
  .name = (toy_name), .version = "0.1", .description = "a toy", .license = "Apache-2.0", \
  .vendors = toy_vendors, .kinds = toy_kinds, .rank = DAVIT_RANK_VENDOR, .close = toy_close

#define TOY_ENTRY(plugin)                                                                   \
  const struct davit_plugin *davit_plugin_entry(uint32_t host_major, uint32_t host_minor) { \
    (void)host_major;                                                                       \
    (void)host_minor;                                                                       \
    return &(plugin);                                                                       \
  }

#endif
