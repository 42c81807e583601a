/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/mps_daemon.h"

#include <string.h>

#include "common/read.h"

static const char COMM[] = "nvidia-cuda-mps"; /* 15 bytes of nvidia-cuda-mps-control */

int mps_daemon_find(const struct davit_host *h, const char *pipe_dir, struct mps_daemon *daemon) {
  const char *pid;
  uint64_t number;
  *daemon = (struct mps_daemon){0};
  int rc = read_attribute(h, pipe_dir, MPS_PID_FILE, &pid);
  if (rc < 0 || !pid || !number_parse(pid, 10, INT32_MAX, &number))
    return rc;
  daemon->pid = pid;
  daemon->proc = h->format(h, "/proc/%s", pid);
  rc = daemon->proc ? read_attribute(h, daemon->proc, "comm", &daemon->comm) : DAVIT_E_MEMORY;
  daemon->is_alive = rc >= 0 && daemon->comm && strcmp(daemon->comm, COMM) == 0;
  return rc;
}
