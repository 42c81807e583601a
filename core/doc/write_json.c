/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/writer.h"

static struct writer_level *level_of(struct doc_writer *writer) {
  return writer->depth > 0 ? &writer->levels[writer->depth - 1] : NULL;
}

static void break_line(const struct doc_writer *writer) {
  fprintf(writer->out, "\n%*s", (int)(2 * writer->depth), "");
}

/* Before an item of a list or a key. */
static void separate(struct doc_writer *writer, enum writer_event event) {
  struct writer_level *level = level_of(writer);
  if (!level || (level->is_mapping && event != WRITE_KEY))
    return;
  if (level->has_entries)
    fputc(',', writer->out);
  level->has_entries = true;
  break_line(writer);
}

static void put_end(const struct doc_writer *writer) {
  const struct writer_level *closed = &writer->levels[writer->depth];
  if (closed->has_entries)
    break_line(writer);
  fputc(closed->is_mapping ? '}' : ']', writer->out);
}

static void put(struct doc_writer *writer, enum writer_event event, const char *text) {
  if (event == WRITE_END) {
    put_end(writer);
    return;
  }
  separate(writer, event);
  if (event == WRITE_MAPPING || event == WRITE_LIST)
    fputc(event == WRITE_MAPPING ? '{' : '[', writer->out);
  else if (event == WRITE_LITERAL)
    fputs(text, writer->out);
  else
    print_json_string(writer->out, text);
  if (event == WRITE_KEY)
    fputs(": ", writer->out);
}

static void finish(struct doc_writer *writer) {
  fputc('\n', writer->out);
}

const struct writer_form writer_json = {.put = put, .finish = finish};
