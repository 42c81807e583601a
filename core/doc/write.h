/* SPDX-License-Identifier: Apache-2.0 */
/* Writing YAML or JSON, entry by entry, in the order in which the caller says them. What a reader
 * of YAML 1.1 or 1.2 could take for something else than a text is quoted. */
#ifndef DAVIT_DOC_WRITE_H
#define DAVIT_DOC_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

enum doc_format {
  DOC_FORMAT_JSON, /* two spaces a level, a newline at the end */
  DOC_FORMAT_YAML
};

struct doc_writer;

int doc_writer_open(enum doc_format format, struct doc_writer **writer,
                    struct davit_error *err) MUST_CHECK;
void doc_writer_close(struct doc_writer *writer);

static inline void cleanup_doc_writer(struct doc_writer **writer) {
  doc_writer_close(*writer);
}

/* A value; in a mapping behind its key. Texts are UTF-8; NULL is one that there was no memory for.
 * A lack of memory shows at the end. */
void doc_write_mapping(struct doc_writer *writer); /* up to doc_write_end() */
void doc_write_list(struct doc_writer *writer);    /* the same */
void doc_write_end(struct doc_writer *writer);
void doc_write_key(struct doc_writer *writer, const char *key);
void doc_write_text(struct doc_writer *writer, const char *text);
void doc_write_number(struct doc_writer *writer, int64_t number);
void doc_write_bool(struct doc_writer *writer, bool value);

/* All that was written, freed with free(). */
int doc_writer_finish(struct doc_writer *writer, char **text, size_t *size,
                      struct davit_error *err) MUST_CHECK;

#endif
