/* SPDX-License-Identifier: Apache-2.0 */
/* What NVIDIA's driver says of itself and its GPUs, for specs that have written it down. */
#ifndef DAVIT_CDI_NVIDIA_H
#define DAVIT_CDI_NVIDIA_H

#include "davit/plugin.h"
#include "util/attributes.h"

/* "580.95.05"; NULL: it is not loaded. */
int nvidia_version(const struct davit_host *host, const char **version) MUST_CHECK;
/* The node of the GPU with that UUID, "/dev/nvidia0"; NULL: none is known. */
int nvidia_node(const struct davit_host *host, const char *uuid, const char **node) MUST_CHECK;

#endif
