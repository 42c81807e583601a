/* SPDX-License-Identifier: Apache-2.0 */
/* The ops of a plugin, and what becomes of their answers. */
#include "plugin/instance_state.h"

#include <string.h>

struct davit_error *instance_callback_error(struct instance *instance) {
  error_clear(&instance->callback); /* what counts is the last failure */
  return &instance->callback;
}

const struct plugin *instance_plugin(const struct instance *instance) {
  return instance->plugin;
}

void instance_log_to(struct instance *instance, const struct log *log) {
  instance->settings.log = log;
}

/* Adds the problem that explains an op's negative answer: the plugin's own words, else those of the
 * davit function whose answer it passed on. */
static int explain(const struct instance *instance, const char *op, int answer,
                   struct davit_error *err) {
  const char *name = instance->plugin->name;
  if (answer < DAVIT_E_MEMORY)
    answer = DAVIT_E_FAILED; /* of a later minor */
  const struct problem *last = instance->callback.first;
  const struct problem *reason = instance->reason.first;
  if (!reason && last && last->answer == answer)
    reason = last;
  for (const struct problem *problem = reason; problem; problem = problem->next)
    (void)error_add_at(err, answer, problem->code, &problem->at, problem->hint, "plugin %s: %s",
                       name, problem->text);
  if (reason)
    return answer;
  return error_add(err, answer, "plugin.failed",
                   "ask whoever made the plugin: an op says why it fails",
                   "plugin %s: %s answered %d without a reason%s%s", name, op, answer,
                   last ? "; the last that failed before: " : "", last ? last->text : "");
}

int op_finish(struct instance *instance, const char *op, int answer, struct davit_error *err) {
  if (answer > 0)
    answer = error_add(err, DAVIT_E_FAILED, "plugin.broken-promise",
                       "ask whoever made the plugin: answers are 0 or negative",
                       "plugin %s: %s answered %d", instance->plugin->name, op, answer);
  else if (answer < 0)
    answer = explain(instance, op, answer, err);
  error_clear(&instance->reason);
  error_clear(&instance->callback);
  arena_free(&instance->scratch);
  return answer;
}

int instance_open(struct arena *arena, const struct plugin *plugin,
                  const struct instance_settings *settings, struct instance **instance,
                  struct davit_error *err) {
  struct instance *opened = arena_alloc(arena, sizeof(*opened));
  if (!opened)
    return error_memory(err);
  opened->arena = arena;
  opened->plugin = plugin;
  opened->settings = *settings;
  int answer = options_resolve(opened, err);
  if (answer < 0)
    return answer;
  host_table_init(opened);
  if (!opened->host.api.files || !opened->host.api.caller_files)
    return error_memory(err);

  answer = plugin->table.open(&opened->host.api, &opened->self);
  answer = op_finish(opened, "open", answer, err);
  if (answer < 0) {
    files_close(opened);
    return answer;
  }
  *instance = opened;
  return DAVIT_OK;
}

void instance_close(struct instance *instance) {
  if (!instance)
    return;
  instance->plugin->table.close(instance->self);
  files_close(instance);
  error_clear(&instance->reason);
  error_clear(&instance->callback);
  arena_free(&instance->scratch);
}

static int refuse_op(const struct instance *instance, const char *what, struct davit_error *err) {
  return error_add(err, DAVIT_E_UNSUPPORTED, "plugin.unsupported",
                   "ask another plugin with --provider NAME", "plugin %s cannot %s",
                   instance->plugin->name, what);
}

int instance_inject(struct instance *instance, const struct davit_request *request,
                    const struct davit_edits *edits, struct davit_error *err) {
  if (!instance->plugin->table.inject)
    return refuse_op(instance, "give devices to a container", err);
  int answer = instance->plugin->table.inject(instance->self, request, edits);
  return op_finish(instance, "inject", answer, err);
}

int instance_share(struct instance *instance, const struct davit_request *request,
                   const struct davit_edits *edits, struct davit_error *err) {
  if (!instance->plugin->table.share)
    return refuse_op(instance, "share devices", err);
  int answer = instance->plugin->table.share(instance->self, request, edits);
  return op_finish(instance, "share", answer, err);
}

int instance_run(struct instance *instance, const char *op,
                 int (*run)(const struct davit_host *host, void *user), void *user,
                 struct davit_error *err) {
  return op_finish(instance, op, run(&instance->host.api, user), err);
}
