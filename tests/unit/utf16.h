/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAVIT_TESTS_UTF16_H
#define DAVIT_TESTS_UTF16_H

#include <stdbool.h>
#include <string.h>

#include "util/arena.h"

/* The letters of an ASCII text with a byte order mark. */
static inline char *utf16(struct arena *arena, const char *text, bool big_endian, size_t *size) {
  *size = 2 * (strlen(text) + 1);
  char *wide = arena_alloc(arena, *size), *end = wide;
  *end++ = big_endian ? '\xFE' : '\xFF';
  *end++ = big_endian ? '\xFF' : '\xFE';
  for (; *text; text++) {
    end[big_endian ? 1 : 0] = *text;
    end += 2;
  }
  return wide;
}

#endif
