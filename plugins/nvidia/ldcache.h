/* SPDX-License-Identifier: Apache-2.0 */
/* The dynamic loader's cache of libraries, /etc/ld.so.cache. No C library that Debian ships reads
 * the file for others: glibc keeps its reader to itself and to ldconfig -p, and no program is run.
 * The text may be anything: every number in it is checked against its size. */
#ifndef DAVIT_PLUGINS_NVIDIA_LDCACHE_H
#define DAVIT_PLUGINS_NVIDIA_LDCACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { /* flags of entries: a library of glibc's ELF kind, and its machine */
  LDCACHE_I386 = 0x0003,
  LDCACHE_X86_64 = 0x0303,
  LDCACHE_ARM_HARD_FLOAT = 0x0903,
  LDCACHE_AARCH64 = 0x0a03
};

struct ldcache {
  const char *table; /* header, entries and texts */
  size_t size;
  size_t count;
};

struct ldcache_entry {
  uint32_t flags;
  const char *name; /* "libcuda.so.1" */
  const char *path; /* "/usr/lib/x86_64-linux-gnu/libcuda.so.1" */
};

/* The table of the format that glibc has written since 2.2, alone or behind an older one. False if
 * there is none, or it is of the other byte order. */
bool ldcache_open(struct ldcache *cache, const char *data, size_t size);

/* False if the entry is broken. index < cache->count */
bool ldcache_entry(const struct ldcache *cache, size_t index, struct ldcache_entry *entry);

#endif
