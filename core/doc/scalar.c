/* SPDX-License-Identifier: Apache-2.0 */
/* Plain scalars: their type and their number. */
#include <string.h>

#include "doc/tree.h"
#include "util/text.h"

static bool is_one_of(const char *text, const char *const *words) {
  return strings_contain(words, text);
}

static const char *skip_digits(const char *text) {
  return text + strspn(text, "0123456789");
}

/* The digits behind sign and prefix, and their base; NULL: this is no whole number. */
static const char *int_digits(const char *text, int *base) {
  static const struct {
    const char *prefix;
    const char *digits;
    int base;
  } forms[] = {{"0x", "0123456789abcdefABCDEF", 16}, {"0o", "01234567", 8}, {"0b", "01", 2}};

  if (*text == '+' || *text == '-')
    text++;
  for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
    if (!text_starts(text, forms[i].prefix))
      continue;
    text += 2;
    *base = forms[i].base;
    return *text && text[strspn(text, forms[i].digits)] == '\0' ? text : NULL;
  }
  *base = 10;
  bool leading_zero = text[0] == '0' && text[1];
  return *text && !leading_zero && *skip_digits(text) == '\0' ? text : NULL;
}

static bool is_float(const char *text) {
  static const char *const words[] = {".inf",  ".Inf",  ".INF", "+.inf", "+.Inf", "+.INF", "-.inf",
                                      "-.Inf", "-.INF", ".nan", ".NaN",  ".NAN",  NULL};
  if (is_one_of(text, words))
    return true;
  if (*text == '+' || *text == '-')
    text++;
  const char *end = skip_digits(text);
  size_t digits = (size_t)(end - text);
  bool only_digits = *end == '\0'; /* a leading zero: a text, not a number */
  if (*end == '.') {
    const char *fraction = end + 1;
    end = skip_digits(fraction);
    digits += (size_t)(end - fraction);
  }
  if (digits == 0 || only_digits)
    return false;
  if (*end == 'e' || *end == 'E') {
    end++;
    if (*end == '+' || *end == '-')
      end++;
    const char *exponent = end;
    end = skip_digits(exponent);
    if (end == exponent)
      return false;
  }
  return *end == '\0';
}

enum doc_type scalar_type(const char *text) {
  static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
  static const char *const bools[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};
  int base;
  /* Nearly every scalar is seen to be a text by how it begins. */
  if (!strchr("~nNtTfF0123456789+-.", text[0]))
    return DOC_STRING;
  if (is_one_of(text, nulls))
    return DOC_NULL;
  if (is_one_of(text, bools))
    return DOC_BOOL;
  if (int_digits(text, &base))
    return DOC_INT;
  return is_float(text) ? DOC_FLOAT : DOC_STRING;
}

static bool binary_to_u64(const char *digits, uint64_t *value) {
  uint64_t sum = 0;
  for (; *digits; digits++) {
    if (sum >> 63)
      return false;
    sum = sum << 1 | (uint64_t)(*digits == '1');
  }
  *value = sum;
  return true;
}

static bool read_int(const struct doc_node *node, bool *negative, uint64_t *value) {
  if (!node || node->kind != DOC_SCALAR || node->type != DOC_INT)
    return false;
  int base;
  const char *digits = int_digits(node->text, &base);
  if (!digits)
    return false;
  *negative = node->text[0] == '-';
  return base == 2 ? binary_to_u64(digits, value) : text_to_u64(digits, base, value);
}

bool doc_uint(const struct doc_node *node, uint64_t *value) {
  bool negative;
  uint64_t number;
  if (!read_int(node, &negative, &number) || (negative && number > 0))
    return false;
  *value = number;
  return true;
}

bool doc_int(const struct doc_node *node, int64_t *value) {
  bool negative;
  uint64_t number;
  if (!read_int(node, &negative, &number))
    return false;
  if (number > (uint64_t)INT64_MAX + (negative ? 1 : 0))
    return false;
  /* -number without passing through +2^63, which int64_t does not have. */
  *value = negative && number > 0 ? -(int64_t)(number - 1) - 1 : (int64_t)number;
  return true;
}
