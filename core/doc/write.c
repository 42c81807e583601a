/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/write.h"

#include <inttypes.h>
#include <stdlib.h>

#include "doc/writer.h"

int doc_writer_open(enum doc_format format, struct doc_writer **writer, struct davit_error *err) {
  static const struct writer_form *const forms[] = {
      [DOC_FORMAT_JSON] = &writer_json, [DOC_FORMAT_YAML] = &writer_yaml};
  struct doc_writer *opened = calloc(1, sizeof(*opened));
  if (!opened)
    return error_memory(err);
  opened->form = forms[format];
  opened->out = open_memstream(&opened->text, &opened->size);
  if (!opened->out || (opened->form->open && !opened->form->open(opened))) {
    doc_writer_close(opened);
    return error_memory(err);
  }
  *writer = opened;
  return DAVIT_OK;
}

void doc_writer_close(struct doc_writer *writer) {
  if (!writer)
    return;
  if (writer->form->close)
    writer->form->close(writer);
  if (writer->out)
    fclose(writer->out);
  free(writer->text);
  free(writer);
}

static void begin(struct doc_writer *writer, enum writer_event event) {
  if (writer->depth == DOC_MAX_DEPTH) {
    writer->failed = true;
    return;
  }
  writer->form->put(writer, event, NULL);
  writer->levels[writer->depth++] = (struct writer_level){.is_mapping = event == WRITE_MAPPING};
}

void doc_write_mapping(struct doc_writer *writer) {
  begin(writer, WRITE_MAPPING);
}

void doc_write_list(struct doc_writer *writer) {
  begin(writer, WRITE_LIST);
}

void doc_write_end(struct doc_writer *writer) {
  if (writer->failed)
    return;
  writer->depth--;
  writer->form->put(writer, WRITE_END, NULL);
}

void doc_write_key(struct doc_writer *writer, const char *key) {
  writer->form->put(writer, WRITE_KEY, key);
}

void doc_write_text(struct doc_writer *writer, const char *text) {
  if (text)
    writer->form->put(writer, WRITE_TEXT, text);
  else
    writer->failed = true;
}

void doc_write_number(struct doc_writer *writer, int64_t number) {
  char digits[24];
  snprintf(digits, sizeof(digits), "%" PRId64, number);
  writer->form->put(writer, WRITE_LITERAL, digits);
}

void doc_write_bool(struct doc_writer *writer, bool value) {
  writer->form->put(writer, WRITE_LITERAL, value ? "true" : "false");
}

int doc_writer_finish(struct doc_writer *writer, char **text, size_t *size,
                      struct davit_error *err) {
  writer->form->finish(writer);
  bool failed = writer->failed || ferror(writer->out);
  failed = fclose(STEAL(&writer->out)) != 0 || failed;
  if (failed)
    return error_memory(err);
  *text = STEAL(&writer->text);
  *size = writer->size;
  return DAVIT_OK;
}
