/* SPDX-License-Identifier: Apache-2.0 */
#include "util/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/attributes.h"

bool text_to_u64(const char *text, int base, uint64_t *value) {
  if (!isxdigit((unsigned char)text[0])) /* strtoull would take blanks and signs */
    return false;
  if (base == 16 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
    return false; /* and a prefix */
  char *end;
  errno = 0;
  unsigned long long number = strtoull(text, &end, base);
  if (errno != 0 || end == text || *end)
    return false;
  *value = number;
  return true;
}

bool text_to_u32(const char *text, int base, uint32_t *value) {
  uint64_t number;
  if (!text_to_u64(text, base, &number) || number > UINT32_MAX)
    return false;
  *value = (uint32_t)number;
  return true;
}

bool text_starts(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix) {
  size_t length = strlen(text), tail = strlen(suffix);
  return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

char *text_trim_end(char *text) {
  size_t length = strlen(text);
  while (length > 0 && isspace((unsigned char)text[length - 1]))
    text[--length] = '\0';
  return text;
}

size_t text_utf8_length(const unsigned char *text, size_t size) {
  static const struct {
    unsigned char mask, lead;
    uint32_t least;
  } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};

  for (size_t form = 0; form < ARRAY_LEN(forms); form++) {
    if ((text[0] & forms[form].mask) != forms[form].lead)
      continue;
    if (form >= size)
      return 0;
    uint32_t code = text[0] & (unsigned char)~forms[form].mask;
    for (size_t i = 1; i <= form; i++) {
      if ((text[i] & 0xC0) != 0x80)
        return 0;
      code = code << 6 | (text[i] & 0x3F);
    }
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < forms[form].least || code > 0x10FFFF || surrogate ? 0 : form + 1;
  }
  return 0;
}

bool text_is_utf8(const char *text) {
  size_t size = strlen(text);
  for (size_t at = 0; at < size;) {
    size_t length = text_utf8_length((const unsigned char *)text + at, size - at);
    if (length == 0)
      return false;
    at += length;
  }
  return true;
}

bool path_is_clean(const char *path) {
  if (path[0] != '/')
    return false;
  if (path[1] == '\0')
    return true;
  while (*path == '/') {
    path++;
    size_t length = strcspn(path, "/");
    if (length == 0 || (length == 1 && path[0] == '.') ||
        (length == 2 && path[0] == '.' && path[1] == '.'))
      return false;
    path += length;
  }
  return true;
}

enum {
  LONGEST_WORD = 63
};

/* Edits (insert, drop, change, swap of neighbours) between two words: optimal string alignment. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length) {
  size_t rows[3][LONGEST_WORD + 1];
  size_t *before = rows[0], *above = rows[1], *row = rows[2];
  for (size_t j = 0; j <= b_length; j++)
    above[j] = j;
  for (size_t i = 1; i <= a_length; i++) {
    row[0] = i;
    for (size_t j = 1; j <= b_length; j++) {
      size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
      if (above[j] + 1 < best)
        best = above[j] + 1;
      if (row[j - 1] + 1 < best)
        best = row[j - 1] + 1;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
          before[j - 2] + 1 < best)
        best = before[j - 2] + 1;
      row[j] = best;
    }
    size_t *oldest = before;
    before = above;
    above = row;
    row = oldest;
  }
  return above[b_length];
}

const char *text_nearest(const char *word, const char *const *words) {
  size_t length = strlen(word);
  if (length < 2 || length > LONGEST_WORD) /* every letter is one edit from every other */
    return NULL;
  const char *nearest = NULL;
  size_t least = length <= 3 ? 1 : length <= 7 ? 2 : 3; /* further away is another word */
  for (; words && *words; words++) {
    size_t other = strlen(*words);
    if (other > LONGEST_WORD || (other > length ? other - length : length - other) > least)
      continue;
    size_t edits = distance(word, length, *words, other);
    if (edits < least || (edits == least && !nearest)) {
      least = edits;
      nearest = *words;
    }
  }
  return nearest;
}
