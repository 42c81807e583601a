/* SPDX-License-Identifier: Apache-2.0 */
/* Own reader: glibc's fgetpwent() wants a FILE and static memory, and rejects long lines by
 * stopping. */
#include "image/user.h"

#include <string.h>

#include "util/text.h"

enum {
  MAX_FIELDS = 7
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

int image_find_user(struct arena *arena, const struct host *rootfs, uint32_t uid,
                    struct image_user *user, struct davit_error *err) {
  struct image_user found = {0};
  char *lines;
  int answer = read_table(arena, rootfs, "/etc/passwd", &lines, err);
  if (answer < 0)
    return answer;
  for (char *line; !found.known && (line = strsep(&lines, "\n"));) {
    char *fields[MAX_FIELDS];
    uint32_t entry_uid;
    if (split_fields(line, fields) < MAX_FIELDS || !text_to_u32(fields[2], 10, &entry_uid) ||
        entry_uid != uid || !text_to_u32(fields[3], 10, &found.gid))
      continue;
    found.known = true;
    found.home = fields[5][0] == '/' ? fields[5] : NULL;
    answer = find_groups(arena, rootfs, fields[0], &found, err);
  }
  if (answer == DAVIT_OK)
    *user = found;
  return answer;
}
