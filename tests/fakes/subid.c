/* SPDX-License-Identifier: Apache-2.0 */
/* A libsubid for tests: the ranges are those of the variable FAKE_SUBIDS, "START:COUNT,...", for
 * the user named by FAKE_SUBID_USER. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct subid_range {
  unsigned long start;
  unsigned long count;
};

bool subid_init(const char *program, FILE *log);
int subid_get_uid_ranges(const char *user, struct subid_range **ranges);
int subid_get_gid_ranges(const char *user, struct subid_range **ranges);

bool subid_init(const char *program, FILE *log) {
  fprintf(log, "%s must not be seen\n", program);
  return true;
}

int subid_get_uid_ranges(const char *user, struct subid_range **ranges) {
  enum {
    MOST = 400
  };
  const char *known = getenv("FAKE_SUBID_USER"), *at = getenv("FAKE_SUBIDS");
  if (!known || strcmp(user, known) != 0 || !at)
    return -1;
  struct subid_range *all = calloc(MOST, sizeof(*all));
  int count = 0;
  for (char *end; all && *at && count < MOST; at = *end ? end + 1 : end, count++) {
    all[count].start = strtoul(at, &end, 10);
    all[count].count = strtoul(end + 1, &end, 10);
  }
  *ranges = all;
  return all ? count : -1;
}

int subid_get_gid_ranges(const char *user, struct subid_range **ranges) {
  return subid_get_uid_ranges(user, ranges);
}
