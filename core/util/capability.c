/* SPDX-License-Identifier: Apache-2.0 */
#include "util/capability.h"

#include <string.h>

#include "util/attributes.h"

static const char prefix[] = "CAP_";

/* By number, as in linux/capability.h. */
static const char *const capabilities[] = {
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};

const char *capability_name(uint32_t number) {
  return number < ARRAY_LEN(capabilities) ? capabilities[number] : NULL;
}

const char *capability_stem(const char *name) {
  size_t length = strlen(prefix);
  return strncasecmp(name, prefix, length) == 0 ? name + length : name;
}

bool capability_number(const char *name, uint32_t *number) {
  const char *stem = capability_stem(name);
  for (uint32_t i = 0; i < ARRAY_LEN(capabilities); i++)
    if (strcasecmp(stem, capability_stem(capabilities[i])) == 0) {
      *number = i;
      return true;
    }
  return false;
}
