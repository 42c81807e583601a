/* SPDX-License-Identifier: Apache-2.0 */
/* What fuzz targets share. Each is one file with LLVMFuzzerTestOneInput(), linked with libFuzzer
 * (preset fuzz) or with replay.c, which runs every file of a corpus. */
#ifndef DAVIT_TESTS_FUZZ_H
#define DAVIT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/error.h"
#include "util/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A finding, in every build: sanitizers and libFuzzer report where it is. */
#define MUST_HOLD(condition)                                                         \
  do {                                                                               \
    if (!(condition)) {                                                              \
      fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      abort();                                                                       \
    }                                                                                \
  } while (0)

/* A refusal says why; success says nothing. */
static inline void check_answer(int answer, const struct davit_error *err) {
  MUST_HOLD(answer <= 0);
  MUST_HOLD((answer == 0) == (err->count == 0));
  for (const struct problem *problem = err->first; problem; problem = problem->next)
    MUST_HOLD(problem->code && problem->text && problem->text[0]);
}

/* Formats every message and drops it. */
static inline void drop_message(void *user, enum log_level level, const struct problem *message) {
  (void)user, (void)level;
  MUST_HOLD(message->text);
}

static const struct log fuzz_log = {.threshold = LOG_LEVEL_DEBUG, .emit = drop_message};

#endif
