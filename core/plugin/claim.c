/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin/claim.h"

#include <string.h>

#include "plugin/match.h"
#include "plugin/select.h"
#include "util/text.h"

int claims_note(struct arena *arena, struct list *claims, const struct device_request *request,
                const struct davit_device *const *devices, struct davit_error *err) {
  for (; *devices; devices++) {
    struct device_claim *claim = arena_alloc(arena, sizeof(*claim));
    if (!claim)
      return error_memory(err);
    *claim = (struct device_claim){
        .name = device_qualified_name(arena, *devices),
        .label = device_label(arena, *devices),
        .sharing = request->sharing.text ? request->sharing.text : "exclusive",
        .most = request->share_most,
        .at = request->at,
    };
    if (!claim->name || !claim->label || !strings_copy(arena, (*devices)->nodes, &claim->nodes) ||
        !list_push(arena, claims, claim))
      return error_memory(err);
  }
  return DAVIT_OK;
}

static bool all_among(const char *const *few, const char *const *many) {
  size_t count = 0;
  for (; few && few[count]; count++)
    if (!strings_contain(many, few[count]))
      return false;
  return count > 0;
}

bool claims_overlap(const struct device_claim *a, const struct device_claim *b) {
  return strcmp(a->name, b->name) == 0 || all_among(a->nodes, b->nodes) ||
         all_among(b->nodes, a->nodes);
}
