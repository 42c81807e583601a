/* SPDX-License-Identifier: Apache-2.0 */
/* The format has Kubernetes' rules for annotations. Its readers do not hold anybody to them, so
 * what breaks them is a warning. */
#include "cdi/annotations.h"

#include <string.h>

enum {
  LONGEST_NAME = 63,
  LONGEST_PREFIX = 253,
  MOST_BYTES = 262144
};

#define SMALL_LETTERS "abcdefghijklmnopqrstuvwxyz"
#define LETTERS       SMALL_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS        "0123456789"

/* Characters of `middle`, at both ends of `ends`. */
static bool is_word(const char *text, size_t size, const char *ends, const char *middle) {
  return size > 0 && strspn(text, middle) >= size && strchr(ends, text[0]) &&
         strchr(ends, text[size - 1]);
}

/* Labels with dots between them. Kubernetes makes the key's letters small before it looks. */
static bool is_prefix(const char *text, size_t size) {
  if (size == 0 || size > LONGEST_PREFIX)
    return false;
  for (const char *end = text + size;;) {
    size_t label = strcspn(text, "./");
    if (!is_word(text, label, LETTERS DIGITS, LETTERS DIGITS "-"))
      return false;
    text += label;
    if (text >= end)
      return true;
    text++;
  }
}

/* NULL: the key is fine. */
static const char *key_problem(const char *key) {
  const char *slash = strchr(key, '/');
  const char *name = slash ? slash + 1 : key;
  if (slash && strchr(name, '/'))
    return "write at most one \"/\": [PREFIX/]NAME";
  if (slash && !is_prefix(key, (size_t)(slash - key)))
    return "the part before the \"/\" is a DNS name of at most 253 characters";
  if (strlen(name) > LONGEST_NAME)
    return "a name has at most 63 characters";
  if (!is_word(name, strlen(name), LETTERS DIGITS, LETTERS DIGITS "-_."))
    return "a name begins and ends with a letter or digit, and holds nothing but letters, digits, "
           "\"-\", \"_\" and \".\"";
  return NULL;
}

static void check_key(struct reader *reader, const struct doc_node *key) {
  const char *problem = key_problem(key->text);
  if (problem)
    reader_warn(reader, key, problem, "\"%.80s\" is no key of an annotation", key->text);
}

void read_annotations(struct reader *reader, const struct doc_node *value, void *into UNUSED) {
  if (value->kind != DOC_MAPPING) {
    reader_fail(reader, value, "write a mapping here", "%s where a mapping is wanted",
                doc_describe(reader->arena, value));
    return;
  }
  size_t size = 0;
  for (size_t i = 0; i < value->count; i++) {
    const struct doc_node *text = value->values[i];
    check_key(reader, value->keys[i]);
    if (text->kind != DOC_SCALAR)
      reader_fail(reader, text, "write a text here", "%s where a text is wanted",
                  doc_describe(reader->arena, text));
    else
      size += strlen(value->keys[i]->text) + strlen(text->text);
  }
  if (size > MOST_BYTES)
    reader_warn(reader, value, "leave some out",
                "the annotations have %zu bytes, at most %d are valid", size, MOST_BYTES);
}
