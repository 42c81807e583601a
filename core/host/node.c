/* SPDX-License-Identifier: Apache-2.0 */
/* Device nodes of fixture hosts. */
#include "host/node.h"

#include <string.h>

#include "util/text.h"

enum { /* as the kernel's dev_t: 12 and 20 bits */
  MAX_MAJOR = 0xfff,
  MAX_MINOR = 0xfffff,
  MAX_MODE = 07777
};

static const uint32_t max_id = UINT32_MAX - 1; /* the last one means "none" to the kernel */

static bool read_number(char **rest, const char *end, int base, uint32_t max, uint32_t *value) {
  const char *field = strsep(rest, end);
  return field && text_to_u32(field, base, value) && *value <= max;
}

bool node_parse(const char *text, size_t size, struct davit_stat *st) {
  char line[NODE_MAX_TEXT + 1];
  if (size == 0 || size > NODE_MAX_TEXT || memchr(text, '\0', size))
    return false;
  if (text[size - 1] == '\n')
    size--;
  memcpy(line, text, size);
  line[size] = '\0';

  char *rest = line;
  const char *type = strsep(&rest, " ");
  bool is_char = strcmp(type, "c") == 0;
  if (!is_char && strcmp(type, "b") != 0)
    return false;
  uint32_t major = 0, minor = 0, mode = 0, uid = 0, gid = 0;
  if (!read_number(&rest, ":", 10, MAX_MAJOR, &major) ||
      !read_number(&rest, " ", 10, MAX_MINOR, &minor) ||
      !read_number(&rest, " ", 8, MAX_MODE, &mode))
    return false;
  if (rest && (!read_number(&rest, ":", 10, max_id, &uid) ||
               !read_number(&rest, " ", 10, max_id, &gid) || rest))
    return false;
  st->type = is_char ? DAVIT_FILE_CHAR : DAVIT_FILE_BLOCK;
  st->mode = mode;
  st->uid = uid;
  st->gid = gid;
  st->major = major;
  st->minor = minor;
  return true;
}
