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
static const struct davit_option DRIVER_CAPABILITIES = {
    DAVIT_SIZED(struct davit_option),
    .key = "driver-capabilities",
    .help = "compute,utility,graphics,video,display,ngx,compat32 or all; else the image's "
            "NVIDIA_DRIVER_CAPABILITIES, else utility,compute",
};
static const char *const DRIVER_FILES_VALUES[] = {"off", "auto", "require", NULL};
static const struct davit_option DRIVER_FILES = {
    DAVIT_SIZED(struct davit_option),
    .key = "driver-files",
    .values = DRIVER_FILES_VALUES,
    .preset = "auto",
    .help = "whether the driver's libraries and programs are mounted, and missing ones an error",
};
static const struct davit_option DRIVER_ROOT = {
    DAVIT_SIZED(struct davit_option),
    .flags = DAVIT_OPTION_ADMIN,
    .key = "driver-root",
    .help = "directory of the host with the driver's usr/lib; else / or /run/nvidia/driver",
};
static const char *const ON_OFF[] = {"on", "off", NULL};
static const struct davit_option HOOKS = {
    DAVIT_SIZED(struct davit_option),
    .key = "hooks",
    .values = ON_OFF,
    .preset = "off",
    .help = "mount libraries in the host's directories and run the vendor's nvidia-cdi-hook",
};
static const struct davit_option FIRMWARE = {
    DAVIT_SIZED(struct davit_option),
    .key = "firmware",
    .values = ON_OFF,
    .preset = "off",
    .help = "mount the GPUs' firmware, which the kernel loads and containers hardly need",
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
    &UVM,
    &VISIBLE_ENV_OPTION,
    &DRIVER_CAPABILITIES,
    &DRIVER_FILES,
    &DRIVER_ROOT,
    &HOOKS,
    &FIRMWARE,
    &MIG_CONFIG_OPTION,
    &MIG_MONITOR_OPTION,
    &NVSWITCH_OPTION,
    &IMEX_CHANNELS_OPTION,
    &GDS_OPTION,
    &GDRCOPY_OPTION,
    &RDMA_OPTION,
    &MPS_PIPE_DIR_OPTION,
    &MPS_LOG_DIR_OPTION,
    &MPS_SHM_DIR_OPTION,
    &MPS_CHECK_OPTION,
    &MPS_ACTIVE_THREAD_PERCENTAGE_OPTION,
    &MPS_PINNED_MEMORY_LIMIT_OPTION,
    &TIME_SLICE_INDEX,
    &TIME_SLICING_CONFIG_PATH,
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
