/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/names.h"

#include <string.h>

#include "util/attributes.h"
#include "util/text.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

static const char *const versions[] = {"0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0",
                                       "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0"};

const char *const hook_names[] = {
    "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
    NULL};

enum cdi_version version_parse(const char *text) {
  if (*text == 'v')
    text++;
  for (size_t i = 0; i < ARRAY_LEN(versions); i++)
    if (strcmp(text, versions[i]) == 0)
      return (enum cdi_version)i;
  return CDI_NO_VERSION;
}

const char *version_text(enum cdi_version version) {
  return version < CDI_NO_VERSION ? versions[version] : "";
}

static bool is_in(char c, const char *set) {
  return c && strchr(set, c);
}

static bool is_word(const char *text, size_t size, const char *first, const char *middle) {
  if (size == 0 || !is_in(text[0], first) || !is_in(text[size - 1], LETTERS DIGITS))
    return false;
  for (size_t i = 0; i < size; i++)
    if (!is_in(text[i], middle))
      return false;
  return true;
}

bool name_split(const char *text, struct name_parts *parts) {
  size_t kind = strcspn(text, "=");
  parts->vendor = strcspn(text, "/");
  if (text[kind] == '\0' || parts->vendor >= kind)
    return false;
  parts->class = kind - parts->vendor - 1;
  parts->name = text + kind + 1;
  return parts->vendor > 0 && parts->class > 0 && *parts->name;
}

/* Of the first `size` bytes. */
static const char *find_kind_problem(const char *kind, size_t size) {
  static const char middle[] = LETTERS DIGITS "_-.";
  size_t vendor = strcspn(kind, "/");
  if (vendor >= size)
    return "it has no \"/\"";
  if (!is_word(kind, vendor, LETTERS, middle))
    return "the vendor must begin with a letter, end with a letter or digit, and hold nothing but "
           "letters, digits, \"_\", \"-\" and \".\"";
  if (!is_word(kind + vendor + 1, size - vendor - 1, LETTERS, middle))
    return "the class must begin with a letter, end with a letter or digit, and hold nothing but "
           "letters, digits, \"_\", \"-\" and \".\"";
  return NULL;
}

const char *kind_problem(const char *kind) {
  return find_kind_problem(kind, strlen(kind));
}

const char *name_problem(const char *text) {
  struct name_parts parts;
  if (!name_split(text, &parts))
    return "it is not VENDOR/CLASS=NAME";
  const char *problem = find_kind_problem(text, parts.vendor + 1 + parts.class);
  return problem ? problem : device_name_problem(parts.name);
}

const char *device_name_problem(const char *name) {
  if (is_word(name, strlen(name), LETTERS DIGITS, LETTERS DIGITS "_-.:"))
    return NULL;
  return "it must begin and end with a letter or digit, and hold nothing but letters, digits, "
         "\"_\", \"-\", \".\" and \":\"";
}

bool name_is_uuid(const char *name) {
  if (!text_starts(name, "GPU-") && !text_starts(name, "MIG-"))
    return false;
  size_t digits = 0;
  for (name += 4; *name; name++) {
    if (is_in(*name, DIGITS "abcdefABCDEF"))
      digits++;
    else if (*name != '-')
      return false;
  }
  return digits == 32;
}

bool permissions_are_known(const char *text) {
  return strcmp(text, "none") == 0 || text[strspn(text, "rwm")] == '\0';
}

const char *permissions_access(const char *text, char access[4]) {
  size_t size = 0;
  if (strcmp(text, "none") != 0)
    for (const char *letter = "rwm"; *letter; letter++)
      if (*text == '\0' || strchr(text, *letter))
        access[size++] = *letter;
  access[size] = '\0';
  return access;
}
