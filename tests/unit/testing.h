/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test needs: Check, a run function and checks on errors. */
#ifndef DAVIT_TESTS_TESTING_H
#define DAVIT_TESTS_TESTING_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "util/error.h"

static inline int run_suite(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The text of the first problem, for a message of a failed check. */
static inline const char *error_text(const struct davit_error *err) {
  return err->first ? err->first->text : "(no problem)";
}

#define ck_assert_ok(call, err)                                                         \
  do {                                                                                  \
    int answer_ = (call);                                                               \
    ck_assert_msg(answer_ == 0, "%s answered %d: %s", #call, answer_, error_text(err)); \
  } while (0)

#define ck_assert_contains(text, part)                                            \
  do {                                                                            \
    const char *text_ = (text), *part_ = (part);                                  \
    ck_assert_msg(text_ &&strstr(text_, part_), "\"%s\" is not in \"%s\"", part_, \
                  text_ ? text_ : "(null)");                                      \
  } while (0)

/* The error has a problem with that code whose text, file, key path or hint holds that part. */
static inline int error_says(const struct davit_error *err, const char *code, const char *part) {
  for (const struct problem *p = err->first; p; p = p->next)
    if (strcmp(p->code, code) == 0 &&
        (strstr(p->text, part) || (p->hint && strstr(p->hint, part)) ||
         (p->at.key && strstr(p->at.key, part)) || (p->at.file && strstr(p->at.file, part))))
      return 1;
  return 0;
}

#define ck_assert_error(err, code, part)                                                         \
  ck_assert_msg(error_says(err, code, part), "no problem %s with \"%s\", first: %s", code, part, \
                error_text(err))

#endif
