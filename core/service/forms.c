/* SPDX-License-Identifier: Apache-2.0 */
/* Checking values by their form. Recursion is bounded by DOC_MAX_DEPTH, as values nest no deeper.
 */
#include "service/forms.h"

#include <inttypes.h>
#include <string.h>

const struct form form_text = {.kind = FORM_TEXT};
const struct form form_name = {.kind = FORM_TEXT, .least = 1};
const struct form form_bool = {.kind = FORM_BOOL};
const struct form form_number = {.kind = FORM_NUMBER, .most = UINT32_MAX};
const struct form form_port = {.kind = FORM_NUMBER, .least = 1, .most = UINT16_MAX};
const struct form form_any_port = {.kind = FORM_NUMBER, .most = UINT16_MAX};
const struct form form_duration = {.kind = FORM_DURATION};
const struct form form_size = {.kind = FORM_SIZE};
const struct form form_texts = {.kind = FORM_LIST, .item = &form_text};
const struct form form_text_map = {.kind = FORM_MAP, .item = &form_text};
const struct form form_any = {.kind = FORM_ANY};

static const char *const exposures[] = {"public", "internal", NULL};
const struct form form_exposure = {.kind = FORM_CHOICE, .words = exposures};

static void check_text(struct reader *reader, const struct doc_node *value,
                       const struct form *form) {
  const char *text;
  if (field_text(reader, value, &text) && strlen(text) < form->least)
    field_invalid(reader, value, "write at least one character", "the text is empty");
}

static void check_number(struct reader *reader, const struct doc_node *value,
                         const struct form *form) {
  uint64_t number;
  if (value->kind != DOC_SCALAR || value->type != DOC_INT)
    field_wrong_kind(reader, value, "a whole number", "write a number without quotes");
  else if (!doc_uint(value, &number) || number < form->least || number > form->most)
    field_invalid(reader, value,
                  field_printf(reader, "%" PRIu64 " to %" PRIu64, form->least, form->most),
                  "%s is out of range", doc_describe(reader->arena, value));
}

static void check_duration(struct reader *reader, const struct doc_node *value) {
  const char *text;
  uint64_t nanoseconds;
  if (field_text(reader, value, &text) && !service_duration(text, &nanoseconds))
    field_invalid(reader, value, "a number with a unit: 30s, 5m, \"1h 30m\"",
                  "%s is not a duration", field_quote(reader, text));
}

static void check_list(struct reader *reader, const struct doc_node *value,
                       const struct form *form) {
  if (!field_is_list(reader, value))
    return;
  if (value->count < form->least)
    field_invalid(reader, value, "name at least one, or leave the key out", "the list is empty");
  for (size_t i = 0; i < value->count; i++)
    form_check(reader, value->values[i], form->item);
}

static void check_map(struct reader *reader, const struct doc_node *value,
                      const struct form *form) {
  if (!field_is_mapping(reader, value))
    return;
  for (size_t i = 0; i < value->count; i++)
    if (!field_is_merge_key(value->keys[i]))
      form_check(reader, value->values[i], form->item);
}

static void check_variant(struct reader *reader, const struct doc_node *value,
                          const struct form *form) {
  if (!field_is_mapping(reader, value))
    return;
  const struct doc_node *chosen =
      value->kind == DOC_MAPPING ? doc_get(value, form->variant_key) : NULL;
  size_t index;
  if (!chosen)
    field_invalid(reader, value,
                  field_printf(reader, "add `%s: %s`", form->variant_key, form->words[0]),
                  "the key \"%s\" is missing", form->variant_key);
  else if (field_choice(reader, chosen, form->words, &index))
    keys_read(reader, value, form->variants[index], NULL);
}

void form_check(struct reader *reader, const struct doc_node *value, const struct form *form) {
  uint64_t bytes;
  size_t index;
  bool answer;
  switch (form->kind) {
  case FORM_TEXT:
    check_text(reader, value, form);
    return;
  case FORM_BOOL:
    (void)field_bool(reader, value, &answer);
    return;
  case FORM_NUMBER:
    check_number(reader, value, form);
    return;
  case FORM_DURATION:
    check_duration(reader, value);
    return;
  case FORM_SIZE:
    (void)field_size(reader, value, &bytes);
    return;
  case FORM_CHOICE:
    (void)field_choice(reader, value, form->words, &index);
    return;
  case FORM_LIST:
    check_list(reader, value, form);
    return;
  case FORM_MAP:
    check_map(reader, value, form);
    return;
  case FORM_KEYS:
    keys_read(reader, value, form->keys, NULL);
    return;
  case FORM_VARIANT:
    check_variant(reader, value, form);
    return;
  case FORM_ANY:
    return;
  }
}
