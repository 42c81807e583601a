/* SPDX-License-Identifier: Apache-2.0 */
/* A growing array of pointers in an arena, always ended by NULL: the form in which lists cross the
 * plugin ABI. */
#ifndef DAVIT_UTIL_LIST_H
#define DAVIT_UTIL_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"

struct list {   /* zeroed: empty */
  void **items; /* NULL while empty */
  size_t count;
  size_t capacity;
};

/* False when memory is out; the list is then as it was. */
bool list_push(struct arena *arena, struct list *list, const void *item) MUST_CHECK;

/* The items as list of strings for the plugin ABI; never NULL. */
const char *const *list_strings(const struct list *list);

bool strings_contain(const char *const *strings, const char *text); /* NULL list: empty */
size_t strings_count(const char *const *strings);
/* Deep copy; a NULL list stays NULL. *copy is written on success only. */
bool strings_copy(struct arena *arena, const char *const *strings,
                  const char *const **copy) MUST_CHECK;
/* "a, b, c" with at most `most` of them and then ", ... (N more)"; "" for an empty list. */
const char *strings_join(struct arena *arena, const char *const *strings, size_t most);

#endif
