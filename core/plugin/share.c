/* SPDX-License-Identifier: Apache-2.0 */
/* Sharing is a question of its own: the vendor's plugin arranges it, whoever gave the devices. */
#include <string.h>

#include "plugin/match.h"
#include "plugin/search.h"
#include "plugin/select.h"

bool request_shares(const struct device_request *request) {
  return request->sharing.text && strcmp(request->sharing.text, "exclusive") != 0;
}

static const struct where *sharing_at(const struct search *search) {
  return &search->request->sharing.at;
}

static struct provider *find_loaded(const struct search *search, const char *vendor_or_kind) {
  const struct list *loaded = &search->providers->loaded;
  for (size_t i = 0; i < loaded->count; i++) {
    struct provider *provider = loaded->items[i];
    if (provider->plugin && !provider_is_cdi(provider) && provider_names(provider, vendor_or_kind))
      return provider;
  }
  return NULL;
}

static void refuse_without_plugin(struct search *search, const struct davit_device *device,
                                  struct davit_error *err) {
  if (search->pending.first) /* it is there, and refused */
    (void)error_repeat(err, &search->pending);
  error_add_at(err, DAVIT_E_INVALID, "gpu.sharing-unavailable", sharing_at(search),
               "leave sharing out, or install the vendor's plugin",
               "sharing \"%s\": there is no plugin of vendor \"%s\" that could arrange it",
               search->request->sharing.text,
               device->vendor ? device->vendor : search->wanted.vendor);
}

/* The plugin of the device's vendor; NULL: the error says that there is none. */
static struct provider *find_sharer(struct search *search, const struct davit_device *device,
                                    struct davit_error *err) {
  struct provider *found = NULL;
  if (device->vendor) {
    if (registry_find(search->providers, device->vendor, &found, err) < 0)
      return NULL;
    if (found && (!found->plugin || !provider_names(found, device->vendor)))
      found = NULL;
    if (!found)
      found = find_loaded(search, device->vendor);
  }
  if (!found)
    found = search->own;
  if (!found)
    found = find_loaded(search, device->kind);
  if (!found)
    refuse_without_plugin(search, device, err);
  return found;
}

static int check_mode(struct search *search, const struct provider *sharer,
                      struct davit_error *err) {
  const char *mode = search->request->sharing.text;
  const char *const *modes = sharer->plugin->table.sharing;
  if (strings_contain(modes, mode))
    return DAVIT_OK;
  const char *hint = "it offers none: leave sharing out, or write exclusive";
  if (modes && modes[0])
    hint = arena_printf(search->arena, "it offers exclusive, %s",
                        strings_join(search->arena, modes, 16));
  return error_add_at(err, DAVIT_E_UNSUPPORTED, "gpu.sharing-unavailable", sharing_at(search), hint,
                      "plugin %s does not offer sharing \"%s\"", sharer->plugin->name, mode);
}

/* ---- devices of another provider ------------------------------------------------------------ */

/* The vendor's devices behind a CDI device: those that have a node with it. Groups stand for their
 * parts, which have nodes of their own. */
static int add_behind(struct search *search, const struct davit_device *given,
                      const struct inventory *inventory, const struct provider *sharer,
                      struct list *completed, struct davit_error *err) {
  bool is_known = false;
  for (const struct davit_device *const *d = inventory->devices; *d; d++) {
    if (((*d)->flags & (DAVIT_DEVICE_GROUP | DAVIT_DEVICE_ALIAS)) ||
        !devices_have_common_node(*d, given))
      continue;
    is_known = true;
    bool is_there = false;
    for (size_t i = 0; i < completed->count && !is_there; i++)
      is_there = completed->items[i] == *d;
    if (!is_there && !list_push(search->arena, completed, *d))
      return error_memory(err);
  }
  if (is_known)
    return DAVIT_OK;
  return error_add_at(err, DAVIT_E_INVALID, "gpu.sharing-unavailable", sharing_at(search),
                      "compare `davit devices` with the device nodes of the spec",
                      "sharing \"%s\": plugin %s knows no device with the nodes of %s",
                      search->request->sharing.text, sharer->plugin->name,
                      device_qualified_name(search->arena, given));
}

/* The vendor's plugin is told of its own devices, with all that it knows of them. */
static int complete(struct search *search, struct provider *sharer, struct instance *instance,
                    const struct davit_device *const *chosen, struct list *completed,
                    struct davit_error *err) {
  const char *const *vendors = sharer->plugin->table.vendors;
  const struct davit_query query = {DAVIT_SIZED(struct davit_query),
                                    .vendor = vendors ? vendors[0] : NULL};
  struct inventory inventory;
  int rc = instance_enumerate(instance, search->arena, &query, &inventory, err);
  if (rc < 0)
    return rc;
  for (; rc == DAVIT_OK && *chosen; chosen++)
    rc = add_behind(search, *chosen, &inventory, sharer, completed, err);
  if (rc < 0)
    error_take(err, &inventory.broken); /* may be why a device is not known */
  else
    log_error(search->providers->settings.log, LOG_LEVEL_WARNING, &inventory.broken);
  inventory_clear(&inventory);
  return rc;
}

/* ---- the question --------------------------------------------------------------------------- */

static int ask_sharer(struct search *search, struct instance *instance,
                      const struct davit_device *const *devices, struct transaction *transaction,
                      struct davit_error *err) {
  struct container_view container;
  container_view_init(&container, search, instance, transaction);
  const struct davit_request request = {DAVIT_SIZED(struct davit_request), .devices = devices,
                                        .container = &container.table,
                                        .sharing = search->request->sharing.text};
  int rc =
      instance_share(instance, &request, transaction_begin(transaction, instance, EDIT_SHARE), err);
  if (rc < 0)
    transaction_rollback(transaction);
  return rc;
}

/* One plugin arranges all of a request; NULL: the error says why none does. */
static struct provider *find_common_sharer(struct search *search,
                                           const struct davit_device *const *chosen,
                                           struct davit_error *err) {
  struct provider *common = NULL;
  for (; *chosen; chosen++) {
    struct provider *own = find_sharer(search, *chosen, err);
    if (!own)
      return NULL;
    if (common && common != own) {
      error_add_at(err, DAVIT_E_INVALID, "gpu.sharing-unavailable", sharing_at(search),
                   "share devices of one vendor",
                   "sharing \"%s\": the devices are of plugins %s and %s",
                   search->request->sharing.text, common->plugin->name, own->plugin->name);
      return NULL;
    }
    common = own;
  }
  return common;
}

int share_devices(struct search *search, const struct offer *offer,
                  const struct davit_device *const *chosen, struct transaction *transaction,
                  struct davit_error *err) {
  struct provider *sharer = find_common_sharer(search, chosen, err);
  if (!sharer)
    return err->first->answer;
  struct instance *instance;
  int rc = check_mode(search, sharer, err);
  if (rc == DAVIT_OK)
    rc = search_instance(search, sharer, &instance, err);
  if (rc < 0)
    return rc;
  if (sharer == offer->provider)
    return ask_sharer(search, instance, chosen, transaction, err);
  struct list completed = {0};
  rc = complete(search, sharer, instance, chosen, &completed, err);
  if (rc < 0)
    return rc;
  return ask_sharer(search, instance, (const struct davit_device *const *)completed.items,
                    transaction, err);
}
