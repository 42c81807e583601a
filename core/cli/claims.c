/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/claims.h"

#include <string.h>

#include "plugin/claim.h"

/* A device and who has it. */
struct holding {
  const struct device_claim *claim; /* of the first container */
  const char *container;            /* the first, and */
  const char *last;                 /* the last one so far */
  size_t count;
};

static bool is_exclusive(const struct device_claim *claim) {
  return strcmp(claim->sharing, "exclusive") == 0;
}

static int refuse_two(const struct holding *holding, const char *container,
                      const struct device_claim *claim, struct davit_error *err) {
  const struct device_claim *first = holding->claim;
  if (is_exclusive(first) || is_exclusive(claim))
    return error_add_at(err, DAVIT_E_INVALID, "gpu.claimed", &claim->at,
                        "name other devices with devices, or let both share it: sharing: "
                        "time-slice with time_slice_replicas",
                        "%s is given to container %s (sharing %s), so that container %s cannot "
                        "have %s (sharing %s)",
                        first->label, holding->container, first->sharing, container, claim->label,
                        claim->sharing);
  return error_add_at(err, DAVIT_E_INVALID, "gpu.claimed", &claim->at,
                      "share it in one way, or name other devices",
                      "%s is shared by %s in container %s, and by %s in container %s", claim->label,
                      first->sharing, holding->container, claim->sharing, container);
}

static int check_most(const struct holding *holding, const char *container,
                      const struct device_claim *claim, struct davit_error *err) {
  uint32_t most = holding->claim->most;
  if (most == 0 || (claim->most > 0 && claim->most < most))
    most = claim->most;
  if (most == 0 || holding->count < most)
    return DAVIT_OK;
  return error_add_at(err, DAVIT_E_INVALID, "gpu.claimed", &claim->at,
                      "allow more, or name another device",
                      "%s is shared by %zu containers already (%s to %s), and time_slice_replicas "
                      "allows no more, so that container %s cannot have it",
                      claim->label, holding->count, holding->container, holding->last, container);
}

/* *same: the device as a whole is held already, on the same terms. */
static int check(const struct holding *holding, const char *container,
                 const struct device_claim *claim, bool *same, struct davit_error *err) {
  const struct device_claim *first = holding->claim;
  if (strcmp(holding->last, container) == 0 || !claims_overlap(first, claim))
    return DAVIT_OK;
  if (is_exclusive(first) || strcmp(first->sharing, claim->sharing) != 0)
    return refuse_two(holding, container, claim, err);
  *same = strcmp(first->name, claim->name) == 0;
  return *same ? check_most(holding, container, claim, err) : DAVIT_OK;
}

static int add_holding(struct arena *arena, struct holdings *holdings, const char *container,
                       const struct device_claim *claim, struct davit_error *err) {
  struct holding *held = NULL;
  for (size_t i = 0; i < holdings->items.count; i++) {
    struct holding *holding = holdings->items.items[i];
    bool same = false;
    int answer = check(holding, container, claim, &same, err);
    if (answer < 0)
      return answer;
    if (same)
      held = holding;
  }
  if (held) {
    held->count++;
    held->last = container;
    return DAVIT_OK;
  }
  struct holding *made = arena_alloc(arena, sizeof(*made));
  if (!made)
    return error_memory(err);
  *made = (struct holding){claim, container, container, 1};
  return list_push(arena, &holdings->items, made) ? DAVIT_OK : error_memory(err);
}

int holdings_add(struct arena *arena, struct holdings *holdings, const char *container,
                 const struct list *claims, struct davit_error *err) {
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < claims->count; i++)
    answer = add_holding(arena, holdings, container, claims->items[i], err);
  return answer;
}
