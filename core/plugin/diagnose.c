/* SPDX-License-Identifier: Apache-2.0 */
/* What all plugins find wrong with this host. */
#include <string.h>

#include "plugin/registry.h"

struct diagnosis {
  struct providers *providers;
  struct arena *arena;
  const struct host *rootfs; /* NULL: the host alone */
  struct list findings;      /* struct provider_finding * */
};

static int add_finding(struct diagnosis *diagnosis, const struct provider *provider,
                       const struct davit_finding *finding, struct davit_error *err) {
  struct provider_finding *added = arena_alloc(diagnosis->arena, sizeof(*added));
  if (!added || !list_push(diagnosis->arena, &diagnosis->findings, added))
    return error_memory(err);
  *added = (struct provider_finding){.source = provider->file->name, .finding = finding};
  return DAVIT_OK;
}

/* Problems of davit's with a plugin, or of a plugin's with itself. */
static int add_problems(struct diagnosis *diagnosis, const struct provider *provider,
                        const struct davit_error *problems, const char *why,
                        struct davit_error *err) {
  int answer = DAVIT_OK;
  for (const struct problem *problem = problems->first; problem && answer == DAVIT_OK;
       problem = problem->next) {
    if (problem->answer == DAVIT_E_MEMORY)
      return error_memory(err);
    struct davit_finding *finding = arena_alloc(diagnosis->arena, sizeof(*finding));
    if (!finding)
      return error_memory(err);
    *finding = (struct davit_finding){
        DAVIT_SIZED(struct davit_finding),
        .severity = DAVIT_SEV_ERROR,
        .code = arena_strdup(diagnosis->arena, problem->code),
        .text = arena_strdup(diagnosis->arena, problem->text),
        .remedy =
            arena_strdup(diagnosis->arena, problem->hint ? problem->hint : "see `davit plugins`"),
        .why = why,
    };
    if (!finding->code || !finding->text || !finding->remedy)
      return error_memory(err);
    answer = add_finding(diagnosis, provider, finding, err);
  }
  return answer;
}

/* A generic plugin looks at every device of its kind, also at those of which a vendor's plugin says
 * more. */
static bool is_said_better(const struct diagnosis *diagnosis, const struct provider *provider,
                           const struct davit_finding *finding) {
  if (provider->plugin->table.rank > DAVIT_RANK_GENERIC || !finding->subject)
    return false;
  for (size_t i = 0; i < diagnosis->findings.count; i++) {
    const struct provider_finding *other = diagnosis->findings.items[i];
    if (other->finding->subject && strcmp(other->finding->subject, finding->subject) == 0)
      return true;
  }
  return false;
}

static const char *know_no_env(const struct davit_container *container UNUSED,
                               const char *name UNUSED) {
  return NULL;
}

static int ask_instance(struct diagnosis *diagnosis, struct instance *instance, struct list *found,
                        struct davit_error *err) {
  static const struct davit_device *const none[] = {NULL};
  if (!diagnosis->rootfs)
    return instance_diagnose(instance, diagnosis->arena, NULL, found, err);
  const struct davit_container container = {
      DAVIT_SIZED(struct davit_container), .host_uid = UINT32_MAX, .host_gid = UINT32_MAX,
      .rootfs = instance_files(instance, diagnosis->rootfs), .env = know_no_env};
  const struct davit_request request = {DAVIT_SIZED(struct davit_request), .devices = none,
                                        .container = &container, .sharing = "exclusive"};
  if (!container.rootfs)
    return error_memory(err);
  return instance_diagnose(instance, diagnosis->arena, &request, found, err);
}

static int ask(struct diagnosis *diagnosis, struct provider *provider, struct davit_error *err) {
  CLEANUP(error) struct davit_error why = {0};
  struct instance *instance;
  struct list found = {0};
  if (!provider->plugin)
    return add_problems(diagnosis, provider, &provider->refused,
                        "requests that need this plugin fail", err);
  int answer = registry_instance(diagnosis->providers, provider, &instance, &why);
  if (answer == DAVIT_OK)
    answer = ask_instance(diagnosis, instance, &found, &why);
  if (answer < 0)
    answer =
        add_problems(diagnosis, provider, &why, "this plugin's findings are not complete", err);
  for (size_t i = 0; answer == DAVIT_OK && i < found.count; i++)
    if (!is_said_better(diagnosis, provider, found.items[i]))
      answer = add_finding(diagnosis, provider, found.items[i], err);
  return answer;
}

/* ---- who is asked --------------------------------------------------------------------------- */

static bool is_known_vendor(const struct providers *providers, const char *vendor) {
  for (size_t i = 0; i < providers->loaded.count; i++) {
    const struct provider *provider = providers->loaded.items[i];
    if (provider->plugin && provider_names(provider, vendor))
      return true;
  }
  return false;
}

/* A vendor's own plugin, that of CDI, which may serve any vendor, and without an own one those that
 * may too. */
static bool concerns(const struct providers *providers, const struct provider *provider,
                     const char *vendor) {
  if (!vendor || provider_is_cdi(provider))
    return true;
  if (!provider->plugin)
    return strcmp(provider->file->name, vendor) == 0;
  return provider_names(provider, vendor) ||
         (provider_is_generic(provider) && !is_known_vendor(providers, vendor));
}

int providers_diagnose(struct providers *providers, struct arena *arena, const char *vendor,
                       const struct host *rootfs, const struct provider_finding *const **findings,
                       struct davit_error *err) {
  static const struct provider_finding *const none[] = {NULL};
  struct diagnosis diagnosis = {.providers = providers, .arena = arena, .rootfs = rootfs};
  struct list ranked = {0};
  int answer = registry_find_all(providers, err);
  for (size_t i = 0; answer == DAVIT_OK && i < providers->loaded.count; i++) {
    struct provider *provider = providers->loaded.items[i];
    if (!concerns(providers, provider, vendor))
      continue;
    if (!provider->plugin)
      answer = ask(&diagnosis, provider, err);
    else if (!list_push(arena, &ranked, provider))
      answer = error_memory(err);
  }
  sort_by_rank(&ranked);
  for (size_t i = 0; answer == DAVIT_OK && i < ranked.count; i++)
    answer = ask(&diagnosis, ranked.items[i], err);
  if (answer < 0)
    return answer;
  const struct list *all = &diagnosis.findings;
  *findings = all->items ? (const struct provider_finding *const *)all->items : none;
  return DAVIT_OK;
}
