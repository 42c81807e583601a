/* SPDX-License-Identifier: Apache-2.0 */
/* Level Zero shows a GPU of several tiles as that many devices (FLAT) or as one (COMPOSITE,
 * COMBINED), and ZE_AFFINITY_MASK counts what it shows. Its releases have different defaults, so
 * with tiles a mask is set only where the hierarchy is known; without one all is visible. */
#include <string.h>
#include <strings.h>

#include "common/pci.h"
#include "common/read.h"
#include "common/visible.h"
#include "intel/intel.h"

#define HIERARCHY "ZE_FLAT_DEVICE_HIERARCHY"

static const char *const HIERARCHIES[] = {"flat", "composite", "combined", NULL};

const struct davit_option LEVEL_ZERO_HIERARCHY_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = "hierarchy",
    .values = HIERARCHIES,
    .help = "what Level Zero shows of a GPU with tiles: each tile, or the GPU",
};

/* Those of xe; i915 tells of none. A GPU is at least one. */
static int count_tiles(const struct davit_host *h, const struct davit_device *device,
                       size_t *count) {
  struct pci_address at;
  const char *const *names;
  *count = 1;
  if (!device->pci_address || !pci_parse(device->pci_address, &at))
    return DAVIT_OK;
  const char *address = pci_format(h, &at);
  const char *dir = address ? h->format(h, "/sys/bus/pci/devices/%s", address) : NULL;
  int rc = dir ? read_dir(h, dir, &names) : DAVIT_E_MEMORY;
  if (rc < 0)
    return rc;
  size_t tiles = 0;
  for (; *names; names++) {
    uint64_t number;
    tiles += name_number(*names, "tile", UINT32_MAX, &number);
  }
  if (tiles > 1)
    *count = tiles;
  return DAVIT_OK;
}

/* As the process will have it: its own value goes before the option's. NULL: not known. */
static int set_hierarchy(const struct davit_host *h, const struct davit_request *req,
                         const struct davit_edits *edits, const char **hierarchy) {
  static const char *const values[] = {"FLAT", "COMPOSITE", "COMBINED"};
  const char *asked = option_text(h, LEVEL_ZERO_HIERARCHY_OPTION.key);
  *hierarchy =
      (req->flags & DAVIT_REQUEST_GENERATE) ? NULL : req->container->env(req->container, HIERARCHY);
  for (size_t i = 0; asked && HIERARCHIES[i]; i++) {
    if (strcmp(asked, HIERARCHIES[i]) != 0)
      continue;
    if (!*hierarchy)
      *hierarchy = values[i];
    return edits->set(edits, DAVIT_SET_ENV, HIERARCHY, values[i], DAVIT_SET_DEFAULT);
  }
  return DAVIT_OK;
}

int level_zero_set(const struct davit_host *h, const struct davit_request *req,
                   const struct davit_edits *edits) {
  const char *hierarchy;
  size_t devices = device_count(req), tiles = 0;
  int rc = set_hierarchy(h, req, edits, &hierarchy);
  for (size_t i = 0; rc >= 0 && i < devices; i++) {
    size_t count;
    rc = count_tiles(h, req->devices[i], &count);
    tiles += count;
  }
  if (rc < 0 || (tiles > devices && !hierarchy))
    return rc;
  bool counts_tiles = hierarchy && strcasecmp(hierarchy, "FLAT") == 0;
  return set_visible_count(h, req, edits, "ZE_AFFINITY_MASK", counts_tiles ? tiles : devices);
}
