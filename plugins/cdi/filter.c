/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/filter.h"

#include <string.h>

#include "cdi/names.h"

static bool add_kind(struct arena *arena, struct filter *filter, const char *kind, size_t size) {
  const char *copy = arena_strndup(arena, kind, size);
  if (!copy)
    return false;
  return strings_contain(list_strings(&filter->kinds), copy) ||
         list_push(arena, &filter->kinds, copy);
}

/* A name in full, "nvidia.com/gpu=0", asks for its kind, whatever the vendor of the request. */
static bool add_kinds_of_names(struct arena *arena, const char *const *names,
                               struct filter *filter) {
  for (; names && *names; names++) {
    struct name_parts parts;
    if (!name_problem(*names) && name_split(*names, &parts) &&
        !add_kind(arena, filter, *names, parts.vendor + 1 + parts.class))
      return false;
  }
  return true;
}

bool filter_init(struct arena *arena, const struct davit_query *query, struct filter *filter) {
  *filter = (struct filter){0};
  for (const char *const *kind = query->kinds; kind && *kind; kind++)
    if (!add_kind(arena, filter, *kind, strlen(*kind)))
      return false;
  if (!add_kinds_of_names(arena, query->names, filter))
    return false;
  if (query->kinds)
    return true;
  filter->takes_all = !query->vendor;
  if (!query->vendor)
    return true;
  if (strchr(query->vendor, '/'))
    return add_kind(arena, filter, query->vendor, strlen(query->vendor));
  filter->vendor = arena_strdup(arena, query->vendor);
  return filter->vendor;
}

bool filter_wants(const struct filter *filter, const char *kind) {
  if (filter->takes_all || strings_contain(list_strings(&filter->kinds), kind))
    return true;
  size_t size = filter->vendor ? strlen(filter->vendor) : 0;
  return size > 0 && strncmp(kind, filter->vendor, size) == 0 &&
         (kind[size] == '/' || kind[size] == '.');
}

static bool contains(const char *text, size_t size, const char *part) {
  return memmem(text, size, part, strlen(part));
}

/* base64, under a tag that may be spelled with a %, or be made of two parts by a %TAG directive. */
static bool may_hold_base64(const char *text, size_t size) {
  return memchr(text, '!', size) && (memchr(text, '%', size) || contains(text, size, "binary"));
}

/* Every way but these to write a kind has its bytes: an escape, another encoding, base64. A byte
 * order mark is seen by its first byte: what else begins with it is read in vain, and that is all.
 */
static bool is_plain(const char *text, size_t size) {
  return !memchr(text, '\\', size) && !memchr(text, '\0', size) && !memchr(text, 0xEF, size) &&
         !memchr(text, 0xFE, size) && !memchr(text, 0xFF, size) && !may_hold_base64(text, size);
}

/* The vendor's name with what may follow it in a kind. */
static bool contains_vendor(const char *text, size_t size, const char *vendor) {
  size_t length = strlen(vendor);
  const char *end = text + size;
  for (const char *found = text; (found = memmem(found, (size_t)(end - found), vendor, length));
       found++)
    if (found + length < end && (found[length] == '/' || found[length] == '.'))
      return true;
  return false;
}

bool filter_may_want(const struct filter *filter, const char *text, size_t size) {
  if (filter->takes_all || !is_plain(text, size))
    return true;
  for (size_t i = 0; i < filter->kinds.count; i++)
    if (contains(text, size, filter->kinds.items[i]))
      return true;
  return filter->vendor && *filter->vendor && contains_vendor(text, size, filter->vendor);
}
