/* SPDX-License-Identifier: Apache-2.0 */
/* Sharing a GPU: the directories of an MPS daemon, or a slice of time. */
#include <string.h>

#include "common/read.h"
#include "nvidia/nvidia.h"

#define CODE "gpu.sharing-unavailable"

static int refuse_path(const struct davit_host *h, const char *option, const char *path) {
  return h->fail(h, DAVIT_E_INVALID, "plugin.option", option, "give an absolute path",
                 "\"%s\" is not an absolute path without . and ..", path);
}

/* A directory of the daemon under its own path, writable, with the variable that names it. The
 * options are those of the vendor's own tool, so that its mount of the same directory and this one
 * are one. */
static int add_directory(const struct davit_edits *edits, const char *path, const char *variable) {
  static const char *const options[] = {"nosuid", "nodev", "rbind", "rprivate", "noexec", NULL};
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = path,
                                    .container_path = path, .options = options};
  int rc = edits->add_mount(edits, &mount);
  return rc < 0 ? rc : edits->set(edits, DAVIT_SET_ENV, variable, path, 0);
}

static int is_directory(const struct davit_host *h, const char *path, bool *answer) {
  uint32_t type;
  int rc = path_type(h, path, &type);
  if (rc >= 0)
    *answer = type == DAVIT_FILE_DIR;
  return rc;
}

static int share_pipe_dir(const struct davit_host *h, const struct davit_edits *edits) {
  const char *path = option_text(h, "mps-pipe-dir");
  bool there;
  if (!path || !path_is_plain(path))
    return refuse_path(h, "mps-pipe-dir", path ? path : "");
  int rc = is_directory(h, path, &there);
  if (rc < 0)
    return rc;
  if (!there) {
    const char *remedy = h->format(
        h, "start the daemon with CUDA_MPS_PIPE_DIRECTORY=%s nvidia-cuda-mps-control -d", path);
    if (!remedy)
      return DAVIT_E_MEMORY;
    return h->fail(h, DAVIT_E_NOT_FOUND, CODE, "mps-pipe-dir", remedy,
                   "the MPS pipe directory %s is not there", path);
  }
  return add_directory(edits, path, "CUDA_MPS_PIPE_DIRECTORY");
}

/* Clients do without the log directory: what nobody asked for may be missing. */
static int share_log_dir(const struct davit_host *h, const struct davit_edits *edits) {
  static const char *const usual[] = {"/tmp/nvidia-log", "/var/log/nvidia-mps"};
  const char *path = option_text(h, "mps-log-dir");
  bool there;
  int rc;
  if (path) {
    if (!path_is_plain(path))
      return refuse_path(h, "mps-log-dir", path);
    if ((rc = is_directory(h, path, &there)) < 0)
      return rc;
    if (!there)
      return h->fail(h, DAVIT_E_NOT_FOUND, CODE, "mps-log-dir",
                     "name the directory that the daemon writes to, or leave the key out",
                     "the MPS log directory %s is not there", path);
    return add_directory(edits, path, "CUDA_MPS_LOG_DIRECTORY");
  }
  for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
    if ((rc = is_directory(h, usual[i], &there)) < 0)
      return rc;
    if (there)
      return add_directory(edits, usual[i], "CUDA_MPS_LOG_DIRECTORY");
  }
  return DAVIT_OK;
}

static int share_mps(const struct davit_host *h, const struct davit_request *req,
                     const struct davit_edits *edits) {
  for (size_t i = 0; i < device_count(req); i++)
    if (is_mig_instance(req->devices[i]))
      return h->fail(h, DAVIT_E_UNSUPPORTED, CODE, NULL, "share MIG instances by time-slice",
                     "device %s is a MIG instance, which MPS of the whole GPU does not serve",
                     req->devices[i]->id);
  int rc = share_pipe_dir(h, edits);
  return rc < 0 ? rc : share_log_dir(h, edits);
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
    return refuse_path(h, "time-slicing-config-path", path);
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
    return share_mps(h, req, edits);
  if (strcmp(req->sharing, "time-slice") != 0)
    return h->fail(h, DAVIT_E_UNSUPPORTED, CODE, NULL, "use exclusive, mps or time-slice",
                   "\"%s\" is not a way to share NVIDIA GPUs", req->sharing);
  rc = share_slice_index(h, req, edits);
  return rc < 0 ? rc : share_slice_config(h, edits);
}
