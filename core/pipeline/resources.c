/* SPDX-License-Identifier: Apache-2.0 */
/* Limits: those of the cgroup, and rlimits of the process. */
#include "pipeline/stages.h"

#include <string.h>

#include "util/text.h"

/* The period that the kernel itself starts with, in microseconds
 * (Documentation/scheduler/sched-bwc.rst). */
enum {
  CPU_PERIOD = 100000
};

/* Version 2 of cgroups has no such files: crun refuses the key there, runc passes over it. */
static int check_version(struct context *context, const struct service_at *key, const char *name,
                         struct davit_error *err) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  CLEANUP(error) struct davit_error missing = {0};
  if (host_stat(context->host, "/sys/fs/cgroup/cgroup.controllers", 0, &st, &missing) < 0)
    return DAVIT_OK;
  struct where at = at_service(context, key);
  return error_add_at(err, DAVIT_E_UNSUPPORTED, "resources.cgroup2", &at, "leave it out",
                      "this host has version 2 of cgroups, which has no %s", name);
}

static int set_memory(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  const struct service_limits *limits = &service->limits;
  int answer = DAVIT_OK;
  if (service->has_memory) {
    struct oci_source source = from_service(context, &service->memory_at);
    answer = oci_set_memory_limit(context->oci, (int64_t)service->memory, &source, err);
  }
  if (answer == DAVIT_OK && limits->memory_reservation_at.line) {
    struct oci_source source = from_service(context, &limits->memory_reservation_at);
    answer =
        oci_set_memory_reservation(context->oci, (int64_t)limits->memory_reservation, &source, err);
  }
  if (answer == DAVIT_OK && limits->memory_swap_at.line) {
    struct oci_source source = from_service(context, &limits->memory_swap_at);
    answer = oci_set_memory_swap(context->oci, limits->memory_swap, &source, err);
  }
  return answer;
}

/* What only version 1 has. */
static int set_memory_policy(struct context *context, struct davit_error *err) {
  const struct service_limits *limits = &context->service->limits;
  int answer = DAVIT_OK;
  if (limits->memory_swappiness_at.line) {
    struct oci_source source = from_service(context, &limits->memory_swappiness_at);
    answer = check_version(context, &limits->memory_swappiness_at, "memory_swappiness", err);
    if (answer == DAVIT_OK)
      answer = oci_set_memory_swappiness(context->oci, limits->memory_swappiness, &source, err);
  }
  if (answer == DAVIT_OK && limits->oom_kill_disable_at.line) {
    struct oci_source source = from_service(context, &limits->oom_kill_disable_at);
    if (limits->oom_kill_disable)
      answer = check_version(context, &limits->oom_kill_disable_at, "oom_kill_disable", err);
    if (answer == DAVIT_OK)
      answer = oci_set_oom_killer_disabled(context->oci, limits->oom_kill_disable, &source, err);
  }
  return answer;
}

/* The kernel takes no CPU that cannot be there; "0-7" is what it says of those that can. */
static int check_cpus(struct context *context, struct davit_error *err) {
  static const char path[] = "/sys/devices/system/cpu/possible";
  const struct service_limits *limits = &context->service->limits;
  CLEANUP(error) struct davit_error unknown = {0};
  const char *text;
  uint32_t last;
  if (host_read_file(context->host, context->arena, path, &text, NULL, &unknown) < 0)
    return DAVIT_OK;
  char *possible = arena_strdup(context->arena, text);
  if (!possible)
    return error_memory(err);
  text_trim_end(possible);
  size_t length = strlen(possible);
  while (length > 0 && possible[length - 1] >= '0' && possible[length - 1] <= '9')
    length--;
  if (!text_to_u32(possible + length, 10, &last) || limits->cpuset_last <= last)
    return DAVIT_OK;
  struct where at = at_service(context, &limits->cpuset_at);
  return error_add_at(err, DAVIT_E_NOT_FOUND, "resources.cpuset", &at, "see lscpu(1)",
                      "CPU %u is not on this host, which has %s", limits->cpuset_last, possible);
}

static int set_cpu(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  const struct service_limits *limits = &service->limits;
  int answer = DAVIT_OK;
  if (service->has_cpu) {
    struct oci_source source = from_service(context, &service->cpu_at);
    int64_t quota = (int64_t)(service->cpu * CPU_PERIOD + 0.5); /* positive, and no libm for it */
    answer = oci_set_cpu_quota(context->oci, quota, CPU_PERIOD, &source, err);
  }
  if (answer == DAVIT_OK && limits->cpu_shares_at.line) {
    struct oci_source source = from_service(context, &limits->cpu_shares_at);
    answer = oci_set_cpu_shares(context->oci, limits->cpu_shares, &source, err);
  }
  if (answer == DAVIT_OK && limits->cpuset_at.line) {
    struct oci_source source = from_service(context, &limits->cpuset_at);
    answer = check_cpus(context, err);
    if (answer == DAVIT_OK)
      answer = oci_set_cpus(context->oci, limits->cpuset, &source, err);
  }
  return answer;
}

static int set_others(struct context *context, struct davit_error *err) {
  const struct service_limits *limits = &context->service->limits;
  int answer = DAVIT_OK;
  /* Unlimited is what a container is anyhow, and crun does not take -1. */
  if (limits->pids_at.line && limits->pids != -1) {
    struct oci_source source = from_service(context, &limits->pids_at);
    answer = oci_set_pids_limit(context->oci, limits->pids, &source, err);
  }
  if (answer == DAVIT_OK && limits->blkio_weight_at.line) {
    struct oci_source source = from_service(context, &limits->blkio_weight_at);
    answer = oci_set_block_io_weight(context->oci, limits->blkio_weight, &source, err);
  }
  return answer;
}

int stage_resources(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  int answer = set_memory(context, err);
  if (answer == DAVIT_OK)
    answer = set_memory_policy(context, err);
  if (answer == DAVIT_OK)
    answer = set_cpu(context, err);
  if (answer == DAVIT_OK)
    answer = set_others(context, err);
  for (size_t i = 0; answer == DAVIT_OK && i < service->ulimit_count; i++) {
    const struct service_ulimit *limit = &service->ulimits[i];
    struct oci_source source = from_service(context, &limit->at);
    answer = oci_set_rlimit(context->oci, limit->type, limit->soft, limit->hard, &source, err);
  }
  return answer;
}
