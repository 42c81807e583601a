/* SPDX-License-Identifier: Apache-2.0 */
/* What a client of MPS may use. CUDA does not complain of a limit that it cannot read: it has none
 * then. So it is read here first. */
#ifndef DAVIT_PLUGINS_NVIDIA_MPS_LIMITS_H
#define DAVIT_PLUGINS_NVIDIA_MPS_LIMITS_H

#include "davit/plugin.h"

/* The options mps-active-thread-percentage and mps-pinned-memory-limit, for a container with that
 * many GPUs. */
int mps_limits_set(const struct davit_host *h, size_t gpus, const struct davit_edits *edits);

#endif
