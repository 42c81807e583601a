/* SPDX-License-Identifier: Apache-2.0 */
/* Why names are not there: what plugins say of it, for the message that one is not. */
#include "plugin/match.h"
#include "plugin/search.h"

int absences_keep(struct search *search, const struct inventory *inventory,
                  struct davit_error *err) {
  for (size_t i = 0; inventory->absences && i < inventory->absences->count; i++)
    if (!list_push(search->arena, &search->absences, inventory->absences->items[i]))
      return error_memory(err);
  return DAVIT_OK;
}

const char *absences_where(const struct search *search) {
  const char *text = "";
  for (size_t i = 0; text && i < search->absences.count; i++) {
    const struct absence *absence = search->absences.items[i];
    if (!absence->name)
      text = arena_printf(search->arena, "%s; %s", text, absence->text);
  }
  return text;
}

const char *absences_remedy(const struct search *search) {
  for (size_t i = 0; i < search->absences.count; i++) {
    const struct absence *absence = search->absences.items[i];
    if (!absence->name && absence->remedy)
      return absence->remedy;
  }
  return NULL;
}

void absences_tell(const struct search *search, const char *const *names, struct davit_error *err) {
  for (size_t i = 0; i < search->absences.count; i++) {
    const struct absence *absence = search->absences.items[i];
    if (absence->name && (!names || strings_contain(names, absence->name)))
      (void)error_add_at(err, DAVIT_E_INVALID, "cdi.device-missing", &absence->at, absence->remedy,
                         "%s", absence->text);
  }
}

/* ---- devices that CDI lacks ------------------------------------------------------------------ */

static bool match(struct arena *arena, const struct inventory *inventory,
                  const struct request_text *name, struct list *matches) {
  return name->is_pattern ? match_pattern(arena, inventory->devices, name->text, matches)
                          : match_devices(arena, inventory->devices, name->text, matches);
}

/* What is asked for and means no device of the inventory. */
struct missing {
  struct list names;
  const struct where *at; /* of the first; NULL: none */
};

/* False: out of memory. */
static bool find_missing(const struct search *search, const struct inventory *inventory,
                         struct missing *missing) {
  for (size_t i = 0; i < search->request->device_count; i++) {
    const struct request_text *name = &search->request->devices[i];
    struct list matches = {0};
    if (!match(search->arena, inventory, name, &matches) ||
        (matches.count == 0 && !list_push(search->arena, &missing->names, name->text)))
      return false;
    if (matches.count == 0 && !missing->at)
      missing->at = &name->at;
  }
  return true;
}

/* With the kind, if there is but one. NULL: out of memory. */
static const char *full_names(const struct search *search, const struct list *names) {
  const char *const *kinds = search->wanted.kinds;
  struct list full = {0};
  for (size_t i = 0; i < names->count; i++) {
    const char *name = names->items[i];
    if (!text_is_pattern(name) && !name_is_qualified(name) && kinds && kinds[0] && !kinds[1])
      name = arena_printf(search->arena, "%s=%s", kinds[0], name);
    if (!name || !list_push(search->arena, &full, name))
      return NULL;
  }
  return strings_join(search->arena, list_strings(&full), 16);
}

void absences_explain(const struct search *search, const struct inventory *inventory,
                      struct davit_error *err) {
  const char *hint = "complete the spec";
  if (search->own)
    hint = arena_printf(search->arena,
                        "complete the spec, or let plugin %s serve with --cdi=prefer or --cdi=off",
                        search->own->plugin->name);
  const char *kinds = search->wanted.kinds ? strings_join(search->arena, search->wanted.kinds, 16)
                                           : search->wanted.vendor;
  struct missing missing = {0};
  const char *names = NULL, *where = absences_where(search);
  if (find_missing(search, inventory, &missing))
    names = full_names(search, &missing.names);
  if (!hint || !names || !where) {
    (void)error_memory(err);
    return;
  }
  (void)error_add_at(err, DAVIT_E_INVALID, "cdi.device-missing",
                     missing.at ? missing.at : &search->request->at, hint,
                     "the CDI specs of %s do not have every device that is asked for%s%s%s", kinds,
                     names[0] ? ": " : "", names, where);
  absences_tell(search, list_strings(&missing.names), err);
}
