/* SPDX-License-Identifier: Apache-2.0 */
/* Why names are not there: what plugins say of it, for the message that one is not. */
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
