/* SPDX-License-Identifier: Apache-2.0 */
/* What plugins share that look for faults. */
#ifndef DAVIT_PLUGINS_COMMON_DIAGNOSIS_H
#define DAVIT_PLUGINS_COMMON_DIAGNOSIS_H

#include <stdbool.h>

#include "common/pci.h"
#include "davit/plugin.h"

struct diagnosis {
  const struct davit_host *h;
  const struct davit_findings *out;
};

/* What every finding of a code has in common. */
struct fault {
  const char *code;
  uint32_t severity; /* DAVIT_SEV_* */
  const char *why;   /* NULL: the text says it */
};

/* Adds a finding. `remedy` NULL: there was no memory to say it, which is then the answer; "": there
 * is none. */
int diagnosis_add(const struct diagnosis *d, const struct fault *fault, const char *subject,
                  const char *remedy, const char *format, ...) DAVIT_PRINTF(5, 6);

/* ---- binding -------------------------------------------------------------------------------- */

struct binding_faults {
  const struct fault *reserved; /* for a virtual machine */
  const struct fault *unbound;  /* no driver, although its own is loaded, or another one */
};

/* A PCI function that is not at its vendor's driver, although that is loaded. */
int diagnose_binding(const struct diagnosis *d, const struct pci_function *function,
                     const struct binding_faults *faults);
/* At vfio or a like driver, whose devices are for virtual machines. */
bool pci_is_reserved(const struct pci_function *function);

/* ---- modules -------------------------------------------------------------------------------- */

/* A module that is not loaded: why, and how it is loaded. */
struct module_faults {
  const struct fault *missing;     /* it is not on this host */
  const struct fault *not_loaded;  /* it is there */
  const struct fault *blacklisted; /* it is there, and modprobe's configuration forbids it */
  const char *install;             /* remedy for the first */
};

/* *loaded, if the kernel has it; else a finding. */
int diagnose_module(const struct diagnosis *d, const char *module,
                    const struct module_faults *faults, bool *loaded);

/* ---- nodes ---------------------------------------------------------------------------------- */

/* The two ways in which a device node of these numbers may be wrong, and who may open it. */
struct node_faults {
  const struct fault *missing;
  const struct fault *numbers; /* or no device node at all */
  const struct fault *denied;  /* who runs davit may not open it; NULL: no matter */
};

struct node_wanted {
  const char *path;
  uint64_t major;
  uint64_t minor;
  const char *make; /* the command that makes it */
};

/* *good: it is there and the right one; a caller without rights is another matter. */
int diagnose_node(const struct diagnosis *d, const struct node_wanted *node,
                  const struct node_faults *faults, bool *good);

/* The major that /proc/devices gives a character device's name; *there is false without one. */
int find_major(const struct davit_host *h, const char *name, bool *there, uint64_t *major);

/* The DRM nodes of a device, by its directory in sysfs, against what the kernel says of them.
 * *renders: it has a render node, good or not. */
int diagnose_drm(const struct diagnosis *d, const char *device_dir,
                 const struct node_faults *faults, bool *renders);

#endif
