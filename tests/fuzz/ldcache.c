/* SPDX-License-Identifier: Apache-2.0 */
/* The dynamic loader's cache, and the heads of the libraries that it names. */
#include "fuzz.h"

#include <string.h>

#include "nvidia/elf.h"
#include "nvidia/ldcache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = (const char *)data;
  struct elf_kind kind;
  if (elf_read(text, size, &kind))
    MUST_HOLD(kind.bits == 32 || kind.bits == 64);
  struct ldcache cache;
  if (!ldcache_open(&cache, text, size))
    return 0;
  MUST_HOLD(cache.size <= size);
  for (size_t i = 0; i < cache.count; i++) {
    struct ldcache_entry entry;
    if (ldcache_entry(&cache, i, &entry)) /* both end inside of the text */
      MUST_HOLD(strlen(entry.name) + strlen(entry.path) <= 2 * size);
  }
  return 0;
}
