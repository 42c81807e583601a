/* SPDX-License-Identifier: Apache-2.0 */
/* `scale` and `endpoints`, which belong to an orchestrator. Their form is checked; of all they say,
 * davit takes the number of replicas. */
#include "service/forms.h"
#include "service/keys.h"

/* ---- scale -------------------------------------------------------------------------------- */

static void pass_mode(UNUSED struct reader *reader, UNUSED const struct doc_node *value,
                      UNUSED void *into) {
}

static const struct form percent = {.kind = FORM_NUMBER, .most = 100};

const struct field service_scale_targets_keys[] = {
    {.key = "cpu", .form = &percent, .flags = FIELD_OPTIONAL},
    {.key = "memory", .form = &percent, .flags = FIELD_OPTIONAL},
    {.key = "rps", .form = &form_number, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

static const struct form targets = {.kind = FORM_KEYS, .keys = service_scale_targets_keys};

static void read_replicas(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  (void)field_u32(reader, value, 0, UINT32_MAX, &service->replicas);
}

const struct field service_scale_fixed_keys[] = {
    {.key = "mode", .read = pass_mode},
    {.key = "replicas", .read = read_replicas, .example = "2"},
    {.key = NULL},
};

static const struct field manual_keys[] = {
    {.key = "mode", .read = pass_mode},
    {.key = NULL},
};

const struct field service_scale_adaptive_keys[] = {
    {.key = "mode", .read = pass_mode},
    {.key = "min", .form = &form_number, .example = "1"},
    {.key = "max", .form = &form_number, .example = "10"},
    {.key = "cooldown", .form = &form_duration, .flags = FIELD_OPTIONAL},
    {.key = "targets", .form = &targets},
    {.key = NULL},
};

static void check_range(struct reader *reader, const struct doc_node *scale) {
  const struct doc_node *min = doc_get(scale, "min"), *max = doc_get(scale, "max");
  uint64_t least, most;
  if (min && max && doc_uint(min, &least) && doc_uint(max, &most) && least > most)
    field_invalid(reader, min, "make min at most max", "min %s is above max %s",
                  field_quote(reader, min->text), field_quote(reader, max->text));
}

void read_scale(struct reader *reader, const struct doc_node *value, void *into) {
  static const char *const modes[] = {"adaptive", "fixed", "manual", NULL};
  static const struct field *const keys[] = {service_scale_adaptive_keys, service_scale_fixed_keys,
                                             manual_keys};
  if (value->kind != DOC_MAPPING) {
    field_wrong_kind(reader, value, "a mapping", "write `{mode: fixed, replicas: 1}`");
    return;
  }
  const struct doc_node *mode = doc_get(value, "mode");
  size_t index;
  if (!mode) {
    field_invalid(reader, value, "add `mode: fixed`, adaptive or manual",
                  "the key \"mode\" is missing");
    return;
  }
  if (!field_choice(reader, mode, modes, &index))
    return;
  keys_read(reader, value, keys[index], into);
  if (keys[index] == service_scale_adaptive_keys)
    check_range(reader, value);
}

/* ---- endpoints ---------------------------------------------------------------------------- */

static void check_endpoint_name(struct reader *reader, const struct doc_node *value, void *into) {
  const char *name;
  if (!field_text(reader, value, &name))
    return;
  if (name[0] == '\0')
    field_invalid(reader, value, "give it a name: http", "the name is empty");
  else
    (void)field_is_first(reader, value, value, name, into);
}

static const char *const protocols[] = {"http", "https", "tcp", "udp", "websocket", NULL};
static const struct form protocol = {.kind = FORM_CHOICE, .words = protocols};

static const char *const stream_health_types[] = {"tcp_connect", "udp_probe", NULL};
static const struct form stream_health_type = {.kind = FORM_CHOICE, .words = stream_health_types};

const struct field service_stream_health_keys[] = {
    {.key = "type", .form = &stream_health_type, .example = "tcp_connect"},
    {.key = NULL, .flags = FIELD_OTHERS},
};

const struct field service_udp_probe_keys[] = {
    {.key = "type", .form = &stream_health_type, .example = "udp_probe"},
    {.key = "request", .form = &form_text, .example = "TEXT"},
    {.key = "expect", .form = &form_text, .flags = FIELD_OPTIONAL},
    {.key = NULL, .flags = FIELD_OTHERS},
};

static const struct form stream_health = {
    .kind = FORM_VARIANT,
    .variant_key = "type",
    .words = stream_health_types,
    .variants = (const struct field *const[]){service_stream_health_keys, service_udp_probe_keys}};

const struct field service_stream_keys[] = {
    {.key = "tls", .form = &form_bool},
    {.key = "proxy_protocol", .form = &form_bool},
    {.key = "session_timeout", .form = &form_duration, .flags = FIELD_OPTIONAL},
    {.key = "health_check", .form = &stream_health, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

static const struct form stream = {.kind = FORM_KEYS, .keys = service_stream_keys};

const struct field service_access_keys[] = {
    {.key = "enabled", .form = &form_bool},
    {.key = "max_ttl", .form = &form_duration, .flags = FIELD_OPTIONAL},
    {.key = "audit", .form = &form_bool},
    {.key = NULL},
};

static const struct form access_rules = {.kind = FORM_KEYS, .keys = service_access_keys};

const struct field service_tunnel_keys[] = {
    {.key = "enabled", .form = &form_bool},
    {.key = "from", .form = &form_text, .flags = FIELD_OPTIONAL},
    {.key = "to", .form = &form_text, .flags = FIELD_OPTIONAL},
    {.key = "remote_port", .form = &form_any_port},
    {.key = "expose", .form = &form_exposure, .flags = FIELD_OPTIONAL},
    {.key = "access", .form = &access_rules, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

static const struct form tunnel = {.kind = FORM_KEYS, .keys = service_tunnel_keys};

/* Into the map of the names seen. */
const struct field service_endpoint_keys[] = {
    {.key = "name", .read = check_endpoint_name, .example = "http"},
    {.key = "protocol", .form = &protocol, .example = "http"},
    {.key = "port", .form = &form_port, .example = "8080"},
    {.key = "target_port", .form = &form_port, .flags = FIELD_OPTIONAL},
    {.key = "path", .form = &form_text, .flags = FIELD_OPTIONAL},
    {.key = "host", .form = &form_text, .flags = FIELD_OPTIONAL},
    {.key = "expose", .form = &form_exposure},
    {.key = "stream", .form = &stream, .flags = FIELD_OPTIONAL},
    {.key = "target_role", .form = &form_text, .flags = FIELD_OPTIONAL},
    {.key = "tunnel", .form = &tunnel, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

void read_endpoints(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  struct map names = {0};
  if (!field_is_list(reader, value))
    return;
  for (size_t i = 0; i < value->count; i++)
    keys_read(reader, value->values[i], service_endpoint_keys, &names);
}
