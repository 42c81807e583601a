/* SPDX-License-Identifier: Apache-2.0 */
/* The devices of this host that have DRM nodes. */
#ifndef DAVIT_PLUGINS_DRM_DEVICES_H
#define DAVIT_PLUGINS_DRM_DEVICES_H

#include <stddef.h>

#include "common/instance.h"
#include "common/pci.h"
#include "davit/plugin.h"

struct drm_device {
  const char *dir;  /* in sysfs, without links */
  const char *name; /* last component of it */
  bool on_pci;
  struct pci_address at;
};

/* Each device once: PCI devices by address, then the others by path. */
int list_devices(const struct davit_host *h, const struct drm_device **devices, size_t *count);

int drm_diagnose(struct davit_instance *self, const struct davit_request *req,
                 const struct davit_findings *out);

#endif
