/* SPDX-License-Identifier: Apache-2.0 */
/* davit cdi list, for people. */
#include <string.h>

#include "cli/cdi_edits.h"
#include "cli/cdi_list.h"
#include "util/map.h"

/* Where the device is defined: "FILE:LINE". */
static const char *place_of(struct arena *arena, const struct definition *definition) {
  return arena_printf(arena, "%s:%u", definition->file->path, definition->device->at->line);
}

static const char *state_of(struct arena *arena, const struct definition *definition) {
  if (definition->shadowed_by)
    return arena_printf(arena, "shadowed by %s", place_of(arena, definition->shadowed_by));
  if (definition->rival)
    return arena_printf(arena, "conflicts with %s", place_of(arena, definition->rival));
  return "ok";
}

/* ---- devices -------------------------------------------------------------------------------- */

/* With -v: what a container gets with each, and before that with any device of the file. */
static bool print_edits(struct arena *arena, const struct list *definitions) {
  struct map seen = {0};
  for (size_t i = 0; i < definitions->count; i++) {
    const struct definition *definition = definitions->items[i];
    const struct spec_file *file = definition->file;
    if (!cdi_edits_are_none(&file->spec->edits) && !map_find(&seen, file->path)) {
      print_safely(stdout, file->path);
      fputs(": with each of its devices\n", stdout);
      cdi_edits_print(&file->spec->edits, stdout);
      if (!map_put(arena, &seen, file->path, NULL))
        return false;
    }
    print_safely(stdout, definition->name);
    fputs(": ", stdout);
    print_safely(stdout, place_of(arena, definition));
    fputs(": ", stdout);
    print_safely(stdout, state_of(arena, definition));
    fputc('\n', stdout);
    cdi_edits_print(&definition->device->edits, stdout);
  }
  return true;
}

static bool print_devices(struct cli *cli, const struct cdi_listing *listing) {
  static const char *const heading[] = {"DEVICE", "DEFINED IN", "STATE"};
  struct arena *arena = &cli->session.arena;
  struct table table = {.columns = ARRAY_LEN(heading)};
  if (listing->definitions.count == 0)
    return puts("no devices found"), true;
  if (cli->session.log.threshold <= LOG_LEVEL_INFO)
    return print_edits(arena, &listing->definitions);
  bool ok = table_add_row(arena, &table, heading);
  for (size_t i = 0; ok && i < listing->definitions.count; i++) {
    const struct definition *definition = listing->definitions.items[i];
    const char *const cells[] = {definition->name, place_of(arena, definition),
                                 state_of(arena, definition)};
    ok = table_add_row(arena, &table, cells);
  }
  return ok && table_print(arena, &table, stdout);
}

/* ---- vendors, classes ----------------------------------------------------------------------- */

static bool print_groups(struct arena *arena, const struct list *groups,
                         const char *const *heading) {
  struct table table = {.columns = 3};
  bool ok = table_add_row(arena, &table, heading);
  for (size_t i = 0; ok && i < groups->count; i++) {
    const struct cdi_group *group = groups->items[i];
    const char *const cells[] = {group->name,
                                 strings_join(arena, list_strings(&group->members), SIZE_MAX),
                                 arena_printf(arena, "%zu", group->device_count)};
    ok = table_add_row(arena, &table, cells);
  }
  return ok && table_print(arena, &table, stdout);
}

static bool print_vendors(struct cli *cli, const struct cdi_listing *listing) {
  static const char *const heading[] = {"VENDOR", "CLASSES", "DEVICES"};
  if (listing->vendors.count == 0)
    return puts("no vendors found"), true;
  return print_groups(&cli->session.arena, &listing->vendors, heading);
}

static bool print_classes(struct cli *cli, const struct cdi_listing *listing) {
  static const char *const heading[] = {"CLASS", "VENDORS", "DEVICES"};
  if (listing->classes.count == 0)
    return puts("no classes found"), true;
  return print_groups(&cli->session.arena, &listing->classes, heading);
}

/* ---- files, directories --------------------------------------------------------------------- */

static const char *file_state(struct arena *arena, const struct spec_file *file) {
  size_t count = file->findings.errors.count;
  if (file->unreadable)
    return arena_printf(arena, "cannot be read: %s", file->unreadable);
  if (count > 0)
    return arena_printf(arena, "refused: %zu error%s", count, count == 1 ? "" : "s");
  return "ok";
}

static bool print_specs(struct cli *cli, const struct cdi_listing *listing) {
  static const char *const heading[] = {"FILE", "KIND", "VERSION", "DEVICES", "STATE"};
  struct arena *arena = &cli->session.arena;
  struct table table = {.columns = ARRAY_LEN(heading)};
  if (listing->files.count == 0)
    return puts("no CDI files found"), true;
  bool ok = table_add_row(arena, &table, heading);
  for (size_t i = 0; ok && i < listing->files.count; i++) {
    const struct spec_file *file = listing->files.items[i];
    const char *const cells[] = {
        file->path, file->kind, file->spec ? version_text(file->spec->version) : NULL,
        file->spec ? arena_printf(arena, "%zu", file->spec->devices.count) : NULL,
        file_state(arena, file)};
    ok = table_add_row(arena, &table, cells);
  }
  return ok && table_print(arena, &table, stdout);
}

static bool print_dirs(struct cli *cli, const struct cdi_listing *listing) {
  static const char *const heading[] = {"DIRECTORY", "PRIORITY", "FILES", "FROM", "STATE"};
  struct arena *arena = &cli->session.arena;
  struct table table = {.columns = ARRAY_LEN(heading)};
  bool ok = table_add_row(arena, &table, heading);
  for (size_t i = 0; ok && i < listing->index->directories.count; i++) {
    const struct spec_directory *directory = listing->index->directories.items[i];
    bool is_listed = directory->state == DIRECTORY_LISTED;
    const char *const cells[] = {
        directory->path, arena_printf(arena, "%u", directory->priority),
        is_listed ? arena_printf(arena, "%zu", cdi_directory_size(listing->index, directory))
                  : NULL,
        cdi_directory_origin(directory), cdi_directory_state(directory)};
    ok = table_add_row(arena, &table, cells);
  }
  return ok && table_print(arena, &table, stdout);
}

/* ---- all of it ------------------------------------------------------------------------------ */

int cdi_list_text(struct cli *cli, const struct cdi_listing *listing, struct davit_error *err) {
  static bool (*const print[])(struct cli *, const struct cdi_listing *) = {
      [CDI_LIST_DEVICES] = print_devices, [CDI_LIST_VENDORS] = print_vendors,
      [CDI_LIST_CLASSES] = print_classes, [CDI_LIST_SPECS] = print_specs,
      [CDI_LIST_DIRS] = print_dirs,
  };
  unsigned lists = cli->cdi_lists ? cli->cdi_lists : 1u << CDI_LIST_DEVICES;
  bool is_first = true;
  for (size_t i = 0; i < ARRAY_LEN(print); i++) {
    if (!(lists & 1u << i))
      continue;
    if (!is_first)
      fputc('\n', stdout);
    is_first = false;
    if (!print[i](cli, listing))
      return error_memory(err);
  }
  return finish_output(err);
}
