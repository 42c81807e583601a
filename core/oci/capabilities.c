/* SPDX-License-Identifier: Apache-2.0 */
/* The capability sets of the container's process. */
#include <string.h>

#include "oci/document.h"

/* By number, as in linux/capability.h. */
static const char *const capabilities[] = {"CAP_CHOWN",
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
                                           "CAP_CHECKPOINT_RESTORE"};

static const char sets[] = "process.capabilities";

const char *oci_capability_name(uint32_t number) {
  return number < ARRAY_LEN(capabilities) ? capabilities[number] : NULL;
}

/* Ambient and inheritable ones of a document that was read go: a runtime refuses an ambient
 * capability that is not permitted as well. */
int oci_set_capabilities(struct oci *oci, const char *const *names, const struct oci_source *source,
                         struct davit_error *err) {
  static const char *const given[] = {"bounding", "effective", "permitted"};
  static const char *const left_out[] = {"inheritable", "ambient"};
  int answer = DAVIT_OK;
  for (size_t i = 0; i < ARRAY_LEN(given) && answer == DAVIT_OK; i++)
    answer = document_set(oci, sets, given[i], json_strings(names), source, err);
  for (size_t i = 0; i < ARRAY_LEN(left_out) && answer == DAVIT_OK; i++)
    answer = document_remove(oci, sets, left_out[i], source, err);
  return answer;
}

static uint64_t capability_bit(const char *name) {
  for (size_t i = 0; i < ARRAY_LEN(capabilities); i++)
    if (strcmp(capabilities[i], name) == 0)
      return UINT64_C(1) << i;
  return 0;
}

uint64_t oci_get_capabilities(const struct oci *oci) {
  const cJSON *bounding = json_get(json_find(oci->root, sets), "bounding");
  if (!bounding)
    return UINT64_MAX;
  uint64_t bits = 0;
  const cJSON *name;
  cJSON_ArrayForEach(name, bounding) {
    bits |= capability_bit(name->valuestring);
  }
  return bits;
}
