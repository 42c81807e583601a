/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/fields.h"

#include <string.h>
#include <strings.h>

#include "util/text.h"

enum {
  MOST_PROBLEMS = 100, /* of one file; a hostile one could have a million */
  MOST_FIELDS = 16,
  LONGEST_NAME = 2047 /* kind and name together are a text that a plugin may hand in */
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

static bool is_empty(const struct doc_node *node) {
  return node->kind == DOC_SCALAR ? node->text[0] == '\0' : node->count == 0;
}

/* Other readers do not look at the case of a key's letters. */
static bool is_key_of(const struct doc_node *key, const char *name) {
  return strcasecmp(key->text, name) == 0;
}

const struct doc_node *field_of(const struct doc_node *mapping, const char *name) {
  if (mapping && mapping->kind == DOC_MAPPING)
    for (size_t i = 0; i < mapping->count; i++)
      if (is_key_of(mapping->keys[i], name))
        return mapping->values[i];
  return NULL;
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

/* False: the field is there in two spellings. */
static bool check_spelling(struct reader *reader, const struct doc_node *key,
                           const struct field *field, const struct doc_node **seen) {
  if (*seen) {
    reader_fail(reader, key, "keep one of the two",
                "the field \"%s\" is there in two spellings, first in line %u", field->name,
                (*seen)->line);
    return false;
  }
  *seen = key;
  if (strcmp(key->text, field->name) != 0)
    reader_warn(reader, key, field->name, "\"%s\" is read as \"%s\"", key->text, field->name);
  return true;
}

bool fields_read(struct reader *reader, const struct doc_node *mapping, const struct field *fields,
                 size_t count, void *object) {
  if (mapping->kind != DOC_MAPPING) {
    reader_fail(reader, mapping, "write a mapping here", "%s where a mapping is wanted",
                doc_describe(reader->arena, mapping));
    return false;
  }
  const struct doc_node *seen[MOST_FIELDS] = {NULL};
  for (size_t i = 0; i < mapping->count; i++) {
    const struct doc_node *key = mapping->keys[i];
    size_t f = 0;
    while (f < count && !is_key_of(key, fields[f].name))
      f++;
    if (f == count)
      refuse_unknown(reader, key, fields, count);
    else if (check_spelling(reader, key, &fields[f], &seen[f]))
      read_field(reader, key, mapping->values[i], &fields[f], object);
  }
  for (size_t f = 0; f < count; f++) {
    const struct doc_node *value = field_of(mapping, fields[f].name);
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

static void tell_change(struct reader *reader, const struct doc_node *node, const char *read) {
  if (strcmp(read, node->text) != 0)
    reader_warn(reader, node, "put it in quotes, or write it as it is read",
                "the plain value %.80s is read as \"%s\"", node->text, read);
}

const char *text_of(struct reader *reader, const struct doc_node *node) {
  if (is_absent(node) || node->kind != DOC_SCALAR) {
    reader_fail(reader, node, "write a text here", "%s where a text is wanted",
                doc_describe(reader->arena, node));
    return NULL;
  }
  const char *text = NULL;
  if (scalar_is_binary(node)) {
    if (!scalar_decode(reader->arena, node, &text))
      (void)error_memory(&reader->findings->errors);
    else if (!text)
      reader_fail(reader, node, "write the text itself",
                  "the value of !!binary is no text in base64");
    return text;
  }
  text = scalar_text(reader->arena, node);
  if (text)
    tell_change(reader, node, text);
  else
    (void)error_memory(&reader->findings->errors);
  return text;
}

void read_text(struct reader *reader, const struct doc_node *value, void *into) {
  const char **text = into;
  const char *read = text_of(reader, value);
  if (read && *read)
    *text = read;
}

void read_name(struct reader *reader, const struct doc_node *value, void *into) {
  const char **name = into;
  read_text(reader, value, name);
  if (*name && strlen(*name) > LONGEST_NAME)
    reader_fail(reader, value, "at most 2047 bytes", "\"%.80s...\" is too long", *name);
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
  if (!scalar_bool(value, into)) {
    reader_fail(reader, value, "write true or false", "%s where true or false is wanted",
                doc_describe(reader->arena, value));
    return;
  }
  tell_change(reader, value, *(const bool *)into ? "true" : "false");
}

/* False: it is none. A leading zero before a number that is not octal is told. */
static bool number_of(struct reader *reader, const struct doc_node *node, int64_t *number) {
  if (!scalar_number(node, number))
    return false;
  bool is_octal = node->text[0] == '0' && node->text[strspn(node->text, "0123456789")] == '\0';
  if (is_octal && strpbrk(node->text, "89"))
    reader_warn(reader, node, "take the zero away, or write an octal number",
                "the number %.80s is read as %lld", node->text, (long long)*number);
  return true;
}

void read_i64(struct reader *reader, const struct doc_node *value, void *into) {
  struct cdi_number *number = into;
  number->is_given = number_of(reader, value, &number->value);
  if (!number->is_given)
    reader_fail(reader, value, "write a whole number without quotes",
                "%s where a whole number is wanted", doc_describe(reader->arena, value));
}

void read_u32(struct reader *reader, const struct doc_node *value, void *into) {
  struct cdi_number *number = into;
  number->is_given =
      number_of(reader, value, &number->value) && number->value >= 0 && number->value <= UINT32_MAX;
  if (!number->is_given)
    reader_fail(reader, value, "write a number without quotes",
                "%s where a number from 0 to 4294967295 is wanted",
                doc_describe(reader->arena, value));
}
