/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of the chosen GPUs, the control nodes that all of them need, and the variables that
 * tell which they are. */
#include <string.h>

#include "common/read.h"
#include "common/visible.h"
#include "nvidia/capability.h"
#include "nvidia/files.h"
#include "nvidia/nvidia.h"

static int add_if_there(const struct davit_host *h, const struct davit_edits *edits,
                        const char *path, bool *there) {
  uint32_t type;
  int rc = path_type(h, path, &type);
  if (rc < 0)
    return rc;
  *there = type == DAVIT_FILE_CHAR;
  return *there ? add_node(edits, path) : DAVIT_OK;
}

static int add_control_nodes(const struct davit_host *h, const struct davit_edits *edits) {
  bool there;
  int rc = add_if_there(h, edits, "/dev/nvidiactl", &there);
  if (rc < 0)
    return rc;
  if (!there)
    return h->fail(h, DAVIT_E_NOT_FOUND, "nvidia.ctl-missing", NULL,
                   "run nvidia-modprobe -c 255 as root", "there is no device node /dev/nvidiactl");
  if ((rc = add_if_there(h, edits, "/dev/nvidia-uvm", &there)) < 0)
    return rc;
  if (!there && !option_is(h, "uvm", "optional"))
    return h->fail(h, DAVIT_E_NOT_FOUND, "nvidia.uvm-missing", NULL,
                   "run nvidia-modprobe -u as root, or set nvidia:uvm=optional if CUDA is not used",
                   "there is no device node /dev/nvidia-uvm");
  if ((rc = add_if_there(h, edits, "/dev/nvidia-uvm-tools", &there)) < 0)
    return rc;
  return add_if_there(h, edits, "/dev/nvidia-modeset", &there);
}

/* For container runtimes that look at the variable: which devices of the host these are, or "void"
 * where naming them would make such a runtime inject them again, or where they have no name that it
 * knows (that of a MIG instance is known to NVML only). */
static int set_visible_devices(const struct davit_host *h, const struct davit_request *req,
                               const struct davit_edits *edits) {
  const char *names = "";
  bool is_void = req->flags & DAVIT_REQUEST_GENERATE;
  for (size_t i = 0; !is_void && i < device_count(req); i++) {
    const struct davit_device *device = req->devices[i];
    is_void = is_mig_instance(device);
    names = h->format(h, "%s%s%s", names, i ? "," : "", device->uuid ? device->uuid : device->id);
    if (!names)
      return DAVIT_E_MEMORY;
  }
  return edits->set(edits, DAVIT_SET_ENV, "NVIDIA_VISIBLE_DEVICES", is_void ? "void" : names, 0);
}

/* CUDA's own numbering. Of several MIG instances a process uses one, so ordinals would lie; a time
 * slice says itself which ordinal it is. */
static int set_cuda_order(const struct davit_host *h, const struct davit_request *req,
                          const struct davit_edits *edits) {
  if (req->flags & DAVIT_REQUEST_GENERATE)
    return DAVIT_OK;
  size_t count = device_count(req);
  int rc = DAVIT_OK;
  if (count > 1 && !option_is(h, "visible-env", "off"))
    rc = edits->set(edits, DAVIT_SET_ENV, "CUDA_DEVICE_ORDER", "PCI_BUS_ID", DAVIT_SET_DEFAULT);
  if (rc < 0)
    return rc;
  for (size_t i = 0; i < count; i++)
    if (is_mig_instance(req->devices[i]))
      return DAVIT_OK;
  if (req->sharing && strcmp(req->sharing, "time-slice") == 0 && option_text(h, "time-slice-index"))
    return DAVIT_OK;
  return set_visible(h, req, edits, "CUDA_VISIBLE_DEVICES");
}

static int add_files(const struct davit_host *h, const struct davit_request *req,
                     const struct davit_edits *edits) {
  uint32_t capabilities;
  int rc = capabilities_asked(h, req, &capabilities);
  if (rc >= 0)
    rc = files_add(h, req, capabilities, edits);
  return rc < 0 || !(capabilities & GRAPHICS) ? rc : graphics_add(h, req, edits);
}

int nvidia_inject(struct davit_instance *self, const struct davit_request *req,
                  const struct davit_edits *edits) {
  const struct davit_host *h = self->host;
  int rc = refuse_unknown_flags(h, req->flags);
  if (rc < 0)
    return rc;
  if (req->devices && req->devices[0] && is_wsl(req->devices[0]))
    return wsl_inject(h, req, edits);
  if ((rc = add_control_nodes(h, edits)) < 0 || (rc = add_device_nodes(req, edits)) < 0 ||
      (rc = extra_nodes_add(h, edits)) < 0 || (rc = set_visible_devices(h, req, edits)) < 0 ||
      (rc = set_cuda_order(h, req, edits)) < 0)
    return rc;
  return add_files(h, req, edits);
}
