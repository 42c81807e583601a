/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong, for people and for programs.
 *
 * Functions that can fail return 0 (DAVIT_OK) or a negative DAVIT_E_* of davit/plugin.h and take a
 * struct davit_error as last argument, which is then filled once, where the cause is known best.
 * One error may hold several problems: a file's errors are reported all at once. */
#ifndef DAVIT_UTIL_ERROR_H
#define DAVIT_UTIL_ERROR_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "davit/plugin.h" /* DAVIT_OK, DAVIT_E_* */
#include "util/attributes.h"

struct where {      /* borrowed */
  const char *file; /* NULL: no file */
  uint32_t line;    /* from 1; 0: the whole file */
  uint32_t column;
  const char *key; /* key path, "services.web.env"; NULL: none */
};

struct problem {
  struct problem *next;
  int answer;       /* DAVIT_E_* */
  const char *code; /* stable, for scripts: "service.invalid" */
  struct where at;
  const char *text; /* what, with the value quoted; no full stop, no newline */
  const char *hint; /* what would be right; NULL: the text says it */
};

struct davit_error { /* zeroed: nothing went wrong */
  struct problem *first;
  struct problem *last;
  size_t count;
};

/* Each adds one problem and returns `answer`, so that a failing line is one line. Every text is
 * copied. */
int error_add(struct davit_error *err, int answer, const char *code, const char *hint,
              const char *format, ...) PRINTF_LIKE(5, 6);
int error_add_at(struct davit_error *err, int answer, const char *code, const struct where *at,
                 const char *hint, const char *format, ...) PRINTF_LIKE(6, 7);
int error_vadd(struct davit_error *err, int answer, const char *code, const struct where *at,
               const char *hint, const char *format, va_list args) PRINTF_LIKE(6, 0);
int error_memory(
    struct davit_error *err); /* "memory.out", DAVIT_E_MEMORY; itself needs no memory */

/* Moves the problems of `from` behind those of `err`. */
void error_take(struct davit_error *err, struct davit_error *from);
/* Brings the problems of one file into the order of its lines; those without a line come last. */
void error_sort(struct davit_error *err);
void error_clear(struct davit_error *err);

static inline void cleanup_error(struct davit_error *err) {
  error_clear(err);
}

#endif
