/* SPDX-License-Identifier: Apache-2.0 */
/* intel.so: Intel GPUs with i915 or xe. User space is in the image: a container needs the DRM nodes
 * only. */
#include "common/drm_edits.h"
#include "common/visible.h"
#include "intel/intel.h"

static int inject(struct davit_instance *self, const struct davit_request *req,
                  const struct davit_edits *edits) {
  const struct davit_host *h = self->host;
  int rc = refuse_unknown_flags(h, req->flags);
  if (rc < 0 || (rc = add_drm_nodes(h, req, edits, true)) < 0)
    return rc;
  return level_zero_set(h, req, edits);
}

static const char *const VENDORS[] = {INTEL_VENDOR, NULL};
static const char *const KINDS[] = {INTEL_KIND, NULL};
static const struct davit_option *const OPTIONS[] = {
    &VISIBLE_ENV_OPTION, &LEVEL_ZERO_HIERARCHY_OPTION, &BY_PATH_OPTION, &RENDER_AS_OPTION, NULL};

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
    .enumerate = intel_enumerate,
    .inject = inject,
    .diagnose = intel_diagnose,
};

const struct davit_plugin *davit_plugin_entry(uint32_t host_major, uint32_t host_minor) {
  (void)host_major;
  (void)host_minor;
  return &PLUGIN;
}
