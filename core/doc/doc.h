/* SPDX-License-Identifier: Apache-2.0 */
/* YAML and JSON text as one kind of tree with positions. Nothing here knows what a key means.
 *
 * Bounded against hostile input: DOC_MAX_* below. A duplicate key of a mapping, a key that is not a
 * scalar, a NUL in a string, invalid UTF-8 and anything after the document are errors with file,
 * line and column; every duplicate key of a file is reported, a syntax error ends the reading. */
#ifndef DAVIT_DOC_DOC_H
#define DAVIT_DOC_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/error.h"

enum {
  DOC_MAX_BYTES = 16 * 1024 * 1024,
  DOC_MAX_DEPTH = 64,
  DOC_MAX_NODES = 1000 * 1000
};

enum doc_kind {
  DOC_SCALAR,
  DOC_SEQUENCE,
  DOC_MAPPING
};

/* What a plain scalar is by the YAML 1.2 core schema, as the field's readers of service files take
 * it: bool is true/True/TRUE/false/...; int is decimal without leading zeros, 0x, 0o, 0b, with an
 * optional sign; null is null/Null/NULL/~ and nothing. A quoted or block scalar is always a string.
 * JSON has the same types. */
enum doc_type {
  DOC_STRING,
  DOC_NULL,
  DOC_BOOL,
  DOC_INT,
  DOC_FLOAT
};

/* Kept small: a file has a node for each word, and memory costs more time than reading. */
struct doc_node {
  enum doc_kind kind;
  enum doc_type type; /* of a scalar */
  bool quoted;        /* a scalar that was not plain */
  uint32_t line;      /* from 1; of an alias's copy: where the anchor's text stands */
  uint32_t column;    /* from 1, in characters */
  uint32_t position;  /* in the parent's values */
  size_t count;       /* of a sequence: items; of a mapping: pairs */
  const char *text;   /* of a scalar: its text; a number's digits as written */
  const char *tag;    /* an explicit tag ("!foo", "tag:yaml.org,2002:str"); NULL: none */
  const struct doc_node *const *keys; /* of a mapping: scalars, in the order of the file */
  const struct doc_node *const
      *values;                   /* of a mapping: one for each key; of a sequence: its items */
  const struct doc_node *parent; /* NULL: the root */
  const char *file;              /* as given to the reader */
};

enum { /* flags of a doc_source */
  DOC_FIRST_ONLY =
      1 << 0,        /* YAML: what follows the first document is not read, instead of an error */
  DOC_MERGE = 1 << 1 /* YAML: the pairs of a plain key << belong to the mapping around it */
};

/* `file` names the text in messages; `code` is the code of every problem found ("service.invalid",
 * "cdi.file-broken"). Strings that the tree holds are copies. An empty YAML text gives a scalar of
 * type DOC_NULL; an empty JSON text is an error, as in JSON. */
struct doc_source {
  const char *file;
  const char *text;
  size_t size;
  const char *code;
  unsigned flags; /* DOC_* */
  uint32_t *rest; /* with DOC_FIRST_ONLY: where to say the line at which what is not read begins, 0
                     if nothing follows; NULL: nobody asks */
};

int doc_parse_yaml(struct arena *arena, const struct doc_source *source,
                   const struct doc_node **root, struct davit_error *err) MUST_CHECK;
int doc_parse_json(struct arena *arena, const struct doc_source *source,
                   const struct doc_node **root, struct davit_error *err) MUST_CHECK;

/* The value of a mapping's key, NULL if it is not there. */
const struct doc_node *doc_get(const struct doc_node *mapping, const char *key);

/* "services.web.env.PATH", "devices[0].name"; a key with other characters than [A-Za-z0-9_-] is
 * quoted: services."a.b". "" for the root. */
const char *doc_path(struct arena *arena, const struct doc_node *node);

/* Adds a problem at the node (file:line:column and key path) and returns `answer`. */
int doc_fail(struct davit_error *err, const struct doc_node *node, int answer, const char *code,
             const char *hint, const char *format, ...) PRINTF_LIKE(6, 7);
int doc_vfail(struct davit_error *err, const struct doc_node *node, int answer, const char *code,
              const char *hint, const char *format, va_list args) PRINTF_LIKE(6, 0);

/* "a mapping", "a list", "the text \"abc\"", "the number 5", "true", "nothing": for messages that
 * say what was found. */
const char *doc_describe(struct arena *arena, const struct doc_node *node);

/* The number of a DOC_INT scalar, if it fits (0x, 0o and 0b as well). */
bool doc_int(const struct doc_node *node, int64_t *value);
bool doc_uint(const struct doc_node *node, uint64_t *value);

/* A node that was read from JSON, as JSON without blanks; numbers as they were written. NULL: out
 * of memory. */
const char *doc_json_text(struct arena *arena, const struct doc_node *node);

/* The version of libyaml that runs here. */
const char *doc_yaml_version(void);

#endif
