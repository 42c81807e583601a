/* SPDX-License-Identifier: Apache-2.0 */
/* A toy in the role of a vendor's plugin: it serves "acme", shares by "queues" and says in
 * variables what it was told. TOY_NAME is "acme", or another name for one more plugin of that
 * vendor. */
#include "provide_toy.h"

#include <stdio.h>

static int enumerate(struct davit_instance *self, const struct davit_query *query,
                     const struct davit_devices *out) {
  (void)query;
  const struct davit_device first = {.kind = "acme.com/npu",
                                     .flags = DAVIT_DEVICE_INDEX,
                                     .index = 0,
                                     .uuid = "ACME-00000000",
                                     .pci_address = "0000:17:00.0",
                                     .model = "Acme One"};
  struct davit_device second = first;
  second.index = 1;
  second.uuid = "ACME-11111111";
  second.pci_address = "0000:65:00.0";
  return add_toys(self, out, &first, &second, "acme.broken", "the driver does not answer");
}

static int set(const struct davit_edits *edits, const char *name, const char *value) {
  return edits->set(edits, DAVIT_SET_ENV, name, value, 0);
}

static int tell_facts(struct davit_instance *self, const struct davit_request *request,
                      const struct davit_edits *edits) {
  const struct davit_container *container = request->container;
  const char *home = container->env(container, "HOME");
  char facts[256];
  snprintf(facts, sizeof(facts), "%s uid=%u gid=%u flags=%#x cap=%d home=%s given=%s",
           container->id ? container->id : "", container->uid, container->gid, container->flags,
           (int)(container->capabilities >> 27 & 1), home ? home : "",
           container->env(container, "GIVEN_BY"));
  int answer = set(edits, "ACME_FACTS", facts);
  const char *const *queue = self->host->option(self->host, "queue");
  if (answer == DAVIT_OK && queue[0])
    answer = set(edits, "ACME_QUEUE", queue[0]);
  return answer;
}

/* A file of its own, where there is a bundle to hold it. */
static int make_file(const struct davit_request *request, const struct davit_edits *edits) {
  const struct davit_file file = {DAVIT_SIZED(struct davit_file), .path = "/etc/acme/npu.conf",
                                  .content = "npu = 0\n"};
  if (!(request->container->flags & DAVIT_CT_FILES))
    return DAVIT_OK;
  edits->source(edits, NULL, NULL, 0);
  return edits->add_file(edits, &file);
}

static int inject(struct davit_instance *self, const struct davit_request *request,
                  const struct davit_edits *edits) {
  int answer = inject_toys(self, request, edits, TOY_NAME);
  if (answer == DAVIT_OK)
    answer = make_file(request, edits);
  return answer < 0 ? answer : tell_facts(self, request, edits);
}

/* Says whom it shares, and who gave them. */
static int share(struct davit_instance *self, const struct davit_request *request,
                 const struct davit_edits *edits) {
  char shared[128] = "";
  for (const struct davit_device *const *device = request->devices; *device; device++) {
    size_t used = strlen(shared);
    snprintf(shared + used, sizeof(shared) - used, "%s%s", used > 0 ? " " : "", (*device)->uuid);
  }
  const char *by = request->container->env(request->container, "GIVEN_BY");
  const char *const *queue = self->host->option(self->host, "queue");
  int answer = set(edits, "ACME_SHARED", shared);
  if (answer == DAVIT_OK)
    answer = set(edits, "ACME_SHARED_BY", by);
  if (answer == DAVIT_OK)
    answer = set(edits, "ACME_MODE", request->sharing);
  return answer < 0 || !queue[0] ? answer : set(edits, "ACME_QUEUE", queue[0]);
}

static const char *const sharing[] = {"queues", NULL};
static const struct davit_option queue = {DAVIT_SIZED(struct davit_option), .key = "queue",
                                          .help = "name of the queue"};
static const struct davit_option *const options[] = {&queue, NULL};

static const struct davit_plugin plugin = {TOY_HEAD(struct davit_plugin),
                                           TOY_BODY(TOY_NAME),
                                           .sharing = sharing,
                                           .options = options,
                                           .open = toy_open,
                                           .enumerate = enumerate,
                                           .inject = inject,
                                           .share = share};

TOY_ENTRY(plugin)
