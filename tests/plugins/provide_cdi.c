/* SPDX-License-Identifier: Apache-2.0 */
/* A toy in the role of the cdi plugin. */
#include "provide_toy.h"

/* Says so of names that are there, too: davit knows which are not. */
static int tell_absent(const struct davit_query *query, const struct davit_devices *out) {
  const struct davit_place place = {DAVIT_SIZED(struct davit_place), .line = 7, .column = 3,
                                    .file = "/etc/cdi/acme.yaml", .key = "devices[1]"};
  int answer = out->absent(out, NULL, NULL, "look into /etc/cdi too", "looked in a drawer");
  for (const char *const *name = query->names; answer == DAVIT_OK && name && *name; name++)
    answer = out->absent(out, *name, &place, "mend it", "the line of \n100% is torn");
  return answer;
}

static int enumerate(struct davit_instance *self, const struct davit_query *query,
                     const struct davit_devices *out) {
  if (toy_behaviour == TOY_PARTLY || toy_behaviour == TOY_NOTHING) {
    int answer = tell_absent(query, out);
    if (answer < 0)
      return answer;
  }
  const struct davit_device npu = {.kind = "acme.com/npu", .file = "/etc/cdi/acme.yaml", .line = 4};
  const struct davit_device tpu = {.kind = "acme.org/tpu", .file = "/etc/cdi/acme.yaml", .line = 9};
  return add_toys(self, out, &npu, toy_behaviour == TOY_KINDS ? &tpu : &npu, "cdi.file-broken",
                  "/etc/cdi/acme.yaml:3: not a spec");
}

static int inject(struct davit_instance *self, const struct davit_request *request,
                  const struct davit_edits *edits) {
  return inject_toys(self, request, edits, "cdi");
}

static const char *const vendors[] = {"*", NULL};

static const struct davit_plugin plugin = {
    TOY_HEAD(struct davit_plugin), .name = "cdi",           .version = "0.1",
    .description = "a toy",        .license = "Apache-2.0", .vendors = vendors,
    .rank = DAVIT_RANK_CDI,        .open = toy_open,        .close = toy_close,
    .enumerate = enumerate,        .inject = inject};

TOY_ENTRY(plugin)
