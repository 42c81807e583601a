/* SPDX-License-Identifier: Apache-2.0 */
#include "util/list.h"

#include <stdint.h>
#include <string.h>

bool list_push(struct arena *arena, struct list *list, const void *item) {
  if (list->count + 1 >= list->capacity) {
    size_t capacity = list->capacity ? list->capacity * 2 : 4;
    void **items = arena_array(arena, capacity, sizeof(*items));
    if (!items)
      return false;
    if (list->count > 0)
      memcpy(items, list->items, list->count * sizeof(*items));
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->count++] = (void *)(uintptr_t)item;
  list->items[list->count] = NULL;
  return true;
}

const char *const *list_strings(const struct list *list) {
  static const char *const none[] = {NULL};
  return list->items ? (const char *const *)list->items : none;
}

bool strings_contain(const char *const *strings, const char *text) {
  for (; strings && *strings; strings++)
    if (**strings == *text && strcmp(*strings, text) == 0) /* mostly the first byte tells */
      return true;
  return false;
}

size_t strings_count(const char *const *strings) {
  size_t count = 0;
  while (strings && strings[count])
    count++;
  return count;
}

bool strings_copy(struct arena *arena, const char *const *strings, const char *const **copy) {
  if (!strings) {
    *copy = NULL;
    return true;
  }
  size_t count = strings_count(strings);
  const char **items = arena_array(arena, count + 1, sizeof(*items));
  if (!items)
    return false;
  for (size_t i = 0; i < count; i++) {
    items[i] = arena_strdup(arena, strings[i]);
    if (!items[i])
      return false;
  }
  *copy = items;
  return true;
}

const char *strings_join(struct arena *arena, const char *const *strings, size_t most) {
  static const char separator[] = ", ";
  size_t count = strings_count(strings);
  size_t shown = count < most ? count : most;
  size_t size = 1;
  for (size_t i = 0; i < shown; i++)
    size += strlen(strings[i]) + strlen(separator);
  char *text = arena_alloc(arena, size);
  if (!text)
    return "";
  char *end = text;
  for (size_t i = 0; i < shown; i++)
    end = stpcpy(i > 0 ? stpcpy(end, separator) : end, strings[i]);
  if (count > shown)
    text = arena_printf(arena, "%s, ... (%zu more)", text, count - shown);
  return text ? text : "";
}
