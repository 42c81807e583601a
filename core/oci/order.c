/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/order.h"

#include <string.h>

#include "util/attributes.h"

enum {
  MOST_KEYS = 18
};

/* Only objects that davit puts keys into. */
static const struct {
  const char *path;
  const char *keys[MOST_KEYS + 1];
} orders[] = {
    {"",
     {"ociVersion", "process", "root", "hostname", "domainname", "mounts", "hooks", "annotations",
      "linux", "solaris", "windows", "vm", "zos", "freebsd"}},
    {"process",
     {"terminal", "consoleSize", "user", "args", "commandLine", "env", "cwd", "capabilities",
      "rlimits", "noNewPrivileges", "apparmorProfile", "oomScoreAdj", "scheduler", "selinuxLabel",
      "ioPriority", "execCPUAffinity"}},
    {"process.user", {"uid", "gid", "umask", "additionalGids", "username"}},
    {"process.capabilities", {"bounding", "effective", "inheritable", "permitted", "ambient"}},
    {"root", {"path", "readonly"}},
    {"hooks",
     {"prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"}},
    {"linux",
     {"uidMappings", "gidMappings", "sysctl", "resources", "cgroupsPath", "namespaces", "devices",
      "netDevices", "seccomp", "rootfsPropagation", "maskedPaths", "readonlyPaths", "mountLabel",
      "intelRdt", "memoryPolicy", "personality", "timeOffsets"}},
    {"linux.resources",
     {"devices", "memory", "cpu", "pids", "blockIO", "hugepageLimits", "network", "rdma",
      "unified"}},
    {"linux.resources.memory",
     {"limit", "reservation", "swap", "kernel", "kernelTCP", "swappiness", "disableOOMKiller",
      "useHierarchy", "checkBeforeUpdate"}},
    {"linux.resources.cpu",
     {"shares", "quota", "burst", "period", "realtimeRuntime", "realtimePeriod", "cpus", "mems",
      "idle"}},
    {"linux.seccomp",
     {"defaultAction", "defaultErrnoRet", "architectures", "flags", "listenerPath",
      "listenerMetadata", "syscalls"}},
    {"linux.intelRdt",
     {"closID", "schemata", "l3CacheSchema", "memBwSchema", "enableCMT", "enableMBM",
      "enableMonitoring"}},
};

size_t order_of(const char *path, const char *key) {
  for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
    if (strcmp(orders[i].path, path) != 0)
      continue;
    for (size_t k = 0; orders[i].keys[k]; k++)
      if (strcmp(orders[i].keys[k], key) == 0)
        return k;
  }
  return ORDER_UNKNOWN;
}
