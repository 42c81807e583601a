/* SPDX-License-Identifier: Apache-2.0 */
/* What runs, and in which directory. */
#include "pipeline/stages.h"

#include "util/list.h"

/* Operands, else entrypoint and args of the service, else a shell: a service without an image
 * configuration names no program of its own. */
static int set_args(struct context *context, struct davit_error *err) {
  static const char *const shell[] = {"/bin/sh", NULL};
  const struct service *service = context->service;
  if (context->options->args) {
    struct oci_source source = from_command("--");
    return oci_set_args(context->oci, context->options->args, &source, err);
  }
  if (!service->entrypoint && !service->args)
    return oci_set_args(context->oci, shell, &from_default, err);

  struct list args = {0};
  const char *const *parts[] = {service->entrypoint, service->args};
  for (size_t part = 0; part < ARRAY_LEN(parts); part++)
    for (size_t i = 0; parts[part] && parts[part][i]; i++)
      if (!list_push(context->arena, &args, parts[part][i]))
        return error_memory(err);
  struct oci_source source =
      from_service(context, service->entrypoint ? &service->entrypoint_at : &service->args_at);
  return oci_set_args(context->oci, list_strings(&args), &source, err);
}

static int set_cwd(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  if (context->options->workdir) {
    struct oci_source source = from_command("--workdir");
    return oci_set_cwd(context->oci, context->options->workdir, &source, err);
  }
  if (service->workdir.text) {
    struct oci_source source = from_service(context, &service->workdir.at);
    return oci_set_cwd(context->oci, service->workdir.text, &source, err);
  }
  return oci_set_cwd(context->oci, "/", &from_default, err);
}

int stage_process(struct context *context, struct davit_error *err) {
  const struct service_life *life = &context->service->life;
  struct oci_source source = from_service(context, &life->tty_at);
  int answer = oci_set_terminal(context->oci, life->tty, &source, err);
  if (answer == DAVIT_OK)
    answer = set_args(context, err);
  if (answer == DAVIT_OK)
    answer = set_cwd(context, err);
  if (answer == DAVIT_OK && life->oom_score_adj_at.line > 0) {
    source = from_service(context, &life->oom_score_adj_at);
    answer = oci_set_oom_score_adj(context->oci, life->oom_score_adj, &source, err);
  }
  return answer;
}
