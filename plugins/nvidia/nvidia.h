/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the nvidia plugin. GPUs are found in /proc/driver/nvidia and sysfs: no library of
 * the vendor's is asked, and of driver files no more is read than their heads. */
#ifndef DAVIT_PLUGINS_NVIDIA_NVIDIA_H
#define DAVIT_PLUGINS_NVIDIA_NVIDIA_H

#include "common/instance.h"
#include "davit/plugin.h"

#define NVIDIA_KIND   "nvidia.com/gpu"
#define NVIDIA_VENDOR "nvidia"

/* GPUs in PCI order, each followed by its MIG instances. */
int gpu_enumerate(struct davit_instance *self, const struct davit_query *query,
                  const struct davit_devices *out);

/* WSL: one device that is all GPUs of Windows; nothing on another machine. */
int wsl_enumerate(const struct davit_host *h, const struct davit_devices *out);
bool is_wsl(const struct davit_device *device);
int wsl_inject(const struct davit_host *h, const struct davit_request *req,
               const struct davit_edits *edits);
/* Fails if this is a Tegra board. */
int tegra_refuse(const struct davit_host *h);
/* Bound to the free driver it is a plain DRM device, which is not this plugin's. */
bool gpu_is_at_nouveau(const char *driver);

/* A compute instance of a GPU in MIG mode. */
struct mig_instance {
  uint32_t gpu_instance;
  uint32_t compute_instance; /* counts inside its GPU instance */
  const char *gpu_cap;       /* "/dev/nvidia-caps/nvidia-cap12" */
  const char *compute_cap;
  const char *fault; /* why it can not be given away; NULL: it can */
};

struct mig {
  uint32_t gpu_instances; /* 0: MIG mode is off, or on and of no use */
  const struct mig_instance *instances;
  size_t count;
};

/* The instances of the GPU with that device minor, in the order of their numbers. */
int mig_read(const struct davit_host *h, uint32_t minor, struct mig *mig);

/* The node of a capability by its file in /proc; *fault says why it can not be used, or stays as it
 * is. */
int mig_read_capability(const struct davit_host *h, const char *access, const char **node,
                        const char **fault);

/* Nodes that are no GPU's own, each by its option: MIG's management, NVSwitch, IMEX channels, GDS,
 * GDRCopy, RDMA. */
extern const struct davit_option MIG_CONFIG_OPTION, MIG_MONITOR_OPTION, NVSWITCH_OPTION,
    IMEX_CHANNELS_OPTION, GDS_OPTION, GDRCOPY_OPTION, RDMA_OPTION;
int extra_nodes_add(const struct davit_host *h, const struct davit_edits *edits);

int nvidia_inject(struct davit_instance *self, const struct davit_request *req,
                  const struct davit_edits *edits);
/* For the capabilities graphics and display. */
int graphics_add(const struct davit_host *h, const struct davit_request *req,
                 const struct davit_edits *edits);
int nvidia_share(struct davit_instance *self, const struct davit_request *req,
                 const struct davit_edits *edits);
/* The directories of an MPS daemon that runs, and what limits its client. */
extern const struct davit_option MPS_PIPE_DIR_OPTION, MPS_LOG_DIR_OPTION, MPS_SHM_DIR_OPTION,
    MPS_CHECK_OPTION, MPS_ACTIVE_THREAD_PERCENTAGE_OPTION, MPS_PINNED_MEMORY_LIMIT_OPTION;
int mps_share(const struct davit_host *h, const struct davit_request *req,
              const struct davit_edits *edits);
int share_refuse_path(const struct davit_host *h, const char *option, const char *path);
int nvidia_diagnose(struct davit_instance *self, const struct davit_request *req,
                    const struct davit_findings *out);

/* A MIG instance, whose GPU is enumerated as its parent. */
static inline bool is_mig_instance(const struct davit_device *device) {
  return device->parent != NULL;
}

#endif
