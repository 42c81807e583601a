/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks another major version. */
#include "toy.h"

static const struct davit_plugin major = {.magic = DAVIT_ABI_MAGIC,
                                          .struct_size = sizeof(struct davit_plugin),
                                          .abi_major = DAVIT_ABI_MAJOR + 1,
                                          TOY_BODY("major"),
                                          .open = toy_open,
                                          .enumerate = toy_enumerate,
                                          .inject = toy_inject};
TOY_ENTRY(major)
