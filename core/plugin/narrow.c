/* SPDX-License-Identifier: Apache-2.0 */
/* Vendors and CDI kinds: what a request means by them. */
#include "plugin/narrow.h"

#include <string.h>

#include "plugin/match.h"

static bool all_are_qualified(const struct device_request *request) {
  for (size_t i = 0; i < request->device_count; i++)
    if (!name_is_qualified(request->devices[i].text))
      return false;
  return request->device_count > 0;
}

/* Adds the kind of "vendor/class=name". */
static bool add_kind_of(struct arena *arena, const char *name, struct list *kinds) {
  const char *kind = arena_strndup(arena, name, strcspn(name, "="));
  return kind && (strings_contain(list_strings(kinds), kind) || list_push(arena, kinds, kind));
}

int narrow_kinds(struct arena *arena, const struct device_request *request,
                 const struct provider *own, const char *const **kinds, struct davit_error *err) {
  const char *vendor = request->vendor.text;
  struct list list = {0};
  bool is_known = true;
  if (strchr(vendor, '/')) {
    if (!list_push(arena, &list, vendor))
      return error_memory(err);
  } else if (own) {
    for (const char *const *kind = own->plugin->table.kinds; kind && *kind; kind++)
      if (!list_push(arena, &list, *kind))
        return error_memory(err);
  } else {
    is_known = all_are_qualified(request);
  }
  for (size_t i = 0; is_known && i < request->device_count; i++)
    if (!request->devices[i].is_pattern && name_is_qualified(request->devices[i].text) &&
        !add_kind_of(arena, request->devices[i].text, &list))
      return error_memory(err);
  *kinds = is_known && list.count > 0 ? list_strings(&list) : NULL;
  return DAVIT_OK;
}

/* "acme" means "acme/npu", "acme.com/npu"; not "acmecorp/npu". */
static bool kind_is_of(const char *kind, const char *vendor) {
  size_t length = strlen(vendor);
  return strncmp(kind, vendor, length) == 0 && (kind[length] == '/' || kind[length] == '.');
}

bool narrow_keeps(const struct narrowing *narrowing, const struct provider *provider,
                  const struct davit_device *device) {
  const char *vendor = narrowing->vendor;
  if (!vendor)
    return true;
  if (provider_is_cdi(provider))
    return narrowing->kinds ? strings_contain(narrowing->kinds, device->kind)
                            : kind_is_of(device->kind, vendor);
  if (strchr(vendor, '/'))
    return strings_contain(narrowing->kinds, device->kind);
  /* A plugin of several vendors may answer with all of them. */
  return !device->vendor || strcmp(device->vendor, vendor) == 0 ||
         !strings_contain(provider->plugin->table.vendors, device->vendor);
}

static bool has_kind(const struct list *devices, const char *kind) {
  for (size_t i = 0; i < devices->count; i++)
    if (strcmp(((const struct davit_device *)devices->items[i])->kind, kind) == 0)
      return true;
  return false;
}

static int refuse_several_kinds(struct arena *arena, const struct narrowing *narrowing,
                                const struct device_request *request, const struct list *devices,
                                struct davit_error *err) {
  struct list kinds = {0};
  for (size_t i = 0; i < devices->count; i++) {
    const struct davit_device *device = devices->items[i];
    if (!strings_contain(list_strings(&kinds), device->kind) &&
        !list_push(arena, &kinds, device->kind))
      return error_memory(err);
  }
  if (kinds.count < 2)
    return DAVIT_OK;
  return error_add_at(err, DAVIT_E_INVALID, "gpu.ambiguous", &request->vendor.at,
                      "write the kind as vendor", "vendor \"%s\" may mean any of the CDI kinds %s",
                      narrowing->vendor, strings_join(arena, list_strings(&kinds), 16));
}

/* What a count counts is of one kind: the main one. */
static const char *counted_kind(const struct narrowing *narrowing, const struct list *devices) {
  for (const char *const *kind = narrowing->kinds; kind && *kind; kind++)
    if (has_kind(devices, *kind))
      return *kind;
  return NULL;
}

int narrow_inventory(struct arena *arena, const struct narrowing *narrowing,
                     const struct provider *provider, const struct device_request *request,
                     struct inventory *inventory, struct davit_error *err) {
  static const struct davit_device *const none[] = {NULL};
  struct list kept = {0};
  for (size_t i = 0; i < inventory->count; i++)
    if (narrow_keeps(narrowing, provider, inventory->devices[i]) &&
        !list_push(arena, &kept, inventory->devices[i]))
      return error_memory(err);
  if (provider_is_cdi(provider) && !narrowing->kinds) {
    int rc = refuse_several_kinds(arena, narrowing, request, &kept, err);
    if (rc < 0)
      return rc;
  }
  const char *counted = NULL;
  if (provider_is_cdi(provider) && request->device_count == 0)
    counted = counted_kind(narrowing, &kept);
  struct list left = {0};
  for (size_t i = 0; i < kept.count; i++) {
    const struct davit_device *device = kept.items[i];
    if ((!counted || strcmp(device->kind, counted) == 0) && !list_push(arena, &left, device))
      return error_memory(err);
  }
  inventory->count = left.count;
  inventory->devices = left.items ? (const struct davit_device *const *)left.items : none;
  return DAVIT_OK;
}
