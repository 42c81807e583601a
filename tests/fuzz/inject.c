/* SPDX-License-Identifier: Apache-2.0 */
/* What a config.json asks for itself: each name is one by the format's grammar, the document
 * without those of linux.devices asks for the rest and no more, and the line diff says how it
 * changed. */
#include "fuzz.h"

#include <string.h>

#include "api/session.h"
#include "cdi/requests.h"
#include "util/cleanup.h"
#include "util/diff.h"

static char *print(const struct oci *oci) {
  CLEANUP(error) struct davit_error err = {0};
  char *text = NULL;
  size_t size = 0;
  MUST_HOLD(oci_print(oci, &text, &size, &err) == DAVIT_OK);
  return text;
}

/* The number of names that stand in linux.devices. */
static size_t check_names(struct arena *arena, const struct list *names) {
  size_t devices = 0;
  for (size_t i = 0; i < names->count; i++) {
    const struct request_text *name = names->items[i];
    MUST_HOLD(!qualified_name_problem(arena, name->text));
    MUST_HOLD(name->at.line > 0 && name->at.key);
    devices += strncmp(name->at.key, "linux.", strlen("linux.")) == 0;
  }
  return devices;
}

static void check_rest(struct arena *arena, const char *text, size_t count) {
  CLEANUP(oci) struct oci *oci = NULL;
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_source source = {
      .file = "rest", .text = text, .size = strlen(text), .code = "config.invalid"};
  struct list names = {0};
  MUST_HOLD(oci_parse("rest", text, source.size, &oci, &err) == DAVIT_OK);
  MUST_HOLD(take_config_names(arena, &source, oci, &names, &err) == DAVIT_OK);
  MUST_HOLD(names.count == count);
  MUST_HOLD(check_names(arena, &names) == 0);
}

static void check_diff(struct arena *arena, const char *before, const char *after) {
  struct diff diff;
  MUST_HOLD(diff_lines(arena, before, after, &diff));
  MUST_HOLD((diff.change_count == 0) == (strcmp(before, after) == 0));
  size_t x = 0, y = 0;
  for (size_t i = 0; i < diff.change_count; i++) {
    const struct diff_change *change = &diff.changes[i];
    MUST_HOLD(change->old_start - x == change->new_start - y);
    for (; x < change->old_start; x++, y++)
      MUST_HOLD(strcmp(diff.old_lines[x], diff.new_lines[y]) == 0);
    x += change->old_count;
    y += change->new_count;
  }
  MUST_HOLD(diff.old_count - x == diff.new_count - y);
  for (; x < diff.old_count; x++, y++)
    MUST_HOLD(strcmp(diff.old_lines[x], diff.new_lines[y]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(oci) struct oci *oci = NULL;
  CLEANUP(error) struct davit_error err = {0};
  const struct doc_source source = {
      .file = "f", .text = (const char *)data, .size = size, .code = "config.invalid"};
  struct list names = {0};
  if (oci_parse("f", source.text, size, &oci, &err) < 0)
    return 0;
  CLEANUP(free) char *before = print(oci);
  int answer = take_config_names(&arena, &source, oci, &names, &err);
  check_answer(answer, &err);
  if (answer < 0)
    return 0;
  size_t devices = check_names(&arena, &names);
  CLEANUP(free) char *after = print(oci);
  MUST_HOLD(devices > 0 || strcmp(before, after) == 0);
  check_rest(&arena, after, names.count - devices);
  check_diff(&arena, before, after);
  return 0;
}
