/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/fields.h"

#include <string.h>

#include "util/text.h"

enum {
  MOST_PROBLEMS = 100, /* of one file; a hostile one could have a million */
  MOST_FIELDS = 16
};

static void add(struct davit_error *problems, const struct doc_node *node, const char *code,
                const char *hint, const char *format, va_list args) PRINTF_LIKE(5, 0);

static void add(struct davit_error *problems, const struct doc_node *node, const char *code,
                const char *hint, const char *format, va_list args) {
  if (problems->count < MOST_PROBLEMS)
    (void)doc_vfail(problems, node, DAVIT_E_INVALID, code, hint, format, args);
}

void reader_fail(struct reader *reader, const struct doc_node *node, const char *hint,
                 const char *format, ...) {
  va_list args;
  va_start(args, format);
  add(&reader->findings->errors, node, CDI_BROKEN, hint, format, args);
  va_end(args);
}

void reader_warn(struct reader *reader, const struct doc_node *node, const char *hint,
                 const char *format, ...) {
  va_list args;
  va_start(args, format);
  add(&reader->findings->warnings, node, CDI_ODD, hint, format, args);
  va_end(args);
}

void reader_note(struct reader *reader, const struct doc_node *node, const char *hint,
                 const char *format, ...) {
  va_list args;
  va_start(args, format);
  add(&reader->findings->strict, node, CDI_STRICT, hint, format, args);
  va_end(args);
}

void reader_need(struct reader *reader, const struct doc_node *node, enum cdi_version since,
                 const char *what) {
  if (reader->version >= since)
    return;
  const char *hint =
      arena_printf(reader->arena, "write cdiVersion: \"%s\", or leave it out", version_text(since));
  reader_fail(reader, node, hint, "%s needs cdiVersion %s, the file says %s", what,
              version_text(since), version_text(reader->version));
}

void *reader_alloc(struct reader *reader, size_t size) {
  void *memory = arena_alloc(reader->arena, size);
  if (!memory)
    (void)error_memory(&reader->findings->errors);
  return memory;
}

void reader_push(struct reader *reader, struct list *list, const void *item) {
  if (item && !list_push(reader->arena, list, item))
    (void)error_memory(&reader->findings->errors);
}

/* ---- mappings ------------------------------------------------------------------------------- */

bool is_absent(const struct doc_node *node) {
  return !node || (node->kind == DOC_SCALAR && node->type == DOC_NULL);
}

static bool is_empty(const struct doc_node *node) {
  return node->kind == DOC_SCALAR ? node->text[0] == '\0' : node->count == 0;
}

static void refuse_unknown(struct reader *reader, const struct doc_node *key,
                           const struct field *fields, size_t count) {
  const char *names[MOST_FIELDS + 1];
  size_t size = 0;
  for (; size < count && size < MOST_FIELDS; size++)
    names[size] = fields[size].name;
  names[size] = NULL;
  const char *near = text_nearest(key->text, names);
  const char *hint = near ? arena_printf(reader->arena, "do you mean \"%s\"?", near)
                          : arena_printf(reader->arena, "known here: %s",
                                         strings_join(reader->arena, names, MOST_FIELDS));
  reader_fail(reader, key, hint, "unknown field \"%.80s\"", key->text);
}

static void read_field(struct reader *reader, const struct doc_node *key,
                       const struct doc_node *value, const struct field *field, void *object) {
  if (field->until && reader->version >= field->until && reader->version < CDI_NO_VERSION) {
    reader_fail(reader, key, "leave it out", "\"%s\" is not part of CDI since version %s",
                field->name, version_text(field->until));
    return;
  }
  if (is_absent(value))
    return;
  if (!is_empty(value))
    reader_need(reader, key, field->since, field->name);
  field->read(reader, value, (char *)object + field->offset);
}

bool fields_read(struct reader *reader, const struct doc_node *mapping, const struct field *fields,
                 size_t count, void *object) {
  if (mapping->kind != DOC_MAPPING) {
    reader_fail(reader, mapping, "write a mapping here", "%s where a mapping is wanted",
                doc_describe(reader->arena, mapping));
    return false;
  }
  for (size_t i = 0; i < mapping->count; i++) {
    size_t f = 0;
    while (f < count && strcmp(mapping->keys[i]->text, fields[f].name) != 0)
      f++;
    if (f < count)
      read_field(reader, mapping->keys[i], mapping->values[i], &fields[f], object);
    else
      refuse_unknown(reader, mapping->keys[i], fields, count);
  }
  for (size_t f = 0; f < count; f++) {
    const struct doc_node *value = doc_get(mapping, fields[f].name);
    if (fields[f].is_required && (is_absent(value) || is_empty(value)))
      reader_fail(reader, value ? value : mapping, "CDI wants it here", "\"%s\" is %s",
                  fields[f].name, value ? "empty" : "missing");
  }
  return true;
}

const struct doc_node *list_of(struct reader *reader, const struct doc_node *node) {
  if (node->kind == DOC_SEQUENCE)
    return node;
  reader_fail(reader, node, "write a list here", "%s where a list is wanted",
              doc_describe(reader->arena, node));
  return NULL;
}

/* ---- scalars -------------------------------------------------------------------------------- */

static bool is_canonical_int(const char *text) {
  if (*text == '-')
    text++;
  return text[strspn(text, "0123456789")] == '\0' && (*text != '0' || text[1] == '\0');
}

/* Other readers of CDI take plain scalars by YAML 1.1 and print numbers anew: 010 is "8" to them,
 * yes is "true". A text that all agree on, or one in quotes, is safe. */
static bool is_same_for_all(const struct doc_node *node) {
  static const char *const words[] = {"y",   "Y",   "yes",  "Yes",  "YES",   "n",     "N",
                                      "no",  "No",  "NO",   "on",   "On",    "ON",    "off",
                                      "Off", "OFF", "True", "TRUE", "False", "FALSE", NULL};
  if (node->quoted || (node->tag && node->type == DOC_STRING))
    return true;
  if (node->type == DOC_FLOAT)
    return false;
  if (node->type == DOC_INT)
    return is_canonical_int(node->text);
  const char *digits = node->text + (*node->text == '-' || *node->text == '+');
  bool is_number =
      *digits >= '0' && *digits <= '9' && digits[strspn(digits, "0123456789_")] == '\0';
  return !is_number && !strings_contain(words, node->text);
}

/* NULL: it is no text, and the problem is added. */
static const char *text_of(struct reader *reader, const struct doc_node *node) {
  if (is_absent(node) || node->kind != DOC_SCALAR) {
    reader_fail(reader, node, "write a text here", "%s where a text is wanted",
                doc_describe(reader->arena, node));
    return NULL;
  }
  if (node->tag && strcmp(node->tag, "tag:yaml.org,2002:binary") == 0) {
    reader_fail(reader, node, "write the text itself", "!!binary is not read in CDI files");
    return NULL;
  }
  if (!is_same_for_all(node)) {
    reader_fail(reader, node, "put it in quotes",
                "readers of CDI files disagree about the plain value %s", node->text);
    return NULL;
  }
  return node->text;
}

void read_text(struct reader *reader, const struct doc_node *value, void *into) {
  const char **text = into;
  const char *read = text_of(reader, value);
  if (read && *read)
    *text = read;
}

void read_texts(struct reader *reader, const struct doc_node *value, void *into) {
  const struct doc_node *list = list_of(reader, value);
  for (size_t i = 0; list && i < list->count; i++) {
    struct cdi_text *text = reader_alloc(reader, sizeof(*text));
    const char *read = text_of(reader, list->values[i]);
    if (!text || !read)
      continue;
    *text = (struct cdi_text){.at = list->values[i], .text = read};
    reader_push(reader, into, text);
  }
}

void read_env(struct reader *reader, const struct doc_node *value, void *into) {
  struct list *env = into;
  read_texts(reader, value, env);
  for (size_t i = 0; i < env->count; i++) {
    const struct cdi_text *entry = env->items[i];
    const char *equals = strchr(entry->text, '=');
    if (!equals || equals == entry->text)
      reader_fail(reader, entry->at, "write NAME=value", "\"%.80s\" is no NAME=value", entry->text);
  }
}

void read_bool(struct reader *reader, const struct doc_node *value, void *into) {
  bool *answer = into;
  if (value->kind == DOC_SCALAR && value->type == DOC_BOOL)
    *answer = value->text[0] == 't' || value->text[0] == 'T';
  else
    reader_fail(reader, value, "write true or false", "%s where true or false is wanted",
                doc_describe(reader->arena, value));
}

/* Beside the numbers of the core schema, those that other readers take for whole: 0666 (octal, as
 * in YAML 1.1) and 1.0. */
static bool number_of(const struct doc_node *node, int64_t *number) {
  if (doc_int(node, number))
    return true;
  if (node->kind != DOC_SCALAR || node->quoted)
    return false;
  uint64_t value;
  char digits[24];
  size_t size = strcspn(node->text, ".");
  if (node->type == DOC_FLOAT && size < sizeof(digits) && node->text[size] == '.' &&
      node->text[size + 1 + strspn(node->text + size + 1, "0")] == '\0') {
    memcpy(digits, node->text, size);
    digits[size] = '\0';
    if (!text_to_u64(digits, 10, &value) || value > INT64_MAX)
      return false;
  } else if (node->type != DOC_STRING || node->text[0] != '0' ||
             !text_to_u64(node->text, 8, &value) || value > INT64_MAX) {
    return false;
  }
  *number = (int64_t)value;
  return true;
}

void read_i64(struct reader *reader, const struct doc_node *value, void *into) {
  struct cdi_number *number = into;
  number->is_given = number_of(value, &number->value);
  if (!number->is_given)
    reader_fail(reader, value, "write a whole number without quotes",
                "%s where a whole number is wanted", doc_describe(reader->arena, value));
}

void read_u32(struct reader *reader, const struct doc_node *value, void *into) {
  struct cdi_number *number = into;
  number->is_given =
      number_of(value, &number->value) && number->value >= 0 && number->value <= UINT32_MAX;
  if (!number->is_given)
    reader_fail(reader, value, "write a number without quotes",
                "%s where a number from 0 to 4294967295 is wanted",
                doc_describe(reader->arena, value));
}

/* davit has no use for them, so only their form is checked. */
void read_annotations(struct reader *reader, const struct doc_node *value, void *into UNUSED) {
  if (value->kind != DOC_MAPPING)
    reader_fail(reader, value, "write a mapping here", "%s where a mapping is wanted",
                doc_describe(reader->arena, value));
  for (size_t i = 0; value->kind == DOC_MAPPING && i < value->count; i++)
    if (value->values[i]->kind != DOC_SCALAR)
      reader_fail(reader, value->values[i], "write a text here", "%s where a text is wanted",
                  doc_describe(reader->arena, value->values[i]));
}
