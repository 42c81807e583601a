/* SPDX-License-Identifier: Apache-2.0 */
/* diagnose(): deep copies of the findings, and the promises about them checked. */
#include "plugin/instance_state.h"

#include "plugin/sized.h"
#include "util/list.h"

enum {
  MOST_FINDINGS = 4096
};

static const char ask_vendor[] = "ask whoever made the plugin for one that keeps the plugin ABI";

struct collector {
  struct davit_findings api; /* first: what the plugin hands back is this struct's address */
  struct instance *instance;
  struct arena *arena;
  struct list *findings;
  size_t count;
  struct davit_error broken; /* the first promise broken */
};

/* Answers the plugin, and makes the diagnosis fail even if it does not care. */
static int break_promise(struct collector *collector, const char *what) {
  if (collector->broken.first)
    return DAVIT_E_INVALID;
  return error_add(&collector->broken, DAVIT_E_INVALID, "plugin.broken-promise", ask_vendor,
                   "plugin %s: finding %zu %s", collector->instance->plugin->name, collector->count,
                   what);
}

static bool keep_text(struct collector *collector, const char **text) {
  if (!*text)
    return true;
  const char *tamed = instance_text(collector->instance, "%s", *text);
  *text = tamed ? arena_strdup(collector->arena, tamed) : NULL;
  return *text;
}

static bool is_absent(const char *text) {
  return !text || text[0] == '\0';
}

static const char *find_broken_promise(const struct davit_finding *finding) {
  if (is_absent(finding->text))
    return "has no text";
  if (!finding->code || !instance_is_code(finding->code))
    return "has no code of lower-case words with dots between them";
  if (finding->severity >= DAVIT_SEV_WARNING && is_absent(finding->remedy))
    return "has no remedy";
  return NULL;
}

static int answer_add(const struct davit_findings *out, const struct davit_finding *given) {
  struct collector *collector = (struct collector *)(uintptr_t)out;
  collector->count++;
  if (!given)
    return break_promise(collector, "is NULL");
  if (collector->count > MOST_FINDINGS)
    return break_promise(collector, "is one too many");
  struct davit_finding *finding = arena_alloc(collector->arena, sizeof(*finding));
  if (!finding)
    return error_memory(&collector->broken);
  if (!sized_take(finding, sizeof(*finding), given))
    return break_promise(collector, "has an impossible size");
  if (finding->severity > DAVIT_SEV_ERROR)
    return error_add(instance_callback_error(collector->instance), DAVIT_E_UNSUPPORTED,
                     "plugin.unsupported", "install a newer davit",
                     "finding %zu has a severity that this davit does not know: %u",
                     collector->count, finding->severity);
  const char *promise = find_broken_promise(finding);
  if (promise)
    return break_promise(collector, promise);
  if (!keep_text(collector, &finding->code) || !keep_text(collector, &finding->subject) ||
      !keep_text(collector, &finding->text) || !keep_text(collector, &finding->remedy) ||
      !keep_text(collector, &finding->why) ||
      !list_push(collector->arena, collector->findings, finding))
    return error_memory(&collector->broken);
  return DAVIT_OK;
}

int instance_diagnose(struct instance *instance, struct arena *arena,
                      const struct davit_request *request, struct list *findings,
                      struct davit_error *err) {
  if (!instance->plugin->table.diagnose)
    return DAVIT_OK;
  struct collector collector = {.api = {DAVIT_SIZED(struct davit_findings), .add = answer_add},
                                .instance = instance,
                                .arena = arena,
                                .findings = findings};
  int answer = instance->plugin->table.diagnose(instance->self, request, &collector.api);
  CLEANUP(error) struct davit_error reason = {0};
  int result = op_finish(instance, "diagnose", answer, &reason);
  if (collector.broken.first) {
    result = collector.broken.first->answer;
    error_take(err, &collector.broken);
  } else if (result < 0) {
    error_take(err, &reason);
  }
  return result;
}
