/* SPDX-License-Identifier: Apache-2.0 */
/* What of /proc and /sys the container does not see, or sees but cannot write. */
#include "pipeline/stages.h"

int stage_isolation(struct context *context, struct davit_error *err) {
  static const char *const none[] = {NULL};
  static const char *const masked[] = {
      "/proc/acpi",
      "/proc/asound",
      "/proc/interrupts",
      "/proc/kcore",
      "/proc/keys",
      "/proc/latency_stats",
      "/proc/sched_debug",
      "/proc/scsi",
      "/proc/timer_list",
      "/proc/timer_stats",
      "/sys/devices/virtual/powercap",
      "/sys/firmware",
      NULL,
  };
  static const char *const readonly[] = {
      "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL,
  };
  const struct service *service = context->service;
  struct oci_source source =
      service->privileged ? from_service(context, &service->privileged_at) : from_default;
  int answer = oci_set_rootfs_propagation(context->oci, "private", &from_default, err);
  if (answer == DAVIT_OK)
    answer = oci_set_masked_paths(context->oci, service->privileged ? none : masked, &source, err);
  if (answer == DAVIT_OK)
    answer =
        oci_set_readonly_paths(context->oci, service->privileged ? none : readonly, &source, err);
  return answer;
}
