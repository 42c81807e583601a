/* SPDX-License-Identifier: Apache-2.0 */
#include "drm/devices.h"

#include <stdlib.h>
#include <string.h>

#include "common/read.h"

#define DRM_CLASS "/sys/class/drm"

static int by_place(const void *a, const void *b) {
  const struct drm_device *left = a, *right = b;
  if (left->on_pci != right->on_pci)
    return left->on_pci ? -1 : 1;
  int order = left->on_pci ? pci_compare(&left->at, &right->at) : 0;
  return order ? order : strcmp(left->dir, right->dir);
}

/* The device that a card or render node belongs to; *found is false for connectors, and for nodes
 * without a device. */
static int read_device(const struct davit_host *h, const char *name, struct drm_device *device,
                       bool *found) {
  uint64_t number;
  *found = false;
  if (!name_number(name, "card", UINT32_MAX, &number) &&
      !name_number(name, "renderD", UINT32_MAX, &number))
    return DAVIT_OK;
  const char *link = h->format(h, DRM_CLASS "/%s/device", name);
  if (!link)
    return DAVIT_E_MEMORY;
  int rc = h->files->real_path(h->files, link, &device->dir);
  if (rc < 0)
    return rc == DAVIT_E_MEMORY ? rc : DAVIT_OK;
  const char *slash = strrchr(device->dir, '/');
  device->name = slash ? slash + 1 : device->dir;
  device->on_pci = pci_parse(device->name, &device->at);
  *found = true;
  return DAVIT_OK;
}

int list_devices(const struct davit_host *h, const struct drm_device **devices, size_t *count) {
  const char *const *names;
  int rc = read_dir(h, DRM_CLASS, &names);
  if (rc < 0)
    return rc;
  size_t capacity = 0, nodes = 0, kept = 0;
  while (names[capacity])
    capacity++;
  struct drm_device *list = h->scratch(h, (capacity + 1) * sizeof(*list));
  if (!list)
    return DAVIT_E_MEMORY;
  for (size_t i = 0; i < capacity; i++) {
    bool found;
    if ((rc = read_device(h, names[i], &list[nodes], &found)) < 0)
      return rc;
    nodes += found;
  }
  qsort(list, nodes, sizeof(*list), by_place);
  for (size_t i = 0; i < nodes; i++)
    if (kept == 0 || strcmp(list[kept - 1].dir, list[i].dir) != 0)
      list[kept++] = list[i];
  *devices = list;
  *count = kept;
  return DAVIT_OK;
}
