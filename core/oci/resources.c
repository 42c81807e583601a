/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of the container's cgroup. */
#include <string.h>

#include "oci/document.h"

int oci_set_cpu_quota(struct oci *oci, int64_t quota, uint64_t period,
                      const struct oci_source *source, struct davit_error *err) {
  int answer = document_set(oci, "linux.resources.cpu", "quota", json_int(quota), source, err);
  if (answer != DAVIT_OK)
    return answer;
  return document_set(oci, "linux.resources.cpu", "period", json_uint(period), source, err);
}

int oci_set_memory_limit(struct oci *oci, int64_t bytes, const struct oci_source *source,
                         struct davit_error *err) {
  return document_set(oci, "linux.resources.memory", "limit", json_int(bytes), source, err);
}

static int set_memory(struct oci *oci, const char *key, cJSON *value,
                      const struct oci_source *source, struct davit_error *err) {
  return document_set(oci, "linux.resources.memory", key, value, source, err);
}

int oci_set_memory_reservation(struct oci *oci, int64_t bytes, const struct oci_source *source,
                               struct davit_error *err) {
  return set_memory(oci, "reservation", json_int(bytes), source, err);
}

int oci_set_memory_swap(struct oci *oci, int64_t bytes, const struct oci_source *source,
                        struct davit_error *err) {
  return set_memory(oci, "swap", json_int(bytes), source, err);
}

int oci_set_memory_swappiness(struct oci *oci, uint64_t percent, const struct oci_source *source,
                              struct davit_error *err) {
  return set_memory(oci, "swappiness", json_uint(percent), source, err);
}

int oci_set_oom_killer_disabled(struct oci *oci, bool value, const struct oci_source *source,
                                struct davit_error *err) {
  return set_memory(oci, "disableOOMKiller", cJSON_CreateBool(value), source, err);
}

int oci_set_cpu_shares(struct oci *oci, uint64_t shares, const struct oci_source *source,
                       struct davit_error *err) {
  return document_set(oci, "linux.resources.cpu", "shares", json_uint(shares), source, err);
}

int oci_set_cpus(struct oci *oci, const char *cpus, const struct oci_source *source,
                 struct davit_error *err) {
  return document_set(oci, "linux.resources.cpu", "cpus", cJSON_CreateString(cpus), source, err);
}

int oci_set_pids_limit(struct oci *oci, int64_t limit, const struct oci_source *source,
                       struct davit_error *err) {
  return document_set(oci, "linux.resources.pids", "limit", json_int(limit), source, err);
}

int oci_set_block_io_weight(struct oci *oci, uint64_t weight, const struct oci_source *source,
                            struct davit_error *err) {
  return document_set(oci, "linux.resources.blockIO", "weight", json_uint(weight), source, err);
}

/* Where a value has a line with the same first word as `line`, and that line's size; NULL: nowhere.
 */
static const char *find_line(const char *value, const char *line, size_t *size) {
  size_t word = strcspn(line, " \t\n");
  for (const char *at = value; *at; at += strspn(at, "\n")) {
    *size = strcspn(at, "\n");
    if (strcspn(at, " \t\n") == word && memcmp(at, line, word) == 0)
      return at;
    at += *size;
  }
  return NULL;
}

static int set_file(struct oci *oci, const char *file, const char *value,
                    const struct oci_source *source, struct davit_error *err) {
  return document_put_member(oci, "linux.resources.unified", PLACE_UNIFIED, file,
                             cJSON_CreateString(value), source, err);
}

/* All lines of a file are one entry: one more line is one more source. */
static int add_line_to(struct oci *oci, struct record *record, const char *line,
                       const struct oci_source *source, struct davit_error *err) {
  CLEANUP(arena) struct arena scratch = {0};
  const char *now = record->item->valuestring;
  const char *value = *now ? arena_printf(&scratch, "%s\n%s", now, line) : line;
  if (!value || !cJSON_SetValuestring(record->item, value))
    return error_memory(err);
  return record_ask(oci, record, source, err);
}

int oci_set_unified(struct oci *oci, const char *file, const char *value, bool add_line,
                    const struct oci_source *source, struct davit_error *err) {
  struct record *record = record_find(oci, PLACE_UNIFIED, file);
  if (!add_line || !record)
    return set_file(oci, file, value, source, err);
  const char *now = record->item->valuestring;
  size_t size;
  const char *there = find_line(now, value, &size);
  if (!there)
    return add_line_to(oci, record, value, source, err);
  CLEANUP(arena) struct arena scratch = {0};
  const char *before = arena_strndup(&scratch, now, (size_t)(there - now));
  const char *all = before ? arena_printf(&scratch, "%s%s%s", before, value, there + size) : NULL;
  return all ? set_file(oci, file, all, source, err) : error_memory(err);
}
