/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a service, and the readers of those that are one value. */
#include <string.h>

#include "service/forms.h"
#include "service/keys.h"
#include "util/text.h"

/* What an orchestrator makes of it is not davit's; that it is one of these is. */
static void read_rtype(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  static const char *const types[] = {"service", "job", "cron", NULL};
  size_t type;
  (void)field_choice(reader, value, types, &type);
}

static void read_shm_size(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  service->has_shm_size = field_size(reader, value, &service->shm_size);
  service->shm_size_at = field_at(reader, value);
}

static void read_privileged(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  if (field_bool(reader, value, &service->privileged))
    service->privileged_at = field_at(reader, value);
}

static void read_hostname(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  const char *name;
  if (!field_text(reader, value, &name))
    return;
  if (field_is_hostname(name)) /* what is longer than the kernel takes is cut by the pipeline */
    (void)field_text_at(reader, value, &service->hostname);
  else
    field_invalid(reader, value, "letters, digits and \"-\", dots between, at most 253 in all",
                  "%s is not a host name", field_quote(reader, name));
}

/* A systemd slice by its name; how it is spelled in cgroupsPath depends on the runtime's driver. */
static bool is_slice(const char *name) {
  static const char allowed[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.\\";
  return text_ends(name, ".slice") && name[0] != '.' && name[strspn(name, allowed)] == '\0';
}

static void read_cgroup_parent(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  const char *text;
  if (!field_text(reader, value, &text) || text[0] == '\0')
    return; /* empty: not set, as in the original */
  size_t length = strlen(text);
  while (length > 1 && text[length - 1] == '/')
    length--;
  char *parent = arena_strndup(reader->arena, text, length);
  if (!parent) {
    error_memory(reader->err);
    return;
  }
  if (!path_is_clean(parent) && !is_slice(text)) {
    field_invalid(reader, value,
                  "an absolute path without \"//\", \".\" and \"..\", or the name of a systemd "
                  "slice: /gpu or gpu.slice",
                  "%s is not a parent cgroup", field_quote(reader, text));
    return;
  }
  service->cgroup_parent = (struct service_text){.text = parent, .at = field_at(reader, value)};
}

/* Read by read_groups(), when all that the groups share is known. */
static void pass_groups(UNUSED struct reader *reader, UNUSED const struct doc_node *value,
                        UNUSED void *into) {
}

const struct field service_keys[] = {
    {.key = "image", .read = read_image, .example = "{name: IMAGE}"},
    {.key = "command", .read = read_command},
    {.key = "env", .read = read_env_keys},
    {.key = "resources", .read = read_resources},
    {.key = "devices", .read = read_devices},
    {.key = "storage", .read = read_storage},
    {.key = "shm_size", .read = read_shm_size, .flags = FIELD_OPTIONAL},
    {.key = "ulimits", .read = read_ulimits},
    {.key = "privileged", .read = read_privileged},
    {.key = "host_network", .read = read_host_network, .flags = FIELD_OPTIONAL},
    {.key = "network_mode", .read = read_network_mode, .flags = FIELD_OPTIONAL},
    {.key = "pid_mode", .read = read_pid_mode, .flags = FIELD_OPTIONAL},
    {.key = "ipc_mode", .read = read_ipc_mode, .flags = FIELD_OPTIONAL},
    {.key = "userns_mode", .read = read_userns_mode, .flags = FIELD_OPTIONAL},
    {.key = "dns", .read = read_dns},
    {.key = "extra_hosts", .read = read_extra_hosts},
    {.key = "sysctls", .read = read_sysctls},
    {.key = "hostname", .read = read_hostname, .flags = FIELD_OPTIONAL},
    {.key = "cgroup_parent", .read = read_cgroup_parent, .flags = FIELD_OPTIONAL},
    {.key = "user", .read = read_user, .flags = FIELD_OPTIONAL},
    {.key = "extra_groups", .read = read_extra_groups},
    {.key = "capabilities", .read = read_capabilities},
    {.key = "cap_add", .read = read_cap_add},
    {.key = "cap_drop", .read = read_cap_drop},
    {.key = "security_opt", .read = read_security_opt},
    {.key = "apparmor", .read = read_apparmor, .flags = FIELD_OPTIONAL},
    {.key = "read_only_root_fs", .read = read_read_only},
    {.key = "tty", .read = read_tty},
    {.key = "init_container", .read = read_init_container, .flags = FIELD_OPTIONAL},
    {.key = "stop_signal", .read = read_stop_signal, .flags = FIELD_OPTIONAL},
    {.key = "stop_grace_period", .read = read_stop_grace_period, .flags = FIELD_OPTIONAL},
    {.key = "labels", .read = read_labels},
    {.key = "stdin_open", .read = read_stdin_open, .flags = FIELD_FOREIGN},
    {.key = "replica_groups", .read = pass_groups},
    {.key = "rtype", .read = read_rtype, .flags = FIELD_FOREIGN},
    {.key = "scale", .read = read_scale, .flags = FIELD_FOREIGN},
    {.key = "endpoints", .read = read_endpoints, .flags = FIELD_FOREIGN},
    {.key = "affinity", .read = read_affinity, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = "depends", .form = &form_depends, .flags = FIELD_FOREIGN},
    {.key = "errors", .form = &form_errors, .flags = FIELD_FOREIGN},
    {.key = "expose", .form = &form_texts, .flags = FIELD_FOREIGN},
    {.key = "health", .form = &form_health, .flags = FIELD_FOREIGN},
    {.key = "init", .form = &form_init, .flags = FIELD_FOREIGN},
    {.key = "isolation", .form = &form_isolation, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = "lifecycle", .form = &form_lifecycle, .flags = FIELD_FOREIGN},
    {.key = "localhost_reachability", .form = &form_reachability, .flags = FIELD_FOREIGN},
    {.key = "logs", .form = &form_logs, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = "network", .form = &form_network, .flags = FIELD_FOREIGN},
    {.key = "node_mode", .form = &form_node_mode, .flags = FIELD_FOREIGN},
    {.key = "node_selector", .form = &form_node_selector, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = "overlay", .form = &form_overlay, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = "platform", .form = &form_platform, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = "port_mappings", .form = &form_port_mappings, .flags = FIELD_FOREIGN},
    {.key = "restart_policy",
     .form = &form_restart_policy,
     .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = "schedule", .read = read_schedule, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = "service_type", .read = read_service_type, .flags = FIELD_FOREIGN},
    {.key = "wasm", .form = &form_wasm, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = "wasm_http", .form = &form_wasm, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},

    {.key = NULL},
};
