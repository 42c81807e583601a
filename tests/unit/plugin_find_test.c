/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_dir.h"
#include "testing.h"

#include "plugin/load.h"

struct fixture {
  struct scratch_dir dir;
  const char *dirs[3];
  struct plugin_path path;
};

static void cleanup_fixture(struct fixture *fixture) {
  cleanup_scratch_dir(&fixture->dir);
}

/* Two directories given, two of the variable (one missing), the default one. Paths of the fixture's
 * own memory: it must not move. */
static void set_up(struct fixture *fixture) {
  struct scratch_dir *dir = &fixture->dir;
  *dir = scratch_dir();
  fixture->dirs[0] = make_dir(dir, "first");
  fixture->dirs[1] = make_dir(dir, "second");
  const char *third = make_dir(dir, "third");
  const char *missing = below(dir, "missing");
  fixture->path = (struct plugin_path){
      .dirs = fixture->dirs,
      .variable = arena_printf(&dir->arena, "%s::%s", missing, third),
      .default_dir = make_dir(dir, "default"),
  };
}

static const char *describe(struct scratch_dir *dir, const struct plugin_file *const *files) {
  const char *text = "";
  for (; *files; files++) {
    const char *shadow = (*files)->shadowed_by;
    text = arena_printf(&dir->arena, "%s%s=%s%s%s\n", text, (*files)->name,
                        (*files)->path + strlen(dir->path), shadow ? " < " : "",
                        shadow ? shadow + strlen(dir->path) : "");
  }
  return text;
}

START_TEST(all_are_found_in_order_and_the_first_of_a_name_wins) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  make_file(&f.dir, "first/nvidia.so", "");
  make_file(&f.dir, "first/acme.so", "");
  make_file(&f.dir, "second/nvidia.so", "");
  make_file(&f.dir, "third/x.so", "");
  make_file(&f.dir, "default/nvidia.so", "");
  make_file(&f.dir, "default/drm.so", "");
  const struct plugin_file *const *files;
  ck_assert_ok(plugin_find_all(&arena, &f.path, &files, &err), &err);
  ck_assert_str_eq(describe(&f.dir, files), "acme=/first/acme.so\n"
                                            "nvidia=/first/nvidia.so\n"
                                            "nvidia=/second/nvidia.so < /first/nvidia.so\n"
                                            "x=/third/x.so\n"
                                            "drm=/default/drm.so\n"
                                            "nvidia=/default/nvidia.so < /first/nvidia.so\n");
}
END_TEST

START_TEST(other_names_are_no_plugins) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  static const char *const names[] = {
      ".so",    "-a.so",  "1a.so",  "Nvidia.so",
      "a_b.so", "a.so.1", "a.b.so", "liba.la",
      "README", ".a.so",  "a b.so", "a2345678901234567890123456789012.so" /* 32 characters */};
  for (size_t i = 0; i < ARRAY_LEN(names); i++)
    make_file(&f.dir, arena_printf(&arena, "first/%s", names[i]), "");
  make_file(&f.dir, "first/a234567890123456789012345678901.so", ""); /* 31 */
  make_file(&f.dir, "first/a-1.so", "");
  const struct plugin_file *const *files;
  ck_assert_ok(plugin_find_all(&arena, &f.path, &files, &err), &err);
  ck_assert_str_eq(describe(&f.dir, files),
                   "a-1=/first/a-1.so\n"
                   "a234567890123456789012345678901=/first/a234567890123456789012345678901.so\n");
}
END_TEST

START_TEST(nothing_anywhere_is_an_empty_list) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct plugin_path path = {.default_dir = "/no/such/directory"};
  const struct plugin_file *const *files;
  ck_assert_ok(plugin_find_all(&arena, &path, &files, &err), &err);
  ck_assert_ptr_null(files[0]);
  const struct plugin_file *file;
  ck_assert_ok(plugin_find(&arena, &path, "nvidia", &file, &err), &err);
  ck_assert_ptr_null(file);
}
END_TEST

START_TEST(one_name_is_found_where_it_wins) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  make_file(&f.dir, "second/nvidia.so", "");
  make_file(&f.dir, "default/nvidia.so", "");
  make_file(&f.dir, "default/cdi.so", "");
  const struct plugin_file *file;
  ck_assert_ok(plugin_find(&arena, &f.path, "nvidia", &file, &err), &err);
  ck_assert_str_eq(file->name, "nvidia");
  ck_assert_str_eq(file->path, below(&f.dir, "second/nvidia.so"));
  ck_assert_ptr_null(file->shadowed_by);
  ck_assert_ok(plugin_find(&arena, &f.path, "cdi", &file, &err), &err);
  ck_assert_str_eq(file->path, below(&f.dir, "default/cdi.so"));
}
END_TEST

START_TEST(what_is_no_name_finds_nothing) {
  static const char *const names[] = {"0x1e52", "acme.com/npu", "../first/a", "", "A"};
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  make_file(&f.dir, "first/a.so", "");
  make_file(&f.dir, "first/0x1e52.so", "");
  const struct plugin_file *file = (const struct plugin_file *)"";
  ck_assert_ok(plugin_find(&arena, &f.path, names[_i], &file, &err), &err);
  ck_assert_ptr_null(file);
}
END_TEST

START_TEST(a_missing_plugin_dir_is_an_error) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  make_file(&f.dir, "first/a.so", "");
  const char *const wrong[] = {below(&f.dir, "nowhere"), below(&f.dir, "first/a.so"), ""};
  const int answers[] = {DAVIT_E_NOT_FOUND, DAVIT_E_INVALID, DAVIT_E_NOT_FOUND};
  for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
    CLEANUP(error) struct davit_error err = {0};
    f.dirs[1] = wrong[i]; /* behind the one that has it: still a slip */
    const struct plugin_file *const *files;
    const struct plugin_file *file;
    ck_assert_int_eq(plugin_find_all(&arena, &f.path, &files, &err), answers[i]);
    ck_assert_int_eq(plugin_find(&arena, &f.path, "a", &file, &err), answers[i]);
    ck_assert_uint_eq(err.count, 2);
    ck_assert_error(&err, "plugin.directory", wrong[i]);
    ck_assert_error(&err, "plugin.directory", "give --plugin-dir a directory of plugins");
  }
}
END_TEST

START_TEST(relative_directories_become_absolute) {
  static const struct {
    const char *dir, *path;
  } cases[] = {{"first", "first/a.so"},
               {"./first/", "first/a.so"},
               {"first///", "first/a.so"},
               {".", "b.so"},
               {"./", "b.so"}};
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  make_file(&f.dir, "first/a.so", "");
  make_file(&f.dir, "b.so", "");
  ck_assert_int_eq(chdir(f.dir.path), 0);
  const char *const dirs[] = {cases[_i].dir, NULL};
  const struct plugin_path path = {.dirs = dirs};
  const struct plugin_file *const *files;
  ck_assert_ok(plugin_find_all(&arena, &path, &files, &err), &err);
  ck_assert_ptr_nonnull(files[0]);
  ck_assert_str_eq(files[0]->path, below(&f.dir, cases[_i].path));
}
END_TEST

START_TEST(a_directory_given_twice_does_not_shadow_itself) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  make_file(&f.dir, "first/a.so", "");
  f.path.default_dir = f.dirs[0];
  const struct plugin_file *const *files;
  ck_assert_ok(plugin_find_all(&arena, &f.path, &files, &err), &err);
  ck_assert_str_eq(describe(&f.dir, files), "a=/first/a.so\n");
}
END_TEST

START_TEST(an_unreadable_directory_is_not_passed_over) {
  if (geteuid() == 0) {
    printf("skipped: root reads every directory\n");
    return;
  }
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(fixture) struct fixture f = {0};
  set_up(&f);
  make_file(&f.dir, "default/a.so", "");
  ck_assert_int_eq(chmod(f.path.default_dir, 0), 0);
  const struct plugin_file *const *files;
  const struct plugin_file *file;
  ck_assert_int_eq(plugin_find_all(&arena, &f.path, &files, &err), DAVIT_E_DENIED);
  ck_assert_int_eq(plugin_find(&arena, &f.path, "a", &file, &err), DAVIT_E_DENIED);
  ck_assert_int_eq(chmod(f.path.default_dir, 0755), 0);
  ck_assert_error(&err, "plugin.directory", f.path.default_dir);
  ck_assert_error(&err, "plugin.directory", "leave it out");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin/find");
  TCase *cases = tcase_create("find");
  tcase_add_test(cases, all_are_found_in_order_and_the_first_of_a_name_wins);
  tcase_add_test(cases, other_names_are_no_plugins);
  tcase_add_test(cases, nothing_anywhere_is_an_empty_list);
  tcase_add_test(cases, one_name_is_found_where_it_wins);
  tcase_add_loop_test(cases, what_is_no_name_finds_nothing, 0, 5);
  tcase_add_test(cases, a_missing_plugin_dir_is_an_error);
  tcase_add_loop_test(cases, relative_directories_become_absolute, 0, 5);
  tcase_add_test(cases, a_directory_given_twice_does_not_shadow_itself);
  tcase_add_test(cases, an_unreadable_directory_is_not_passed_over);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
