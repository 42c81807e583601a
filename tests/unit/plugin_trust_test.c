/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_dir.h"
#include "testing.h"

#include "plugin/load.h"

#define GOOD TEST_TOY_PLUGINS "/good/good.so"

/* Below a directory of the caller's that nobody else can write to; /tmp above it is sticky. */
struct fixture {
  struct scratch_dir dir;
  struct arena arena;
  struct davit_error err;
  const char *plugins;
  const char *file;
};

static void cleanup_fixture(struct fixture *f) {
  cleanup_scratch_dir(&f->dir);
  arena_free(&f->arena);
  error_clear(&f->err);
}

static void set_up(struct fixture *f) {
  f->dir = scratch_dir();
  f->plugins = make_dir(&f->dir, "plugins");
  f->file = make_copy(&f->dir, "plugins/good.so", GOOD);
}

/* The answer; closes the descriptor. */
static int trust(struct fixture *f, const char *path, bool allow_untrusted) {
  CLEANUP(fd) int fd = -1;
  const char *real;
  return plugin_trust(&f->arena, path, allow_untrusted, &fd, &real, &f->err);
}

START_TEST(a_file_of_the_callers_below_a_sticky_directory_is_trusted) {
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  struct stat tmp, opened, file;
  ck_assert_int_eq(stat("/tmp", &tmp), 0);
  ck_assert_msg(tmp.st_mode & S_ISVTX, "this test needs a sticky /tmp");
  CLEANUP(fd) int fd = -1;
  const char *real = NULL;
  ck_assert_ok(plugin_trust(&f.arena, f.file, false, &fd, &real, &f.err), &f.err);
  ck_assert_str_eq(real, f.file);
  ck_assert_int_eq(fstat(fd, &opened), 0);
  ck_assert_int_eq(stat(f.file, &file), 0);
  ck_assert_uint_eq(opened.st_ino, file.st_ino);
  ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}
END_TEST

START_TEST(writable_files_and_directories_are_refused) {
  static const struct {
    const char *part; /* whose mode is wrong */
    mode_t mode;
    const char *says;
  } cases[] = {
      {"plugins/good.so", 0664, "writable by group (owner uid"},
      {"plugins/good.so", 0646, "writable by others (owner uid"},
      {"plugins/good.so", 0666, "writable by group and others (owner uid"},
      {"plugins", 0775, "writable by group (owner uid"},
      {"plugins", 0777, "writable by group and others (owner uid"},
      {"plugins", 01777, "writable by group and others (owner uid"}, /* anybody may add a plugin */
      {"", 0775, "writable by group (owner uid"},
  };
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  const char *part = cases[_i].part[0] ? below(&f.dir, cases[_i].part) : f.dir.path;
  ck_assert_int_eq(chmod(part, cases[_i].mode), 0);
  ck_assert_int_eq(trust(&f, f.file, false), DAVIT_E_DENIED);
  ck_assert_uint_eq(f.err.count, 1);
  ck_assert_error(&f.err, "plugin.refused", f.file);
  ck_assert_error(&f.err, "plugin.refused", cases[_i].says);
  ck_assert_error(&f.err, "plugin.refused",
                  arena_printf(&f.arena, "uid %u, mode %04o)", geteuid(), cases[_i].mode));
  ck_assert_str_eq(f.err.first->hint, arena_printf(&f.arena, "chmod go-w %s", part));
  ck_assert_ok(trust(&f, f.file, true), &f.err);
}
END_TEST

START_TEST(a_sticky_directory_above_its_own_is_no_fault) {
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  ck_assert_int_eq(chmod(f.dir.path, 01777), 0);
  ck_assert_ok(trust(&f, f.file, false), &f.err);
}
END_TEST

START_TEST(the_chmod_can_be_copied_to_a_shell) {
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  make_dir(&f.dir, "it's; rm x");
  const char *file = make_copy(&f.dir, "it's; rm x/good.so", GOOD);
  ck_assert_int_eq(chmod(file, 0666), 0);
  ck_assert_int_eq(trust(&f, file, false), DAVIT_E_DENIED);
  ck_assert_str_eq(f.err.first->hint,
                   arena_printf(&f.arena, "chmod go-w '%s/it'\\''s; rm x/good.so'", f.dir.path));
}
END_TEST

START_TEST(a_link_is_judged_by_where_it_leads) {
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  make_dir(&f.dir, "open");
  const char *elsewhere = make_copy(&f.dir, "open/good.so", GOOD);
  const char *link = below(&f.dir, "plugins/link.so");
  ck_assert_int_eq(symlink("../open/good.so", link), 0);

  CLEANUP(fd) int fd = -1;
  const char *real = NULL;
  ck_assert_ok(plugin_trust(&f.arena, link, false, &fd, &real, &f.err), &f.err);
  ck_assert_str_eq(real, elsewhere);

  ck_assert_int_eq(chmod(below(&f.dir, "open"), 0777), 0);
  ck_assert_int_eq(trust(&f, link, false), DAVIT_E_DENIED);
  ck_assert_error(&f.err, "plugin.refused", link);
  ck_assert_error(&f.err, "plugin.refused", below(&f.dir, "open"));
}
END_TEST

START_TEST(only_regular_files_are_plugins) {
  static const char *const names[] = {"plugins/dir.so", "plugins/pipe.so", "plugins/null.so"};
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  make_dir(&f.dir, names[0]);
  ck_assert_int_eq(mkfifo(below(&f.dir, names[1]), 0600), 0); /* must not block */
  ck_assert_int_eq(symlink("/", below(&f.dir, names[2])), 0);
  ck_assert_int_eq(trust(&f, below(&f.dir, names[_i]), _i == 1), DAVIT_E_INVALID);
  ck_assert_error(&f.err, "plugin.refused", names[_i]);
  ck_assert_error(&f.err, "plugin.refused", "is not a regular file");
  ck_assert_error(&f.err, "plugin.refused", "take it out of the plugin directory");
}
END_TEST

START_TEST(a_link_to_nowhere_says_so) {
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  const char *link = below(&f.dir, "plugins/link.so");
  ck_assert_int_eq(symlink("nowhere.so", link), 0);
  ck_assert_int_eq(trust(&f, link, false), DAVIT_E_INVALID);
  ck_assert_error(&f.err, "plugin.refused", link);
  ck_assert_error(&f.err, "plugin.refused", "No such file or directory");
  ck_assert_error(&f.err, "plugin.refused", "see where the link leads");
}
END_TEST

START_TEST(other_owners_are_refused) {
  static const struct {
    const char *part;
    uid_t uid;
    const char *says, *hint;
  } cases[] = {
      {"plugins/good.so", 1234,
       "belongs to uid 1234 (mode 0644), neither to root nor to the caller", "chown root "},
      {"plugins", 1234, "belongs to uid 1234 (mode 0755), neither to root nor to the caller",
       "chown root "},
      {"plugins/good.so", 65534,
       "a user namespace shows the owners that it does not map as this one",
       "run davit outside of the user namespace"},
  };
  if (geteuid() != 0) {
    printf("skipped: only root gives files away\n");
    return;
  }
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  const char *part = below(&f.dir, cases[_i].part);
  ck_assert_int_eq(chown(part, cases[_i].uid, (gid_t)-1), 0);
  ck_assert_int_eq(trust(&f, f.file, false), DAVIT_E_DENIED);
  ck_assert_error(&f.err, "plugin.refused", part);
  ck_assert_error(&f.err, "plugin.refused", cases[_i].says);
  ck_assert_error(&f.err, "plugin.refused", cases[_i].hint);
  ck_assert_error(&f.err, "plugin.refused", "--allow-untrusted-plugins");
  ck_assert_ok(trust(&f, f.file, true), &f.err);
}
END_TEST

START_TEST(files_of_root_are_trusted_by_everyone) {
  if (geteuid() != 0) {
    printf("skipped: needs root to become another user\n");
    return;
  }
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  ck_assert_int_eq(seteuid(1234), 0);
  int answer = trust(&f, f.file, false);
  ck_assert_int_eq(seteuid(0), 0);
  ck_assert_msg(answer == DAVIT_OK, "%s", error_text(&f.err));
}
END_TEST

/* A plugin loaded by the descriptor that trust gave, after `change` was done to its name. */
static void load_after(struct fixture *f, void (*change)(struct fixture *f)) {
  int fd;
  const char *real;
  ck_assert_ok(plugin_trust(&f->arena, f->file, false, &fd, &real, &f->err), &f->err);
  change(f);
  const struct plugin_file file = {.name = "good", .path = f->file};
  const struct plugin *plugin;
  ck_assert_ok(plugin_load_descriptor(&f->arena, &file, fd, &plugin, &f->err), &f->err);
  ck_assert_str_eq(plugin->table.name, "good");

  /* What lies there now is something else, and is loaded as that from now on. */
  const struct plugin_path path = {.default_dir = f->plugins};
  ck_assert_int_eq(plugin_load(&f->arena, &path, &file, &plugin, &f->err), DAVIT_E_INVALID);
  ck_assert_error(&f->err, "plugin.refused", "calls itself \"somebody-else\"");
}

static void swap_file(struct fixture *f) {
  make_copy(&f->dir, "plugins/new", TEST_TOY_PLUGINS "/refused/misnamed.so");
  ck_assert_int_eq(rename(below(&f->dir, "plugins/new"), f->file), 0);
}

static void swap_directory(struct fixture *f) {
  make_dir(&f->dir, "other");
  make_copy(&f->dir, "other/good.so", TEST_TOY_PLUGINS "/refused/misnamed.so");
  ck_assert_int_eq(rename(f->plugins, below(&f->dir, "old")), 0);
  ck_assert_int_eq(rename(below(&f->dir, "other"), f->plugins), 0);
}

START_TEST(what_was_checked_is_what_is_loaded) {
  static void (*const changes[])(struct fixture *) = {swap_file, swap_directory};
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  load_after(&f, changes[_i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin/trust");
  TCase *cases = tcase_create("trust");
  tcase_add_test(cases, a_file_of_the_callers_below_a_sticky_directory_is_trusted);
  tcase_add_loop_test(cases, writable_files_and_directories_are_refused, 0, 7);
  tcase_add_test(cases, a_sticky_directory_above_its_own_is_no_fault);
  tcase_add_test(cases, the_chmod_can_be_copied_to_a_shell);
  tcase_add_test(cases, a_link_is_judged_by_where_it_leads);
  tcase_add_loop_test(cases, only_regular_files_are_plugins, 0, 3);
  tcase_add_test(cases, a_link_to_nowhere_says_so);
  tcase_add_loop_test(cases, other_owners_are_refused, 0, 3);
  tcase_add_test(cases, files_of_root_are_trusted_by_everyone);
  tcase_add_loop_test(cases, what_was_checked_is_what_is_loaded, 0, 2);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
