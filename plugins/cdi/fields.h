/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the mappings of a spec by tables of their fields. A problem is added to the reader's
 * findings and reading goes on: a file's problems are reported all at once. */
#ifndef DAVIT_CDI_FIELDS_H
#define DAVIT_CDI_FIELDS_H

#include "cdi/names.h"
#include "cdi/scalars.h"
#include "cdi/spec.h"

struct reader {
  struct arena *arena;
  struct cdi_findings *findings;
  enum cdi_version version; /* that the file declares; CDI_NO_VERSION: none that is known */
};

struct field {
  const char *name;
  void (*read)(struct reader *reader, const struct doc_node *value, void *into);
  size_t offset;          /* of `into` in the object */
  bool is_required;       /* there, not null, and not an empty text */
  enum cdi_version since; /* needed if the value is there and not an empty text or list */
  enum cdi_version until; /* not zero: unknown from this version on */
};

#define FIELD(type, member) offsetof(struct type, member)

void reader_fail(struct reader *reader, const struct doc_node *node, const char *hint,
                 const char *format, ...) PRINTF_LIKE(4, 5);
/* A finding that does not stop the file from being used: for all, or for a strict check. */
void reader_warn(struct reader *reader, const struct doc_node *node, const char *hint,
                 const char *format, ...) PRINTF_LIKE(4, 5);
void reader_note(struct reader *reader, const struct doc_node *node, const char *hint,
                 const char *format, ...) PRINTF_LIKE(4, 5);
/* The file uses what came with that version of the format. */
void reader_need(struct reader *reader, const struct doc_node *node, enum cdi_version since,
                 const char *what);
/* Zeroed memory; NULL: the problem is in the error. */
void *reader_alloc(struct reader *reader, size_t size);
void reader_push(struct reader *reader, struct list *list, const void *item);

/* Fills an object from a mapping. False: it is no mapping. */
bool fields_read(struct reader *reader, const struct doc_node *mapping, const struct field *fields,
                 size_t count, void *object);
/* The value of the field, however its key is spelled; NULL: it is not there. */
const struct doc_node *field_of(const struct doc_node *mapping, const char *name);
/* A scalar's text; NULL: it is none, and the problem is added. */
const char *text_of(struct reader *reader, const struct doc_node *node);
/* The node if it is a list, else a problem and NULL. */
const struct doc_node *list_of(struct reader *reader, const struct doc_node *node);

/* For tables; what they fill: */
void read_text(struct reader *reader, const struct doc_node *value, void *into); /* const char * */
/* A name or a path that devices are listed with, of bounded length. */
void read_name(struct reader *reader, const struct doc_node *value, void *into);  /* const char * */
void read_texts(struct reader *reader, const struct doc_node *value, void *into); /* list */
void read_env(struct reader *reader, const struct doc_node *value, void *into);   /* list */
void read_bool(struct reader *reader, const struct doc_node *value, void *into);  /* bool */
void read_i64(struct reader *reader, const struct doc_node *value, void *into);   /* cdi_number */
void read_u32(struct reader *reader, const struct doc_node *value, void *into);   /* cdi_number */

#endif
