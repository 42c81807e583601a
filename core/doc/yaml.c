/* SPDX-License-Identifier: Apache-2.0 */
/* YAML: libyaml's events into a node tree. The use of an alias is a copy of its anchor's node. */
#include <string.h>

#include <yaml.h>

#include "doc/tree.h"
#include "util/map.h"

#define CORE_TAG "tag:yaml.org,2002:"

struct anchor {
  const struct doc_node *node;
  bool is_open; /* its node is being read: an alias here would contain itself */
};

struct reader {
  struct tree tree;
  yaml_parser_t parser;
  struct map anchors; /* name -> struct anchor */
  bool is_at_end;     /* the stream has no more events */
};

static void cleanup_event(yaml_event_t *event) {
  yaml_event_delete(event);
}

static struct place place_of(yaml_mark_t mark) {
  return (struct place){.line = (uint32_t)mark.line + 1, .column = (uint32_t)mark.column + 1};
}

static int fail_parser(struct reader *reader) {
  const yaml_parser_t *parser = &reader->parser;
  if (parser->error == YAML_MEMORY_ERROR)
    return error_memory(reader->tree.err);
  struct place at = parser->error == YAML_READER_ERROR
                        ? tree_place(reader->tree.source,
                                     source_bom(reader->tree.source) + parser->problem_offset)
                        : place_of(parser->problem_mark);
  const char *problem = parser->problem ? parser->problem : "a syntax error";
  if (parser->context && *parser->context)
    return tree_stop(&reader->tree, at, "look at the indentation and quotes before it",
                     "not YAML: %s, %s", problem, parser->context);
  return tree_stop(&reader->tree, at, "look at the indentation and quotes before it",
                   "not YAML: %s", problem);
}

static int next_event(struct reader *reader, yaml_event_t *event) {
  if (!yaml_parser_parse(&reader->parser, event))
    return fail_parser(reader);
  reader->is_at_end = event->type == YAML_STREAM_END_EVENT;
  return DAVIT_OK;
}

/* ---- scalars -------------------------------------------------------------------------------- */

/* The type that an explicit tag of the core schema asks for. */
static int apply_tag(struct reader *reader, struct doc_node *node) {
  static const struct {
    const char *tag;
    enum doc_type type;
  } tags[] = {{CORE_TAG "null", DOC_NULL},
              {CORE_TAG "bool", DOC_BOOL},
              {CORE_TAG "int", DOC_INT},
              {CORE_TAG "float", DOC_FLOAT}};

  if (strcmp(node->tag, CORE_TAG "str") == 0 || strcmp(node->tag, "!") == 0)
    node->type = DOC_STRING;
  for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
    if (strcmp(node->tag, tags[i].tag) != 0)
      continue;
    enum doc_type type = scalar_type(node->text);
    bool is_fitting = type == tags[i].type || (type == DOC_INT && tags[i].type == DOC_FLOAT);
    if (!is_fitting)
      return tree_report(&reader->tree, node, "take the tag away, or write a value of that type",
                         "\"%s\" is not what its tag !!%s says",
                         text_excerpt(reader->tree.arena, node->text, strlen(node->text)),
                         node->tag + strlen(CORE_TAG));
    node->type = tags[i].type;
  }
  return DAVIT_OK;
}

static int copy_tag(struct reader *reader, const yaml_char_t *tag, struct doc_node *node) {
  if (!tag)
    return DAVIT_OK;
  node->tag = arena_strdup(reader->tree.arena, (const char *)tag);
  return node->tag ? DAVIT_OK : error_memory(reader->tree.err);
}

static int read_scalar(struct reader *reader, const yaml_event_t *event, struct doc_node *node) {
  const char *text = (const char *)event->data.scalar.value;
  size_t size = event->data.scalar.length;
  node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  node->text = arena_strndup(reader->tree.arena, text, size);
  if (!node->text)
    return error_memory(reader->tree.err);
  node->type = node->quoted ? DOC_STRING : scalar_type(node->text);
  int failed = copy_tag(reader, event->data.scalar.tag, node);
  if (failed)
    return failed;
  if (strlen(node->text) != size)
    return tree_report(&reader->tree, node, "take the \\0 out", "there is a NUL in the string");
  return node->tag ? apply_tag(reader, node) : DAVIT_OK;
}

/* ---- anchors and aliases -------------------------------------------------------------------- */

static int open_anchor(struct reader *reader, const yaml_char_t *name, const struct doc_node *node,
                       struct anchor **out) {
  *out = NULL;
  if (!name)
    return DAVIT_OK;
  struct anchor *anchor = arena_alloc(reader->tree.arena, sizeof(*anchor));
  const char *key = arena_strdup(reader->tree.arena, (const char *)name);
  if (!anchor || !key || !map_put(reader->tree.arena, &reader->anchors, key, anchor))
    return error_memory(reader->tree.err);
  anchor->node = node;
  anchor->is_open = true;
  *out = anchor;
  return DAVIT_OK;
}

static int copy_node(struct reader *reader, const struct doc_node *from,
                     const struct doc_node *parent, unsigned depth, struct doc_node **out);

static int copy_children(struct reader *reader, const struct doc_node *from, struct branch *branch,
                         unsigned depth) {
  int failed = 0;
  for (size_t i = 0; i < from->count && !failed; i++) {
    struct doc_node *child;
    if (from->kind == DOC_MAPPING) {
      failed = copy_node(reader, from->keys[i], branch->node, depth + 1, &child);
      if (!failed)
        failed = tree_key(&reader->tree, branch, child);
    }
    if (!failed)
      failed = copy_node(reader, from->values[i], branch->node, depth + 1, &child);
    if (!failed)
      failed = tree_value(&reader->tree, branch, child);
  }
  return failed;
}

/* Recursion is bounded by tree_node(). */
static int copy_node(struct reader *reader, const struct doc_node *from,
                     const struct doc_node *parent, unsigned depth, struct doc_node **out) {
  struct place at = {.line = from->line, .column = from->column};
  struct doc_node *node;
  int failed = tree_node(&reader->tree, parent, depth, from->kind, at, &node);
  if (failed)
    return failed;
  node->type = from->type;
  node->quoted = from->quoted;
  node->text = from->text;
  node->tag = from->tag;

  struct branch branch = {.node = node};
  *out = node;
  return copy_children(reader, from, &branch, depth);
}

static int read_alias(struct reader *reader, const yaml_event_t *event,
                      const struct doc_node *parent, unsigned depth, struct doc_node **out) {
  const char *name = (const char *)event->data.alias.anchor;
  struct place at = place_of(event->start_mark);
  const char *excerpt = text_excerpt(reader->tree.arena, name, strlen(name));
  void **found = map_find(&reader->anchors, name);
  if (!found)
    return tree_stop(&reader->tree, at, "set the anchor before its use: &NAME",
                     "the alias *%s has no anchor", excerpt);
  const struct anchor *anchor = *found;
  if (anchor->is_open)
    return tree_stop(&reader->tree, at, "use the alias outside of its anchor's value",
                     "the alias *%s stands inside of its own anchor", excerpt);
  return copy_node(reader, anchor->node, parent, depth, out);
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static int read_node(struct reader *reader, const yaml_event_t *event,
                     const struct doc_node *parent, unsigned depth, struct doc_node **out);

static int read_key(struct reader *reader, const yaml_event_t *event, struct branch *branch) {
  if (event->type != YAML_SCALAR_EVENT && event->type != YAML_ALIAS_EVENT)
    return tree_stop(&reader->tree, place_of(event->start_mark), "use a text as key",
                     "a list or mapping is used as key");
  struct doc_node *key;
  int failed = read_node(reader, event, branch->node, 0, &key);
  if (failed)
    return failed;
  if (key->kind != DOC_SCALAR)
    return tree_stop(&reader->tree, place_of(event->start_mark), "use a text as key",
                     "a list or mapping is used as key");
  return tree_key(&reader->tree, branch, key);
}

static bool is_merge_key(const struct reader *reader, const yaml_event_t *event) {
  return reader->tree.source->flags & DOC_MERGE && event->type == YAML_SCALAR_EVENT &&
         event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !event->data.scalar.tag &&
         strcmp((const char *)event->data.scalar.value, "<<") == 0;
}

/* The value of a merge key, a mapping or a list of some: their pairs go into the branch. */
static int read_merged(struct reader *reader, struct branch *branch, unsigned depth) {
  CLEANUP(event) yaml_event_t event = {0};
  struct doc_node *value;
  int failed = next_event(reader, &event);
  if (!failed)
    failed = read_node(reader, &event, branch->node, depth + 1, &value);
  if (failed)
    return failed;
  const struct doc_node *single[] = {value};
  bool is_list = value->kind == DOC_SEQUENCE;
  const struct doc_node *const *mappings = is_list ? value->values : single;
  for (size_t i = 0; i < (is_list ? value->count : 1) && !failed; i++)
    failed = mappings[i]->kind == DOC_MAPPING
                 ? copy_children(reader, mappings[i], branch, depth)
                 : tree_stop(&reader->tree, (struct place){mappings[i]->line, mappings[i]->column},
                             "merge a mapping, or a list of mappings",
                             "what << merges here is no mapping");
  return failed;
}

/* The children of a collection up to its end; recursion is bounded by tree_node(). */
static int read_children(struct reader *reader, struct doc_node *node, unsigned depth) {
  struct branch branch = {.node = node};
  bool wants_key = node->kind == DOC_MAPPING;
  for (;;) {
    CLEANUP(event) yaml_event_t event = {0};
    int failed = next_event(reader, &event);
    if (failed)
      return failed;
    if (event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT)
      return tree_close(&reader->tree, &branch);
    if (wants_key && is_merge_key(reader, &event)) {
      failed = read_merged(reader, &branch, depth);
      wants_key = false; /* the value is read, too */
    } else if (wants_key) {
      failed = read_key(reader, &event, &branch);
    } else {
      struct doc_node *value;
      failed = read_node(reader, &event, node, depth + 1, &value);
      if (!failed)
        failed = tree_value(&reader->tree, &branch, value);
    }
    if (failed)
      return failed;
    wants_key = node->kind == DOC_MAPPING && !wants_key;
  }
}

static int read_collection(struct reader *reader, const yaml_event_t *event, unsigned depth,
                           struct doc_node *node) {
  bool is_mapping = event->type == YAML_MAPPING_START_EVENT;
  int failed = copy_tag(
      reader, is_mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag, node);
  if (failed)
    return failed;
  struct anchor *anchor;
  failed = open_anchor(
      reader, is_mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
      node, &anchor);
  if (failed)
    return failed;
  failed = read_children(reader, node, depth);
  if (anchor)
    anchor->is_open = false;
  return failed;
}

static int read_node(struct reader *reader, const yaml_event_t *event,
                     const struct doc_node *parent, unsigned depth, struct doc_node **out) {
  if (event->type == YAML_ALIAS_EVENT)
    return read_alias(reader, event, parent, depth, out);
  enum doc_kind kind = event->type == YAML_MAPPING_START_EVENT    ? DOC_MAPPING
                       : event->type == YAML_SEQUENCE_START_EVENT ? DOC_SEQUENCE
                                                                  : DOC_SCALAR;
  struct doc_node *node;
  int failed = tree_node(&reader->tree, parent, depth, kind, place_of(event->start_mark), &node);
  if (failed)
    return failed;
  *out = node;
  if (kind != DOC_SCALAR)
    return read_collection(reader, event, depth, node);
  failed = read_scalar(reader, event, node);
  struct anchor *anchor = NULL;
  if (!failed)
    failed = open_anchor(reader, event->data.scalar.anchor, node, &anchor);
  if (anchor)
    anchor->is_open = false;
  return failed;
}

/* ---- documents ------------------------------------------------------------------------------ */

/* A stream without a document is a document with nothing in it. */
static int read_nothing(struct reader *reader, struct doc_node **out) {
  int failed =
      tree_node(&reader->tree, NULL, 0, DOC_SCALAR, (struct place){.line = 1, .column = 1}, out);
  if (failed)
    return failed;
  (*out)->type = DOC_NULL;
  (*out)->text = "";
  return DAVIT_OK;
}

static int read_document(struct reader *reader, struct doc_node **out) {
  for (;;) {
    CLEANUP(event) yaml_event_t event = {0};
    int failed = next_event(reader, &event);
    if (failed)
      return failed;
    if (event.type == YAML_STREAM_END_EVENT)
      return read_nothing(reader, out);
    if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT)
      return read_node(reader, &event, NULL, 0, out);
  }
}

/* Looks behind the first document, in which there may be anything. */
static int note_rest(struct reader *reader) {
  yaml_parser_t *parser = &reader->parser;
  CLEANUP(event) yaml_event_t event = {0};
  uint32_t *rest = reader->tree.source->rest;
  if (!rest)
    return DAVIT_OK;
  if (yaml_parser_parse(parser, &event))
    *rest = event.type == YAML_STREAM_END_EVENT ? 0 : (uint32_t)event.start_mark.line + 1;
  else if (parser->error == YAML_MEMORY_ERROR)
    return error_memory(reader->tree.err);
  else if (parser->error == YAML_READER_ERROR) /* which has no mark of its own */
    *rest = (uint32_t)parser->mark.line + 1;
  else
    *rest = (uint32_t)parser->problem_mark.line + 1;
  return DAVIT_OK;
}

/* What follows the first document. */
static int read_end(struct reader *reader) {
  while (!reader->is_at_end) {
    CLEANUP(event) yaml_event_t event = {0};
    int failed = next_event(reader, &event);
    if (failed)
      return failed;
    if (event.type == YAML_DOCUMENT_START_EVENT)
      return tree_stop(&reader->tree, place_of(event.start_mark), "put it into a file of its own",
                       "a second document begins here");
    if (event.type == YAML_DOCUMENT_END_EVENT && (reader->tree.source->flags & DOC_FIRST_ONLY))
      return note_rest(reader);
  }
  return DAVIT_OK;
}

int doc_parse_yaml(struct arena *arena, const struct doc_source *source,
                   const struct doc_node **root, struct davit_error *err) {
  struct reader reader = {.tree = {.arena = arena, .source = source, .err = err}};
  int failed = tree_check_source(&reader.tree);
  if (failed)
    return failed;
  if (!yaml_parser_initialize(&reader.parser))
    return error_memory(err);
  if (source->rest)
    *source->rest = 0;
  size_t bom = source_bom(source);
  yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&reader.parser, (const unsigned char *)source->text + bom,
                               source->size - bom);
  struct doc_node *node;
  failed = read_document(&reader, &node);
  if (!failed)
    failed = read_end(&reader);
  yaml_parser_delete(&reader.parser);
  if (failed)
    return failed;
  if (reader.tree.problems > 0)
    return DAVIT_E_INVALID;
  *root = node;
  return DAVIT_OK;
}
