/* SPDX-License-Identifier: Apache-2.0 */
/* Own reader: glibc's fgetpwent() wants a FILE and static memory, and rejects long lines by
 * stopping. */
#include "image/user.h"

#include <inttypes.h>
#include <string.h>

#include "util/ids.h"
#include "util/list.h"
#include "util/text.h"

enum {
  MAX_FIELDS = 7,
  MOST_NAMES = 10000 /* looked through for one that is near */
};

/* *text is "" if the rootfs has no such file. A copy that may be cut to pieces. */
static int read_table(struct arena *arena, const struct host *rootfs, const char *path, char **text,
                      struct davit_error *err) {
  CLEANUP(error) struct davit_error missing = {0};
  const char *data;
  int answer = host_read_file(rootfs, arena, path, &data, NULL, &missing);
  if (answer == DAVIT_E_NOT_FOUND)
    data = "";
  else if (answer < 0) {
    error_take(err, &missing);
    return answer;
  }
  *text = arena_strdup(arena, data);
  return *text ? DAVIT_OK : error_memory(err);
}

/* Cuts the line at its colons. */
static size_t split_fields(char *line, char **fields) {
  size_t count = 0;
  while (count < MAX_FIELDS && line)
    fields[count++] = strsep(&line, ":");
  return count;
}

/* Is the name in the comma-separated list? */
static bool lists_name(char *members, const char *name) {
  for (char *member; (member = strsep(&members, ","));)
    if (strcmp(member, name) == 0)
      return true;
  return false;
}

static int find_groups(struct arena *arena, const struct host *rootfs, const char *name,
                       struct image_user *user, struct davit_error *err) {
  char *lines;
  int answer = read_table(arena, rootfs, "/etc/group", &lines, err);
  if (answer < 0)
    return answer;
  size_t most = 1;
  for (const char *c = lines; *c; c++)
    most += *c == '\n';
  uint32_t *groups = arena_array(arena, most, sizeof(*groups));
  if (!groups)
    return error_memory(err);

  size_t count = 0;
  for (char *line; (line = strsep(&lines, "\n"));) {
    char *fields[MAX_FIELDS];
    if (split_fields(line, fields) >= 4 && lists_name(fields[3], name) &&
        text_to_u32(fields[2], 10, &groups[count]))
      count++;
  }
  user->groups = groups;
  user->group_count = count;
  return DAVIT_OK;
}

/* The first entry of /etc/passwd with that name, or with that uid if `name` is NULL. */
static int find_entry(struct arena *arena, const struct host *rootfs, const char *name,
                      uint32_t uid, struct image_user *user, struct davit_error *err) {
  char *lines;
  int answer = read_table(arena, rootfs, "/etc/passwd", &lines, err);
  if (answer < 0)
    return answer;
  for (char *line; (line = strsep(&lines, "\n"));) {
    char *fields[MAX_FIELDS];
    struct image_user entry = {.known = true};
    if (split_fields(line, fields) < MAX_FIELDS || !text_to_u32(fields[2], 10, &entry.uid) ||
        !text_to_u32(fields[3], 10, &entry.gid) ||
        (name ? strcmp(fields[0], name) != 0 : entry.uid != uid))
      continue;
    entry.home = fields[5][0] == '/' ? fields[5] : NULL;
    answer = find_groups(arena, rootfs, fields[0], &entry, err);
    if (answer == DAVIT_OK)
      *user = entry;
    return answer;
  }
  *user = (struct image_user){.uid = uid};
  return DAVIT_OK;
}

int image_find_user(struct arena *arena, const struct host *rootfs, uint32_t uid,
                    struct image_user *user, struct davit_error *err) {
  return find_entry(arena, rootfs, NULL, uid, user, err);
}

/* The names of a table whose entries have at least `least` fields, for the hint of an error. */
static int list_names(struct arena *arena, const struct host *rootfs, const char *path,
                      size_t least, struct list *names, struct davit_error *err) {
  char *lines;
  int answer = read_table(arena, rootfs, path, &lines, err);
  for (char *line;
       answer == DAVIT_OK && names->count < MOST_NAMES && (line = strsep(&lines, "\n"));) {
    char *fields[MAX_FIELDS];
    uint32_t id;
    if (split_fields(line, fields) >= least && text_to_u32(fields[2], 10, &id) &&
        !list_push(arena, names, fields[0]))
      answer = error_memory(err);
  }
  return answer;
}

/* `kind` is "user" or "group". */
static int refuse_name(struct arena *arena, const struct host *rootfs, const char *kind,
                       const char *name, const struct where *at, struct davit_error *err) {
  bool is_user = strcmp(kind, "user") == 0;
  const char *path = is_user ? "/etc/passwd" : "/etc/group";
  if (!rootfs)
    return error_add_at(err, DAVIT_E_NOT_FOUND, "process.user", at,
                        "give --rootfs DIR, or a number instead of the name",
                        "the %s \"%s\" cannot be looked up without a root file system", kind, name);
  struct list names = {0};
  int answer = list_names(arena, rootfs, path, is_user ? MAX_FIELDS : 3, &names, err);
  if (answer < 0)
    return answer;
  const char *nearest = text_nearest(name, list_strings(&names));
  const char *hint =
      nearest ? arena_printf(arena, "did you mean %s?", nearest)
      : names.count > 0
          ? arena_printf(arena, "there are: %s", strings_join(arena, list_strings(&names), 20))
          : arena_printf(arena, "the root file system has no entries in %s", path);
  return error_add_at(err, DAVIT_E_NOT_FOUND, "process.user", at, hint,
                      "the root file system has no %s \"%s\"", kind, name);
}

/* A name may have anything that does not end a
 * field of the tables. */
static int check_id(const char *kind, const char *text, const struct where *at, bool *is_number,
                    uint32_t *number, struct davit_error *err) {
  *is_number = text[0] && text[strspn(text, "0123456789")] == '\0';
  if (*is_number ? text_to_u32(text, 10, number) && *number <= HIGHEST_ID
                 : text[0] && !strpbrk(text, ":\n"))
    return DAVIT_OK;
  return error_add_at(err, DAVIT_E_INVALID, "process.user", at,
                      "USER or USER:GROUP, each a name or a number up to " HIGHEST_ID_TEXT,
                      "\"%s\" is not a %s", text, kind);
}

/* The first entry of /etc/group with that name. */
static int find_group(struct arena *arena, const struct host *rootfs, const char *name, bool *found,
                      uint32_t *gid, struct davit_error *err) {
  char *lines;
  int answer = read_table(arena, rootfs, "/etc/group", &lines, err);
  *found = false;
  for (char *line; answer == DAVIT_OK && !*found && (line = strsep(&lines, "\n"));) {
    char *fields[MAX_FIELDS];
    *found = split_fields(line, fields) >= 3 && strcmp(fields[0], name) == 0 &&
             text_to_u32(fields[2], 10, gid);
  }
  return answer;
}

/* Of the tables: a number as user or group is checked before. */
static int check_range(const char *kind, const char *name, uint32_t id, const struct where *at,
                       struct davit_error *err) {
  if (id <= HIGHEST_ID)
    return DAVIT_OK;
  return error_add_at(err, DAVIT_E_INVALID, "process.user", at,
                      "runtimes take ids up to " HIGHEST_ID_TEXT, "the %s of \"%s\" is %" PRIu32,
                      kind, name, id);
}

int image_resolve_group(struct arena *arena, const struct host *rootfs, const char *text,
                        const struct where *at, uint32_t *gid, struct davit_error *err) {
  bool found;
  uint32_t id = 0;
  int answer = check_id("group", text, at, &found, &id, err);
  if (answer == DAVIT_OK && !found && rootfs)
    answer = find_group(arena, rootfs, text, &found, &id, err);
  if (answer == DAVIT_OK && !found)
    answer = refuse_name(arena, rootfs, "group", text, at, err);
  if (answer == DAVIT_OK)
    answer = check_range("gid", text, id, at, err);
  if (answer == DAVIT_OK)
    *gid = id;
  return answer;
}

int image_resolve_user(struct arena *arena, const struct host *rootfs, const char *text,
                       const struct where *at, struct image_user *user, struct davit_error *err) {
  char *group = arena_strdup(arena, text);
  if (!group)
    return error_memory(err);
  const char *name = strsep(&group, ":");
  bool is_number;
  struct image_user found = {0};
  int answer = check_id("user", name, at, &is_number, &found.uid, err);
  if (answer == DAVIT_OK && rootfs)
    answer = find_entry(arena, rootfs, is_number ? NULL : name, found.uid, &found, err);
  if (answer == DAVIT_OK && !is_number && !found.known)
    answer = refuse_name(arena, rootfs, "user", name, at, err);
  if (answer == DAVIT_OK && group) {
    answer = image_resolve_group(arena, rootfs, group, at, &found.gid, err);
    found.groups = NULL;
    found.group_count = 0;
  }
  if (answer == DAVIT_OK)
    answer = check_range("uid", name, found.uid, at, err);
  if (answer == DAVIT_OK)
    answer = check_range("gid", name, found.gid, at, err);
  for (size_t i = 0; answer == DAVIT_OK && i < found.group_count; i++)
    answer = check_range("additional gid", name, found.groups[i], at, err);
  if (answer == DAVIT_OK)
    *user = found;
  return answer;
}
