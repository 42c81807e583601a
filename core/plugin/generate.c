/* SPDX-License-Identifier: Apache-2.0 */
/* Whose devices a spec is made of, under which kind, and where it may lie. */
#include "plugin/generate.h"

#include <string.h>

#include "cdi/names.h"
#include "plugin/generate_state.h"
#include "plugin/match.h"
#include "plugin/search.h"

static const char no_devices[] = "cdi.no-devices";
static const char see_devices[] = "see `davit devices`, or `davit doctor` for why not";

/* ---- who ------------------------------------------------------------------------------------ */

static bool has_kind(const struct list *devices, const char *kind) {
  for (size_t i = 0; i < devices->count; i++)
    if (strcmp(((const struct davit_device *)devices->items[i])->kind, kind) == 0)
      return true;
  return false;
}

static const char *vendor_of(const struct provider_device *found) {
  const char *const *vendors = found->plugin->table.vendors;
  if (found->device->vendor)
    return found->device->vendor;
  return vendors && vendors[0] && strcmp(vendors[0], "*") != 0 ? vendors[0] : found->plugin->name;
}

/* How well a device's vendor answers for it: what --kind names first, a generic plugin last. */
static int rank_of(const struct provider_device *found, const char *kind) {
  if (kind && strcmp(found->device->kind, kind) == 0)
    return 2;
  return found->plugin->table.rank > DAVIT_RANK_GENERIC;
}

/* The vendors of the usable devices of the highest rank. */
static int list_vendors(struct arena *arena, const struct provider_device *const *found,
                        const char *kind, struct list *vendors, struct davit_error *err) {
  int highest = 0;
  for (; *found; found++) {
    int rank = rank_of(*found, kind);
    if ((*found)->device->unusable || rank < highest)
      continue;
    if (rank > highest)
      *vendors = (struct list){0};
    highest = rank;
    if (!strings_contain(list_strings(vendors), vendor_of(*found)) &&
        !list_push(arena, vendors, vendor_of(*found)))
      return error_memory(err);
  }
  return DAVIT_OK;
}

static int find_vendor(struct providers *providers, struct arena *arena, const char *kind,
                       const char **vendor, struct davit_error *err) {
  const struct provider_device *const *found;
  struct list vendors = {0};
  int rc = providers_devices(providers, arena, NULL, &found, err);
  if (rc == DAVIT_OK)
    rc = list_vendors(arena, found, kind, &vendors, err);
  if (rc < 0)
    return rc;
  if (vendors.count == 0)
    return error_add(err, DAVIT_E_NOT_FOUND, no_devices, see_devices,
                     "no plugin finds a device on this host that a container could have, and a "
                     "CDI file without devices is none");
  if (vendors.count > 1)
    return error_add(err, DAVIT_E_INVALID, "gpu.ambiguous", "choose one with --vendor NAME",
                     "there are devices of several vendors, which do not go into one CDI file: %s",
                     strings_join(arena, list_strings(&vendors), 16));
  *vendor = vendors.items[0];
  return DAVIT_OK;
}

/* ---- which devices, of which kind ----------------------------------------------------------- */

static bool is_written(const struct davit_device *device) {
  return !device->unusable && !(device->flags & (DAVIT_DEVICE_GROUP | DAVIT_DEVICE_ALIAS));
}

static int take_usable(const struct generator *generator, const struct inventory *inventory,
                       struct list *devices, struct davit_error *err) {
  for (size_t i = 0; i < inventory->count; i++) {
    const struct davit_device *device = inventory->devices[i];
    if (device->unusable && !(device->flags & DAVIT_DEVICE_GROUP))
      log_warning(generator->log, "cdi.left-out", "device %s is left out: %s", device->id,
                  device->unusable);
    if (is_written(device) && !list_push(generator->arena, devices, device))
      return error_memory(err);
  }
  if (devices->count > 0)
    return DAVIT_OK;
  return error_add(err, DAVIT_E_NOT_FOUND, no_devices, see_devices,
                   "plugin %s finds no device on this host that a container could have, and a CDI "
                   "file without devices is none",
                   instance_plugin(generator->instance)->name);
}

static int list_kinds(struct arena *arena, const struct list *devices, struct list *kinds,
                      struct davit_error *err) {
  for (size_t i = 0; i < devices->count; i++) {
    const struct davit_device *device = devices->items[i];
    if (!strings_contain(list_strings(kinds), device->kind) &&
        !list_push(arena, kinds, device->kind))
      return error_memory(err);
  }
  return DAVIT_OK;
}

/* `kind`: asked, or NULL. Devices of other kinds are taken from the list. */
static int choose_kind(const struct generator *generator, const char *kind, struct list *devices,
                       const char **chosen, struct davit_error *err) {
  struct list kinds = {0};
  int rc = list_kinds(generator->arena, devices, &kinds, err);
  if (rc < 0)
    return rc;
  bool is_theirs = kind && has_kind(devices, kind);
  if (kinds.count > 1 && !is_theirs)
    return error_add(err, DAVIT_E_INVALID, "gpu.ambiguous", "choose one with --kind KIND",
                     "plugin %s has devices of several kinds, which do not go into one CDI file: "
                     "%s",
                     instance_plugin(generator->instance)->name,
                     strings_join(generator->arena, list_strings(&kinds), 16));
  size_t kept = 0;
  for (size_t i = 0; i < devices->count; i++) {
    const struct davit_device *device = devices->items[i];
    if (!is_theirs || strcmp(device->kind, kind) == 0)
      devices->items[kept++] = devices->items[i];
  }
  devices->count = kept;
  *chosen = kind ? kind : kinds.items[0];
  const char *problem = kind_problem(*chosen);
  if (!problem)
    return DAVIT_OK;
  return error_add(err, DAVIT_E_INVALID, "cdi.bad-kind", "for example --kind acme.com/gpu",
                   "\"%s\" is no kind of CDI devices: %s", *chosen, problem);
}

static int make_parts(struct generator *generator, const struct list *devices,
                      struct davit_error *err) {
  for (size_t i = 0; i < devices->count; i++) {
    struct generated_part *part = arena_alloc(generator->arena, sizeof(*part));
    if (!part || !list_push(generator->arena, &generator->parts, part))
      return error_memory(err);
    part->device = devices->items[i];
  }
  return DAVIT_OK;
}

/* ---- the spec ------------------------------------------------------------------------------- */

static int fill_spec(struct generator *generator, const struct inventory *inventory,
                     const char *kind, struct generated_spec *spec, struct davit_error *err) {
  struct list devices = {0};
  int rc = take_usable(generator, inventory, &devices, err);
  if (rc == DAVIT_OK)
    rc = choose_kind(generator, kind, &devices, &spec->kind, err);
  if (rc == DAVIT_OK)
    rc = make_parts(generator, &devices, err);
  if (rc == DAVIT_OK)
    rc = generate_edits(generator, err);
  if (rc == DAVIT_OK)
    rc = generate_devices(generator, spec, err);
  if (rc < 0)
    return rc;
  spec->edits = generator->common;
  if (spec->devices.count > 0)
    return DAVIT_OK;
  return error_add(err, DAVIT_E_UNSUPPORTED, no_devices, NULL,
                   "no device of plugin %s can be said in a CDI file",
                   instance_plugin(generator->instance)->name);
}

/* What the vendor's plugin has. */
static int find_offer(struct search *search, struct offer *offer, struct davit_error *err) {
  size_t next = 0;
  int rc = search_candidates(search, err);
  if (rc == DAVIT_OK)
    rc = search_offer(search, &next, offer, err);
  if (rc < 0 || offer->provider)
    return rc;
  if (!search->own)
    return search_refuse(search, err);
  return error_add(err, DAVIT_E_NOT_FOUND, no_devices, see_devices,
                   "plugin %s finds no device on this host, and a CDI file without devices is none",
                   search->own->plugin->name);
}

int generate_spec(struct providers *providers, struct arena *arena,
                  const struct generate_request *request, const struct generated_spec **spec,
                  struct davit_error *err) {
  const struct provider_settings *settings = &providers->settings;
  const char *vendor = request->vendor;
  CLEANUP(oci) struct oci *oci = NULL;
  int rc = oci_new(&oci, err);
  if (rc == DAVIT_OK && !vendor)
    rc = find_vendor(providers, arena, request->kind, &vendor, err);
  if (rc < 0)
    return rc;
  const struct device_request wanted = {.vendor = {.text = vendor, .at = {.key = "--vendor"}}};
  const struct container_facts facts = {0};
  struct search search = {
      .providers = providers, .arena = arena, .request = &wanted, .facts = &facts, .oci = oci};
  struct offer offer = {0};
  struct generated_spec *made = arena_alloc(arena, sizeof(*made));
  rc = made ? find_offer(&search, &offer, err) : error_memory(err);
  if (rc == DAVIT_OK) {
    struct generator generator = {.arena = arena,
                                  .host = settings->host,
                                  .log = settings->log,
                                  .oci = oci,
                                  .instance = offer.instance};
    log_error(settings->log, LOG_LEVEL_WARNING, &offer.inventory.broken);
    rc = fill_spec(&generator, &offer.inventory, request->kind, made, err);
  }
  inventory_clear(&offer.inventory);
  search_close(&search);
  *spec = made;
  return rc;
}

/* ---- its place ------------------------------------------------------------------------------ */

static bool defines(const struct generated_spec *spec, const char *name) {
  for (size_t i = 0; i < spec->devices.count; i++)
    if (strcmp(((const struct generated_device *)spec->devices.items[i])->name, name) == 0)
      return true;
  return false;
}

static int check_against(struct arena *arena, const struct generated_spec *spec, const char *path,
                         const struct davit_device *device, struct davit_error *err) {
  if (strcmp(device->kind, spec->kind) != 0 || !device->file || !defines(spec, device->id))
    return DAVIT_OK;
  const char *name = device_qualified_name(arena, device);
  if (!name)
    return error_memory(err);
  static const char hint[] = "name another kind with --kind, or another directory, or delete the "
                             "other file";
  if (strcmp(device->file, path) != 0)
    return error_add(err, DAVIT_E_INVALID, "cdi.would-conflict", hint,
                     "%s would define %s, which %s defines with the same priority: neither could "
                     "be used",
                     path, name, device->file);
  if (device->unusable)
    return error_add(err, DAVIT_E_INVALID, "cdi.would-conflict", hint, "%s: %s is %s", path, name,
                     device->unusable);
  return DAVIT_OK;
}

int generate_check_place(struct providers *providers, struct arena *arena,
                         const struct generated_spec *spec, const char *path,
                         struct davit_error *err) {
  const struct log *log = providers->settings.log;
  const char *const kinds[] = {spec->kind, NULL};
  const struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = spec->kind,
                                    .kinds = kinds};
  struct provider *cdi;
  struct instance *instance;
  struct inventory inventory = {0};
  int rc = registry_find(providers, "cdi", &cdi, err);
  if (rc < 0)
    return rc;
  if (!cdi || !cdi->plugin) {
    log_warning(log, "cdi.not-checked",
                "there is no plugin cdi that could tell whether other files beside %s define the "
                "same devices",
                path);
    return DAVIT_OK;
  }
  rc = registry_instance(providers, cdi, &instance, err);
  if (rc == DAVIT_OK)
    rc = instance_enumerate(instance, arena, &query, &inventory, err);
  log_error(log, LOG_LEVEL_WARNING, &inventory.broken);
  for (size_t i = 0; rc == DAVIT_OK && i < inventory.count; i++)
    rc = check_against(arena, spec, path, inventory.devices[i], err);
  inventory_clear(&inventory);
  return rc;
}
