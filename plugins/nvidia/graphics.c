/* SPDX-License-Identifier: Apache-2.0 */
/* What OpenGL, EGL and Vulkan need beside the driver's files: the DRM nodes of the chosen GPUs, and
 * a profile by which EGL does not try the GPUs that the container lacks. */
#include <string.h>

#include "common/drm.h"
#include "common/read.h"
#include "nvidia/nvidia.h"

#define PROFILE "/etc/nvidia/nvidia-application-profiles-rc.d/10-container.conf"

enum {
  PROFILE_GPUS = 32 /* bits of its mask */
};

/* A compute-only host has none: that is no fault. */
static int add_drm_nodes(const struct davit_host *h, const struct davit_device *device,
                         const struct davit_edits *edits) {
  struct drm_nodes nodes;
  const char *const *paths;
  const char *dir = h->format(h, "/sys/bus/pci/devices/%s", device->pci_address);
  int rc = dir ? drm_nodes(h, dir, &nodes) : DAVIT_E_MEMORY;
  if (rc >= 0)
    rc = drm_paths(h, &nodes, &paths);
  for (; rc >= 0 && *paths; paths++)
    rc = add_node(edits, *paths);
  return rc;
}

/* The mask has the device minors. *is_whole: every GPU has a bit. */
static uint32_t profile_mask(const struct davit_request *req, bool *is_whole) {
  uint32_t mask = 0;
  *is_whole = true;
  for (size_t i = 0; i < device_count(req); i++) {
    uint64_t minor;
    if (name_number(req->devices[i]->nodes[0], "/dev/nvidia", PROFILE_GPUS - 1, &minor))
      mask |= UINT32_C(1) << minor;
    else
      *is_whole = false;
  }
  return mask;
}

static int add_profile(const struct davit_host *h, const struct davit_request *req,
                       const struct davit_edits *edits) {
  bool is_whole;
  uint32_t mask = profile_mask(req, &is_whole);
  if ((req->flags & DAVIT_REQUEST_GENERATE) || !is_whole)
    return DAVIT_OK;
  if (!(req->container->flags & DAVIT_CT_FILES)) {
    h->log(h, DAVIT_LOG_INFO, NULL,
           PROFILE
           " is left out, as there is no bundle to hold it: EGL tries every GPU of the host");
    return DAVIT_OK;
  }
  const struct davit_file file = {
      DAVIT_SIZED(struct davit_file), .path = PROFILE,
      .content = h->format(h,
                           "{\n"
                           "  \"profiles\": [\n"
                           "    {\"name\": \"_container_\", \"settings\": "
                           "[\"EGLVisibleDGPUDevices\", %u]}\n"
                           "  ],\n"
                           "  \"rules\": [\n"
                           "    {\"pattern\": [], \"profile\": \"_container_\"}\n"
                           "  ]\n"
                           "}\n",
                           mask)};
  return file.content ? edits->add_file(edits, &file) : DAVIT_E_MEMORY;
}

int graphics_add(const struct davit_host *h, const struct davit_request *req,
                 const struct davit_edits *edits) {
  int rc = DAVIT_OK;
  for (size_t i = 0; rc >= 0 && i < device_count(req); i++) {
    edits->source(edits, req->devices[i], NULL, 0);
    if (!is_mig_instance(req->devices[i]))
      rc = add_drm_nodes(h, req->devices[i], edits);
  }
  edits->source(edits, NULL, NULL, 0);
  return rc < 0 ? rc : add_profile(h, req, edits);
}
