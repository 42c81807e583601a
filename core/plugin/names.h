/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of names that a plugin declares. */
#ifndef DAVIT_PLUGIN_NAMES_H
#define DAVIT_PLUGIN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum {
  PLUGIN_NAME_MAX = 31,
  PLUGIN_WORD_MAX = 63 /* vendors, option keys, sharing modes */
};

/* [a-z][a-z0-9-]{0,most-1} */
static inline bool is_lower_word(const char *text, size_t length, size_t most) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
  if (length == 0 || length > most || !memchr(letters, text[0], sizeof(letters) - 1))
    return false;
  for (size_t i = 1; i < length; i++)
    if (!memchr("abcdefghijklmnopqrstuvwxyz0123456789-", text[i], 37))
      return false;
  return true;
}

static inline bool is_plugin_name(const char *text, size_t length) {
  return is_lower_word(text, length, PLUGIN_NAME_MAX);
}

#endif
