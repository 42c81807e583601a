/* SPDX-License-Identifier: Apache-2.0 */
/* The way from a service to its config.json, from top to bottom. A new concern is a new file and a
 * line in this table. */
#include "pipeline/pipeline.h"

#include "pipeline/stages.h"

static const struct {
  const char *name;
  int (*run)(struct context *context, struct davit_error *err);
} stages[] = {
    {"image", stage_image},                 /* variables and labels of the image */
    {"process", stage_process},             /* what runs, and where */
    {"default-env", stage_default_env},     /* variables that every program expects */
    {"user", stage_user},                   /* as whom */
    {"capabilities", stage_capabilities},   /* with which rights */
    {"security", stage_security},           /* seccomp, AppArmor, SELinux */
    {"env", stage_env},                     /* the service's variables */
    {"root", stage_root},                   /* root file system and hostname */
    {"namespaces", stage_namespaces},       /* what it does not share with the host */
    {"rootless", stage_rootless},           /* a user who is not root */
    {"mounts", stage_mounts},               /* /proc, /dev, /sys and their kin */
    {"host-mounts", stage_host_mounts},     /* of namespaces that are the host's */
    {"storage", stage_storage},             /* what the service mounts */
    {"network-files", stage_network_files}, /* resolv.conf and hosts */
    {"sysctls", stage_sysctls},             /* parameters of the kernel, of its namespaces */
    {"sockets", stage_sockets},             /* sockets of the host */
    {"init", stage_init},                   /* an init before the program */
    {"image-data", stage_image_data},       /* is there a place for the image's data? */
    {"devices", stage_devices},             /* device rules, and the service's devices */
    {"resources", stage_resources},         /* cpu, memory and rlimits */
    {"cgroup", stage_cgroup},               /* the cgroup it runs in */
    {"isolation", stage_isolation},         /* paths of /proc and /sys it does not see or write */
    {"annotations", stage_annotations},     /* labels, and how to stop it */
    {"distributed", stage_distributed},     /* variables of distributed training */
    {"gpu", stage_gpu},                     /* the devices of a vendor, through its plugin */
    {"command-env", stage_command_env},     /* -e has the last word */
    {"rootless-groups", stage_rootless_groups}, /* which a user cannot give */
    {"order", stage_order},                     /* parents are mounted before children */
};

const struct oci_source from_default = {.kind = OCI_FROM_DEFAULT};

struct oci_source from_command(const char *option) {
  return (struct oci_source){.kind = OCI_FROM_COMMAND, .key = option};
}

struct oci_source from_rootless(const struct context *context) {
  return context->options->rootless == ROOTLESS_YES ? from_command("--rootless") : from_default;
}

struct oci_source from_service(const struct context *context, const struct service_at *at) {
  if (at->line == 0)
    return from_default;
  return (struct oci_source){
      .kind = OCI_FROM_SERVICE, .file = context->file->file, .line = at->line, .key = at->key};
}

struct where at_service(const struct context *context, const struct service_at *at) {
  return (struct where){
      .file = context->file->file, .line = at->line, .column = at->column, .key = at->key};
}

const struct host *caller_of(const struct context *context) {
  return context->caller ? context->caller : context->host;
}

static int choose_container(struct context *context, struct davit_error *err) {
  const struct render_options *options = context->options;
  struct service_choice choice;
  int answer = service_choose(context->file, context->service, options->role, options->replica,
                              &choice, err);
  if (answer < 0)
    return answer;
  context->service = choice.service;
  context->replica = choice.replica;
  context->container_id =
      service_container_id(context->arena, choice.service, choice.replica, options->node);
  return context->container_id ? DAVIT_OK : error_memory(err);
}

static int refuse_wasm(const struct context *context, struct davit_error *err) {
  const struct service_text *type = &context->service->wasm_type;
  if (!type->text)
    return DAVIT_OK;
  struct where at = at_service(context, &type->at);
  return error_add_at(err, DAVIT_E_UNSUPPORTED, "service.unsupported", &at,
                      "davit makes containers; a WebAssembly runtime runs this service",
                      "a service of type %s is not a container", type->text);
}

int pipeline_run(struct context *context, struct davit_error *err) {
  int answer = choose_container(context, err);
  if (answer == DAVIT_OK)
    answer = refuse_wasm(context, err);
  if (answer == DAVIT_OK)
    answer = rootless_find(context->host, context->arena, context->options->rootless,
                           &context->rootless, err);
  if (answer == DAVIT_OK)
    answer = oci_new(&context->oci, err);
  for (size_t i = 0; answer == DAVIT_OK && i < ARRAY_LEN(stages); i++) {
    log_debug(context->log, "stage %s", stages[i].name);
    answer = stages[i].run(context, err);
  }
  return answer;
}
