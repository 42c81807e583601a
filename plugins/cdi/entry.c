/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a shared object of the library a plugin. */
#include "cdi/cdi.h"

const struct davit_plugin *davit_plugin_entry(uint32_t host_major, uint32_t host_minor) {
  (void)host_major;
  (void)host_minor;
  return &cdi_plugin;
}
