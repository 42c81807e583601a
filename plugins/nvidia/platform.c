/* SPDX-License-Identifier: Apache-2.0 */
/* Machines whose GPUs are no PCI functions with a kernel driver of NVIDIA's: Windows' subsystem for
 * Linux, where one node stands for all GPUs of Windows, and the Tegra boards. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/read.h"
#include "nvidia/nvidia.h"

#define DXG     "/dev/dxg"
#define WSL_DIR "/usr/lib/wsl"
#define WSL_LIB WSL_DIR "/lib"

/* ---- WSL ------------------------------------------------------------------------------------ */

static int is_file(const struct davit_host *h, const char *path, uint32_t type, bool *answer) {
  uint32_t found;
  int rc = path_type(h, path, &found);
  if (rc >= 0)
    *answer = found == type;
  return rc;
}

int wsl_enumerate(const struct davit_host *h, const struct davit_devices *out) {
  static const char *const nodes[] = {DXG, NULL};
  bool has_node, has_library = false;
  int rc = is_file(h, DXG, DAVIT_FILE_CHAR, &has_node);
  if (rc >= 0 && has_node) /* Intel's and AMD's GPUs have the node too */
    rc = is_file(h, WSL_LIB "/libcuda.so.1", DAVIT_FILE_REGULAR, &has_library);
  if (rc < 0 || !has_library)
    return rc;
  const struct davit_device all = {DAVIT_SIZED(struct davit_device),
                                   .flags = DAVIT_DEVICE_INDEX,
                                   .id = "0",
                                   .kind = NVIDIA_KIND,
                                   .vendor = NVIDIA_VENDOR,
                                   .model = "all NVIDIA GPUs of Windows",
                                   .driver = "dxgkrnl",
                                   .nodes = nodes};
  return out->add(out, &all);
}

bool is_wsl(const struct davit_device *device) {
  return device->nodes && device->nodes[0] && strcmp(device->nodes[0], DXG) == 0;
}

/* The libraries load others by their path in Windows' driver store, so it is all of the directory
 * or nothing. */
static int add_wsl_files(const struct davit_host *h, const struct davit_edits *edits) {
  const struct davit_mount all = {DAVIT_SIZED(struct davit_mount), .host_path = WSL_DIR,
                                  .container_path = WSL_DIR};
  const struct davit_mount tool = {DAVIT_SIZED(struct davit_mount),
                                   .host_path = WSL_LIB "/nvidia-smi",
                                   .container_path = "/usr/bin/nvidia-smi"};
  bool has_tool;
  int rc = edits->add_mount(edits, &all);
  if (rc >= 0)
    rc = is_file(h, tool.host_path, DAVIT_FILE_REGULAR, &has_tool);
  if (rc >= 0 && has_tool)
    rc = edits->add_mount(edits, &tool);
  return rc < 0 ? rc
                : edits->set(edits, DAVIT_SET_ENV, "LD_LIBRARY_PATH", WSL_LIB, DAVIT_SET_PREPEND);
}

int wsl_inject(const struct davit_host *h, const struct davit_request *req,
               const struct davit_edits *edits) {
  int rc = add_device_nodes(req, edits);
  if (rc >= 0 && !option_is(h, "driver-files", "off"))
    rc = add_wsl_files(h, edits);
  return rc < 0 ? rc : edits->set(edits, DAVIT_SET_ENV, "NVIDIA_VISIBLE_DEVICES", "void", 0);
}

/* ---- Tegra ---------------------------------------------------------------------------------- */

/* A device tree's list has a NUL behind each entry. */
static int has_tegra_tree(const struct davit_host *h, bool *answer) {
  static const char name[] = "nvidia,tegra";
  const char *data;
  size_t size;
  int rc = h->files->read_file(h->files, "/proc/device-tree/compatible", &data, &size);
  *answer = rc >= 0 && memmem(data, size, name, strlen(name));
  return rc == DAVIT_E_MEMORY ? rc : DAVIT_OK;
}

static int is_tegra(const struct davit_host *h, bool *answer) {
  const char *family;
  int rc = is_file(h, "/etc/nv_tegra_release", DAVIT_FILE_REGULAR, answer);
  if (rc < 0 || *answer)
    return rc;
  if ((rc = read_attribute(h, "/sys/devices/soc0", "family", &family)) < 0)
    return rc;
  *answer = family && strncasecmp(family, "tegra", strlen("tegra")) == 0;
  return *answer ? DAVIT_OK : has_tegra_tree(h, answer);
}

int tegra_refuse(const struct davit_host *h) {
  bool answer;
  int rc = is_tegra(h, &answer);
  if (rc < 0 || !answer)
    return rc;
  return h->fail(h, DAVIT_E_UNSUPPORTED, "nvidia.tegra", NULL,
                 "write a CDI spec with NVIDIA's tool, which knows the board, and davit serves it: "
                 "nvidia-ctk cdi generate --mode=csv --output=/etc/cdi/nvidia.yaml",
                 "this is a Tegra board, whose GPU the driver does not list");
}
