/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAVIT_HOST_LIBSUBID_H
#define DAVIT_HOST_LIBSUBID_H

#include "host/caller.h"

/* What libsubid says of that user. *asked is false if it is not installed or cannot tell. */
int libsubid_find(struct arena *arena, enum host_subids kind, const char *user, bool *asked,
                  struct host_id_ranges *ranges, struct davit_error *err) MUST_CHECK;

#endif
