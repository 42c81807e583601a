/* SPDX-License-Identifier: Apache-2.0 */
/* A tree that was read from JSON as JSON again, in its shortest form. */
#include <stdio.h>

#include "doc/writer.h"
#include "util/cleanup.h"

void print_json_string(FILE *out, const char *text) {
  fputc('"', out);
  for (const char *c = text; *c; c++) {
    if (*c == '"' || *c == '\\')
      fprintf(out, "\\%c", *c);
    else if ((unsigned char)*c < 0x20)
      fprintf(out, "\\u%04x", (unsigned)*c);
    else
      fputc(*c, out);
  }
  fputc('"', out);
}

/* As deep as the tree, which the reader bounds. */
static void print_node(FILE *out, const struct doc_node *node) {
  if (node->kind == DOC_SCALAR) {
    if (node->type == DOC_STRING)
      print_json_string(out, node->text);
    else
      fputs(node->text, out);
    return;
  }
  bool is_mapping = node->kind == DOC_MAPPING;
  fputc(is_mapping ? '{' : '[', out);
  for (size_t i = 0; i < node->count; i++) {
    if (i > 0)
      fputc(',', out);
    if (is_mapping) {
      print_json_string(out, node->keys[i]->text);
      fputc(':', out);
    }
    print_node(out, node->values[i]);
  }
  fputc(is_mapping ? '}' : ']', out);
}

const char *doc_json_text(struct arena *arena, const struct doc_node *node) {
  CLEANUP(free) char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out)
    return NULL;
  print_node(out, node);
  bool failed = ferror(out);
  if (fclose(out) != 0 || failed)
    return NULL;
  return arena_strndup(arena, text, size);
}
