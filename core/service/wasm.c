/* SPDX-License-Identifier: Apache-2.0 */
/* `service_type` and `wasm`: what a WebAssembly runtime makes of a service. davit checks them and
 * refuses to render such a service as a container. */
#include <inttypes.h>
#include <string.h>

#include "service/forms.h"
#include "service/keys.h"
#include "util/text.h"

enum {
  CAP_CONFIG = 1 << 0,
  CAP_KEYVALUE = 1 << 1,
  CAP_LOGGING = 1 << 2,
  CAP_SECRETS = 1 << 3,
  CAP_METRICS = 1 << 4,
  CAP_HTTP_CLIENT = 1 << 5,
  CAP_CLI = 1 << 6,
  CAP_FILESYSTEM = 1 << 7,
  CAP_SOCKETS = 1 << 8,
  /* What a `capabilities` mapping asks that does not say otherwise. */
  CAPS_DEFAULT = CAP_CONFIG | CAP_KEYVALUE | CAP_LOGGING | CAP_METRICS
};

static const char *const type_words[] = {"standard",
                                         "wasm_http",
                                         "wasm_plugin",
                                         "wasm_transformer",
                                         "wasm_authenticator",
                                         "wasm_rate_limiter",
                                         "wasm_middleware",
                                         "wasm_router",
                                         "job",
                                         NULL};

/* What a component of each type may be given at most. */
static const unsigned type_caps[] = {0,
                                     CAP_CONFIG | CAP_KEYVALUE | CAP_LOGGING | CAP_HTTP_CLIENT,
                                     CAP_CONFIG | CAP_KEYVALUE | CAP_LOGGING | CAP_SECRETS |
                                         CAP_METRICS | CAP_HTTP_CLIENT | CAP_CLI | CAP_FILESYSTEM,
                                     CAP_LOGGING | CAP_CLI,
                                     CAP_CONFIG | CAP_LOGGING | CAP_SECRETS | CAP_HTTP_CLIENT,
                                     CAP_CONFIG | CAP_KEYVALUE | CAP_LOGGING | CAP_METRICS |
                                         CAP_CLI,
                                     CAP_CONFIG | CAP_LOGGING | CAP_HTTP_CLIENT,
                                     CAP_CONFIG | CAP_KEYVALUE | CAP_LOGGING | CAP_HTTP_CLIENT,
                                     0};

void read_service_type(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  size_t type;
  if (field_choice(reader, value, type_words, &type) && text_starts(type_words[type], "wasm_"))
    (void)field_text_at(reader, value, &service->wasm_type);
}

/* In the order of the bits. */
static const struct field capability_keys[] = {
    {.key = "config", .form = &form_bool},  {.key = "keyvalue", .form = &form_bool},
    {.key = "logging", .form = &form_bool}, {.key = "secrets", .form = &form_bool},
    {.key = "metrics", .form = &form_bool}, {.key = "http_client", .form = &form_bool},
    {.key = "cli", .form = &form_bool},     {.key = "filesystem", .form = &form_bool},
    {.key = "sockets", .form = &form_bool}, {.key = NULL},
};
static const struct form capabilities = {.kind = FORM_KEYS, .keys = capability_keys};

static const struct field preopen_keys[] = {
    {.key = "source", .form = &form_name, .example = "/srv/data"},
    {.key = "target", .form = &form_name, .example = "/data"},
    {.key = "readonly", .form = &form_bool},
    {.key = NULL},
};
static const struct form preopen = {.kind = FORM_KEYS, .keys = preopen_keys};
static const struct form preopens = {.kind = FORM_LIST, .item = &preopen};
static const struct form any_number = {.kind = FORM_NUMBER, .most = UINT64_MAX};

static const struct field wasm_keys[] = {
    {.key = "min_instances", .form = &form_number},
    {.key = "max_instances", .form = &form_number},
    {.key = "idle_timeout", .form = &form_duration},
    {.key = "request_timeout", .form = &form_duration},
    {.key = "max_memory", .form = &form_size, .flags = FIELD_OPTIONAL},
    {.key = "max_fuel", .form = &any_number},
    {.key = "epoch_interval", .form = &form_duration, .flags = FIELD_OPTIONAL},
    {.key = "capabilities", .form = &capabilities, .flags = FIELD_OPTIONAL},
    {.key = "allow_http_outgoing", .form = &form_bool},
    {.key = "allowed_hosts", .form = &form_texts},
    {.key = "allow_tcp", .form = &form_bool},
    {.key = "allow_udp", .form = &form_bool},
    {.key = "preopens", .form = &preopens},
    {.key = "kv_enabled", .form = &form_bool},
    {.key = "kv_namespace", .form = &form_text, .flags = FIELD_OPTIONAL},
    {.key = "kv_max_value_size", .form = &any_number},
    {.key = "secrets", .form = &form_texts},
    {.key = "precompile", .form = &form_bool},
    {.key = NULL},
};
const struct form form_wasm = {.kind = FORM_KEYS, .keys = wasm_keys};

static uint64_t number_of(const struct doc_node *wasm, const char *key, uint64_t otherwise) {
  const struct doc_node *node = doc_get(wasm, key);
  uint64_t number;
  return node && doc_uint(node, &number) ? number : otherwise;
}

static void check_instances(struct reader *reader, const struct doc_node *wasm) {
  uint64_t least = number_of(wasm, "min_instances", 0), most = number_of(wasm, "max_instances", 10);
  if (least > most)
    field_invalid(reader, wasm, "make min_instances at most max_instances, which is 10 by default",
                  "min_instances %" PRIu64 " is above max_instances %" PRIu64, least, most);
}

/* A capability left out has its default, which not every type may have either: so it has to be said
 * that it is not wanted. */
static void check_capabilities(struct reader *reader, const struct doc_node *asked,
                               const char *type) {
  size_t index = 0;
  while (strcmp(type_words[index], type) != 0)
    index++;
  for (size_t i = 0; capability_keys[i].key; i++) {
    const struct doc_node *node = doc_get(asked, capability_keys[i].key);
    bool wanted = (CAPS_DEFAULT & (1u << i)) != 0;
    if (node && node->kind == DOC_SCALAR && node->type == DOC_BOOL)
      wanted = node->text[0] == 't' || node->text[0] == 'T';
    if (wanted && !(type_caps[index] & (1u << i)))
      field_invalid(reader, node ? node : asked,
                    field_printf(reader, "write `%s: false`", capability_keys[i].key),
                    "a service of type %s cannot have the capability %s%s", type,
                    capability_keys[i].key, node ? "" : ", which is on by default");
  }
}

static void check_http_endpoint(struct reader *reader, const struct doc_node *service) {
  const struct doc_node *endpoints = doc_get(service, "endpoints");
  if (!endpoints || endpoints->kind != DOC_SEQUENCE || endpoints->count == 0)
    return;
  for (size_t i = 0; i < endpoints->count; i++) {
    const struct doc_node *endpoint = endpoints->values[i];
    const struct doc_node *protocol =
        endpoint->kind == DOC_MAPPING ? doc_get(endpoint, "protocol") : NULL;
    if (protocol && protocol->kind == DOC_SCALAR && text_starts(protocol->text, "http"))
      return;
  }
  field_invalid(reader, endpoints, "add one with `protocol: http`, or leave them all out",
                "a service of type wasm_http has no http endpoint among these");
}

void check_wasm(struct reader *reader, const struct doc_node *mapping,
                const struct service *service) {
  const struct doc_node *wasm = doc_get(mapping, "wasm"), *older = doc_get(mapping, "wasm_http");
  if (wasm && older)
    field_invalid(reader, older, "keep wasm", "wasm and wasm_http are the same key");
  wasm = wasm ? wasm : older;
  if (!wasm || (wasm->kind == DOC_SCALAR && wasm->type == DOC_NULL))
    return;
  if (!service->wasm_type.text) {
    field_invalid(reader, wasm, "add `service_type: wasm_http`, or leave this key out",
                  "this is for services of a wasm type");
    return;
  }
  if (wasm->kind == DOC_MAPPING) {
    check_instances(reader, wasm);
    const struct doc_node *asked = doc_get(wasm, "capabilities");
    if (asked && asked->kind == DOC_MAPPING)
      check_capabilities(reader, asked, service->wasm_type.text);
  }
  if (strcmp(service->wasm_type.text, "wasm_http") == 0)
    check_http_endpoint(reader, mapping);
}
