/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/read.h"

#include "cdi/encoding.h"
#include "util/text.h"

/* YAML holds nearly all of JSON, and the names are often wrong about which it is. What the name
 * says is tried first, and its problems are those reported. */
static int parse(struct arena *arena, const struct doc_source *source, const struct doc_node **root,
                 struct davit_error *err) {
  bool is_json = text_ends(source->file, ".json");
  int answer =
      is_json ? doc_parse_json(arena, source, root, err) : doc_parse_yaml(arena, source, root, err);
  if (answer != DAVIT_E_INVALID)
    return answer;
  CLEANUP(error) struct davit_error other = {0};
  answer = is_json ? doc_parse_yaml(arena, source, root, &other)
                   : doc_parse_json(arena, source, root, &other);
  if (answer == DAVIT_OK)
    error_clear(err);
  return answer;
}

static void sort(struct cdi_findings *findings) {
  error_sort(&findings->errors);
  error_sort(&findings->warnings);
  error_sort(&findings->strict);
}

/* A text in UTF-16 becomes one in UTF-8; all others are left to the parsers. */
static int to_utf8(struct arena *arena, struct doc_source *source, struct davit_error *err) {
  size_t bad;
  if (!is_utf16(source->text, source->size) ||
      utf16_decode(arena, &source->text, &source->size, &bad))
    return DAVIT_OK;
  if (bad == 0)
    return error_memory(err);
  const struct where at = {.file = source->file};
  return error_add_at(err, DAVIT_E_INVALID, CDI_BROKEN, &at, "save the file as UTF-8",
                      "there is something that is no UTF-16 from byte %zu on", bad);
}

/* Only the first document counts, and nobody else will say what became of the others. */
static void tell_rest(struct cdi_findings *findings, const char *file, uint32_t line) {
  const struct where at = {.file = file, .line = line, .column = 1};
  if (line > 0)
    (void)error_add_at(&findings->warnings, DAVIT_E_INVALID, CDI_ODD, &at,
                       "put it into a file of its own",
                       "a second document, or what else begins here, is not read");
}

static int read_into(struct arena *arena, const char *file, const char *text, size_t size,
                     struct cdi_reading *reading) {
  uint32_t rest = 0;
  struct doc_source source = {.file = file,
                              .text = text,
                              .size = size,
                              .code = CDI_BROKEN,
                              .flags = DOC_FIRST_ONLY | DOC_MERGE,
                              .rest = &rest};
  const struct doc_node *root;
  int answer = to_utf8(arena, &source, &reading->findings.errors);
  if (answer == DAVIT_OK)
    answer = parse(arena, &source, &root, &reading->findings.errors);
  if (answer == DAVIT_OK)
    answer = spec_read(arena, root, reading);
  tell_rest(&reading->findings, file, rest);
  return answer;
}

int cdi_read(struct arena *arena, const char *file, const char *text, size_t size,
             struct cdi_reading *reading) {
  CLEANUP(arena) struct arena own = {0}; /* what a hostile file fills is not kept */
  *reading = (struct cdi_reading){0};
  int answer = read_into(&own, file, text, size, reading);
  sort(&reading->findings);
  if (reading->spec) {
    arena_take(arena, &own);
    return DAVIT_OK;
  }
  bool has_kind = answer != DAVIT_E_MEMORY && reading->kind;
  reading->kind = has_kind ? arena_strdup(arena, reading->kind) : NULL;
  if (has_kind && !reading->kind)
    return error_memory(&reading->findings.errors);
  return answer == DAVIT_E_MEMORY ? answer : DAVIT_OK;
}

void findings_clear(struct cdi_findings *findings) {
  error_clear(&findings->errors);
  error_clear(&findings->warnings);
  error_clear(&findings->strict);
}
