/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing devices from what a provider found: count, index, UUID, PCI address, name, group, model.
 * The one piece of code for all providers, and the one set of messages. */
#ifndef DAVIT_PLUGIN_SELECT_H
#define DAVIT_PLUGIN_SELECT_H

#include "plugin/instance.h"
#include "plugin/request.h"
#include "util/log.h"

/* *chosen: a list of devices of the inventory in the order asked, each once, groups replaced by
 * their usable parts; with a count, in the provider's order. Problems: "gpu.too-few" (what is
 * there, and why each other candidate does not count), "gpu.not-found" (near names), "gpu.unusable"
 * (the reason), "gpu.ambiguous", "gpu.duplicate" (one device under two names), "gpu.count" (count
 * and devices disagree). No device at all, or none of the model asked, is DAVIT_E_NOT_FOUND;
 * anything else that is wrong with the request is DAVIT_E_INVALID. */
int select_devices(struct arena *arena, const struct inventory *inventory,
                   const struct device_request *request, const struct davit_device *const **chosen,
                   struct davit_error *err) MUST_CHECK;

/* "0", "GPU-...", "0000:17:00.0 (NVIDIA H200)": how a device is called in messages. */
const char *device_label(struct arena *arena, const struct davit_device *device);

#endif
