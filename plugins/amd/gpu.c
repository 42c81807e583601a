/* SPDX-License-Identifier: Apache-2.0 */
/* Which AMD GPUs are here. A GPU that the compute driver (KFD) does not know is of no use to ROCm,
 * nor is a render node: a partitioned GPU has more of them than partitions. The first partition has
 * the GPU's own DRM nodes, the others those of platform devices that do not name their GPU; only
 * the topology of KFD joins them. */
#include <string.h>

#include "amd/amd.h"
#include "common/by_path.h"
#include "common/pci.h"
#include "common/read.h"

struct scan {
  const struct davit_host *h;
  const struct davit_devices *out;
  struct kfd kfd;
  const struct by_path_link *links;
  const struct drm_nodes *partitions; /* of the platform devices */
  size_t partition_count;
  const char *driver_version;
  uint32_t next_index;
};

int partitions_read(const struct davit_host *h, const struct drm_nodes **partitions,
                    size_t *count) {
  const char *const *names;
  int rc = read_dir(h, "/sys/devices/platform", &names);
  if (rc < 0)
    return rc;
  size_t capacity = 0, found = 0;
  while (names[capacity])
    capacity++;
  struct drm_nodes *list = h->scratch(h, (capacity + 1) * sizeof(*list));
  if (!list)
    return DAVIT_E_MEMORY;
  for (; *names; names++) {
    uint64_t number;
    if (!name_number(*names, "amdgpu_xcp_", UINT32_MAX, &number) &&
        !name_number(*names, "amdgpu_xcp.", UINT32_MAX, &number))
      continue;
    const char *dir = h->format(h, "/sys/devices/platform/%s", *names);
    rc = dir ? drm_nodes(h, dir, &list[found]) : DAVIT_E_MEMORY;
    if (rc < 0)
      return rc;
    found++;
  }
  *partitions = list;
  *count = found;
  return DAVIT_OK;
}

static bool is_render(const struct drm_nodes *nodes, uint64_t minor) {
  return nodes->render.path && nodes->render.number == minor;
}

bool kfd_belongs_to(const struct kfd_node *node, const struct pci_function *function,
                    const struct drm_nodes *own) {
  if (!node->has_domain) /* such kernels know no partitions either */
    return is_render(own, node->render_minor);
  return node->domain == function->at.domain && node->bus == function->at.bus &&
         node->device == function->at.device;
}

/* The device nodes of a KFD node, or why it has none. */
static int find_nodes(const struct scan *scan, const struct kfd_node *node,
                      const struct drm_nodes *own, struct davit_device *device) {
  const struct drm_nodes *nodes = is_render(own, node->render_minor) ? own : NULL;
  for (size_t i = 0; !nodes && i < scan->partition_count; i++)
    if (is_render(&scan->partitions[i], node->render_minor))
      nodes = &scan->partitions[i];
  if (!nodes) {
    device->unusable = scan->h->format(scan->h, "no DRM device has its render minor %llu",
                                       (unsigned long long)node->render_minor);
    return device->unusable ? DAVIT_OK : DAVIT_E_MEMORY;
  }
  device->unusable = nodes->render.fault;
  if (device->unusable)
    return DAVIT_OK;
  int rc = drm_paths(scan->h, nodes, &device->nodes);
  return rc < 0 ? rc : by_path_names(scan->h, scan->links, device);
}

static int give_index(struct scan *scan, struct davit_device *device) {
  device->flags |= DAVIT_DEVICE_INDEX;
  device->index = scan->next_index++;
  device->id = scan->h->format(scan->h, "%u", device->index);
  return device->id ? DAVIT_OK : DAVIT_E_MEMORY;
}

static int add_partition(struct scan *scan, const struct davit_device *gpu, const char *mode,
                         const struct kfd_node *node, const struct drm_nodes *own) {
  struct davit_device part = {
      DAVIT_SIZED(struct davit_device),
      .flags = gpu->flags & DAVIT_DEVICE_NUMA,
      .numa_node = gpu->numa_node,
      .kind = AMD_KIND,
      .vendor = AMD_VENDOR,
      .pci_address = gpu->pci_address,
      .model = gpu->model,
      .driver = gpu->driver,
      .driver_version = gpu->driver_version,
      .parent = gpu->id,
      .profile = mode,
  };
  int rc = give_index(scan, &part);
  if (rc < 0 || (rc = find_nodes(scan, node, own, &part)) < 0)
    return rc;
  return scan->out->add(scan->out, &part);
}

/* What is known of the whole GPU. */
static int describe(const struct scan *scan, const struct pci_function *function,
                    const struct kfd_node *node, struct davit_device *device) {
  const struct davit_host *h = scan->h;
  uint64_t unique_id = node->unique_id;
  int rc = read_attribute(h, function->dir, "product_name", &device->model);
  if (rc < 0 ||
      (rc = read_number(h, function->dir, "mem_info_vram_total", 10, 0, &device->memory)) < 0)
    return rc;
  if (device->model && !*device->model)
    device->model = NULL;
  if (unique_id == 0 && (rc = read_number(h, function->dir, "unique_id", 16, 0, &unique_id)) < 0)
    return rc;
  device->driver_version = scan->driver_version;
  if (unique_id == 0)
    return DAVIT_OK;
  device->uuid = h->format(h, "GPU-%016llx", (unsigned long long)unique_id);
  return device->uuid ? DAVIT_OK : DAVIT_E_MEMORY;
}

/* A GPU bound to amdgpu: one device, or a group and its partitions. */
static int add_bound(struct scan *scan, const struct pci_function *function,
                     struct davit_device *device) {
  struct drm_nodes own;
  const char *mode;
  int rc = drm_nodes(scan->h, function->dir, &own);
  if (rc < 0 ||
      (rc = read_attribute(scan->h, function->dir, "current_compute_partition", &mode)) < 0)
    return rc;
  const struct kfd_node *first = NULL;
  size_t count = 0;
  for (size_t i = 0; i < scan->kfd.count; i++) {
    if (!kfd_belongs_to(&scan->kfd.nodes[i], function, &own))
      continue;
    first = first ? first : &scan->kfd.nodes[i];
    count++;
  }
  if (!first) {
    device->unusable = "not in the KFD topology: the kernel can not compute with it";
    return scan->out->add(scan->out, device);
  }
  if ((rc = describe(scan, function, first, device)) < 0)
    return rc;
  if (count == 1 && (!mode || strcmp(mode, "SPX") == 0)) {
    if ((rc = give_index(scan, device)) < 0 || (rc = find_nodes(scan, first, &own, device)) < 0)
      return rc;
    return scan->out->add(scan->out, device);
  }
  device->flags |= DAVIT_DEVICE_GROUP;
  rc = scan->out->add(scan->out, device);
  for (size_t i = 0; rc >= 0 && i < scan->kfd.count; i++)
    if (kfd_belongs_to(&scan->kfd.nodes[i], function, &own))
      rc = add_partition(scan, device, mode, &scan->kfd.nodes[i], &own);
  return rc;
}

int amd_enumerate(struct davit_instance *self, const struct davit_query *query,
                  const struct davit_devices *out) {
  static const char *const drivers[] = {"amdgpu", NULL};
  const struct davit_host *h = self->host;
  struct scan scan = {.h = h, .out = out};
  const struct pci_function *const *functions;
  int rc = refuse_unknown_flags(h, query->flags);
  if (rc < 0 || (rc = pci_list(h, PCI_VENDOR_AMD, &functions)) < 0)
    return rc;
  if (!*functions)
    return DAVIT_OK;
  if ((rc = kfd_read(h, &scan.kfd)) < 0 ||
      (rc = partitions_read(h, &scan.partitions, &scan.partition_count)) < 0 ||
      (rc = by_path_read(h, &scan.links)) < 0 ||
      (rc = read_attribute(h, "/sys/module/amdgpu", "version", &scan.driver_version)) < 0)
    return rc;
  for (; *functions; functions++) {
    struct davit_device device = pci_device(*functions, AMD_KIND, AMD_VENDOR);
    if ((rc = pci_unbound_reason(h, *functions, drivers, &device.unusable)) < 0)
      return rc;
    rc = device.unusable ? out->add(out, &device) : add_bound(&scan, *functions, &device);
    if (rc < 0)
      return rc;
  }
  return DAVIT_OK;
}
