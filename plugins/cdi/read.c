/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/read.h"

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

int cdi_read(struct arena *arena, const char *file, const char *text, size_t size,
             struct cdi_reading *reading) {
  *reading = (struct cdi_reading){0};
  const struct doc_source source = {
      .file = file, .text = text, .size = size, .code = CDI_BROKEN, .flags = DOC_FIRST_ONLY};
  const struct doc_node *root;
  int answer = parse(arena, &source, &root, &reading->findings.errors);
  if (answer < 0)
    return answer == DAVIT_E_MEMORY ? answer : DAVIT_OK;
  answer = spec_read(arena, root, &reading->spec, &reading->findings);
  if (answer == DAVIT_E_MEMORY)
    return answer;
  const struct doc_node *kind = doc_get(root, "kind");
  if (kind && kind->kind == DOC_SCALAR)
    reading->kind = kind->text;
  sort(&reading->findings);
  return DAVIT_OK;
}

void findings_clear(struct cdi_findings *findings) {
  error_clear(&findings->errors);
  error_clear(&findings->warnings);
  error_clear(&findings->strict);
}
