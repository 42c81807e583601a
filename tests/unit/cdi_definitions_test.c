/* SPDX-License-Identifier: Apache-2.0 */
/* The index of CDI files as it is remembered, and which definition of a device counts. Rows K.. are
 * those of the CDI reference's cache. */
#include "cdi_index_rig.h"

static struct index_rig rig;

static void setup(void) {
  index_rig_begin(&rig);
}

static void teardown(void) {
  index_rig_end(&rig);
}

static const char *place(const struct definition *definition) {
  return arena_printf(&rig.arena, "%s:%u", definition->file->path, definition->device->at->line);
}

/* "NAME PLACE[ STATE]" a line. */
static const char *definitions_text(void) {
  struct list definitions = {0};
  char *text = arena_strdup(&rig.arena, "");
  ck_assert(definitions_list(&rig.index, &definitions));
  for (size_t i = 0; i < definitions.count; i++) {
    const struct definition *one = definitions.items[i];
    text =
        arena_printf(&rig.arena, "%s%s %s%s%s%s%s%s\n", text, one->name, place(one),
                     one->shadowed_by ? " under " : "",
                     one->shadowed_by ? place(one->shadowed_by) : "", one->rival ? " against " : "",
                     one->rival ? place(one->rival) : "", definition_counts(one) ? " ok" : "");
  }
  return text;
}

/* ---- which definition counts ---------------------------------------------------------------- */

#define LOW  "/etc/cdi/"
#define HIGH "/var/run/cdi/"

static const struct {
  const char *row;
  struct {
    const char *path, *devices;
  } files[4];
  const char *expected;
} layouts[] = {
    {"K4 K9: a higher directory shadows",
     {{LOW "a.yaml", "1 2"}, {HIGH "b.yaml", "1"}},
     "v.com/c=1 " HIGH "b.yaml:4 ok\n"
     "v.com/c=1 " LOW "a.yaml:4 under " HIGH "b.yaml:4\n"
     "v.com/c=2 " LOW "a.yaml:5 ok\n"},
    {"K5 K10: a conflict takes the device, not the file",
     {{LOW "a.yaml", "1 2"}, {LOW "b.yaml", "1 3"}},
     "v.com/c=1 " LOW "a.yaml:4 against " LOW "b.yaml:4\n"
     "v.com/c=1 " LOW "b.yaml:4 against " LOW "a.yaml:4\n"
     "v.com/c=2 " LOW "a.yaml:5 ok\n"
     "v.com/c=3 " LOW "b.yaml:5 ok\n"},
    {"K30: a conflict under a clear definition is over (better than the reference)",
     {{LOW "a.yaml", "1"}, {LOW "b.yaml", "1"}, {HIGH "c.yaml", "1"}},
     "v.com/c=1 " HIGH "c.yaml:4 ok\n"
     "v.com/c=1 " LOW "a.yaml:4 under " HIGH "c.yaml:4 against " LOW "b.yaml:4\n"
     "v.com/c=1 " LOW "b.yaml:4 under " HIGH "c.yaml:4 against " LOW "a.yaml:4\n"},
    {"K31: what is under a conflict does not come forward",
     {{LOW "a.yaml", "1"}, {HIGH "b.yaml", "1"}, {HIGH "c.yaml", "1"}},
     "v.com/c=1 " HIGH "b.yaml:4 against " HIGH "c.yaml:4\n"
     "v.com/c=1 " HIGH "c.yaml:4 against " HIGH "b.yaml:4\n"
     "v.com/c=1 " LOW "a.yaml:4 under " HIGH "b.yaml:4\n"},
    {"K32: three at once: the later ones against the first",
     {{LOW "a.yaml", "1"}, {LOW "b.yaml", "1"}, {LOW "c.yaml", "1"}},
     "v.com/c=1 " LOW "a.yaml:4 against " LOW "b.yaml:4\n"
     "v.com/c=1 " LOW "b.yaml:4 against " LOW "a.yaml:4\n"
     "v.com/c=1 " LOW "c.yaml:4 against " LOW "a.yaml:4\n"},
    {"the order of counting",
     {{LOW "a.yaml", "all GPU-11111111-2222-3333-4444-555555555555 b10 b9 10 9"}},
     "v.com/c=9 " LOW "a.yaml:9 ok\n"
     "v.com/c=10 " LOW "a.yaml:8 ok\n"
     "v.com/c=b9 " LOW "a.yaml:7 ok\n"
     "v.com/c=b10 " LOW "a.yaml:6 ok\n"
     "v.com/c=GPU-11111111-2222-3333-4444-555555555555 " LOW "a.yaml:5 ok\n"
     "v.com/c=all " LOW "a.yaml:4 ok\n"},
    {"K2: no files", {{NULL, NULL}}, ""},
};

START_TEST(the_highest_definition_counts_if_it_is_alone) {
  for (size_t i = 0; i < 4 && layouts[_i].files[i].path; i++)
    put_devices(&rig, layouts[_i].files[i].path, "v.com/c", layouts[_i].files[i].devices);
  index_rig_read(&rig);
  ck_assert_msg(strcmp(definitions_text(), layouts[_i].expected) == 0, "%s:\n%s", layouts[_i].row,
                definitions_text());
}
END_TEST

START_TEST(kinds_do_not_meet) {
  put_devices(&rig, "/etc/cdi/a.yaml", "v.com/d", "1");
  put_devices(&rig, "/etc/cdi/b.yaml", "v.com/c", "1");
  put_devices(&rig, "/etc/cdi/c.yaml", "a.com/c", "1");
  index_rig_read(&rig);
  ck_assert_str_eq(definitions_text(), "a.com/c=1 /etc/cdi/c.yaml:4 ok\n"
                                       "v.com/c=1 /etc/cdi/b.yaml:4 ok\n"
                                       "v.com/d=1 /etc/cdi/a.yaml:4 ok\n");
}
END_TEST

/* ---- directories and files ------------------------------------------------------------------ */

static const struct spec_directory *directory(size_t i) {
  ck_assert_uint_lt(i, rig.index.directories.count);
  return rig.index.directories.items[i];
}

START_TEST(default_directories_may_be_missing) {
  index_rig_read(&rig);
  ck_assert_uint_eq(rig.index.directories.count, 2);
  ck_assert_str_eq(directory(0)->path, "/etc/cdi");
  ck_assert_str_eq(directory(1)->path, "/var/run/cdi");
  for (size_t i = 0; i < 2; i++) {
    ck_assert_int_eq(directory(i)->state, DIRECTORY_MISSING);
    ck_assert_uint_eq(directory(i)->priority, i);
    ck_assert(directory_may_be_missing(directory(i)));
  }
}
END_TEST

START_TEST(a_file_is_no_directory_and_hides_no_other) { /* K33 */
  tree_file(&rig.tree, "/etc/cdi", "");
  put_devices(&rig, "/var/run/cdi/a.yaml", "v.com/c", "1 2");
  index_rig_read(&rig);
  ck_assert_int_eq(directory(0)->state, DIRECTORY_BROKEN);
  ck_assert_int_eq(directory(1)->state, DIRECTORY_LISTED);
  ck_assert_str_eq(definitions_text(), "v.com/c=1 /var/run/cdi/a.yaml:4 ok\n"
                                       "v.com/c=2 /var/run/cdi/a.yaml:5 ok\n");
  ck_assert_uint_eq(rig.warning_count, 0);
}
END_TEST

START_TEST(the_same_directory_counts_once) {
  put_devices(&rig, "/var/run/cdi/a.yaml", "v.com/c", "1");
  tree_dir(&rig.tree, "/etc");
  tree_link(&rig.tree, "/etc/cdi", "../var/run/cdi");
  index_rig_read(&rig);
  ck_assert_int_eq(directory(0)->state, DIRECTORY_REPEATED);
  ck_assert_str_eq(definitions_text(), "v.com/c=1 /var/run/cdi/a.yaml:4 ok\n");
}
END_TEST

START_TEST(a_file_that_is_not_there_is_remembered) { /* K34 */
  put_devices(&rig, "/etc/cdi/a.yaml", "v.com/c", "1");
  tree_link(&rig.tree, "/etc/cdi/b.yaml", "nowhere");
  tree_dir(&rig.tree, "/etc/cdi/c.yaml");
  index_rig_read(&rig);
  ck_assert_uint_eq(rig.index.files.count, 3);
  const struct spec_file *const *files = (const struct spec_file *const *)rig.index.files.items;
  ck_assert_ptr_null(files[0]->unreadable);
  ck_assert_str_eq(files[1]->unreadable, "its link leads nowhere");
  ck_assert_ptr_null(files[2]->unreadable); /* nobody means a directory */
  ck_assert_ptr_null(files[2]->spec);
  ck_assert_str_eq(definitions_text(), "v.com/c=1 /etc/cdi/a.yaml:4 ok\n");
  ck_assert_uint_eq(rig.warning_count, 0);
}
END_TEST

static const struct request_option cdi_dirs[] = {
    {.plugin = "cdi", .key = "dir", .value = "/nowhere/davit-test", .at = {.key = "--cdi-dir"}},
    {.plugin = "cdi", .key = "extra-dir", .value = "/nowhere/davit-more", .at = {.key = "X"}},
};

START_TEST(options_mean_what_they_mean_to_the_plugin) {
  put_devices(&rig, "/etc/cdi/a.yaml", "v.com/c", "1"); /* replaced by the option */
  index_rig_open(&rig, cdi_dirs, 2);
  rig.index.is_quiet = false;
  ck_assert_ok(instance_run(rig.instance, "read", read_index, &rig.index, &rig.err), &rig.err);
  ck_assert_uint_eq(rig.index.directories.count, 2);
  ck_assert_int_eq(directory(0)->state, DIRECTORY_MISSING);
  ck_assert(!directory_may_be_missing(directory(0)));
  ck_assert(directory_may_be_missing(directory(1)));
  ck_assert_uint_eq(rig.warning_count, 1); /* of the first one alone */
  ck_assert_str_eq(definitions_text(), "");
}
END_TEST

START_TEST(an_option_that_the_plugin_lacks_is_refused) {
  static const struct request_option wrong = {.plugin = "cdi", .key = "dri", .value = "/x"};
  const struct provider_settings settings = {
      .host = NULL, .log = &rig.log, .options = &wrong, .option_count = 1};
  ck_assert_ok(providers_open(&rig.arena, &settings, &rig.providers, &rig.err), &rig.err);
  ck_assert_int_eq(providers_open_linked(rig.providers, &cdi_plugin, &rig.instance, &rig.err),
                   DAVIT_E_INVALID);
  ck_assert(error_says(&rig.err, "plugin.option", "did you mean \"dir\"?"));
}
END_TEST

/* ---- of the caller -------------------------------------------------------------------------- */

static int add_text(const struct davit_host *host, void *user) {
  static const char text[] = "cdiVersion: 0.6.0\nkind: v.com/c\n"
                             "devices: [{name: t, containerEdits: {env: [A=b]}}]\n";
  struct index *index = user;
  index->host = host;
  int answer = index_add_text(index, "text", text, sizeof(text) - 1);
  return answer < 0 ? answer : read_index(host, user);
}

START_TEST(a_text_is_read_instead_of_directories) {
  put_devices(&rig, "/etc/cdi/a.yaml", "v.com/c", "1");
  index_rig_open(&rig, NULL, 0);
  ck_assert_ok(instance_run(rig.instance, "read", add_text, &rig.index, &rig.err), &rig.err);
  ck_assert_str_eq(definitions_text(), "v.com/c=t text:3 ok\n");
  ck_assert_uint_eq(rig.index.directories.count, 0);
}
END_TEST

static int add_caller_directory(const struct davit_host *host, void *user) {
  char path[512];
  struct index *index = user;
  index->host = host;
  int answer = index_add_directory(index, tree_path(&rig.tree, "/mine", path, sizeof(path)));
  return answer < 0 ? answer : read_index(host, user);
}

START_TEST(a_directory_of_the_caller_is_not_below_the_host) {
  put_devices(&rig, "/mine/a.yaml", "v.com/c", "1");
  index_rig_open(&rig, NULL, 0);
  ck_assert_ok(instance_run(rig.instance, "read", add_caller_directory, &rig.index, &rig.err),
               &rig.err);
  ck_assert_str_eq(definitions_text(),
                   arena_printf(&rig.arena, "v.com/c=1 %s/mine/a.yaml:4 ok\n", rig.tree.root));
}
END_TEST

static int fail_for_a_reason(const struct davit_host *host, UNUSED void *user) {
  /* Check has a macro fail(). */
  return (host->fail)(host, DAVIT_E_BUSY, "cdi.directory", NULL, "wait", "somebody is at it");
}

START_TEST(a_function_fails_like_an_op) {
  index_rig_open(&rig, NULL, 0);
  ck_assert_int_eq(instance_run(rig.instance, "wait", fail_for_a_reason, NULL, &rig.err),
                   DAVIT_E_BUSY);
  ck_assert(error_says(&rig.err, "cdi.directory", "somebody is at it"));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi definitions");
  TCase *tests = tcase_create("all");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, the_highest_definition_counts_if_it_is_alone, 0, ARRAY_LEN(layouts));
  tcase_add_test(tests, kinds_do_not_meet);
  tcase_add_test(tests, default_directories_may_be_missing);
  tcase_add_test(tests, a_file_is_no_directory_and_hides_no_other);
  tcase_add_test(tests, the_same_directory_counts_once);
  tcase_add_test(tests, a_file_that_is_not_there_is_remembered);
  tcase_add_test(tests, options_mean_what_they_mean_to_the_plugin);
  tcase_add_test(tests, an_option_that_the_plugin_lacks_is_refused);
  tcase_add_test(tests, a_text_is_read_instead_of_directories);
  tcase_add_test(tests, a_directory_of_the_caller_is_not_below_the_host);
  tcase_add_test(tests, a_function_fails_like_an_op);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
