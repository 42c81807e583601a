/* SPDX-License-Identifier: Apache-2.0 */
/* libsubid of the shadow suite, opened when asked: few hosts have it, and fewer runs need it. */
#include "host/libsubid.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

/* As in shadow's subid.h, unchanged since libsubid.so.4. */
struct subid_range {
  unsigned long start;
  unsigned long count;
};

typedef bool subid_init_function(const char *program, FILE *log);
typedef int subid_ranges_function(const char *user, struct subid_range **ranges);

struct libsubid {
  void *library;
  subid_init_function *init;
  subid_ranges_function *find;
};

static inline void cleanup_libsubid(const struct libsubid *subid) {
  if (subid->library)
    dlclose(subid->library);
}

static bool find_symbol(void *library, const char *name, void *function) {
  void *symbol = dlsym(library, name);
  memcpy(function, &symbol, sizeof(symbol));
  return symbol != NULL;
}

static bool open_libsubid(enum host_subids kind, struct libsubid *subid) {
  static const char *const names[] = {"libsubid.so.5", "libsubid.so.4"};
  for (size_t i = 0; i < ARRAY_LEN(names) && !subid->library; i++)
    subid->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  return subid->library && find_symbol(subid->library, "subid_init", &subid->init) &&
         find_symbol(subid->library,
                     kind == HOST_SUBUIDS ? "subid_get_uid_ranges" : "subid_get_gid_ranges",
                     &subid->find);
}

int libsubid_find(struct arena *arena, enum host_subids kind, const char *user, bool *asked,
                  struct host_id_ranges *ranges, struct davit_error *err) {
  CLEANUP(free) struct subid_range *given = NULL;
  CLEANUP(libsubid) struct libsubid subid = {0};
  CLEANUP(file) FILE *nowhere = NULL; /* for what it would print */
  *asked = open_libsubid(kind, &subid) && (nowhere = fopen("/dev/null", "we")) &&
           subid.init(NULL, nowhere); /* it would keep a copy of a name, and lose it */
  int count = *asked ? subid.find(user, &given) : -1;
  if (count < 0) { /* it says so for a user whom it does not know, too */
    *asked = false;
    return DAVIT_OK;
  }
  struct host_id_range *all = arena_array(arena, (size_t)count, sizeof(*all));
  if (!all)
    return error_memory(err);
  for (int i = 0; i < count; i++) {
    if (given[i].start > UINT32_MAX || given[i].count > UINT32_MAX - given[i].start)
      return error_add(err, DAVIT_E_INVALID, "rootless.subids", "correct the range",
                       "%s of %s: %lu ids from %lu on end above 4294967295",
                       kind == HOST_SUBUIDS ? "subordinate uids" : "subordinate gids", user,
                       given[i].count, given[i].start);
    all[i] = (struct host_id_range){.start = (uint32_t)given[i].start,
                                    .count = (uint32_t)given[i].count};
  }
  *ranges = (struct host_id_ranges){all, (size_t)count};
  return DAVIT_OK;
}
