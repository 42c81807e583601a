/* SPDX-License-Identifier: Apache-2.0 */
/* Devices asked for without a service: --device, --gpu, and adding them to a document. */
#include "api/session.h"

#include <string.h>

#include "util/text.h"

static struct request_text text_of(const char *text, const char *option) {
  return (struct request_text){text, {.key = option}, {.kind = OCI_FROM_COMMAND, .key = option}};
}

static int add_device(struct session *session, struct device_request *request, const char *name,
                      const char *option, struct davit_error *err) {
  struct request_text *devices =
      arena_array(&session->arena, request->device_count + 1, sizeof(*devices));
  if (!devices)
    return error_memory(err);
  if (request->device_count > 0)
    memcpy(devices, request->devices, request->device_count * sizeof(*devices));
  devices[request->device_count++] = text_of(name, option);
  request->devices = devices;
  return DAVIT_OK;
}

static struct device_request *new_request(struct session *session, const char *vendor,
                                          const char *option, struct davit_error *err) {
  struct device_request *request = arena_alloc(&session->arena, sizeof(*request));
  if (!request || !list_push(&session->arena, &session->requests, request)) {
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
static int take_device(struct session *session, const char *value, struct davit_error *err) {
  const char *equals = strchr(value, '=');
  const char *slash = strchr(value, '/');
  if (!equals || !slash || slash > equals || slash == value || equals == slash + 1 || !equals[1])
    return usage_error(err, "for example --device nvidia.com/gpu=0",
                       "--device takes a CDI device, vendor/class=name, not \"%s\"", value);
  char *kind = arena_strndup(&session->arena, value, (size_t)(equals - value));
  if (!kind)
    return error_memory(err);
  for (size_t i = 0; i < session->requests.count; i++) {
    struct device_request *request = session->requests.items[i];
    if (strcmp(request->vendor.text, kind) == 0 && strcmp(request->at.key, "--device") == 0)
      return add_device(session, request, equals + 1, "--device", err);
  }
  struct device_request *request = new_request(session, kind, "--device", err);
  if (request)
    request->may_repeat = true;
  return request ? add_device(session, request, equals + 1, "--device", err) : DAVIT_E_MEMORY;
}

/* One KEY=VALUE of --gpu. */
static int take_gpu_key(struct session *session, struct device_request *request, const char *key,
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
    return add_device(session, request, value, "--gpu", err);
  if (strcmp(key, "count") == 0) {
    if (text_to_u32(value, 10, &request->count) && request->count > 0 &&
        request->count <= REQUEST_MAX_DEVICES)
      return DAVIT_OK;
    return usage_error(err, NULL, "--gpu: count is a number from 1 to %d, not \"%s\"",
                       REQUEST_MAX_DEVICES, value);
  }
  const char *nearest = text_nearest(key, keys);
  return usage_error(err,
                     nearest ? arena_printf(&session->arena, "did you mean %s?", nearest)
                             : "vendor, count, device and model",
                     "--gpu has no key \"%s\"", key);
}

/* --gpu vendor=nvidia,count=2[,device=ID...] */
static int take_gpu(struct session *session, const char *value, struct davit_error *err) {
  struct device_request *request = new_request(session, "nvidia", "--gpu", err);
  char *rest = arena_strdup(&session->arena, value);
  if (!request || !rest)
    return request ? error_memory(err) : DAVIT_E_MEMORY;
  for (char *pair; (pair = strsep(&rest, ","));) {
    char *equals = strchr(pair, '=');
    if (!equals)
      return usage_error(err, "for example --gpu vendor=nvidia,count=2",
                         "--gpu takes KEY=VALUE[,KEY=VALUE...], not \"%s\"", value);
    *equals = '\0';
    int answer = take_gpu_key(session, request, pair, equals + 1, err);
    if (answer < 0)
      return answer;
  }
  if (request->count == 0 && request->device_count == 0)
    request->count = 1;
  return DAVIT_OK;
}

const struct session_option options_request[] = {
    {"device", 0, "KIND=NAME", "add a CDI device, vendor/class=name; may be repeated", take_device},
    {"gpu", 0, "KEY=VALUE,...",
     "add GPUs: vendor=nvidia,count=N or device=ID,... and model=TEXT; may be repeated", take_gpu},
    {0},
};

/* A user can only run what has a user namespace. */
static int find_rootless(struct session *session, const struct machine *machine,
                         const struct oci *oci, const struct host_caller **caller,
                         struct davit_error *err) {
  int answer = rootless_find(machine->host, &session->arena, session->render.rootless, caller, err);
  if (answer < 0 || !*caller || oci_has_namespace(oci, "user"))
    return answer;
  return error_add(err, DAVIT_E_INVALID, "rootless.no-namespace",
                   "make the config with `davit spec` or `runc spec --rootless`, or say "
                   "--rootless=no if root runs it",
                   "the config has no user namespace, so that user %u cannot run it",
                   (*caller)->uid);
}

int inject_all(struct session *session, const struct machine *machine, struct oci *oci,
               struct davit_error *err) {
  struct container_facts facts = {.flags = DAVIT_CT_HOOKS};
  int answer = find_rootless(session, machine, oci, &facts.rootless, err);
  for (size_t i = 0; answer == DAVIT_OK && i < session->requests.count; i++)
    answer = provide_devices(machine->providers, &session->arena, session->requests.items[i],
                             &facts, oci, err);
  return answer;
}
