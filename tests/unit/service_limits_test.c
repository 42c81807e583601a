/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of the cgroup, namespaces, name servers, hosts and kernel parameters. */
#include "service_testing.h"

START_TEST(limits_are_read) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(
      &arena, "resources: {memory: 64Mi, memory_swap: 128Mi, memory_reservation: 32Mi,\n"
              "  memory_swappiness: 0, oom_kill_disable: true, pids_limit: 64, cpuset: \"0-3,8\",\n"
              "  cpu_shares: 512, blkio_weight: 10}\n");
  const struct service_limits *limits = &service->limits;
  ck_assert_int_eq(limits->memory_swap, 128 << 20);
  ck_assert_uint_eq(limits->memory_reservation, 32 << 20);
  ck_assert_uint_eq(limits->memory_swappiness, 0);
  ck_assert_uint_eq(limits->memory_swappiness_at.line, 7);
  ck_assert(limits->oom_kill_disable);
  ck_assert_int_eq(limits->pids, 64);
  ck_assert_str_eq(limits->cpuset, "0-3,8");
  ck_assert_uint_eq(limits->cpuset_last, 8);
  ck_assert_uint_eq(limits->cpu_shares, 512);
  ck_assert_uint_eq(limits->blkio_weight, 10);
  ck_assert_str_eq(limits->blkio_weight_at.key, "services.web.resources.blkio_weight");
}
END_TEST

START_TEST(unlimited_is_minus_one) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, "resources: {memory: 64Mi, memory_swap: -1, pids_limit: -1}");
  ck_assert_int_eq(service->limits.memory_swap, -1);
  ck_assert_int_eq(service->limits.pids, -1);
}
END_TEST

static const struct {
  const char *keys;
  enum service_namespace_mode network, pid, ipc;
  bool host_network;
  const char *container; /* of the network */
} modes[] = {
    {"", 0, 0, 0, false, NULL},
    {"network_mode: default", SERVICE_NAMESPACE_OWN, 0, 0, false, NULL},
    {"network_mode: bridge", SERVICE_NAMESPACE_OWN, 0, 0, false, NULL},
    {"network_mode: bridge:blue", SERVICE_NAMESPACE_OWN, 0, 0, false, NULL},
    {"network_mode: 'bridge:'", SERVICE_NAMESPACE_OWN, 0, 0, false, NULL},
    {"network_mode: {bridge: {name: blue}}", SERVICE_NAMESPACE_OWN, 0, 0, false, NULL},
    {"network_mode: {bridge: {}}", SERVICE_NAMESPACE_OWN, 0, 0, false, NULL},
    {"network_mode: !bridge {name: blue}", SERVICE_NAMESPACE_OWN, 0, 0, false, NULL},
    {"network_mode: !container {id: db}", SERVICE_NAMESPACE_CONTAINER, 0, 0, false, "db"},
    {"network_mode: !!str host", SERVICE_NAMESPACE_HOST, 0, 0, true, NULL},
    {"network_mode: none", SERVICE_NAMESPACE_EMPTY, 0, 0, false, NULL},
    {"network_mode: host", SERVICE_NAMESPACE_HOST, 0, 0, true, NULL},
    {"network_mode: container:db.1", SERVICE_NAMESPACE_CONTAINER, 0, 0, false, "db.1"},
    {"network_mode: {container: {id: db}}", SERVICE_NAMESPACE_CONTAINER, 0, 0, false, "db"},
    {"host_network: true", SERVICE_NAMESPACE_OWN, 0, 0, true, NULL},
    {"host_network: true\nnetwork_mode: default", SERVICE_NAMESPACE_OWN, 0, 0, true, NULL},
    {"network_mode: host\nhost_network: true", SERVICE_NAMESPACE_HOST, 0, 0, true, NULL},
    {"host_network: false\nnetwork_mode: none", SERVICE_NAMESPACE_EMPTY, 0, 0, false, NULL},
    {"pid_mode: host", 0, SERVICE_NAMESPACE_HOST, 0, false, NULL},
    {"pid_mode: private", 0, SERVICE_NAMESPACE_OWN, 0, false, NULL},
    {"pid_mode: container:x", 0, SERVICE_NAMESPACE_CONTAINER, 0, false, NULL},
    {"ipc_mode: host", 0, 0, SERVICE_NAMESPACE_HOST, false, NULL},
    {"ipc_mode: shareable", 0, 0, SERVICE_NAMESPACE_OWN, false, NULL},
    {"userns_mode: host", 0, 0, 0, false, NULL},
};

START_TEST(namespaces_are_read) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(&arena, modes[_i].keys);
  ck_assert_int_eq(service->network.mode, modes[_i].network);
  ck_assert_int_eq(service->pid.mode, modes[_i].pid);
  ck_assert_int_eq(service->ipc.mode, modes[_i].ipc);
  ck_assert_int_eq(service->host_network, modes[_i].host_network);
  if (modes[_i].container)
    ck_assert_str_eq(service->network.container, modes[_i].container);
}
END_TEST

START_TEST(names_and_addresses_are_read) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, "dns: [10.0.0.53, \"fd00::53\"]\n"
                           "extra_hosts: [\"db.internal:10.0.0.7\", \"a:fd00::7\", "
                           "\"b:[::1]\", \"b:10.0.0.8\"]\n"
                           "sysctls: {net.ipv4.ip_forward: 1, kernel.sem: \"1 2 3 4\"}");
  ck_assert_uint_eq(service->dns_count, 2);
  ck_assert_str_eq(service->dns[1].text, "fd00::53");
  ck_assert_uint_eq(service->extra_host_count, 4);
  ck_assert_str_eq(service->extra_hosts[0].name, "db.internal");
  ck_assert_str_eq(service->extra_hosts[1].address, "fd00::7");
  ck_assert_str_eq(service->extra_hosts[2].address, "::1");
  ck_assert_uint_eq(service->sysctl_count, 2);
  ck_assert_str_eq(service->sysctls[0].name, "net.ipv4.ip_forward");
  ck_assert_str_eq(service->sysctls[0].value, "1");
  ck_assert_str_eq(service->sysctls[0].namespace, "network");
  ck_assert_str_eq(service->sysctls[1].namespace, "ipc");
}
END_TEST

#define PIDS_HINT    "1 or more; -1: unlimited"
#define CPUS_HINT    "numbers and ranges up to 65535, commas between: 0-3,8"
#define SIZE_HINT    "digits and nothing, Ki, Mi, Gi, Ti (1024) or K, M, G, T (1000): 512Mi"
#define NETWORK_HINT "allowed: default, host, none, bridge, bridge:NAME, container:ID"
#define FORM_HINT    "write `{bridge: {name: NAME}}` or `{container: {id: ID}}`"
#define ID_HINT      "container: and letters, digits, \"_\", \".\" and \"-\""
#define SYSCTL_HINT                                                     \
  "allowed: net.*, fs.mqueue.*, kernel.msg*, kernel.sem, kernel.shm*, " \
  "kernel.domainname"
#define WORDS_HINT   "words with dots between: net.ipv4.ip_forward"
#define GATEWAY      "davit does not make the container's network, so it does not know its gateway"
#define GATEWAY_HINT "write the address that the host has for the container"
#define HOSTS_HINT   "HOST:ADDRESS: db.internal:10.0.0.7"

static const struct service_wrong wrong[] = {
    {"resources: {pids_limit: ^0}", "invalid", ".resources.pids_limit",
     "the number 0 is out of range", PIDS_HINT},
    {"resources: {pids_limit: ^-2}", "invalid", ".resources.pids_limit",
     "the number -2 is out of range", PIDS_HINT},
    {"resources: {pids_limit: ^many}", "invalid", ".resources.pids_limit",
     "the text \"many\" is not a whole number", "write a number without quotes"},
    {"resources: {cpuset: ^''}", "invalid", ".resources.cpuset", "\"\" is not a list of CPUs",
     CPUS_HINT},
    {"resources: {cpuset: ^3-1}", "invalid", ".resources.cpuset", "\"3-1\" is not a list of CPUs",
     CPUS_HINT},
    {"resources: {cpuset: ^'0,'}", "invalid", ".resources.cpuset", "\"0,\" is not a list of CPUs",
     CPUS_HINT},
    {"resources: {cpuset: ^0-65536}", "invalid", ".resources.cpuset",
     "\"0-65536\" is not a list of CPUs", CPUS_HINT},
    {"resources: {cpuset: ^'0-7:2/4'}", "invalid", ".resources.cpuset",
     "\"0-7:2/4\" is not a list of CPUs", CPUS_HINT},
    {"resources: {cpuset: ^'0 1'}", "invalid", ".resources.cpuset", "\"0 1\" is not a list of CPUs",
     CPUS_HINT},
    {"resources: {cpu_shares: ^1}", "invalid", ".resources.cpu_shares",
     "the number 1 is out of range", "2 to 262144"},
    {"resources: {cpu_shares: ^262145}", "invalid", ".resources.cpu_shares",
     "the number 262145 is out of range", "2 to 262144"},
    {"resources: {memory_swap: ^1Gi}", "invalid", ".resources.memory_swap",
     "memory_swap needs a limit for memory", "add memory"},
    {"resources: {memory_swap: ^-1}", "invalid", ".resources.memory_swap",
     "memory_swap needs a limit for memory", "add memory"},
    {"resources: {memory: 2Gi, memory_swap: ^1Gi}", "invalid", ".resources.memory_swap",
     "memory_swap \"1Gi\" is less than memory \"2Gi\"",
     "it is memory and swap together; the same as memory: no swap"},
    {"resources: {memory: 2Gi, memory_swap: ^-2}", "invalid", ".resources.memory_swap",
     "\"-2\" is not a size", SIZE_HINT},
    {"resources: {memory_reservation: ^2Gi, memory: 1Gi}", "invalid",
     ".resources.memory_reservation", "memory_reservation \"2Gi\" is above memory \"1Gi\"",
     "make it at most memory"},
    {"resources: {memory_swappiness: ^101}", "invalid", ".resources.memory_swappiness",
     "the number 101 is out of range", "0 to 100"},
    {"resources: {oom_kill_disable: ^true}", "invalid", ".resources.oom_kill_disable",
     "without a limit for memory, oom_kill_disable would let the container take all of the host's",
     "add memory"},
    {"resources: {blkio_weight: ^9}", "invalid", ".resources.blkio_weight",
     "the number 9 is out of range", "10 to 1000"},
    {"resources: {blkio_weight: ^1001}", "invalid", ".resources.blkio_weight",
     "the number 1001 is out of range", "10 to 1000"},
    {"network_mode: ^hots", "invalid", ".network_mode", "\"hots\" is not a network mode",
     NETWORK_HINT},
    {"network_mode: ^host:x", "invalid", ".network_mode", "\"host:x\" is not a network mode",
     NETWORK_HINT},
    {"network_mode: ^'container:'", "invalid", ".network_mode", "\"\" is not the id of a container",
     ID_HINT},
    {"network_mode: ^container", "invalid", ".network_mode", "\"\" is not the id of a container",
     ID_HINT},
    {"network_mode: {container: {id: ^../x}}", "invalid", ".network_mode.container.id",
     "\"../x\" is not the id of a container", ID_HINT},
    {"network_mode: {container: ^{}}", "invalid", ".network_mode.container",
     "the key \"id\" is missing", "add `id: ID`"},
    {"network_mode: ^{host: {}}", "invalid", ".network_mode", "this is not a network mode",
     FORM_HINT},
    {"network_mode: ^[host]", "invalid", ".network_mode", "a list is not a text",
     "write one value"},
    {"network_mode: ^!host {}", "invalid", ".network_mode", "this is not a network mode",
     FORM_HINT},
    {"network_mode: ^!bridge blue", "invalid", ".network_mode",
     "the text \"blue\" is not a mapping", "write keys with values, or leave the key out"},
    {"hostname: ^!host x", "invalid", ".hostname", "the tag \"!host\" means nothing here",
     "write the value without a tag"},
    {"host_network: true\nnetwork_mode: ^none", "invalid", ".network_mode",
     "network_mode is none, but host_network is true", "keep one of the two keys"},
    {"network_mode: ^host\nhost_network: false", "invalid", ".network_mode",
     "network_mode is host, but host_network is false", "keep one of the two keys"},
    {"pid_mode: ^shareable", "invalid", ".pid_mode",
     "\"shareable\" is not one of the values allowed", "allowed: host, private, container:ID"},
    {"ipc_mode: ^none", "invalid", ".ipc_mode", "\"none\" is not one of the values allowed",
     "allowed: host, private, shareable, container:ID"},
    {"ipc_mode: ^container:a b", "invalid", ".ipc_mode", "\"a b\" is not the id of a container",
     ID_HINT},
    {"userns_mode: ^auto", "unsupported", ".userns_mode",
     "the user namespace \"auto\" is known, not supported yet", "write host, or leave the key out"},
    {"dns: [^one.one]", "invalid", ".dns[0]", "\"one.one\" is not an address",
     "an IPv4 or IPv6 address: 10.0.0.53"},
    {"dns: [10.0.0.1, ^10.0.0.1]", "invalid", ".dns[1]", "\"10.0.0.1\" is already in line 6",
     "keep this one or that of line 6"},
    {"dns: ^[10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4]", "invalid", ".dns",
     "a list of 4 name servers, of which programs read the first 3", "at most 3"},
    {"extra_hosts: [^db]", "invalid", ".extra_hosts[0]", "\"db\" is not a host and its address",
     HOSTS_HINT},
    {"extra_hosts: [^\"db:\"]", "invalid", ".extra_hosts[0]",
     "\"db:\" is not a host and its address", HOSTS_HINT},
    {"extra_hosts: [^\"a b:10.0.0.1\"]", "invalid", ".extra_hosts[0]",
     "\"a b:10.0.0.1\" is not a host and its address", HOSTS_HINT},
    {"extra_hosts: [^\"db:10.0.0.1 evil\"]", "invalid", ".extra_hosts[0]",
     "\"db:10.0.0.1 evil\" is not a host and its address", HOSTS_HINT},
    {"extra_hosts: [^\"host.docker.internal:host-gateway\"]", "unsupported", ".extra_hosts[0]",
     GATEWAY, GATEWAY_HINT},
    {"sysctls: {vm.overcommit_memory: ^1}", "invalid", ".sysctls.\"vm.overcommit_memory\"",
     "\"vm.overcommit_memory\" is the whole host's: a container cannot have its own", SYSCTL_HINT},
    {"sysctls: {kernel.hostname: ^x}", "invalid", ".sysctls.\"kernel.hostname\"",
     "kernel.hostname is the key hostname", "write it as `hostname` of the service"},
    {"sysctls: {net: ^1}", "invalid", ".sysctls.net",
     "\"net\" is not the name of a kernel parameter", WORDS_HINT},
    {"sysctls: {net..x: ^1}", "invalid", ".sysctls.\"net..x\"",
     "\"net..x\" is not the name of a kernel parameter", WORDS_HINT},
    {"sysctls: {net/ipv4/ip_forward: ^1}", "invalid", ".sysctls.\"net/ipv4/ip_forward\"",
     "\"net/ipv4/ip_forward\" is not the name of a kernel parameter", WORDS_HINT},
    {"sysctls: {net.ipv4.ip_forward: ^}", "invalid", ".sysctls.\"net.ipv4.ip_forward\"",
     "\"\" is not a value of a kernel parameter", "write one line"},
    {"sysctls: {net.ipv4.ip_forward: ^\"1\\n2\"}", "invalid", ".sysctls.\"net.ipv4.ip_forward\"",
     "\"1?2\" is not a value of a kernel parameter", "write one line"},
};

START_TEST(wrong_values) {
  check_wrong_body(&wrong[_i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_limits");
  TCase *tests = tcase_create("service_limits");
  tcase_add_test(tests, limits_are_read);
  tcase_add_test(tests, unlimited_is_minus_one);
  tcase_add_loop_test(tests, namespaces_are_read, 0, ARRAY_LEN(modes));
  tcase_add_test(tests, names_and_addresses_are_read);
  tcase_add_loop_test(tests, wrong_values, 0, ARRAY_LEN(wrong));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
