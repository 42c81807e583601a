/* SPDX-License-Identifier: Apache-2.0 */
#include "util/log.h"

static void emit(const struct log *log, enum log_level level, const char *code,
                 const struct where *at, const char *hint, const char *format, va_list args)
    PRINTF_LIKE(6, 0);

static void emit(const struct log *log, enum log_level level, const char *code,
                 const struct where *at, const char *hint, const char *format, va_list args) {
  if (level < log->threshold || !log->emit)
    return;
  CLEANUP(error) struct davit_error message = {0};
  if (error_vadd(&message, DAVIT_OK, code, at, hint, format, args) == DAVIT_OK)
    log->emit(log->user, level, message.first);
}

void log_at(const struct log *log, enum log_level level, const char *code, const struct where *at,
            const char *hint, const char *format, ...) {
  va_list args;
  va_start(args, format);
  emit(log, level, code, at, hint, format, args);
  va_end(args);
}

void log_warning(const struct log *log, const char *code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  emit(log, LOG_LEVEL_WARNING, code, NULL, NULL, format, args);
  va_end(args);
}

void log_info(const struct log *log, const char *format, ...) {
  va_list args;
  va_start(args, format);
  emit(log, LOG_LEVEL_INFO, NULL, NULL, NULL, format, args);
  va_end(args);
}

void log_debug(const struct log *log, const char *format, ...) {
  va_list args;
  va_start(args, format);
  emit(log, LOG_LEVEL_DEBUG, NULL, NULL, NULL, format, args);
  va_end(args);
}

void log_error(const struct log *log, enum log_level level, const struct davit_error *err) {
  if (level < log->threshold || !log->emit)
    return;
  for (const struct problem *problem = err->first; problem; problem = problem->next)
    log->emit(log->user, level, problem);
}
