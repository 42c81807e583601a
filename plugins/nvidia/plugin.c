/* SPDX-License-Identifier: Apache-2.0 */
/* nvidia.so: NVIDIA GPUs and their MIG instances with NVIDIA's own driver. */
#include "common/visible.h"
#include "nvidia/nvidia.h"

static const char *const VENDORS[] = {NVIDIA_VENDOR, NULL};
static const char *const KINDS[] = {NVIDIA_KIND, NULL};
static const char *const SHARING[] = {"mps", "time-slice", NULL};

static const char *const UVM_VALUES[] = {"required", "optional", NULL};
static const struct davit_option UVM = {
    DAVIT_SIZED(struct davit_option),
    .key = "uvm",
    .values = UVM_VALUES,
    .preset = "required",
    .help = "whether a host without /dev/nvidia-uvm, which CUDA needs, is an error",
};
static const struct davit_option MPS_PIPE_DIR = {
    DAVIT_SIZED(struct davit_option),
    .key = "mps-pipe-dir",
    .preset = "/tmp/nvidia-mps",
    .help = "pipe directory of the MPS daemon (sharing: mps)",
};
static const struct davit_option MPS_LOG_DIR = {
    DAVIT_SIZED(struct davit_option),
    .key = "mps-log-dir",
    .help =
        "log directory of the MPS daemon; else /tmp/nvidia-log or /var/log/nvidia-mps, if there",
};
static const struct davit_option TIME_SLICE_INDEX = {
    DAVIT_SIZED(struct davit_option),
    .key = "time-slice-index",
    .help = "ordinal of the GPU inside the container that CUDA uses (sharing: time-slice)",
};
static const struct davit_option TIME_SLICING_CONFIG_PATH = {
    DAVIT_SIZED(struct davit_option),
    .key = "time-slicing-config-path",
    .help = "file of the host, shown at /etc/nvidia/gpu-time-slicing.yaml (sharing: time-slice)",
};
static const struct davit_option *const OPTIONS[] = {
    &UVM,         &VISIBLE_ENV_OPTION, &MPS_PIPE_DIR,
    &MPS_LOG_DIR, &TIME_SLICE_INDEX,   &TIME_SLICING_CONFIG_PATH,
    NULL,
};

static const struct davit_plugin PLUGIN = {
    .magic = DAVIT_ABI_MAGIC,
    .struct_size = sizeof(PLUGIN),
    .abi_major = DAVIT_ABI_MAJOR,
    .abi_minor = DAVIT_ABI_MINOR,
    .name = "nvidia",
    .version = PLUGIN_VERSION,
    .description = "NVIDIA GPUs and MIG instances, with MPS and time slicing",
    .license = "Apache-2.0",
    .vendors = VENDORS,
    .kinds = KINDS,
    .sharing = SHARING,
    .options = OPTIONS,
    .rank = DAVIT_RANK_VENDOR,
    .open = plugin_open,
    .close = plugin_close,
    .enumerate = gpu_enumerate,
    .inject = nvidia_inject,
    .share = nvidia_share,
    .diagnose = nvidia_diagnose,
};

const struct davit_plugin *davit_plugin_entry(uint32_t host_major, uint32_t host_minor) {
  (void)host_major;
  (void)host_minor;
  return &PLUGIN;
}
