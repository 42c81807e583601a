/* SPDX-License-Identifier: Apache-2.0 */
/* Why containers would not get AMD's GPUs. */
#include <string.h>

#include "amd/amd.h"
#include "common/diagnosis.h"
#include "common/read.h"

static const struct fault driver_good = {"amd.driver", DAVIT_SEV_OK, NULL};
static const struct fault driver_missing = {"amd.driver-missing", DAVIT_SEV_ERROR,
                                            "containers find no GPU"};
static const struct fault driver_not_loaded = {"amd.driver-not-loaded", DAVIT_SEV_ERROR,
                                               "containers find no GPU"};
static const struct fault driver_blacklisted = {"amd.driver-blacklisted", DAVIT_SEV_ERROR,
                                                "containers find no GPU"};
static const struct fault reserved = {"amd.reserved", DAVIT_SEV_NOTE,
                                      "a virtual machine has it; containers get the others"};
static const struct fault unbound = {"amd.unbound", DAVIT_SEV_ERROR, "ROCm finds no such GPU"};
static const struct fault kfd_missing = {
    "amd.kfd-missing", DAVIT_SEV_ERROR,
    "ROCm: \"Unable to open /dev/kfd read-write: No such file or directory\""};
static const struct fault not_in_kfd = {"amd.not-in-kfd", DAVIT_SEV_WARNING,
                                        "ROCm does not list it; it can only draw"};
static const struct fault node_missing = {"amd.node-missing", DAVIT_SEV_ERROR,
                                          "davit cannot give this GPU to a container"};
static const struct fault node_numbers = {"amd.node-numbers", DAVIT_SEV_ERROR,
                                          "programs open another device, or none"};
static const struct fault node_denied = {
    "amd.node-denied", DAVIT_SEV_ERROR,
    "rootless containers get \"Permission denied\", and see the group as nogroup"};
static const struct fault unused_partition = {
    "amd.partition-unused", DAVIT_SEV_NOTE,
    "the driver makes nodes for as many partitions as there can be; HIP sees fewer devices"};

static const struct module_faults module_faults = {
    .missing = &driver_missing,
    .not_loaded = &driver_not_loaded,
    .blacklisted = &driver_blacklisted,
    .install =
        "`apt install linux-image-amd64` (amdgpu is part of the kernel), or AMD's amdgpu-dkms",
};
static const struct binding_faults binding_faults = {&reserved, &unbound};
static const struct node_faults node_faults = {&node_missing, &node_numbers, &node_denied};

static bool is_at_driver(const struct pci_function *function) {
  return function->driver && strcmp(function->driver, "amdgpu") == 0;
}

/* ---- KFD ------------------------------------------------------------------------------------ */

static int diagnose_kfd_node(const struct diagnosis *d) {
  static const struct node_faults faults = {&kfd_missing, &node_numbers, &node_denied};
  struct node_wanted node = {.path = "/dev/kfd", .make = "`udevadm trigger --name-match=kfd`"};
  bool has_kfd, good;
  int rc = find_major(d->h, "kfd", &has_kfd, &node.major);
  if (rc < 0)
    return rc;
  if (has_kfd)
    return diagnose_node(d, &node, &faults, &good);
  return diagnosis_add(
      d, &kfd_missing, node.path,
      "boot a kernel with CONFIG_HSA_AMD (`apt install linux-image-amd64`, then `reboot`); `dmesg` "
      "says if that is not it (lines with kfd)",
      "amdgpu is loaded without its compute driver");
}

static int diagnose_topology(const struct diagnosis *d, const struct kfd *kfd,
                             const struct pci_function *function) {
  struct drm_nodes own;
  int rc = drm_nodes(d->h, function->dir, &own);
  if (rc < 0)
    return rc;
  for (size_t i = 0; i < kfd->count; i++)
    if (kfd_belongs_to(&kfd->nodes[i], function, &own))
      return DAVIT_OK;
  return diagnosis_add(d, &not_in_kfd, function->name,
                       "`dmesg` says why (\"kfd: skipped device\"): a chip that KFD does not know, "
                       "or a slot without PCIe atomics",
                       "the compute driver does not know it");
}

static bool is_in_kfd(const struct kfd *kfd, const struct drm_nodes *nodes) {
  for (size_t i = 0; i < kfd->count; i++)
    if (nodes->render.path && nodes->render.number == kfd->nodes[i].render_minor)
      return true;
  return false;
}

static int diagnose_partitions(const struct diagnosis *d, const struct kfd *kfd) {
  const struct drm_nodes *partitions, *first = NULL;
  size_t count, unused = 0;
  int rc = partitions_read(d->h, &partitions, &count);
  for (size_t i = 0; rc >= 0 && i < count; i++) {
    if (!partitions[i].render.path || is_in_kfd(kfd, &partitions[i]))
      continue;
    first = first ? first : &partitions[i];
    unused++;
  }
  if (rc < 0 || !first)
    return rc;
  return diagnosis_add(
      d, &unused_partition, first->render.path, "",
      "%zu of the driver's render nodes have no partition behind them; this is the "
      "first",
      unused);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int diagnose_bound(const struct diagnosis *d, const struct kfd *kfd,
                          const struct pci_function *function) {
  bool renders;
  int rc = diagnose_drm(d, function->dir, &node_faults, &renders);
  return rc < 0 ? rc : diagnose_topology(d, kfd, function);
}

static int diagnose_compute(const struct diagnosis *d,
                            const struct pci_function *const *functions) {
  struct kfd kfd;
  int rc = diagnosis_add(d, &driver_good, NULL, "", "amdgpu is loaded");
  if (rc < 0 || (rc = diagnose_kfd_node(d)) < 0 || (rc = kfd_read(d->h, &kfd)) < 0)
    return rc;
  for (; rc >= 0 && *functions; functions++)
    if (is_at_driver(*functions))
      rc = diagnose_bound(d, &kfd, *functions);
  return rc < 0 ? rc : diagnose_partitions(d, &kfd);
}

int amd_diagnose(struct davit_instance *self, const struct davit_request *req,
                 const struct davit_findings *out) {
  const struct diagnosis d = {self->host, out};
  const struct pci_function *const *functions;
  bool is_wanted = false, is_bound = false, is_loaded = false;
  int rc = req ? refuse_unknown_flags(d.h, req->flags) : DAVIT_OK;
  if (rc < 0 || (rc = pci_list(d.h, PCI_VENDOR_AMD, &functions)) < 0)
    return rc;
  for (size_t i = 0; functions[i]; i++) {
    is_bound = is_bound || is_at_driver(functions[i]);
    is_wanted = is_wanted || !functions[i]->driver;
  }
  if ((is_wanted || is_bound) &&
      (rc = diagnose_module(&d, "amdgpu", &module_faults, &is_loaded)) < 0)
    return rc;
  for (size_t i = 0; functions[i]; i++) {
    bool waits = !functions[i]->driver && !is_loaded;
    if (!waits && !is_at_driver(functions[i]) &&
        (rc = diagnose_binding(&d, functions[i], &binding_faults)) < 0)
      return rc;
  }
  return is_loaded && is_bound ? diagnose_compute(&d, functions) : DAVIT_OK;
}
