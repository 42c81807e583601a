/* SPDX-License-Identifier: Apache-2.0 */
/* CDI says little of a device but its nodes; the vendor's plugin knows the rest. It is asked only
 * if the request is about the rest: a model, an index, a UUID, a PCI address, memory. */
#include <string.h>

#include "plugin/match.h"
#include "plugin/search.h"

/* The vendor's device behind another's; NULL: none, or several. */
static const struct davit_device *find_behind(const struct inventory *known,
                                              const struct davit_device *given) {
  const struct davit_device *found = NULL;
  for (const struct davit_device *const *d = known->devices; *d; d++) {
    if (((*d)->flags & (DAVIT_DEVICE_GROUP | DAVIT_DEVICE_ALIAS)) ||
        !devices_have_common_node(*d, given))
      continue;
    if (found)
      return NULL;
    found = *d;
  }
  return found;
}

static const char *own_or(const char *own, const char *known) {
  return own ? own : known;
}

static void fill_in(struct davit_device *device, const struct davit_device *known,
                    bool with_index) {
  device->uuid = own_or(device->uuid, known->uuid);
  device->model = own_or(device->model, known->model);
  device->driver = own_or(device->driver, known->driver);
  device->profile = own_or(device->profile, known->profile);
  if (!known->parent) /* a part lies at its whole's address, which means the whole */
    device->pci_address = own_or(device->pci_address, known->pci_address);
  if (with_index && (known->flags & DAVIT_DEVICE_INDEX)) {
    device->flags |= DAVIT_DEVICE_INDEX;
    device->index = known->index;
  }
}

static int complete_from(struct search *search, const struct inventory *known,
                         struct inventory *inventory, struct davit_error *err) {
  bool with_index = search->request->device_count > 0; /* a count goes by CDI's own names */
  const struct davit_device **devices =
      arena_array(search->arena, inventory->count + 1, sizeof(*devices));
  if (!devices)
    return error_memory(err);
  for (size_t i = 0; i < inventory->count; i++) {
    const struct davit_device *device = inventory->devices[i];
    const struct davit_device *behind =
        device->flags & DAVIT_DEVICE_ALIAS ? NULL : find_behind(known, device);
    devices[i] = device;
    if (!behind)
      continue;
    struct davit_device *completed = arena_alloc(search->arena, sizeof(*completed));
    if (!completed)
      return error_memory(err);
    *completed = *device;
    fill_in(completed, behind, with_index);
    devices[i] = completed;
  }
  inventory->devices = devices;
  return DAVIT_OK;
}

/* Whether the names and the model of the request are more than CDI's own names. */
static int asks_for_facts(const struct search *search, const struct inventory *inventory,
                          bool *asks, struct davit_error *err) {
  const struct device_request *request = search->request;
  *asks = request->model.text != NULL || request->memory_limit.bytes > 0;
  for (size_t i = 0; i < request->device_count && !*asks; i++) {
    struct list matches = {0};
    if (!match_devices(search->arena, inventory->devices, request->devices[i].text, &matches))
      return error_memory(err);
    *asks = matches.count == 0 && !name_is_qualified(request->devices[i].text) &&
            strcmp(request->devices[i].text, "all") != 0;
  }
  return DAVIT_OK;
}

int complete_offer(struct search *search, struct offer *offer, struct davit_error *err) {
  if (!provider_is_cdi(offer->provider) || !search->own)
    return DAVIT_OK;
  bool asks;
  int rc = asks_for_facts(search, &offer->inventory, &asks, err);
  if (rc < 0 || !asks)
    return rc;
  const char *const *vendors = search->own->plugin->table.vendors;
  const struct davit_query query = {DAVIT_SIZED(struct davit_query),
                                    .vendor = vendors ? vendors[0] : NULL};
  CLEANUP(error) struct davit_error why = {0};
  struct instance *instance;
  struct inventory known = {0};
  rc = search_instance(search, search->own, &instance, &why);
  if (rc == DAVIT_OK)
    rc = instance_enumerate(instance, search->arena, &query, &known, &why);
  if (rc == DAVIT_OK)
    rc = complete_from(search, &known, &offer->inventory, err);
  else if (rc != DAVIT_E_MEMORY) /* CDI serves; what it does not know is told as such */
    rc = DAVIT_OK;
  else
    error_take(err, &why);
  log_error(search->providers->settings.log, LOG_LEVEL_WARNING, &why);
  inventory_clear(&known);
  return rc;
}
