/* SPDX-License-Identifier: Apache-2.0 */
/* Which NVIDIA GPUs are here. A GPU's index is its rank in PCI order among those that the driver
 * lists and does not exclude, as in NVML; its node is /dev/nvidia<minor>, a number of its own. */
#include <string.h>

#include "common/pci.h"
#include "common/read.h"
#include "nvidia/driver.h"
#include "nvidia/nvidia.h"

enum {
  PCI_VENDOR_NVIDIA = 0x10de,
  MAX_MINOR = 247 /* above are the control nodes */
};

struct gpu {
  struct davit_device device;
  bool listed; /* by the driver, and not excluded: it has an index */
  uint64_t minor;
  const char *node;
};

bool gpu_is_at_nouveau(const char *driver) {
  static const char *const names[] = {"nouveau", "nova_core", "nova-core", "NovaCore", NULL};
  for (size_t i = 0; driver && names[i]; i++)
    if (strcmp(driver, names[i]) == 0)
      return true;
  return false;
}

static int is_excluded(const struct davit_host *h, const char *information, bool *excluded) {
  const char *value;
  int rc = text_field(h, information, "GPU Excluded", ':', &value);
  if (rc >= 0 && !value)
    rc = text_field(h, information, "Blacklisted", ':', &value); /* of older drivers */
  if (rc >= 0)
    *excluded = value && strcmp(value, "Yes") == 0;
  return rc;
}

/* The node of a listed GPU, or why it has none. */
static int find_node(const struct davit_host *h, const char *minor, struct gpu *gpu) {
  struct davit_device *device = &gpu->device;
  if (!minor || !number_parse(minor, 10, MAX_MINOR, &gpu->minor)) {
    device->unusable = "the driver tells no device minor for it";
    return DAVIT_OK;
  }
  gpu->node = h->format(h, "/dev/nvidia%llu", (unsigned long long)gpu->minor);
  if (!gpu->node)
    return DAVIT_E_MEMORY;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  int rc = h->files->stat_path(h->files, gpu->node, 0, &st);
  if (rc == DAVIT_E_MEMORY)
    return rc;
  if (rc < 0)
    device->unusable =
        h->format(h, "no device node %s; run nvidia-modprobe -c %s", gpu->node, minor);
  else if (st.type != DAVIT_FILE_CHAR || st.minor != gpu->minor)
    device->unusable = h->format(h, "%s is not the device node of minor %s", gpu->node, minor);
  else {
    const char **nodes = h->scratch(h, 2 * sizeof(*nodes));
    if (!nodes)
      return DAVIT_E_MEMORY;
    nodes[0] = gpu->node;
    device->nodes = nodes;
    return DAVIT_OK;
  }
  return device->unusable ? DAVIT_OK : DAVIT_E_MEMORY;
}

/* What the driver tells of a GPU bound to it. */
static int read_information(const struct davit_host *h, const struct pci_function *function,
                            struct gpu *gpu) {
  struct davit_device *device = &gpu->device;
  const char *path = h->format(h, "/proc/driver/nvidia/gpus/%s/information", function->name);
  const char *text, *uuid, *minor;
  bool excluded;
  int rc = path ? read_text(h, path, &text) : DAVIT_E_MEMORY;
  if (rc < 0)
    return rc;
  if (!text) {
    device->unusable = "the driver does not list it; dmesg tells why (NVRM, Xid)";
    return DAVIT_OK;
  }
  gpu->listed = true;
  if (strspn(text, " \t\r\n") == strlen(text)) {
    device->unusable = "the driver lost it (its information file is empty)";
    return DAVIT_OK;
  }
  if ((rc = text_field(h, text, "Model", ':', &device->model)) < 0 ||
      (rc = text_field(h, text, "GPU UUID", ':', &uuid)) < 0 ||
      (rc = text_field(h, text, "Device Minor", ':', &minor)) < 0 ||
      (rc = is_excluded(h, text, &excluded)) < 0)
    return rc;
  if (uuid && *uuid && !strchr(uuid, '?')) /* question marks until the GPU is first used */
    device->uuid = uuid;
  if (excluded) {
    gpu->listed = false;
    device->unusable = "excluded by the driver's option NVreg_ExcludedGpus";
    return DAVIT_OK;
  }
  return find_node(h, minor, gpu);
}

static int add_instance(const struct davit_host *h, const struct gpu *gpu,
                        const struct mig_instance *instance, const struct davit_devices *out) {
  const char *id = h->format(h, "%s:gi%u:ci%u", gpu->device.id, instance->gpu_instance,
                             instance->compute_instance);
  const char **nodes = id ? h->scratch(h, 4 * sizeof(*nodes)) : NULL;
  if (!nodes)
    return DAVIT_E_MEMORY;
  const struct davit_device part = {
      DAVIT_SIZED(struct davit_device),
      .flags = gpu->device.flags & DAVIT_DEVICE_NUMA,
      .numa_node = gpu->device.numa_node,
      .id = id,
      .kind = NVIDIA_KIND,
      .vendor = NVIDIA_VENDOR,
      .pci_address = gpu->device.pci_address,
      .model = gpu->device.model,
      .driver = gpu->device.driver,
      .driver_version = gpu->device.driver_version,
      .nodes = nodes,
      .parent = gpu->device.id,
      .unusable = gpu->device.unusable ? gpu->device.unusable : instance->fault,
  };
  if (!part.unusable) {
    nodes[0] = gpu->node;
    nodes[1] = instance->gpu_cap;
    nodes[2] = instance->compute_cap;
  }
  return out->add(out, &part);
}

/* A GPU in MIG mode stands for its instances: given whole, CUDA would find nothing on it. */
static int add_gpu(const struct davit_host *h, struct gpu *gpu, const struct davit_devices *out) {
  struct davit_device *device = &gpu->device;
  struct mig mig = {0};
  int rc = gpu->node ? mig_read(h, (uint32_t)gpu->minor, &mig) : DAVIT_OK;
  if (rc < 0)
    return rc;
  if (mig.gpu_instances > 0)
    device->flags |= DAVIT_DEVICE_GROUP;
  if (mig.gpu_instances > 0 && mig.count == 0 && !device->unusable)
    device->unusable = "MIG mode is on and it has no compute instance; make one with "
                       "nvidia-smi mig -cci";
  rc = out->add(out, device);
  for (size_t i = 0; rc >= 0 && i < mig.count; i++)
    rc = add_instance(h, gpu, &mig.instances[i], out);
  return rc;
}

static int read_gpu(const struct davit_host *h, const struct pci_function *function,
                    const char *version, struct gpu *gpu) {
  static const char *const drivers[] = {"nvidia", NULL};
  gpu->device = pci_device(function, NVIDIA_KIND, NVIDIA_VENDOR);
  int rc = pci_unbound_reason(h, function, drivers, &gpu->device.unusable);
  if (rc < 0 || gpu->device.unusable)
    return rc;
  gpu->device.driver_version = version;
  return read_information(h, function, gpu);
}

int gpu_enumerate(struct davit_instance *self, const struct davit_query *query,
                  const struct davit_devices *out) {
  const struct davit_host *h = self->host;
  const struct pci_function *const *functions;
  const char *version;
  int rc = refuse_unknown_flags(h, query->flags);
  if (rc < 0 || (rc = pci_list(h, PCI_VENDOR_NVIDIA, &functions)) < 0 ||
      (rc = driver_version(h, &version)) < 0)
    return rc;
  uint32_t index = 0;
  bool is_pci = *functions != NULL;
  for (; *functions; functions++) {
    struct gpu gpu = {0};
    if (gpu_is_at_nouveau((*functions)->driver))
      continue;
    if ((rc = read_gpu(h, *functions, version, &gpu)) < 0)
      return rc;
    if (gpu.listed) {
      gpu.device.flags |= DAVIT_DEVICE_INDEX;
      gpu.device.index = index++;
      gpu.device.id = h->format(h, "%u", gpu.device.index);
      if (!gpu.device.id)
        return DAVIT_E_MEMORY;
    }
    if ((rc = add_gpu(h, &gpu, out)) < 0)
      return rc;
  }
  if (is_pci)
    return DAVIT_OK;
  rc = wsl_enumerate(h, out);
  return rc < 0 ? rc : tegra_refuse(h);
}
