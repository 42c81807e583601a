/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/json_out.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct output {
  char *text; /* NULL: empty, or memory was out */
  size_t size;
  size_t capacity;
  enum json_form form;
  bool failed;
};

static bool reserve(struct output *out, size_t more) {
  size_t need;
  if (out->failed || __builtin_add_overflow(out->size, more, &need) || need > SIZE_MAX / 2) {
    out->failed = true;
    return false;
  }
  if (out->text && need <= out->capacity)
    return true;
  size_t capacity = out->capacity ? out->capacity : 4096;
  while (capacity < need)
    capacity *= 2;
  char *text = realloc(out->text, capacity);
  if (!text) {
    out->failed = true;
    return false;
  }
  out->text = text;
  out->capacity = capacity;
  return true;
}

static void put_bytes(struct output *out, const char *bytes, size_t size) {
  if (!reserve(out, size))
    return;
  memcpy(out->text + out->size, bytes, size);
  out->size += size;
}

static void put(struct output *out, const char *text) {
  put_bytes(out, text, strlen(text));
}

static void put_line_break(struct output *out, size_t level) {
  if (out->form == JSON_COMPACT)
    return;
  size_t size = 1 + 2 * level;
  if (!reserve(out, size))
    return;
  out->text[out->size] = '\n';
  memset(out->text + out->size + 1, ' ', size - 1);
  out->size += size;
}

static void put_escape(struct output *out, unsigned char byte) {
  switch (byte) {
  case '"':
    put(out, "\\\"");
    return;
  case '\\':
    put(out, "\\\\");
    return;
  case '\b':
    put(out, "\\b");
    return;
  case '\f':
    put(out, "\\f");
    return;
  case '\n':
    put(out, "\\n");
    return;
  case '\r':
    put(out, "\\r");
    return;
  case '\t':
    put(out, "\\t");
    return;
  default: {
    char escape[8];
    snprintf(escape, sizeof(escape), "\\u%04x", byte);
    put(out, escape);
  }
  }
}

/* How many bytes need no escape: a NUL is less than a blank, too. */
static size_t plain_length(const char *text) {
  const char *end = text;
  while ((unsigned char)*end >= 0x20 && *end != '"' && *end != '\\')
    end++;
  return (size_t)(end - text);
}

static void put_string(struct output *out, const char *text) {
  put(out, "\"");
  for (;;) {
    size_t plain = plain_length(text);
    put_bytes(out, text, plain);
    text += plain;
    if (!*text)
      break;
    put_escape(out, (unsigned char)*text++);
  }
  put(out, "\"");
}

static void put_item(struct output *out, const cJSON *item, size_t level);

/* Recursion is as deep as the tree, and the reader bounds that (DOC_MAX_DEPTH). */
static void put_children(struct output *out, const cJSON *item, size_t level) {
  bool object = cJSON_IsObject(item);
  put(out, object ? "{" : "[");
  for (const cJSON *child = item->child; child; child = child->next) {
    put_line_break(out, level + 1);
    if (object) {
      put_string(out, child->string);
      put(out, out->form == JSON_COMPACT ? ":" : ": ");
    }
    put_item(out, child, level + 1);
    if (child->next)
      put(out, ",");
  }
  if (item->child)
    put_line_break(out, level);
  put(out, object ? "}" : "]");
}

static void put_item(struct output *out, const cJSON *item, size_t level) {
  if (cJSON_IsObject(item) || cJSON_IsArray(item))
    put_children(out, item, level);
  else if (cJSON_IsString(item))
    put_string(out, item->valuestring);
  else if (cJSON_IsRaw(item))
    put(out, item->valuestring);
  else if (cJSON_IsBool(item))
    put(out, cJSON_IsTrue(item) ? "true" : "false");
  else
    put(out, "null");
}

bool json_print(const cJSON *item, enum json_form form, char **text, size_t *size) {
  struct output out = {.form = form};
  put_item(&out, item, 0);
  put_line_break(&out, 0);
  put_bytes(&out, "", 1);
  if (out.failed) {
    free(out.text);
    return false;
  }
  *text = out.text;
  *size = out.size - 1;
  return true;
}
