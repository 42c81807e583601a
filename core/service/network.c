/* SPDX-License-Identifier: Apache-2.0 */
/* What a container knows of its network: `dns`, `extra_hosts`, `sysctls`. */
#include <arpa/inet.h>
#include <string.h>

#include "service/keys.h"
#include "util/map.h"
#include "util/text.h"

enum {
  NAME_SERVERS_MOST = 3 /* MAXNS of <resolv.h>: C libraries read no more */
};

static bool is_address(const char *text) {
  unsigned char bytes[sizeof(struct in6_addr)];
  return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool read_name_server(struct reader *reader, const struct doc_node *value,
                             struct service_text *server, struct map *seen) {
  if (!field_text_at(reader, value, server))
    return false;
  if (is_address(server->text))
    return field_is_first(reader, value, value, server->text, seen);
  field_invalid(reader, value, "an IPv4 or IPv6 address: 10.0.0.53", "%s is not an address",
                field_quote(reader, server->text));
  return false;
}

void read_dns(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  if (!field_is_list(reader, value))
    return;
  if (value->count > NAME_SERVERS_MOST) {
    field_invalid(reader, value, field_printf(reader, "at most %d", NAME_SERVERS_MOST),
                  "a list of %zu name servers, of which programs read the first %d", value->count,
                  NAME_SERVERS_MOST);
    return;
  }
  struct service_text *servers = field_array(reader, value->count, sizeof(*servers));
  struct map seen = {0};
  for (size_t i = 0; servers && i < value->count; i++)
    if (read_name_server(reader, value->values[i], &servers[service->dns_count], &seen))
      service->dns_count++;
  service->dns = servers;
  service->dns_at = field_at(reader, value);
}

/* The address without the brackets that an IPv6 one may have. */
static const char *host_address(struct reader *reader, const char *text) {
  size_t length = strlen(text);
  if (length < 2 || text[0] != '[' || text[length - 1] != ']')
    return text;
  const char *bare = arena_strndup(reader->arena, text + 1, length - 2);
  if (!bare)
    error_memory(reader->err);
  return bare ? bare : "";
}

static bool read_extra_host(struct reader *reader, const struct doc_node *value,
                            struct service_host *host) {
  const char *text;
  if (!field_text(reader, value, &text))
    return false;
  size_t length = strcspn(text, ":");
  char *name = arena_strndup(reader->arena, text, length);
  if (!name) {
    error_memory(reader->err);
    return false;
  }
  const char *address = text[length] ? host_address(reader, text + length + 1) : "";
  if (strcmp(address, "host-gateway") == 0) {
    field_unsupported(reader, value, "write the address that the host has for the container",
                      "davit does not make the container's network, so it does not know its "
                      "gateway");
    return false;
  }
  if (!field_is_hostname(name) || !is_address(address)) {
    field_invalid(reader, value, "HOST:ADDRESS: db.internal:10.0.0.7",
                  "%s is not a host and its address", field_quote(reader, text));
    return false;
  }
  *host = (struct service_host){.name = name, .address = address, .at = field_at(reader, value)};
  return true;
}

void read_extra_hosts(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  if (!field_is_list(reader, value))
    return;
  struct service_host *hosts = field_array(reader, value->count, sizeof(*hosts));
  for (size_t i = 0; hosts && i < value->count; i++)
    if (read_extra_host(reader, value->values[i], &hosts[service->extra_host_count]))
      service->extra_host_count++;
  service->extra_hosts = hosts;
  service->extra_hosts_at = field_at(reader, value);
}

/* ---- sysctls -------------------------------------------------------------------------------- */

/* Which namespace a parameter of the kernel belongs to; NULL: none, it is the whole host's. The
 * names are those of namespaces(7) and sysctl's documentation in the kernel. */
static const char *namespace_of(const char *name) {
  static const char *const ipc[] = {"kernel.msgmax", "kernel.msgmnb",          "kernel.msgmni",
                                    "kernel.sem",    "kernel.shmall",          "kernel.shmmax",
                                    "kernel.shmmni", "kernel.shm_rmid_forced", NULL};
  if (text_starts(name, "net."))
    return "network";
  if (text_starts(name, "fs.mqueue.") || strings_contain(ipc, name))
    return "ipc";
  return strcmp(name, "kernel.domainname") == 0 ? "uts" : NULL;
}

/* Words of letters, digits, "_" and "-", dots between, at least two of them. */
static bool is_sysctl_name(const char *name) {
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  for (size_t words = 1;; words++) {
    size_t length = strspn(name, allowed);
    if (length == 0)
      return false;
    if (name[length] == '\0')
      return words > 1;
    if (name[length] != '.')
      return false;
    name += length + 1;
  }
}

static bool read_sysctl(struct reader *reader, const struct doc_node *value, const char *name,
                        struct service_sysctl *sysctl) {
  const char *text;
  if (!is_sysctl_name(name)) {
    field_invalid(reader, value, "words with dots between: net.ipv4.ip_forward",
                  "%s is not the name of a kernel parameter", field_quote(reader, name));
    return false;
  }
  if (strcmp(name, "kernel.hostname") == 0) {
    field_invalid(reader, value, "write it as `hostname` of the service",
                  "kernel.hostname is the key hostname");
    return false;
  }
  const char *namespace = namespace_of(name);
  if (!namespace) {
    field_invalid(reader, value,
                  "allowed: net.*, fs.mqueue.*, kernel.msg*, kernel.sem, kernel.shm*, "
                  "kernel.domainname",
                  "%s is the whole host's: a container cannot have its own",
                  field_quote(reader, name));
    return false;
  }
  if (!field_text(reader, value, &text))
    return false;
  if (text[0] == '\0' || strchr(text, '\n')) {
    field_invalid(reader, value, "write one line", "%s is not a value of a kernel parameter",
                  field_quote(reader, text));
    return false;
  }
  *sysctl = (struct service_sysctl){
      .name = name, .value = text, .namespace = namespace, .at = field_at(reader, value)};
  return true;
}

void read_sysctls(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  if (!field_is_mapping(reader, value))
    return;
  struct service_sysctl *sysctls = field_array(reader, value->count, sizeof(*sysctls));
  for (size_t i = 0; sysctls && i < value->count; i++)
    if (!field_is_merge_key(value->keys[i]) &&
        read_sysctl(reader, value->values[i], value->keys[i]->text,
                    &sysctls[service->sysctl_count]))
      service->sysctl_count++;
  service->sysctls = sysctls;
}
