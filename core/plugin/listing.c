/* SPDX-License-Identifier: Apache-2.0 */
/* Every device that the plugins see, and who would give it to a container. */
#include <string.h>

#include "plugin/narrow.h"
#include "plugin/registry.h"

/* The plugins that a listing asks, by rank. */
static int list_asked(struct providers *providers, struct arena *arena, const char *vendor,
                      struct list *asked, struct davit_error *err) {
  const struct provider_settings *settings = &providers->settings;
  for (size_t i = 0; i < providers->loaded.count; i++) {
    struct provider *provider = providers->loaded.items[i];
    if ((settings->provider && strcmp(settings->provider, provider->file->name) != 0) ||
        (settings->cdi == CDI_OFF && provider_is_cdi(provider)))
      continue;
    if (!provider->plugin) {
      registry_warn_refused(providers, provider);
      continue;
    }
    if (vendor && !provider_names(provider, vendor) && !provider_is_generic(provider))
      continue;
    if (!list_push(arena, asked, provider))
      return error_memory(err);
  }
  sort_by_rank(asked);
  return DAVIT_OK;
}

/* The kinds that a vendor's own plugin declares; NULL: no plugin names the vendor. */
static const char *const *kinds_of(const struct list *providers, const char *vendor) {
  for (size_t i = 0; vendor && i < providers->count; i++) {
    const struct provider *provider = providers->items[i];
    if (strings_contain(provider->plugin->table.vendors, vendor))
      return provider->plugin->table.kinds;
  }
  return NULL;
}

static bool have_common_place(const struct davit_device *a, const struct davit_device *b) {
  if (a->pci_address && b->pci_address && strcmp(a->pci_address, b->pci_address) == 0)
    return true;
  for (const char *const *node = a->nodes; node && *node; node++)
    if (strings_contain(b->nodes, *node))
      return true;
  return false;
}

/* A generic plugin sees every GPU of its kind, also those of which a vendor's plugin says more. */
static bool is_said_better(const struct provider *provider, const struct davit_device *device,
                           const struct list *listed) {
  for (size_t i = 0; provider->plugin->table.rank <= DAVIT_RANK_GENERIC && i < listed->count; i++) {
    const struct provider_device *other = listed->items[i];
    if (other->plugin->table.rank > DAVIT_RANK_GENERIC && have_common_place(other->device, device))
      return true;
  }
  return false;
}

static int list_devices(struct providers *providers, struct arena *arena, struct provider *provider,
                        const struct narrowing *wanted, struct list *list,
                        struct davit_error *err) {
  const struct log *log = providers->settings.log;
  CLEANUP(error) struct davit_error broken = {0};
  struct instance *instance;
  struct inventory inventory = {0};
  const struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = wanted->vendor,
                                    .kinds = wanted->kinds};
  int rc = registry_instance(providers, provider, &instance, &broken);
  if (rc == DAVIT_OK)
    rc = instance_enumerate(instance, arena, &query, &inventory, &broken);
  if (rc == DAVIT_E_MEMORY)
    return error_memory(err);
  log_error(log, LOG_LEVEL_WARNING, rc < 0 ? &broken : &inventory.broken);
  inventory_clear(&inventory);
  for (size_t i = 0; rc == DAVIT_OK && i < inventory.count; i++) {
    if (!narrow_keeps(wanted, provider, inventory.devices[i]) ||
        is_said_better(provider, inventory.devices[i], list))
      continue;
    struct provider_device *device = arena_alloc(arena, sizeof(*device));
    if (!device || !list_push(arena, list, device))
      return error_memory(err);
    *device = (struct provider_device){.plugin = provider->plugin, .device = inventory.devices[i]};
  }
  return DAVIT_OK;
}

/* ---- who gives them ------------------------------------------------------------------------- */

/* What CDI has of the kinds of one plugin. */
struct cdi_view {
  const struct plugin *plugin; /* cdi's own; NULL: it is not asked */
  struct inventory inventory;  /* its `broken` is told elsewhere */
};

static struct provider *find_cdi(const struct list *asked) {
  for (size_t i = 0; i < asked->count; i++)
    if (provider_is_cdi(asked->items[i]))
      return asked->items[i];
  return NULL;
}

static int look_at_cdi(struct providers *providers, struct arena *arena, struct provider *cdi,
                       const struct plugin *plugin, struct cdi_view *view,
                       struct davit_error *err) {
  CLEANUP(error) struct davit_error broken = {0};
  struct instance *instance;
  const char *const *vendors = plugin->table.vendors;
  const struct davit_query query = {DAVIT_SIZED(struct davit_query),
                                    .vendor = vendors ? vendors[0] : NULL,
                                    .kinds = plugin->table.kinds};
  *view = (struct cdi_view){0};
  if (!cdi || !query.kinds)
    return DAVIT_OK;
  int rc = registry_instance(providers, cdi, &instance, &broken);
  if (rc == DAVIT_OK)
    rc = instance_enumerate(instance, arena, &query, &view->inventory, &broken);
  if (rc == DAVIT_E_MEMORY)
    return error_memory(err);
  if (rc < 0)
    view->inventory.answer = rc;
  view->plugin = cdi->plugin;
  inventory_clear(&view->inventory);
  return DAVIT_OK;
}

static size_t node_count(const struct davit_device *device) {
  size_t count = 0;
  while (device->nodes && device->nodes[count])
    count++;
  return count;
}

static bool has_nodes_of(const struct davit_device *device, const struct davit_device *other) {
  for (const char *const *node = other->nodes; node && *node; node++)
    if (!strings_contain(device->nodes, *node))
      return false;
  return node_count(other) > 0;
}

/* The CDI device with all nodes of this one and the fewest others: a whole GPU's has those of each
 * part. */
static const struct davit_device *find_twin(const struct cdi_view *cdi,
                                            const struct davit_device *device) {
  const struct davit_device *twin = NULL;
  for (size_t i = 0; i < cdi->inventory.count; i++) {
    const struct davit_device *other = cdi->inventory.devices[i];
    if ((other->flags & DAVIT_DEVICE_ALIAS) || other->unusable || !has_nodes_of(other, device))
      continue;
    if (!twin || node_count(other) < node_count(twin))
      twin = other;
  }
  return twin;
}

/* By the rules of docs/plugins.md, "Who serves a request". */
static int find_server(const struct providers *providers, struct arena *arena,
                       const struct cdi_view *cdi, struct provider_device *listed) {
  const struct provider_settings *settings = &providers->settings;
  const struct davit_device *device = listed->device;
  bool asks_cdi = cdi->plugin && !settings->provider && listed->plugin != cdi->plugin;
  bool has_spec = cdi->inventory.count > 0 || cdi->inventory.answer < 0;
  const struct davit_device *twin = asks_cdi ? find_twin(cdi, device) : NULL;
  bool only_cdi = settings->cdi == CDI_REQUIRE || (has_spec && settings->cdi == CDI_AUTO);
  if (device->unusable) {
    listed->not_served = device->unusable;
  } else if (twin) {
    listed->server = cdi->plugin;
    listed->served_as = twin;
  } else if (asks_cdi && only_cdi) {
    listed->not_served = arena_printf(
        arena, has_spec ? "the CDI specs of %s do not have it" : "no CDI spec describes %s",
        device->kind);
    return listed->not_served ? DAVIT_OK : DAVIT_E_MEMORY;
  } else {
    listed->server = listed->plugin;
    listed->served_as = device;
  }
  return DAVIT_OK;
}

static int find_servers(struct providers *providers, struct arena *arena, const struct list *asked,
                        const struct list *listed, struct davit_error *err) {
  struct provider *cdi = find_cdi(asked);
  struct cdi_view view = {0};
  const struct plugin *plugin = NULL;
  for (size_t i = 0; i < listed->count; i++) {
    struct provider_device *device = listed->items[i];
    if (device->plugin != plugin) { /* they come plugin by plugin */
      plugin = device->plugin;
      int rc = look_at_cdi(providers, arena, cdi, plugin, &view, err);
      if (rc < 0)
        return rc;
    }
    if (find_server(providers, arena, &view, device) < 0)
      return error_memory(err);
  }
  return DAVIT_OK;
}

int providers_devices(struct providers *providers, struct arena *arena, const char *vendor,
                      const struct provider_device *const **devices, struct davit_error *err) {
  static const struct provider_device *const none[] = {NULL};
  struct list asked = {0}, list = {0};
  int rc = registry_find_all(providers, err);
  if (rc == DAVIT_OK)
    rc = list_asked(providers, arena, vendor, &asked, err);
  const char *const kind[] = {vendor, NULL};
  struct narrowing wanted = {.vendor = vendor};
  if (rc == DAVIT_OK)
    wanted.kinds = vendor && strchr(vendor, '/') ? kind : kinds_of(&asked, vendor);
  for (size_t i = 0; rc == DAVIT_OK && i < asked.count; i++)
    rc = list_devices(providers, arena, asked.items[i], &wanted, &list, err);
  if (rc == DAVIT_OK)
    rc = find_servers(providers, arena, &asked, &list, err);
  if (rc < 0)
    return rc;
  *devices = list.items ? (const struct provider_device *const *)list.items : none;
  return DAVIT_OK;
}
