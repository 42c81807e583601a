/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-16 with a byte order mark, which YAML allows. */
#ifndef DAVIT_CDI_ENCODING_H
#define DAVIT_CDI_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"

bool is_utf16(const char *text, size_t size);

/* The text behind the mark in UTF-8, with a NUL added that `size` does not count. False: out of
 * memory, or, with *bad at its offset, something that is no UTF-16. */
bool utf16_decode(struct arena *arena, const char **text, size_t *size, size_t *bad) MUST_CHECK;

#endif
