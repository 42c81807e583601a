/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cdi_specs.h"

#include <string.h>
#include <sys/stat.h>

#include "cdi/cdi.h"

int cdi_specs_open(struct cli *cli, struct cdi_specs *specs, struct davit_error *err) {
  int answer = machine_open(&cli->session, &specs->machine, err);
  return answer < 0
             ? answer
             : providers_open_linked(specs->machine.providers, &cdi_plugin, &specs->instance, err);
}

/* What the index reads: a directory, a text or, with neither, what the options say. */
struct reading {
  struct index *index;
  const char *directory;
  const char *name, *text;
  size_t size;
};

static int read_all(const struct davit_host *host, void *user) {
  const struct filter all = {.takes_all = true};
  const struct reading *reading = user;
  int answer = DAVIT_OK;
  reading->index->host = host;
  if (reading->directory)
    answer = index_add_directory(reading->index, reading->directory);
  else if (reading->text)
    answer = index_add_text(reading->index, reading->name, reading->text, reading->size);
  return answer < 0 ? answer : index_load(reading->index, &all);
}

static bool is_directory(const char *path) {
  struct stat st;
  return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int cdi_specs_read(struct cli *cli, struct cdi_specs *specs, const char *operand,
                   struct index *index, struct davit_error *err) {
  struct reading reading = {.index = index};
  int answer = DAVIT_OK;
  *index = (struct index){.arena = &cli->session.arena, .is_quiet = true};
  if (operand && is_directory(operand))
    answer = real_path(&cli->session, operand, "input.unreadable", &reading.directory, err);
  else if (operand)
    answer = read_input(&cli->session, operand, &reading.name, &reading.text, &reading.size, err);
  return answer < 0 ? answer : instance_run(specs->instance, "read", read_all, &reading, err);
}

const char *cdi_directory_origin(const struct spec_directory *directory) {
  if (!directory->option)
    return "default";
  return strcmp(directory->option, "dir") == 0 ? "--cdi-dir" : "CDI_SPEC_DIRS";
}

const char *cdi_directory_state(const struct spec_directory *directory) {
  static const char *const states[] = {
      [DIRECTORY_LISTED] = "ok",         [DIRECTORY_MISSING] = "missing",
      [DIRECTORY_DENIED] = "denied",     [DIRECTORY_BROKEN] = "broken",
      [DIRECTORY_REPEATED] = "repeated",
  };
  return states[directory->state];
}

bool cdi_file_is_one(const struct spec_file *file) {
  return file->spec || file->unreadable || file->findings.errors.first;
}

size_t cdi_directory_size(const struct index *index, const struct spec_directory *directory) {
  size_t count = 0;
  for (size_t i = 0; i < index->files.count; i++) {
    const struct spec_file *file = index->files.items[i];
    count += file->priority == directory->priority && cdi_file_is_one(file);
  }
  return count;
}

int cdi_directory_problem(const struct spec_directory *directory, struct davit_error *err) {
  static const struct {
    int answer;
    const char *why;
  } problems[] = {
      [DIRECTORY_MISSING] = {DAVIT_E_NOT_FOUND, "is not there"},
      [DIRECTORY_DENIED] = {DAVIT_E_DENIED, "cannot be read: permission denied"},
      [DIRECTORY_BROKEN] = {DAVIT_E_INVALID, "is not a directory that can be read"},
      [DIRECTORY_REPEATED] = {DAVIT_OK, NULL},
  };
  const struct where at = {.file = directory->path};
  int answer = problems[directory->state].answer;
  if (answer == DAVIT_OK ||
      (directory->state == DIRECTORY_MISSING && directory_may_be_missing(directory)))
    return DAVIT_OK;
  return error_add_at(err, answer, "cdi.directory", &at, NULL, "the directory of CDI files %s",
                      problems[directory->state].why);
}

int cdi_file_problem(const struct spec_file *file, struct davit_error *err) {
  const struct where at = {.file = file->path};
  if (!file->unreadable)
    return DAVIT_OK;
  return error_add_at(err, DAVIT_E_FAILED, "cdi.file-broken", &at, NULL,
                      "the CDI file cannot be read: %s", file->unreadable);
}

void cleanup_cdi_specs(struct cdi_specs *specs) {
  instance_close(specs->instance);
  cleanup_machine(&specs->machine);
}
