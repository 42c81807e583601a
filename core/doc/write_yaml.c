/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "doc/writer.h"

/* What YAML 1.1 has for true, false and nothing; numbers and dates begin with a digit, a sign or a
 * dot. */
static bool is_word_of_yaml(const char *text) {
  static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  for (size_t i = 0; i < ARRAY_LEN(words); i++)
    if (strcasecmp(text, words[i]) == 0)
      return true;
  return false;
}

/* Nobody can take it for anything but this text. */
static bool is_plain(const char *text) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_/.=+@-:";
  size_t length = strlen(text);
  return length > 0 && (text[0] == '/' || strchr(letters, text[0])) &&
         strspn(text, others) == length && text[length - 1] != ':' && !is_word_of_yaml(text);
}

static void emit(struct doc_writer *writer, int is_made, yaml_event_t *event) {
  if (is_made && writer->failed)
    yaml_event_delete(event);
  else if (!is_made || !yaml_emitter_emit(writer->state, event)) /* which takes the event */
    writer->failed = true;
}

static void put_scalar(struct doc_writer *writer, const char *text, bool is_text) {
  yaml_event_t event;
  yaml_scalar_style_t style =
      is_text && !is_plain(text) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE;
  emit(writer,
       yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text,
                                    (int)strlen(text), 1, 1, style),
       &event);
}

static void put(struct doc_writer *writer, enum writer_event kind, const char *text) {
  yaml_event_t event;
  int is_made = 0;
  switch (kind) {
  case WRITE_MAPPING:
    is_made = yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
    break;
  case WRITE_LIST:
    is_made =
        yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
    break;
  case WRITE_END:
    is_made = writer->levels[writer->depth].is_mapping ? yaml_mapping_end_event_initialize(&event)
                                                       : yaml_sequence_end_event_initialize(&event);
    break;
  case WRITE_KEY:
  case WRITE_TEXT:
  case WRITE_LITERAL:
    put_scalar(writer, text, kind != WRITE_LITERAL);
    return;
  }
  emit(writer, is_made, &event);
}

static bool open_yaml(struct doc_writer *writer) {
  yaml_emitter_t *emitter = calloc(1, sizeof(*emitter));
  yaml_event_t event;
  if (!emitter || !yaml_emitter_initialize(emitter)) {
    free(emitter);
    return false;
  }
  writer->state = emitter;
  yaml_emitter_set_output_file(emitter, writer->out);
  yaml_emitter_set_unicode(emitter, 1);
  yaml_emitter_set_width(emitter, -1); /* no line is folded */
  emit(writer, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING), &event);
  emit(writer, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1), &event);
  return !writer->failed;
}

static void finish(struct doc_writer *writer) {
  yaml_event_t event;
  emit(writer, yaml_document_end_event_initialize(&event, 1), &event);
  emit(writer, yaml_stream_end_event_initialize(&event), &event);
}

static void close_yaml(struct doc_writer *writer) {
  if (!writer->state)
    return;
  yaml_emitter_delete(writer->state);
  free(writer->state);
}

const struct writer_form writer_yaml = {
    .open = open_yaml, .put = put, .finish = finish, .close = close_yaml};
