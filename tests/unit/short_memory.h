/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that runs out where a test says. The linker puts the functions below in the place of the
 * arena's (tests/unit/CMakeLists.txt). */
#ifndef DAVIT_TESTS_SHORT_MEMORY_H
#define DAVIT_TESTS_SHORT_MEMORY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"

static size_t allowed = SIZE_MAX; /* so many allocations succeed */
static size_t refused;            /* so many did not */
static bool recovers;             /* only one is refused, those behind it succeed */

static bool is_allowed(void) {
  if (allowed == SIZE_MAX)
    return true;
  if (allowed == 0) {
    refused++;
    if (recovers)
      allowed = SIZE_MAX;
    return false;
  }
  allowed--;
  return true;
}

void *__real_arena_alloc(struct arena *arena, size_t size);
void *__real_arena_array(struct arena *arena, size_t count, size_t size);
char *__real_arena_strdup(struct arena *arena, const char *text);
char *__real_arena_strndup(struct arena *arena, const char *text, size_t size);
char *__real_arena_vprintf(struct arena *arena, const char *format, va_list args);

void *__wrap_arena_alloc(struct arena *arena, size_t size);
void *__wrap_arena_array(struct arena *arena, size_t count, size_t size);
char *__wrap_arena_strdup(struct arena *arena, const char *text);
char *__wrap_arena_strndup(struct arena *arena, const char *text, size_t size);
char *__wrap_arena_printf(struct arena *arena, const char *format, ...);
char *__wrap_arena_vprintf(struct arena *arena, const char *format, va_list args);

void *__wrap_arena_alloc(struct arena *arena, size_t size) {
  return is_allowed() ? __real_arena_alloc(arena, size) : NULL;
}

void *__wrap_arena_array(struct arena *arena, size_t count, size_t size) {
  return is_allowed() ? __real_arena_array(arena, count, size) : NULL;
}

char *__wrap_arena_strdup(struct arena *arena, const char *text) {
  return is_allowed() ? __real_arena_strdup(arena, text) : NULL;
}

char *__wrap_arena_strndup(struct arena *arena, const char *text, size_t size) {
  return is_allowed() ? __real_arena_strndup(arena, text, size) : NULL;
}

char *__wrap_arena_vprintf(struct arena *arena, const char *format, va_list args) {
  return is_allowed() ? __real_arena_vprintf(arena, format, args) : NULL;
}

char *__wrap_arena_printf(struct arena *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *text = is_allowed() ? __real_arena_vprintf(arena, format, args) : NULL;
  va_end(args);
  return text;
}

#endif
