/* SPDX-License-Identifier: Apache-2.0 */
/* Sharing a GPU: by an MPS daemon (mps.c), or by slices of time. */
#include <string.h>

#include "common/read.h"
#include "nvidia/nvidia.h"

#define CODE "gpu.sharing-unavailable"

int share_refuse_path(const struct davit_host *h, const char *option, const char *path) {
  return h->fail(h, DAVIT_E_INVALID, "plugin.option", option, "give an absolute path",
                 "\"%s\" is not an absolute path without . and ..", path);
}

static int share_slice_index(const struct davit_host *h, const struct davit_request *req,
                             const struct davit_edits *edits) {
  const char *text = option_text(h, "time-slice-index");
  uint64_t index;
  if (!text)
    return DAVIT_OK;
  if (!number_parse(text, 10, UINT32_MAX, &index))
    return h->fail(h, DAVIT_E_INVALID, "plugin.option", "time-slice-index",
                   "give an ordinal, counted from 0", "\"%s\" is not a number", text);
  size_t count = device_count(req);
  if (index >= count)
    h->log(h, DAVIT_LOG_WARNING, "time-slice-index",
           "the container counts its %zu GPUs from 0: CUDA will find none at ordinal %s", count,
           text);
  const char *value = h->format(h, "%llu", (unsigned long long)index);
  return value ? edits->set(edits, DAVIT_SET_ENV, "CUDA_VISIBLE_DEVICES", value, 0)
               : DAVIT_E_MEMORY;
}

static int share_slice_config(const struct davit_host *h, const struct davit_edits *edits) {
  const char *path = option_text(h, "time-slicing-config-path");
  uint32_t type;
  if (!path)
    return DAVIT_OK;
  if (!path_is_plain(path))
    return share_refuse_path(h, "time-slicing-config-path", path);
  int rc = path_type(h, path, &type);
  if (rc < 0)
    return rc;
  if (type != DAVIT_FILE_REGULAR)
    return h->fail(h, DAVIT_E_NOT_FOUND, CODE, "time-slicing-config-path",
                   "name a file of the host, or leave the key out",
                   "the time-slicing configuration %s is not a file", path);
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = path,
                                    .container_path = "/etc/nvidia/gpu-time-slicing.yaml"};
  return edits->add_mount(edits, &mount);
}

int nvidia_share(struct davit_instance *self, const struct davit_request *req,
                 const struct davit_edits *edits) {
  const struct davit_host *h = self->host;
  int rc = refuse_unknown_flags(h, req->flags);
  if (rc < 0)
    return rc;
  if (strcmp(req->sharing, "mps") == 0)
    return mps_share(h, req, edits);
  if (strcmp(req->sharing, "time-slice") != 0)
    return h->fail(h, DAVIT_E_UNSUPPORTED, CODE, NULL, "use exclusive, mps or time-slice",
                   "\"%s\" is not a way to share NVIDIA GPUs", req->sharing);
  rc = share_slice_index(h, req, edits);
  return rc < 0 ? rc : share_slice_config(h, edits);
}
