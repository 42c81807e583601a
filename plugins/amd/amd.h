/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the amd plugin: the topology of the compute driver (KFD), and GPUs made of it and
 * of sysfs. */
#ifndef DAVIT_PLUGINS_AMD_AMD_H
#define DAVIT_PLUGINS_AMD_AMD_H

#include "common/drm.h"
#include "common/instance.h"
#include "common/pci.h"
#include "davit/plugin.h"

#define AMD_KIND   "amd.com/gpu"
#define AMD_VENDOR "amd"

enum {
  PCI_VENDOR_AMD = 0x1002
};

/* A GPU, or a partition of one, that can compute. */
struct kfd_node {
  uint64_t render_minor;
  uint64_t domain;
  bool has_domain; /* kernels of old do not tell it */
  uint32_t bus;
  uint32_t device;
  uint64_t unique_id;     /* of the whole GPU; 0: not known */
  uint64_t compute_units; /* 0: not known */
};

struct kfd {
  const struct kfd_node *nodes; /* by render minor */
  size_t count;
};

/* A host without KFD has no nodes. CPUs are left out, and so are GPUs that the caller's cgroup
 * denies: their properties can not be read. */
int kfd_read(const struct davit_host *h, struct kfd *kfd);

/* Whether a node is the GPU with these DRM nodes of its own, or a partition of it. */
bool kfd_belongs_to(const struct kfd_node *node, const struct pci_function *function,
                    const struct drm_nodes *own);

/* The DRM nodes of the partitions beside the first of each GPU: those of the platform devices
 * "amdgpu_xcp_0", and "amdgpu_xcp.0" of older kernels. */
int partitions_read(const struct davit_host *h, const struct drm_nodes **partitions, size_t *count);

int amd_enumerate(struct davit_instance *self, const struct davit_query *query,
                  const struct davit_devices *out);
int amd_diagnose(struct davit_instance *self, const struct davit_request *req,
                 const struct davit_findings *out);

/* cu-mask=LIST */
extern const struct davit_option CU_MASK_OPTION;

/* HSA_CU_MASK: the compute units of each device that ROCr may use, if the option names them. What
 * it does is up to ROCr: a limit among friends, no isolation. */
int cu_mask_set(const struct davit_host *h, const struct davit_request *req,
                const struct davit_edits *edits);

#endif
