/* SPDX-License-Identifier: Apache-2.0 */
/* A limit of the devices' own memory, by the cgroup controller dmem, which knows memory of every
 * driver that accounts for it: no plugin is asked. */
#ifndef DAVIT_PLUGIN_MEMORY_LIMIT_H
#define DAVIT_PLUGIN_MEMORY_LIMIT_H

#include "host/host.h"
#include "oci/oci.h"
#include "plugin/request.h"
#include "util/list.h"

/* The lines of dmem.max (const char *) that limit each of the devices (list) as the request says;
 * none if it does not. "gpu.memory-limit": the host cannot. */
int memory_limit_find(struct arena *arena, const struct host *host,
                      const struct device_request *request,
                      const struct davit_device *const *devices, struct list *lines,
                      struct davit_error *err) MUST_CHECK;

int memory_limit_set(struct oci *oci, const struct device_request *request,
                     const struct list *lines, struct davit_error *err) MUST_CHECK;

#endif
