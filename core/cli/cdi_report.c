/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cdi_report.h"

#include <string.h>

#include "cdi/definitions.h"
#include "cdi/host_check.h"
#include "util/map.h"
#include "util/text.h"

static void add_conflict(const struct definition *definition, struct cdi_report *report) {
  const struct definition *other = definition->rival;
  const char *hint = definition->shadowed_by
                         ? "take one of them out: other programs give the device to nobody then"
                         : "take one of them out: nobody can have the device";
  (void)doc_fail(&report->errors, definition->device->at, DAVIT_E_INVALID, "cdi.conflict", hint,
                 "%s is defined with equal priority in %s:%u too", definition->name,
                 other->file->path, other->device->at->line);
}

static void add_shadow(const struct definition *definition, struct cdi_report *report) {
  const struct definition *other = definition->shadowed_by;
  (void)doc_fail(&report->notes, definition->device->at, DAVIT_OK, "cdi.shadowed", NULL,
                 "%s:%u defines %s with higher priority", other->file->path,
                 other->device->at->line, definition->name);
}

/* What the definitions of several files mean for each other. */
static bool compare_files(const struct index *index, const struct map *by_file) {
  struct list definitions = {0};
  if (!definitions_list(index, &definitions))
    return false;
  for (size_t i = 0; i < definitions.count; i++) {
    const struct definition *definition = definitions.items[i];
    void **report = map_find(by_file, definition->file->path);
    if (report && definition->rival)
      add_conflict(definition, *report);
    if (report && definition->shadowed_by)
      add_shadow(definition, *report);
  }
  return true;
}

static void finish(struct cdi_report *report, const struct cdi_strictness *strictness) {
  if (strictness->host && report->file->spec)
    host_check(strictness->host->files, report->file->spec, &report->errors, &report->warnings);
  if (strictness->is_strict)
    error_take(&report->errors, &report->warnings);
  error_sort(&report->errors);
  error_sort(&report->warnings);
  error_sort(&report->notes);
}

/* A file that was named, and that nobody would read in a directory. */
static void check_name(const struct spec_file *file, struct cdi_report *report) {
  const struct where at = {.file = file->path};
  if (strcmp(file->path, "<stdin>") != 0 && !text_ends(file->path, ".json") &&
      !text_ends(file->path, ".yaml"))
    (void)error_add_at(&report->warnings, DAVIT_E_INVALID, "cdi.file-odd", &at,
                       "end its name in .yaml or .json",
                       "in a directory of CDI files a file of this name is not read");
}

static struct cdi_report *new_report(struct arena *arena, struct spec_file *file, bool is_strict,
                                     struct cdi_reports *reports) {
  struct cdi_report *report = arena_alloc(arena, sizeof(*report));
  if (!report || !list_push(arena, &reports->files, report))
    return NULL;
  report->file = file;
  check_name(file, report);
  (void)cdi_file_problem(file, &report->errors);
  error_take(&report->errors, &file->findings.errors);
  error_take(&report->warnings, &file->findings.warnings);
  if (is_strict)
    error_take(&report->warnings, &file->findings.strict);
  return report;
}

bool cdi_reports_add(struct arena *arena, const struct index *index,
                     const struct cdi_strictness *strictness, struct cdi_reports *reports) {
  struct map by_file = {0};
  size_t before = reports->files.count;
  for (size_t i = 0; i < index->directories.count; i++)
    (void)cdi_directory_problem(index->directories.items[i], &reports->unreadable);
  for (size_t i = 0; i < index->files.count; i++) {
    struct spec_file *file = index->files.items[i];
    if (!cdi_file_is_one(file))
      continue;
    struct cdi_report *report = new_report(arena, file, strictness->is_strict, reports);
    if (!report || !map_put(arena, &by_file, file->path, report))
      return false;
  }
  if (!compare_files(index, &by_file))
    return false;
  for (size_t i = before; i < reports->files.count; i++)
    finish(reports->files.items[i], strictness);
  return true;
}

bool cdi_reports_are_good(const struct cdi_reports *reports) {
  bool good = !reports->unreadable.first;
  for (size_t i = 0; good && i < reports->files.count; i++)
    good = !((const struct cdi_report *)reports->files.items[i])->errors.first;
  return good;
}

void cleanup_cdi_reports(struct cdi_reports *reports) {
  error_clear(&reports->unreadable);
  for (size_t i = 0; i < reports->files.count; i++) {
    struct cdi_report *report = reports->files.items[i];
    error_clear(&report->errors);
    error_clear(&report->warnings);
    error_clear(&report->notes);
  }
}
