/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs davit on a fixture, and the subordinate ids of that user: the files as getsubids(1) and
 * the kernel read them. */
#include "host_tree.h"

#include "host/caller.h"
#include "util/arena.h"

static struct tree tree;
static struct host *host;
static struct arena arena;
static struct davit_error err;
static char warnings[4096];

static void keep_warning(void *user UNUSED, enum log_level level UNUSED,
                         const struct problem *message) {
  size_t used = strlen(warnings);
  snprintf(warnings + used, sizeof(warnings) - used, "%s %s:%u\n", message->code, message->at.file,
           message->at.line);
}

static const struct log test_log = {.threshold = LOG_LEVEL_WARNING, .emit = keep_warning};

static void set_up(void) {
  warnings[0] = '\0';
  tree_new(&tree);
  ck_assert_ok(host_open(tree.root, &host, &err), &err);
}

static void tear_down(void) {
  host_close(host);
  cleanup_tree(&tree);
  arena_free(&arena);
  error_clear(&err);
}

static const struct host_caller builder = {.uid = 1000, .gid = 1005, .name = "builder"};

static int find(enum host_subids kind, const struct host_caller *caller,
                struct host_id_ranges *ranges) {
  return host_find_subids(host, &arena, &test_log, kind, caller, ranges, &err);
}

/* "200000+10 300000+1": what is found. */
static const char *found(enum host_subids kind, const struct host_caller *caller) {
  struct host_id_ranges ranges;
  ck_assert_ok(find(kind, caller, &ranges), &err);
  const char *text = "";
  for (size_t i = 0; i < ranges.count; i++)
    text = arena_printf(&arena, "%s%s%u+%u", text, i > 0 ? " " : "", ranges.ranges[i].start,
                        ranges.ranges[i].count);
  return text;
}

/* ---- ranges --------------------------------------------------------------------------------- */

static const struct {
  const char *file; /* NULL: there is none */
  const char *ranges;
  const char *warnings;
} files[] = {
    {NULL, "", ""},
    {"", "", ""},
    {"other:1:9\n", "", ""},
    {"builder:200000:10\n", "200000+10", ""},
    {"1000:200000:10", "200000+10", ""},
    /* every range, by name and by number, in the order of the file */
    {"1000:300000:1\nother:1:9\nbuilder:200000:10\nbuilder:100000:2\n",
     "300000+1 200000+10 100000+2", ""},
    {"# comment\n\nbuilder:5:1\n", "5+1", ""},
    /* to the last id */
    {"builder:4294967294:1\n", "4294967294+1", ""},
    /* a name that only begins alike, a number in another form */
    {"builders:1:1\nbuild:2:1\n01000:3:1\n", "3+1", ""},
    /* malformed: the rest still counts */
    {"nonsense\nbuilder:1:2:3\nbuilder:x:1\nbuilder:1:-1\nbuilder:1:0\nbuilder::5\n"
     "builder:1:4294967296\n:1:1\nbuilder:7:1\n",
     "7+1",
     "rootless.subid-line /etc/subuid:1\nrootless.subid-line /etc/subuid:2\n"
     "rootless.subid-line /etc/subuid:3\nrootless.subid-line /etc/subuid:4\n"
     "rootless.subid-line /etc/subuid:5\nrootless.subid-line /etc/subuid:6\n"
     "rootless.subid-line /etc/subuid:7\nrootless.subid-line /etc/subuid:8\n"},
};

START_TEST(c16_all_ranges_by_name_and_number) {
  if (files[_i].file)
    tree_file(&tree, "/etc/subuid", files[_i].file);
  ck_assert_str_eq(found(HOST_SUBUIDS, &builder), files[_i].ranges);
  ck_assert_str_eq(warnings, files[_i].warnings);
}
END_TEST

START_TEST(a_user_without_a_name_has_those_of_the_number) {
  const struct host_caller nameless = {.uid = 1000, .gid = 1005};
  tree_file(&tree, "/etc/subuid", "builder:1:1\n1000:2:1\n");
  ck_assert_str_eq(found(HOST_SUBUIDS, &nameless), "2+1");
}
END_TEST

START_TEST(gids_have_a_file_of_their_own) {
  tree_file(&tree, "/etc/subuid", "builder:1:1\n");
  tree_file(&tree, "/etc/subgid", "1000:2:1\n1005:3:1\n");
  ck_assert_str_eq(found(HOST_SUBGIDS, &builder), "2+1"); /* owners are users there too */
}
END_TEST

static const struct {
  const char *file;
  uint32_t line;
  const char *says;
} refusals[] = {
    {"builder:100:10\nbuilder:109:1\n", 2, "overlap another range"},
    {"builder:109:1\nother:1:1\n1000:100:10\n", 3, "overlap another range"},
    {"builder:100:10\nbuilder:100:10\n", 2, "overlap another range"},
    {"builder:995:10\n", 1, "overlap the user's own id"},
    {"builder:1000:1\n", 1, "overlap the user's own id"},
    {"builder:4294967295:1\n", 1, "end above 4294967295"},
    {"builder:4294967000:400\n", 1, "end above 4294967295"},
};

START_TEST(what_the_kernel_would_refuse_is_an_error) {
  struct host_id_ranges ranges;
  tree_file(&tree, "/etc/subuid", refusals[_i].file);
  ck_assert_int_eq(find(HOST_SUBUIDS, &builder, &ranges), DAVIT_E_INVALID);
  ck_assert_error(&err, "rootless.subids", refusals[_i].says);
  ck_assert_str_eq(err.first->at.file, "/etc/subuid");
  ck_assert_uint_eq(err.first->at.line, refusals[_i].line);
  ck_assert_contains(err.first->hint, "subuid(5)");
}
END_TEST

/* user_namespaces(7): at most 340 lines in a map, one of which is the user's own id. */
START_TEST(a_map_has_a_most_of_lines) {
  struct host_id_ranges ranges;
  const char *text = "";
  for (unsigned i = 0; i < 339; i++)
    text = arena_printf(&arena, "%sbuilder:%u:1\n", text, 2000 + i);
  tree_file(&tree, "/etc/subuid", text);
  ck_assert_ok(find(HOST_SUBUIDS, &builder, &ranges), &err);
  ck_assert_uint_eq(ranges.count, 339);
  tree_file(&tree, "/etc/subuid", arena_printf(&arena, "%sbuilder:9999:1\n", text));
  ck_assert_int_eq(find(HOST_SUBUIDS, &builder, &ranges), DAVIT_E_INVALID);
  ck_assert_error(&err, "rootless.subids", "one range too many");
}
END_TEST

START_TEST(a_file_that_is_none_is_an_error) {
  struct host_id_ranges ranges;
  tree_dir(&tree, "/etc/subuid");
  ck_assert_int_lt(find(HOST_SUBUIDS, &builder, &ranges), 0);
  ck_assert_error(&err, "host.invalid", "/etc/subuid");
}
END_TEST

/* ---- the caller ----------------------------------------------------------------------------- */

START_TEST(a_fixture_says_who_runs_davit) {
  struct host_caller caller;
  tree_file(&tree, "/proc/self/status",
            "Name:\tdavit\nUid:\t1\t1000\t2\t3\nGid:\t1\t1005\t2\t3\nGroups:\t44 109 \n");
  tree_file(&tree, "/etc/passwd",
            "root:x:0:0:::\nbroken\nbuilder:x:1000:9:::\nlater:x:1000:9:::\n");
  ck_assert_ok(host_find_caller(host, &arena, &caller, &err), &err);
  ck_assert_uint_eq(caller.uid, 1000);
  ck_assert_uint_eq(caller.gid, 1005);
  ck_assert_str_eq(caller.name, "builder");
  ck_assert(host_caller_has_group(&caller, 44));
  ck_assert(host_caller_has_group(&caller, 109));
  ck_assert(host_caller_has_group(&caller, 1005));
  ck_assert(!host_caller_has_group(&caller, 1));
}
END_TEST

START_TEST(a_fixture_that_says_nothing_has_the_real_caller) {
  struct host_caller caller;
  ck_assert_ok(host_find_caller(host, &arena, &caller, &err), &err);
  ck_assert_uint_eq(caller.uid, geteuid());
  ck_assert_uint_eq(caller.gid, getegid());
  ck_assert_ptr_null(caller.name);
}
END_TEST

START_TEST(the_machine_says_who_runs_davit) {
  struct host_caller caller;
  gid_t groups[1024];
  host_close(host);
  ck_assert_ok(host_open("/", &host, &err), &err);
  ck_assert_ok(host_find_caller(host, &arena, &caller, &err), &err);
  ck_assert_uint_eq(caller.uid, geteuid());
  ck_assert_uint_eq(caller.gid, getegid());
  int count = getgroups((int)ARRAY_LEN(groups), groups);
  for (int i = 0; i < count; i++)
    ck_assert(host_caller_has_group(&caller, groups[i]));
  if (geteuid() == 0)
    ck_assert_str_eq(caller.name, "root");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("host subids");
  TCase *tests = tcase_create("subids");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_loop_test(tests, c16_all_ranges_by_name_and_number, 0, (int)ARRAY_LEN(files));
  tcase_add_test(tests, a_user_without_a_name_has_those_of_the_number);
  tcase_add_test(tests, gids_have_a_file_of_their_own);
  tcase_add_loop_test(tests, what_the_kernel_would_refuse_is_an_error, 0, (int)ARRAY_LEN(refusals));
  tcase_add_test(tests, a_map_has_a_most_of_lines);
  tcase_add_test(tests, a_file_that_is_none_is_an_error);
  tcase_add_test(tests, a_fixture_says_who_runs_davit);
  tcase_add_test(tests, a_fixture_that_says_nothing_has_the_real_caller);
  tcase_add_test(tests, the_machine_says_who_runs_davit);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
