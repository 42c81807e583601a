/* SPDX-License-Identifier: Apache-2.0 */
/* Building a node tree: what both readers share. Inside doc/ only. */
#ifndef DAVIT_DOC_TREE_H
#define DAVIT_DOC_TREE_H

#include "doc/doc.h"
#include "util/list.h"

struct place { /* from 1; columns in characters */
  uint32_t line;
  uint32_t column;
};

struct tree { /* one reading of one source */
  struct arena *arena;
  const struct doc_source *source;
  struct davit_error *err;
  size_t nodes;
  size_t problems;
};

/* A collection while its children are read. What is there so far is in the node, so that a problem
 * below has its key path. */
struct branch {
  struct doc_node *node;
  struct list keys;
  struct list values;
};

/* The text is not too large and is UTF-8 without NUL. */
int tree_check_source(struct tree *tree);

/* Bytes of the byte order mark that the text begins with: 3 or 0. */
size_t source_bom(const struct doc_source *source);

/* The place of `offset` bytes into the text. */
struct place tree_place(const struct doc_source *source, size_t offset);

/* A new node, the next value of `parent` (NULL: the root), `depth` collections deep. */
int tree_node(struct tree *tree, const struct doc_node *parent, unsigned depth, enum doc_kind kind,
              struct place at, struct doc_node **node);
int tree_key(struct tree *tree, struct branch *branch, struct doc_node *key);
int tree_value(struct tree *tree, struct branch *branch, const struct doc_node *value);
/* All children are there: every key that stands twice is a problem. */
int tree_close(struct tree *tree, const struct branch *branch);

/* A problem after which reading goes on: 0, or negative once there are too many. */
int tree_report(struct tree *tree, const struct doc_node *node, const char *hint,
                const char *format, ...) PRINTF_LIKE(4, 5);
/* A problem that ends the reading. */
int tree_stop(struct tree *tree, struct place at, const char *hint, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* The type of a plain scalar. */
enum doc_type scalar_type(const char *text);

/* A text as it may stand in a message: cut if long, without control characters. */
const char *text_excerpt(struct arena *arena, const char *text, size_t size);

#endif
