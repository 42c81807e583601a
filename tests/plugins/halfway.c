/* SPDX-License-Identifier: Apache-2.0 */
/* Fails half way, where and how its options say. */
#include <string.h>

#include "toy.h"

static int fail(const struct davit_host *host, const char *op) {
  const char *how = host->option(host, "how")[0];
  const char *data;
  if (strcmp(how, "silent") == 0)
    return DAVIT_E_FAILED;
  if (strcmp(how, "positive") == 0)
    return 3;
  if (strcmp(how, "passed-on") == 0)
    return host->files->read_file(host->files, "/no/such/file", &data, NULL);
  return host->fail(host, DAVIT_E_BUSY, "halfway.stuck", "at", "push it", "%s got stuck", op);
}

static int wants(const struct davit_host *host, const char *op) {
  return strcmp(host->option(host, "at")[0], op) == 0;
}

static int open_halfway(const struct davit_host *host, struct davit_instance **self) {
  return wants(host, "open") ? fail(host, "open") : toy_open(host, self);
}

static int enumerate(struct davit_instance *self, const struct davit_query *query,
                     const struct davit_devices *out) {
  int answer = toy_enumerate(self, query, out);
  return answer == DAVIT_OK && wants(self->host, "enumerate") ? fail(self->host, "enumerate")
                                                              : answer;
}

static int inject(struct davit_instance *self, const struct davit_request *request,
                  const struct davit_edits *edits) {
  int answer = toy_inject(self, request, edits);
  return answer == DAVIT_OK && wants(self->host, "inject") ? fail(self->host, "inject") : answer;
}

static int share(struct davit_instance *self, const struct davit_request *request,
                 const struct davit_edits *edits) {
  (void)request;
  int answer = edits->set(edits, DAVIT_SET_ENV, "ACME_TURN", "0", 0);
  return answer == DAVIT_OK && wants(self->host, "share") ? fail(self->host, "share") : answer;
}

static const char *const sharing[] = {"turns", NULL};
static const char *const ops[] = {"open", "enumerate", "inject", "share", NULL};
static const char *const ways[] = {"said", "silent", "positive", "passed-on", NULL};
static const struct davit_option at = {DAVIT_SIZED(struct davit_option), .key = "at", .values = ops,
                                       .preset = "inject", .help = "in which op"};
static const struct davit_option how = {DAVIT_SIZED(struct davit_option), .key = "how",
                                        .values = ways, .preset = "said", .help = "with what"};
static const struct davit_option *const options[] = {&at, &how, NULL};

static const struct davit_plugin halfway = {TOY_HEAD(struct davit_plugin),
                                            TOY_BODY("halfway"),
                                            .open = open_halfway,
                                            .sharing = sharing,
                                            .options = options,
                                            .enumerate = enumerate,
                                            .inject = inject,
                                            .share = share};
TOY_ENTRY(halfway)
