/* SPDX-License-Identifier: Apache-2.0 */
/* Messages beside the result: warnings, and with -v what was decided and why. The core only hands
 * them out; the command line prints them (cli/report.h), a library's user takes them as he likes.
 */
#ifndef DAVIT_UTIL_LOG_H
#define DAVIT_UTIL_LOG_H

#include "util/error.h"

enum log_level {
  LOG_LEVEL_DEBUG,
  LOG_LEVEL_INFO,
  LOG_LEVEL_WARNING,
  LOG_LEVEL_NONE /* as threshold only */
};

struct log {
  enum log_level threshold; /* what is below is dropped */
  void (*emit)(void *user, enum log_level level, const struct problem *message);
  void *user;
};

/* `code`, `at` and `hint` may be NULL. A message for which there is no memory is lost. */
void log_at(const struct log *log, enum log_level level, const char *code, const struct where *at,
            const char *hint, const char *format, ...) PRINTF_LIKE(6, 7);
void log_warning(const struct log *log, const char *code, const char *format, ...)
    PRINTF_LIKE(3, 4);
void log_info(const struct log *log, const char *format, ...) PRINTF_LIKE(2, 3);
void log_debug(const struct log *log, const char *format, ...) PRINTF_LIKE(2, 3);
/* Every problem of an error as a message of that level. */
void log_error(const struct log *log, enum log_level level, const struct davit_error *err);

#endif
