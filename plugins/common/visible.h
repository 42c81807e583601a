/* SPDX-License-Identifier: Apache-2.0 */
/* Variables by which a vendor's libraries choose among the GPUs that a process can see. Their
 * ordinals count inside the container, so they never are the host's indexes. */
#ifndef DAVIT_PLUGINS_COMMON_VISIBLE_H
#define DAVIT_PLUGINS_COMMON_VISIBLE_H

#include "davit/plugin.h"

/* The option `visible-env=on|off` for a plugin's list. */
extern const struct davit_option VISIBLE_ENV_OPTION;

/* Sets the variable to "0,...,n-1" for the n devices of the request, unless the service or user
 * sets it, or visible-env is off. Warns of a value in the container that names an ordinal which
 * will not exist. Nothing of this is for a generated CDI file, which does not know n. */
int set_visible(const struct davit_host *h, const struct davit_request *req,
                const struct davit_edits *edits, const char *name);
/* The same where the library counts something else than devices, `count` of them. */
int set_visible_count(const struct davit_host *h, const struct davit_request *req,
                      const struct davit_edits *edits, const char *name, size_t count);

#endif
