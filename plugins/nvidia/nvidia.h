/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the nvidia plugin. GPUs are found in /proc/driver/nvidia and sysfs: no library of
 * the vendor's is asked, no driver file opened. */
#ifndef DAVIT_PLUGINS_NVIDIA_NVIDIA_H
#define DAVIT_PLUGINS_NVIDIA_NVIDIA_H

#include "common/instance.h"
#include "davit/plugin.h"

#define NVIDIA_KIND   "nvidia.com/gpu"
#define NVIDIA_VENDOR "nvidia"

/* GPUs in PCI order, each followed by its MIG instances. */
int gpu_enumerate(struct davit_instance *self, const struct davit_query *query,
                  const struct davit_devices *out);

/* Bound to the free driver it is a plain DRM device, which is not this plugin's. */
bool gpu_is_at_nouveau(const char *driver);

/* The version that the kernel module tells, "580.95.05"; NULL if it is not loaded. */
int driver_version(const struct davit_host *h, const char **version);

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

int nvidia_inject(struct davit_instance *self, const struct davit_request *req,
                  const struct davit_edits *edits);
int nvidia_share(struct davit_instance *self, const struct davit_request *req,
                 const struct davit_edits *edits);
int nvidia_diagnose(struct davit_instance *self, const struct davit_request *req,
                    const struct davit_findings *out);

/* A MIG instance, whose GPU is enumerated as its parent. */
static inline bool is_mig_instance(const struct davit_device *device) {
  return device->parent != NULL;
}

#endif
