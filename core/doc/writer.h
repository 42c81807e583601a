/* SPDX-License-Identifier: Apache-2.0 */
/* What the two formats of write.h share. Inside doc/ only. */
#ifndef DAVIT_DOC_WRITER_H
#define DAVIT_DOC_WRITER_H

#include <stdio.h>

#include "doc/doc.h"
#include "doc/write.h"

enum writer_event {
  WRITE_MAPPING,
  WRITE_LIST,
  WRITE_END,
  WRITE_KEY,
  WRITE_TEXT,
  WRITE_LITERAL /* a number or a truth value */
};

struct writer_form {
  bool (*open)(struct doc_writer *writer); /* NULL: nothing to open; so the others */
  void (*put)(struct doc_writer *writer, enum writer_event event, const char *text);
  void (*finish)(struct doc_writer *writer);
  void (*close)(struct doc_writer *writer);
};

struct writer_level {
  bool is_mapping;
  bool has_entries;
};

struct doc_writer {
  const struct writer_form *form;
  FILE *out; /* into `text` */
  char *text;
  size_t size;
  bool failed;
  unsigned depth;                            /* collections that are open */
  struct writer_level levels[DOC_MAX_DEPTH]; /* those */
  void *state;                               /* of the form */
};

extern const struct writer_form writer_json, writer_yaml;

/* The text as a JSON string. */
void print_json_string(FILE *out, const char *text);

#endif
