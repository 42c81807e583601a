/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes, their bounds, and the checks that do not depend on the syntax. */
#include "doc/tree.h"

#include <string.h>

#include "util/map.h"
#include "util/text.h"

enum {
  MOST_PROBLEMS = 100, /* of one file; a hostile one could have a million */
  SMALL_MAPPING = 8    /* up to here comparing each key with each is faster than a map */
};

size_t source_bom(const struct doc_source *source) {
  static const char bom[] = {'\xEF', '\xBB', '\xBF'};
  return source->size >= sizeof(bom) && memcmp(source->text, bom, sizeof(bom)) == 0 ? sizeof(bom)
                                                                                    : 0;
}

struct place tree_place(const struct doc_source *source, size_t offset) {
  struct place at = {.line = 1, .column = 1};
  for (size_t i = source_bom(source); i < offset && i < source->size; i++) {
    unsigned char c = (unsigned char)source->text[i];
    if (c == '\n') {
      at.line++;
      at.column = 1;
    } else if ((c & 0xC0) != 0x80) {
      at.column++;
    }
  }
  return at;
}

int tree_check_source(struct tree *tree) {
  const struct doc_source *source = tree->source;
  if (source->size > DOC_MAX_BYTES)
    return tree_stop(tree, (struct place){0}, "split the file",
                     "the file has %zu bytes, at most %d are read", source->size, DOC_MAX_BYTES);

  const unsigned char *text = (const unsigned char *)source->text;
  for (size_t i = 0; i < source->size;) {
    if (text[i] - 1u < 0x7F) { /* ASCII and no NUL */
      i++;
      continue;
    }
    size_t length = text_utf8_length(text + i, source->size - i);
    if (length == 0)
      return tree_stop(tree, tree_place(source, i), "save the file as UTF-8",
                       "byte 0x%02x is not UTF-8", text[i]);
    if (text[i] == 0)
      return tree_stop(tree, tree_place(source, i), "take the NUL byte out",
                       "there is a NUL byte in the text");
    i += length;
  }
  return DAVIT_OK;
}

int tree_node(struct tree *tree, const struct doc_node *parent, unsigned depth, enum doc_kind kind,
              struct place at, struct doc_node **node) {
  if (kind != DOC_SCALAR && depth >= DOC_MAX_DEPTH)
    return tree_stop(tree, at, "make the file flatter",
                     "lists and mappings are nested more than %d deep", DOC_MAX_DEPTH);
  if (tree->nodes >= DOC_MAX_NODES)
    return tree_stop(tree, at, "split the file; each use of a YAML alias counts like its text",
                     "the file has more than %d values", DOC_MAX_NODES);
  struct doc_node *made = arena_alloc(tree->arena, sizeof(*made));
  if (!made)
    return error_memory(tree->err);
  tree->nodes++;
  made->kind = kind;
  made->line = at.line;
  made->column = at.column;
  made->parent = parent;
  made->position = parent ? (uint32_t)parent->count : 0; /* DOC_MAX_NODES bounds it */
  made->file = tree->source->file;
  *node = made;
  return DAVIT_OK;
}

int tree_key(struct tree *tree, struct branch *branch, struct doc_node *key) {
  if (!list_push(tree->arena, &branch->keys, key))
    return error_memory(tree->err);
  branch->node->keys = (const struct doc_node *const *)branch->keys.items;
  return DAVIT_OK;
}

int tree_value(struct tree *tree, struct branch *branch, const struct doc_node *value) {
  if (!list_push(tree->arena, &branch->values, value))
    return error_memory(tree->err);
  branch->node->values = (const struct doc_node *const *)branch->values.items;
  branch->node->count = branch->values.count;
  return DAVIT_OK;
}

/* The first key of the mapping that is the same text as key number `i`, NULL if that is itself. */
static const struct doc_node *earlier(const struct doc_node *mapping, size_t i) {
  for (size_t j = 0; j < i; j++)
    if (strcmp(mapping->keys[j]->text, mapping->keys[i]->text) == 0)
      return mapping->keys[j];
  return NULL;
}

int tree_close(struct tree *tree, const struct branch *branch) {
  const struct doc_node *node = branch->node;
  struct map seen = {0};
  for (size_t i = 0; node->kind == DOC_MAPPING && i < node->count; i++) {
    const struct doc_node *key = node->keys[i];
    const struct doc_node *first = NULL;
    if (node->count <= SMALL_MAPPING) {
      first = earlier(node, i);
    } else {
      void **found = map_find(&seen, key->text);
      if (found)
        first = *found;
      else if (!map_put(tree->arena, &seen, key->text, (void *)(uintptr_t)key))
        return error_memory(tree->err);
    }
    if (!first)
      continue;
    int failed = tree_report(tree, key, "keep one of the two",
                             "the key \"%s\" is there twice, first in line %u",
                             text_excerpt(tree->arena, key->text, strlen(key->text)), first->line);
    if (failed)
      return failed;
  }
  return DAVIT_OK;
}

int tree_report(struct tree *tree, const struct doc_node *node, const char *hint,
                const char *format, ...) {
  va_list args;
  va_start(args, format);
  int answer = doc_vfail(tree->err, node, DAVIT_E_INVALID, tree->source->code, hint, format, args);
  va_end(args);
  return ++tree->problems < MOST_PROBLEMS ? DAVIT_OK : answer;
}

int tree_stop(struct tree *tree, struct place at, const char *hint, const char *format, ...) {
  struct where where = {.file = tree->source->file, .line = at.line, .column = at.column};
  va_list args;
  va_start(args, format);
  int answer =
      error_vadd(tree->err, DAVIT_E_INVALID, tree->source->code, &where, hint, format, args);
  va_end(args);
  return answer;
}
