/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of a test's own, with what the test puts into it; gone when the scope is left. */
#ifndef DAVIT_TESTS_SCRATCH_DIR_H
#define DAVIT_TESTS_SCRATCH_DIR_H

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "testing.h"
#include "util/arena.h"
#include "util/cleanup.h"

struct scratch_dir {
  char path[64];
  struct arena arena; /* of the paths below it */
};

static inline int remove_entry(const char *path, const struct stat *st, int type,
                               struct FTW *position) {
  (void)st;
  (void)type;
  (void)position;
  return remove(path);
}

static inline void cleanup_scratch_dir(struct scratch_dir *dir) {
  if (dir->path[0])
    nftw(dir->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  arena_free(&dir->arena);
}

/* The umask is the one that everybody's plugins should be installed with. */
static inline struct scratch_dir scratch_dir(void) {
  struct scratch_dir dir = {.path = "/tmp/davit-test-XXXXXX"};
  umask(022);
  ck_assert_ptr_nonnull(mkdtemp(dir.path));
  ck_assert_int_eq(chmod(dir.path, 0755), 0);
  return dir;
}

static inline const char *below(struct scratch_dir *dir, const char *name) {
  const char *path = arena_printf(&dir->arena, "%s/%s", dir->path, name);
  ck_assert_ptr_nonnull(path);
  return path;
}

static inline const char *make_dir(struct scratch_dir *dir, const char *name) {
  const char *path = below(dir, name);
  ck_assert_int_eq(mkdir(path, 0755), 0);
  return path;
}

static inline const char *make_file(struct scratch_dir *dir, const char *name,
                                    const char *content) {
  const char *path = below(dir, name);
  CLEANUP(file) FILE *file = fopen(path, "we");
  ck_assert_ptr_nonnull(file);
  ck_assert_int_ge(fputs(content, file), 0);
  return path;
}

static inline const char *make_copy(struct scratch_dir *dir, const char *name, const char *from) {
  const char *path = below(dir, name);
  CLEANUP(file) FILE *in = fopen(from, "re");
  CLEANUP(file) FILE *out = fopen(path, "we");
  ck_assert_msg(in && out, "cannot copy %s to %s", from, path);
  char block[65536];
  for (size_t size; (size = fread(block, 1, sizeof(block), in)) > 0;)
    ck_assert_uint_eq(fwrite(block, 1, size, out), size);
  return path;
}

#endif
