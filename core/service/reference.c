/* SPDX-License-Identifier: Apache-2.0 */
/* Values of `env` that stand elsewhere: "$E:NAME" and "$S:SECRET". */
#include <ctype.h>
#include <string.h>

#include "service/keys.h"
#include "util/text.h"

#define SECRET_FORMS "$S:NAME, $S:NAME/FIELD or $S:@SERVICE/NAME, with /FIELD behind it if you like"

/* A part of a secret's name becomes the name of a file. */
static bool is_file_name(const char *name) {
  size_t length = strlen(name);
  if (length == 0 || length > 255 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
    return false;
  for (const char *c = name; *c; c++)
    if (iscntrl((unsigned char)*c) || *c == '/')
      return false;
  return true;
}

/* Cuts the text at its first "/"; the rest, NULL if there is none. */
static char *cut(char *text) {
  char *slash = strchr(text, '/');
  if (slash)
    *slash = '\0';
  return slash ? slash + 1 : NULL;
}

/* The form with a field takes only one "/" more, that with a service leaves all that follows to the
 * field: so it is in the format. */
static bool parse_secret(char *text, struct service_reference *reference) {
  reference->is_secret = true;
  if (text[0] == '@') {
    char *name = cut(text);
    reference->service = text + 1;
    reference->name = name;
    reference->field = name ? cut(name) : NULL;
    if (!is_file_name(reference->service))
      return false;
  } else {
    reference->name = text;
    reference->field = cut(text);
    if (strchr(text, ':') || (reference->field && strchr(reference->field, '/')))
      return false;
  }
  return reference->name && is_file_name(reference->name) &&
         (!reference->field || reference->field[0]);
}

/* "$S::ENVIRONMENT/NAME" and "$S:PROJECT:ENVIRONMENT/NAME". */
static bool has_environment(const char *secret) {
  const char *colon = strchr(secret, ':');
  const char *slash = strchr(secret, '/');
  return secret[0] != '@' && colon && slash && colon < slash;
}

static void refuse_secret(struct reader *reader, const struct doc_node *value) {
  const char *secret = value->text + strlen("$S:");
  if (has_environment(secret))
    field_unsupported(reader, value, "write " SECRET_FORMS,
                      "%s: secrets of projects and environments are not davit's",
                      field_quote(reader, value->text));
  else
    field_invalid(reader, value, "write " SECRET_FORMS, "%s does not name a secret",
                  field_quote(reader, value->text));
}

bool field_reference(struct reader *reader, const struct doc_node *value,
                     const struct service_reference **reference) {
  bool is_secret = text_starts(value->text, "$S:");
  if (!is_secret && !text_starts(value->text, "$E:"))
    return true;
  struct service_reference *made = field_array(reader, 1, sizeof(*made));
  char *text = made ? arena_strdup(reader->arena, value->text + strlen("$S:")) : NULL;
  if (made && !text)
    error_memory(reader->err);
  if (!text)
    return false;
  *reference = made;
  if (is_secret) {
    if (parse_secret(text, made))
      return true;
    refuse_secret(reader, value);
    return false;
  }
  made->name = text;
  if (text[0] && !strchr(text, '='))
    return true;
  field_invalid(reader, value, "write $E:NAME; a name is not empty and has no \"=\"",
                "%s does not name a variable", field_quote(reader, value->text));
  return false;
}
