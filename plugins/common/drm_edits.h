/* SPDX-License-Identifier: Apache-2.0 */
/* The DRM nodes of a request's devices in the container, and under which names they are there. */
#ifndef DAVIT_PLUGINS_COMMON_DRM_EDITS_H
#define DAVIT_PLUGINS_COMMON_DRM_EDITS_H

#include <stdbool.h>

#include "davit/plugin.h"

/* Options for a plugin's list. */
extern const struct davit_option BY_PATH_OPTION;   /* by-path=on|off */
extern const struct davit_option RENDER_AS_OPTION; /* render-as=renderD128 */

/* The nodes of each device, from its device; card nodes only on demand: they can set display modes.
 */
int add_drm_nodes(const struct davit_host *h, const struct davit_request *req,
                  const struct davit_edits *edits, bool with_cards);

#endif
