/* SPDX-License-Identifier: Apache-2.0 */
/* The edits of one request on their way to davit. Private to edits.c and stale.c. */
#ifndef DAVIT_CDI_INJECTION_H
#define DAVIT_CDI_INJECTION_H

#include "cdi/index.h"

struct injection {
  const struct davit_host *host;
  struct arena *arena;
  const struct davit_request *request;
  const struct davit_edits *edits;
  const struct spec_file *file;      /* whose edits are being made */
  const struct davit_device *device; /* NULL: those of the whole file */
  struct davit_error problems;       /* of files: all are reported */
  size_t more_stale;                 /* entries that are not reported any more */
  bool is_hook_refused;
  /* The last one replaces those before it as a whole. */
  const struct cdi_rdt *rdt;
  const struct spec_file *rdt_file;
  const struct davit_device *rdt_device;
};

static inline bool is_generating(const struct injection *injection) {
  return injection->request->flags & DAVIT_REQUEST_GENERATE;
}

/* What a spec names must be there: a runtime fails without it, and says less of the reason. Each
 * adds a problem, "cdi.file-stale" with the place in the spec, and answers false. */

bool check_node(struct injection *injection, const struct cdi_node *node, const char *path);
/* `what` names it in the message. */
bool check_path(struct injection *injection, const struct doc_node *at, const char *what,
                const char *path);
/* Says how many problems there are beside those that are said. */
void count_more_stale(struct injection *injection);

/* The path without doubled slashes and "."; NULL: the problem is added. */
const char *clean_path(struct injection *injection, const struct doc_node *at, const char *what,
                       const char *path);

#endif
