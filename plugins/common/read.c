/* SPDX-License-Identifier: Apache-2.0 */
#include "common/read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char BLANKS[] = " \t\r\n";

bool number_parse(const char *text, int base, uint64_t max, uint64_t *value) {
  static const char digits[] = "0123456789abcdefABCDEF";
  /* strtoull would take blanks, signs and a prefix */
  size_t length = strlen(text);
  if (length == 0 || strspn(text, digits) != length)
    return false;
  char *end;
  errno = 0;
  unsigned long long number = strtoull(text, &end, base);
  if (errno != 0 || *end || number > max)
    return false;
  *value = number;
  return true;
}

bool name_number(const char *name, const char *prefix, uint64_t max, uint64_t *number) {
  size_t length = strlen(prefix);
  if (strncmp(name, prefix, length) != 0)
    return false;
  const char *digits = name + length;
  return (digits[0] != '0' || !digits[1]) && number_parse(digits, 10, max, number);
}

bool path_is_plain(const char *path) {
  while (*path == '/') {
    path++;
    size_t length = strcspn(path, "/");
    if (length == 0 || (length == 1 && path[0] == '.') ||
        (length == 2 && path[0] == '.' && path[1] == '.'))
      return false;
    path += length;
    if (*path == '\0')
      return true;
  }
  return false;
}

/* Only a lack of memory is a failure of reading; see read.h. */
static int absent_unless_memory(int answer) {
  return answer == DAVIT_E_MEMORY ? DAVIT_E_MEMORY : DAVIT_OK;
}

static int copy_trimmed(const struct davit_host *h, const char *start, size_t length,
                        const char **copy) {
  while (length > 0 && strchr(BLANKS, start[0])) {
    start++;
    length--;
  }
  while (length > 0 && strchr(BLANKS, start[length - 1]))
    length--;
  char *text = h->scratch(h, length + 1);
  if (!text)
    return DAVIT_E_MEMORY;
  memcpy(text, start, length);
  *copy = text;
  return DAVIT_OK;
}

int read_text(const struct davit_host *h, const char *path, const char **text) {
  const char *data;
  int rc = h->files->read_file(h->files, path, &data, NULL);
  *text = rc < 0 ? NULL : data;
  return absent_unless_memory(rc);
}

int read_attribute(const struct davit_host *h, const char *dir, const char *name,
                   const char **text) {
  const char *path = h->format(h, "%s/%s", dir, name);
  const char *data;
  int rc = path ? read_text(h, path, &data) : DAVIT_E_MEMORY;
  if (rc < 0)
    return rc;
  *text = NULL;
  return data ? copy_trimmed(h, data, strcspn(data, "\n"), text) : DAVIT_OK;
}

int read_number(const struct davit_host *h, const char *dir, const char *name, int base,
                uint64_t absent, uint64_t *value) {
  const char *text;
  int rc = read_attribute(h, dir, name, &text);
  if (rc < 0)
    return rc;
  if (text && base == 16 && strncmp(text, "0x", 2) == 0)
    text += 2;
  if (!text || !number_parse(text, base, UINT64_MAX, value))
    *value = absent;
  return DAVIT_OK;
}

int read_link_name(const struct davit_host *h, const char *dir, const char *name,
                   const char **target) {
  const char *path = h->format(h, "%s/%s", dir, name);
  if (!path)
    return DAVIT_E_MEMORY;
  const char *link;
  int rc = h->files->read_link(h->files, path, &link);
  *target = NULL;
  if (rc < 0)
    return absent_unless_memory(rc);
  const char *slash = strrchr(link, '/');
  *target = slash ? slash + 1 : link;
  return DAVIT_OK;
}

int read_dir(const struct davit_host *h, const char *dir, const char *const **names) {
  static const char *const none[] = {NULL};
  int rc = h->files->list_dir(h->files, dir, names);
  if (rc == DAVIT_E_NOT_FOUND) {
    *names = none;
    return DAVIT_OK;
  }
  return rc;
}

int text_field(const struct davit_host *h, const char *text, const char *key, char separator,
               const char **value) {
  size_t length = strlen(key);
  *value = NULL;
  while (*text) {
    size_t line = strcspn(text, "\n");
    if (line > length && strncmp(text, key, length) == 0 && text[length] == separator)
      return copy_trimmed(h, text + length + 1, line - length - 1, value);
    text += line + (text[line] == '\n');
  }
  return DAVIT_OK;
}

int path_type(const struct davit_host *h, const char *path, uint32_t *type) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  int rc = h->files->stat_path(h->files, path, 0, &st);
  *type = rc < 0 ? DAVIT_FILE_OTHER : st.type;
  return absent_unless_memory(rc);
}
