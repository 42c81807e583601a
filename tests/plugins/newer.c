/* SPDX-License-Identifier: Apache-2.0 */
/* From a later minor version: one op more, a device with one member more, a flag that this davit
 * must know and one that it need not. */
#include "toy.h"

struct newer_plugin {
  struct davit_plugin base;
  int (*unshare)(struct davit_instance *self);
};

struct newer_device {
  struct davit_device base;
  uint64_t link_speed;
};

static int enumerate(struct davit_instance *self, const struct davit_query *query,
                     const struct davit_devices *out) {
  (void)self;
  (void)query;
  const char *const nodes[] = {"/dev/acme0", NULL};
  struct newer_device device = {.base = {.struct_size = sizeof(device),
                                         .flags = (1u << 31) | (1u << 15),
                                         .id = "0",
                                         .kind = "acme.com/npu",
                                         .nodes = nodes},
                                .link_speed = 400};
  int answer = out->add(out, &device.base);
  if (answer != DAVIT_E_UNSUPPORTED)
    return DAVIT_E_FAILED;
  device.base.flags &= ~DAVIT_FLAGS_CRITICAL;
  return out->add(out, &device.base);
}

static int unshare(struct davit_instance *self) {
  (void)self;
  return DAVIT_OK;
}

static const struct newer_plugin newer = {.base = {.magic = DAVIT_ABI_MAGIC,
                                                   .struct_size = sizeof(struct newer_plugin),
                                                   .abi_major = DAVIT_ABI_MAJOR,
                                                   .abi_minor = DAVIT_ABI_MINOR + 1,
                                                   TOY_BODY("newer"),
                                                   .open = toy_open,
                                                   .enumerate = enumerate,
                                                   .inject = toy_inject},
                                          .unshare = unshare};
TOY_ENTRY(newer.base)
