/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that commands print; an object that is short of memory shows when it is printed: then there
 * is no text. */
#include "cli/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "util/cleanup.h"
#include "util/text.h"

/* Names of files are bytes and JSON is UTF-8: U+FFFD stands for a byte that is none. */
static cJSON *make_text(const char *text) {
  static const char replacement[] = "\xef\xbf\xbd";
  if (text_is_utf8(text))
    return cJSON_CreateString(text);
  size_t size = strlen(text);
  CLEANUP(free) char *valid = malloc(size * strlen(replacement) + 1);
  if (!valid)
    return NULL;
  char *end = valid;
  for (size_t at = 0, length; at < size; at += length ? length : 1) {
    length = text_utf8_length((const unsigned char *)text + at, size - at);
    end = length ? mempcpy(end, text + at, length) : stpcpy(end, replacement);
  }
  *end = '\0';
  return cJSON_CreateString(valid);
}

void json_add_text(cJSON *object, const char *key, const char *text) {
  if (text)
    cJSON_AddItemToObject(object, key, make_text(text));
}

void json_add_list(cJSON *object, const char *key, const char *const *texts) {
  cJSON *array = cJSON_AddArrayToObject(object, key);
  for (; texts && *texts; texts++)
    cJSON_AddItemToArray(array, make_text(*texts));
}

void json_add_number(cJSON *object, const char *key, uint64_t number) {
  char digits[24];
  snprintf(digits, sizeof(digits), "%" PRIu64, number);
  cJSON_AddRawToObject(object, key, digits); /* a double would round large ones */
}

void json_add_integer(cJSON *object, const char *key, int64_t number) {
  char digits[24];
  snprintf(digits, sizeof(digits), "%" PRId64, number);
  cJSON_AddRawToObject(object, key, digits);
}

void json_fill_problem(cJSON *object, const struct problem *problem) {
  json_add_text(object, "code", problem->code);
  json_add_text(object, "file", problem->at.file);
  if (problem->at.line > 0)
    json_add_number(object, "line", problem->at.line);
  if (problem->at.column > 0)
    json_add_number(object, "column", problem->at.column);
  json_add_text(object, "key", problem->at.key);
  json_add_text(object, "text", problem->text);
  json_add_text(object, "hint", problem->hint);
}

void json_add_problems(cJSON *object, const char *key, const struct davit_error *problems) {
  cJSON *array = cJSON_AddArrayToObject(object, key);
  for (const struct problem *problem = problems->first; problem; problem = problem->next) {
    cJSON *item = cJSON_CreateObject();
    json_fill_problem(item, problem);
    cJSON_AddItemToArray(array, item);
  }
}

int json_to_stdout(cJSON *value, struct davit_error *err) {
  CLEANUP(free) char *text = cJSON_Print(value);
  cJSON_Delete(value);
  if (!text)
    return error_memory(err);
  puts(text);
  return finish_output(err);
}
