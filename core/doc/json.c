/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: cJSON decides what the values are. A walker over the same text, in step with cJSON's tree,
 * exists because cJSON drops where things stand, a number's digits and what follows a \u0000, and
 * takes texts that are not JSON. */
#include "doc/json.h"

#include <string.h>

#include "doc/tree.h"

struct walker {
  struct tree tree;
  const char *next;
  const char *end;
  const char *placed; /* `at` is the place of this byte */
  struct place at;
  bool raw_numbers; /* the cJSON tree is to hold digits instead of doubles */
  bool is_cut;      /* the text ends inside of a collection */
  bool is_open;     /* the text ends inside of a string */
};

static struct place place_of(struct walker *walker, const char *where) {
  for (; walker->placed < where; walker->placed++) {
    if (*walker->placed == '\n') {
      walker->at.line++;
      walker->at.column = 1;
    } else if (((unsigned char)*walker->placed & 0xC0) != 0x80) {
      walker->at.column++;
    }
  }
  return walker->at;
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct walker *walker) {
  while (walker->next < walker->end && is_blank(*walker->next))
    walker->next++;
}

static int fail_here(struct walker *walker) {
  const char *line_end = walker->next;
  while (line_end < walker->end && *line_end != '\n' && *line_end != '\r')
    line_end++;
  const char *rest =
      text_excerpt(walker->tree.arena, walker->next, (size_t)(line_end - walker->next));
  struct place at = place_of(walker, walker->next);
  if (!*rest)
    return tree_stop(&walker->tree, at, "close every string, list and mapping",
                     "the text ends too early");
  return tree_stop(&walker->tree, at, "look at the quotes, commas and brackets before it",
                   "not JSON from here on: %s", rest);
}

static int expect(struct walker *walker, char wanted) {
  skip_blanks(walker);
  if (walker->next >= walker->end || *walker->next != wanted)
    return fail_here(walker);
  walker->next++;
  return DAVIT_OK;
}

/* Bounds that must hold before cJSON recurses and allocates. */
static int check_bounds(struct walker *walker) {
  size_t depth = 0, values = 1;
  bool in_string = false;
  for (const char *c = walker->next; c < walker->end; c++) {
    if (in_string) {
      if (*c == '\\' && c + 1 < walker->end)
        c++;
      else if (*c == '"')
        in_string = false;
      continue;
    }
    switch (*c) {
    case '"':
      in_string = true;
      break;
    case '[':
    case '{':
      values++;
      if (++depth > DOC_MAX_DEPTH)
        return tree_stop(&walker->tree, place_of(walker, c), "make the file flatter",
                         "lists and mappings are nested more than %d deep", DOC_MAX_DEPTH);
      break;
    case ']':
    case '}':
      depth -= depth > 0;
      break;
    case ',':
    case ':':
      if (++values > DOC_MAX_NODES)
        return tree_stop(&walker->tree, place_of(walker, c), "split the file",
                         "the file has more than %d values", DOC_MAX_NODES);
      break;
    default:
      break;
    }
  }
  walker->is_cut = depth > 0;
  walker->is_open = in_string;
  return DAVIT_OK;
}

/* Over the string at `next`; cJSON has checked its escapes. */
static int skip_string(struct walker *walker, const struct doc_node *node) {
  if (walker->next >= walker->end || *walker->next != '"')
    return fail_here(walker);
  bool has_nul = false;
  for (walker->next++; walker->next < walker->end && *walker->next != '"'; walker->next++) {
    if ((unsigned char)*walker->next < 0x20)
      return tree_stop(&walker->tree, place_of(walker, walker->next),
                       "write it as \\n, \\t or \\u00XX", "control character 0x%02x in a string",
                       (unsigned)*walker->next);
    if (*walker->next != '\\')
      continue;
    size_t left = (size_t)(walker->end - walker->next);
    if (left >= 6 && memcmp(walker->next, "\\u0000", 6) == 0)
      has_nul = true;
    walker->next++;
  }
  if (walker->next >= walker->end)
    return fail_here(walker);
  walker->next++;
  if (!has_nul)
    return DAVIT_OK;
  return tree_report(&walker->tree, node, "take the \\u0000 out", "there is a NUL in the string");
}

static const char *skip_digits(const struct walker *walker, const char *c) {
  while (c < walker->end && *c >= '0' && *c <= '9')
    c++;
  return c;
}

/* The end of the number at `next` by JSON's grammar, NULL if it is none. */
static const char *number_end(const struct walker *walker) {
  const char *c = walker->next;
  if (c < walker->end && *c == '-')
    c++;
  const char *digits = c;
  c = skip_digits(walker, c);
  if (c == digits || (*digits == '0' && c > digits + 1))
    return NULL;
  if (c < walker->end && *c == '.') {
    digits = ++c;
    c = skip_digits(walker, c);
    if (c == digits)
      return NULL;
  }
  if (c < walker->end && (*c == 'e' || *c == 'E')) {
    c++;
    if (c < walker->end && (*c == '+' || *c == '-'))
      c++;
    digits = c;
    c = skip_digits(walker, c);
    if (c == digits)
      return NULL;
  }
  return c;
}

static int walk_number(struct walker *walker, cJSON *item, struct doc_node *node) {
  const char *end = number_end(walker);
  if (!end)
    return fail_here(walker);
  size_t size = (size_t)(end - walker->next);
  const char *digits = arena_strndup(walker->tree.arena, walker->next, size);
  if (!digits)
    return error_memory(walker->tree.err);
  walker->next = end;
  node->text = digits;
  node->type = strpbrk(digits, ".eE") ? DOC_FLOAT : DOC_INT;
  if (!walker->raw_numbers)
    return DAVIT_OK;
  char *raw = cJSON_malloc(size + 1);
  if (!raw)
    return error_memory(walker->tree.err);
  memcpy(raw, digits, size + 1);
  item->valuestring = raw;
  item->type = (item->type & ~0xFF) | cJSON_Raw;
  return DAVIT_OK;
}

static int walk_scalar(struct walker *walker, cJSON *item, struct doc_node *node) {
  if (cJSON_IsNumber(item))
    return walk_number(walker, item, node);
  const char *text = cJSON_IsTrue(item) ? "true" : cJSON_IsFalse(item) ? "false" : "null";
  node->type = cJSON_IsNull(item) ? DOC_NULL : DOC_BOOL;
  if (cJSON_IsString(item)) {
    node->type = DOC_STRING;
    node->quoted = true;
    text = item->valuestring;
  }
  node->text = arena_strdup(walker->tree.arena, text);
  if (!node->text)
    return error_memory(walker->tree.err);
  if (cJSON_IsString(item))
    return skip_string(walker, node);
  size_t size = strlen(text);
  if ((size_t)(walker->end - walker->next) < size || memcmp(walker->next, text, size) != 0)
    return fail_here(walker);
  walker->next += size;
  return DAVIT_OK;
}

static int walk_key(struct walker *walker, const cJSON *item, struct branch *branch) {
  skip_blanks(walker);
  struct doc_node *key;
  int failed =
      tree_node(&walker->tree, branch->node, 0, DOC_SCALAR, place_of(walker, walker->next), &key);
  if (failed)
    return failed;
  key->quoted = true;
  key->text = arena_strdup(walker->tree.arena, item->string);
  if (!key->text)
    return error_memory(walker->tree.err);
  failed = tree_key(&walker->tree, branch, key);
  if (!failed)
    failed = skip_string(walker, key);
  return failed ? failed : expect(walker, ':');
}

/* Recursion is bounded by DOC_MAX_DEPTH: check_bounds(). */
static int walk(struct walker *walker, cJSON *item, const struct doc_node *parent, unsigned depth,
                struct doc_node **out) {
  skip_blanks(walker);
  struct doc_node *node;
  enum doc_kind kind = cJSON_IsObject(item)  ? DOC_MAPPING
                       : cJSON_IsArray(item) ? DOC_SEQUENCE
                                             : DOC_SCALAR;
  int failed = tree_node(&walker->tree, parent, depth, kind, place_of(walker, walker->next), &node);
  if (failed)
    return failed;
  *out = node;
  if (kind == DOC_SCALAR)
    return walk_scalar(walker, item, node);

  failed = expect(walker, kind == DOC_MAPPING ? '{' : '[');
  struct branch branch = {.node = node};
  for (cJSON *child = item->child; child && !failed; child = child->next) {
    struct doc_node *value;
    if (child != item->child)
      failed = expect(walker, ',');
    if (!failed && kind == DOC_MAPPING)
      failed = walk_key(walker, child, &branch);
    if (!failed)
      failed = walk(walker, child, node, depth + 1, &value);
    if (!failed)
      failed = tree_value(&walker->tree, &branch, value);
  }
  if (!failed)
    failed = expect(walker, kind == DOC_MAPPING ? '}' : ']');
  return failed ? failed : tree_close(&walker->tree, &branch);
}

/* cJSON found a syntax error. Its pointer may stand one past the character that is wrong; for a
 * string without an end it is the string's first character. */
static int fail_syntax(struct walker *walker, const char *stopped) {
  skip_blanks(walker);
  while (stopped > walker->next && (stopped >= walker->end || is_blank(*stopped)))
    stopped--;
  bool is_open = walker->is_open && stopped > walker->next && stopped[-1] == '"';
  bool is_cut = walker->is_cut && stopped + 1 >= walker->end;
  if (walker->next < walker->end)
    walker->next = is_open || is_cut ? walker->end : stopped;
  return fail_here(walker);
}

/* Reads the source into both forms. `arena` holds the node tree and what the messages need. */
static int parse(struct arena *arena, const struct doc_source *source, bool raw_numbers,
                 cJSON **items, const struct doc_node **root, struct davit_error *err) {
  struct walker walker = {.tree = {.arena = arena, .source = source, .err = err},
                          .next = source->text,
                          .end = source->text + source->size,
                          .at = {.line = 1, .column = 1},
                          .raw_numbers = raw_numbers};
  int failed = tree_check_source(&walker.tree);
  if (failed)
    return failed;
  walker.next += source_bom(source);
  walker.placed = walker.next;
  failed = check_bounds(&walker);
  if (failed)
    return failed;

  const char *stopped = walker.next;
  CLEANUP(cjson)
  cJSON *tree =
      cJSON_ParseWithLengthOpts(walker.next, (size_t)(walker.end - walker.next), &stopped, 0);
  if (!tree)
    return fail_syntax(&walker, stopped);

  struct doc_node *node;
  failed = walk(&walker, tree, NULL, 0, &node);
  if (failed)
    return failed;
  skip_blanks(&walker);
  if (walker.next < walker.end)
    return fail_here(&walker);
  if (walker.tree.problems > 0)
    return DAVIT_E_INVALID;
  *items = STEAL(&tree);
  *root = node;
  return DAVIT_OK;
}

int json_parse(const struct doc_source *source, cJSON **root, struct davit_error *err) {
  CLEANUP(arena) struct arena arena = {0};
  const struct doc_node *nodes;
  return parse(&arena, source, true, root, &nodes, err);
}

int doc_parse_json(struct arena *arena, const struct doc_source *source,
                   const struct doc_node **root, struct davit_error *err) {
  CLEANUP(cjson) cJSON *items = NULL;
  return parse(arena, source, false, &items, root, err);
}
