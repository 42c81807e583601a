/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a service's variables that stand elsewhere: in davit's environment, in files of
 * secrets. */
#ifndef DAVIT_PIPELINE_REFERENCES_H
#define DAVIT_PIPELINE_REFERENCES_H

#include "pipeline/pipeline.h"

struct references {
  struct context *context;
  struct host *secrets; /* the directory as a root of its own; NULL: not opened yet */
};

static inline void cleanup_references(struct references *references) {
  host_close(references->secrets);
}

/* What the variable's reference finds. No problem that it reports repeats a value. */
int references_resolve(struct references *references, const struct service_env *env,
                       const char **value, struct davit_error *err) MUST_CHECK;

#endif
