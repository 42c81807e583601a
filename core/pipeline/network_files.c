/* SPDX-License-Identifier: Apache-2.0 */
/* /etc/resolv.conf and /etc/hosts, where the service says what is in them: files of the bundle,
 * mounted read-only. */
#include "pipeline/stages.h"

#include <string.h>

static int mount_file(struct context *context, const struct service_at *key, const char *target,
                      const struct made_file *file, struct davit_error *err) {
  static const char *const options[] = {"bind", "rprivate", "ro", NULL};
  struct where at = at_service(context, key);
  struct oci_source source = from_service(context, key);
  if (!file->content)
    return error_memory(err);
  if (oci_find_mount(context->oci, target))
    return error_add_at(err, DAVIT_E_INVALID, "storage.target", &at,
                        "leave out this key or the mount", "%s is mounted by storage too", target);
  const char *path;
  int answer = context_add_file(context, &at, file, &path, err);
  if (answer < 0)
    return answer;
  const struct oci_mount mount = {target, "bind", path, options};
  return oci_add_mount(context->oci, &mount, &source, err);
}

static int add_resolver(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  const char *text = "";
  for (size_t i = 0; text && i < service->dns_count; i++)
    text = arena_printf(context->arena, "%snameserver %s\n", text, service->dns[i].text);
  if (text)
    text = arena_printf(context->arena, "%soptions edns0\n", text);
  const struct made_file file = {"resolv.conf", text, text ? strlen(text) : 0};
  return mount_file(context, &service->dns_at, "/etc/resolv.conf", &file, err);
}

/* One buffer, as the list may be long. */
static char *hosts_text(struct context *context, const char *hostname) {
  static const char head[] = "127.0.0.1\tlocalhost\n"
                             "::1\tlocalhost ip6-localhost ip6-loopback\n"
                             "127.0.1.1\t";
  const struct service *service = context->service;
  size_t size = sizeof(head) + strlen(hostname) + 1;
  for (size_t i = 0; i < service->extra_host_count; i++)
    size += strlen(service->extra_hosts[i].address) + strlen(service->extra_hosts[i].name) + 2;
  char *text = arena_alloc(context->arena, size);
  if (!text)
    return NULL;
  char *end = stpcpy(stpcpy(stpcpy(text, head), hostname), "\n");
  for (size_t i = 0; i < service->extra_host_count; i++) {
    const struct service_host *host = &service->extra_hosts[i];
    end = stpcpy(stpcpy(stpcpy(stpcpy(end, host->address), "\t"), host->name), "\n");
  }
  return text;
}

static int add_hosts(struct context *context, struct davit_error *err) {
  const char *hostname = oci_get_hostname(context->oci);
  const char *text = hosts_text(context, hostname ? hostname : context->container_id);
  const struct made_file file = {"hosts", text, text ? strlen(text) : 0};
  return mount_file(context, &context->service->extra_hosts_at, "/etc/hosts", &file, err);
}

int stage_network_files(struct context *context, struct davit_error *err) {
  int answer = DAVIT_OK;
  if (context->service->dns_count > 0)
    answer = add_resolver(context, err);
  if (answer == DAVIT_OK && context->service->extra_host_count > 0)
    answer = add_hosts(context, err);
  return answer;
}
