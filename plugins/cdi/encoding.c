/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/encoding.h"

#include <stdint.h>
#include <string.h>

enum {
  HIGH = 0xD800, /* the first half of a pair */
  LOW = 0xDC00,
  BEYOND = 0xE000
};

bool is_utf16(const char *text, size_t size) {
  return size >= 2 && (memcmp(text, "\xFE\xFF", 2) == 0 || memcmp(text, "\xFF\xFE", 2) == 0);
}

static char *put_utf8(char *end, uint32_t c) {
  if (c < 0x80) {
    *end++ = (char)c;
    return end;
  }
  int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
  *end++ = (char)(lead[more] | c >> 6 * more);
  while (more-- > 0)
    *end++ = (char)(0x80 | (c >> 6 * more & 0x3F));
  return end;
}

bool utf16_decode(struct arena *arena, const char **text, size_t *size, size_t *bad) {
  const unsigned char *bytes = (const unsigned char *)*text;
  size_t high = bytes[0] == 0xFF, low = !high; /* places of the halves of a unit */
  char *decoded = arena_alloc(arena, *size / 2 * 3 + 1), *end = decoded;
  *bad = 0;
  for (size_t i = 2; decoded && i < *size; i += 2) {
    uint32_t c = i + 1 < *size ? (uint32_t)bytes[i + high] << 8 | bytes[i + low] : LOW;
    uint32_t next = i + 3 < *size ? (uint32_t)bytes[i + 2 + high] << 8 | bytes[i + 2 + low] : 0;
    if (c >= HIGH && c < LOW && next >= LOW && next < BEYOND) {
      c = 0x10000 + ((c - HIGH) << 10) + (next - LOW);
      i += 2;
    } else if (c >= HIGH && c < BEYOND) {
      *bad = i;
      return false;
    }
    end = put_utf8(end, c);
  }
  if (!decoded)
    return false;
  *text = decoded;
  *size = (size_t)(end - decoded);
  return true;
}
