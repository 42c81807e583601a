/* SPDX-License-Identifier: Apache-2.0 */
/* Containers of a user who is not root. */
#ifndef DAVIT_PIPELINE_ROOTLESS_H
#define DAVIT_PIPELINE_ROOTLESS_H

#include "host/caller.h"
#include "util/arena.h"

enum rootless_mode {
  ROOTLESS_AUTO, /* of a user who is not root, on the machine itself */
  ROOTLESS_YES,
  ROOTLESS_NO
};

/* Who will run the runtime; NULL: root. */
int rootless_find(const struct host *host, struct arena *arena, enum rootless_mode mode,
                  const struct host_caller **caller, struct davit_error *err) MUST_CHECK;

#endif
