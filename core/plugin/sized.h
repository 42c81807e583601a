/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a sized struct of the plugin ABI, written by a plugin of any minor version. */
#ifndef DAVIT_PLUGIN_SIZED_H
#define DAVIT_PLUGIN_SIZED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Copies what both sides know into `own`; members that the plugin does not know are zero, and
 * own->struct_size is `own_size`. False for a size that no version of any struct has: forgotten, or
 * not whole pointers. */
static inline bool sized_take(void *own, size_t own_size, const void *given) {
  uint32_t size;
  memcpy(&size, given, sizeof(size));
  if (size < 2 * sizeof(uint32_t) || size % sizeof(void *) != 0)
    return false;
  memset(own, 0, own_size);
  memcpy(own, given, size < own_size ? size : own_size);
  uint32_t known = (uint32_t)own_size;
  memcpy(own, &known, sizeof(known));
  return true;
}

#endif
