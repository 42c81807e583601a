/* SPDX-License-Identifier: Apache-2.0 */
/* Which kinds a query asks for. */
#ifndef DAVIT_CDI_FILTER_H
#define DAVIT_CDI_FILTER_H

#include "davit/plugin.h"
#include "util/list.h"

struct filter {
  struct list kinds;  /* asked by name, the main one first */
  const char *vendor; /* any kind of this vendor; NULL: none but those named */
  bool takes_all;
};

/* False: out of memory. */
bool filter_init(struct arena *arena, const struct davit_query *query,
                 struct filter *filter) MUST_CHECK;
bool filter_wants(const struct filter *filter, const char *kind);
/* False: no spec of a wanted kind can be in this text. A text that could spell a kind in a way of
 * its own (escapes, other encodings) is never ruled out. */
bool filter_may_want(const struct filter *filter, const char *text, size_t size);

#endif
