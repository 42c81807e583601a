/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/absent.h"

#include <string.h>

#include "cdi/devices.h"
#include "util/map.h"
#include "util/text.h"

enum {
  MOST_NAMES = 16 /* that are explained one by one */
};

struct teller {
  struct index *index;
  const struct filter *filter;
  const struct davit_devices *out;
  const char *given;  /* the name of the query that is missing */
  const char *kind;   /* its part before "="; NULL: any that the filter wants */
  const char *device; /* what is behind it */
  bool is_out_of_memory;
};

static void tell(struct teller *teller, const struct davit_place *place, const char *remedy,
                 const char *text) {
  if (!text || teller->out->absent(teller->out, teller->given, place, remedy, text) < 0)
    teller->is_out_of_memory = true;
}

/* ---- files that would define the name ------------------------------------------------------- */

static bool is_of_kind(const struct teller *teller, const struct spec_file *file) {
  if (!file->kind)
    return file_counts(file, teller->filter);
  return teller->kind ? strcmp(file->kind, teller->kind) == 0
                      : filter_wants(teller->filter, file->kind);
}

static const struct doc_node *find_name(const struct doc_node *root, const char *name) {
  const struct doc_node *devices = doc_get(root, "devices");
  for (size_t i = 0; devices && devices->kind == DOC_SEQUENCE && i < devices->count; i++) {
    const struct doc_node *node = doc_get(devices->values[i], "name");
    if (node && node->kind == DOC_SCALAR && strcmp(node->text, name) == 0)
      return node;
  }
  return NULL;
}

/* The first problem of the device itself, if it has one, else of the file. */
static const struct problem *main_problem(const struct spec_file *file, const char *device_key) {
  size_t size = device_key ? strlen(device_key) : 0;
  for (const struct problem *problem = file->findings.errors.first; size > 0 && problem;
       problem = problem->next)
    if (problem->at.key && strncmp(problem->at.key, device_key, size) == 0 &&
        (problem->at.key[size] == '.' || problem->at.key[size] == '\0'))
      return problem;
  return file->findings.errors.first;
}

/* One of a file's problems, the others are counted. */
static const char *problem_text(const struct teller *teller, const struct spec_file *file,
                                const struct doc_node *name) {
  const struct davit_host *host = teller->index->host;
  const char *device_key = name ? doc_path(teller->index->arena, name->parent) : NULL;
  const struct problem *first = main_problem(file, device_key);
  const char *place = "";
  if (first->at.line > 0)
    place = host->format(host, "line %u: ", first->at.line);
  if (!place || file->findings.errors.count == 1)
    return place ? host->format(host, "%s%s", place, first->text) : NULL;
  return host->format(host, "%s%s, and %zu more", place, first->text,
                      file->findings.errors.count - 1);
}

/* A refused file is not kept in memory: it is read once more, for the message alone. False: it is
 * neither YAML nor JSON. */
static bool parse(struct arena *arena, const struct spec_file *file, const char *text, size_t size,
                  const struct doc_node **root) {
  CLEANUP(error) struct davit_error ignored = {0};
  const struct doc_source source = {
      .file = file->path, .text = text, .size = size, .code = CDI_BROKEN, .flags = DOC_FIRST_ONLY};
  return doc_parse_yaml(arena, &source, root, &ignored) == DAVIT_OK ||
         doc_parse_json(arena, &source, root, &ignored) == DAVIT_OK;
}

static void tell_broken(struct teller *teller, const struct spec_file *file) {
  const struct davit_host *host = teller->index->host;
  CLEANUP(arena) struct arena own = {0};
  struct davit_place place = {DAVIT_SIZED(struct davit_place), .file = file->path};
  const struct doc_node *root;
  const char *text;
  size_t size;
  if (file->files->read_file(file->files, file->path, &text, &size) < 0)
    return;
  bool is_parsed = parse(&own, file, text, size, &root);
  const struct doc_node *name = is_parsed ? find_name(root, teller->device) : NULL;
  const char *problem = problem_text(teller, file, name);
  if (!problem) {
    teller->is_out_of_memory = true;
  } else if (name) {
    place.line = name->line;
    place.column = name->column;
    place.key = doc_path(&own, name);
    tell(teller, &place, "mend the file",
         host->format(host, "\"%s\" would be defined here, but the file is refused: %s",
                      teller->device, problem));
  } else if (!is_parsed && memmem(text, size, teller->device, strlen(teller->device))) {
    tell(teller, &place, "mend the file",
         host->format(host, "\"%s\" may be defined here, but the file is refused: %s",
                      teller->device, problem));
  }
}

static void tell_unreadable(struct teller *teller, const struct spec_file *file) {
  const struct davit_host *host = teller->index->host;
  const struct davit_place place = {DAVIT_SIZED(struct davit_place), .file = file->path};
  tell(teller, &place, "make it readable, or take it away",
       host->format(host, "\"%s\" may be defined here, but the file can not be read: %s",
                    teller->device, file->unreadable));
}

/* A file whose name is not quite that of a spec. */
static void tell_ignored(struct teller *teller, const struct spec_file *file) {
  const struct davit_host *host = teller->index->host;
  const struct davit_place place = {DAVIT_SIZED(struct davit_place), .file = file->path};
  const char *text;
  size_t size;
  if (file->files->read_file(file->files, file->path, &text, &size) < 0 ||
      !filter_may_want(teller->filter, text, size) ||
      !memmem(text, size, teller->device, strlen(teller->device)))
    return;
  tell(teller, &place, "rename it so that it ends in .yaml or .json",
       host->format(host, "\"%s\" may be defined here, but a file of this name is not read",
                    teller->device));
}

static void tell_name(struct teller *teller) {
  const struct index *index = teller->index;
  for (size_t i = 0; i < index->files.count; i++) {
    const struct spec_file *file = index->files.items[i];
    if (file->unreadable)
      tell_unreadable(teller, file);
    else if (file->findings.errors.first && is_of_kind(teller, file))
      tell_broken(teller, file);
  }
  for (size_t i = 0; i < index->ignored.count; i++)
    tell_ignored(teller, index->ignored.items[i]);
}

/* ---- where was looked, and what is near ------------------------------------------------------ */

static const char *state_text(const struct davit_host *host,
                              const struct spec_directory *directory) {
  switch (directory->state) {
  case DIRECTORY_MISSING:
    return "not there";
  case DIRECTORY_DENIED:
    return "permission denied";
  case DIRECTORY_BROKEN:
    return "can not be listed";
  case DIRECTORY_REPEATED:
    return "the same as one behind it";
  case DIRECTORY_LISTED:
    break;
  }
  if (directory->file_count == 0)
    return "no files";
  return host->format(host, "%zu file%s", directory->file_count,
                      directory->file_count == 1 ? "" : "s");
}

/* "looked in /etc/cdi (2 files), /var/run/cdi (not there)" */
static const char *where_text(const struct index *index) {
  const struct davit_host *host = index->host;
  const char *text = "looked in";
  for (size_t i = 0; text && i < index->directories.count; i++) {
    const struct spec_directory *directory = index->directories.items[i];
    const char *state = state_text(host, directory);
    text = state
               ? host->format(host, "%s%s %s (%s)", text, i > 0 ? "," : "", directory->path, state)
               : NULL;
  }
  return text;
}

/* The names of all devices in all files, in full, or the kinds. Nobody is told of what is odd in
 * files that were not asked for. */
static bool list_all(struct teller *teller, bool in_full, struct list *names) {
  static const struct filter all = {.takes_all = true};
  struct index *index = teller->index;
  struct list devices = {0};
  bool was_quiet = index->is_quiet;
  index->is_quiet = true;
  int answer = index_load(index, &all);
  index->is_quiet = was_quiet;
  if (answer < 0 || !devices_resolve(index, &all, &devices))
    return false;
  for (size_t i = 0; i < devices.count; i++) {
    const struct found_device *found = devices.items[i];
    const char *name = found->kind;
    if (in_full)
      name = arena_printf(index->arena, "%s=%s", name, found->device->name);
    if (!name ||
        (!strings_contain(list_strings(names), name) && !list_push(index->arena, names, name)))
      return false;
  }
  return true;
}

/* What was asked for by its full name or kind may be a slip of another. NULL: no idea. */
static const char *nearest(struct teller *teller, const struct davit_query *query) {
  const struct davit_host *host = teller->index->host;
  const char *kind = query->vendor && strchr(query->vendor, '/') ? query->vendor : teller->kind;
  const char *asked = teller->device;
  struct list names = {0};
  if (!kind)
    return NULL;
  asked = asked ? host->format(host, "%s=%s", kind, asked) : kind;
  if (!asked || !list_all(teller, teller->device != NULL, &names)) {
    teller->is_out_of_memory = true;
    return NULL;
  }
  const char *near = text_nearest(asked, list_strings(&names));
  if (near)
    return host->format(host, "do you mean %s?", near);
  names = (struct list){0};
  if (!list_all(teller, false, &names))
    teller->is_out_of_memory = true;
  const char *kinds = strings_join(teller->index->arena, list_strings(&names), 16);
  return names.count > 0 && kinds ? host->format(host, "the CDI specs here describe %s", kinds)
                                  : NULL;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void mark(struct map *asked, const char *name) {
  void **place = name ? map_find(asked, name) : NULL;
  if (place)
    *place = asked;
}

/* Those names that no device has. False: out of memory. */
static bool find_missing(struct arena *arena, const char *const *names, const struct list *devices,
                         struct list *missing) {
  struct map asked = {0}; /* the value is not NULL if a device has the name */
  for (size_t i = 0; names[i]; i++)
    if (!map_put(arena, &asked, names[i], NULL))
      return false;
  for (size_t i = 0; i < devices->count; i++) {
    const struct found_device *found = devices->items[i];
    mark(&asked, found->device->name);
    mark(&asked, found->full_name);
    mark(&asked, found->uuid);
    mark(&asked, "all");
  }
  for (size_t i = 0; names[i]; i++)
    if (!*map_find(&asked, names[i]) && !list_push(arena, missing, names[i]))
      return false;
  return true;
}

static bool take_name(struct teller *teller, const char *name) {
  const char *equals = strchr(name, '=');
  bool is_full = equals && strchr(name, '/') && strchr(name, '/') < equals;
  teller->given = name;
  teller->device = is_full ? equals + 1 : name;
  teller->kind =
      is_full ? arena_strndup(teller->index->arena, name, (size_t)(equals - name)) : NULL;
  return !is_full || teller->kind;
}

bool absent_tell(struct index *index, const struct davit_query *query, const struct filter *filter,
                 const struct list *devices, const struct davit_devices *out) {
  struct teller teller = {.index = index, .filter = filter, .out = out};
  struct list missing = {0};
  if (!DAVIT_HAS(out, absent) || filter->takes_all)
    return true;
  if (query->names && !find_missing(index->arena, query->names, devices, &missing))
    return false;
  if (devices->count > 0 && missing.count == 0)
    return true;
  if (missing.count > 0 && !take_name(&teller, missing.items[0]))
    return false;
  const char *remedy = nearest(&teller, query);
  teller.given = NULL;
  tell(&teller, NULL, remedy, where_text(index));
  for (size_t i = 0; i < missing.count && i < MOST_NAMES && !teller.is_out_of_memory; i++)
    if (take_name(&teller, missing.items[i]))
      tell_name(&teller);
  return !teller.is_out_of_memory;
}
