/* SPDX-License-Identifier: Apache-2.0 */
/* What a piece of work costs: processor time, which a busy machine does not stretch, and peak
 * memory, of a process of its own. */
#ifndef DAVIT_TESTS_USAGE_H
#define DAVIT_TESTS_USAGE_H

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testing.h"

struct usage {
  double seconds;
  double kibibytes; /* more than a process that does nothing */
};

static inline struct rusage usage_of_child(void (*work)(void *), void *user) {
  struct rusage usage;
  int status;
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) {
    if (work)
      work(user);
    _exit(0);
  }
  ck_assert_int_eq(wait4(child, &status, 0, &usage), child);
  ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the work ended with %d", status);
  return usage;
}

static inline double seconds_of(const struct rusage *usage) {
  return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
         (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

/* The best of a few runs: whatever disturbs one only makes it dearer. */
static inline struct usage usage_of(void (*work)(void *), void *user) {
  enum {
    RUNS = 3
  };
  struct usage best = {0};
  struct rusage nothing = usage_of_child(NULL, NULL);
  for (int i = 0; i < RUNS; i++) {
    struct rusage usage = usage_of_child(work, user);
    double kibibytes = (double)(usage.ru_maxrss - nothing.ru_maxrss);
    if (i == 0 || seconds_of(&usage) < best.seconds)
      best.seconds = seconds_of(&usage);
    if (i == 0 || kibibytes < best.kibibytes)
      best.kibibytes = kibibytes;
  }
  return best;
}

#endif
