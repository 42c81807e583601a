/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs davit, and with it a rootless container: ids, groups, and the subordinate ids that the
 * host lets that user have. */
#ifndef DAVIT_HOST_CALLER_H
#define DAVIT_HOST_CALLER_H

#include "host/host.h"
#include "util/log.h"

struct host_caller {
  uint32_t uid;           /* effective */
  uint32_t gid;           /* effective */
  const char *name;       /* NULL: the uid has none */
  const uint32_t *groups; /* supplementary */
  size_t group_count;
};

/* On a fixture /proc/self/status says it, if it is there. */
int host_find_caller(const struct host *host, struct arena *arena, struct host_caller *caller,
                     struct davit_error *err) MUST_CHECK;
bool host_caller_has_group(const struct host_caller *caller, uint32_t gid);

enum host_subids {
  HOST_SUBUIDS,
  HOST_SUBGIDS
};

struct host_id_range {
  uint32_t start;
  uint32_t count;   /* not 0; start + count does not overflow */
  const char *file; /* NULL: libsubid says so */
  uint32_t line;
};

struct host_id_ranges {
  const struct host_id_range *ranges;
  size_t count; /* 0: the user has none */
};

/* All ranges of the caller's, by name or number, in the order in which they are written. libsubid
 * is asked where it is installed (it also knows those of a directory service), else /etc/subuid or
 * /etc/subgid is read; for a fixture always the file. A line that cannot be read is passed over
 * with the warning "rootless.subid-line". "rootless.subids": ranges that overlap, or end above the
 * last id. */
int host_find_subids(const struct host *host, struct arena *arena, const struct log *log,
                     enum host_subids kind, const struct host_caller *caller,
                     struct host_id_ranges *ranges, struct davit_error *err) MUST_CHECK;

#endif
