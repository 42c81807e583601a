/* SPDX-License-Identifier: Apache-2.0 */
/* Which Intel GPUs are here. A GPU whose SR-IOV virtual functions are in use is not given: what it
 * has is theirs. Level Zero counts the GPUs bound to a driver, in the order of their addresses. */
#include <string.h>

#include "common/by_path.h"
#include "common/drm.h"
#include "common/pci.h"
#include "common/read.h"
#include "intel/intel.h"

enum {
  MOST_VIRTUAL_FUNCTIONS = 0xffff
};

struct gpu {
  const struct pci_function *function;
  struct davit_device device;
};

struct scan {
  const struct davit_host *h;
  const struct by_path_link *links;
  struct gpu *gpus;
  size_t count;
};

/* Nodes and the reasons against a GPU that is bound to its driver. */
static int describe(const struct scan *scan, const struct pci_function *function,
                    struct davit_device *device) {
  const struct davit_host *h = scan->h;
  struct drm_nodes nodes;
  uint64_t functions_in_use;
  const char *version_dir = h->format(h, "/sys/module/%s", function->driver);
  int rc = version_dir ? read_attribute(h, version_dir, "version", &device->driver_version)
                       : DAVIT_E_MEMORY;
  if (rc < 0 || (rc = drm_nodes(h, function->dir, &nodes)) < 0 ||
      (rc = read_number(h, function->dir, "sriov_numvfs", 10, 0, &functions_in_use)) < 0)
    return rc;
  if (functions_in_use > 0)
    device->unusable = "its virtual functions are in use; they are devices of their own";
  else if (!nodes.render.path)
    device->unusable = "the driver makes no render node for it";
  else
    device->unusable = nodes.render.fault;
  if (device->unusable || (rc = drm_paths(h, &nodes, &device->nodes)) < 0)
    return rc;
  return by_path_names(h, scan->links, device);
}

/* The number N of the link "virtfnN" that leads to the function; *found is false if there is none.
 */
static int find_number(const struct davit_host *h, const struct pci_function *physical,
                       const struct pci_function *function, bool *found, uint64_t *number) {
  const char *const *names;
  int rc = read_dir(h, physical->dir, &names);
  *found = false;
  for (; rc >= 0 && !*found && *names; names++) {
    const char *target;
    if (!name_number(*names, "virtfn", MOST_VIRTUAL_FUNCTIONS, number))
      continue;
    rc = read_link_name(h, physical->dir, *names, &target);
    *found = rc >= 0 && target && strcmp(target, function->name) == 0;
  }
  return rc;
}

/* A virtual function is a part of the GPU that its "physfn" names. */
static int find_whole(const struct scan *scan, struct gpu *gpu) {
  const struct davit_host *h = scan->h;
  const char *name;
  int rc = read_link_name(h, gpu->function->dir, "physfn", &name);
  if (rc < 0 || !name)
    return rc;
  for (size_t i = 0; i < scan->count; i++) {
    const struct gpu *whole = &scan->gpus[i];
    bool found;
    uint64_t number;
    if (strcmp(whole->function->name, name) != 0)
      continue;
    gpu->device.parent = whole->device.id;
    rc = find_number(h, whole->function, gpu->function, &found, &number);
    if (rc < 0 || !found)
      return rc;
    gpu->device.profile = h->format(h, "VF %llu", (unsigned long long)number);
    return gpu->device.profile ? DAVIT_OK : DAVIT_E_MEMORY;
  }
  return DAVIT_OK;
}

static int read_gpu(struct scan *scan, const struct pci_function *function, uint32_t *next_index) {
  static const char *const drivers[] = {"i915", "xe", NULL};
  const struct davit_host *h = scan->h;
  struct gpu *gpu = &scan->gpus[scan->count];
  struct davit_device *device = &gpu->device;
  *gpu =
      (struct gpu){.function = function, .device = pci_device(function, INTEL_KIND, INTEL_VENDOR)};
  int rc = pci_unbound_reason(h, function, drivers, &device->unusable);
  if (rc >= 0 && !device->unusable) {
    device->flags |= DAVIT_DEVICE_INDEX;
    device->index = (*next_index)++;
    device->id = h->format(h, "%u", device->index);
    rc = device->id ? describe(scan, function, device) : DAVIT_E_MEMORY;
  }
  if (rc < 0)
    return rc;
  scan->count++;
  return DAVIT_OK;
}

int intel_enumerate(struct davit_instance *self, const struct davit_query *query,
                    const struct davit_devices *out) {
  const struct davit_host *h = self->host;
  const struct pci_function *const *functions;
  struct scan scan = {.h = h};
  int rc = refuse_unknown_flags(h, query->flags);
  if (rc < 0 || (rc = pci_list(h, PCI_VENDOR_INTEL, &functions)) < 0 ||
      (rc = by_path_read(h, &scan.links)) < 0)
    return rc;
  size_t capacity = 0;
  while (functions[capacity])
    capacity++;
  scan.gpus = h->scratch(h, (capacity + 1) * sizeof(*scan.gpus));
  if (!scan.gpus)
    return DAVIT_E_MEMORY;
  uint32_t next_index = 0;
  for (; rc >= 0 && *functions; functions++)
    if (pci_is_display(*functions)) /* an NPU is an accelerator of another kind */
      rc = read_gpu(&scan, *functions, &next_index);
  for (size_t i = 0; rc >= 0 && i < scan.count; i++) {
    rc = find_whole(&scan, &scan.gpus[i]);
    if (rc >= 0)
      rc = out->add(out, &scan.gpus[i].device);
  }
  return rc < 0 ? rc : DAVIT_OK;
}
