/* SPDX-License-Identifier: Apache-2.0 */
/* The form of values that davit only checks: those of keys that belong to an orchestrator. */
#ifndef DAVIT_SERVICE_FORMS_H
#define DAVIT_SERVICE_FORMS_H

#include "service/fields.h"

enum form_kind {
  FORM_TEXT,
  FORM_BOOL,
  FORM_NUMBER,
  FORM_DURATION,
  FORM_SIZE,
  FORM_CHOICE,
  FORM_LIST,    /* of items */
  FORM_MAP,     /* from names to items */
  FORM_KEYS,    /* a mapping with the keys of a table */
  FORM_VARIANT, /* a mapping whose keys depend on one of them */
  FORM_ANY
};

struct form {
  enum form_kind kind;
  uint64_t least;           /* FORM_NUMBER; of FORM_TEXT and FORM_LIST the length */
  uint64_t most;            /* FORM_NUMBER */
  const char *const *words; /* FORM_CHOICE, FORM_VARIANT; ends with NULL */
  const struct form *item;
  const struct field *keys;
  const char *variant_key;
  const struct field *const *variants; /* one table for each word, with the variant key in it */
};

void form_check(struct reader *reader, const struct doc_node *value, const struct form *form);

extern const struct form form_text, form_name, form_bool, form_number, form_duration, form_size;
extern const struct form form_port, form_any_port; /* from 1, from 0 */
extern const struct form form_texts, form_text_map, form_any;
extern const struct form form_exposure; /* public or internal */

#endif
