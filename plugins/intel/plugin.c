/* SPDX-License-Identifier: Apache-2.0 */
/* intel.so: Intel GPUs with i915 or xe. User space is in the image: a container needs the DRM nodes
 * only. */
#include "common/drm.h"
#include "common/instance.h"
#include "common/pci.h"
#include "common/read.h"
#include "common/visible.h"

#define INTEL_KIND   "intel.com/gpu"
#define INTEL_VENDOR "intel"

enum {
  PCI_VENDOR_INTEL = 0x8086
};

/* Nodes and the reasons against a GPU that is bound to its driver. */
static int describe(const struct davit_host *h, const struct pci_function *function,
                    struct davit_device *device) {
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
  return device->unusable ? DAVIT_OK : drm_paths(h, &nodes, &device->nodes);
}

/* Level Zero counts the GPUs bound to a driver, in the order of their addresses. */
static int enumerate(struct davit_instance *self, const struct davit_query *query,
                     const struct davit_devices *out) {
  static const char *const drivers[] = {"i915", "xe", NULL};
  const struct davit_host *h = self->host;
  const struct pci_function *const *functions;
  int rc = refuse_unknown_flags(h, query->flags);
  if (rc < 0 || (rc = pci_list(h, PCI_VENDOR_INTEL, &functions)) < 0)
    return rc;
  uint32_t index = 0;
  for (; *functions; functions++) {
    if (!pci_is_display(*functions)) /* an NPU is an accelerator of another kind */
      continue;
    struct davit_device device = pci_device(*functions, INTEL_KIND, INTEL_VENDOR);
    if ((rc = pci_unbound_reason(h, *functions, drivers, &device.unusable)) < 0)
      return rc;
    if (!device.unusable) {
      device.flags |= DAVIT_DEVICE_INDEX;
      device.index = index++;
      device.id = h->format(h, "%u", device.index);
      if ((rc = device.id ? describe(h, *functions, &device) : DAVIT_E_MEMORY) < 0)
        return rc;
    }
    if ((rc = out->add(out, &device)) < 0)
      return rc;
  }
  return DAVIT_OK;
}

/* A GPU made of several tiles. */
static int is_tiled(const struct davit_host *h, const struct davit_device *device, bool *tiled) {
  struct pci_address at;
  *tiled = false;
  if (!device->pci_address || !pci_parse(device->pci_address, &at))
    return DAVIT_OK;
  const char *address = pci_format(h, &at);
  const char *dir = address ? h->format(h, "/sys/bus/pci/devices/%s/tile1", address) : NULL;
  uint32_t type;
  int rc = dir ? path_type(h, dir, &type) : DAVIT_E_MEMORY;
  if (rc >= 0)
    *tiled = type == DAVIT_FILE_DIR;
  return rc;
}

/* Level Zero's mask counts tiles, unless ZE_FLAT_DEVICE_HIERARCHY says devices: with tiles, a mask
 * of the devices would hide some, and all are visible without it. */
static int set_mask(const struct davit_host *h, const struct davit_request *req,
                    const struct davit_edits *edits) {
  for (size_t i = 0; i < device_count(req); i++) {
    bool tiled;
    int rc = is_tiled(h, req->devices[i], &tiled);
    if (rc < 0 || tiled)
      return rc;
  }
  return set_visible(h, req, edits, "ZE_AFFINITY_MASK");
}

static int inject(struct davit_instance *self, const struct davit_request *req,
                  const struct davit_edits *edits) {
  int rc = refuse_unknown_flags(self->host, req->flags);
  if (rc < 0 || (rc = add_device_nodes(req, edits)) < 0)
    return rc;
  return set_mask(self->host, req, edits);
}

static const char *const VENDORS[] = {INTEL_VENDOR, NULL};
static const char *const KINDS[] = {INTEL_KIND, NULL};
static const struct davit_option *const OPTIONS[] = {&VISIBLE_ENV_OPTION, NULL};

static const struct davit_plugin PLUGIN = {
    .magic = DAVIT_ABI_MAGIC,
    .struct_size = sizeof(PLUGIN),
    .abi_major = DAVIT_ABI_MAJOR,
    .abi_minor = DAVIT_ABI_MINOR,
    .name = "intel",
    .version = PLUGIN_VERSION,
    .description = "Intel GPUs with i915 or xe",
    .license = "Apache-2.0",
    .vendors = VENDORS,
    .kinds = KINDS,
    .options = OPTIONS,
    .rank = DAVIT_RANK_VENDOR,
    .open = plugin_open,
    .close = plugin_close,
    .enumerate = enumerate,
    .inject = inject,
};

const struct davit_plugin *davit_plugin_entry(uint32_t host_major, uint32_t host_minor) {
  (void)host_major;
  (void)host_minor;
  return &PLUGIN;
}
