/* SPDX-License-Identifier: Apache-2.0 */
/* The MPS daemon of a pipe directory, as its pid file and /proc tell of it. */
#ifndef DAVIT_PLUGINS_NVIDIA_MPS_DAEMON_H
#define DAVIT_PLUGINS_NVIDIA_MPS_DAEMON_H

#include <stdbool.h>

#include "davit/plugin.h"

#define MPS_PID_FILE "nvidia-cuda-mps-control.pid" /* in the pipe directory */

struct mps_daemon {
  const char *pid;  /* NULL: the file is not there, or holds none */
  const char *proc; /* its directory in /proc; with pid */
  const char *comm; /* what runs with that pid; NULL: nothing */
  bool is_alive;    /* and that is the daemon */
};

/* The pid file is gone when the daemon was told to quit, and stays when it was killed. */
int mps_daemon_find(const struct davit_host *h, const char *pipe_dir, struct mps_daemon *daemon);

#endif
