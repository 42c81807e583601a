/* SPDX-License-Identifier: Apache-2.0 */
/* The rights of the process: a small fixed set, everything that can be given, or what the service
 * names. */
#include "pipeline/stages.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "util/capability.h"
#include "util/list.h"
#include "util/text.h"

#define BIT(number) (UINT64_C(1) << (number))

static const uint64_t defaults = BIT(CAP_AUDIT_WRITE) | BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) |
                                 BIT(CAP_FOWNER) | BIT(CAP_FSETID) | BIT(CAP_KILL) |
                                 BIT(CAP_MKNOD) | BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_NET_RAW) |
                                 BIT(CAP_SETFCAP) | BIT(CAP_SETGID) | BIT(CAP_SETPCAP) |
                                 BIT(CAP_SETUID) | BIT(CAP_SYS_CHROOT);

/* How many capabilities the host's kernel knows (/proc/sys/kernel/cap_last_cap), if it says; else
 * all. */
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

static int list_names(struct context *context, uint64_t set, struct list *names,
                      struct davit_error *err) {
  for (uint32_t i = 0; capability_name(i); i++)
    if ((set & BIT(i)) && !list_push(context->arena, names, capability_name(i)))
      return error_memory(err);
  if (names->count > 0)
    qsort(names->items, names->count, sizeof(*names->items), compare_names);
  return DAVIT_OK;
}

/* All that the kernel knows and davit itself could give. */
static int find_all(struct context *context, uint64_t *all, struct davit_error *err) {
  uint32_t count = count_capabilities(context);
  uint64_t known = 0;
  for (uint32_t i = 0; i < count && capability_name(i); i++)
    known |= BIT(i);
  /* A new user namespace begins with all of them. */
  uint64_t bounding = context->rootless ? UINT64_MAX : own_bounding_set(context);
  struct list missing = {0};
  int answer = list_names(context, known & ~bounding, &missing, err);
  if (answer == DAVIT_OK && missing.count > 0)
    log_warning(context->log, "privileged.capabilities",
                "all capabilities, but without what is not in the bounding set here: %s",
                strings_join(context->arena, list_strings(&missing), 50));
  *all = known & bounding;
  return answer;
}

static int set_bits(struct context *context, uint64_t set, const struct oci_source *source,
                    struct davit_error *err) {
  struct list names = {0};
  int answer = list_names(context, set, &names, err);
  return answer < 0 ? answer
                    : oci_set_capabilities(context->oci, list_strings(&names), source, err);
}

/* The bits of those that are named. A runtime refuses one that the kernel does not have, unless it
 * is to be dropped anyway. */
static int find_named(struct context *context, const struct service_capabilities *given,
                      bool is_drop, uint64_t *bits, struct davit_error *err) {
  *bits = 0;
  if (given->count == 0)
    return DAVIT_OK;
  uint32_t count = count_capabilities(context);
  for (size_t i = 0; i < given->count; i++) {
    uint32_t number = given->entries[i].number;
    *bits |= BIT(number);
    struct where at = at_service(context, &given->entries[i].at);
    if (number >= count && !is_drop)
      return error_add_at(err, DAVIT_E_UNSUPPORTED, "capability.unknown", &at,
                          arena_printf(context->arena, "the last one that it knows is %s",
                                       capability_name(count - 1)),
                          "the kernel of this host does not know %s", capability_name(number));
  }
  return DAVIT_OK;
}

/* One step after the other, so that it can be explained which key gave and which one took. */
static int set_capabilities(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  const struct service_security *security = &service->security;
  const struct service_capabilities *exact = &security->exact, *add = &security->add,
                                    *drop = &security->drop;
  bool has_exact = exact->at.line > 0 && !service->privileged;
  bool from_all = service->privileged || exact->all || add->all;
  uint64_t all = 0, named = 0, added = 0, dropped = 0;
  int answer = from_all ? find_all(context, &all, err) : DAVIT_OK;
  if (answer == DAVIT_OK)
    answer = find_named(context, exact, false, &named, err);
  if (answer == DAVIT_OK)
    answer = find_named(context, add, false, &added, err);
  if (answer == DAVIT_OK)
    answer = find_named(context, drop, true, &dropped, err);
  if (answer < 0)
    return answer;

  uint64_t set = service->privileged ? all : has_exact ? (exact->all ? all : named) : defaults;
  struct oci_source source = service->privileged ? from_service(context, &service->privileged_at)
                             : has_exact         ? from_service(context, &exact->at)
                                                 : from_default;
  answer = set_bits(context, set, &source, err);
  if (answer == DAVIT_OK && add->at.line > 0) {
    source = from_service(context, &add->at);
    set = (drop->all ? 0 : set) | added | (add->all ? all : 0);
    answer = set_bits(context, set, &source, err);
  }
  if (answer == DAVIT_OK && drop->at.line > 0) {
    source = from_service(context, &drop->at);
    uint64_t kept = named | added; /* `cap_drop: [ALL]` is said of the others */
    answer = set_bits(context, drop->all ? kept : set & ~dropped, &source, err);
  }
  return answer;
}

static void warn_of_lists(struct context *context) {
  const struct service_security *security = &context->service->security;
  const struct service_capabilities *given =
      security->exact.at.line ? &security->exact : &security->add;
  struct where at = at_service(context, &given->at);
  if (context->service->privileged && given->at.line && !security->drop.all)
    log_at(context->log, LOG_LEVEL_WARNING, "capability.unused", &at,
           "leave out the list, or privileged", "the list adds nothing: privileged gives all");
}

int stage_capabilities(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  const struct service_security *security = &service->security;
  int answer = set_capabilities(context, err);
  if (answer < 0)
    return answer;
  warn_of_lists(context);
  struct oci_source source =
      service->privileged ? from_service(context, &service->privileged_at) : from_default;
  answer = oci_set_no_new_privileges(context->oci, !service->privileged, &source, err);
  if (answer == DAVIT_OK && security->no_new_privileges_at.line > 0) {
    source = from_service(context, &security->no_new_privileges_at);
    answer = oci_set_no_new_privileges(context->oci, security->no_new_privileges, &source, err);
  }
  return answer;
}
