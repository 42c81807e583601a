/* SPDX-License-Identifier: Apache-2.0 */
/* Devices given to the containers of one run: none is given alone and yet twice, none is shared in
 * two ways or by too many. */
#ifndef DAVIT_CLI_CLAIMS_H
#define DAVIT_CLI_CLAIMS_H

#include "util/error.h"
#include "util/list.h"

struct holdings { /* zeroed: nothing is given yet */
  struct list items;
};

/* A further container has these (struct device_claim *): "gpu.claimed" if it cannot. */
int holdings_add(struct arena *arena, struct holdings *holdings, const char *container,
                 const struct list *claims, struct davit_error *err) MUST_CHECK;

#endif
