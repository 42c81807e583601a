/* SPDX-License-Identifier: Apache-2.0 */
/* Strict readings of short texts. */
#ifndef DAVIT_UTIL_TEXT_H
#define DAVIT_UTIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole text is digits of the base (10, 16, 8), no sign, no blanks, and fits. *value is written
 * on success only. */
bool text_to_u64(const char *text, int base, uint64_t *value);
bool text_to_u32(const char *text, int base, uint32_t *value);

bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
/* The text without blanks and newlines at its end, cut in place. */
char *text_trim_end(char *text);

/* Bytes of the UTF-8 sequence at the start of the text, which has at least one byte; 0: it is none.
 */
size_t text_utf8_length(const unsigned char *text, size_t size);
bool text_is_utf8(const char *text);

/* Absolute and clean: starts with "/", has no empty, "." or ".." component and no "/" at its end
 * ("/" itself is fine). */
bool path_is_clean(const char *path);

/* The word of the list (NULL at its end) that `word` is most likely a slip of, NULL if none is
 * near. */
const char *text_nearest(const char *word, const char *const *words);

#endif
