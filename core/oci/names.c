/* SPDX-License-Identifier: Apache-2.0 */
/* The names by which entries are found again. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "oci/document.h"
#include "oci/json_out.h"
#include "util/cleanup.h"
#include "util/text.h"

/* In quotes where it would read as another path: the empty key of the root as the root itself. */
const char *plain_name(struct arena *arena, const char *parent, const char *key) {
  const char *dot = *parent ? "." : "";
  const char *quote = !*key || strchr(key, '.') ? "\"" : "";
  return arena_printf(arena, "%s%s%s%s%s", parent, dot, quote, key, quote);
}

const char *env_name(struct arena *arena, const char *entry) {
  return arena_strndup(arena, entry, strcspn(entry, "="));
}

const char *id_name(struct arena *arena, uint32_t id) {
  return arena_printf(arena, "%" PRIu32, id);
}

/* Lexically, as runtimes do before they join it to the root: it is always seen from "/", without
 * empty and "." components, ".." takes one away. */
const char *mount_name(struct arena *arena, const char *destination) {
  if (path_is_clean(destination))
    return destination;
  size_t size = strlen(destination);
  char *name = arena_alloc(arena, size + 2);
  if (!name)
    return NULL;
  size_t used = 0;
  for (const char *at = destination; *at;) {
    at += strspn(at, "/");
    size_t length = strcspn(at, "/");
    if (length == 2 && memcmp(at, "..", 2) == 0) {
      while (used > 0 && name[--used] != '/')
        ;
    } else if (length > 0 && !(length == 1 && *at == '.')) {
      name[used++] = '/';
      memcpy(name + used, at, length);
      used += length;
    }
    at += length;
  }
  if (used == 0)
    name[used++] = '/';
  name[used] = '\0';
  return name;
}

const char *hook_name(struct arena *arena, const char *list, const cJSON *hook) {
  CLEANUP(free) char *text = NULL;
  size_t size;
  if (!json_print(hook, JSON_COMPACT, &text, &size))
    return NULL;
  return arena_printf(arena, "%s %s", list, text);
}

const char *rule_name(struct arena *arena, size_t position) {
  return arena_printf(arena, "%zu", position);
}
