/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up in a node tree, and saying where they stand. */
#include "doc/doc.h"

#include <string.h>

#include "doc/tree.h"

enum {
  LONGEST_EXCERPT = 80
};

const struct doc_node *doc_get(const struct doc_node *mapping, const char *key) {
  if (!mapping || mapping->kind != DOC_MAPPING)
    return NULL;
  for (size_t i = 0; i < mapping->count; i++)
    if (strcmp(mapping->keys[i]->text, key) == 0)
      return mapping->values[i];
  return NULL;
}

/* Not strspn(): it makes a table of the set in every call, and most keys have few letters. */
static bool is_plain_key(const char *key) {
  const char *end = key;
  while ((*end >= 'a' && *end <= 'z') || (*end >= 'A' && *end <= 'Z') ||
         (*end >= '0' && *end <= '9') || *end == '_' || *end == '-')
    end++;
  return end > key && *end == '\0';
}

/* One step of a path: how `node` is reached from its parent, without the dot. */
static const char *step(struct arena *arena, const struct doc_node *node) {
  if (node->parent->kind == DOC_SEQUENCE)
    return arena_printf(arena, "[%u]", node->position);
  /* A key is not in the list before it is read: a problem of its own text is found earlier. That of
   * a merged value never gets there. */
  const struct doc_node *const *keys = node->parent->keys;
  const struct doc_node *named = keys ? keys[node->position] : NULL;
  const char *key = named ? named->text : node->text ? node->text : "<<";
  return is_plain_key(key) ? key
                           : arena_printf(arena, "\"%s\"", text_excerpt(arena, key, strlen(key)));
}

/* Every value that a service file gives has one: the steps are gathered, then joined at once. */
const char *doc_path(struct arena *arena, const struct doc_node *node) {
  const char *steps[DOC_MAX_DEPTH + 1];
  size_t count = 0, size = 1;
  for (; node && node->parent && count < ARRAY_LEN(steps); node = node->parent) {
    steps[count] = step(arena, node);
    if (!steps[count])
      return "";
    size += strlen(steps[count++]) + 1;
  }
  char *path = arena_alloc(arena, size);
  if (!path)
    return "";
  char *end = path;
  while (count-- > 0) {
    if (end > path && steps[count][0] != '[')
      *end++ = '.';
    end = stpcpy(end, steps[count]);
  }
  return path;
}

int doc_vfail(struct davit_error *err, const struct doc_node *node, int answer, const char *code,
              const char *hint, const char *format, va_list args) {
  CLEANUP(arena) struct arena arena = {0};
  const char *path = doc_path(&arena, node);
  struct where at = {
      .file = node->file, .line = node->line, .column = node->column, .key = *path ? path : NULL};
  return error_vadd(err, answer, code, &at, hint, format, args);
}

int doc_fail(struct davit_error *err, const struct doc_node *node, int answer, const char *code,
             const char *hint, const char *format, ...) {
  va_list args;
  va_start(args, format);
  answer = doc_vfail(err, node, answer, code, hint, format, args);
  va_end(args);
  return answer;
}

const char *text_excerpt(struct arena *arena, const char *text, size_t size) {
  size_t end = size;
  if (size > LONGEST_EXCERPT)
    for (end = LONGEST_EXCERPT; end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80;)
      end--;
  char *copy = arena_strndup(arena, text, end);
  if (!copy)
    return "";
  for (char *c = copy; *c; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7F)
      *c = ' ';
  const char *excerpt = end < size ? arena_printf(arena, "%s...", copy) : copy;
  return excerpt ? excerpt : "";
}

const char *doc_describe(struct arena *arena, const struct doc_node *node) {
  if (!node)
    return "nothing";
  if (node->kind != DOC_SCALAR)
    return node->kind == DOC_MAPPING ? "a mapping" : "a list";
  if (node->type == DOC_NULL)
    return "nothing";
  const char *text = text_excerpt(arena, node->text, strlen(node->text));
  if (node->type == DOC_STRING)
    text = arena_printf(arena, "the text \"%s\"", text);
  else if (node->type != DOC_BOOL)
    text = arena_printf(arena, "the number %s", text);
  return text ? text : "";
}
