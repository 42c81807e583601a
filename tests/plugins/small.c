/* SPDX-License-Identifier: Apache-2.0 */
/* Its table ends before open(). */
#include "toy.h"

static const struct davit_plugin small = {.magic = DAVIT_ABI_MAGIC,
                                          .struct_size = offsetof(struct davit_plugin, open),
                                          .abi_major = DAVIT_ABI_MAJOR,
                                          TOY_BODY("small"),
                                          .open = toy_open,
                                          .enumerate = toy_enumerate,
                                          .inject = toy_inject};
TOY_ENTRY(small)
