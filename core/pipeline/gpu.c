/* SPDX-License-Identifier: Apache-2.0 */
/* The service's GPUs: its words turned into a request, which the plugins serve. */
#include "pipeline/stages.h"

#include "util/list.h"

static struct request_text text_of(const struct context *context, const struct service_text *text) {
  return (struct request_text){.text = text->text,
                               .at = at_service(context, &text->at),
                               .source = from_service(context, &text->at)};
}

/* The devices that the command line names (what a scheduler gave this container) instead of the
 * file's. */
static int take_command_devices(struct context *context, struct device_request *request,
                                struct davit_error *err) {
  static const struct where option = {.key = "--gpu-device"};
  const char *const *names = context->options->gpu_devices;
  size_t count = strings_count(names);
  struct request_text *devices = arena_array(context->arena, count, sizeof(*devices));
  if (!devices)
    return error_memory(err);
  for (size_t i = 0; i < count; i++)
    devices[i] = (struct request_text){
        .text = names[i], .at = option, .source = from_command("--gpu-device")};
  request->devices = devices;
  request->device_count = count;
  request->count = 0;
  return DAVIT_OK;
}

static int take_file_devices(struct context *context, const struct service_gpu *gpu,
                             struct device_request *request, struct davit_error *err) {
  struct request_text *devices = arena_array(context->arena, gpu->device_count, sizeof(*devices));
  if (!devices)
    return error_memory(err);
  for (size_t i = 0; i < gpu->device_count; i++)
    devices[i] = text_of(context, &gpu->devices[i]);
  request->devices = devices;
  request->device_count = gpu->device_count;
  request->count = gpu->count;
  if (gpu->count == 0 && gpu->device_count == 0)
    request->count = 1;
  return DAVIT_OK;
}

static int take_options(struct context *context, const struct service_gpu *gpu,
                        struct device_request *request, struct davit_error *err) {
  struct request_option *options = arena_array(context->arena, gpu->option_count, sizeof(*options));
  if (!options)
    return error_memory(err);
  for (size_t i = 0; i < gpu->option_count; i++)
    options[i] = (struct request_option){.key = gpu->options[i].key,
                                         .value = gpu->options[i].value,
                                         .at = at_service(context, &gpu->options[i].at)};
  request->options = options;
  request->option_count = gpu->option_count;
  return DAVIT_OK;
}

int stage_gpu(struct context *context, struct davit_error *err) {
  const struct service_gpu *gpu = context->service->gpu;
  if (!gpu) {
    if (!context->options->gpu_devices)
      return DAVIT_OK;
    struct where at = at_service(context, &context->service->at);
    return error_add_at(err, DAVIT_E_INVALID, "gpu.not-asked", &at,
                        "add resources.gpu to the service, or leave out --gpu-device",
                        "--gpu-device is given, but the service asks for no GPU");
  }
  struct device_request request = {
      .vendor = text_of(context, &gpu->vendor),
      .count_at = at_service(context, &gpu->count_at),
      .model = text_of(context, &gpu->model),
      .optional = !gpu->required,
      .sharing = text_of(context, &gpu->sharing),
      .memory_limit = {gpu->memory_limit, at_service(context, &gpu->memory_limit_at),
                       from_service(context, &gpu->memory_limit_at)},
      .share_most = gpu->share_most,
      .at = at_service(context, &gpu->at),
      .source = from_service(context, &gpu->at),
  };
  int answer = context->options->gpu_devices ? take_command_devices(context, &request, err)
                                             : take_file_devices(context, gpu, &request, err);
  if (answer == DAVIT_OK)
    answer = take_options(context, gpu, &request, err);
  if (answer < 0)
    return answer;

  struct container_facts facts = {.id = context->container_id,
                                  .flags = DAVIT_CT_HOOKS,
                                  .rootfs = context->rootfs,
                                  .rootless = context->rootless,
                                  .claims = context->claims};
  if (context->options->files_directory) {
    facts.files = &context->files;
    facts.files_directory = context->options->files_directory;
  }
  if (context->options->systemd_cgroup)
    facts.flags |= DAVIT_CT_SYSTEMD_CGROUP;
  return provide_devices(context->providers, context->arena, &request, &facts, context->oci, err);
}
