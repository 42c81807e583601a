/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over a mapping by its table, and the reporting of what is wrong. */
#include "service/fields.h"

#include <inttypes.h>
#include <string.h>

#include "service/forms.h"
#include "util/text.h"

enum {
  PROBLEMS_MOST = 1000, /* of one file: nobody reads more */
  LISTED_MOST = 30,     /* keys in a hint */
  QUOTED_MOST = 80,     /* bytes of a value in a message */
  KEY_MOST = 255        /* bytes of a key: it is part of many messages */
};

/* Whether one more problem may be noted; the first that may not is replaced by a note of that. */
static bool has_room(struct reader *reader) {
  if (reader->err->count == PROBLEMS_MOST) {
    struct where at = {.file = reader->file};
    error_add_at(reader->err, DAVIT_E_INVALID, "service.invalid", &at, "mend these first",
                 "there are more problems than the %d shown", PROBLEMS_MOST);
  }
  return reader->err->count < PROBLEMS_MOST;
}

void field_invalid(struct reader *reader, const struct doc_node *node, const char *hint,
                   const char *format, ...) {
  if (!has_room(reader))
    return;
  va_list args;
  va_start(args, format);
  doc_vfail(reader->err, node, DAVIT_E_INVALID, "service.invalid", hint, format, args);
  va_end(args);
}

void field_unsupported(struct reader *reader, const struct doc_node *node, const char *hint,
                       const char *format, ...) {
  if (!has_room(reader))
    return;
  va_list args;
  va_start(args, format);
  doc_vfail(reader->err, node, DAVIT_E_UNSUPPORTED, "service.unsupported", hint, format, args);
  va_end(args);
}

/* A problem of a key stands where the key stands; its path is the same as of the value. */
static struct where key_where(struct reader *reader, const struct doc_node *mapping,
                              size_t position) {
  const struct doc_node *key = mapping->keys[position];
  return (struct where){.file = mapping->file,
                        .line = key->line,
                        .column = key->column,
                        .key = doc_path(reader->arena, mapping->values[position])};
}

/* What other formats of the same purpose call a key of this one. NULL: not known. */
static const char *find_synonym(const char *key, const struct list *known) {
  static const struct {
    const char *theirs, *ours;
  } synonyms[] = {
      {"volumes", "storage"},        {"ports", "port_mappings"},  {"environment", "env"},
      {"restart", "restart_policy"}, {"healthcheck", "health"},   {"depends_on", "depends"},
      {"networks", "network"},       {"runtime", "service_type"}, {"replicas", "scale"},
      {"entrypoint", "command"},     {"args", "command"},         {"gpu", "resources"},
      {"gpus", "resources"},
  };
  for (size_t i = 0; i < ARRAY_LEN(synonyms); i++)
    if (strcmp(synonyms[i].theirs, key) == 0 &&
        strings_contain(list_strings(known), synonyms[i].ours))
      return synonyms[i].ours;
  return NULL;
}

void field_unknown_key(struct reader *reader, const struct doc_node *mapping, size_t position,
                       const struct list *known) {
  if (!has_room(reader))
    return;
  const char *key = mapping->keys[position]->text;
  struct where at = key_where(reader, mapping, position);
  const char *near = find_synonym(key, known);
  if (!near)
    near = text_nearest(key, list_strings(known));
  const char *hint =
      near ? field_printf(reader, "did you mean \"%s\"?", near)
           : field_printf(reader, "known here: %s",
                          strings_join(reader->arena, list_strings(known), LISTED_MOST));
  error_add_at(reader->err, DAVIT_E_INVALID, "service.unknown-key", &at, hint,
               "the key %s is not known here", field_quote(reader, key));
}

static bool push(struct reader *reader, struct list *list, const void *item) {
  if (list_push(reader->arena, list, item))
    return true;
  error_memory(reader->err);
  return false;
}

static void report_unknown_field(struct reader *reader, const struct doc_node *mapping,
                                 size_t position, const struct field *fields) {
  struct list known = {0};
  const struct field *field = fields;
  for (; field->key; field++)
    if (!push(reader, &known, field->key))
      return;
  if (!(field->flags & FIELD_OTHERS)) {
    field_unknown_key(reader, mapping, position, &known);
    return;
  }
  struct where at = key_where(reader, mapping, position);
  const char *key = mapping->keys[position]->text;
  const char *near = text_nearest(key, list_strings(&known));
  log_at(reader->log, LOG_LEVEL_WARNING, "service.unknown-key", &at,
         near ? field_printf(reader, "did you mean \"%s\"?", near) : "leave it out",
         "the key %s is not known here, and nobody acts on it", field_quote(reader, key));
}

static void report_missing_fields(struct reader *reader, const struct doc_node *mapping,
                                  const struct field *fields) {
  for (const struct field *field = fields; field->key; field++) {
    if (!field->example || (mapping->kind == DOC_MAPPING && doc_get(mapping, field->key)))
      continue;
    const char *hint = field_printf(reader, "add `%s: %s`", field->key, field->example);
    field_invalid(reader, mapping, hint, "the key \"%s\" is missing", field->key);
  }
}

static void note_foreign(struct reader *reader, const struct doc_node *value) {
  struct service_foreign *foreign = field_array(reader, 1, sizeof(*foreign));
  if (!foreign)
    return;
  foreign->at = field_at(reader, value);
  foreign->key = foreign->at.key;
  (void)push(reader, &reader->foreign, foreign);
}

static bool is_null(const struct doc_node *node) {
  return node->kind == DOC_SCALAR && node->type == DOC_NULL;
}

/* Written as nothing, which is an empty list or mapping where one is asked. */
static bool is_nothing(const struct doc_node *node) {
  return is_null(node) && node->text[0] == '\0';
}

static void read_field(struct reader *reader, const struct field *field,
                       const struct doc_node *value, void *into) {
  if ((field->flags & FIELD_OPTIONAL) && is_null(value))
    return;
  if (field->flags & FIELD_FOREIGN)
    note_foreign(reader, value);
  if (field->form)
    form_check(reader, value, field->form);
  else
    field->read(reader, value, into);
}

void keys_read(struct reader *reader, const struct doc_node *mapping, const struct field *fields,
               void *into) {
  if (!field_is_mapping(reader, mapping))
    return;
  for (size_t i = 0; i < mapping->count; i++) {
    if (field_is_merge_key(mapping->keys[i]))
      continue;
    const struct field *field = fields;
    while (field->key && strcmp(field->key, mapping->keys[i]->text) != 0)
      field++;
    if (!field->key)
      report_unknown_field(reader, mapping, i, fields);
    else
      read_field(reader, field, mapping->values[i], into);
  }
  report_missing_fields(reader, mapping, fields);
}

bool field_is_first(struct reader *reader, const struct doc_node *value,
                    const struct doc_node *here, const char *name, struct map *seen) {
  void **earlier = map_find(seen, name);
  if (!earlier) {
    if (!map_put(reader->arena, seen, name, (void *)(uintptr_t)here))
      error_memory(reader->err);
    return true;
  }
  uint32_t line = ((const struct doc_node *)*earlier)->line;
  field_invalid(reader, value, field_printf(reader, "keep this one or that of line %" PRIu32, line),
                "%s is already in line %" PRIu32, field_quote(reader, name), line);
  return false;
}

void *field_array(struct reader *reader, size_t count, size_t size) {
  void *memory = arena_array(reader->arena, count, size);
  if (!memory)
    error_memory(reader->err);
  return memory;
}

const char *field_printf(struct reader *reader, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const char *text = arena_vprintf(reader->arena, format, args);
  va_end(args);
  if (!text)
    error_memory(reader->err);
  return text;
}

const char *field_quote(struct reader *reader, const char *text) {
  size_t length = strlen(text), shown = length;
  if (length > QUOTED_MOST)
    for (shown = QUOTED_MOST; shown > 0 && ((unsigned char)text[shown] & 0xc0) == 0x80; shown--)
      ; /* not inside a UTF-8 sequence */
  char *quoted =
      arena_printf(reader->arena, "\"%.*s%s\"", (int)shown, text, shown < length ? "..." : "");
  if (!quoted) {
    error_memory(reader->err);
    return "";
  }
  for (char *c = quoted; *c; c++)
    if ((unsigned char)*c < ' ' || *c == 0x7f)
      *c = '?';
  return quoted;
}

struct service_at field_at(struct reader *reader, const struct doc_node *node) {
  const char *key = doc_path(reader->arena, node);
  if (key[0] == '\0' && node->parent) /* only the root has no path */
    error_memory(reader->err);
  return (struct service_at){.line = node->line, .column = node->column, .key = key};
}

struct where field_where(struct reader *reader, const struct doc_node *node) {
  return (struct where){.file = node->file,
                        .line = node->line,
                        .column = node->column,
                        .key = doc_path(reader->arena, node)};
}

void field_wrong_kind(struct reader *reader, const struct doc_node *node, const char *wanted,
                      const char *hint) {
  field_invalid(reader, node, hint, "%s is not %s", doc_describe(reader->arena, node), wanted);
}

bool field_is_list(struct reader *reader, const struct doc_node *node) {
  if (node->kind == DOC_SEQUENCE || is_nothing(node))
    return true;
  field_wrong_kind(reader, node, "a list", "write a list, or leave the key out");
  return false;
}

bool field_is_mapping(struct reader *reader, const struct doc_node *node) {
  if (node->kind == DOC_MAPPING || is_nothing(node))
    return true;
  field_wrong_kind(reader, node, "a mapping", "write keys with values, or leave the key out");
  return false;
}

bool field_is_merge_key(const struct doc_node *key) {
  return !key->quoted && strcmp(key->text, "<<") == 0;
}

/* Whether the tag is one of YAML's own for that kind of node; that a scalar fits its tag was
 * checked when it was read. */
static bool is_own_tag(const struct doc_node *node) {
  static const char *const scalar_tags[] = {"str", "null", "bool", "int", "float", NULL};
  static const char prefix[] = "tag:yaml.org,2002:";
  if (strcmp(node->tag, "!") == 0)
    return true;
  if (!text_starts(node->tag, prefix))
    return false;
  const char *name = node->tag + strlen(prefix);
  switch (node->kind) {
  case DOC_SCALAR:
    return strings_contain(scalar_tags, name);
  case DOC_SEQUENCE:
    return strcmp(name, "seq") == 0;
  case DOC_MAPPING:
    return strcmp(name, "map") == 0;
  }
  return false;
}

/* The one tag of the format: `affinity: !pin zone=a`. */
static bool is_pin(const struct doc_node *node) {
  const struct doc_node *parent = node->parent;
  if (strcmp(node->tag, "!pin") != 0 || !parent || parent->kind != DOC_MAPPING)
    return false;
  return doc_get(parent, "affinity") == node;
}

/* The one value of the format that a tag may say (namespaces.c reads it): !bridge {name: blue}. */
static bool is_network_mode(const struct doc_node *node) {
  const struct doc_node *parent = node->parent;
  return parent && parent->kind == DOC_MAPPING && parent->values[node->position] == node &&
         strcmp(parent->keys[node->position]->text, "network_mode") == 0;
}

static void check_tag(struct reader *reader, const struct doc_node *node, struct where at) {
  if (!node->tag || is_own_tag(node) || !has_room(reader))
    return;
  error_add_at(reader->err, DAVIT_E_INVALID, "service.invalid", &at,
               "write the value without a tag", "the tag %s means nothing here",
               field_quote(reader, node->tag));
}

static bool check_key(struct reader *reader, const struct doc_node *mapping, size_t position) {
  const struct doc_node *key = mapping->keys[position];
  size_t length = strlen(key->text);
  if (length > KEY_MOST) {
    field_invalid(reader, mapping, field_printf(reader, "at most %d bytes", KEY_MOST),
                  "the key %s has %zu bytes", field_quote(reader, key->text), length);
    return false;
  }
  if (key->tag)
    check_tag(reader, key, key_where(reader, mapping, position));
  if (field_is_merge_key(key) && has_room(reader)) {
    struct where at = key_where(reader, mapping, position);
    error_add_at(reader->err, DAVIT_E_INVALID, "service.invalid", &at,
                 "write the keys out; an alias may stand for a whole value",
                 "merge keys (<<) are not supported");
  }
  return true;
}

/* Recursion is bounded by DOC_MAX_DEPTH. */
bool fields_check_tree(struct reader *reader, const struct doc_node *node) {
  if (node->tag && !is_own_tag(node) && !is_pin(node) && !is_network_mode(node))
    check_tag(reader, node, field_where(reader, node));
  bool good = true;
  for (size_t i = 0; good && i < node->count; i++)
    good = (node->kind != DOC_MAPPING || check_key(reader, node, i)) &&
           fields_check_tree(reader, node->values[i]);
  return good;
}
