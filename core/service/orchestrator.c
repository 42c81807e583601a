/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of keys that belong to an orchestrator and of which davit takes nothing: their form is
 * that of the format. Where the format ignores keys that it does not know, so do these tables, with
 * a warning. */
#include <string.h>

#include "service/forms.h"
#include "service/keys.h"

#define CHOICE(...)                                       \
  {                                                       \
    .kind = FORM_CHOICE, .words = (const char *const[]) { \
      __VA_ARGS__, NULL                                   \
    }                                                     \
  }

/* ---- network, overlay --------------------------------------------------------------------- */

static const struct field overlay_settings_keys[] = {
    {.key = "enabled", .form = &form_bool},
    {.key = "encrypted", .form = &form_bool},
    {.key = "isolated", .form = &form_bool},
    {.key = NULL},
};
static const struct form overlay_settings = {.kind = FORM_KEYS, .keys = overlay_settings_keys};

static const struct field overlays_keys[] = {
    {.key = "service", .form = &overlay_settings},
    {.key = "global", .form = &overlay_settings},
    {.key = NULL},
};
static const struct form overlays = {.kind = FORM_KEYS, .keys = overlays_keys};

static const struct form join_mode = CHOICE("open", "token", "closed");
static const struct form join_scope = CHOICE("service", "global");
static const struct field join_keys[] = {
    {.key = "mode", .form = &join_mode},
    {.key = "scope", .form = &join_scope},
    {.key = NULL},
};
static const struct form join = {.kind = FORM_KEYS, .keys = join_keys};

static const struct field network_keys[] = {
    {.key = "overlays", .form = &overlays},
    {.key = "join", .form = &join},
    {.key = NULL},
};
const struct form form_network = {.kind = FORM_KEYS, .keys = network_keys};

static const struct form overlay_mode = CHOICE("auto", "shared", "dedicated");
static const struct field overlay_keys[] = {
    {.key = "mode", .form = &overlay_mode},
    {.key = "parent", .form = &form_text, .flags = FIELD_OPTIONAL},
    {.key = NULL, .flags = FIELD_OTHERS},
};
const struct form form_overlay = {.kind = FORM_KEYS, .keys = overlay_keys};

static const struct form port_protocol = CHOICE("tcp", "udp");
static const struct field port_mapping_keys[] = {
    {.key = "host_port", .form = &form_any_port, .flags = FIELD_OPTIONAL},
    {.key = "container_port", .form = &form_any_port, .example = "8080"},
    {.key = "protocol", .form = &port_protocol},
    {.key = "host_ip", .form = &form_text},
    {.key = NULL, .flags = FIELD_OTHERS},
};
static const struct form port_mapping = {.kind = FORM_KEYS, .keys = port_mapping_keys};
const struct form form_port_mappings = {.kind = FORM_LIST, .item = &port_mapping};

const struct form form_reachability = CHOICE("auto", "always", "never");

/* ---- placement ---------------------------------------------------------------------------- */

const struct form form_node_mode = CHOICE("shared", "dedicated", "exclusive");

static const struct field node_selector_keys[] = {
    {.key = "labels", .form = &form_text_map},
    {.key = "prefer_labels", .form = &form_text_map},
    {.key = NULL},
};
const struct form form_node_selector = {.kind = FORM_KEYS, .keys = node_selector_keys};

static const struct form platform_os = CHOICE("linux", "windows", "macos");
static const struct form platform_arch = CHOICE("amd64", "arm64");
static const struct field platform_keys[] = {
    {.key = "os", .form = &platform_os, .example = "linux"},
    {.key = "arch", .form = &platform_arch, .example = "amd64"},
    {.key = "osVersion", .form = &form_text, .flags = FIELD_OPTIONAL},
    {.key = NULL, .flags = FIELD_OTHERS},
};
const struct form form_platform = {.kind = FORM_KEYS, .keys = platform_keys};

const struct form form_isolation = CHOICE("auto", "process", "hyperv");

static const struct form affinity_words = CHOICE("spread", "pack");
static const struct field pin_keys[] = {
    {.key = "pin", .form = &form_name, .example = "zone=eu-1"},
    {.key = NULL},
};
static const struct form pin = {.kind = FORM_KEYS, .keys = pin_keys};

/* A word; or a node or label, with the tag !pin or as the only key of a mapping. */
void read_affinity(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  if (value->kind == DOC_MAPPING)
    form_check(reader, value, &pin);
  else if (value->tag && strcmp(value->tag, "!pin") == 0)
    form_check(reader, value, &form_name);
  else
    form_check(reader, value, &affinity_words);
}

/* ---- life --------------------------------------------------------------------------------- */

static const struct form health_type = CHOICE("tcp", "http", "command");
static const struct field tcp_keys[] = {
    {.key = "type", .form = &health_type},
    {.key = "port", .form = &form_any_port, .example = "8080"},
    {.key = NULL, .flags = FIELD_OTHERS},
};
static const struct field http_keys[] = {
    {.key = "type", .form = &health_type},
    {.key = "url", .form = &form_text, .example = "http://localhost:8080/health"},
    {.key = "expect_status", .form = &form_any_port},
    {.key = NULL, .flags = FIELD_OTHERS},
};
static const struct field command_keys[] = {
    {.key = "type", .form = &health_type},
    {.key = "command", .form = &form_text, .example = "COMMAND"},
    {.key = NULL, .flags = FIELD_OTHERS},
};
static const struct form health_check = {
    .kind = FORM_VARIANT,
    .variant_key = "type",
    .words = (const char *const[]){"tcp", "http", "command", NULL},
    .variants = (const struct field *const[]){tcp_keys, http_keys, command_keys}};

static const struct field health_keys[] = {
    {.key = "start_grace", .form = &form_duration, .flags = FIELD_OPTIONAL},
    {.key = "interval", .form = &form_duration, .flags = FIELD_OPTIONAL},
    {.key = "timeout", .form = &form_duration, .flags = FIELD_OPTIONAL},
    {.key = "retries", .form = &form_number},
    {.key = "check", .form = &health_check, .example = "{type: tcp, port: 8080}"},
    {.key = NULL},
};
const struct form form_health = {.kind = FORM_KEYS, .keys = health_keys};

static const struct form on_failure = CHOICE("fail", "warn", "continue");
static const struct form parameters = {.kind = FORM_MAP, .item = &form_any};
static const struct field init_step_keys[] = {
    {.key = "id", .form = &form_text, .example = "wait-for-db"},
    {.key = "uses", .form = &form_text, .example = "init.wait_tcp"},
    {.key = "with", .form = &parameters},
    {.key = "retry", .form = &form_number, .flags = FIELD_OPTIONAL},
    {.key = "timeout", .form = &form_duration, .flags = FIELD_OPTIONAL},
    {.key = "on_failure", .form = &on_failure},
    {.key = NULL},
};
static const struct form init_step = {.kind = FORM_KEYS, .keys = init_step_keys};
static const struct form init_steps = {.kind = FORM_LIST, .item = &init_step};
static const struct field init_keys[] = {
    {.key = "steps", .form = &init_steps},
    {.key = NULL},
};
const struct form form_init = {.kind = FORM_KEYS, .keys = init_keys};

static const struct form condition = CHOICE("started", "healthy", "ready");
static const struct field depends_keys[] = {
    {.key = "service", .form = &form_text, .example = "NAME"},
    {.key = "condition", .form = &condition},
    {.key = "timeout", .form = &form_duration, .flags = FIELD_OPTIONAL},
    {.key = "on_timeout", .form = &on_failure},
    {.key = NULL},
};
static const struct form dependency = {.kind = FORM_KEYS, .keys = depends_keys};
const struct form form_depends = {.kind = FORM_LIST, .item = &dependency};

static const struct form init_failure = CHOICE("fail", "restart", "backoff");
static const struct field init_failure_keys[] = {
    {.key = "action", .form = &init_failure},
    {.key = NULL},
};
static const struct form on_init_failure = {.kind = FORM_KEYS, .keys = init_failure_keys};
static const struct form panic = CHOICE("restart", "shutdown", "isolate");
static const struct field panic_keys[] = {
    {.key = "action", .form = &panic},
    {.key = NULL},
};
static const struct form on_panic = {.kind = FORM_KEYS, .keys = panic_keys};
static const struct field errors_keys[] = {
    {.key = "on_init_failure", .form = &on_init_failure},
    {.key = "on_panic", .form = &on_panic},
    {.key = NULL},
};
const struct form form_errors = {.kind = FORM_KEYS, .keys = errors_keys};

static const struct field lifecycle_keys[] = {
    {.key = "delete_on_exit", .form = &form_bool},
    {.key = NULL},
};
const struct form form_lifecycle = {.kind = FORM_KEYS, .keys = lifecycle_keys};

static const struct form restart = CHOICE("no", "always", "unless_stopped", "on_failure");
static const struct field restart_keys[] = {
    {.key = "kind", .form = &restart, .example = "on_failure"},
    {.key = "max_attempts", .form = &form_number, .flags = FIELD_OPTIONAL},
    {.key = "delay", .form = &form_duration, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};
const struct form form_restart_policy = {.kind = FORM_KEYS, .keys = restart_keys};

static const struct form any_number = {.kind = FORM_NUMBER, .most = UINT64_MAX};
static const struct field logs_keys[] = {
    {.key = "destination", .form = &form_text},
    {.key = "max_size_bytes", .form = &any_number},
    {.key = "retention_secs", .form = &any_number},
    {.key = NULL, .flags = FIELD_OTHERS},
};
const struct form form_logs = {.kind = FORM_KEYS, .keys = logs_keys};

/* ---- top level ---------------------------------------------------------------------------- */

static const struct form backends = {.kind = FORM_LIST, .item = &form_text, .least = 1};
static const struct field external_keys[] = {
    {.key = "backends", .form = &backends, .example = "[\"10.0.0.1:5432\"]"},
    {.key = "endpoints", .read = read_endpoints},
    {.key = "health", .form = &form_health, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};
static const struct form external = {.kind = FORM_KEYS, .keys = external_keys};
const struct form form_externals = {.kind = FORM_MAP, .item = &external};

static const struct field tunnel_keys[] = {
    {.key = "from", .form = &form_text, .example = "NODE"},
    {.key = "to", .form = &form_text, .example = "NODE"},
    {.key = "local_port", .form = &form_port, .example = "8080"},
    {.key = "remote_port", .form = &form_port, .example = "8080"},
    {.key = "protocol", .form = &port_protocol},
    {.key = "expose", .form = &form_exposure},
    {.key = NULL},
};
static const struct form tunnel = {.kind = FORM_KEYS, .keys = tunnel_keys};
const struct form form_tunnels = {.kind = FORM_MAP, .item = &tunnel};

static const struct field api_keys[] = {
    {.key = "enabled", .form = &form_bool},
    {.key = "bind", .form = &form_text},
    {.key = "jwt_secret", .form = &form_text, .flags = FIELD_OPTIONAL},
    {.key = "swagger", .form = &form_bool},
    {.key = NULL, .flags = FIELD_OTHERS},
};
const struct form form_api = {.kind = FORM_KEYS, .keys = api_keys};
