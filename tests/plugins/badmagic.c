/* SPDX-License-Identifier: Apache-2.0 */
/* Exports the symbol, but what it answers is no table. */
#include "toy.h"

static const struct davit_plugin badmagic = {.magic = 0x0badcafe,
                                             .struct_size = sizeof(struct davit_plugin),
                                             .abi_major = DAVIT_ABI_MAJOR,
                                             TOY_BODY("badmagic"),
                                             .open = toy_open,
                                             .enumerate = toy_enumerate,
                                             .inject = toy_inject};
TOY_ENTRY(badmagic)
