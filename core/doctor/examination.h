/* SPDX-License-Identifier: Apache-2.0 */
/* A host being looked at. Private to the files of doctor.h. */
#ifndef DAVIT_DOCTOR_EXAMINATION_H
#define DAVIT_DOCTOR_EXAMINATION_H

#include "doctor/doctor.h"
#include "host/caller.h"

struct examination {
  struct arena *arena;
  const struct doctor_settings *settings;
  const struct provider_device *const *devices; /* list: what the plugins see */
  struct host_caller caller;
  struct list findings; /* struct provider_finding * */
  struct davit_error *err;
};

/* What every finding of a code has in common. */
struct fault {
  const char *code;
  uint32_t severity; /* DAVIT_SEV_* */
  const char *why;   /* NULL: the text says it */
};

/* ---- report.c ------------------------------------------------------------------------------- */

/* Adds a finding. `remedy` is NULL only for what needs none. */
int report(struct examination *exam, const struct fault *fault, const char *subject,
           const char *remedy, const char *format, ...) PRINTF_LIKE(5, 6);
/* The whole file, or NULL if it cannot be read; without memory a negative answer. */
int read_if_there(struct examination *exam, const char *path, const char **text) MUST_CHECK;
/* DAVIT_FILE_* of what is at a path, links followed; DAVIT_FILE_OTHER if nothing is. */
uint32_t type_at(const struct examination *exam, const char *path);
/* The words of a list that a text does not hold, joined; "" if it has all. NULL: out of memory. */
const char *missing_words(struct arena *arena, const char *const *list, const char *text);

/* ---- the checks ----------------------------------------------------------------------------- */

int examine_devices(struct examination *exam) MUST_CHECK;
int examine_cgroup(struct examination *exam) MUST_CHECK;
int examine_dev_char(struct examination *exam) MUST_CHECK;
int examine_rootless(struct examination *exam) MUST_CHECK;
int examine_limits(struct examination *exam) MUST_CHECK;
int examine_selinux(struct examination *exam) MUST_CHECK;
int examine_runtimes(struct examination *exam) MUST_CHECK;

#endif
