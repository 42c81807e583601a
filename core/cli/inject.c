/* SPDX-License-Identifier: Apache-2.0 */
/* davit inject: add devices to a config.json that exists. */
#include "cli/cli.h"

#include <string.h>

#include "util/text.h"

static struct request_text text_of(const char *text, const char *option) {
  return (struct request_text){text, {.key = option}, {.kind = OCI_FROM_COMMAND, .key = option}};
}

static int add_device(struct cli *cli, struct device_request *request, const char *name,
                      const char *option, struct davit_error *err) {
  struct request_text *devices =
      arena_array(&cli->arena, request->device_count + 1, sizeof(*devices));
  if (!devices)
    return error_memory(err);
  if (request->device_count > 0)
    memcpy(devices, request->devices, request->device_count * sizeof(*devices));
  devices[request->device_count++] = text_of(name, option);
  request->devices = devices;
  return DAVIT_OK;
}

static struct device_request *new_request(struct cli *cli, const char *vendor, const char *option,
                                          struct davit_error *err) {
  struct device_request *request = arena_alloc(&cli->arena, sizeof(*request));
  if (!request || !list_push(&cli->arena, &cli->requests, request)) {
    error_memory(err);
    return NULL;
  }
  *request = (struct device_request){.vendor = text_of(vendor, option),
                                     .count_at = {.key = option},
                                     .at = {.key = option},
                                     .source = {.kind = OCI_FROM_COMMAND, .key = option}};
  return request;
}

/* --device vendor/class=name: devices of one kind are one request, so that what they share is added
 * once. */
static int take_device(struct cli *cli, const char *value, struct davit_error *err) {
  const char *equals = strchr(value, '=');
  const char *slash = strchr(value, '/');
  if (!equals || !slash || slash > equals || slash == value || equals == slash + 1 || !equals[1])
    return usage_error(err, "for example --device nvidia.com/gpu=0",
                       "--device takes a CDI device, vendor/class=name, not \"%s\"", value);
  char *kind = arena_strndup(&cli->arena, value, (size_t)(equals - value));
  if (!kind)
    return error_memory(err);
  for (size_t i = 0; i < cli->requests.count; i++) {
    struct device_request *request = cli->requests.items[i];
    if (strcmp(request->vendor.text, kind) == 0 && strcmp(request->at.key, "--device") == 0)
      return add_device(cli, request, equals + 1, "--device", err);
  }
  struct device_request *request = new_request(cli, kind, "--device", err);
  return request ? add_device(cli, request, equals + 1, "--device", err) : DAVIT_E_MEMORY;
}

/* One KEY=VALUE of --gpu. */
static int take_gpu_key(struct cli *cli, struct device_request *request, const char *key,
                        const char *value, struct davit_error *err) {
  static const char *const keys[] = {"vendor", "count", "device", "model", NULL};
  if (!value[0])
    return usage_error(err, NULL, "--gpu: %s has no value", key);
  if (strcmp(key, "vendor") == 0) {
    request->vendor = text_of(value, "--gpu");
    return DAVIT_OK;
  }
  if (strcmp(key, "model") == 0) {
    request->model = text_of(value, "--gpu");
    return DAVIT_OK;
  }
  if (strcmp(key, "device") == 0)
    return add_device(cli, request, value, "--gpu", err);
  if (strcmp(key, "count") == 0) {
    if (text_to_u32(value, 10, &request->count) && request->count > 0 &&
        request->count <= REQUEST_MAX_DEVICES)
      return DAVIT_OK;
    return usage_error(err, NULL, "--gpu: count is a number from 1 to %d, not \"%s\"",
                       REQUEST_MAX_DEVICES, value);
  }
  const char *nearest = text_nearest(key, keys);
  return usage_error(err,
                     nearest ? arena_printf(&cli->arena, "did you mean %s?", nearest)
                             : "vendor, count, device and model",
                     "--gpu has no key \"%s\"", key);
}

/* --gpu vendor=nvidia,count=2[,device=ID...] */
static int take_gpu(struct cli *cli, const char *value, struct davit_error *err) {
  struct device_request *request = new_request(cli, "nvidia", "--gpu", err);
  char *rest = arena_strdup(&cli->arena, value);
  if (!request || !rest)
    return request ? error_memory(err) : DAVIT_E_MEMORY;
  for (char *pair; (pair = strsep(&rest, ","));) {
    char *equals = strchr(pair, '=');
    if (!equals)
      return usage_error(err, "for example --gpu vendor=nvidia,count=2",
                         "--gpu takes KEY=VALUE[,KEY=VALUE...], not \"%s\"", value);
    *equals = '\0';
    int answer = take_gpu_key(cli, request, pair, equals + 1, err);
    if (answer < 0)
      return answer;
  }
  if (request->count == 0 && request->device_count == 0)
    request->count = 1;
  return DAVIT_OK;
}

static const struct cli_option options[] = {
    {"device", 0, "KIND=NAME", "add a CDI device, vendor/class=name; may be repeated", take_device},
    {"gpu", 0, "KEY=VALUE,...",
     "add GPUs: vendor=nvidia,count=N or device=ID,... and model=TEXT; may be repeated", take_gpu},
    {0},
};

/* A user can only run what has a user namespace. */
static int find_rootless(struct cli *cli, const struct machine *machine, const struct oci *oci,
                         const struct host_caller **caller, struct davit_error *err) {
  int answer = rootless_find(machine->host, &cli->arena, cli->render.rootless, caller, err);
  if (answer < 0 || !*caller || oci_has_namespace(oci, "user"))
    return answer;
  return error_add(err, DAVIT_E_INVALID, "rootless.no-namespace",
                   "make the config with `davit spec` or `runc spec --rootless`, or say "
                   "--rootless=no if root runs it",
                   "the config has no user namespace, so that user %u cannot run it",
                   (*caller)->uid);
}

static int inject_all(struct cli *cli, struct machine *machine, struct oci *oci,
                      struct davit_error *err) {
  struct container_facts facts = {.flags = DAVIT_CT_HOOKS};
  int answer = find_rootless(cli, machine, oci, &facts.rootless, err);
  for (size_t i = 0; answer == DAVIT_OK && i < cli->requests.count; i++)
    answer =
        provide_devices(machine->providers, &cli->arena, cli->requests.items[i], &facts, oci, err);
  return answer;
}

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(machine) struct machine machine = {0};
  CLEANUP(oci) struct oci *oci = NULL;
  const char *name, *text;
  size_t size;
  if (cli->requests.count == 0)
    return usage_error(err, "for example --gpu vendor=nvidia,count=1",
                       "davit inject needs --device or --gpu");
  const char *path = cli->operands.count > 0 ? cli->operands.items[0] : "-";
  int answer = read_input(cli, path, &name, &text, &size, err);
  if (answer == DAVIT_OK)
    answer = oci_parse(name, text, size, &oci, err);
  if (answer == DAVIT_OK)
    answer = machine_open(cli, &machine, err);
  if (answer == DAVIT_OK)
    answer = inject_all(cli, &machine, oci, err);
  if (answer == DAVIT_OK)
    answer = print_config(oci, err);
  return answer;
}

const struct cli_command command_inject = {
    .name = "inject",
    .operands = "[CONFIG]",
    .summary = "add devices to a config.json",
    .least = 0,
    .most = 1,
    .options =
        (const struct cli_option *const[]){options, options_rootless, options_provider, NULL},
    .run = run,
};
