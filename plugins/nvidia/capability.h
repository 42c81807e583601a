/* SPDX-License-Identifier: Apache-2.0 */
/* What of the driver a container wants, in the words of NVIDIA_DRIVER_CAPABILITIES. */
#ifndef DAVIT_PLUGINS_NVIDIA_CAPABILITY_H
#define DAVIT_PLUGINS_NVIDIA_CAPABILITY_H

#include <stdint.h>

#include "davit/plugin.h"

enum {
  COMPUTE = 1u << 0,
  UTILITY = 1u << 1,
  GRAPHICS = 1u << 2,
  VIDEO = 1u << 3,
  DISPLAY = 1u << 4,
  NGX = 1u << 5,
  COMPAT32 = 1u << 6
};

/* By the service, else the image, else utility and compute. */
int capabilities_asked(const struct davit_host *h, const struct davit_request *req,
                       uint32_t *capabilities);

/* "graphics or display": a text for messages; NULL without memory. */
const char *capabilities_text(const struct davit_host *h, uint32_t capabilities);

#endif
