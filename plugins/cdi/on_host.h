/* SPDX-License-Identifier: Apache-2.0 */
/* What a spec names, looked up on the host each time: drivers are renewed and specs are not. */
#ifndef DAVIT_CDI_ON_HOST_H
#define DAVIT_CDI_ON_HOST_H

#include "cdi/spec.h"
#include "davit/plugin.h"

/* A text goes on after the path: "is not there". NULL: nothing is wrong. */
struct host_fault {
  const char *text;
  bool stops; /* an injection; what the spec says of a node in full need not be there */
};

/* `path` is the node's on the host. */
struct host_fault node_fault(struct arena *arena, const struct davit_files *files,
                             const struct cdi_node *node, const char *path);
const char *path_fault(const struct davit_files *files, const char *path);

/* The spec says which device the node is. */
bool node_has_numbers(const struct cdi_node *node);

#endif
