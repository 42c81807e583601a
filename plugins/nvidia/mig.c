/* SPDX-License-Identifier: Apache-2.0 */
/* MIG instances, by the capabilities in /proc/driver/nvidia: a directory for each GPU instance
 * that exists, in it one for each of its compute instances. */
#include <stdlib.h>

#include "common/read.h"
#include "nvidia/nvidia.h"

enum { /* more is not possible (minors are handed out for 15 by 8) */
  MAX_GPU_INSTANCE = 14,
  MAX_COMPUTE_INSTANCE = 7,
  MAX_INSTANCES = (MAX_GPU_INSTANCE + 1) * (MAX_COMPUTE_INSTANCE + 1)
};

int mig_read_capability(const struct davit_host *h, const char *access, const char **node,
                        const char **fault) {
  const char *text, *minor = NULL;
  int rc = read_text(h, access, &text);
  if (rc >= 0 && text)
    rc = text_field(h, text, "DeviceFileMinor", ':', &minor);
  if (rc < 0)
    return rc;
  uint64_t number;
  if (!minor || !number_parse(minor, 10, UINT32_MAX, &number)) {
    *fault = h->format(h, "%s tells no device minor", access);
    return *fault ? DAVIT_OK : DAVIT_E_MEMORY;
  }
  uint32_t type;
  *node = h->format(h, "/dev/nvidia-caps/nvidia-cap%llu", (unsigned long long)number);
  rc = *node ? path_type(h, *node, &type) : DAVIT_E_MEMORY;
  if (rc < 0 || type == DAVIT_FILE_CHAR)
    return rc;
  *fault = h->format(h, "no device node %s; run nvidia-modprobe -f %s", *node, access);
  return *fault ? DAVIT_OK : DAVIT_E_MEMORY;
}

static int read_access(const struct davit_host *h, const char *dir, const char **node,
                       const char **fault) {
  const char *access = h->format(h, "%s/access", dir);
  return access ? mig_read_capability(h, access, node, fault) : DAVIT_E_MEMORY;
}

static int by_number(const void *a, const void *b) {
  const struct mig_instance *left = a, *right = b;
  if (left->gpu_instance != right->gpu_instance)
    return left->gpu_instance < right->gpu_instance ? -1 : 1;
  return (left->compute_instance > right->compute_instance) -
         (left->compute_instance < right->compute_instance);
}

static int read_gpu_instance(const struct davit_host *h, const char *dir, uint32_t gpu_instance,
                             struct mig_instance *instances, size_t *count) {
  struct mig_instance of_all = {.gpu_instance = gpu_instance};
  const char *const *names;
  int rc = read_access(h, dir, &of_all.gpu_cap, &of_all.fault);
  if (rc < 0 || (rc = read_dir(h, dir, &names)) < 0)
    return rc;
  for (; *names; names++) {
    uint64_t number;
    if (!name_number(*names, "ci", MAX_COMPUTE_INSTANCE, &number))
      continue;
    struct mig_instance *instance = &instances[(*count)++];
    const char *ci_dir = h->format(h, "%s/%s", dir, *names);
    *instance = of_all;
    instance->compute_instance = (uint32_t)number;
    rc = ci_dir ? read_access(h, ci_dir, &instance->compute_cap, &instance->fault) : DAVIT_E_MEMORY;
    if (rc < 0)
      return rc;
  }
  return DAVIT_OK;
}

int mig_read(const struct davit_host *h, uint32_t minor, struct mig *mig) {
  /* The directory `mig` is there for every GPU that knows MIG, also with the mode off: only the
   * instances in it tell. */
  const char *dir = h->format(h, "/proc/driver/nvidia/capabilities/gpu%u/mig", minor);
  const char *const *names;
  int rc = dir ? read_dir(h, dir, &names) : DAVIT_E_MEMORY;
  if (rc < 0)
    return rc;
  struct mig found = {0};
  if (!*names) {
    *mig = found;
    return DAVIT_OK;
  }
  struct mig_instance *instances = h->scratch(h, MAX_INSTANCES * sizeof(*instances));
  if (!instances)
    return DAVIT_E_MEMORY;
  for (; *names; names++) {
    uint64_t number;
    if (!name_number(*names, "gi", MAX_GPU_INSTANCE, &number))
      continue;
    const char *gi_dir = h->format(h, "%s/%s", dir, *names);
    if (!gi_dir)
      return DAVIT_E_MEMORY;
    if ((rc = read_gpu_instance(h, gi_dir, (uint32_t)number, instances, &found.count)) < 0)
      return rc;
    found.gpu_instances++;
  }
  qsort(instances, found.count, sizeof(*instances), by_number);
  found.instances = instances;
  *mig = found;
  return DAVIT_OK;
}
