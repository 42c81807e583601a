/* SPDX-License-Identifier: Apache-2.0 */
/* A config.json: read, edited and printed it is a config that reads and prints as the same text,
 * and making the same edits again changes nothing. */
#include "fuzz.h"

#include <string.h>

#include "oci/oci.h"
#include "util/cleanup.h"

static const struct oci_source by = {.kind = OCI_FROM_DEFAULT};

static int edit(struct oci *oci, struct davit_error *err) {
  static const char *const options[] = {"rbind", "ro", NULL};
  static const char *const words[] = {"hook", "\"quoted\"", NULL};
  const struct oci_device device = {
      .path = "/dev/nvidia0", .type = 'c', .major = 195, .has_mode = true, .mode = 0666};
  const struct oci_rule rule = {.allow = true, .type = 'c', .major = 195, .access = "rw"};
  const struct oci_mount mount = {
      .destination = "/usr/lib/x", .type = "none", .source = "/x", .options = options};
  const struct oci_hook hook = {.name = "createContainer", .path = "/bin/hook", .args = words};
  int answer = oci_set_env(oci, "PATH", "/bin\n\t\x01", &by, err);
  if (answer == DAVIT_OK)
    answer = oci_add_gid(oci, 44, &by, err);
  if (answer == DAVIT_OK)
    answer = oci_set_rlimit(oci, "RLIMIT_MEMLOCK", UINT64_MAX, UINT64_MAX, &by, err);
  if (answer == DAVIT_OK)
    answer = oci_add_device(oci, &device, &by, err);
  if (answer == DAVIT_OK)
    answer = oci_add_device_rule(oci, &rule, &by, err);
  if (answer == DAVIT_OK)
    answer = oci_add_mount(oci, &mount, &by, err);
  if (answer == DAVIT_OK)
    answer = oci_add_hook(oci, &hook, &by, err);
  if (answer == DAVIT_OK)
    answer = oci_set_annotation(oci, "org.example.a", "b", &by, err);
  if (answer == DAVIT_OK)
    answer = oci_set_net_device(oci, "eth1", "net0", &by, err);
  return answer == DAVIT_OK ? oci_sort_mounts(oci, err) : answer;
}

static char *print(const struct oci *oci) {
  CLEANUP(error) struct davit_error err = {0};
  char *text = NULL;
  size_t size = 0;
  MUST_HOLD(oci_print(oci, &text, &size, &err) == DAVIT_OK);
  MUST_HOLD(strlen(text) == size);
  return text;
}

static char *print_again(const char *text) {
  CLEANUP(oci) struct oci *oci = NULL;
  CLEANUP(error) struct davit_error err = {0};
  MUST_HOLD(oci_parse("printed", text, strlen(text), &oci, &err) == DAVIT_OK);
  return print(oci);
}

static void check_entries(const struct oci *oci) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct oci_entry *const *entries;
  MUST_HOLD(oci_entries(oci, &arena, &entries, &err) == DAVIT_OK);
  for (; *entries; entries++)
    MUST_HOLD((*entries)->path && (*entries)->sources[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CLEANUP(oci) struct oci *oci = NULL;
  CLEANUP(error) struct davit_error err = {0};
  int answer = oci_parse("f", (const char *)data, size, &oci, &err);
  check_answer(answer, &err);
  if (answer < 0)
    return 0;
  CLEANUP(free) char *before = print(oci);
  CLEANUP(free) char *same = print_again(before);
  MUST_HOLD(strcmp(before, same) == 0);

  answer = edit(oci, &err);
  check_answer(answer, &err);
  if (answer < 0)
    return 0;
  check_entries(oci);
  CLEANUP(free) char *after = print(oci);
  CLEANUP(free) char *read = print_again(after);
  MUST_HOLD(strcmp(after, read) == 0);
  MUST_HOLD(edit(oci, &err) == DAVIT_OK);
  CLEANUP(free) char *twice = print(oci);
  MUST_HOLD(strcmp(after, twice) == 0);
  return 0;
}
