/* SPDX-License-Identifier: Apache-2.0 */
/* The names of devices in a spec. CDI has one name a device, so that a device with three names is
 * there three times, as vendors' tools write it; and "all" is a device like any other. */
#include <string.h>

#include "cdi/names.h"
#include "plugin/generate_state.h"

static const char all[] = "all";

struct naming {
  struct generator *generator;
  struct generated_spec *spec;
  struct map taken;   /* name -> device of the spec */
  struct map claimed; /* further name -> the part that has it; NULL: several have */
  struct davit_error *err;
};

/* A list in the arena's memory, ended by NULL: the id, the index, the plugin's names, the UUID. */
static const char *const *names_of(struct arena *arena, const struct davit_device *device) {
  size_t count = 0, alias_count = strings_count(device->aliases);
  const char **names = arena_array(arena, alias_count + 4, sizeof(*names));
  if (!names)
    return NULL;
  names[count++] = device->id;
  if (device->flags & DAVIT_DEVICE_INDEX) {
    names[count] = arena_printf(arena, "%u", device->index);
    if (!names[count++])
      return NULL;
  }
  for (size_t i = 0; i < alias_count; i++)
    names[count++] = device->aliases[i];
  if (device->uuid)
    names[count++] = device->uuid;
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (!device_name_problem(names[i]) && strcmp(names[i], all) != 0)
      names[kept++] = names[i];
  names[kept] = NULL;
  return names;
}

static int add_device(struct naming *naming, const char *name, const struct list *edits) {
  struct arena *arena = naming->generator->arena;
  struct generated_device *device = arena_alloc(arena, sizeof(*device));
  if (!device || !map_put(arena, &naming->taken, name, device) ||
      !list_push(arena, &naming->spec->devices, device))
    return error_memory(naming->err);
  *device = (struct generated_device){name, *edits};
  return DAVIT_OK;
}

static int add_first_name(struct naming *naming, const struct generated_part *part) {
  const char *const *names = names_of(naming->generator->arena, part->device);
  if (!names)
    return error_memory(naming->err);
  while (*names && map_find(&naming->taken, *names))
    names++;
  const char *reason = part->edits.count == 0 ? "it changes nothing in a container"
                       : !*names              ? "it has no name that CDI allows"
                                              : NULL;
  if (!reason)
    return add_device(naming, *names, &part->edits);
  log_warning(naming->generator->log, "cdi.left-out", "device %s is left out: %s", part->device->id,
              reason);
  return DAVIT_OK;
}

/* A name that two devices have is nobody's. */
static int claim_names(struct naming *naming, struct generated_part *part) {
  struct arena *arena = naming->generator->arena;
  const char *const *names = names_of(arena, part->device);
  if (!names)
    return error_memory(naming->err);
  for (; *names; names++) {
    void **other = map_find(&naming->claimed, *names);
    void *owner = other && *other != part ? NULL : part;
    if (!map_put(arena, &naming->claimed, *names, owner))
      return error_memory(naming->err);
  }
  return DAVIT_OK;
}

static int add_other_names(struct naming *naming, const struct generated_part *part) {
  const char *const *names = names_of(naming->generator->arena, part->device);
  if (!names)
    return error_memory(naming->err);
  int rc = DAVIT_OK;
  for (; rc == DAVIT_OK && part->edits.count > 0 && *names; names++)
    if (*map_find(&naming->claimed, *names) == part && !map_find(&naming->taken, *names))
      rc = add_device(naming, *names, &part->edits);
  return rc;
}

/* The edits of all devices, the later one's where two say different things. */
static int add_all(struct naming *naming) {
  struct generator *generator = naming->generator;
  struct list edits = {0};
  struct map places = {0}; /* subject -> its place among the edits */
  for (size_t i = 0; i < generator->parts.count; i++) {
    const struct generated_part *part = generator->parts.items[i];
    for (size_t j = 0; j < part->edits.count; j++) {
      struct edit *edit = part->edits.items[j];
      void **place = map_find(&places, edit->subject);
      if (place) {
        edits.items[(uintptr_t)*place] = edit;
        continue;
      }
      if (!map_put(generator->arena, &places, edit->subject, (void *)edits.count) ||
          !list_push(generator->arena, &edits, edit))
        return error_memory(naming->err);
    }
  }
  return edits.count > 0 ? add_device(naming, all, &edits) : DAVIT_OK;
}

int generate_devices(struct generator *generator, struct generated_spec *spec,
                     struct davit_error *err) {
  struct naming naming = {.generator = generator, .spec = spec, .err = err};
  int rc = DAVIT_OK;
  for (size_t i = 0; rc == DAVIT_OK && i < generator->parts.count; i++)
    rc = add_first_name(&naming, generator->parts.items[i]);
  for (size_t i = 0; rc == DAVIT_OK && i < generator->parts.count; i++)
    rc = claim_names(&naming, generator->parts.items[i]);
  for (size_t i = 0; rc == DAVIT_OK && i < generator->parts.count; i++)
    rc = add_other_names(&naming, generator->parts.items[i]);
  return rc == DAVIT_OK ? add_all(&naming) : rc;
}
