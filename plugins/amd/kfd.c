/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "amd/amd.h"
#include "common/read.h"

#define KFD_NODES "/sys/class/kfd/kfd/topology/nodes"

/* A decimal property; false if it is not there. */
static int read_property(const struct davit_host *h, const char *properties, const char *name,
                         bool *there, uint64_t *value) {
  const char *text;
  int rc = text_field(h, properties, name, ' ', &text);
  if (rc >= 0)
    *there = text && number_parse(text, 10, UINT64_MAX, value);
  return rc;
}

/* *is_gpu is false for a CPU and for what tells too little to find its device nodes. */
static int read_node(const struct davit_host *h, const char *properties, struct kfd_node *node,
                     bool *is_gpu) {
  uint64_t simds = 0, simds_per_unit = 0, location = 0;
  bool computes, has_units, has_location, has_minor, has_id;
  int rc;
  if ((rc = read_property(h, properties, "simd_count", &computes, &simds)) < 0 ||
      (rc = read_property(h, properties, "simd_per_cu", &has_units, &simds_per_unit)) < 0 ||
      (rc = read_property(h, properties, "location_id", &has_location, &location)) < 0 ||
      (rc = read_property(h, properties, "drm_render_minor", &has_minor, &node->render_minor)) <
          0 ||
      (rc = read_property(h, properties, "domain", &node->has_domain, &node->domain)) < 0 ||
      (rc = read_property(h, properties, "unique_id", &has_id, &node->unique_id)) < 0)
    return rc;
  /* The low three bits, elsewhere the PCI function, are the number of the partition. */
  node->bus = (uint32_t)(location >> 8) & 0xff;
  node->device = (uint32_t)(location >> 3) & 0x1f;
  if (has_units && simds_per_unit > 0)
    node->compute_units = simds / simds_per_unit;
  *is_gpu = computes && simds > 0 && has_location && has_minor;
  return DAVIT_OK;
}

static int by_render_minor(const void *a, const void *b) {
  const struct kfd_node *left = a, *right = b;
  return (left->render_minor > right->render_minor) - (left->render_minor < right->render_minor);
}

int kfd_read(const struct davit_host *h, struct kfd *kfd) {
  const char *const *names;
  int rc = read_dir(h, KFD_NODES, &names);
  if (rc < 0)
    return rc;
  size_t capacity = 0;
  while (names[capacity])
    capacity++;
  struct kfd_node *nodes = h->scratch(h, (capacity + 1) * sizeof(*nodes));
  if (!nodes)
    return DAVIT_E_MEMORY;
  size_t count = 0;
  for (size_t i = 0; i < capacity; i++) {
    const char *path = h->format(h, KFD_NODES "/%s/properties", names[i]);
    const char *properties;
    struct kfd_node node = {0};
    bool is_gpu = false;
    if ((rc = path ? read_text(h, path, &properties) : DAVIT_E_MEMORY) < 0)
      return rc;
    if (properties && (rc = read_node(h, properties, &node, &is_gpu)) < 0)
      return rc;
    if (is_gpu)
      nodes[count++] = node;
  }
  qsort(nodes, count, sizeof(*nodes), by_render_minor);
  kfd->nodes = nodes;
  kfd->count = count;
  return DAVIT_OK;
}
