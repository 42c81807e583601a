/* SPDX-License-Identifier: Apache-2.0 */
/* Service files for tests. A '^' in a text is not part of it: it marks where the one problem of
 * that text has to be reported. */
#ifndef DAVIT_TESTS_SERVICE_TESTING_H
#define DAVIT_TESTS_SERVICE_TESTING_H

#include <stdio.h>

#include "testing.h"

#include "service/service.h"

#define SERVICE_HEAD                                   \
  "version: v1\ndeployment: demo\nservices:\n  web:\n" \
  "    image: {name: app}\n"

/* What is wrong with one text; `key` of a problem inside the service starts with "services.web". */
struct service_wrong {
  const char *yaml;
  const char *code; /* behind "service." */
  const char *key;
  const char *text;
  const char *hint;
};

static inline void ignore_message(void *user, enum log_level level, const struct problem *message) {
  (void)user;
  (void)level;
  (void)message;
}

static const struct log silent_log = {.threshold = LOG_LEVEL_WARNING, .emit = ignore_message};

static inline int load_text(struct arena *arena, const char *yaml,
                            const struct service_file **loaded, struct davit_error *err) {
  return service_load(arena, "demo.yaml", yaml, strlen(yaml), &silent_log, loaded, err);
}

/* The keys of a service: each line of `body` is indented to stand in the service "web". */
static inline char *service_yaml(struct arena *arena, const char *body) {
  char *yaml = arena_strdup(arena, SERVICE_HEAD);
  while (yaml && *body) {
    int length = (int)strcspn(body, "\n");
    yaml = arena_printf(arena, "%s    %.*s\n", yaml, length, body);
    body += length + (body[length] == '\n');
  }
  ck_assert_ptr_nonnull(yaml);
  return yaml;
}

/* The service "web" with that body; nothing may be wrong with it. */
static inline const struct service *load_service(struct arena *arena, const char *body) {
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  const struct service *service;
  ck_assert_ok(load_text(arena, service_yaml(arena, body), &file, &err), &err);
  ck_assert_ok(service_find(file, NULL, &service, &err), &err);
  return service;
}

/* Takes the mark out of the text and answers its place. */
static inline struct where take_mark(char *yaml) {
  struct where at = {.line = 1, .column = 1};
  char *c = yaml;
  for (; *c && *c != '^'; c++) {
    at.column = *c == '\n' ? 1 : at.column + 1;
    at.line += *c == '\n';
  }
  ck_assert_msg(*c == '^', "no mark in: %s", yaml);
  memmove(c, c + 1, strlen(c));
  return at;
}

static inline void check_wrong(struct arena *arena, const char *marked,
                               const struct service_wrong *wrong) {
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file = NULL;
  char *yaml = arena_strdup(arena, marked);
  ck_assert_ptr_nonnull(yaml);
  struct where at = take_mark(yaml);
  int answer = load_text(arena, yaml, &file, &err);
  ck_assert_msg(answer < 0, "nothing found wrong in: %s", yaml);
  ck_assert_ptr_null(file);
  const struct problem *problem = err.first;
  ck_assert_msg(err.count == 1, "%zu problems in: %s, first: %s", err.count, yaml, problem->text);
  ck_assert_str_eq(problem->text, wrong->text);
  ck_assert_str_eq(problem->code, arena_printf(arena, "service.%s", wrong->code));
  ck_assert_int_eq(answer,
                   strcmp(wrong->code, "unsupported") == 0 ? DAVIT_E_UNSUPPORTED : DAVIT_E_INVALID);
  ck_assert_str_eq(problem->at.file, "demo.yaml");
  ck_assert_msg(problem->at.line == at.line && problem->at.column == at.column,
                "reported at %u:%u instead of %u:%u: %s", problem->at.line, problem->at.column,
                at.line, at.column, yaml);
  if (wrong->key)
    ck_assert_str_eq(problem->at.key, wrong->key);
  else
    ck_assert_ptr_null(problem->at.key);
  ck_assert_ptr_nonnull(problem->hint);
  ck_assert_str_eq(problem->hint, wrong->hint);
}

/* The text is the body of the service "web", the key what follows "services.web". */
static inline void check_wrong_body(const struct service_wrong *wrong) {
  CLEANUP(arena) struct arena arena = {0};
  struct service_wrong whole = *wrong;
  whole.key = arena_printf(&arena, "services.web%s", wrong->key);
  check_wrong(&arena, service_yaml(&arena, wrong->yaml), &whole);
}

#endif
