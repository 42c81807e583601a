/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the forms that are met: as nvidia-ctk, amd-ctk, Intel's resource drivers, Docker
 * Desktop, device drivers of Kubernetes and people write them, and as podman, containerd,
 * singularity and the format's own page have them in tests and docs. The texts in tests/cdi are
 * ours. */
#include "cdi_rows.h"

#include "util/cleanup.h"

static const struct {
  const char *file;
  size_t devices; /* 0: refused */
  size_t global;  /* edits of the whole file */
  const char *says, *warns, *notes;
} files[] = {
    {.file = "amd.json", .devices = 2},
    {.file = "by-stage.yaml", .devices = 1, .global = 2, .warns = "hooks by stage are not CDI"},
    {.file = "containerd-loop.yaml", .devices = 1, .global = 1},
    {.file = "docker-virtual-gpu.json", .devices = 1}, /* a name of JSON and a text of YAML */
    {.file = "dra-metadata.json", .devices = 1, .notes = "neither a type nor an option"},
    /* The format's page has such a hook; its readers have always refused it. */
    {.file = "format-example.json", .says = "unknown field \"createContainer\""},
    {.file = "first-draft.json", .says = "cdiVersion \"0.2.0\" is too old"},
    {.file = "handwritten.yaml", .says = "unknown field \"mount\""},
    {.file = "intel-gpu.yaml", .devices = 2},
    {.file = "mistakes.yaml", .says = "is no kind"},
    {.file = "nvidia-imex.yaml", .devices = 3, .global = 1},
    {.file = "nvidia-mig.yaml", .devices = 2, .global = 3},
    {.file = "nvidia-none.json", .devices = 1},
    {.file = "nvidia-wsl.yaml", .devices = 1},
    {.file = "nvidia.yaml", .devices = 5, .global = 6},
    {.file = "podman-bind.json", .devices = 1},
    {.file = "rdma.json", .devices = 1},
    {.file = "singularity-null.json", .devices = 1}, /* null instead of an empty list */
};

static const char *file_text(struct arena *arena, const char *name, size_t *size) {
  CLEANUP(file) FILE *file = fopen(arena_printf(arena, TEST_CDI "/%s", name), "re");
  ck_assert_msg(file != NULL, "%s", name);
  char *text = arena_alloc(arena, 65536);
  *size = fread(text, 1, 65535, file);
  return text;
}

static void check_finding(const char *file, const struct davit_error *problems, const char *code,
                          const char *says) {
  if (says)
    ck_assert_msg(error_says(problems, code, says), "%s: %s", file, error_text(problems));
  else
    ck_assert_msg(problems->count == 0, "%s: %s", file, error_text(problems));
}

static size_t count_edits(const struct cdi_edits *edits) {
  return edits->env.count + edits->nodes.count + edits->mounts.count + edits->hooks.count +
         edits->net_devices.count + edits->gids.count + (edits->rdt ? 1 : 0);
}

START_TEST(a_file_in_the_wild_loads_or_is_refused_for_a_reason) {
  CLEANUP(arena) struct arena arena = {0};
  struct cdi_reading reading;
  const char *name = files[_i].file;
  size_t size;
  const char *text = file_text(&arena, name, &size);
  ck_assert_int_eq(cdi_read(&arena, name, text, size, &reading), DAVIT_OK);
  CLEANUP(findings) struct cdi_findings findings = reading.findings;
  check_finding(name, &findings.errors, CDI_BROKEN, files[_i].says);
  check_finding(name, &findings.warnings, CDI_ODD, files[_i].warns);
  if (!reading.spec)
    return;
  check_finding(name, &findings.strict, CDI_STRICT, files[_i].notes);
  ck_assert_uint_eq(reading.spec->devices.count, files[_i].devices);
  ck_assert_uint_eq(count_edits(&reading.spec->edits), files[_i].global);
}
END_TEST

START_TEST(each_file_is_looked_at) {
  CLEANUP(dir) DIR *dir = opendir(TEST_CDI);
  ck_assert_ptr_nonnull(dir);
  for (const struct dirent *entry; (entry = readdir(dir));) {
    size_t i = 0;
    while (i < ARRAY_LEN(files) && strcmp(files[i].file, entry->d_name) != 0)
      i++;
    ck_assert_msg(i < ARRAY_LEN(files) || entry->d_name[0] == '.', "%s", entry->d_name);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_wild");
  TCase *tests = tcase_create("cdi_wild");
  tcase_add_loop_test(tests, a_file_in_the_wild_loads_or_is_refused_for_a_reason, 0,
                      ARRAY_LEN(files));
  tcase_add_test(tests, each_file_is_looked_at);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
