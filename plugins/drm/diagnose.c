/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with DRM nodes, whoever made the device. */
#include <string.h>

#include "common/diagnosis.h"
#include "common/drm.h"
#include "common/read.h"
#include "drm/devices.h"

static const struct fault display_only = {"drm.display-only", DAVIT_SEV_NOTE,
                                          "programs in containers cannot draw or compute with it"};
static const struct fault node_missing = {"drm.node-missing", DAVIT_SEV_ERROR,
                                          "davit cannot give this device to a container"};
static const struct fault node_numbers = {"drm.node-numbers", DAVIT_SEV_ERROR,
                                          "programs open another device, or none"};
static const struct fault node_denied = {"drm.node-denied", DAVIT_SEV_ERROR,
                                         "rootless containers get \"Permission denied\""};
static const struct fault by_path_stale = {
    "drm.by-path-stale", DAVIT_SEV_WARNING,
    "render nodes are numbered anew at every boot: what finds its GPU by this name, or kept the "
    "number, gets another one"};

static const struct node_faults node_faults = {&node_missing, &node_numbers, &node_denied};

/* udev's name for the place of a device leads to the node that the device has now. */
static int diagnose_by_path(const struct diagnosis *d, const struct drm_device *device) {
  struct drm_nodes nodes;
  const char *link = d->h->format(d->h, "pci-%s-render", device->name), *target;
  int rc = link ? drm_nodes(d->h, device->dir, &nodes) : DAVIT_E_MEMORY;
  if (rc < 0 || !nodes.render.path)
    return rc;
  rc = read_link_name(d->h, "/dev/dri/by-path", link, &target);
  const char *name = strrchr(nodes.render.path, '/') + 1;
  if (rc < 0 || !target || strcmp(target, name) == 0)
    return rc;
  const char *subject = d->h->format(d->h, "/dev/dri/by-path/%s", link);
  if (!subject)
    return DAVIT_E_MEMORY;
  return diagnosis_add(d, &by_path_stale, subject, "`udevadm trigger --subsystem-match=drm`",
                       "it leads to %s, but the device's node is %s", target, name);
}

static int diagnose_device(const struct diagnosis *d, const struct drm_device *device) {
  const char *driver;
  bool renders;
  int rc = diagnose_drm(d, device->dir, &node_faults, &renders);
  if (rc >= 0 && device->on_pci)
    rc = diagnose_by_path(d, device);
  if (rc < 0 || renders || (rc = read_link_name(d->h, device->dir, "driver", &driver)) < 0)
    return rc;
  return diagnosis_add(d, &display_only, device->name, "",
                       "%s makes no render node for it: it is for a display only",
                       driver ? driver : "the driver");
}

int drm_diagnose(struct davit_instance *self, const struct davit_request *req,
                 const struct davit_findings *out) {
  const struct diagnosis d = {self->host, out};
  const struct drm_device *devices;
  size_t count;
  int rc = req ? refuse_unknown_flags(d.h, req->flags) : DAVIT_OK;
  if (rc < 0 || (rc = list_devices(d.h, &devices, &count)) < 0)
    return rc;
  for (size_t i = 0; rc >= 0 && i < count; i++)
    rc = diagnose_device(&d, &devices[i]);
  return rc;
}
