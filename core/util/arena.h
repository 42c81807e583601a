/* SPDX-License-Identifier: Apache-2.0 */
/* An arena: memory that is freed all at once. Every run of davit has one; what its rooms hand to
 * each other (nodes, models, strings) lives in it. A function that takes an arena returns memory of
 * that arena. */
#ifndef DAVIT_UTIL_ARENA_H
#define DAVIT_UTIL_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "util/attributes.h"

struct arena_block;

struct arena { /* zeroed: empty and ready */
  struct arena_block *blocks;
};

/* Zeroed, aligned for any type. NULL when memory is out; so are all functions below. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t size); /* adds the NUL */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);
void arena_free(struct arena *arena); /* all of it; the arena is empty again */
/* The memory of `from`, which is then empty, lives as long as the arena. */
void arena_take(struct arena *arena, struct arena *from);

static inline void cleanup_arena(struct arena *arena) {
  arena_free(arena);
}

#endif
