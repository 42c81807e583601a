/* SPDX-License-Identifier: Apache-2.0 */
/* Device rules of the cgroup, and the devices that the service lists. */
#include "pipeline/stages.h"

#include <string.h>

enum {
  DEEPEST_DEVICE_DIRECTORY = 4
}; /* /dev/snd/by-path and the like */

/* What programs take for granted: null, zero, full, random, urandom, tty, console, ptmx and
 * pseudo-terminals. */
static int add_base_rules(struct context *context, struct davit_error *err) {
  static const struct oci_rule rules[] = {
      {false, 'a', OCI_ANY, OCI_ANY, "rwm"},
      {true, 'c', 1, 3, "rwm"},
      {true, 'c', 1, 5, "rwm"},
      {true, 'c', 1, 7, "rwm"},
      {true, 'c', 1, 8, "rwm"},
      {true, 'c', 1, 9, "rwm"},
      {true, 'c', 5, 0, "rwm"},
      {true, 'c', 5, 1, "rwm"},
      {true, 'c', 5, 2, "rwm"},
      {true, 'c', 136, OCI_ANY, "rwm"},
  };
  for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
    int answer = oci_add_device_rule(context->oci, &rules[i], &from_default, err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}

static int add_node(struct context *context, const struct service_device *device, const char *path,
                    const struct davit_stat *st, struct davit_error *err) {
  char type = st->type == DAVIT_FILE_BLOCK ? 'b' : 'c';
  const struct oci_device node = {.path = path,
                                  .type = type,
                                  .major = st->major,
                                  .minor = st->minor,
                                  .has_mode = true,
                                  .mode = st->mode,
                                  .has_uid = !context->rootless, /* a mount is the host's node */
                                  .uid = st->uid,
                                  .has_gid = !context->rootless,
                                  .gid = st->gid};
  const struct oci_rule rule = {true, type, st->major, st->minor, device->access};
  struct oci_source source = from_service(context, &device->at);
  int answer = oci_add_device(context->oci, &node, &source, err);
  if (answer == DAVIT_OK && !context->service->privileged && !context->rootless)
    answer = oci_add_device_rule(context->oci, &rule, &source, err);
  return answer;
}

/* The nodes below a directory; links in it lead to nodes that are listed elsewhere and are passed
 * over. */
static int add_directory(struct context *context, const struct service_device *device,
                         const char *path, unsigned depth, size_t *found, struct davit_error *err) {
  const char *const *names;
  int answer = host_list_dir(context->host, context->arena, path, &names, err);
  for (; answer == DAVIT_OK && *names; names++) {
    struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
    const char *below = arena_printf(context->arena, "%s/%s", path, *names);
    if (!below)
      return error_memory(err);
    answer = host_stat(context->host, below, DAVIT_STAT_NOFOLLOW, &st, err);
    if (answer < 0)
      return answer;
    if (st.type == DAVIT_FILE_CHAR || st.type == DAVIT_FILE_BLOCK) {
      answer = add_node(context, device, below, &st, err);
      (*found)++;
    } else if (st.type == DAVIT_FILE_DIR && depth < DEEPEST_DEVICE_DIRECTORY) {
      answer = add_directory(context, device, below, depth + 1, found, err);
    }
  }
  return answer;
}

/* A node is mounted or it is not. */
static void warn_of_access(const struct context *context, const struct service_device *device) {
  struct where at = at_service(context, &device->at);
  if (context->rootless && strcmp(device->access, "rw") != 0)
    log_at(context->log, LOG_LEVEL_WARNING, "rootless.access", &at,
           "leave out read, write and mknod; the node's own permissions count",
           "a rootless container has no device rules: the access \"%s\" has no effect",
           device->access);
}

static int add_device(struct context *context, const struct service_device *device,
                      struct davit_error *err) {
  struct where at = at_service(context, &device->at);
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  CLEANUP(error) struct davit_error missing = {0};
  int answer = host_stat(context->host, device->path, 0, &st, &missing);
  if (answer == DAVIT_E_NOT_FOUND)
    return error_add_at(err, answer, "device.missing", &at,
                        "load its driver, or take it out of the file", "\"%s\" is not on this host",
                        device->path);
  if (answer < 0) {
    error_take(err, &missing);
    return answer;
  }
  if (st.type == DAVIT_FILE_CHAR || st.type == DAVIT_FILE_BLOCK)
    return add_node(context, device, device->path, &st, err);
  if (st.type != DAVIT_FILE_DIR)
    return error_add_at(err, DAVIT_E_INVALID, "device.invalid", &at,
                        "name a device node or a directory of them", "\"%s\" is not a device",
                        device->path);
  size_t found = 0;
  answer = add_directory(context, device, device->path, 0, &found, err);
  if (answer == DAVIT_OK && found == 0)
    return error_add_at(err, DAVIT_E_NOT_FOUND, "device.missing", &at,
                        "load its driver, or take it out of the file",
                        "no device is in \"%s\" on this host", device->path);
  return answer;
}

int stage_devices(struct context *context, struct davit_error *err) {
  static const struct oci_rule everything = {true, 'a', OCI_ANY, OCI_ANY, "rwm"};
  const struct service *service = context->service;
  struct oci_source privileged = from_service(context, &service->privileged_at);
  int answer = DAVIT_OK;
  if (!context->rootless)
    answer = service->privileged ? oci_add_device_rule(context->oci, &everything, &privileged, err)
                                 : add_base_rules(context, err);
  for (size_t i = 0; answer == DAVIT_OK && i < service->device_count; i++) {
    warn_of_access(context, &service->devices[i]);
    answer = add_device(context, &service->devices[i], err);
  }
  return answer;
}
