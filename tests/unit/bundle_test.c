/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/bundle.h"
#include "util/cleanup.h"

static char base[64];
static char dir[128];
static struct davit_error err;

static const char *in(const char *parent, const char *name) {
  static char paths[4][256];
  static unsigned next;
  char *path = paths[next++ % ARRAY_LEN(paths)];
  snprintf(path, sizeof(paths[0]), "%s/%s", parent, name);
  return path;
}

static void write_text(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs(text, file);
  fclose(file);
}

static void assert_text(const char *path, const char *text) {
  char got[256] = "";
  FILE *file = fopen(path, "r");
  ck_assert_msg(file != NULL, "%s is not there", path);
  got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
  fclose(file);
  ck_assert_str_eq(got, text);
}

static int write_bundle(const char *path, const char *rootfs, const char *config, size_t size,
                        struct davit_error *problem) {
  const struct bundle_content content = {.rootfs = rootfs, .config = config, .config_size = size};
  return bundle_write(path, &content, problem);
}

static bool exists(const char *path) {
  struct stat st;
  return lstat(path, &st) == 0;
}

static int remove_any(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
  (void)st, (void)flag, (void)ftw;
  return remove(path);
}

static void setup(void) {
  snprintf(base, sizeof(base), "/tmp/davit-bundle-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(base));
  snprintf(dir, sizeof(dir), "%s/b", base);
}

static void teardown(void) {
  error_clear(&err);
  nftw(base, remove_any, 8, FTW_DEPTH | FTW_PHYS);
}

START_TEST(makes_a_private_bundle) {
  struct stat st;
  char target[64] = "";
  ck_assert_ok(write_bundle(dir, "/srv/rootfs", "{}\n", 3, &err), &err);
  assert_text(in(dir, "config.json"), "{}\n");
  ck_assert_int_eq(stat(in(dir, "config.json"), &st), 0);
  ck_assert_uint_eq(st.st_mode & 07777, 0600);
  ck_assert_int_eq(stat(dir, &st), 0);
  ck_assert_uint_eq(st.st_mode & 07777, 0700);
  ck_assert_int_gt(readlink(in(dir, "rootfs"), target, sizeof(target) - 1), 0);
  ck_assert_str_eq(target, "/srv/rootfs");
}
END_TEST

START_TEST(replaces_its_own_and_leaves_the_rest) {
  ck_assert_ok(write_bundle(dir, "/srv/old", "old", 3, &err), &err);
  write_text(in(dir, "notes"), "mine");
  ck_assert_ok(write_bundle(dir, "/srv/new", "new", 3, &err), &err);
  assert_text(in(dir, "config.json"), "new");
  assert_text(in(dir, "notes"), "mine");
}
END_TEST

START_TEST(refuses_what_is_not_its_own) {
  struct bundle_state state;
  ck_assert_int_eq(mkdir(dir, 0755), 0);
  write_text(in(dir, "config.json"), "somebody's");
  ck_assert_int_lt(bundle_inspect(dir, &state, &err), 0);
  ck_assert_error(&err, "bundle.foreign", "somebody else");
  error_clear(&err);
  ck_assert_int_lt(write_bundle(dir, NULL, "{}", 2, &err), 0);
  ck_assert_error(&err, "bundle.foreign", "somebody else");
  error_clear(&err);
  ck_assert_int_lt(bundle_remove(dir, &err), 0);
  ck_assert_error(&err, "bundle.foreign", "by hand");
  assert_text(in(dir, "config.json"), "somebody's");
}
END_TEST

START_TEST(refuses_a_directory_with_other_files) {
  ck_assert_int_eq(mkdir(dir, 0755), 0);
  write_text(in(dir, "photo"), "");
  ck_assert_int_lt(write_bundle(dir, NULL, "{}", 2, &err), 0);
  ck_assert_error(&err, "bundle.foreign", "other files");
  ck_assert(!exists(in(dir, "config.json")));
}
END_TEST

START_TEST(takes_an_unpacked_rootfs) {
  struct bundle_state state;
  ck_assert_int_eq(mkdir(dir, 0755), 0);
  ck_assert_int_eq(mkdir(in(dir, "rootfs"), 0755), 0);
  ck_assert_ok(bundle_inspect(dir, &state, &err), &err);
  ck_assert(state.exists && state.has_real_rootfs);
  ck_assert_ok(write_bundle(dir, NULL, "{}", 2, &err), &err);
  ck_assert_int_lt(write_bundle(dir, "/elsewhere", "{1}", 3, &err), 0);
  ck_assert_error(&err, "bundle.create", "is not a link");
  assert_text(in(dir, "config.json"), "{}");
  ck_assert_ok(bundle_remove(dir, &err), &err);
  ck_assert(!exists(in(dir, "config.json")));
  ck_assert(exists(in(dir, "rootfs")));
}
END_TEST

/* Half of a write is nothing yet: what was there is there, and what was not is not. */
START_TEST(an_abandoned_draft_leaves_what_was) {
  const struct bundle_content content = {.rootfs = "/srv/new", .config = "new", .config_size = 3};
  struct bundle_draft *draft;
  ck_assert_ok(bundle_prepare(dir, &content, &draft, &err), &err);
  ck_assert(!exists(in(dir, "config.json")));
  bundle_abandon(draft);
  ck_assert(!exists(dir));

  ck_assert_ok(write_bundle(dir, "/srv/old", "old", 3, &err), &err);
  ck_assert_ok(bundle_prepare(dir, &content, &draft, &err), &err);
  assert_text(in(dir, "config.json"), "old");
  bundle_abandon(draft);
  assert_text(in(dir, "config.json"), "old");
  ck_assert_ok(bundle_prepare(dir, &content, &draft, &err), &err);
  ck_assert_ok(bundle_commit(draft, &err), &err);
  assert_text(in(dir, "config.json"), "new");
}
END_TEST

START_TEST(a_draft_whose_place_is_gone_is_an_error) {
  const struct bundle_content content = {.config = "new", .config_size = 3};
  struct bundle_draft *draft;
  ck_assert_ok(bundle_prepare(dir, &content, &draft, &err), &err);
  nftw(dir, remove_any, 8, FTW_DEPTH | FTW_PHYS);
  ck_assert_int_lt(bundle_commit(draft, &err), 0);
  ck_assert_error(&err, "bundle.create", "opening it");
  ck_assert(!exists(dir));
}
END_TEST

START_TEST(leaves_nothing_of_a_failed_attempt) {
  static char large[64 * 1024];
  struct rlimit small = {4096, RLIM_INFINITY}, before;
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
  small.rlim_max = before.rlim_max;
  signal(SIGXFSZ, SIG_IGN);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
  int fresh = write_bundle(dir, "/srv/rootfs", large, sizeof(large), &err);
  setrlimit(RLIMIT_FSIZE, &before);
  ck_assert_int_lt(fresh, 0);
  ck_assert_error(&err, "bundle.create", "config.json");
  ck_assert(!exists(dir));
  error_clear(&err);

  ck_assert_ok(write_bundle(dir, "/srv/old", "old", 3, &err), &err);
  setrlimit(RLIMIT_FSIZE, &small);
  int again = write_bundle(dir, "/srv/new", large, sizeof(large), &err);
  setrlimit(RLIMIT_FSIZE, &before);
  ck_assert_int_lt(again, 0);
  assert_text(in(dir, "config.json"), "old");
  char target[64] = "";
  ck_assert_int_gt(readlink(in(dir, "rootfs"), target, sizeof(target) - 1), 0);
  ck_assert_str_eq(target, "/srv/old");
}
END_TEST

static const struct made_file hosts = {"hosts", "127.0.0.1\tlocalhost\n", 20};
static const struct made_file resolver = {"resolv.conf", "nameserver 10.0.0.1\n", 20};

static int write_files(const char *config, const struct made_file *const *files) {
  const struct bundle_content content = {
      .config = config, .config_size = strlen(config), .files = files};
  return bundle_write(dir, &content, &err);
}

/* The container's user reads them, whatever the caller's umask; nobody else comes that far. */
START_TEST(holds_files_that_the_container_reads) {
  struct stat st;
  const struct made_file *const files[] = {&hosts, &resolver, NULL};
  mode_t before = umask(077);
  ck_assert_ok(write_files("{}", files), &err);
  umask(before);
  assert_text(in(dir, ".davit/hosts"), "127.0.0.1\tlocalhost\n");
  assert_text(in(dir, ".davit/resolv.conf"), "nameserver 10.0.0.1\n");
  ck_assert_int_eq(stat(in(dir, ".davit/hosts"), &st), 0);
  ck_assert_uint_eq(st.st_mode & 07777, 0644);
  ck_assert_int_eq(stat(in(dir, ".davit"), &st), 0);
  ck_assert_uint_eq(st.st_mode & 07777, 0700);
}
END_TEST

START_TEST(replaces_files_and_drops_those_of_before) {
  static const struct made_file changed = {"hosts", "new\n", 4};
  const struct made_file *const first[] = {&hosts, &resolver, NULL};
  const struct made_file *const second[] = {&changed, NULL};
  ck_assert_ok(write_files("{}", first), &err);
  write_text(in(dir, ".davit/.new.0123456789abcdef"), "cut off");
  ck_assert_ok(write_files("{1}", second), &err);
  assert_text(in(dir, ".davit/hosts"), "new\n");
  ck_assert(!exists(in(dir, ".davit/resolv.conf")));
  ck_assert(!exists(in(dir, ".davit/.new.0123456789abcdef")));
  ck_assert_ok(bundle_remove(dir, &err), &err);
  ck_assert(!exists(dir));
}
END_TEST

START_TEST(a_failed_attempt_leaves_the_files_of_before) {
  static char large[64 * 1024];
  const struct made_file too_large = {"hosts", large, sizeof(large)};
  const struct made_file *const good[] = {&hosts, &resolver, NULL};
  const struct made_file *const bad[] = {&resolver, &too_large, NULL};
  struct rlimit small = {4096, RLIM_INFINITY}, before;
  ck_assert_ok(write_files("old", good), &err);
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
  small.rlim_max = before.rlim_max;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  int again = write_files("new", bad);
  setrlimit(RLIMIT_FSIZE, &before);
  ck_assert_int_lt(again, 0);
  ck_assert_error(&err, "bundle.create", ".davit/hosts: writing it");
  assert_text(in(dir, "config.json"), "old");
  assert_text(in(dir, ".davit/hosts"), "127.0.0.1\tlocalhost\n");
  assert_text(in(dir, ".davit/resolv.conf"), "nameserver 10.0.0.1\n");
  CLEANUP(dir) DIR *listing = opendir(in(dir, ".davit"));
  size_t count = 0;
  while (readdir(listing))
    count++;
  ck_assert_uint_eq(count, 4); /* ".", ".." and the two */
}
END_TEST

/* davit's directory is not followed elsewhere, and what it did not make there is not deleted. */
START_TEST(does_not_leave_the_bundle) {
  const struct made_file *const files[] = {&hosts, NULL};
  ck_assert_int_eq(mkdir(dir, 0755), 0);
  ck_assert_int_eq(mkdir(in(base, "elsewhere"), 0755), 0);
  write_text(in(base, "elsewhere/notes"), "mine");
  ck_assert_int_eq(symlink(in(base, "elsewhere"), in(dir, ".davit")), 0);
  ck_assert_int_lt(write_files("{}", files), 0);
  ck_assert_error(&err, "bundle.create", ".davit");
  error_clear(&err);
  ck_assert_int_lt(bundle_remove(dir, &err), 0);
  ck_assert_error(&err, "bundle.remove", ".davit");
  assert_text(in(base, "elsewhere/notes"), "mine");
  ck_assert(!exists(in(base, "elsewhere/hosts")));
}
END_TEST

START_TEST(names_where_files_will_lie) {
  CLEANUP(arena) struct arena arena = {0};
  const char *path = NULL;
  ck_assert_ok(bundle_files_directory(&arena, dir, &path, &err), &err);
  ck_assert_str_eq(path, in(dir, ".davit"));
  ck_assert_ok(bundle_files_directory(&arena, in(dir, "/"), &path, &err), &err);
  ck_assert_str_eq(path, in(dir, ".davit"));
  ck_assert_int_eq(mkdir(in(base, "real"), 0755), 0);
  ck_assert_int_eq(symlink("real", dir), 0);
  ck_assert_ok(bundle_files_directory(&arena, dir, &path, &err), &err);
  ck_assert_str_eq(path, in(base, "real/.davit"));
  ck_assert_int_eq(chdir(base), 0);
  ck_assert_ok(bundle_files_directory(&arena, "new", &path, &err), &err);
  ck_assert_str_eq(path, in(base, "new/.davit"));
  ck_assert_int_lt(bundle_files_directory(&arena, in(base, "no/such"), &path, &err), 0);
  ck_assert_error(&err, "bundle.create", "No such file");
  ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(removes_its_own_and_the_empty_directory) {
  ck_assert_ok(write_bundle(dir, "/srv/rootfs", "{}", 2, &err), &err);
  ck_assert_ok(bundle_remove(dir, &err), &err);
  ck_assert(!exists(dir));
  ck_assert_int_eq(bundle_remove(dir, &err), DAVIT_E_NOT_FOUND);
  ck_assert_error(&err, "bundle.remove", "not there");
}
END_TEST

START_TEST(keeps_a_directory_with_other_files) {
  ck_assert_ok(write_bundle(dir, "/srv/rootfs", "{}", 2, &err), &err);
  write_text(in(dir, "notes"), "mine");
  ck_assert_ok(bundle_remove(dir, &err), &err);
  assert_text(in(dir, "notes"), "mine");
  ck_assert(!exists(in(dir, "config.json")));
  ck_assert(!exists(in(dir, "rootfs")));
}
END_TEST

START_TEST(says_what_is_in_the_way) {
  struct bundle_state state;
  write_text(dir, "a file");
  ck_assert_int_lt(bundle_inspect(dir, &state, &err), 0);
  ck_assert_error(&err, "bundle.create", "is not a directory");
  error_clear(&err);
  ck_assert_int_lt(write_bundle(in(base, "no/such"), NULL, "{}", 2, &err), 0);
  ck_assert_error(&err, "bundle.create", "No such file");
}
END_TEST

static size_t count_descriptors(void) {
  CLEANUP(dir) DIR *listing = opendir("/proc/self/fd");
  size_t count = 0;
  while (readdir(listing))
    count++;
  return count;
}

/* What stands where a file belongs is seen before anything of the bundle is replaced. */
START_TEST(a_directory_in_the_way_changes_nothing) {
  static const struct made_file other_hosts = {"hosts", "::1\tlocalhost\n", 14};
  const struct made_file *const files[] = {&hosts, &resolver, NULL};
  const struct made_file *const others[] = {&other_hosts, &resolver, NULL};
  ck_assert_ok(write_files("old", files), &err);
  ck_assert_int_eq(unlink(in(dir, ".davit/resolv.conf")), 0);
  ck_assert_int_eq(mkdir(in(dir, ".davit/resolv.conf"), 0700), 0);
  ck_assert_int_eq(write_files("new", others), DAVIT_E_INVALID);
  ck_assert_error(&err, "bundle.create", ".davit/resolv.conf is a directory");
  assert_text(in(dir, ".davit/hosts"), "127.0.0.1\tlocalhost\n");
  assert_text(in(dir, "config.json"), "old");

  error_clear(&err);
  ck_assert_ok(write_bundle(in(base, "c"), "/srv/old", "old", 3, &err), &err);
  ck_assert_int_eq(unlink(in(base, "c/config.json")), 0);
  ck_assert_int_eq(mkdir(in(base, "c/config.json"), 0700), 0);
  ck_assert_int_eq(write_bundle(in(base, "c"), "/srv/new", "new", 3, &err), DAVIT_E_INVALID);
  char target[64] = "";
  ck_assert_int_gt(readlink(in(base, "c/rootfs"), target, sizeof(target) - 1), 0);
  ck_assert_str_eq(target, "/srv/old");
}
END_TEST

START_TEST(failures_leave_no_descriptor_open) {
  ck_assert_int_eq(mkdir(dir, 0700), 0);
  ck_assert_int_eq(mkdir(in(dir, "rootfs"), 0700), 0);
  size_t before = count_descriptors();
  ck_assert_int_lt(write_bundle(dir, "/srv/rootfs", "new", 3, &err), 0);
  ck_assert_uint_eq(count_descriptors(), before);
  ck_assert_int_eq(symlink("/tmp", in(dir, ".davit")), 0);
  ck_assert_int_lt(write_bundle(dir, NULL, "new", 3, &err), 0);
  ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("bundle");
  TCase *tests = tcase_create("bundle");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, makes_a_private_bundle);
  tcase_add_test(tests, replaces_its_own_and_leaves_the_rest);
  tcase_add_test(tests, refuses_what_is_not_its_own);
  tcase_add_test(tests, refuses_a_directory_with_other_files);
  tcase_add_test(tests, takes_an_unpacked_rootfs);
  tcase_add_test(tests, an_abandoned_draft_leaves_what_was);
  tcase_add_test(tests, a_draft_whose_place_is_gone_is_an_error);
  tcase_add_test(tests, leaves_nothing_of_a_failed_attempt);
  tcase_add_test(tests, removes_its_own_and_the_empty_directory);
  tcase_add_test(tests, keeps_a_directory_with_other_files);
  tcase_add_test(tests, holds_files_that_the_container_reads);
  tcase_add_test(tests, replaces_files_and_drops_those_of_before);
  tcase_add_test(tests, a_failed_attempt_leaves_the_files_of_before);
  tcase_add_test(tests, does_not_leave_the_bundle);
  tcase_add_test(tests, names_where_files_will_lie);
  tcase_add_test(tests, says_what_is_in_the_way);
  tcase_add_test(tests, a_directory_in_the_way_changes_nothing);
  tcase_add_test(tests, failures_leave_no_descriptor_open);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
