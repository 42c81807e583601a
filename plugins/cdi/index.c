/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/index.h"

#include <string.h>
#include <strings.h>

#include "cdi/report.h"
#include "util/text.h"

static int out_of_memory(const struct index *index) {
  return index->host->fail(index->host, DAVIT_E_MEMORY, "memory.out", NULL, NULL, "out of memory");
}

/* ---- directories ---------------------------------------------------------------------------- */

static bool is_spec_name(const char *name) {
  return text_ends(name, ".json") || text_ends(name, ".yaml");
}

/* What is taken for one by mistake. */
static bool is_near_spec_name(const char *name) {
  static const char *const ends[] = {".yml", ".yaml", ".json"};
  size_t size = strlen(name);
  for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
    size_t length = strlen(ends[i]);
    if (size > length && strcasecmp(name + size - length, ends[i]) == 0)
      return true;
  }
  return false;
}

static struct spec_file *new_file(struct index *index, struct list *files,
                                  const struct spec_file *content) {
  struct spec_file *file = arena_alloc(index->arena, sizeof(*file));
  if (!file || !list_push(index->arena, files, file))
    return NULL;
  *file = *content;
  return file;
}

static int add_file(struct index *index, struct spec_directory *directory, const char *name) {
  bool is_spec = is_spec_name(name);
  if (!is_spec && !is_near_spec_name(name))
    return DAVIT_OK;
  const char *slash = text_ends(directory->path, "/") ? "" : "/";
  const char *path = arena_printf(index->arena, "%s%s%s", directory->path, slash, name);
  const struct spec_file file = {
      .path = path, .files = directory->files, .priority = directory->priority};
  if (!path || !new_file(index, is_spec ? &index->files : &index->ignored, &file))
    return out_of_memory(index);
  directory->file_count += is_spec;
  if (!is_spec)
    index->host->log(index->host, DAVIT_LOG_INFO, NULL,
                     "%s is not read: the name of a CDI file ends in .yaml or .json", path);
  return DAVIT_OK;
}

bool directory_may_be_missing(const struct spec_directory *directory) {
  return !directory->option || strcmp(directory->option, "extra-dir") == 0;
}

/* A directory that is missing holds no specs. Any other trouble with it must not hide the others.
 */
static int list_directory(struct index *index, struct spec_directory *directory) {
  const char *const *names;
  int answer = directory->files->list_dir(directory->files, directory->path, &names);
  if (answer == DAVIT_E_MEMORY)
    return answer;
  directory->state = answer == DAVIT_E_NOT_FOUND ? DIRECTORY_MISSING
                     : answer == DAVIT_E_DENIED  ? DIRECTORY_DENIED
                     : answer < 0                ? DIRECTORY_BROKEN
                                                 : DIRECTORY_LISTED;
  if (answer < 0 && !index->is_quiet &&
      (answer != DAVIT_E_NOT_FOUND || !directory_may_be_missing(directory)))
    index->host->log(index->host, DAVIT_LOG_WARNING, directory->option,
                     "no CDI specs are read from %s: %s", directory->path,
                     answer == DAVIT_E_NOT_FOUND ? "it is not there"
                     : answer == DAVIT_E_DENIED  ? "permission denied"
                                                 : "it can not be listed");
  for (answer = answer < 0 ? 1 : DAVIT_OK; answer == DAVIT_OK && *names; names++)
    answer = add_file(index, directory, *names);
  return answer > 0 ? DAVIT_OK : answer;
}

/* The same directory under two names: its last place counts. */
static bool comes_again(const struct list *directories, size_t i) {
  const struct spec_directory *directory = directories->items[i];
  for (size_t j = i + 1; j < directories->count; j++) {
    const struct spec_directory *later = directories->items[j];
    if (directory->files == later->files && strcmp(directory->real, later->real) == 0)
      return true;
  }
  return false;
}

static struct spec_directory *add_directory(struct index *index, const char *named,
                                            const char *option) {
  struct spec_directory *directory = arena_alloc(index->arena, sizeof(*directory));
  const char *path = arena_strdup(index->arena, named);
  if (!directory || !path || !list_push(index->arena, &index->directories, directory))
    return NULL;
  *directory = (struct spec_directory){
      .path = path,
      .option = option,
      .files = option ? index->host->caller_files : index->host->files,
      .priority = (unsigned)index->directories.count - 1,
  };
  const char *real;
  bool is_there = directory->files->real_path(directory->files, path, &real) == DAVIT_OK;
  directory->real = is_there ? arena_strdup(index->arena, real) : path;
  return directory->real ? directory : NULL;
}

static int add_directories(struct index *index, const char *const *paths, const char *option) {
  for (; *paths; paths++)
    if (!add_directory(index, *paths, option))
      return out_of_memory(index);
  return DAVIT_OK;
}

static int list_directories(struct index *index) {
  static const char *const defaults[] = {"/etc/cdi", "/var/run/cdi", NULL};
  const struct davit_host *host = index->host;
  const char *const *asked = host->option(host, "dir");
  int answer =
      asked[0] ? add_directories(index, asked, "dir") : add_directories(index, defaults, NULL);
  if (answer == DAVIT_OK)
    answer = add_directories(index, host->option(host, "extra-dir"), "extra-dir");
  for (size_t i = 0; answer == DAVIT_OK && i < index->directories.count; i++) {
    struct spec_directory *directory = index->directories.items[i];
    if (comes_again(&index->directories, i))
      directory->state = DIRECTORY_REPEATED;
    else
      answer = list_directory(index, directory);
  }
  index->is_listed = answer == DAVIT_OK;
  return answer;
}

int index_add_directory(struct index *index, const char *path) {
  struct spec_directory *directory = add_directory(index, path, "dir");
  index->is_listed = true;
  return directory ? list_directory(index, directory) : out_of_memory(index);
}

/* ---- files ---------------------------------------------------------------------------------- */

static int keep_text(struct index *index, struct spec_file *file, const char *text, size_t size) {
  file->text = arena_strndup(index->arena, text, size);
  file->size = size;
  return file->text ? DAVIT_OK : out_of_memory(index);
}

static int read_spec(struct index *index, struct spec_file *file, const char *text, size_t size) {
  struct cdi_reading reading;
  int answer = cdi_read(index->arena, file->path, text, size, &reading);
  file->spec = reading.spec;
  file->kind = reading.kind;
  file->findings = reading.findings;
  if (answer < 0)
    return out_of_memory(index);
  return file->spec || file->kind ? DAVIT_OK : keep_text(index, file, text, size);
}

int index_add_text(struct index *index, const char *name, const char *text, size_t size) {
  const struct spec_file content = {
      .path = name, .files = index->host->caller_files, .is_read = true};
  struct spec_file *file = new_file(index, &index->files, &content);
  index->is_listed = true;
  return file ? read_spec(index, file, text, size) : out_of_memory(index);
}

/* A file that can not be read names no kind: a warning, once. A directory with a spec's name is
 * nothing. */
static int skip_unreadable(struct index *index, struct spec_file *file, int answer) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  file->is_read = true;
  if (answer == DAVIT_E_MEMORY)
    return answer;
  if (file->files->stat_path(file->files, file->path, 0, &st) == DAVIT_OK &&
      st.type == DAVIT_FILE_DIR)
    return DAVIT_OK;
  file->unreadable = answer == DAVIT_E_DENIED      ? "permission denied"
                     : answer == DAVIT_E_NOT_FOUND ? "its link leads nowhere"
                     : answer == DAVIT_E_INVALID   ? "it is no regular file of at most 16 MiB"
                                                   : "reading it fails";
  if (!index->is_quiet)
    index->host->log(index->host, DAVIT_LOG_WARNING, NULL, "the CDI file %s can not be read: %s",
                     file->path, file->unreadable);
  return DAVIT_OK;
}

static int load_file(struct index *index, struct spec_file *file, const struct filter *filter) {
  const char *text;
  size_t size;
  if (file->is_read)
    return DAVIT_OK;
  int answer = file->files->read_file(file->files, file->path, &text, &size);
  if (answer < 0)
    return skip_unreadable(index, file, answer);
  if (!filter_may_want(filter, text, size))
    return DAVIT_OK;
  file->is_read = true;
  return read_spec(index, file, text, size);
}

/* Once, and only of files that matter. */
static void tell_warnings(const struct index *index, struct spec_file *file,
                          const struct filter *filter) {
  if (index->is_quiet || file->is_told || !file->kind || !filter_wants(filter, file->kind))
    return;
  report_warn(index->host, &file->findings.warnings);
  file->is_told = true;
}

int index_load(struct index *index, const struct filter *filter) {
  if (!index->is_listed) {
    int answer = list_directories(index);
    if (answer < 0)
      return answer;
  }
  for (size_t i = 0; i < index->files.count; i++) {
    struct spec_file *file = index->files.items[i];
    int answer = load_file(index, file, filter);
    if (answer < 0)
      return answer;
    tell_warnings(index, file, filter);
  }
  return DAVIT_OK;
}

bool file_counts(const struct spec_file *file, const struct filter *filter) {
  if (!file->findings.errors.first)
    return false;
  if (file->kind)
    return filter_wants(filter, file->kind);
  return filter_may_want(filter, file->text, file->size);
}

void index_close(struct index *index) {
  for (size_t i = 0; i < index->files.count; i++) {
    struct spec_file *file = index->files.items[i];
    findings_clear(&file->findings);
  }
}
