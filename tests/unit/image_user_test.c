/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/user.h"

static char rootfs_path[] = "/tmp/davit-user-XXXXXX";
static struct arena arena;
static struct host *rootfs;

static void write_file(const char *name, const char *text) {
  char path[256];
  snprintf(path, sizeof(path), "%s/%s", rootfs_path, name);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs(text, file);
  fclose(file);
}

static void remove_file(const char *name) {
  char path[256];
  snprintf(path, sizeof(path), "%s/%s", rootfs_path, name);
  remove(path);
}

static void setup(void) {
  struct davit_error err = {0};
  char etc[256];
  strcpy(rootfs_path + strlen(rootfs_path) - 6, "XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(rootfs_path));
  snprintf(etc, sizeof(etc), "%s/etc", rootfs_path);
  ck_assert_int_eq(mkdir(etc, 0755), 0);
  ck_assert_ok(host_open(rootfs_path, &rootfs, &err), &err);
}

static void teardown(void) {
  host_close(rootfs);
  arena_free(&arena);
  remove_file("etc/passwd");
  remove_file("etc/group");
  remove_file("etc");
  rmdir(rootfs_path);
}

START_TEST(finds_group_home_and_memberships) {
  struct davit_error err = {0};
  struct image_user user;
  write_file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                           "broken line\n"
                           "render:x:1000:100:,,,:/home/render:/bin/sh\n"
                           "twin:x:1000:7::/home/twin:/bin/sh\n");
  write_file("etc/group", "video:x:44:alice,render\nusers:x:100:\nrender:x:105:render,bob\n"
                          "other:x:106:renderer\n");
  ck_assert_ok(image_find_user(&arena, rootfs, 1000, &user, &err), &err);
  ck_assert(user.known);
  ck_assert_uint_eq(user.gid, 100);
  ck_assert_str_eq(user.home, "/home/render");
  ck_assert_uint_eq(user.group_count, 2);
  ck_assert_uint_eq(user.groups[0], 44);
  ck_assert_uint_eq(user.groups[1], 105);
}
END_TEST

START_TEST(knows_nobody_without_files) {
  struct davit_error err = {0};
  struct image_user user;
  ck_assert_ok(image_find_user(&arena, rootfs, 0, &user, &err), &err);
  ck_assert(!user.known);
  ck_assert_uint_eq(user.gid, 0);
  ck_assert_ptr_null(user.home);
}
END_TEST

START_TEST(passes_over_malformed_entries) {
  struct davit_error err = {0};
  struct image_user user;
  write_file("etc/passwd", "a:x:5:6:too few\nb:x:-5:6::/:/\nc:x:5:x::/:/\nd:x:5:9::relative:/\n");
  ck_assert_ok(image_find_user(&arena, rootfs, 5, &user, &err), &err);
  ck_assert(user.known);
  ck_assert_uint_eq(user.gid, 9);
  ck_assert_ptr_null(user.home);
}
END_TEST

START_TEST(does_not_leave_the_rootfs) {
  struct davit_error err = {0};
  struct image_user user;
  char link[256];
  snprintf(link, sizeof(link), "%s/etc/passwd", rootfs_path);
  ck_assert_int_eq(symlink("/../../../../etc/passwd", link), 0);
  /* Inside the root the link leads back to itself: nothing of the machine's own file is seen. */
  ck_assert_int_lt(image_find_user(&arena, rootfs, 0, &user, &err), 0);
  ck_assert_error(&err, "host.invalid", "links");
  error_clear(&err);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("image/user");
  TCase *tests = tcase_create("user");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, finds_group_home_and_memberships);
  tcase_add_test(tests, knows_nobody_without_files);
  tcase_add_test(tests, passes_over_malformed_entries);
  tcase_add_test(tests, does_not_leave_the_rootfs);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
