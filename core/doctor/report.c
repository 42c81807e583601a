/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor/examination.h"

#include <string.h>

int report(struct examination *exam, const struct fault *fault, const char *subject,
           const char *remedy, const char *format, ...) {
  struct davit_finding *finding = arena_alloc(exam->arena, sizeof(*finding));
  struct provider_finding *added = arena_alloc(exam->arena, sizeof(*added));
  va_list args;
  va_start(args, format);
  const char *text = arena_vprintf(exam->arena, format, args);
  va_end(args);
  if (!finding || !added || !text || !list_push(exam->arena, &exam->findings, added))
    return error_memory(exam->err);
  *finding = (struct davit_finding){
      DAVIT_SIZED(struct davit_finding),
      .severity = fault->severity,
      .code = fault->code,
      .subject = subject,
      .text = text,
      .remedy = remedy,
      .why = fault->why,
  };
  *added = (struct provider_finding){.source = DOCTOR_HOST, .finding = finding};
  return DAVIT_OK;
}

int read_if_there(struct examination *exam, const char *path, const char **text) {
  CLEANUP(error) struct davit_error why = {0};
  int answer = host_read_file(exam->settings->host, exam->arena, path, text, NULL, &why);
  if (answer == DAVIT_E_MEMORY)
    return error_memory(exam->err);
  if (answer < 0)
    *text = NULL;
  return DAVIT_OK;
}

uint32_t type_at(const struct examination *exam, const char *path) {
  CLEANUP(error) struct davit_error why = {0};
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  return host_stat(exam->settings->host, path, 0, &st, &why) < 0 ? DAVIT_FILE_OTHER : st.type;
}

const char *missing_words(struct arena *arena, const char *const *list, const char *text) {
  struct list have = {0}, missing = {0};
  char *rest = arena_strdup(arena, text);
  if (!rest)
    return NULL;
  for (char *word; (word = strsep(&rest, " \n"));)
    if (!list_push(arena, &have, word))
      return NULL;
  for (; *list; list++)
    if (!strings_contain(list_strings(&have), *list) && !list_push(arena, &missing, *list))
      return NULL;
  return strings_join(arena, list_strings(&missing), 16);
}
