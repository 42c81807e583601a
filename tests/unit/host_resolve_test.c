/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's look-up inside a root and our own: the same answers, and neither leads out. */
#include "host_tree.h"

#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>

#include "host/resolve.h"
#include "util/cleanup.h"

static struct tree tree;

static void make_tree(void) {
  tree_new(&tree);
  tree_file(&tree, "/root/file", "inside");
  tree_file(&tree, "/root/a/b/c/file", "inside");
  tree_file(&tree, "/root/etc/passwd", "inside");
  tree_file(&tree, "/secret", "outside");
  tree_link(&tree, "/root/relative", "a/b");
  tree_link(&tree, "/root/absolute", "/a/b");
  tree_link(&tree, "/root/a/up", "../file");
  tree_link(&tree, "/root/a/b/out", "../../../secret");
  tree_link(&tree, "/root/out-absolute", "/../../secret");
  tree_link(&tree, "/root/outside", "../secret");
  tree_link(&tree, "/root/passwd", "/etc/passwd");
  tree_link(&tree, "/root/slash", "/");
  tree_link(&tree, "/root/dangling", "a/nothing");
  tree_link(&tree, "/root/self", "self");
  tree_link(&tree, "/root/ping", "pong");
  tree_link(&tree, "/root/pong", "ping");
  tree_link(&tree, "/root/to-dir", "a/b/");
  tree_link(&tree, "/root/to-file", "file/");
  /* chain0 -> ... -> chain39 -> file: 40 links; from chain-1 there are 41 */
  for (int i = -1; i < 40; i++) {
    char name[32], target[32];
    snprintf(name, sizeof(name), "/root/chain%d", i);
    snprintf(target, sizeof(target), i == 39 ? "file" : "chain%d", i + 1);
    tree_link(&tree, name, target);
  }
}

static void remove_tree(void) {
  cleanup_tree(&tree);
}

static const struct {
  const char *path;
  int flags;
  int error;            /* 0: found */
  const char *resolved; /* where, if found */
} cases[] = {
    {"/", 0, 0, "/"},
    {"/.", 0, 0, "/"},
    {"/..", 0, 0, "/"},
    {"/../../..", 0, 0, "/"},
    {"//file", 0, 0, "/file"},
    {"/./a/./b/c/../c/file", 0, 0, "/a/b/c/file"},
    {"/../file", 0, 0, "/file"},
    {"/a/../../../file", 0, 0, "/file"},
    {"/a/b/../up", 0, 0, "/file"},
    {"/relative/c/file", 0, 0, "/a/b/c/file"},
    {"/absolute/c/file", 0, 0, "/a/b/c/file"},
    {"/relative/..", 0, 0, "/a"}, /* of the target, not of the text */
    {"/a/up", 0, 0, "/file"},
    {"/a/b/", 0, 0, "/a/b"},
    {"/relative/", O_NOFOLLOW, 0, "/a/b"},
    {"/relative", O_NOFOLLOW, 0, "/relative"},
    {"/absolute/c", O_NOFOLLOW, 0, "/a/b/c"},
    {"/relative", O_DIRECTORY, 0, "/a/b"},
    {"/to-dir", 0, 0, "/a/b"},
    {"/passwd", 0, 0, "/etc/passwd"},
    {"/slash/slash/file", 0, 0, "/file"},
    {"/chain0", 0, 0, "/file"},
    {"/self", O_NOFOLLOW, 0, "/self"},
    {"/dangling", O_NOFOLLOW, 0, "/dangling"},
    {"/../secret", 0, ENOENT, NULL},
    {"/a/b/out", 0, ENOENT, NULL},
    {"/out-absolute", 0, ENOENT, NULL},
    {"/outside", 0, ENOENT, NULL},
    {"/dangling", 0, ENOENT, NULL},
    {"/nothing", 0, ENOENT, NULL},
    {"/nothing/..", 0, ENOENT, NULL},
    {"", 0, ENOENT, NULL},
    {"/file/", 0, ENOTDIR, NULL},
    {"/file/.", 0, ENOTDIR, NULL},
    {"/file/..", 0, ENOTDIR, NULL},
    {"/file/x", 0, ENOTDIR, NULL},
    {"/to-file", 0, ENOTDIR, NULL},
    {"/file", O_DIRECTORY, ENOTDIR, NULL},
    {"/self", 0, ELOOP, NULL},
    {"/ping/x", 0, ELOOP, NULL},
    {"/chain-1", 0, ELOOP, NULL},
};

static void check_same_file(int fd, const char *resolved) {
  char path[512];
  struct stat st, expected;
  snprintf(path, sizeof(path), "%s/root%s", tree.root, resolved);
  ck_assert_int_eq(fstat(fd, &st), 0);
  ck_assert_int_eq(lstat(path, &expected), 0);
  ck_assert_msg(st.st_ino == expected.st_ino && st.st_dev == expected.st_dev, "not %s", resolved);
}

static int open_root(void) {
  char path[128];
  snprintf(path, sizeof(path), "%s/root", tree.root);
  int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  ck_assert_int_ge(root, 0);
  return root;
}

START_TEST(walk_stays_inside) {
  CLEANUP(fd) int root = open_root();
  char resolved[PATH_MAX] = "untouched";
  errno = 0;
  CLEANUP(fd) int fd = resolve_walk(root, cases[_i].path, O_PATH | cases[_i].flags, resolved);
  ck_assert_msg((fd >= 0 ? 0 : errno) == cases[_i].error, "%s: %s", cases[_i].path,
                strerror(errno));
  ck_assert_str_eq(resolved, cases[_i].resolved ? cases[_i].resolved : "untouched");
  if (fd >= 0)
    check_same_file(fd, cases[_i].resolved);
}
END_TEST

START_TEST(open_answers_as_the_walk) {
  CLEANUP(fd) int root = open_root();
  errno = 0;
  CLEANUP(fd) int fd = resolve_open(root, cases[_i].path, O_PATH | cases[_i].flags);
  ck_assert_msg((fd >= 0 ? 0 : errno) == cases[_i].error, "%s: %s", cases[_i].path,
                strerror(errno));
  if (fd >= 0)
    check_same_file(fd, cases[_i].resolved);
}
END_TEST

START_TEST(too_long_is_told) {
  CLEANUP(fd) int root = open_root();
  char path[PATH_MAX + 16];
  memset(path, '/', sizeof(path));
  path[sizeof(path) - 1] = '\0';
  ck_assert_int_eq(resolve_walk(root, path, O_PATH, NULL), -1);
  ck_assert_int_eq(errno, ENAMETOOLONG);
  memset(path, 'x', NAME_MAX + 1);
  path[NAME_MAX + 1] = '\0';
  ck_assert_int_eq(resolve_walk(root, path, O_PATH, NULL), -1);
  ck_assert_int_eq(errno, ENAMETOOLONG);
  ck_assert_int_eq(resolve_open(root, path, O_PATH), -1);
  ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

/* Every ".." of the walk costs a way down from the root again; a long path of them has an end. */
START_TEST(walk_has_an_end) {
  enum {
    DEPTH = 1000,
    TURNS = 400
  };
  CLEANUP(fd) int root = open_root();
  CLEANUP(fd) int dir = dup(root);
  char path[PATH_MAX] = "";
  for (int i = 0; i < DEPTH; i++) {
    ck_assert_int_eq(mkdirat(dir, "d", 0755), 0);
    int child = openat(dir, "d", O_PATH | O_CLOEXEC);
    close(dir);
    dir = child;
    strcat(path, "/d");
  }
  CLEANUP(fd) int straight = resolve_walk(root, path, O_PATH, NULL);
  ck_assert_int_ge(straight, 0);
  for (int i = 0; i < TURNS; i++)
    strcat(path, "/../d");
  ck_assert_int_eq(resolve_walk(root, path, O_PATH, NULL), -1);
  ck_assert_int_eq(errno, ELOOP);
}
END_TEST

static int count_descriptors(void) {
  int count = 0;
  for (int fd = 0; fd < 256; fd++)
    count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

START_TEST(walk_leaves_no_descriptor) {
  CLEANUP(fd) int root = open_root();
  int before = count_descriptors();
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    CLEANUP(fd) int fd = resolve_walk(root, cases[i].path, O_PATH | cases[i].flags, NULL);
    if (fd >= 0)
      ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  }
  ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("host_resolve");
  TCase *tests = tcase_create("resolve");
  tcase_add_unchecked_fixture(tests, make_tree, remove_tree);
  tcase_add_loop_test(tests, walk_stays_inside, 0, ARRAY_LEN(cases));
  tcase_add_loop_test(tests, open_answers_as_the_walk, 0, ARRAY_LEN(cases));
  tcase_add_test(tests, too_long_is_told);
  tcase_add_test(tests, walk_has_an_end);
  tcase_add_test(tests, walk_leaves_no_descriptor);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
