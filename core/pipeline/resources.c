/* SPDX-License-Identifier: Apache-2.0 */
/* Limits: cpu and memory of the cgroup, rlimits of the process. */
#include "pipeline/stages.h"

/* The period that the kernel itself starts with, in microseconds
 * (Documentation/scheduler/sched-bwc.rst). */
enum {
  CPU_PERIOD = 100000
};

int stage_resources(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  int answer = DAVIT_OK;
  if (service->has_memory) {
    struct oci_source source = from_service(context, &service->memory_at);
    answer = oci_set_memory_limit(context->oci, (int64_t)service->memory, &source, err);
  }
  if (answer == DAVIT_OK && service->has_cpu) {
    struct oci_source source = from_service(context, &service->cpu_at);
    int64_t quota = (int64_t)(service->cpu * CPU_PERIOD + 0.5); /* positive, and no libm for it */
    answer = oci_set_cpu_quota(context->oci, quota, CPU_PERIOD, &source, err);
  }
  for (size_t i = 0; answer == DAVIT_OK && i < service->ulimit_count; i++) {
    const struct service_ulimit *limit = &service->ulimits[i];
    struct oci_source source = from_service(context, &limit->at);
    answer = oci_set_rlimit(context->oci, limit->type, limit->soft, limit->hard, &source, err);
  }
  return answer;
}
