/* SPDX-License-Identifier: Apache-2.0 */
/* Why containers would not get Intel's GPUs. */
#include <string.h>

#include "common/diagnosis.h"
#include "common/read.h"
#include "intel/intel.h"

static const struct fault driver_good = {"intel.driver", DAVIT_SEV_OK, NULL};
static const struct fault driver_missing = {"intel.driver-missing", DAVIT_SEV_ERROR,
                                            "containers find no GPU"};
static const struct fault driver_not_loaded = {"intel.driver-not-loaded", DAVIT_SEV_ERROR,
                                               "containers find no GPU"};
static const struct fault driver_blacklisted = {"intel.driver-blacklisted", DAVIT_SEV_ERROR,
                                                "containers find no GPU"};
static const struct fault reserved = {"intel.reserved", DAVIT_SEV_NOTE,
                                      "a virtual machine has it; containers get the others"};
static const struct fault unbound = {"intel.unbound", DAVIT_SEV_ERROR,
                                     "Level Zero finds no such device"};
static const struct fault no_render_node = {"intel.no-render-node", DAVIT_SEV_ERROR,
                                            "Level Zero and Mesa find no device"};
static const struct fault node_missing = {"intel.node-missing", DAVIT_SEV_ERROR,
                                          "davit cannot give this GPU to a container"};
static const struct fault node_numbers = {"intel.node-numbers", DAVIT_SEV_ERROR,
                                          "programs open another device, or none"};
static const struct fault node_denied = {"intel.node-denied", DAVIT_SEV_ERROR,
                                         "rootless containers get \"Permission denied\""};

static const struct module_faults module_faults = {
    .missing = &driver_missing,
    .not_loaded = &driver_not_loaded,
    .blacklisted = &driver_blacklisted,
    .install = "`apt install linux-image-amd64` (i915 and xe are parts of the kernel)",
};
static const struct binding_faults binding_faults = {&reserved, &unbound};
static const struct node_faults node_faults = {&node_missing, &node_numbers, &node_denied};

static bool is_at_driver(const struct pci_function *function) {
  return function->driver &&
         (strcmp(function->driver, "i915") == 0 || strcmp(function->driver, "xe") == 0);
}

static int is_live(const struct davit_host *h, const char *module, bool *live) {
  uint32_t state;
  int rc = h->kernel_module(h, module, &state);
  if (rc >= 0)
    *live = state == DAVIT_KMOD_LIVE || state == DAVIT_KMOD_BUILTIN;
  return rc;
}

/* Which of the two drivers a GPU is for, its id decides; that neither is loaded is one fault. */
static int diagnose_modules(const struct diagnosis *d, bool *loaded) {
  const char *const modules[] = {"xe", "i915"};
  for (size_t i = 0; i < 2; i++) {
    int rc = is_live(d->h, modules[i], loaded);
    if (rc < 0)
      return rc;
    if (*loaded)
      return diagnosis_add(d, &driver_good, NULL, "", "%s is loaded", modules[i]);
  }
  return diagnose_module(d, "i915", &module_faults, loaded);
}

/* A GPU that is newer than the kernel is left alone unless the driver is told to try. */
static int diagnose_unbound(const struct diagnosis *d, const struct pci_function *function) {
  const char *id;
  if (pci_is_reserved(function) || function->driver)
    return diagnose_binding(d, function, &binding_faults);
  int rc = read_attribute(d->h, function->dir, "device", &id);
  if (rc < 0)
    return rc;
  const char *digits = id && strncmp(id, "0x", 2) == 0 ? id + 2 : "ID";
  return diagnosis_add(d, &unbound, function->name,
                       d->h->format(d->h,
                                    "boot a newer kernel, or let a driver try: "
                                    "`modprobe xe force_probe=%s`",
                                    digits),
                       "neither i915 nor xe takes it");
}

static int diagnose_bound(const struct diagnosis *d, const struct pci_function *function) {
  bool renders;
  int rc = diagnose_drm(d, function->dir, &node_faults, &renders);
  if (rc < 0 || renders)
    return rc;
  return diagnosis_add(d, &no_render_node, function->name,
                       "`dmesg` says why (lines with i915 or xe: firmware that is missing, a GPU "
                       "that does not start)",
                       "%s makes no render node for it", function->driver);
}

int intel_diagnose(struct davit_instance *self, const struct davit_request *req,
                   const struct davit_findings *out) {
  const struct diagnosis d = {self->host, out};
  const struct pci_function *const *functions;
  bool needs_driver = false, is_loaded = false;
  int rc = req ? refuse_unknown_flags(d.h, req->flags) : DAVIT_OK;
  if (rc < 0 || (rc = pci_list(d.h, PCI_VENDOR_INTEL, &functions)) < 0)
    return rc;
  for (size_t i = 0; functions[i]; i++)
    if (pci_is_display(functions[i]))
      needs_driver = needs_driver || !functions[i]->driver || is_at_driver(functions[i]);
  if (needs_driver && (rc = diagnose_modules(&d, &is_loaded)) < 0)
    return rc;
  for (; rc >= 0 && *functions; functions++) {
    bool waits = !(*functions)->driver && !is_loaded;
    if (!pci_is_display(*functions) || waits)
      continue;
    rc = is_at_driver(*functions) ? diagnose_bound(&d, *functions)
                                  : diagnose_unbound(&d, *functions);
  }
  return rc;
}
