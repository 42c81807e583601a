/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/scalars.h"

#include <locale.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/list.h"
#include "util/text.h"

#define CORE_TAG "tag:yaml.org,2002:"

enum {
  LONGEST_NUMBER = 400, /* in characters; the largest double has 309 digits before its point */
  MOST_DIGITS = 9       /* of a float */
};

static void cleanup_locale(locale_t *locale) {
  if (*locale)
    freelocale(*locale);
}

bool is_absent(const struct doc_node *node) {
  return !node || (node->kind == DOC_SCALAR && node->type == DOC_NULL);
}

/* Of a plain scalar without a tag, or with one that says that it is no text. */
static bool has_value(const struct doc_node *node) {
  static const char *const tags[] = {CORE_TAG "int", CORE_TAG "float", CORE_TAG "bool", NULL};
  return node->kind == DOC_SCALAR && (node->tag ? strings_contain(tags, node->tag) : !node->quoted);
}

/* ---- bools ---------------------------------------------------------------------------------- */

bool scalar_bool(const struct doc_node *node, bool *truth) {
  static const char *const yes[] = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                    "True", "TRUE", "on",  "On",  "ON",  NULL};
  static const char *const no[] = {"n",     "N",     "no",  "No",  "NO",  "false",
                                   "False", "FALSE", "off", "Off", "OFF", NULL};
  if (!has_value(node))
    return false;
  *truth = strings_contain(yes, node->text);
  return *truth || strings_contain(no, node->text);
}

/* ---- whole numbers -------------------------------------------------------------------------- */

/* The text without underscores; false: too long for a number. */
static bool squeeze(const char *text, char digits[LONGEST_NUMBER]) {
  size_t size = 0;
  for (; *text; text++)
    if (*text != '_') {
      digits[size++] = *text;
      if (size == LONGEST_NUMBER)
        return false;
    }
  digits[size] = '\0';
  return true;
}

/* The digits of a whole number behind its prefix. */
static const char *skip_prefix(const char *digits, int *base) {
  *base = 10;
  if (digits[0] != '0' || digits[1] == '\0')
    return digits;
  *base = strchr("xX", digits[1]) ? 16 : strchr("bB", digits[1]) ? 2 : 8;
  return strchr("xXbBoO", digits[1]) ? digits + 2 : digits + 1;
}

static bool binary_to_u64(const char *digits, uint64_t *value) {
  size_t size = strlen(digits);
  if (size == 0 || size > 64 || digits[strspn(digits, "01")])
    return false;
  for (*value = 0; *digits; digits++)
    *value = *value << 1 | (uint64_t)(*digits == '1');
  return true;
}

struct whole {
  bool is_negative;
  uint64_t size;
};

static bool whole_number(const char *text, struct whole *whole) {
  char buffer[LONGEST_NUMBER];
  int base;
  if (!strchr("+-0123456789", *text) || !squeeze(text, buffer))
    return false;
  const char *digits = buffer;
  whole->is_negative = *digits == '-';
  bool has_sign = *digits == '-' || *digits == '+';
  digits = skip_prefix(digits + has_sign, &base);
  if (!(base == 2 ? binary_to_u64(digits, &whole->size) : text_to_u64(digits, base, &whole->size)))
    return false;
  return !has_sign || whole->size <= (uint64_t)INT64_MAX + whole->is_negative;
}

/* ---- other numbers -------------------------------------------------------------------------- */

static const char *skip_digits(const char *text) {
  return text + strspn(text, "0123456789");
}

static bool is_decimal(const char *text) {
  text += *text == '+' || *text == '-';
  const char *end = skip_digits(text);
  bool has_digits = end > text;
  if (*end == '.') {
    const char *fraction = end + 1;
    end = skip_digits(fraction);
    has_digits = has_digits || end > fraction;
  }
  if (!has_digits)
    return false;
  if (*end == 'e' || *end == 'E') {
    end += end[1] == '+' || end[1] == '-' ? 2 : 1;
    const char *exponent = end;
    end = skip_digits(exponent);
    if (end == exponent)
      return false;
  }
  return *end == '\0';
}

static bool real_number(const char *text, double *number) {
  char digits[LONGEST_NUMBER];
  if (!strchr("+-.0123456789", *text) || !squeeze(text, digits) || !is_decimal(digits))
    return false;
  CLEANUP(locale) locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!locale)
    return false;
  *number = strtod_l(digits, NULL, locale);
  return isfinite(*number);
}

/* As few digits as tell the float from all others, with an exponent from a million up and below
 * 0.0001. The reference prints its doubles so. */
static const char *real_text(struct arena *arena, double number) {
  char text[64];
  float single = (float)number;
  if (isinf(single))
    return single > 0 ? "+Inf" : "-Inf";
  int digits = 0;
  CLEANUP(locale) locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!locale)
    return NULL;
  locale_t before = uselocale(locale);
  do
    snprintf(text, sizeof(text), "%.*e", digits, (double)single);
  while (strtof(text, NULL) != single && ++digits < MOST_DIGITS);
  long exponent = strtol(strchr(text, 'e') + 1, NULL, 10);
  if (exponent >= -4 && exponent < 6)
    snprintf(text, sizeof(text), "%.*f", digits > exponent ? digits - (int)exponent : 0,
             (double)single);
  uselocale(before);
  return arena_strdup(arena, text);
}

static const char *special_number(const char *text) {
  static const struct {
    const char *written, *read;
  } words[] = {{".inf", "+Inf"},  {".Inf", "+Inf"},  {".INF", "+Inf"},  {"+.inf", "+Inf"},
               {"+.Inf", "+Inf"}, {"+.INF", "+Inf"}, {"-.inf", "-Inf"}, {"-.Inf", "-Inf"},
               {"-.INF", "-Inf"}, {".nan", "NaN"},   {".NaN", "NaN"},   {".NAN", "NaN"}};
  for (size_t i = 0; i < ARRAY_LEN(words); i++)
    if (strcmp(text, words[i].written) == 0)
      return words[i].read;
  return NULL;
}

bool scalar_number(const struct doc_node *node, int64_t *number) {
  struct whole whole;
  double real;
  if (!has_value(node))
    return false;
  if (whole_number(node->text, &whole)) {
    if (whole.size > (uint64_t)INT64_MAX + whole.is_negative)
      return false;
    /* -size without passing through +2^63, which int64_t does not have. */
    bool is_below = whole.is_negative && whole.size > 0;
    *number = is_below ? -(int64_t)(whole.size - 1) - 1 : (int64_t)whole.size;
    return true;
  }
  if (!real_number(node->text, &real) || !(real >= -0x1p63 && real < 0x1p63))
    return false;
  *number = (int64_t)real;
  return (double)*number == real;
}

/* ---- texts ---------------------------------------------------------------------------------- */

const char *scalar_text(struct arena *arena, const struct doc_node *node) {
  struct whole whole;
  double real;
  bool truth;
  /* Nearly every scalar is seen to be a text by how it begins. */
  if (!has_value(node) || !strchr("+-.0123456789yYnNtTfFoO", node->text[0]))
    return node->text;
  if (scalar_bool(node, &truth))
    return truth ? "true" : "false";
  if (whole_number(node->text, &whole))
    return arena_printf(arena, "%s%llu", whole.is_negative && whole.size > 0 ? "-" : "",
                        (unsigned long long)whole.size);
  if (real_number(node->text, &real))
    return real_text(arena, real);
  const char *special = special_number(node->text);
  return special ? special : node->text;
}

/* ---- base64 --------------------------------------------------------------------------------- */

bool scalar_is_binary(const struct doc_node *node) {
  return node->kind == DOC_SCALAR && node->tag && strcmp(node->tag, CORE_TAG "binary") == 0;
}

/* Into `text`, which has room for it. The size, or -1: this is no base64. */
static ptrdiff_t decode(const char *digits, char *text) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  ptrdiff_t size = 0, padding = 0;
  size_t count = 0;
  unsigned bits = 0;
  for (; *digits; digits++) {
    if (strchr("\r\n", *digits))
      continue;
    const char *letter = strchr(letters, *digits);
    if (letter ? padding > 0 : *digits != '=')
      return -1;
    padding += !letter;
    bits = bits << 6 | (letter ? (unsigned)(letter - letters) : 0);
    if (++count % 4 != 0)
      continue;
    for (int shift = 16; shift >= 0; shift -= 8)
      text[size++] = (char)(bits >> shift & 0xFF);
  }
  return count % 4 != 0 || padding > 2 ? -1 : size - padding;
}

bool scalar_decode(struct arena *arena, const struct doc_node *node, const char **text) {
  char *decoded = arena_alloc(arena, strlen(node->text) / 4 * 3 + 4);
  if (!decoded)
    return false;
  ptrdiff_t size = decode(node->text, decoded);
  if (size >= 0)
    decoded[size] = '\0';
  bool is_text = size >= 0 && strlen(decoded) == (size_t)size && text_is_utf8(decoded);
  *text = is_text ? decoded : NULL;
  return true;
}
