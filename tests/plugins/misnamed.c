/* SPDX-License-Identifier: Apache-2.0 */
/* Calls itself other than its file. */
#include "toy.h"

static const struct davit_plugin misnamed = {TOY_HEAD(struct davit_plugin),
                                             TOY_BODY("somebody-else"), .open = toy_open,
                                             .enumerate = toy_enumerate, .inject = toy_inject};
TOY_ENTRY(misnamed)
