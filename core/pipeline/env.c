/* SPDX-License-Identifier: Apache-2.0 */
/* Variables: davit's defaults, the service's, and at the very end those of the command line. */
#include "pipeline/references.h"
#include "pipeline/stages.h"

/* An image knows better where its programs are. */
int set_default_env(struct context *context, const char *name, const char *value,
                    struct davit_error *err) {
  if (oci_get_env(context->oci, name, NULL))
    return DAVIT_OK;
  return oci_set_env(context->oci, name, value, &from_default, err);
}

int stage_default_env(struct context *context, struct davit_error *err) {
  int answer = set_default_env(context, "PATH",
                               "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", err);
  if (answer == DAVIT_OK)
    answer = set_default_env(context, "TERM", "xterm", err);
  return answer;
}

/* Every reference that finds nothing is reported. */
int stage_env(struct context *context, struct davit_error *err) {
  CLEANUP(references) struct references references = {.context = context};
  int first = DAVIT_OK;
  for (size_t i = 0; i < context->service->env_count; i++) {
    const struct service_env *env = &context->service->env[i];
    struct oci_source source = from_service(context, &env->at);
    const struct service_reference *reference = env->overridden ? NULL : env->reference;
    source.secret = reference && reference->is_secret;
    const char *value = env->value;
    int answer = reference ? references_resolve(&references, env, &value, err) : DAVIT_OK;
    if (answer == DAVIT_OK)
      answer = oci_set_env(context->oci, env->name, value, &source, err);
    if (first == DAVIT_OK)
      first = answer;
  }
  return first;
}

int stage_command_env(struct context *context, struct davit_error *err) {
  struct oci_source source = from_command("--env");
  for (size_t i = 0; i < context->options->env_count; i++) {
    const struct render_env *env = &context->options->env[i];
    int answer = oci_set_env(context->oci, env->name, env->value, &source, err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}
