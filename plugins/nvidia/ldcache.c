/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/ldcache.h"

#include <string.h>

static const char OLD_MAGIC[] = "ld.so-1.7.0";
static const char MAGIC[] = "glibc-ld.so.cache1.1";

enum {
  OLD_HEADER = 16, /* magic, a NUL, the number of entries */
  OLD_ENTRY = 12,
  HEADER = 48, /* magic, number of entries, size of the texts, byte order, ... */
  ENTRY = 24,  /* flags, offsets of name and path, OS version, hardware capabilities */
  AT_COUNT = 20,
  AT_ORDER = 28,
  BIG_ENDIAN_ORDER = 3
};

/* Where NVIDIA's driver runs is little-endian. */
static uint32_t number_at(const char *bytes) {
  uint32_t number = 0;
  for (int i = 3; i >= 0; i--)
    number = number << 8 | (unsigned char)bytes[i];
  return number;
}

/* How far the older table reaches, with the gap behind it; 0 if there is none. */
static size_t skip_old(const char *data, size_t size) {
  if (size < OLD_HEADER || memcmp(data, OLD_MAGIC, sizeof(OLD_MAGIC) - 1) != 0)
    return 0;
  uint64_t end = OLD_HEADER + (uint64_t)number_at(data + OLD_HEADER - 4) * OLD_ENTRY;
  end = (end + 7) / 8 * 8;
  return end < size ? (size_t)end : 0;
}

bool ldcache_open(struct ldcache *cache, const char *data, size_t size) {
  size_t start = skip_old(data, size);
  const char *table = data + start;
  size -= start;
  if (size < HEADER || memcmp(table, MAGIC, sizeof(MAGIC) - 1) != 0 ||
      (table[AT_ORDER] & 3) == BIG_ENDIAN_ORDER)
    return false;
  uint32_t count = number_at(table + AT_COUNT);
  if (count > (size - HEADER) / ENTRY)
    return false;
  *cache = (struct ldcache){table, size, count};
  return true;
}

/* NULL if the text begins or ends outside of the table. */
static const char *text_at(const struct ldcache *cache, const char *offset_bytes) {
  size_t offset = number_at(offset_bytes);
  if (offset >= cache->size || !memchr(cache->table + offset, '\0', cache->size - offset))
    return NULL;
  return cache->table + offset;
}

bool ldcache_entry(const struct ldcache *cache, size_t index, struct ldcache_entry *entry) {
  const char *bytes = cache->table + HEADER + index * ENTRY;
  *entry = (struct ldcache_entry){number_at(bytes), text_at(cache, bytes + 4),
                                  text_at(cache, bytes + 8)};
  return entry->name && entry->path;
}
