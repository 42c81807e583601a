/* SPDX-License-Identifier: Apache-2.0 */
/* `resources`: how much of the host a service may use. */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "service/keys.h"

static const double cpu_least = 0.01;  /* the kernel takes no quota under 1 ms per period */
static const double cpu_most = 65536.; /* more cores than any kernel is built for */

/* In the C locale, whatever that of the program is. NaN if it is not a number. */
static double parse_float(const char *text) {
  locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!locale)
    return NAN;
  char *end;
  double number = strtod_l(text, &end, locale);
  freelocale(locale);
  return *end ? NAN : number;
}

static bool parse_cpu(const struct doc_node *value, double *cpu) {
  uint64_t whole;
  if (value->type == DOC_INT) {
    if (!doc_uint(value, &whole))
      return false;
    *cpu = (double)whole;
  } else {
    *cpu = parse_float(value->text);
  }
  return *cpu >= cpu_least && *cpu <= cpu_most; /* false for NaN */
}

static void read_cpu(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  if (value->kind != DOC_SCALAR || (value->type != DOC_INT && value->type != DOC_FLOAT)) {
    field_wrong_kind(reader, value, "a number", "write a number of cores without quotes: 0.5");
    return;
  }
  service->cpu_at = field_at(reader, value);
  service->has_cpu = parse_cpu(value, &service->cpu);
  if (!service->has_cpu)
    field_invalid(reader, value, "cores, 0.01 to 65536", "%s is out of range",
                  doc_describe(reader->arena, value));
}

static void read_memory(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  service->has_memory = field_size(reader, value, &service->memory);
  service->memory_at = field_at(reader, value);
}

const struct field service_resources_keys[] = {
    {.key = "cpu", .read = read_cpu, .flags = FIELD_OPTIONAL},
    {.key = "memory", .read = read_memory, .flags = FIELD_OPTIONAL},
    {.key = "gpu", .read = read_gpu, .flags = FIELD_OPTIONAL},
    {.key = "memory_swap", .read = read_memory_swap, .flags = FIELD_OPTIONAL},
    {.key = "memory_reservation", .read = read_memory_reservation, .flags = FIELD_OPTIONAL},
    {.key = "memory_swappiness", .read = read_memory_swappiness, .flags = FIELD_OPTIONAL},
    {.key = "oom_kill_disable", .read = read_oom_kill_disable, .flags = FIELD_OPTIONAL},
    {.key = "pids_limit", .read = read_pids_limit, .flags = FIELD_OPTIONAL},
    {.key = "cpuset", .read = read_cpuset, .flags = FIELD_OPTIONAL},
    {.key = "cpu_shares", .read = read_cpu_shares, .flags = FIELD_OPTIONAL},
    {.key = "blkio_weight", .read = read_blkio_weight, .flags = FIELD_OPTIONAL},
    {.key = "oom_score_adj", .read = read_oom_score_adj, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

void read_resources(struct reader *reader, const struct doc_node *value, void *into) {
  keys_read(reader, value, service_resources_keys, into);
  if (value->kind == DOC_MAPPING)
    check_memory_limits(reader, value, into);
}
