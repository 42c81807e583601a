/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of single values. */
#include <inttypes.h>
#include <string.h>

#include "service/fields.h"
#include "util/text.h"

bool field_text(struct reader *reader, const struct doc_node *node, const char **text) {
  if (node->kind != DOC_SCALAR) {
    field_wrong_kind(reader, node, "a text", "write one value");
    return false;
  }
  *text = node->text;
  return true;
}

bool field_text_at(struct reader *reader, const struct doc_node *node, struct service_text *text) {
  const char *value;
  if (!field_text(reader, node, &value))
    return false;
  *text = (struct service_text){.text = value, .at = field_at(reader, node)};
  return true;
}

bool field_bool(struct reader *reader, const struct doc_node *node, bool *value) {
  if (node->kind != DOC_SCALAR || node->type != DOC_BOOL) {
    field_wrong_kind(reader, node, "a bool", "write true or false, without quotes");
    return false;
  }
  *value = node->text[0] == 't' || node->text[0] == 'T';
  return true;
}

bool field_u32(struct reader *reader, const struct doc_node *node, uint32_t least, uint32_t most,
               uint32_t *value) {
  if (node->kind != DOC_SCALAR || node->type != DOC_INT) {
    field_wrong_kind(reader, node, "a whole number", "write a number without quotes");
    return false;
  }
  uint64_t number;
  if (!doc_uint(node, &number) || number < least || number > most) {
    field_invalid(reader, node, field_printf(reader, "%" PRIu32 " to %" PRIu32, least, most),
                  "%s is out of range", doc_describe(reader->arena, node));
    return false;
  }
  *value = (uint32_t)number;
  return true;
}

bool field_choice(struct reader *reader, const struct doc_node *node, const char *const *words,
                  size_t *index) {
  const char *text;
  if (!field_text(reader, node, &text))
    return false;
  for (size_t i = 0; words[i]; i++)
    if (strcmp(words[i], text) == 0) {
      *index = i;
      return true;
    }
  const char *near = text_nearest(text, words);
  const char *all = strings_join(reader->arena, words, 30);
  field_invalid(reader, node,
                near ? field_printf(reader, "did you mean \"%s\"? allowed: %s", near, all)
                     : field_printf(reader, "allowed: %s", all),
                "%s is not one of the values allowed", field_quote(reader, text));
  return false;
}

bool field_path(struct reader *reader, const struct doc_node *node, const char **path) {
  const char *text;
  if (!field_text(reader, node, &text))
    return false;
  if (text[0] != '/') {
    field_invalid(reader, node, "start it with \"/\"", "the path %s is not absolute",
                  field_quote(reader, text));
    return false;
  }
  if (!path_is_clean(text)) {
    field_invalid(reader, node, "no \"//\", \".\" or \"..\" in it and no \"/\" at its end",
                  "the path %s is not clean", field_quote(reader, text));
    return false;
  }
  *path = text;
  return true;
}

/* What one unit letter stands for; 0: no unit. */
static uint64_t unit_bytes(const char *unit) {
  static const char letters[] = "kmgt";
  static const uint64_t decimal[] = {1000, 1000000, 1000000000, 1000000000000};
  if (unit[0] == '\0')
    return 1;
  const char *letter = strchr(letters, unit[0] | 0x20);
  if (!letter)
    return 0;
  size_t power = (size_t)(letter - letters);
  if (unit[1] == '\0')
    return decimal[power];
  if ((unit[1] == 'i' || unit[1] == 'I') && unit[2] == '\0')
    return UINT64_C(1) << (10 * (power + 1));
  return 0;
}

const char *service_size(const char *text, uint64_t *bytes) {
  size_t digits = strspn(text, "0123456789");
  uint64_t unit = unit_bytes(text + digits);
  if (digits == 0 || unit == 0)
    return "is not a size";
  uint64_t number = 0;
  for (size_t i = 0; i < digits; i++)
    if (__builtin_mul_overflow(number, 10, &number) ||
        __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
      return "is too large";
  if (__builtin_mul_overflow(number, unit, &number) || number > INT64_MAX)
    return "is too large";
  *bytes = number;
  return NULL;
}

bool field_size(struct reader *reader, const struct doc_node *node, uint64_t *bytes) {
  const char *text;
  uint64_t size;
  if (!field_text(reader, node, &text))
    return false;
  const char *wrong = service_size(text, &size);
  if (!wrong && size == 0)
    wrong = "is no size: 0 would mean no limit";
  if (wrong) {
    field_invalid(reader, node,
                  "digits and nothing, Ki, Mi, Gi, Ti (1024) or K, M, G, T (1000): 512Mi", "%s %s",
                  field_quote(reader, text), wrong);
    return false;
  }
  if (text_ends(text, "m")) {
    struct where at = field_where(reader, node);
    log_at(reader->log, LOG_LEVEL_WARNING, "service.size-unit", &at,
           "write M for mega or Mi for 1024 * 1024", "%s: m is taken as mega, %" PRIu64 " bytes",
           field_quote(reader, text), size);
  }
  *bytes = size;
  return true;
}

bool field_is_label(const char *text, size_t length) {
  if (length < 1 || text[0] == '-' || text[length - 1] == '-')
    return false;
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
      return false;
  }
  return true;
}

bool field_is_hostname(const char *name) {
  if (strlen(name) > 253)
    return false;
  for (;;) {
    size_t length = strcspn(name, ".");
    if (!field_is_label(name, length))
      return false;
    if (!name[length])
      return true;
    name += length + 1;
  }
}
