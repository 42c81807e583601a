/* SPDX-License-Identifier: Apache-2.0 */
/* Files, directories, links and roots, and how each refusal reads. */
#include "host_tree.h"

#include "host/host.h"
#include "util/cleanup.h"
#include "util/list.h"

static struct tree tree;
static struct host *host;
static struct arena arena;
static struct davit_error err;

static void open_tree(void) {
  tree_new(&tree);
  memset(&err, 0, sizeof(err));
  memset(&arena, 0, sizeof(arena));
  ck_assert_ok(host_open(tree.root, &host, &err), &err);
}

static void close_tree(void) {
  host_close(host);
  arena_free(&arena);
  error_clear(&err);
  cleanup_tree(&tree);
}

static void check_refused(int answer, int expected, const char *code, const char *part) {
  ck_assert_int_eq(answer, expected);
  ck_assert_error(&err, code, part);
  ck_assert_uint_eq(err.count, 1);
  error_clear(&err);
}

/* ---- files -------------------------------------------------------------------------------- */

START_TEST(file_is_read_whole) {
  static char large[300000];
  for (size_t i = 0; i < sizeof(large); i++)
    large[i] = (char)(i * 7);
  static const size_t sizes[] = {0, 1, 4095, 4096, 4097, sizeof(large)};
  for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
    tree_file_sized(&tree, "/etc/data", large, sizes[i]);
    const char *data = NULL;
    size_t size = 7;
    ck_assert_ok(host_read_file(host, &arena, "/etc/data", &data, &size, &err), &err);
    ck_assert_uint_eq(size, sizes[i]);
    ck_assert_mem_eq(data, large, size);
    ck_assert_int_eq(data[size], '\0');
  }
}
END_TEST

START_TEST(links_are_followed_inside_the_root) {
  tree_file(&tree, "/etc/real", "text");
  tree_link(&tree, "/etc/absolute", "/etc/real");
  tree_link(&tree, "/etc/above", "../../../../../etc/real");
  static const char *const paths[] = {"/etc/real", "/etc/absolute", "/etc/above", "/../etc/real"};
  for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
    const char *data;
    ck_assert_ok(host_read_file(host, &arena, paths[i], &data, NULL, &err), &err);
    ck_assert_str_eq(data, "text");
  }
}
END_TEST

START_TEST(refusals_of_read_file) {
  const char *data = NULL;
  size_t size = 7;
  char path[256];
  tree_file(&tree, "/file", "x");
  tree_link(&tree, "/loop", "loop");
  tree_dir(&tree, "/dir");
  tree_file(&tree, "/null", "c 1:3 0666\n");
  ck_assert_int_eq(mkfifo(tree_path(&tree, "/fifo", path, sizeof(path)), 0600), 0);
  static const struct {
    const char *path;
    int answer;
    const char *code, *part;
  } refused[] = {
      {"/absent", DAVIT_E_NOT_FOUND, "host.not-found", "/absent: no such file or directory"},
      {"/absent", DAVIT_E_NOT_FOUND, "host.not-found", "looked below the root /tmp/davit-host-"},
      {"/file/x", DAVIT_E_NOT_FOUND, "host.not-found", "/file/x: no such file or directory"},
      {"file", DAVIT_E_INVALID, "host.invalid", "\"file\": not an absolute path"},
      {"file", DAVIT_E_INVALID, "host.invalid", "begin it with \"/\""},
      {"", DAVIT_E_INVALID, "host.invalid", "\"\": not an absolute path"},
      {"/loop", DAVIT_E_INVALID, "host.invalid", "/loop: too many links"},
      {"/dir", DAVIT_E_INVALID, "host.invalid", "/dir: not a regular file"},
      {"/fifo", DAVIT_E_INVALID, "host.invalid", "/fifo: not a regular file"},
      {"/null", DAVIT_E_INVALID, "host.invalid", "/null: not a regular file"},
  };
  for (size_t i = 0; i < ARRAY_LEN(refused); i++)
    check_refused(host_read_file(host, &arena, refused[i].path, &data, &size, &err),
                  refused[i].answer, refused[i].code, refused[i].part);
  char long_name[NAME_MAX + 3] = "/";
  memset(long_name + 1, 'x', NAME_MAX + 1);
  check_refused(host_read_file(host, &arena, long_name, &data, &size, &err), DAVIT_E_INVALID,
                "host.invalid", "name too long");
  ck_assert_ptr_null(data);
  ck_assert_uint_eq(size, 7);
}
END_TEST

START_TEST(files_have_a_largest_size) {
  char path[256];
  const char *data = NULL;
  size_t size;
  tree_file(&tree, "/big", "x");
  ck_assert_int_eq(truncate(tree_path(&tree, "/big", path, sizeof(path)), HOST_MAX_FILE), 0);
  ck_assert_ok(host_read_file(host, &arena, "/big", &data, &size, &err), &err);
  ck_assert_uint_eq(size, HOST_MAX_FILE);
  ck_assert_int_eq(truncate(path, HOST_MAX_FILE + 1), 0);
  check_refused(host_read_file(host, &arena, "/big", &data, &size, &err), DAVIT_E_INVALID,
                "host.invalid", "/big: larger than 16 MiB");
}
END_TEST

START_TEST(the_head_of_a_file_of_any_size_is_read) {
  char path[256];
  const char *data = NULL;
  size_t size;
  tree_file(&tree, "/big", "begins so");
  ck_assert_int_eq(truncate(tree_path(&tree, "/big", path, sizeof(path)), 2L * HOST_MAX_FILE), 0);
  ck_assert_ok(host_read_head(host, &arena, "/big", 6, &data, &size, &err), &err);
  ck_assert_uint_eq(size, 6);
  ck_assert_str_eq(data, "begins");
  tree_file(&tree, "/small", "x");
  ck_assert_ok(host_read_head(host, &arena, "/small", 6, &data, &size, &err), &err);
  ck_assert_uint_eq(size, 1);
  ck_assert_str_eq(data, "x");
  tree_file(&tree, "/empty", "");
  ck_assert_ok(host_read_head(host, &arena, "/empty", 6, &data, &size, &err), &err);
  ck_assert_uint_eq(size, 0);
}
END_TEST

START_TEST(refusals_of_read_head) {
  const char *data = NULL;
  size_t size = 7;
  tree_dir(&tree, "/dir");
  tree_file(&tree, "/null", "c 1:3 0666\n");
  check_refused(host_read_head(host, &arena, "/absent", 64, &data, &size, &err), DAVIT_E_NOT_FOUND,
                "host.not-found", "/absent");
  check_refused(host_read_head(host, &arena, "/dir", 64, &data, &size, &err), DAVIT_E_INVALID,
                "host.invalid", "/dir: not a regular file");
  check_refused(host_read_head(host, &arena, "/null", 64, &data, &size, &err), DAVIT_E_INVALID,
                "host.invalid", "/null: not a regular file");
  ck_assert_ptr_null(data);
  ck_assert_uint_eq(size, 7);
}
END_TEST

/* Root may read all: the test steps down to nobody meanwhile. */
START_TEST(unreadable_is_denied) {
  char path[256];
  const char *data, *const *names;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  tree_file(&tree, "/closed/file", "x");
  tree_file(&tree, "/file", "x");
  chmod(tree_path(&tree, "/closed", path, sizeof(path)), 0);
  chmod(tree_path(&tree, "/file", path, sizeof(path)), 0);
  bool root = geteuid() == 0;
  if (root)
    ck_assert_int_eq(seteuid(65534), 0);
  check_refused(host_read_file(host, &arena, "/file", &data, NULL, &err), DAVIT_E_DENIED,
                "host.denied", "/file: permission denied");
  check_refused(host_read_file(host, &arena, "/file", &data, NULL, &err), DAVIT_E_DENIED,
                "host.denied", "a user who may read it");
  check_refused(host_stat(host, "/closed/file", 0, &st, &err), DAVIT_E_DENIED, "host.denied",
                "/closed/file");
  check_refused(host_list_dir(host, &arena, "/closed", &names, &err), DAVIT_E_DENIED, "host.denied",
                "/closed");
  ck_assert_ok(host_stat(host, "/file", 0, &st, &err), &err);
  ck_assert_uint_eq(st.type, DAVIT_FILE_REGULAR);
  if (root)
    ck_assert_int_eq(seteuid(0), 0);
  chmod(tree_path(&tree, "/closed", path, sizeof(path)), 0700);
}
END_TEST

START_TEST(kernel_files_of_size_zero_are_read) {
  CLEANUP(host) struct host *machine = NULL;
  ck_assert_ok(host_open("/", &machine, &err), &err);
  ck_assert(!host_is_fixture(machine));
  ck_assert(host_is_fixture(host));
  const char *data;
  size_t size;
  ck_assert_ok(host_read_file(machine, &arena, "/proc/self/status", &data, &size, &err), &err);
  ck_assert_contains(data, "Name:\t");
  ck_assert_uint_eq(size, strlen(data));
  ck_assert_ok(
      host_read_file(machine, &arena, "/sys/devices/system/cpu/online", &data, &size, &err), &err);
  ck_assert_contains(data, "0");
}
END_TEST

/* ---- directories -------------------------------------------------------------------------- */

START_TEST(directories_are_listed_bytewise) {
  static const char *const made[] = {"b", "a10", "a9", "B", ".hidden", "\xc3\xa4"};
  static const char *const sorted[] = {".hidden", "B", "a10", "a9", "b", "\xc3\xa4"};
  char path[64];
  for (size_t i = 0; i < ARRAY_LEN(made); i++) {
    snprintf(path, sizeof(path), "/dir/%s", made[i]);
    tree_file(&tree, path, "");
  }
  tree_link(&tree, "/link", "dir");
  const char *const *names;
  ck_assert_ok(host_list_dir(host, &arena, "/link", &names, &err), &err);
  ck_assert_uint_eq(strings_count(names), ARRAY_LEN(sorted));
  for (size_t i = 0; i < ARRAY_LEN(sorted); i++)
    ck_assert_str_eq(names[i], sorted[i]);
  tree_dir(&tree, "/none");
  ck_assert_ok(host_list_dir(host, &arena, "/none", &names, &err), &err);
  ck_assert_ptr_null(names[0]);
  check_refused(host_list_dir(host, &arena, "/dir/b", &names, &err), DAVIT_E_INVALID,
                "host.invalid", "/dir/b: not a directory");
  check_refused(host_list_dir(host, &arena, "/absent", &names, &err), DAVIT_E_NOT_FOUND,
                "host.not-found", "/absent");
}
END_TEST

START_TEST(listings_have_an_end) {
  char path[256];
  tree_file(&tree, "/dir/0", "");
  int dir = open(tree_path(&tree, "/dir", path, sizeof(path)), O_DIRECTORY | O_RDONLY);
  for (int i = 1; i < HOST_MAX_NAMES; i++) {
    snprintf(path, sizeof(path), "%d", i);
    ck_assert_int_eq(linkat(dir, "0", dir, path, 0), 0);
    if (i % 30000 == 0) { /* a file has at most 65000 names on ext4 */
      ck_assert_int_eq(unlinkat(dir, "0", 0), 0);
      tree_file(&tree, "/dir/0", "");
    }
  }
  const char *const *names;
  ck_assert_ok(host_list_dir(host, &arena, "/dir", &names, &err), &err);
  ck_assert_uint_eq(strings_count(names), HOST_MAX_NAMES);
  tree_file(&tree, "/dir/more", "");
  check_refused(host_list_dir(host, &arena, "/dir", &names, &err), DAVIT_E_INVALID, "host.invalid",
                "/dir: more than 65536 names");
  close(dir);
}
END_TEST

/* ---- links and roots ---------------------------------------------------------------------- */

START_TEST(links_are_read_and_resolved) {
  tree_file(&tree, "/sys/devices/pci0000:00/0000:01:00.0/vendor", "0x10de\n");
  tree_link(&tree, "/sys/bus/pci/devices/0000:01:00.0", "../../../devices/pci0000:00/0000:01:00.0");
  tree_link(&tree, "/absolute", "/sys/bus");
  const char *text = NULL;
  ck_assert_ok(host_read_link(host, &arena, "/absolute", &text, &err), &err);
  ck_assert_str_eq(text, "/sys/bus");
  ck_assert_ok(
      host_real_path(host, &arena, "/absolute/pci/devices/0000:01:00.0/vendor", &text, &err), &err);
  ck_assert_str_eq(text, "/sys/devices/pci0000:00/0000:01:00.0/vendor");
  ck_assert_ok(host_real_path(host, &arena, "/..", &text, &err), &err);
  ck_assert_str_eq(text, "/");
  check_refused(host_read_link(host, &arena, "/sys", &text, &err), DAVIT_E_INVALID, "host.invalid",
                "/sys: not a link");
  check_refused(host_real_path(host, &arena, "/sys/absent", &text, &err), DAVIT_E_NOT_FOUND,
                "host.not-found", "/sys/absent");
  check_refused(host_real_path(host, &arena, "sys", &text, &err), DAVIT_E_INVALID, "host.invalid",
                "\"sys\": not an absolute path");
}
END_TEST

START_TEST(machine_path_has_the_root_before_it) {
  CLEANUP(host) struct host *machine = NULL;
  const char *name;
  char expected[256];
  tree_file(&tree, "/lib/file", "");
  tree_link(&tree, "/link", "/lib");
  ck_assert_ok(host_machine_path(host, &arena, "/link/file", &name, &err), &err);
  ck_assert_str_eq(name, tree_path(&tree, "/lib/file", expected, sizeof(expected)));
  ck_assert_ok(host_open("/", &machine, &err), &err);
  ck_assert_ok(host_machine_path(machine, &arena, "/dev/null", &name, &err), &err);
  ck_assert_str_eq(name, "/dev/null");
}
END_TEST

START_TEST(subtree_is_a_root_of_its_own) {
  CLEANUP(host) struct host *sub = NULL;
  const char *text;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  tree_file(&tree, "/etc/name", "outer");
  tree_file(&tree, "/run/driver/etc/name", "inner");
  tree_file(&tree, "/run/driver/dev/null", "c 1:3 0666");
  tree_link(&tree, "/run/driver/out", "../../etc/name");
  tree_link(&tree, "/run/driver/absolute", "/etc/name");
  ck_assert_ok(host_open_subtree(host, "/run/driver", &sub, &err), &err);
  ck_assert(host_is_fixture(sub));
  static const char *const paths[] = {"/etc/name", "/out", "/absolute", "/../../etc/name"};
  for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
    ck_assert_ok(host_read_file(sub, &arena, paths[i], &text, NULL, &err), &err);
    ck_assert_str_eq(text, "inner");
  }
  ck_assert_ok(host_stat(sub, "/dev/null", 0, &st, &err), &err);
  ck_assert_uint_eq(st.type, DAVIT_FILE_CHAR);
  struct host *none = NULL;
  check_refused(host_open_subtree(host, "/etc/name", &none, &err), DAVIT_E_INVALID, "host.invalid",
                "/etc/name: not a directory");
  check_refused(host_open_subtree(host, "/absent", &none, &err), DAVIT_E_NOT_FOUND,
                "host.not-found", "/absent");
  check_refused(host_read_file(sub, &arena, "/run", &text, NULL, &err), DAVIT_E_NOT_FOUND,
                "host.not-found", "/run/driver");
  ck_assert_ptr_null(none);
}
END_TEST

/* A directory of the machine: links stay inside, texts stay texts. */
START_TEST(subtree_of_the_machine) {
  CLEANUP(host) struct host *machine = NULL;
  CLEANUP(host) struct host *sub = NULL;
  const char *text;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  tree_file(&tree, "/text", "c 1:3 0666");
  tree_link(&tree, "/out", "/dev/null");
  ck_assert_ok(host_open("/", &machine, &err), &err);
  ck_assert_ok(host_open_subtree(machine, tree.root, &sub, &err), &err);
  ck_assert(!host_is_fixture(sub));
  ck_assert_ok(host_read_file(sub, &arena, "/text", &text, NULL, &err), &err);
  ck_assert_str_eq(text, "c 1:3 0666");
  check_refused(host_stat(sub, "/out", 0, &st, &err), DAVIT_E_NOT_FOUND, "host.not-found", "/out");
}
END_TEST

START_TEST(root_must_be_a_directory) {
  char path[256];
  struct host *none = NULL;
  tree_file(&tree, "/file", "");
  check_refused(host_open(tree_path(&tree, "/file", path, sizeof(path)), &none, &err),
                DAVIT_E_INVALID, "host.root", "/file\": Not a directory");
  check_refused(host_open(tree_path(&tree, "/absent", path, sizeof(path)), &none, &err),
                DAVIT_E_NOT_FOUND, "host.root", "/absent\": No such file");
  check_refused(host_open("", &none, &err), DAVIT_E_NOT_FOUND, "host.root",
                "the directory that holds the dev, proc and sys");
  ck_assert_ptr_null(none);
  tree_link(&tree, "/slash", "/");
  ck_assert_ok(host_open(tree_path(&tree, "/slash", path, sizeof(path)), &none, &err), &err);
  ck_assert(!host_is_fixture(none));
  host_close(none);
}
END_TEST

/* A file of the kernel's that opens and cannot be read at its start. */
START_TEST(any_other_failure_has_the_reason) {
  struct host *machine;
  const char *data = NULL;
  size_t size = 0;
  ck_assert_ok(host_open("/", &machine, &err), &err);
  check_refused(host_read_file(machine, &arena, "/proc/self/mem", &data, &size, &err),
                DAVIT_E_FAILED, "host.failed", "/proc/self/mem: Input/output error");
  ck_assert_ptr_null(data);
  host_close(machine);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("host_files");
  TCase *tests = tcase_create("files");
  tcase_add_checked_fixture(tests, open_tree, close_tree);
  tcase_add_test(tests, file_is_read_whole);
  tcase_add_test(tests, links_are_followed_inside_the_root);
  tcase_add_test(tests, refusals_of_read_file);
  tcase_add_test(tests, files_have_a_largest_size);
  tcase_add_test(tests, the_head_of_a_file_of_any_size_is_read);
  tcase_add_test(tests, refusals_of_read_head);
  tcase_add_test(tests, unreadable_is_denied);
  tcase_add_test(tests, kernel_files_of_size_zero_are_read);
  tcase_add_test(tests, directories_are_listed_bytewise);
  tcase_add_test(tests, listings_have_an_end);
  tcase_add_test(tests, links_are_read_and_resolved);
  tcase_add_test(tests, machine_path_has_the_root_before_it);
  tcase_add_test(tests, subtree_is_a_root_of_its_own);
  tcase_add_test(tests, subtree_of_the_machine);
  tcase_add_test(tests, root_must_be_a_directory);
  tcase_add_test(tests, any_other_failure_has_the_reason);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
