/* SPDX-License-Identifier: Apache-2.0 */
/* What the toys of the provider tests share: one source a role, one behaviour a build. The build
 * defines TOY_BEHAVIOUR as one of these. */
#ifndef DAVIT_TESTS_PLUGINS_PROVIDE_TOY_H
#define DAVIT_TESTS_PLUGINS_PROVIDE_TOY_H

#include <string.h>

#include "toy.h"

enum toy_behaviour {
  TOY_SERVES,   /* two devices */
  TOY_NOTHING,  /* none */
  TOY_PARTLY,   /* the first of them */
  TOY_BROKEN,   /* an error, no device */
  TOY_OTHERS,   /* two devices, then an error */
  TOY_TORN,     /* the first device, then an error */
  TOY_UNUSABLE, /* two devices, the second can not be given */
  TOY_HALFWAY,  /* two devices; inject() fails after an edit */
  TOY_KINDS,    /* one device of each of two kinds */
  TOY_STRANGE   /* two devices with nodes that nobody else knows */
};

static const enum toy_behaviour toy_behaviour = TOY_BEHAVIOUR;

/* Device "0" or "1" as this provider describes it. */
static inline int add_toy(const struct davit_devices *out, struct davit_device device,
                          const char *id) {
  static const char *const nodes[2][2] = {{"/dev/acme0"}, {"/dev/acme1"}};
  static const char *const strange[2][2] = {{"/dev/zero"}, {"/dev/null"}};
  size_t number = id[0] == '1';
  device.struct_size = sizeof(device);
  device.id = id;
  device.nodes = toy_behaviour == TOY_STRANGE ? strange[number] : nodes[number];
  if (toy_behaviour == TOY_UNUSABLE && number == 1)
    device.unusable = "on fire";
  return out->add(out, &device);
}

static inline int fail_toy(struct davit_instance *self, const char *code, const char *text) {
  return self->host->fail(self->host, DAVIT_E_FAILED, code, NULL, "repair it", "%s", text);
}

/* The devices of the behaviour, of one kind. */
static inline int add_toys(struct davit_instance *self, const struct davit_devices *out,
                           const struct davit_device *first, const struct davit_device *second,
                           const char *code, const char *broken) {
  int answer = DAVIT_OK;
  if (toy_behaviour != TOY_NOTHING && toy_behaviour != TOY_BROKEN)
    answer = add_toy(out, *first, "0");
  if (answer == DAVIT_OK && toy_behaviour != TOY_NOTHING && toy_behaviour != TOY_BROKEN &&
      toy_behaviour != TOY_PARTLY && toy_behaviour != TOY_TORN)
    answer = add_toy(out, *second, "1");
  if (answer == DAVIT_OK &&
      (toy_behaviour == TOY_BROKEN || toy_behaviour == TOY_OTHERS || toy_behaviour == TOY_TORN))
    answer = fail_toy(self, code, broken);
  return answer;
}

/* A variable that says who gave the devices, and their nodes. */
static inline int inject_toys(struct davit_instance *self, const struct davit_request *request,
                              const struct davit_edits *edits, const char *name) {
  int answer = edits->set(edits, DAVIT_SET_ENV, "GIVEN_BY", name, 0);
  if (answer == DAVIT_OK && toy_behaviour == TOY_HALFWAY)
    answer = fail_toy(self, "acme.halfway", "no more");
  return answer < 0 ? answer : toy_inject(self, request, edits);
}

#endif
