/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the intel plugin: which GPUs are here, and how Level Zero counts them. */
#ifndef DAVIT_PLUGINS_INTEL_INTEL_H
#define DAVIT_PLUGINS_INTEL_INTEL_H

#include "common/instance.h"
#include "davit/plugin.h"

#define INTEL_KIND   "intel.com/gpu"
#define INTEL_VENDOR "intel"

enum {
  PCI_VENDOR_INTEL = 0x8086
};

int intel_enumerate(struct davit_instance *self, const struct davit_query *query,
                    const struct davit_devices *out);

/* hierarchy=flat|composite|combined */
extern const struct davit_option LEVEL_ZERO_HIERARCHY_OPTION;

/* ZE_FLAT_DEVICE_HIERARCHY, if asked for, and ZE_AFFINITY_MASK. */
int level_zero_set(const struct davit_host *h, const struct davit_request *req,
                   const struct davit_edits *edits);

int intel_diagnose(struct davit_instance *self, const struct davit_request *req,
                   const struct davit_findings *out);

#endif
