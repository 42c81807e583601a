/* SPDX-License-Identifier: Apache-2.0 */
/* What runs, and in which directory. What the image says is set even where something else replaces
 * it, so that it can be told what was replaced. */
#include "pipeline/stages.h"

#include "util/list.h"

static int join_args(struct context *context, const char *const *first, const char *const *second,
                     const struct oci_source *source, struct davit_error *err) {
  const char *const *parts[] = {first, second};
  struct list args = {0};
  for (size_t part = 0; part < ARRAY_LEN(parts); part++)
    for (size_t i = 0; parts[part] && parts[part][i]; i++)
      if (!list_push(context->arena, &args, parts[part][i]))
        return error_memory(err);
  return oci_set_args(context->oci, list_strings(&args), source, err);
}

static int set_image_args(struct context *context, struct davit_error *err) {
  const struct image_config *image = context->image;
  if (!image || (!image->entrypoint.items && !image->cmd.items))
    return DAVIT_OK;
  struct oci_source source =
      from_image(image->entrypoint.items ? &image->entrypoint.at : &image->cmd.at);
  return join_args(context, image->entrypoint.items, image->cmd.items, &source, err);
}

/* Nothing but the image has a say: without one, a shell; one that names no program is of no use. */
static int check_image_args(struct context *context, struct davit_error *err) {
  static const char *const shell[] = {"/bin/sh", NULL};
  const struct image_config *image = context->image;
  if (!image)
    return oci_set_args(context->oci, shell, &from_default, err);
  const char *program = image->entrypoint.items ? image->entrypoint.items[0]
                        : image->cmd.items      ? image->cmd.items[0]
                                                : "";
  if (program[0])
    return DAVIT_OK;
  const struct where at = {.file = image->file};
  return error_add_at(err, DAVIT_E_INVALID, "image.no-command", &at,
                      "give one by the service's command.entrypoint, or behind --",
                      "the image names no program to run");
}

/* The service's entrypoint replaces all of the image's command; its args alone replace only what
 * the image gives to its own entrypoint. */
static int set_args(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  int answer = set_image_args(context, err);
  if (answer < 0)
    return answer;
  if (context->options->args) {
    struct oci_source source = from_command("--");
    return oci_set_args(context->oci, context->options->args, &source, err);
  }
  if (!service->entrypoint && !service->args)
    return check_image_args(context, err);
  if (service->entrypoint) {
    struct oci_source source = from_service(context, &service->entrypoint_at);
    return join_args(context, service->entrypoint, service->args, &source, err);
  }
  struct oci_source source = from_service(context, &service->args_at);
  return join_args(context, context->image ? context->image->entrypoint.items : NULL, service->args,
                   &source, err);
}

static int set_image_cwd(struct context *context, struct davit_error *err) {
  const struct image_text *workdir = context->image ? &context->image->workdir : NULL;
  if (!workdir || !workdir->text)
    return oci_set_cwd(context->oci, "/", &from_default, err);
  struct oci_source source = from_image(&workdir->at);
  return oci_set_cwd(context->oci, workdir->text, &source, err);
}

static int set_cwd(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  bool is_given = context->options->workdir || service->workdir.text;
  int answer = DAVIT_OK;
  if (!is_given || (context->image && context->image->workdir.text))
    answer = set_image_cwd(context, err);
  if (answer < 0 || !is_given)
    return answer;
  if (context->options->workdir) {
    struct oci_source source = from_command("--workdir");
    return oci_set_cwd(context->oci, context->options->workdir, &source, err);
  }
  struct oci_source source = from_service(context, &service->workdir.at);
  return oci_set_cwd(context->oci, service->workdir.text, &source, err);
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
