/* SPDX-License-Identifier: Apache-2.0 */
/* Who may serve a request, and who of them has devices: docs/plugins.md, "Who serves a request". */
#include "plugin/search.h"

#include <string.h>

#include "plugin/select.h"
#include "util/text.h"

/* ---- candidates ----------------------------------------------------------------------------- */

/* The plugin that goes by the vendor's name: "nvidia" for "nvidia" and "nvidia.com/gpu". */
static const char *own_name(struct arena *arena, const char *vendor) {
  return strchr(vendor, '/') ? arena_strndup(arena, vendor, strcspn(vendor, "./")) : vendor;
}

static int add_candidate(struct search *search, struct provider *provider,
                         struct davit_error *err) {
  return list_push(search->arena, &search->candidates, provider) ? DAVIT_OK : error_memory(err);
}

/* No plugin has the vendor's name: any of them may serve it. */
static int find_by_vendor(struct search *search, struct davit_error *err) {
  struct providers *providers = search->providers;
  const char *vendor = search->request->vendor.text;
  int rc = registry_find_all(providers, err);
  for (size_t i = 0; rc == DAVIT_OK && i < providers->loaded.count; i++) {
    struct provider *provider = providers->loaded.items[i];
    if (provider_is_cdi(provider))
      continue;
    if (!provider->plugin)
      registry_warn_refused(providers, provider);
    else if (provider_names(provider, vendor) ||
             (provider_is_generic(provider) && !strchr(vendor, '/')))
      rc = add_candidate(search, provider, err);
  }
  sort_by_rank(&search->candidates);
  for (size_t i = 0; i < search->candidates.count && !search->own; i++)
    if (provider_names(search->candidates.items[i], vendor))
      search->own = search->candidates.items[i];
  return rc;
}

static int find_vendor_plugins(struct search *search, struct davit_error *err) {
  const char *vendor = search->request->vendor.text;
  const char *name = own_name(search->arena, vendor);
  if (!name)
    return error_memory(err);
  struct provider *named;
  int rc = registry_find(search->providers, name, &named, err);
  if (rc < 0)
    return rc;
  if (named && !named->plugin && !provider_is_cdi(named)) {
    (void)error_repeat(&search->pending, &named->refused);
    return DAVIT_OK;
  }
  if (!named || provider_is_cdi(named) ||
      !(provider_names(named, vendor) || (provider_is_generic(named) && strcmp(name, vendor) == 0)))
    return find_by_vendor(search, err);
  search->own = named;
  return add_candidate(search, named, err);
}

static int find_cdi(struct search *search, struct davit_error *err) {
  enum cdi_policy policy = search->providers->settings.cdi;
  struct provider *cdi;
  int rc = registry_find(search->providers, "cdi", &cdi, err);
  if (rc < 0)
    return rc;
  if (!cdi && policy == CDI_REQUIRE)
    return error_add(err, DAVIT_E_INVALID, "gpu.no-provider", "install davit's cdi plugin",
                     "--cdi=require is given, but there is no plugin cdi");
  if (cdi && cdi->plugin)
    return add_candidate(search, cdi, err);
  if (!cdi)
    return DAVIT_OK;
  if (policy == CDI_PREFER) {
    (void)error_repeat(&search->pending, &cdi->refused);
    return DAVIT_OK;
  }
  /* Only this plugin can say whether a spec describes the devices, in which case nobody else may
   * give them. */
  return error_repeat(err, &cdi->refused);
}

static int check_policy(const struct provider_settings *settings, struct davit_error *err) {
  bool is_cdi = strcmp(settings->provider, "cdi") == 0;
  if (is_cdi && settings->cdi == CDI_OFF)
    return error_add(err, DAVIT_E_INVALID, "gpu.no-provider", "leave out one of them",
                     "--provider cdi and --cdi=off contradict each other");
  if (!is_cdi && settings->cdi == CDI_REQUIRE)
    return error_add(err, DAVIT_E_INVALID, "gpu.no-provider", "leave out one of them",
                     "--provider %s and --cdi=require contradict each other", settings->provider);
  return DAVIT_OK;
}

/* --provider: this one and no other. */
static int find_chosen(struct search *search, struct davit_error *err) {
  const struct provider_settings *settings = &search->providers->settings;
  const char *vendor = search->request->vendor.text;
  struct provider *chosen;
  int rc = check_policy(settings, err);
  if (rc == DAVIT_OK)
    rc = registry_find(search->providers, settings->provider, &chosen, err);
  if (rc < 0)
    return rc;
  if (!chosen)
    return error_add(err, DAVIT_E_INVALID, "gpu.no-provider",
                     "see `davit plugins` for those that are there",
                     "--provider %s: there is no such plugin", settings->provider);
  if (!chosen->plugin)
    return error_repeat(err, &chosen->refused);
  if (!provider_is_cdi(chosen) && !provider_names(chosen, vendor) && !provider_is_generic(chosen))
    return error_add_at(
        err, DAVIT_E_INVALID, "gpu.no-provider", &search->request->vendor.at,
        arena_printf(search->arena, "it serves %s",
                     strings_join(search->arena, chosen->plugin->table.vendors, 16)),
        "--provider %s: this plugin does not serve vendor \"%s\"", settings->provider, vendor);
  search->candidates = (struct list){0};
  return add_candidate(search, chosen, err);
}

int search_candidates(struct search *search, struct davit_error *err) {
  const struct provider_settings *settings = &search->providers->settings;
  int rc = registry_check_options(search->providers, err);
  if (rc == DAVIT_OK)
    rc = find_vendor_plugins(search, err);
  if (rc < 0)
    return rc;
  if (settings->provider) {
    rc = find_chosen(search, err);
  } else if (settings->cdi != CDI_OFF) {
    if (settings->cdi == CDI_REQUIRE)
      search->candidates = (struct list){0};
    rc = find_cdi(search, err);
  }
  if (rc < 0)
    return rc;
  sort_by_rank(&search->candidates);
  search->wanted.vendor = search->request->vendor.text;
  return narrow_kinds(search->arena, search->request, search->own, &search->wanted.kinds, err);
}

/* ---- asking --------------------------------------------------------------------------------- */

int search_instance(struct search *search, struct provider *provider, struct instance **instance,
                    struct davit_error *err) {
  const struct device_request *request = search->request;
  const struct provider_settings *settings = &search->providers->settings;
  if (request->option_count == 0 || provider_is_cdi(provider))
    return registry_instance(search->providers, provider, instance, err);
  for (size_t i = 0; i < search->instances.count; i++)
    if (instance_plugin(search->instances.items[i]) == provider->plugin) {
      *instance = search->instances.items[i];
      return DAVIT_OK;
    }
  size_t count = request->option_count + settings->option_count;
  struct request_option *options = arena_array(search->arena, count, sizeof(*options));
  if (!options)
    return error_memory(err);
  memcpy(options, request->options, request->option_count * sizeof(*options));
  if (settings->option_count > 0)
    memcpy(options + request->option_count, settings->options,
           settings->option_count * sizeof(*options));
  const struct instance_settings own = {.host = settings->host,
                                        .caller = settings->caller,
                                        .log = settings->log,
                                        .options = options,
                                        .option_count = count};
  struct instance *opened;
  int rc = instance_open(search->arena, provider->plugin, &own, &opened, err);
  if (rc < 0)
    return rc;
  if (!list_push(search->arena, &search->instances, opened)) {
    instance_close(opened);
    return error_memory(err);
  }
  *instance = opened;
  return DAVIT_OK;
}

void search_close(struct search *search) {
  for (size_t i = 0; i < search->instances.count; i++)
    instance_close(search->instances.items[i]);
  error_clear(&search->pending);
}

bool search_may_go_on(const struct search *search, const struct provider *provider) {
  const struct provider_settings *settings = &search->providers->settings;
  if (settings->provider)
    return false;
  if (provider_is_cdi(provider))
    return settings->cdi == CDI_PREFER;
  /* One that serves any vendor need not be the one for this. */
  return provider != search->own && !provider_names(provider, search->request->vendor.text);
}

/* The names as the user wrote them, for providers that can look up names faster than list all.
 * Patterns need that all are listed. */
static const char *const *asked_names(const struct search *search) {
  const struct device_request *request = search->request;
  if (request->device_count == 0)
    return NULL;
  const char **names = arena_array(search->arena, request->device_count + 1, sizeof(*names));
  for (size_t i = 0; names && i < request->device_count; i++) {
    if (request->devices[i].is_pattern)
      return NULL;
    names[i] = request->devices[i].text;
  }
  return names; /* without memory: none, which only asks for more */
}

/* A plugin knows itself by its vendors, not by its kinds. */
static const char *asked_vendor(const struct search *search, const struct provider *provider) {
  const char *vendor = search->wanted.vendor;
  const char *const *vendors = provider->plugin->table.vendors;
  bool is_kind = strchr(vendor, '/') && !provider_is_cdi(provider);
  return is_kind && !provider_is_generic(provider) && vendors && vendors[0] ? vendors[0] : vendor;
}

static int enumerate(struct search *search, struct offer *offer, struct davit_error *err) {
  const struct davit_query query = {DAVIT_SIZED(struct davit_query),
                                    .vendor = asked_vendor(search, offer->provider),
                                    .kinds = search->wanted.kinds, .names = asked_names(search)};
  int rc = search_instance(search, offer->provider, &offer->instance, err);
  if (rc == DAVIT_OK)
    rc = instance_enumerate(offer->instance, search->arena, &query, &offer->inventory, err);
  if (rc == DAVIT_OK)
    rc = narrow_inventory(search->arena, &search->wanted, offer->provider, search->request,
                          &offer->inventory, err);
  if (rc == DAVIT_OK && offer->inventory.count == 0 && offer->inventory.answer < 0) {
    rc = offer->inventory.answer;
    error_take(err, &offer->inventory.broken);
  }
  if (rc < 0)
    inventory_clear(&offer->inventory);
  return rc;
}

/* *offer is empty if the provider has nothing of this. */
static int ask(struct search *search, struct provider *provider, struct offer *offer,
               struct davit_error *err) {
  CLEANUP(error) struct davit_error why = {0};
  struct offer asked = {.provider = provider};
  int rc = enumerate(search, &asked, &why);
  if (rc == DAVIT_E_MEMORY)
    return error_memory(err);
  if (rc < 0) {
    bool goes_on = search_may_go_on(search, provider);
    error_take(goes_on ? &search->pending : err, &why);
    return goes_on ? DAVIT_OK : rc;
  }
  if (asked.inventory.count > 0)
    *offer = asked;
  else
    inventory_clear(&asked.inventory);
  return DAVIT_OK;
}

int search_offer(struct search *search, size_t *next, struct offer *offer,
                 struct davit_error *err) {
  struct offer found = {0};
  uint32_t rank = 0;
  int rc = DAVIT_OK;
  for (; rc == DAVIT_OK && *next < search->candidates.count; (*next)++) {
    struct provider *provider = search->candidates.items[*next];
    if (found.provider && provider->plugin->table.rank != rank)
      break;
    struct offer other = {0};
    rc = ask(search, provider, found.provider ? &other : &found, err);
    rank = provider->plugin->table.rank;
    if (rc == DAVIT_OK && other.provider) {
      rc = error_add_at(err, DAVIT_E_INVALID, "gpu.provider-ambiguous", &search->request->vendor.at,
                        "choose one with --provider NAME",
                        "vendor \"%s\" is served by %s and by %s, both of rank %u",
                        search->wanted.vendor, found.provider->plugin->path,
                        other.provider->plugin->path, rank);
      inventory_clear(&other.inventory);
    }
  }
  if (rc < 0) {
    inventory_clear(&found.inventory);
    return rc;
  }
  *offer = found;
  return DAVIT_OK;
}

/* ---- nobody --------------------------------------------------------------------------------- */

static int refuse_kind(struct search *search, struct davit_error *err) {
  const char *hint = "put its spec into /etc/cdi, or name its directory with --cdi-dir";
  const struct where *at = &search->request->vendor.at;
  if (search->wanted.kinds)
    return error_add_at(err, DAVIT_E_NOT_FOUND, "cdi.kind-missing", at, hint,
                        "no CDI spec on this host describes %s",
                        strings_join(search->arena, search->wanted.kinds, 16));
  return error_add_at(err, DAVIT_E_NOT_FOUND, "cdi.kind-missing", at, hint,
                      "no CDI spec on this host describes devices of vendor \"%s\"",
                      search->wanted.vendor);
}

static int refuse_vendor(struct search *search, struct davit_error *err) {
  const struct list *loaded = &search->providers->loaded;
  struct list vendors = {0};
  for (size_t i = 0; i < loaded->count; i++) {
    const struct provider *provider = loaded->items[i];
    const char *const *vendor = provider->plugin ? provider->plugin->table.vendors : NULL;
    for (; vendor && *vendor; vendor++)
      if (strcmp(*vendor, "*") != 0 && !strings_contain(list_strings(&vendors), *vendor) &&
          !list_push(search->arena, &vendors, *vendor))
        return error_memory(err);
  }
  const char *near = text_nearest(search->wanted.vendor, list_strings(&vendors));
  const char *hint = "see `davit plugins` and `davit devices`";
  if (near)
    hint = arena_printf(search->arena, "do you mean \"%s\"?", near);
  else if (vendors.count > 0)
    hint = arena_printf(search->arena, "plugins serve %s; see `davit plugins`",
                        strings_join(search->arena, list_strings(&vendors), 16));
  bool with_cdi = search->providers->settings.cdi != CDI_OFF;
  return error_add_at(err, DAVIT_E_NOT_FOUND, "gpu.no-provider", &search->request->vendor.at, hint,
                      "no plugin%s serves vendor \"%s\"", with_cdi ? " and no CDI spec" : "",
                      search->wanted.vendor);
}

int search_refuse(struct search *search, struct davit_error *err) {
  if (search->pending.first) { /* something is there, and is broken */
    int rc = search->pending.first->answer;
    error_take(err, &search->pending);
    return rc;
  }
  search->found_nothing = true;
  const struct provider_settings *settings = &search->providers->settings;
  bool only_cdi = settings->cdi == CDI_REQUIRE ||
                  (settings->provider && strcmp(settings->provider, "cdi") == 0);
  bool asks_cdi = settings->cdi != CDI_OFF && (!settings->provider || only_cdi);
  if (only_cdi || (!search->own && asks_cdi && strchr(search->wanted.vendor, '/')))
    return refuse_kind(search, err);
  if (search->own) { /* the plugin is there, its devices are not */
    const struct inventory nothing = {0};
    const struct davit_device *const *chosen;
    return select_devices(search->arena, &nothing, search->request, &chosen, err);
  }
  return refuse_vendor(search, err);
}
