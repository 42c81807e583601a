/* SPDX-License-Identifier: Apache-2.0 */
/* A small host in a temporary directory, made entry by entry. */
#ifndef DAVIT_TESTS_HOST_TREE_H
#define DAVIT_TESTS_HOST_TREE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing.h"

struct tree {
  char root[64];
};

static inline void tree_new(struct tree *tree) {
  strcpy(tree->root, "/tmp/davit-host-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(tree->root));
  ck_assert_int_eq(chmod(tree->root, 0755), 0); /* for tests that give up root */
}

static inline int remove_entry(const char *path, const struct stat *st UNUSED, int type UNUSED,
                               struct FTW *walk UNUSED) {
  return remove(path);
}

static inline void cleanup_tree(struct tree *tree) {
  nftw(tree->root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path on the machine; its parent directories are made. */
static inline const char *tree_path(const struct tree *tree, const char *path, char *buffer,
                                    size_t size) {
  ck_assert_int_lt(snprintf(buffer, size, "%s%s", tree->root, path), (int)size);
  for (char *slash = buffer + strlen(tree->root); (slash = strchr(slash + 1, '/'));) {
    *slash = '\0';
    mkdir(buffer, 0755);
    *slash = '/';
  }
  return buffer;
}

static inline void tree_file_sized(const struct tree *tree, const char *path, const void *data,
                                   size_t size) {
  char buffer[512];
  int fd = open(tree_path(tree, path, buffer, sizeof(buffer)), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
  close(fd);
}

static inline void tree_file(const struct tree *tree, const char *path, const char *text) {
  tree_file_sized(tree, path, text, strlen(text));
}

static inline void tree_dir(const struct tree *tree, const char *path) {
  char buffer[512];
  ck_assert_int_eq(mkdir(tree_path(tree, path, buffer, sizeof(buffer)), 0755), 0);
}

static inline void tree_link(const struct tree *tree, const char *path, const char *target) {
  char buffer[512];
  ck_assert_int_eq(symlink(target, tree_path(tree, path, buffer, sizeof(buffer))), 0);
}

#endif
