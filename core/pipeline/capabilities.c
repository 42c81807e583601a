/* SPDX-License-Identifier: Apache-2.0 */
/* The rights of the process: a small fixed set, or everything that can be given. */
#include "pipeline/stages.h"

#include <stdlib.h>
#include <string.h>

#include "util/list.h"
#include "util/text.h"

/* By number: include/uapi/linux/capability.h of the kernel. */
static const char *const capability_names[] = {
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

static const char *const defaults[] = {
    "CAP_AUDIT_WRITE", "CAP_CHOWN",   "CAP_DAC_OVERRIDE",     "CAP_FOWNER",     "CAP_FSETID",
    "CAP_KILL",        "CAP_MKNOD",   "CAP_NET_BIND_SERVICE", "CAP_NET_RAW",    "CAP_SETFCAP",
    "CAP_SETGID",      "CAP_SETPCAP", "CAP_SETUID",           "CAP_SYS_CHROOT", NULL,
};

/* The highest capability that the host's kernel knows (/proc/sys/kernel/cap_last_cap), if it says.
 */
static uint32_t last_capability(struct context *context) {
  CLEANUP(error) struct davit_error unreadable = {0};
  const char *text;
  uint32_t last;
  if (host_read_file(context->host, context->arena, "/proc/sys/kernel/cap_last_cap", &text, NULL,
                     &unreadable) < 0)
    return ARRAY_LEN(capability_names) - 1;
  char *number = arena_strdup(context->arena, text);
  if (!number || !text_to_u32(text_trim_end(number), 10, &last) ||
      last >= ARRAY_LEN(capability_names))
    return ARRAY_LEN(capability_names) - 1;
  return last;
}

/* What a runtime started like davit could give away: CapBnd of /proc/self/status. Of a fixture host
 * nothing is known. */
static uint64_t own_bounding_set(struct context *context) {
  static const char label[] = "\nCapBnd:\t";
  CLEANUP(error) struct davit_error unreadable = {0};
  const char *status;
  if (host_is_fixture(context->host) ||
      host_read_file(context->host, context->arena, "/proc/self/status", &status, NULL,
                     &unreadable) < 0)
    return UINT64_MAX;
  const char *line = strstr(status, label);
  uint64_t set;
  char *digits = line ? arena_strndup(context->arena, line + strlen(label), 16) : NULL;
  return digits && text_to_u64(digits, 16, &set) ? set : UINT64_MAX;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int set_all(struct context *context, const struct oci_source *source,
                   struct davit_error *err) {
  uint64_t bounding = own_bounding_set(context);
  uint32_t last = last_capability(context);
  struct list names = {0}, missing = {0};
  for (uint32_t i = 0; i <= last; i++)
    if (!list_push(context->arena, (bounding >> i & 1) ? &names : &missing, capability_names[i]))
      return error_memory(err);
  if (missing.count > 0)
    log_warning(context->log, "privileged.capabilities",
                "privileged, but without what is not in the bounding set here: %s",
                strings_join(context->arena, list_strings(&missing), 50));
  if (names.count > 0)
    qsort(names.items, names.count, sizeof(*names.items), compare_names);
  return oci_set_capabilities(context->oci, list_strings(&names), source, err);
}

int stage_capabilities(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  struct oci_source source = from_service(context, &service->privileged_at);
  int answer = service->privileged
                   ? set_all(context, &source, err)
                   : oci_set_capabilities(context->oci, defaults, &from_default, err);
  if (answer < 0)
    return answer;
  return oci_set_no_new_privileges(context->oci, !service->privileged,
                                   service->privileged ? &source : &from_default, err);
}
