/* SPDX-License-Identifier: Apache-2.0 */
/* What every vendor plugin here does alike: an instance that only remembers the host, options as
 * single texts, and edits for the nodes of devices. */
#ifndef DAVIT_PLUGINS_COMMON_INSTANCE_H
#define DAVIT_PLUGINS_COMMON_INSTANCE_H

#include <stdbool.h>

#include "davit/plugin.h"

struct davit_instance {
  const struct davit_host *host;
};

int plugin_open(const struct davit_host *h, struct davit_instance **self);
void plugin_close(struct davit_instance *self);

/* The value in force of an option that does not repeat; NULL: none. */
const char *option_text(const struct davit_host *h, const char *key);
bool option_is(const struct davit_host *h, const char *key, const char *value);

/* DAVIT_E_UNSUPPORTED if davit asks for something that must not be ignored and is not known here.
 */
int refuse_unknown_flags(const struct davit_host *h, uint32_t flags);

/* A node under its own path, read and write. */
int add_node(const struct davit_edits *edits, const char *path);
/* The nodes of each device of the request, each from its device. */
int add_device_nodes(const struct davit_request *req, const struct davit_edits *edits);

size_t device_count(const struct davit_request *req);

#endif
