/* SPDX-License-Identifier: Apache-2.0 */
/* Devices asked for without a service: --device, --gpu. */
#include "api/session.h"

#include <string.h>

#include "plugin/match.h"
#include "util/text.h"

static struct request_text text_of(const char *text, const char *option) {
  return (struct request_text){
      .text = text, .at = {.key = option}, .source = {.kind = OCI_FROM_COMMAND, .key = option}};
}

static int add_device(struct session *session, struct device_request *request, const char *name,
                      struct davit_error *err) {
  struct request_text *devices =
      arena_array(&session->arena, request->device_count + 1, sizeof(*devices));
  if (!devices)
    return error_memory(err);
  if (request->device_count > 0)
    memcpy(devices, request->devices, request->device_count * sizeof(*devices));
  devices[request->device_count++] = text_of(name, "--gpu");
  request->devices = devices;
  return DAVIT_OK;
}

/* --device vendor/class=name, or a pattern of such names */
static int take_device(struct session *session, const char *value, struct davit_error *err) {
  bool is_pattern = text_is_pattern(value);
  if (is_pattern ? !strchr(value, '/') : !name_is_qualified(value))
    return usage_error(err, "for example --device nvidia.com/gpu=0 or --device 'nvidia.com/gpu=*'",
                       "--device takes a CDI device, vendor/class=name, not \"%s\"", value);
  struct request_text *name = arena_alloc(&session->arena, sizeof(*name));
  if (!name || !list_push(&session->arena, &session->device_names, name))
    return error_memory(err);
  *name = text_of(value, "--device");
  name->is_pattern = is_pattern;
  return DAVIT_OK;
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
    return add_device(session, request, value, err);
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
  struct device_request *request = arena_alloc(&session->arena, sizeof(*request));
  char *rest = arena_strdup(&session->arena, value);
  if (!request || !rest || !list_push(&session->arena, &session->requests, request))
    return error_memory(err);
  const struct request_text vendor = text_of("nvidia", "--gpu");
  *request = (struct device_request){
      .vendor = vendor, .count_at = vendor.at, .at = vendor.at, .source = vendor.source};
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
    {"device", 0, "KIND=NAME",
     "add a CDI device, vendor/class=name, or all that fit a shell pattern; may be repeated",
     take_device},
    {"gpu", 0, "KEY=VALUE,...",
     "add GPUs: vendor=nvidia,count=N or device=ID,... and model=TEXT; may be repeated", take_gpu},
    {0},
};
