/* SPDX-License-Identifier: Apache-2.0 */
/* Breaks one promise about devices; its option says which. It does not care what davit answers. */
#include <string.h>

#include "toy.h"

static void add(const struct davit_devices *out, const char *id, const char *kind,
                const char *parent) {
  const struct davit_device device = {DAVIT_SIZED(struct davit_device), .id = id, .kind = kind,
                                      .parent = parent};
  (void)out->add(out, &device);
}

static void add_many(const struct davit_host *host, const struct davit_devices *out) {
  for (int i = 1; i < 20000; i++)
    add(out, host->format(host, "%d", i), "acme.com/npu", NULL);
}

static void add_long_text(const struct davit_host *host, const struct davit_devices *out) {
  char *text = host->scratch(host, 100000);
  if (!text)
    return;
  memset(text, 'x', 99999);
  add(out, text, "acme.com/npu", NULL);
}

static void add_endless_list(const struct davit_devices *out) {
  const char *names[3000];
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    names[i] = "name";
  const struct davit_device device = {DAVIT_SIZED(struct davit_device), .id = "1",
                                      .kind = "acme.com/npu", .aliases = names};
  (void)out->add(out, &device);
}

static int enumerate(struct davit_instance *self, const struct davit_query *query,
                     const struct davit_devices *out) {
  const struct davit_host *host = self->host;
  const char *broken = host->option(host, "broken")[0];
  int answer = toy_enumerate(self, query, out);
  if (answer < 0)
    return answer;
  if (strcmp(broken, "null") == 0)
    (void)out->add(out, NULL);
  else if (strcmp(broken, "no-id") == 0)
    add(out, NULL, "acme.com/npu", NULL);
  else if (strcmp(broken, "empty-id") == 0)
    add(out, "", "acme.com/npu", NULL);
  else if (strcmp(broken, "no-kind") == 0)
    add(out, "1", NULL, NULL);
  else if (strcmp(broken, "twice") == 0)
    add(out, "0", "acme.com/npu", NULL);
  else if (strcmp(broken, "no-parent") == 0)
    add(out, "0:1", "acme.com/npu", "7");
  else if (strcmp(broken, "own-parent") == 0)
    add(out, "1", "acme.com/npu", "1");
  else if (strcmp(broken, "size") == 0)
    (void)out->add(out, &(const struct davit_device){.id = "1", .kind = "acme.com/npu"});
  else if (strcmp(broken, "long-text") == 0)
    add_long_text(host, out);
  else if (strcmp(broken, "endless-list") == 0)
    add_endless_list(out);
  else if (strcmp(broken, "many") == 0)
    add_many(host, out);
  else if (strcmp(broken, "no-reason") == 0)
    (void)out->absent(out, "1", NULL, NULL, NULL);
  else if (strcmp(broken, "no-place") == 0)
    (void)out->absent(out, "1", &(const struct davit_place){.line = 1}, NULL, "it is not there");
  return DAVIT_OK;
}

static const char *const promises_list[] = {
    "none",         "null",      "no-id",      "empty-id", "no-kind",
    "twice",        "no-parent", "own-parent", "size",     "long-text",
    "endless-list", "many",      "no-reason",  "no-place", NULL};
static const struct davit_option broken = {DAVIT_SIZED(struct davit_option), .key = "broken",
                                           .values = promises_list, .preset = "none",
                                           .help = "which promise"};
static const struct davit_option *const options[] = {&broken, NULL};

static const struct davit_plugin promises = {
    TOY_HEAD(struct davit_plugin), TOY_BODY("promises"), .open = toy_open, .options = options,
    .enumerate = enumerate,        .inject = toy_inject};
TOY_ENTRY(promises)
