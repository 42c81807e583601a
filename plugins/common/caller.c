/* SPDX-License-Identifier: Apache-2.0 */
#include "common/caller.h"

#include <stdio.h>
#include <string.h>

#include "common/read.h"

enum {
  READ_WRITE = 06
};

/* The second of the numbers "real effective saved filesystem". */
static bool parse_effective(const char *numbers, uint64_t *id) {
  char effective[12];
  return numbers && sscanf(numbers, "%*s %11s", effective) == 1 &&
         number_parse(effective, 10, UINT32_MAX, id);
}

int caller_read(const struct davit_host *h, struct caller *caller) {
  const char *status, *uids, *gids, *groups;
  *caller = (struct caller){0};
  int rc = read_text(h, "/proc/self/status", &status);
  if (rc < 0 || !status)
    return rc;
  if ((rc = text_field(h, status, "Uid", ':', &uids)) < 0 ||
      (rc = text_field(h, status, "Gid", ':', &gids)) < 0 ||
      (rc = text_field(h, status, "Groups", ':', &groups)) < 0)
    return rc;
  caller->is_known = parse_effective(uids, &caller->uid) && parse_effective(gids, &caller->gid);
  caller->groups = h->format(h, " %s ", groups ? groups : "");
  return caller->groups ? DAVIT_OK : DAVIT_E_MEMORY;
}

static bool is_member(const struct caller *caller, uint32_t gid) {
  char word[16];
  snprintf(word, sizeof(word), " %u ", gid);
  return caller->gid == gid || strstr(caller->groups, word);
}

bool caller_may_open(const struct caller *caller, const struct davit_stat *st) {
  if (!caller->is_known || caller->uid == 0)
    return true;
  unsigned bits = st->mode;
  if (caller->uid == st->uid)
    bits >>= 6;
  else if (is_member(caller, st->gid))
    bits >>= 3;
  return (bits & READ_WRITE) == READ_WRITE;
}
