/* SPDX-License-Identifier: Apache-2.0 */
/* Why GPUs would not work here: what the plugins find, and what concerns any vendor's devices. */
#ifndef DAVIT_DOCTOR_DOCTOR_H
#define DAVIT_DOCTOR_DOCTOR_H

#include "plugin/provide.h"

/* The source of davit's own findings. */
#define DOCTOR_HOST "host"

struct doctor_settings {
  const struct host *host;
  struct providers *providers;
  const struct log *log;
  const char *vendor;        /* whose devices are expected here; NULL: nobody's in particular */
  const struct host *rootfs; /* of a container to look at too; NULL: none */
};

/* Those of the host first, then those of the plugins by rank; inside of each the worst first.
 * Nothing is run, opened for writing or loaded but the plugins. */
int doctor_run(const struct doctor_settings *settings, struct arena *arena,
               const struct provider_finding *const **findings, struct davit_error *err) MUST_CHECK;

/* "ok", "note", "warning", "error" */
const char *severity_word(uint32_t severity);

#endif
