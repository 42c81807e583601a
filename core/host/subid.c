/* SPDX-License-Identifier: Apache-2.0 */
/* Subordinate ids: /etc/subuid and /etc/subgid as getsubids(1) reads them. */
#include <inttypes.h>
#include <string.h>

#include "host/libsubid.h"
#include "util/cleanup.h"
#include "util/list.h"
#include "util/text.h"

enum {
  MOST_RANGES = 339 /* a map has 340 lines (user_namespaces(7)), and one is the caller's own id */
};

struct reader {
  struct arena *arena;
  const struct log *log;
  const char *file;
  const char *name; /* of the user; NULL: only the number */
  uint32_t uid;
  struct list found; /* struct host_id_range * */
};

/* ---- the file ------------------------------------------------------------------------------- */

static int take_line(struct reader *reader, char *line, uint32_t number, struct davit_error *err) {
  if (line[0] == '\0' || line[0] == '#')
    return DAVIT_OK;
  char *rest = line;
  const char *owner = strsep(&rest, ":");
  const char *first = strsep(&rest, ":");
  const char *size = strsep(&rest, ":");
  uint32_t start, count, uid;
  if (!size || rest || !owner[0] || !text_to_u32(first, 10, &start) ||
      !text_to_u32(size, 10, &count) || count == 0) {
    const struct where at = {.file = reader->file, .line = number};
    log_at(reader->log, LOG_LEVEL_WARNING, "rootless.subid-line", &at, "USER:START:COUNT",
           "the line is passed over: it is no range of ids");
    return DAVIT_OK;
  }
  bool by_name = reader->name && strcmp(owner, reader->name) == 0;
  if (!by_name && !(text_to_u32(owner, 10, &uid) && uid == reader->uid))
    return DAVIT_OK;
  struct host_id_range *range = arena_alloc(reader->arena, sizeof(*range));
  if (!range || !list_push(reader->arena, &reader->found, range))
    return error_memory(err);
  *range = (struct host_id_range){start, count, reader->file, number};
  return DAVIT_OK;
}

static int read_ranges(const struct host *host, struct reader *reader,
                       struct host_id_ranges *ranges, struct davit_error *err) {
  CLEANUP(error) struct davit_error missing = {0};
  const char *data;
  int answer = host_read_file(host, reader->arena, reader->file, &data, NULL, &missing);
  if (answer == DAVIT_E_NOT_FOUND) {
    *ranges = (struct host_id_ranges){0};
    return DAVIT_OK;
  }
  if (answer < 0) {
    error_take(err, &missing);
    return answer;
  }
  char *lines = arena_strdup(reader->arena, data);
  if (!lines)
    return error_memory(err);
  uint32_t number = 0;
  for (char *line; answer == DAVIT_OK && (line = strsep(&lines, "\n"));)
    answer = take_line(reader, line, ++number, err);

  struct host_id_range *all = arena_array(reader->arena, reader->found.count, sizeof(*all));
  if (answer == DAVIT_OK && !all)
    answer = error_memory(err);
  if (answer < 0)
    return answer;
  for (size_t i = 0; i < reader->found.count; i++)
    all[i] = *(const struct host_id_range *)reader->found.items[i];
  *ranges = (struct host_id_ranges){all, reader->found.count};
  return DAVIT_OK;
}

/* ---- what the kernel would refuse ----------------------------------------------------------- */

static int refuse(const struct host_id_range *range, enum host_subids kind, const char *why,
                  struct davit_error *err) {
  const struct where at = {.file = range->file, .line = range->line};
  return error_add_at(err, DAVIT_E_INVALID, "rootless.subids", &at,
                      "give the user ranges of his own, see subuid(5)",
                      "the %" PRIu32 " %s from %" PRIu32 " on %s", range->count,
                      kind == HOST_SUBUIDS ? "uids" : "gids", range->start, why);
}

static bool overlaps(const struct host_id_range *range, uint32_t start, uint32_t count) {
  return range->start <= start ? start - range->start < range->count : range->start - start < count;
}

static int check_ranges(const struct host_id_ranges *ranges, enum host_subids kind, uint32_t own,
                        struct davit_error *err) {
  uint32_t total = 1;
  if (ranges->count > MOST_RANGES)
    return refuse(&ranges->ranges[MOST_RANGES], kind, "are one range too many: a map has 340 lines",
                  err);
  for (size_t i = 0; i < ranges->count; i++) {
    const struct host_id_range *range = &ranges->ranges[i];
    if (range->count > UINT32_MAX - range->start)
      return refuse(range, kind, "end above 4294967295", err);
    if (__builtin_add_overflow(total, range->count, &total))
      return refuse(range, kind, "are, with those before them, more than there are ids", err);
    if (overlaps(range, own, 1))
      return refuse(range, kind, "overlap the user's own id", err);
    for (size_t j = 0; j < i; j++)
      if (overlaps(&ranges->ranges[j], range->start, range->count))
        return refuse(range, kind, "overlap another range of the user's", err);
  }
  return DAVIT_OK;
}

int host_find_subids(const struct host *host, struct arena *arena, const struct log *log,
                     enum host_subids kind, const struct host_caller *caller,
                     struct host_id_ranges *ranges, struct davit_error *err) {
  struct reader reader = {.arena = arena,
                          .log = log,
                          .file = kind == HOST_SUBUIDS ? "/etc/subuid" : "/etc/subgid",
                          .name = caller->name,
                          .uid = caller->uid};
  struct host_id_ranges found = {0};
  bool asked = false;
  int answer = DAVIT_OK;
  if (!host_is_fixture(host)) {
    const char *user = caller->name ? caller->name : arena_printf(arena, "%" PRIu32, caller->uid);
    answer = user ? libsubid_find(arena, kind, user, &asked, &found, err) : error_memory(err);
  }
  if (answer == DAVIT_OK && !asked)
    answer = read_ranges(host, &reader, &found, err);
  if (answer == DAVIT_OK)
    answer = check_ranges(&found, kind, kind == HOST_SUBUIDS ? caller->uid : caller->gid, err);
  if (answer == DAVIT_OK)
    *ranges = found;
  return answer;
}
