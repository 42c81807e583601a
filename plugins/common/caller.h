/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs davit, and so may open which device nodes. */
#ifndef DAVIT_PLUGINS_COMMON_CALLER_H
#define DAVIT_PLUGINS_COMMON_CALLER_H

#include <stdbool.h>

#include "davit/plugin.h"

struct caller {
  bool is_known;
  uint64_t uid; /* effective, as gid */
  uint64_t gid;
  const char *groups; /* supplementary, with blanks between and around */
};

/* What /proc/self/status says; not known if it is not there. */
int caller_read(const struct davit_host *h, struct caller *caller);
/* For reading and writing. Root may, and so may who is not known. */
bool caller_may_open(const struct caller *caller, const struct davit_stat *st);

#endif
