/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML reader: the tree of what it accepts is whole, bounded, and can be described. */
#include "fuzz.h"

#include <string.h>

#include "doc/doc.h"

static size_t node_count;

static void check_node(struct arena *arena, const struct doc_node *node,
                       const struct doc_node *parent, unsigned depth) {
  int64_t number;
  uint64_t whole;
  MUST_HOLD(depth <= DOC_MAX_DEPTH);
  MUST_HOLD(node->parent == parent && node->line >= 1 && node->column >= 1);
  MUST_HOLD(!parent || parent->values[node->position] == node);
  if (node_count++ < 64) { /* each is as long as the tree is deep */
    MUST_HOLD(doc_path(arena, node));
    MUST_HOLD(doc_describe(arena, node)[0]);
  }
  if (node->kind == DOC_SCALAR) {
    MUST_HOLD(node->text && node->count == 0);
    (void)doc_int(node, &number);
    (void)doc_uint(node, &whole);
    return;
  }
  for (size_t i = 0; i < node->count; i++) {
    if (node->kind == DOC_MAPPING) {
      MUST_HOLD(node->keys[i]->kind == DOC_SCALAR);
      if (node->count < 64)
        MUST_HOLD(doc_get(node, node->keys[i]->text) == node->values[i]);
    }
    check_node(arena, node->values[i], node, depth + 1);
  }
}

static void read_text(const uint8_t *data, size_t size, unsigned flags) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_source source = {
      .file = "f", .text = (const char *)data, .size = size, .code = "f.invalid", .flags = flags};
  const struct doc_node *root = NULL;
  int answer = doc_parse_yaml(&arena, &source, &root, &err);
  check_answer(answer, &err);
  node_count = 0;
  if (answer == DAVIT_OK)
    check_node(&arena, root, NULL, 0);
  MUST_HOLD(node_count <= DOC_MAX_NODES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  read_text(data, size, 0);
  read_text(data, size, DOC_FIRST_ONLY);
  return 0;
}
