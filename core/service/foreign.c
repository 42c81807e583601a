/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that belong to an orchestrator: `scale` and `endpoints`. Their form is checked; of all they
 * say, davit takes the number of replicas. */
#include <ctype.h>
#include <string.h>

#include "service/keys.h"

static void check_text(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  const char *text;
  (void)field_text(reader, value, &text);
}

static void check_bool(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  bool answer;
  (void)field_bool(reader, value, &answer);
}

static void check_number(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  uint32_t number;
  (void)field_u32(reader, value, 0, UINT32_MAX, &number);
}

static void check_percent(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  uint32_t percent;
  (void)field_u32(reader, value, 0, 100, &percent);
}

static void check_port(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  uint32_t port;
  (void)field_u32(reader, value, 1, UINT16_MAX, &port);
}

static void check_any_port(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  uint32_t port;
  (void)field_u32(reader, value, 0, UINT16_MAX, &port);
}

/* "1h 30m": numbers each with a unit, blanks between. */
static bool is_duration(const char *text) {
  static const char *const units[] = {
      "ns",     "nsec", "us",   "usec",   "ms",      "msec",  "s",    "sec",   "second", "seconds",
      "m",      "min",  "mins", "minute", "minutes", "h",     "hr",   "hrs",   "hour",   "hours",
      "d",      "day",  "days", "w",      "wk",      "wks",   "week", "weeks", "M",      "month",
      "months", "y",    "yr",   "yrs",    "year",    "years", NULL};
  size_t parts = 0;
  while (*text) {
    text += strspn(text, " ");
    size_t digits = strspn(text, "0123456789");
    text += digits;
    text += strspn(text, " ");
    size_t length = 0;
    while (isalpha((unsigned char)text[length]))
      length++;
    size_t unit = 0;
    while (units[unit] &&
           (strlen(units[unit]) != length || strncmp(units[unit], text, length) != 0))
      unit++;
    if (digits == 0 || digits > 18 || !units[unit])
      return false;
    text += length;
    text += strspn(text, " ");
    parts++;
  }
  return parts > 0;
}

static void check_duration(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  const char *text;
  if (field_text(reader, value, &text) && !is_duration(text))
    field_invalid(reader, value, "a number with a unit: 30s, 5m, \"1h 30m\"",
                  "%s is not a duration", field_quote(reader, text));
}

/* ---- scale -------------------------------------------------------------------------------- */

static void pass_mode(UNUSED struct reader *reader, UNUSED const struct doc_node *value,
                      UNUSED void *into) {
}

const struct field service_scale_targets_keys[] = {
    {.key = "cpu", .read = check_percent, .flags = FIELD_OPTIONAL},
    {.key = "memory", .read = check_percent, .flags = FIELD_OPTIONAL},
    {.key = "rps", .read = check_number, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

static void check_targets(struct reader *reader, const struct doc_node *value, void *into) {
  fields_read(reader, value, service_scale_targets_keys, into);
}

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
    {.key = "min", .read = check_number, .example = "1"},
    {.key = "max", .read = check_number, .example = "10"},
    {.key = "cooldown", .read = check_duration, .flags = FIELD_OPTIONAL},
    {.key = "targets", .read = check_targets},
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
  fields_read(reader, value, keys[index], into);
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

static void check_protocol(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  static const char *const protocols[] = {"http", "https", "tcp", "udp", "websocket", NULL};
  size_t protocol;
  (void)field_choice(reader, value, protocols, &protocol);
}

static void check_expose(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  static const char *const types[] = {"public", "internal", NULL};
  size_t type;
  (void)field_choice(reader, value, types, &type);
}

static void check_health_type(struct reader *reader, const struct doc_node *value,
                              UNUSED void *into) {
  static const char *const types[] = {"tcp_connect", "udp_probe", NULL};
  size_t type;
  (void)field_choice(reader, value, types, &type);
}

const struct field service_stream_health_keys[] = {
    {.key = "type", .read = check_health_type, .example = "tcp_connect"},
    {.key = NULL},
};

const struct field service_udp_probe_keys[] = {
    {.key = "type", .read = check_health_type, .example = "udp_probe"},
    {.key = "request", .read = check_text, .example = "TEXT"},
    {.key = "expect", .read = check_text, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

static void check_stream_health(struct reader *reader, const struct doc_node *value, void *into) {
  const struct doc_node *type = value->kind == DOC_MAPPING ? doc_get(value, "type") : NULL;
  bool probes = type && type->kind == DOC_SCALAR && strcmp(type->text, "udp_probe") == 0;
  fields_read(reader, value, probes ? service_udp_probe_keys : service_stream_health_keys, into);
}

const struct field service_stream_keys[] = {
    {.key = "tls", .read = check_bool},
    {.key = "proxy_protocol", .read = check_bool},
    {.key = "session_timeout", .read = check_duration, .flags = FIELD_OPTIONAL},
    {.key = "health_check", .read = check_stream_health, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

static void check_stream(struct reader *reader, const struct doc_node *value, void *into) {
  fields_read(reader, value, service_stream_keys, into);
}

const struct field service_access_keys[] = {
    {.key = "enabled", .read = check_bool},
    {.key = "max_ttl", .read = check_duration, .flags = FIELD_OPTIONAL},
    {.key = "audit", .read = check_bool},
    {.key = NULL},
};

static void check_access(struct reader *reader, const struct doc_node *value, void *into) {
  fields_read(reader, value, service_access_keys, into);
}

const struct field service_tunnel_keys[] = {
    {.key = "enabled", .read = check_bool},
    {.key = "from", .read = check_text, .flags = FIELD_OPTIONAL},
    {.key = "to", .read = check_text, .flags = FIELD_OPTIONAL},
    {.key = "remote_port", .read = check_any_port},
    {.key = "expose", .read = check_expose, .flags = FIELD_OPTIONAL},
    {.key = "access", .read = check_access, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

static void check_tunnel(struct reader *reader, const struct doc_node *value, void *into) {
  fields_read(reader, value, service_tunnel_keys, into);
}

/* Into the map of the names seen. */
const struct field service_endpoint_keys[] = {
    {.key = "name", .read = check_endpoint_name, .example = "http"},
    {.key = "protocol", .read = check_protocol, .example = "http"},
    {.key = "port", .read = check_port, .example = "8080"},
    {.key = "target_port", .read = check_port, .flags = FIELD_OPTIONAL},
    {.key = "path", .read = check_text, .flags = FIELD_OPTIONAL},
    {.key = "host", .read = check_text, .flags = FIELD_OPTIONAL},
    {.key = "expose", .read = check_expose},
    {.key = "stream", .read = check_stream, .flags = FIELD_OPTIONAL},
    {.key = "target_role", .read = check_text, .flags = FIELD_OPTIONAL},
    {.key = "tunnel", .read = check_tunnel, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

void read_endpoints(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  struct map names = {0};
  if (!field_is_list(reader, value))
    return;
  for (size_t i = 0; i < value->count; i++)
    fields_read(reader, value->values[i], service_endpoint_keys, &names);
}
