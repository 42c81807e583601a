/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of names that a plugin declares. */
#ifndef DAVIT_PLUGIN_NAMES_H
#define DAVIT_PLUGIN_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum {
  PLUGIN_NAME_MAX = 31,
  PLUGIN_WORD_MAX = 63 /* vendors, option keys, sharing modes */
};

/* [a-z][a-z0-9-]{0,most-1} */
static inline bool is_lower_word(const char *text, size_t length, size_t most) {
  if (length == 0 || length > most)
    return false;
  for (size_t i = 0; i < length; i++) {
    bool is_letter = text[i] >= 'a' && text[i] <= 'z';
    bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (!is_letter && (i == 0 || (!is_digit && text[i] != '-')))
      return false;
  }
  return true;
}

static inline bool is_plugin_name(const char *text, size_t length) {
  return is_lower_word(text, length, PLUGIN_NAME_MAX);
}

#endif
