/* SPDX-License-Identifier: Apache-2.0 */
/* Both JSON readers: they accept the same texts, and what is accepted is printed as a text that
 * means the same. */
#include "fuzz.h"

#include <string.h>

#include "doc/json.h"
#include "util/cleanup.h"

static int read_tree(const char *text, size_t size, cJSON **root) {
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_source source = {.file = "f", .text = text, .size = size, .code = "f.invalid"};
  int answer = json_parse(&source, root, &err);
  check_answer(answer, &err);
  return answer;
}

static int read_nodes(const char *text, size_t size) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_source source = {.file = "f", .text = text, .size = size, .code = "f.invalid"};
  const struct doc_node *root = NULL;
  int answer = doc_parse_json(&arena, &source, &root, &err);
  check_answer(answer, &err);
  return answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CLEANUP(cjson) cJSON *first = NULL;
  CLEANUP(cjson) cJSON *second = NULL;
  const char *text = (const char *)data;
  int answer = read_tree(text, size, &first);
  MUST_HOLD(read_nodes(text, size) == answer);
  if (answer < 0)
    return 0;
  CLEANUP(free) char *printed = cJSON_PrintUnformatted(first);
  MUST_HOLD(printed);
  MUST_HOLD(read_tree(printed, strlen(printed), &second) == DAVIT_OK);
  CLEANUP(free) char *again = cJSON_PrintUnformatted(second);
  MUST_HOLD(again && strcmp(printed, again) == 0);
  return 0;
}
