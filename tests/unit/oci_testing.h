/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the OCI document share: sources, and checks on its text and its entries. */
#ifndef DAVIT_TESTS_OCI_TESTING_H
#define DAVIT_TESTS_OCI_TESTING_H

#include "testing.h"

#include "oci/oci.h"
#include "util/arena.h"
#include "util/cleanup.h"

static const struct oci_source by_default = {.kind = OCI_FROM_DEFAULT};
UNUSED static const struct oci_source by_service = {
    .kind = OCI_FROM_SERVICE, .file = "a.yaml", .line = 7, .key = "services.a"};
UNUSED static const struct oci_source by_option = {.kind = OCI_FROM_COMMAND, .key = "--option"};
UNUSED static const struct oci_source by_plugin = {
    .kind = OCI_FROM_PLUGIN, .plugin = "acme", .device = "0"};

/* A document from text; the test fails if it is refused. */
static inline struct oci *parsed(const char *text) {
  CLEANUP(error) struct davit_error err = {0};
  struct oci *oci = NULL;
  ck_assert_ok(oci_parse("config.json", text, strlen(text), &oci, &err), &err);
  return oci;
}

/* The text of tests/configs/NAME; the caller frees it. */
static inline char *config_text(const char *name) {
  char path[512];
  snprintf(path, sizeof(path), "%s/%s", TEST_CONFIGS, name);
  CLEANUP(file) FILE *file = fopen(path, "re");
  ck_assert_msg(file, "%s cannot be opened", path);
  char *text = NULL;
  size_t capacity = 0;
  ck_assert_int_gt(getdelim(&text, &capacity, '\0', file), 0);
  return text;
}

static inline struct oci *parsed_config(const char *name) {
  CLEANUP(free) char *text = config_text(name);
  return parsed(text);
}

/* The document's text; the caller frees it. */
static inline char *printed(const struct oci *oci) {
  CLEANUP(error) struct davit_error err = {0};
  char *text = NULL;
  size_t size = 0;
  ck_assert_ok(oci_print(oci, &text, &size, &err), &err);
  ck_assert_uint_eq(strlen(text), size);
  return text;
}

#define ck_assert_printed(oci, expected)      \
  do {                                        \
    CLEANUP(free) char *text_ = printed(oci); \
    ck_assert_str_eq(text_, expected);        \
  } while (0)

#define ck_assert_has(oci, part)                 \
  do {                                           \
    CLEANUP(free) char *printed_ = printed(oci); \
    ck_assert_contains(printed_, part);          \
  } while (0)

#define ck_assert_lacks(oci, part)                                                 \
  do {                                                                             \
    CLEANUP(free) char *printed_ = printed(oci);                                   \
    ck_assert_msg(!strstr(printed_, part), "\"%s\" is in \"%s\"", part, printed_); \
  } while (0)

/* The document's only entry with that path, NULL if there is none. */
static inline const struct oci_entry *entry_at(struct arena *arena, const struct oci *oci,
                                               const char *path) {
  CLEANUP(error) struct davit_error err = {0};
  const struct oci_entry *const *entries = NULL;
  const struct oci_entry *found = NULL;
  ck_assert_ok(oci_entries(oci, arena, &entries, &err), &err);
  for (; *entries; entries++) {
    if (strcmp((*entries)->path, path) != 0)
      continue;
    ck_assert_msg(!found, "two entries %s", path);
    found = *entries;
  }
  return found;
}

/* "VALUE <- SOURCE, SOURCE | VALUE <- SOURCE | ...": the entry, then what it replaced, the newest
 * first. */
static inline const char *history(struct arena *arena, const struct oci *oci, const char *path) {
  const struct oci_entry *entry = entry_at(arena, oci, path);
  if (!entry)
    return "(no entry)";
  const char *text = arena_printf(arena, "%s <-", entry->value ? entry->value : "(gone)");
  for (size_t i = 0; entry->sources[i]; i++)
    text = arena_printf(arena, "%s%s %s", text, i > 0 ? "," : "",
                        oci_source_text(arena, entry->sources[i]));
  for (size_t i = 0; entry->replaced[i]; i++)
    text = arena_printf(arena, "%s | %s <- %s", text, entry->replaced[i]->value,
                        oci_source_text(arena, entry->replaced[i]->source));
  return text;
}

#define ck_assert_history(oci, path, expected)                      \
  do {                                                              \
    CLEANUP(arena) struct arena history_arena = {0};                \
    ck_assert_str_eq(history(&history_arena, oci, path), expected); \
  } while (0)

/* Every entry has a source. */
static inline void check_sources(const struct oci *oci) {
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(arena) struct arena arena = {0};
  const struct oci_entry *const *entries = NULL;
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  ck_assert_ptr_nonnull(entries[0]);
  for (; *entries; entries++)
    ck_assert_msg((*entries)->sources[0], "%s has no source", (*entries)->path);
}

#endif
