/* SPDX-License-Identifier: Apache-2.0 */
/* A shared object that is no plugin: davit's symbol is not exported. */
#include "davit/plugin.h"

static const struct davit_plugin nosymbol = {.magic = DAVIT_ABI_MAGIC};

__attribute__((visibility("default"))) const void *another_entry(void);

const void *another_entry(void) {
  return &nosymbol;
}
