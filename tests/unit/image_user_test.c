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

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
                             "nobody:x:65534:65533::/nonexistent:/bin/false\n"
                             "render:x:1000:100::/home/render:/bin/sh\n"
                             "render:x:0:0::/root:/bin/sh\n"
                             "torn:x:12:\n"
                             "high:x:2147483648:1::/:/bin/sh\n"
                             "high-group:x:5:2147483648::/:/bin/sh\n"
                             "member:x:6:6::/:/bin/sh\n";
static const char group[] = "root:x:0:\nvideo:x:44:alice,render\nusers:x:100:\nvideo:x:45:\n"
                            "badgid:x:-1:\nfar:x:2147483648:member\n";

/* P5: names are looked up; whoever is not there is an error and never root. */
static const struct {
  const char *text;
  uint32_t uid, gid;
  const char *home;
  size_t groups;
} users[] = {
    {"render", 1000, 100, "/home/render", 1},
    {"nobody", 65534, 65533, "/nonexistent", 0},
    {"1000", 1000, 100, "/home/render", 1},
    {"1001", 1001, 0, NULL, 0}, /* not 1001:1001 */
    {"0", 0, 0, "/root", 0},
    {"render:video", 1000, 44, "/home/render", 0},
    {"render:7", 1000, 7, "/home/render", 0},
    {"1001:users", 1001, 100, NULL, 0},
    {"2147483647:2147483647", 2147483647, 2147483647, NULL, 0},
};

START_TEST(p5_users_are_looked_up) {
  struct davit_error err = {0};
  struct image_user user;
  write_file("etc/passwd", passwd);
  write_file("etc/group", group);
  ck_assert_ok(image_resolve_user(&arena, rootfs, users[_i].text, NULL, &user, &err), &err);
  ck_assert_uint_eq(user.uid, users[_i].uid);
  ck_assert_uint_eq(user.gid, users[_i].gid);
  ck_assert_pstr_eq(user.home, users[_i].home);
  ck_assert_uint_eq(user.group_count, users[_i].groups);
}
END_TEST

static const struct {
  const char *text, *problem, *hint;
} not_users[] = {
    {"rendr", "the root file system has no user \"rendr\"", "did you mean render?"},
    {"zz", "the root file system has no user \"zz\"", "there are: root, nobody, render"},
    {"torn", "the root file system has no user \"torn\"", "there are"},
    {"render:vide", "the root file system has no group \"vide\"", "did you mean video?"},
    {"render:badgid", "the root file system has no group \"badgid\"", NULL},
    {"", "\"\" is not a user", "USER or USER:GROUP"},
    {":video", "\"\" is not a user", "USER or USER:GROUP"},
    {"render:", "\"\" is not a group", "USER or USER:GROUP"},
    {"1:2:3", "\"2:3\" is not a group", "USER or USER:GROUP"},
    {"2147483648", "\"2147483648\" is not a user", "2147483647"},
    {"high", "the uid of \"high\" is 2147483648", "runtimes take ids up to 2147483647"},
    {"high-group", "the gid of \"high-group\" is 2147483648", "runtimes take"},
    {"1:far", "the gid of \"far\" is 2147483648", "runtimes take"},
    {"member", "the additional gid of \"member\" is 2147483648", "runtimes take"},
    {"1:99999999999999999999", "\"99999999999999999999\" is not a group", "2147483647"},
};

START_TEST(p5_unknown_names_are_errors) {
  struct davit_error err = {0};
  struct image_user user;
  const struct where at = {.file = "s.yaml", .line = 7, .column = 11, .key = "services.web.user"};
  write_file("etc/passwd", passwd);
  write_file("etc/group", group);
  ck_assert_int_lt(image_resolve_user(&arena, rootfs, not_users[_i].text, &at, &user, &err), 0);
  ck_assert_uint_eq(err.count, 1);
  ck_assert_str_eq(err.first->code, "process.user");
  ck_assert_str_eq(err.first->text, not_users[_i].problem);
  ck_assert_uint_eq(err.first->at.line, 7);
  ck_assert_str_eq(err.first->at.key, "services.web.user");
  if (not_users[_i].hint)
    ck_assert_contains(err.first->hint, not_users[_i].hint);
  error_clear(&err);
}
END_TEST

START_TEST(p5_names_need_a_rootfs) {
  struct davit_error err = {0};
  struct image_user user;
  ck_assert_int_lt(image_resolve_user(&arena, NULL, "nobody", NULL, &user, &err), 0);
  ck_assert_error(&err, "process.user", "--rootfs");
  error_clear(&err);
  ck_assert_ok(image_resolve_user(&arena, NULL, "5:6", NULL, &user, &err), &err);
  ck_assert_uint_eq(user.uid, 5);
  ck_assert_uint_eq(user.gid, 6);
  ck_assert_int_lt(image_resolve_user(&arena, rootfs, "nobody", NULL, &user, &err), 0);
  ck_assert_error(&err, "process.user", "no entries in /etc/passwd");
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
  tcase_add_loop_test(tests, p5_users_are_looked_up, 0, (int)ARRAY_LEN(users));
  tcase_add_loop_test(tests, p5_unknown_names_are_errors, 0, (int)ARRAY_LEN(not_users));
  tcase_add_test(tests, p5_names_need_a_rootfs);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
