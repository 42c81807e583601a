/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cdi_shadow.h"

#include <string.h>

#include "cdi/definitions.h"
#include "cli/cdi_specs.h"
#include "util/cleanup.h"

/* A file that goes before the one that was written. */
struct shadow {
  const struct spec_file *file;
  const struct definition *first; /* of the definitions that count instead */
  size_t count;
};

/* Of the directories of a host the caller sees those below its root. */
static bool is_place(struct arena *arena, const struct spec_directory *directory, const char *root,
                     const struct spec_place *place) {
  const char *before = directory->option || strcmp(root, "/") == 0 ? "" : root;
  const char *seen = arena_printf(arena, "%s%s", before, directory->real);
  return seen && directory->state == DIRECTORY_LISTED && strcmp(seen, place->dir) == 0;
}

static bool is_written(const struct index *index, const char *root, const struct spec_place *place,
                       const struct spec_file *file) {
  const struct spec_directory *directory = index->directories.items[file->priority];
  const char *slash = strrchr(file->path, '/');
  return slash && strcmp(slash + 1, place->name) == 0 &&
         is_place(index->arena, directory, root, place);
}

static bool count_shadow(struct arena *arena, struct list *shadows,
                         const struct definition *shadowing) {
  for (size_t i = 0; i < shadows->count; i++) {
    struct shadow *shadow = shadows->items[i];
    if (shadow->file == shadowing->file)
      return shadow->count++, true;
  }
  struct shadow *shadow = arena_alloc(arena, sizeof(*shadow));
  if (!shadow)
    return false;
  *shadow = (struct shadow){shadowing->file, shadowing, 1};
  return list_push(arena, shadows, shadow);
}

static bool list_shadows(const struct index *index, const char *root,
                         const struct spec_place *place, struct list *shadows) {
  const struct spec_file *written = NULL;
  struct list definitions = {0};
  for (size_t i = 0; !written && i < index->files.count; i++)
    if (is_written(index, root, place, index->files.items[i]))
      written = index->files.items[i];
  bool ok = !written || definitions_list(index, &definitions);
  for (size_t i = 0; ok && i < definitions.count; i++) {
    const struct definition *definition = definitions.items[i];
    if (definition->file == written && definition->shadowed_by)
      ok = count_shadow(index->arena, shadows, definition->shadowed_by);
  }
  return ok;
}

static void warn(const struct log *log, const char *path, const struct shadow *shadow) {
  const struct where at = {.file = path};
  const struct definition *first = shadow->first;
  unsigned line = first->device->at->line;
  if (shadow->count == 1)
    log_at(log, LOG_LEVEL_WARNING, "cdi.shadowed", &at, NULL,
           "%s:%u defines %s with higher priority", shadow->file->path, line, first->name);
  else
    log_at(log, LOG_LEVEL_WARNING, "cdi.shadowed", &at, NULL,
           "%s:%u defines %s with higher priority, and %zu more of its devices", shadow->file->path,
           line, first->name, shadow->count - 1);
}

int cdi_warn_shadowed(struct cli *cli, const struct spec_place *place, struct davit_error *err) {
  struct arena *arena = &cli->session.arena;
  CLEANUP(cdi_specs) struct cdi_specs specs = {0};
  CLEANUP(index) struct index index = {0};
  const char *root = "/", *path = spec_place_path(arena, place);
  struct list shadows = {0};
  int answer = path ? cdi_specs_open(cli, &specs, err) : error_memory(err);
  if (answer == DAVIT_OK)
    answer = cdi_specs_read(cli, &specs, NULL, &index, err);
  if (answer == DAVIT_OK && cli->session.host_root)
    answer = real_path(&cli->session, cli->session.host_root, "input.unreadable", &root, err);
  if (answer == DAVIT_OK && !list_shadows(&index, root, place, &shadows))
    answer = error_memory(err);
  for (size_t i = 0; answer == DAVIT_OK && i < shadows.count; i++)
    warn(&cli->session.log, path, shadows.items[i]);
  return answer;
}
