/* SPDX-License-Identifier: Apache-2.0 */
/* The rights of the process: a small fixed set, or everything that can be given. */
#include "pipeline/stages.h"

#include <stdlib.h>
#include <string.h>

#include "util/list.h"
#include "util/text.h"

static const char *const defaults[] = {
    "CAP_AUDIT_WRITE", "CAP_CHOWN",   "CAP_DAC_OVERRIDE",     "CAP_FOWNER",     "CAP_FSETID",
    "CAP_KILL",        "CAP_MKNOD",   "CAP_NET_BIND_SERVICE", "CAP_NET_RAW",    "CAP_SETFCAP",
    "CAP_SETGID",      "CAP_SETPCAP", "CAP_SETUID",           "CAP_SYS_CHROOT", NULL,
};

/* How many capabilities the host's kernel knows (/proc/sys/kernel/cap_last_cap), if it says; else
 * all that davit knows. */
static uint32_t count_capabilities(struct context *context) {
  CLEANUP(error) struct davit_error unreadable = {0};
  const char *text;
  uint32_t last;
  if (host_read_file(context->host, context->arena, "/proc/sys/kernel/cap_last_cap", &text, NULL,
                     &unreadable) < 0)
    return UINT32_MAX;
  char *number = arena_strdup(context->arena, text);
  if (!number || !text_to_u32(text_trim_end(number), 10, &last) || last == UINT32_MAX)
    return UINT32_MAX;
  return last + 1;
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
  /* A new user namespace begins with all of them. */
  uint64_t bounding = context->rootless ? UINT64_MAX : own_bounding_set(context);
  uint32_t count = count_capabilities(context);
  struct list names = {0}, missing = {0};
  for (uint32_t i = 0; i < count && oci_capability_name(i); i++)
    if (!list_push(context->arena, bounding >> i & 1 ? &names : &missing, oci_capability_name(i)))
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
