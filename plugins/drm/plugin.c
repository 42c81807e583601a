/* SPDX-License-Identifier: Apache-2.0 */
/* drm.so: any device with a DRM render node, by what the kernel says of it. It serves a vendor that
 * is "drm", a PCI vendor id or the name of a kernel driver, and nothing else: a mistyped vendor
 * must not end with whatever GPU is here. Its kind is davit's own, as no vendor stands behind it.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/by_path.h"
#include "common/drm.h"
#include "common/drm_edits.h"
#include "common/read.h"
#include "drm/devices.h"

#define DRM_KIND   "davit.local/drm"
#define DRM_VENDOR "drm"

/* May stand as a CDI device name. */
static bool is_device_name(const char *name) {
  for (const char *c = name; *c; c++)
    if (!isalnum((unsigned char)*c) && (c == name || !c[1] || !strchr("_-.:", *c)))
      return false;
  return *name != '\0';
}

static int describe(const struct davit_host *h, const struct by_path_link *links,
                    const struct drm_device *from, struct davit_device *device, bool *renders) {
  struct drm_nodes nodes;
  uint64_t numa_node;
  int rc = read_link_name(h, from->dir, "driver", &device->driver);
  if (rc < 0 || (rc = drm_nodes(h, from->dir, &nodes)) < 0 ||
      (rc = read_number(h, from->dir, "numa_node", 10, UINT64_MAX, &numa_node)) < 0)
    return rc;
  if (numa_node <= UINT32_MAX) {
    device->flags |= DAVIT_DEVICE_NUMA;
    device->numa_node = (uint32_t)numa_node;
  }
  device->pci_address = from->on_pci ? from->name : NULL;
  device->id = from->name;
  if (!is_device_name(device->id) && (nodes.render.path || nodes.card.path))
    device->id = drm_node_name(nodes.render.path ? nodes.render.path : nodes.card.path);
  *renders = nodes.render.path != NULL;
  if (!*renders)
    device->unusable = "display only: it has no render node";
  else if (device->driver && strcmp(device->driver, "nvidia") == 0)
    device->unusable = "of no use without nodes that only the nvidia plugin knows";
  else
    device->unusable = nodes.render.fault;
  if (device->unusable || (rc = drm_paths(h, &nodes, &device->nodes)) < 0)
    return rc;
  return by_path_names(h, links, device);
}

/* The rule of whom this plugin serves; see the top of the file. */
static int is_asked_for(const struct davit_host *h, const struct drm_device *device,
                        const char *driver, const char *vendor, bool *asked) {
  *asked = !vendor || strcmp(vendor, DRM_VENDOR) == 0;
  if (*asked)
    return DAVIT_OK;
  if (strncasecmp(vendor, "0x", 2) != 0) {
    *asked = driver && strcasecmp(vendor, driver) == 0;
    return DAVIT_OK;
  }
  uint64_t id, is_id;
  int rc = read_number(h, device->dir, "vendor", 16, UINT64_MAX, &is_id);
  if (rc >= 0)
    *asked = number_parse(vendor + 2, 16, UINT16_MAX, &id) && id == is_id;
  return rc;
}

/* The index is the rank among all devices that render, whoever is asked for. */
static int enumerate(struct davit_instance *self, const struct davit_query *query,
                     const struct davit_devices *out) {
  const struct davit_host *h = self->host;
  const struct drm_device *devices;
  const struct by_path_link *links;
  size_t count;
  int rc = refuse_unknown_flags(h, query->flags);
  if (rc < 0 || (rc = list_devices(h, &devices, &count)) < 0 || (rc = by_path_read(h, &links)) < 0)
    return rc;
  uint32_t index = 0;
  for (size_t i = 0; i < count; i++) {
    struct davit_device device = {
        DAVIT_SIZED(struct davit_device),
        .kind = DRM_KIND,
        .vendor = DRM_VENDOR,
    };
    bool renders, asked;
    if ((rc = describe(h, links, &devices[i], &device, &renders)) < 0 ||
        (rc = is_asked_for(h, &devices[i], device.driver, query->vendor, &asked)) < 0)
      return rc;
    if (renders) {
      device.flags |= DAVIT_DEVICE_INDEX;
      device.index = index++;
    }
    if (asked && (rc = out->add(out, &device)) < 0)
      return rc;
  }
  return DAVIT_OK;
}

static int inject(struct davit_instance *self, const struct davit_request *req,
                  const struct davit_edits *edits) {
  const struct davit_host *h = self->host;
  int rc = refuse_unknown_flags(h, req->flags);
  return rc < 0 ? rc : add_drm_nodes(h, req, edits, option_is(h, "card", "on"));
}

static const char *const CARD_VALUES[] = {"on", "off", NULL};
static const struct davit_option CARD = {
    DAVIT_SIZED(struct davit_option),
    .key = "card",
    .values = CARD_VALUES,
    .preset = "off",
    .help = "give the card node, which can control the display, beside the render node",
};

static const char *const VENDORS[] = {"*", NULL};
static const char *const KINDS[] = {DRM_KIND, NULL};
static const struct davit_option *const OPTIONS[] = {&CARD, &BY_PATH_OPTION, &RENDER_AS_OPTION,
                                                     NULL};

static const struct davit_plugin PLUGIN = {
    .magic = DAVIT_ABI_MAGIC,
    .struct_size = sizeof(PLUGIN),
    .abi_major = DAVIT_ABI_MAJOR,
    .abi_minor = DAVIT_ABI_MINOR,
    .name = "drm",
    .version = PLUGIN_VERSION,
    .description = "any device with a DRM render node, by PCI vendor id or kernel driver",
    .license = "Apache-2.0",
    .vendors = VENDORS,
    .kinds = KINDS,
    .options = OPTIONS,
    .rank = DAVIT_RANK_GENERIC,
    .open = plugin_open,
    .close = plugin_close,
    .enumerate = enumerate,
    .inject = inject,
    .diagnose = drm_diagnose,
};

const struct davit_plugin *davit_plugin_entry(uint32_t host_major, uint32_t host_minor) {
  (void)host_major;
  (void)host_minor;
  return &PLUGIN;
}
