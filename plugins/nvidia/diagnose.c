/* SPDX-License-Identifier: Apache-2.0 */
/* Why containers would not get NVIDIA's GPUs: the driver, and who has the GPUs. */
#include "nvidia/diagnose.h"
#include "nvidia/driver.h"

#include <string.h>

#include "common/read.h"
#include "nvidia/nvidia.h"

enum {
  PCI_VENDOR_NVIDIA = 0x10de
};

static const struct fault driver_good = {"nvidia.driver", DAVIT_SEV_OK, NULL};
static const struct fault driver_missing = {"nvidia.driver-missing", DAVIT_SEV_ERROR,
                                            "containers find no GPU"};
static const struct fault driver_not_loaded = {"nvidia.driver-not-loaded", DAVIT_SEV_ERROR,
                                               "containers find no GPU"};
static const struct fault driver_blacklisted = {"nvidia.driver-blacklisted", DAVIT_SEV_ERROR,
                                                "containers find no GPU"};
static const struct fault nouveau = {
    "nvidia.nouveau", DAVIT_SEV_ERROR,
    "CUDA finds no GPU; with vendor drm the GPU can only draw, by Mesa of the image"};
static const struct fault reserved = {"nvidia.reserved", DAVIT_SEV_NOTE,
                                      "a virtual machine has it; containers get the others"};
static const struct fault unbound = {"nvidia.unbound", DAVIT_SEV_ERROR,
                                     "nvidia-smi: \"No devices were found\""};

static const struct module_faults module_faults = {
    .missing = &driver_missing,
    .not_loaded = &driver_not_loaded,
    .blacklisted = &driver_blacklisted,
    .install = "`apt install nvidia-driver` (Debian, from non-free) or the driver of NVIDIA's "
               "repository; if it is installed, `dkms status` says whether it was built for this "
               "kernel",
};
static const struct binding_faults binding_faults = {&reserved, &unbound};

static bool is_at_driver(const struct pci_function *function) {
  return function->driver && strcmp(function->driver, "nvidia") == 0;
}

static int diagnose_nouveau(const struct diagnosis *d, const struct pci_function *function) {
  return diagnosis_add(
      d, &nouveau, function->name,
      d->h->format(
          d->h,
          "`apt install nvidia-driver`, which puts %s on the blacklist, or write "
          "\"blacklist %s\" to /etc/modprobe.d/nouveau.conf; then `update-initramfs -u` and "
          "`reboot`",
          function->driver, function->driver),
      "it is bound to the free driver %s", function->driver);
}

/* A GPU without a driver is a fault of its own only where the driver is loaded. */
static int diagnose_function(const struct diagnosis *d, const struct pci_function *function,
                             bool driver_is_loaded) {
  if (is_at_driver(function))
    return DAVIT_OK;
  if (gpu_is_at_nouveau(function->driver))
    return diagnose_nouveau(d, function);
  if (!function->driver && !driver_is_loaded)
    return DAVIT_OK;
  return diagnose_binding(d, function, &binding_faults);
}

/* The driver matters where it has GPUs, or where GPUs wait for one. */
static int diagnose_driver(const struct diagnosis *d, const struct pci_function *const *functions,
                           bool *is_loaded) {
  *is_loaded = false;
  for (; *functions; functions++)
    if (!(*functions)->driver || is_at_driver(*functions))
      return diagnose_module(d, "nvidia", &module_faults, is_loaded);
  return DAVIT_OK;
}

static int select_at_driver(const struct davit_host *h, const struct pci_function *const *functions,
                            const struct pci_function *const **selected) {
  size_t count = 0, kept = 0;
  while (functions[count])
    count++;
  const struct pci_function **list = h->scratch(h, (count + 1) * sizeof(*list));
  if (!list)
    return DAVIT_E_MEMORY;
  for (; *functions; functions++)
    if (is_at_driver(*functions))
      list[kept++] = *functions;
  *selected = list;
  return DAVIT_OK;
}

static int diagnose_running(const struct examined *at, const struct davit_request *req) {
  int rc;
  if (at->version &&
      (rc = diagnosis_add(&at->d, &driver_good, NULL, "", "driver %s", at->version)) < 0)
    return rc;
  if ((rc = diagnose_nodes(at)) < 0 || (rc = diagnose_services(at)) < 0 ||
      (rc = diagnose_host_files(at)) < 0)
    return rc;
  return req && req->container->rootfs ? diagnose_rootfs(at, req->container->rootfs) : DAVIT_OK;
}

int nvidia_diagnose(struct davit_instance *self, const struct davit_request *req,
                    const struct davit_findings *out) {
  const struct davit_host *h = self->host;
  struct examined at = {.d = {h, out}};
  const struct pci_function *const *functions;
  bool is_loaded;
  int rc = req ? refuse_unknown_flags(h, req->flags) : DAVIT_OK;
  if (rc < 0 || (rc = pci_list(h, PCI_VENDOR_NVIDIA, &functions)) < 0 ||
      (rc = diagnose_driver(&at.d, functions, &is_loaded)) < 0)
    return rc;
  for (size_t i = 0; functions[i]; i++)
    if ((rc = diagnose_function(&at.d, functions[i], is_loaded)) < 0)
      return rc;
  if (!is_loaded)
    return DAVIT_OK;
  if ((rc = driver_version(h, &at.version)) < 0 ||
      (rc = select_at_driver(h, functions, &at.at_driver)) < 0)
    return rc;
  return at.at_driver[0] ? diagnose_running(&at, req) : DAVIT_OK;
}
