/* SPDX-License-Identifier: Apache-2.0 */
/* Serving a request: choose among what a provider offers, let it edit, share, apply. */
#include "plugin/provide.h"

#include <string.h>

#include "plugin/claim.h"
#include "plugin/memory_limit.h"
#include "plugin/search.h"
#include "plugin/select.h"

/* ---- what plugins see of the container ------------------------------------------------------ */

static const char *answer_env(const struct davit_container *container, const char *name) {
  const struct container_view *view = (const struct container_view *)container;
  return name ? transaction_env(view->transaction, name) : NULL;
}

static uint32_t container_flags(const struct search *search) {
  static const struct {
    const char *namespace;
    uint32_t flag;
  } shared[] = {
      {"network", DAVIT_CT_HOST_NET}, {"ipc", DAVIT_CT_HOST_IPC}, {"pid", DAVIT_CT_HOST_PID}};
  uint32_t flags = search->facts->flags;
  if (search->facts->rootless)
    flags |= DAVIT_CT_ROOTLESS;
  if (search->facts->files)
    flags |= DAVIT_CT_FILES;
  if (oci_has_namespace(search->oci, "user"))
    flags |= DAVIT_CT_USER_NS;
  for (size_t i = 0; i < ARRAY_LEN(shared); i++)
    if (!oci_has_namespace(search->oci, shared[i].namespace))
      flags |= shared[i].flag;
  const char *path;
  bool readonly;
  if (oci_get_root(search->oci, &path, &readonly) && readonly)
    flags |= DAVIT_CT_READONLY_ROOTFS;
  return flags;
}

void container_view_init(struct container_view *view, const struct search *search,
                         struct instance *instance, const struct transaction *transaction) {
  const struct container_facts *facts = search->facts;
  uint32_t uid, gid, host_uid = UINT32_MAX, host_gid = UINT32_MAX;
  oci_get_user(search->oci, &uid, &gid);
  (void)oci_id_on_host(search->oci, OCI_UIDS, uid, &host_uid);
  (void)oci_id_on_host(search->oci, OCI_GIDS, gid, &host_gid);
  *view = (struct container_view){
      .table = {DAVIT_SIZED(struct davit_container), .flags = container_flags(search),
                .capabilities = oci_get_capabilities(search->oci), .uid = uid, .gid = gid,
                .host_uid = host_uid, .host_gid = host_gid, .id = facts->id,
                .runtime = facts->runtime,
                .rootfs = facts->rootfs ? instance_files(instance, facts->rootfs) : NULL,
                .env = answer_env},
      .transaction = transaction};
}

/* ---- one offer ------------------------------------------------------------------------------ */

/* Too few devices, or not these: not a mistake in the request alone. */
static bool is_incomplete(const struct davit_error *err) {
  static const char *const codes[] = {"gpu.too-few", "gpu.not-found", "gpu.unusable", NULL};
  return err->first && strings_contain(codes, err->first->code);
}

static int choose(struct search *search, struct offer *offer,
                  const struct davit_device *const **chosen, struct davit_error *err) {
  CLEANUP(error) struct davit_error why = {0};
  struct inventory *inventory = &offer->inventory;
  int rc = complete_offer(search, offer, err);
  if (rc < 0)
    return rc;
  rc = select_devices(search->arena, inventory, search->request, chosen, &why);
  if (rc == DAVIT_OK) { /* what is broken is not what was asked for */
    log_error(search->providers->settings.log, LOG_LEVEL_WARNING, &inventory->broken);
    return rc;
  }
  bool is_broken = inventory->answer < 0;
  search->found_nothing = rc == DAVIT_E_NOT_FOUND && !is_broken;
  if (is_broken)
    rc = inventory->answer;
  bool by_cdi = provider_is_cdi(offer->provider) && is_incomplete(&why);
  error_take(err, &inventory->broken);
  error_take(err, &why);
  if (by_cdi)
    absences_explain(search, inventory, err);
  return rc;
}

static int inject(struct search *search, struct offer *offer,
                  const struct davit_device *const *chosen, struct transaction *transaction,
                  struct davit_error *err) {
  struct container_view container;
  container_view_init(&container, search, offer->instance, transaction);
  const struct device_request *asked = search->request;
  const struct davit_request request = {
      DAVIT_SIZED(struct davit_request), .devices = chosen, .container = &container.table,
      .sharing = asked->sharing.text ? asked->sharing.text : "exclusive"};
  const struct davit_edits *edits = transaction_begin(transaction, offer->instance, EDIT_INJECT);
  int rc = instance_inject(offer->instance, &request, edits, err);
  if (rc < 0)
    transaction_rollback(transaction);
  return rc;
}

static void tell(const struct search *search, const struct offer *offer,
                 const struct davit_device *const *chosen) {
  const struct log *log = search->providers->settings.log;
  const struct plugin *plugin = offer->provider->plugin;
  for (; *chosen; chosen++) {
    const struct davit_device *device = *chosen;
    const char *label = device_label(search->arena, device);
    if (device->file)
      log_info(log, "%s chosen as %s=%s by plugin %s (%s) from %s:%u", label, device->kind,
               device->id, plugin->name, plugin->path, device->file, device->line);
    else if (device->flags & DAVIT_DEVICE_INDEX)
      log_info(log, "%s chosen as index %u by plugin %s (%s)", label, device->index, plugin->name,
               plugin->path);
    else
      log_info(log, "%s chosen as \"%s\" by plugin %s (%s)", label, device->id, plugin->name,
               plugin->path);
  }
}

/* Options of the vendor's plugin do nothing where only CDI is asked. */
static void warn_of_unused_options(const struct search *search, const struct offer *offer) {
  const struct device_request *request = search->request;
  if (!provider_is_cdi(offer->provider) || request_shares(request))
    return;
  for (size_t i = 0; i < request->option_count; i++)
    log_at(search->providers->settings.log, LOG_LEVEL_WARNING, "gpu.option-unused",
           &request->options[i].at, "--cdi=off lets the vendor's plugin serve",
           "option %s has no effect: the devices come from CDI", request->options[i].key);
}

struct result {
  struct offer offer;
  const struct davit_device *const *chosen;
  struct transaction *transaction;
};

static int try_offer(struct search *search, struct result *result, struct davit_error *err) {
  const struct provider_settings *settings = &search->providers->settings;
  int rc = choose(search, &result->offer, &result->chosen, err);
  if (rc == DAVIT_OK)
    rc = transaction_new(search->arena, settings->host, search->oci, settings->log,
                         search->facts->rootless, &result->transaction, err);
  if (rc == DAVIT_OK && search->facts->files)
    transaction_hold_files(result->transaction, search->facts->files_directory,
                           search->facts->files);
  if (rc == DAVIT_OK)
    rc = inject(search, &result->offer, result->chosen, result->transaction, err);
  return rc;
}

/* The first offer that can be used: its edits are in result->transaction. */
static int find_result(struct search *search, struct result *result, struct davit_error *err) {
  size_t next = 0;
  for (;;) {
    CLEANUP(error) struct davit_error why = {0};
    *result = (struct result){0};
    int rc = search_offer(search, &next, &result->offer, err);
    if (rc < 0)
      return rc;
    if (!result->offer.provider)
      return search_refuse(search, err);
    rc = try_offer(search, result, &why);
    inventory_clear(&result->offer.inventory);
    if (rc == DAVIT_OK)
      return rc;
    bool goes_on = rc != DAVIT_E_MEMORY && search_may_go_on(search, result->offer.provider);
    error_take(goes_on ? &search->pending : err, &why);
    if (!goes_on)
      return rc;
    search->found_nothing = false;
  }
}

static int serve(struct search *search, struct oci *oci, struct davit_error *err) {
  struct result result;
  struct list memory = {0};
  int rc = search_candidates(search, err);
  if (rc == DAVIT_OK)
    rc = find_result(search, &result, err);
  if (rc == DAVIT_OK && request_shares(search->request))
    rc = share_devices(search, &result.offer, result.chosen, result.transaction, err);
  if (rc == DAVIT_OK)
    rc = memory_limit_find(search->arena, search->providers->settings.host, search->request,
                           result.chosen, &memory, err);
  if (rc == DAVIT_OK)
    rc = transaction_apply(result.transaction, oci, err);
  if (rc == DAVIT_OK)
    rc = memory_limit_set(oci, search->request, &memory, err);
  if (rc < 0)
    return rc;
  if (search->pending.first) {
    const struct log *log = search->providers->settings.log;
    log_error(log, LOG_LEVEL_WARNING, &search->pending);
    log_warning(log, "gpu.other-provider", "vendor \"%s\"%s%s is served by plugin %s instead",
                search->wanted.vendor, search->wanted.kinds ? ", kind " : "",
                search->wanted.kinds ? strings_join(search->arena, search->wanted.kinds, 16) : "",
                result.offer.provider->plugin->name);
  }
  warn_of_unused_options(search, &result.offer);
  tell(search, &result.offer, result.chosen);
  if (!search->facts->claims)
    return DAVIT_OK;
  return claims_note(search->arena, search->facts->claims, search->request, result.chosen, err);
}

int provide_devices(struct providers *providers, struct arena *arena,
                    const struct device_request *request, const struct container_facts *facts,
                    struct oci *oci, struct davit_error *err) {
  CLEANUP(error) struct davit_error why = {0};
  struct search search = {
      .providers = providers, .arena = arena, .request = request, .facts = facts, .oci = oci};
  int rc = serve(&search, oci, &why);
  if (rc < 0) /* what others did wrong before */
    log_error(providers->settings.log, LOG_LEVEL_WARNING, &search.pending);
  bool is_pardoned = rc < 0 && request->optional && search.found_nothing;
  search_close(&search);
  if (is_pardoned) {
    log_error(providers->settings.log, LOG_LEVEL_WARNING, &why);
    return DAVIT_OK;
  }
  error_take(err, &why);
  return rc;
}
