/* SPDX-License-Identifier: Apache-2.0 */
/* The limits of `resources` that are plain numbers of the kernel's. */
#include <inttypes.h>
#include <string.h>

#include "service/keys.h"
#include "util/text.h"

/* What the kernel and both runtimes take. */
enum {
  SHARES_LEAST = 2,
  SHARES_MOST = 262144,
  SWAPPINESS_MOST = 100,
  WEIGHT_LEAST = 10,
  WEIGHT_MOST = 1000,
  CPU_MOST = 65535
};

static struct service_limits *limits_of(void *into) {
  struct service *service = into;
  return &service->limits;
}

void read_pids_limit(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_limits *limits = limits_of(into);
  int64_t number;
  if (value->kind != DOC_SCALAR || value->type != DOC_INT) {
    field_wrong_kind(reader, value, "a whole number", "write a number without quotes");
    return;
  }
  if (!doc_int(value, &number) || number < -1 || number == 0) {
    field_invalid(reader, value, "1 or more; -1: unlimited", "%s is out of range",
                  doc_describe(reader->arena, value));
    return;
  }
  limits->pids = number;
  limits->pids_at = field_at(reader, value);
}

/* A number of a list of CPUs; *text is left behind it. */
static bool parse_cpu_number(const char **text, uint32_t *cpu) {
  const char *digits = *text;
  *cpu = 0;
  for (; **text >= '0' && **text <= '9'; (*text)++) {
    *cpu = *cpu * 10 + (uint32_t)(**text - '0');
    if (*cpu > CPU_MOST)
      return false;
  }
  return *text > digits;
}

/* "0-3,8": what cpuset(7) calls the list format, without strides. */
static bool parse_cpus(const char *text, uint32_t *last) {
  *last = 0;
  for (;;) {
    uint32_t from, to;
    if (!parse_cpu_number(&text, &from))
      return false;
    to = from;
    if (*text == '-' && (text++, !parse_cpu_number(&text, &to)))
      return false;
    if (to < from)
      return false;
    if (to > *last)
      *last = to;
    if (*text == '\0')
      return true;
    if (*text++ != ',')
      return false;
  }
}

void read_cpuset(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_limits *limits = limits_of(into);
  const char *text;
  if (!field_text(reader, value, &text))
    return;
  if (!parse_cpus(text, &limits->cpuset_last)) {
    field_invalid(
        reader, value,
        field_printf(reader, "numbers and ranges up to %d, commas between: 0-3,8", CPU_MOST),
        "%s is not a list of CPUs", field_quote(reader, text));
    return;
  }
  limits->cpuset = text;
  limits->cpuset_at = field_at(reader, value);
}

static void take_number(struct reader *reader, const struct doc_node *value, uint32_t least,
                        uint32_t most, uint32_t *number, struct service_at *at) {
  if (field_u32(reader, value, least, most, number))
    *at = field_at(reader, value);
}

void read_cpu_shares(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_limits *limits = limits_of(into);
  take_number(reader, value, SHARES_LEAST, SHARES_MOST, &limits->cpu_shares,
              &limits->cpu_shares_at);
}

void read_memory_swap(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_limits *limits = limits_of(into);
  uint64_t bytes;
  if (value->kind == DOC_SCALAR && strcmp(value->text, "-1") == 0)
    limits->memory_swap = -1;
  else if (field_size(reader, value, &bytes))
    limits->memory_swap = (int64_t)bytes;
  else
    return;
  limits->memory_swap_at = field_at(reader, value);
}

void read_memory_reservation(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_limits *limits = limits_of(into);
  if (field_size(reader, value, &limits->memory_reservation))
    limits->memory_reservation_at = field_at(reader, value);
}

void read_memory_swappiness(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_limits *limits = limits_of(into);
  take_number(reader, value, 0, SWAPPINESS_MOST, &limits->memory_swappiness,
              &limits->memory_swappiness_at);
}

void read_oom_kill_disable(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_limits *limits = limits_of(into);
  if (field_bool(reader, value, &limits->oom_kill_disable))
    limits->oom_kill_disable_at = field_at(reader, value);
}

void read_blkio_weight(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_limits *limits = limits_of(into);
  take_number(reader, value, WEIGHT_LEAST, WEIGHT_MOST, &limits->blkio_weight,
              &limits->blkio_weight_at);
}

/* As the kernel and the runtimes have it: without a limit for the memory alone there is none for
 * both together. */
void check_memory_limits(struct reader *reader, const struct doc_node *resources,
                         const struct service *service) {
  const struct service_limits *limits = &service->limits;
  const struct doc_node *memory = doc_get(resources, "memory");
  const struct doc_node *swap = doc_get(resources, "memory_swap");
  const struct doc_node *reservation = doc_get(resources, "memory_reservation");
  const struct doc_node *oom = doc_get(resources, "oom_kill_disable");
  if (memory && !service->has_memory && memory->type != DOC_NULL)
    return; /* it is wrong itself */
  if (limits->memory_swap_at.line && !service->has_memory)
    field_invalid(reader, swap, "add memory", "memory_swap needs a limit for memory");
  else if (limits->memory_swap_at.line && limits->memory_swap != -1 &&
           (uint64_t)limits->memory_swap < service->memory)
    field_invalid(reader, swap, "it is memory and swap together; the same as memory: no swap",
                  "memory_swap %s is less than memory %s", field_quote(reader, swap->text),
                  field_quote(reader, memory->text));
  if (limits->memory_reservation_at.line && service->has_memory &&
      limits->memory_reservation > service->memory)
    field_invalid(reader, reservation, "make it at most memory",
                  "memory_reservation %s is above memory %s",
                  field_quote(reader, reservation->text), field_quote(reader, memory->text));
  if (limits->oom_kill_disable && !service->has_memory)
    field_invalid(reader, oom, "add memory",
                  "without a limit for memory, oom_kill_disable would let the container take all "
                  "of the host's");
}
