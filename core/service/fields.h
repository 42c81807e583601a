/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a mapping of the service file by a table of its keys. A reader notes every problem of
 * its value and goes on, so that all problems of a file are reported in one go; field_* functions
 * that answer bool say whether the value is good and was stored. */
#ifndef DAVIT_SERVICE_FIELDS_H
#define DAVIT_SERVICE_FIELDS_H

#include "doc/doc.h"
#include "service/service.h"
#include "util/list.h"
#include "util/map.h"

struct reader {
  struct arena *arena;
  const struct log *log;
  struct davit_error *err;
  const char *file;
  struct list foreign; /* of struct service_foreign */
};

#define FIELD_OPTIONAL (1u << 0) /* nothing or null is the same as leaving the key out */
#define FIELD_FOREIGN  (1u << 1) /* belongs to an orchestrator: listed, else left alone */
#define FIELD_OTHERS   (1u << 2) /* of a table's end: the format ignores other keys; warned of */

struct form; /* service/forms.h */

struct field {
  const char *key; /* NULL: end of the table */
  /* Reads the value into the struct that the table is for. */
  void (*read)(struct reader *reader, const struct doc_node *value, void *into);
  const struct form *form; /* instead of `read`: the value is only checked */
  unsigned flags;
  const char *example; /* given: the key must be there, and this is how it could look */
};

/* Notes each explicit tag that is not one of YAML's own and each merge key of the tree. False: a
 * key is too long to be repeated in messages, so that nothing else should be read. */
bool fields_check_tree(struct reader *reader, const struct doc_node *node);
void keys_read(struct reader *reader, const struct doc_node *mapping, const struct field *fields,
               void *into);

/* Problems: "service.invalid", "service.unsupported". Past a bound they are only counted. */
void field_invalid(struct reader *reader, const struct doc_node *node, const char *hint,
                   const char *format, ...) PRINTF_LIKE(4, 5);
void field_unsupported(struct reader *reader, const struct doc_node *node, const char *hint,
                       const char *format, ...) PRINTF_LIKE(4, 5);
/* "X is not `wanted`". */
void field_wrong_kind(struct reader *reader, const struct doc_node *node, const char *wanted,
                      const char *hint);
/* A key that is not one of `known` ("service.unknown-key"); the hint is a near one or the list. */
void field_unknown_key(struct reader *reader, const struct doc_node *mapping, size_t position,
                       const struct list *known);

/* Whether `name`, given at `here`, is not yet in `seen`, where it is put; `value` is the one at
 * fault if it is. */
bool field_is_first(struct reader *reader, const struct doc_node *value,
                    const struct doc_node *here, const char *name, struct map *seen);

/* NULL is noted as a problem. */
void *field_array(struct reader *reader, size_t count, size_t size);
const char *field_printf(struct reader *reader, const char *format, ...) PRINTF_LIKE(2, 3);
/* The text in double quotes, shortened, on one line: for messages. */
const char *field_quote(struct reader *reader, const char *text);
struct service_at field_at(struct reader *reader, const struct doc_node *node);
struct where field_where(struct reader *reader, const struct doc_node *node);

/* Nothing stands for an empty list or mapping; an explicit null is an error. An empty one has
 * count 0. */
bool field_is_list(struct reader *reader, const struct doc_node *node);
bool field_is_mapping(struct reader *reader, const struct doc_node *node);
/* fields_check_tree() noted it: readers of free mappings pass over it. */
bool field_is_merge_key(const struct doc_node *key);

/* A number or a bool given for a text is the text as written. */
bool field_text(struct reader *reader, const struct doc_node *node, const char **text);
bool field_text_at(struct reader *reader, const struct doc_node *node, struct service_text *text);
bool field_bool(struct reader *reader, const struct doc_node *node, bool *value);
bool field_u32(struct reader *reader, const struct doc_node *node, uint32_t least, uint32_t most,
               uint32_t *value);
/* `words` ends with NULL. */
bool field_choice(struct reader *reader, const struct doc_node *node, const char *const *words,
                  size_t *index);
/* Absolute and clean. */
bool field_path(struct reader *reader, const struct doc_node *node, const char **path);
/* By service_size(), more than 0; `m` is taken as mega with a warning. */
bool field_size(struct reader *reader, const struct doc_node *node, uint64_t *bytes);
/* Letters, digits and "-", neither first nor last a "-"; at least one of them. A DNS label has at
 * most FIELD_LABEL_MOST. */
enum {
  FIELD_LABEL_MOST = 63
};
bool field_is_label(const char *text, size_t length);
/* Labels with dots between, at most 253 bytes in all. */
bool field_is_hostname(const char *name);

#endif
