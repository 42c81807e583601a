/* SPDX-License-Identifier: Apache-2.0 */
#include "common/instance.h"

#include <stdlib.h>
#include <string.h>

int plugin_open(const struct davit_host *h, struct davit_instance **self) {
  struct davit_instance *instance = calloc(1, sizeof(*instance));
  if (!instance)
    return DAVIT_E_MEMORY;
  instance->host = h;
  *self = instance;
  return DAVIT_OK;
}

void plugin_close(struct davit_instance *self) {
  free(self);
}

const char *option_text(const struct davit_host *h, const char *key) {
  return h->option(h, key)[0];
}

bool option_is(const struct davit_host *h, const char *key, const char *value) {
  const char *given = option_text(h, key);
  return given && strcmp(given, value) == 0;
}

int refuse_unknown_flags(const struct davit_host *h, uint32_t flags) {
  if ((flags & DAVIT_FLAGS_CRITICAL) == 0)
    return DAVIT_OK;
  return h->fail(h, DAVIT_E_UNSUPPORTED, "plugin.too-old", NULL,
                 "use the plugins that came with this davit",
                 "davit asks for something that this plugin does not know (flags 0x%08x)", flags);
}

int add_node(const struct davit_edits *edits, const char *path) {
  const struct davit_device_node node = {DAVIT_SIZED(struct davit_device_node), .path = path};
  return edits->add_device_node(edits, &node);
}

int add_device_nodes(const struct davit_request *req, const struct davit_edits *edits) {
  for (size_t i = 0; i < device_count(req); i++) {
    const char *const *nodes = req->devices[i]->nodes;
    edits->source(edits, req->devices[i], NULL, 0);
    for (; nodes && *nodes; nodes++) {
      int rc = add_node(edits, *nodes);
      if (rc < 0)
        return rc;
    }
  }
  edits->source(edits, NULL, NULL, 0);
  return DAVIT_OK;
}

size_t device_count(const struct davit_request *req) {
  size_t count = 0;
  while (req->devices && req->devices[count])
    count++;
  return count;
}
