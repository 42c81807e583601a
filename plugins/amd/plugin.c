/* SPDX-License-Identifier: Apache-2.0 */
/* amd.so: AMD GPUs and their partitions with amdgpu. ROCm is in the image: a container needs nodes
 * only. /dev/kfd is one for all GPUs; which of them it shows is decided by the render nodes that
 * the cgroup allows. */
#include "amd/amd.h"
#include "common/drm_edits.h"
#include "common/read.h"
#include "common/visible.h"

static int add_kfd(const struct davit_host *h, const struct davit_edits *edits) {
  uint32_t type;
  int rc = path_type(h, "/dev/kfd", &type);
  if (rc < 0)
    return rc;
  if (type != DAVIT_FILE_CHAR)
    return h->fail(h, DAVIT_E_NOT_FOUND, "amd.kfd-missing", NULL,
                   "load amdgpu with compute support (HSA_AMD); dmesg tells why not (kfd)",
                   "there is no device node /dev/kfd");
  return add_node(edits, "/dev/kfd");
}

/* ROCr filters first and HIP among what is left: with all ordinals in order both leave all. */
static int inject(struct davit_instance *self, const struct davit_request *req,
                  const struct davit_edits *edits) {
  const struct davit_host *h = self->host;
  int rc = refuse_unknown_flags(h, req->flags);
  if (rc < 0 || (rc = add_kfd(h, edits)) < 0 || (rc = add_drm_nodes(h, req, edits, true)) < 0 ||
      (rc = cu_mask_set(h, req, edits)) < 0 ||
      (rc = set_visible(h, req, edits, "ROCR_VISIBLE_DEVICES")) < 0)
    return rc;
  return set_visible(h, req, edits, "HIP_VISIBLE_DEVICES");
}

static const char *const VENDORS[] = {AMD_VENDOR, NULL};
static const char *const KINDS[] = {AMD_KIND, NULL};
static const struct davit_option *const OPTIONS[] = {&VISIBLE_ENV_OPTION, &CU_MASK_OPTION,
                                                     &BY_PATH_OPTION, &RENDER_AS_OPTION, NULL};

static const struct davit_plugin PLUGIN = {
    .magic = DAVIT_ABI_MAGIC,
    .struct_size = sizeof(PLUGIN),
    .abi_major = DAVIT_ABI_MAJOR,
    .abi_minor = DAVIT_ABI_MINOR,
    .name = "amd",
    .version = PLUGIN_VERSION,
    .description = "AMD GPUs and their partitions, for ROCm",
    .license = "Apache-2.0",
    .vendors = VENDORS,
    .kinds = KINDS,
    .options = OPTIONS,
    .rank = DAVIT_RANK_VENDOR,
    .open = plugin_open,
    .close = plugin_close,
    .enumerate = amd_enumerate,
    .inject = inject,
    .diagnose = amd_diagnose,
};

const struct davit_plugin *davit_plugin_entry(uint32_t host_major, uint32_t host_minor) {
  (void)host_major;
  (void)host_minor;
  return &PLUGIN;
}
