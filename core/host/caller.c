/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs davit. */
#include "host/caller.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/list.h"
#include "util/text.h"

enum {
  MOST_NAME_BYTES = 1024 * 1024 /* of what getpwuid_r() needs for an entry */
};

bool host_caller_has_group(const struct host_caller *caller, uint32_t gid) {
  bool found = caller->gid == gid;
  for (size_t i = 0; i < caller->group_count && !found; i++)
    found = caller->groups[i] == gid;
  return found;
}

/* ---- the machine itself --------------------------------------------------------------------- */

/* Through libc: a user may be a directory service's. */
static int find_name(struct arena *arena, uint32_t uid, const char **name,
                     struct davit_error *err) {
  CLEANUP(arena) struct arena scratch = {0};
  struct passwd entry, *found = NULL;
  for (size_t size = 4096; size <= MOST_NAME_BYTES; size *= 4) {
    char *buffer = arena_alloc(&scratch, size);
    if (!buffer)
      return error_memory(err);
    if (getpwuid_r(uid, &entry, buffer, size, &found) != ERANGE)
      break;
  }
  *name = found ? arena_strdup(arena, found->pw_name) : NULL;
  return found && !*name ? error_memory(err) : DAVIT_OK;
}

static int find_groups(struct arena *arena, struct host_caller *caller, struct davit_error *err) {
  _Static_assert(sizeof(gid_t) == sizeof(uint32_t), "ids have 32 bits");
  int count = getgroups(0, NULL);
  uint32_t *groups = arena_array(arena, count > 0 ? (size_t)count : 1, sizeof(*groups));
  if (!groups)
    return error_memory(err);
  count = count > 0 ? getgroups(count, groups) : 0;
  caller->groups = groups;
  caller->group_count = count > 0 ? (size_t)count : 0;
  return DAVIT_OK;
}

static int ask_kernel(struct arena *arena, struct host_caller *caller, struct davit_error *err) {
  caller->uid = geteuid();
  caller->gid = getegid();
  int answer = find_groups(arena, caller, err);
  return answer < 0 ? answer : find_name(arena, caller->uid, &caller->name, err);
}

/* ---- a fixture ------------------------------------------------------------------------------ */

/* *text is a copy that may be cut to pieces, "" if there is no such file. */
static int read_text(const struct host *host, struct arena *arena, const char *path, char **text,
                     struct davit_error *err) {
  CLEANUP(error) struct davit_error missing = {0};
  const char *data = "";
  int answer = host_read_file(host, arena, path, &data, NULL, &missing);
  if (answer < 0 && answer != DAVIT_E_NOT_FOUND) {
    error_take(err, &missing);
    return answer;
  }
  *text = arena_strdup(arena, answer < 0 ? "" : data);
  return *text ? DAVIT_OK : error_memory(err);
}

/* "Uid:", "Gid:": real, effective, saved and that for files. */
static bool effective_id(char *ids, uint32_t *id) {
  strsep(&ids, " \t");
  char *effective = strsep(&ids, " \t");
  return effective && text_to_u32(effective, 10, id);
}

static int read_groups(struct arena *arena, char *words, struct host_caller *caller,
                       struct davit_error *err) {
  size_t most = strlen(words) / 2 + 1;
  uint32_t *groups = arena_array(arena, most, sizeof(*groups));
  if (!groups)
    return error_memory(err);
  size_t count = 0;
  for (char *word; (word = strsep(&words, " \t"));)
    if (text_to_u32(word, 10, &groups[count]))
      count++;
  caller->groups = groups;
  caller->group_count = count;
  return DAVIT_OK;
}

static int read_status(struct arena *arena, char *lines, struct host_caller *caller,
                       struct davit_error *err) {
  int answer = DAVIT_OK;
  for (char *line; answer == DAVIT_OK && (line = strsep(&lines, "\n"));) {
    char *value = line;
    const char *label = strsep(&value, "\t");
    if (!value)
      continue;
    if (strcmp(label, "Uid:") == 0)
      effective_id(value, &caller->uid);
    else if (strcmp(label, "Gid:") == 0)
      effective_id(value, &caller->gid);
    else if (strcmp(label, "Groups:") == 0)
      answer = read_groups(arena, value, caller, err);
  }
  return answer;
}

static int ask_fixture(const struct host *host, struct arena *arena, struct host_caller *caller,
                       struct davit_error *err) {
  char *lines;
  caller->uid = geteuid();
  caller->gid = getegid();
  int answer = read_text(host, arena, "/proc/self/status", &lines, err);
  if (answer == DAVIT_OK)
    answer = read_status(arena, lines, caller, err);
  if (answer == DAVIT_OK)
    answer = read_text(host, arena, "/etc/passwd", &lines, err);
  if (answer < 0)
    return answer;
  for (char *line; !caller->name && (line = strsep(&lines, "\n"));) {
    char *rest = line;
    const char *name = strsep(&rest, ":");
    strsep(&rest, ":");
    const char *uid = strsep(&rest, ":");
    uint32_t number;
    if (uid && text_to_u32(uid, 10, &number) && number == caller->uid)
      caller->name = name;
  }
  return DAVIT_OK;
}

int host_find_caller(const struct host *host, struct arena *arena, struct host_caller *caller,
                     struct davit_error *err) {
  struct host_caller found = {0};
  int answer = host_is_fixture(host) ? ask_fixture(host, arena, &found, err)
                                     : ask_kernel(arena, &found, err);
  if (answer == DAVIT_OK)
    *caller = found;
  return answer;
}
