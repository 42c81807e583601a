/* SPDX-License-Identifier: Apache-2.0 */
/* What stat tells: kinds, real device nodes, and the texts that stand for them in a fixture. */
#include "host_tree.h"

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "host/host.h"
#include "util/cleanup.h"

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

START_TEST(kinds_are_told) {
  char path[256];
  tree_file(&tree, "/file", "text");
  tree_dir(&tree, "/dir");
  tree_link(&tree, "/link", "file");
  ck_assert_int_eq(mkfifo(tree_path(&tree, "/fifo", path, sizeof(path)), 0640), 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  tree_path(&tree, "/socket", address.sun_path, sizeof(address.sun_path));
  CLEANUP(fd) int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
  static const struct {
    const char *path;
    uint32_t flags, type;
  } kinds[] = {
      {"/file", 0, DAVIT_FILE_REGULAR},       {"/dir", 0, DAVIT_FILE_DIR},
      {"/link", 0, DAVIT_FILE_REGULAR},       {"/link", DAVIT_STAT_NOFOLLOW, DAVIT_FILE_LINK},
      {"/fifo", 0, DAVIT_FILE_FIFO},          {"/socket", 0, DAVIT_FILE_SOCKET},
      {"/file", 1u << 5, DAVIT_FILE_REGULAR}, /* unknown, not critical */
  };
  for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
    struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
    ck_assert_ok(host_stat(host, kinds[i].path, kinds[i].flags, &st, &err), &err);
    ck_assert_uint_eq(st.type, kinds[i].type);
    ck_assert_uint_eq(st.major, 0);
    ck_assert_uint_eq(st.minor, 0);
  }
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  struct stat real;
  ck_assert_int_eq(stat(tree_path(&tree, "/file", path, sizeof(path)), &real), 0);
  ck_assert_ok(host_stat(host, "/file", 0, &st, &err), &err);
  ck_assert_uint_eq(st.struct_size, sizeof(st));
  ck_assert_uint_eq(st.size, 4);
  ck_assert_uint_eq(st.mode, real.st_mode & 07777);
  ck_assert_uint_eq(st.uid, geteuid());
  ck_assert_uint_eq(st.inode, real.st_ino);
  ck_assert_int_eq(st.mtime_ns, real.st_mtim.tv_sec * 1000000000L + real.st_mtim.tv_nsec);
  check_refused(host_stat(host, "/file", 1u << 16, &st, &err), DAVIT_E_UNSUPPORTED, "host.flags",
                "0x10000");
  check_refused(host_stat(host, "/absent", 0, &st, &err), DAVIT_E_NOT_FOUND, "host.not-found",
                "/absent");
}
END_TEST

/* What an older plugin has no room for is not written. */
START_TEST(stat_fills_what_there_is_room_for) {
  tree_file(&tree, "/node", "c 195:7 0600 1:2");
  struct davit_stat st;
  memset(&st, 0xaa, sizeof(st));
  st.struct_size = offsetof(struct davit_stat, gid);
  ck_assert_ok(host_stat(host, "/node", 0, &st, &err), &err);
  ck_assert_uint_eq(st.struct_size, offsetof(struct davit_stat, gid));
  ck_assert_uint_eq(st.type, DAVIT_FILE_CHAR);
  ck_assert_uint_eq(st.uid, 1);
  ck_assert_uint_eq(st.gid, 0xaaaaaaaau);
  ck_assert_uint_eq(st.major, 0xaaaaaaaau);
  ck_assert_uint_eq(st.inode, 0xaaaaaaaaaaaaaaaau);
}
END_TEST

static const struct {
  const char *text;
  uint32_t type, major, minor, mode, uid, gid;
} nodes[] = {
    {"c 195:255 0666", DAVIT_FILE_CHAR, 195, 255, 0666, 0, 0},
    {"c 195:255 0666\n", DAVIT_FILE_CHAR, 195, 255, 0666, 0, 0},
    {"c 226:128 0660 0:105\n", DAVIT_FILE_CHAR, 226, 128, 0660, 0, 105},
    {"b 8:0 660 1000:6", DAVIT_FILE_BLOCK, 8, 0, 0660, 1000, 6},
    {"c 511:300 0", DAVIT_FILE_CHAR, 511, 300, 0, 0, 0}, /* both wider than 8 bits */
    {"c 4095:1048575 7777 4294967294:4294967294\n", DAVIT_FILE_CHAR, 4095, 1048575, 07777,
     4294967294u, 4294967294u},
};

START_TEST(texts_stand_for_nodes) {
  tree_file(&tree, "/dev/node", nodes[_i].text);
  tree_link(&tree, "/dev/link", "node");
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  ck_assert_ok(host_stat(host, "/dev/link", 0, &st, &err), &err);
  ck_assert_uint_eq(st.type, nodes[_i].type);
  ck_assert_uint_eq(st.major, nodes[_i].major);
  ck_assert_uint_eq(st.minor, nodes[_i].minor);
  ck_assert_uint_eq(st.mode, nodes[_i].mode);
  ck_assert_uint_eq(st.uid, nodes[_i].uid);
  ck_assert_uint_eq(st.gid, nodes[_i].gid);
  ck_assert_uint_eq(st.size, 0);
  ck_assert_ok(host_stat(host, "/dev/link", DAVIT_STAT_NOFOLLOW, &st, &err), &err);
  ck_assert_uint_eq(st.type, DAVIT_FILE_LINK);
}
END_TEST

static const char *const no_nodes[] = {
    "",
    "\n",
    "c",
    "c ",
    "c 1:3",
    "c 1:3 ",
    "c 1 0666",
    "c 1:3 0666\n\n",
    "c 1:3 0666 ",
    "c 1:3 0666 0",
    "c 1:3 0666 0:",
    "c 1:3 0666 0:0 ",
    "c 1:3 0666 0:0 0",
    " c 1:3 0666",
    "c  1:3 0666",
    "c\t1:3 0666",
    "p 1:3 0666",
    "u 1:3 0666",
    "cc 1:3 0666",
    "c -1:3 0666",
    "c 1:+3 0666",
    "c 0x1:3 0666",
    "c 1:3 0888",
    "c 1:3 10000",
    "c 4096:3 0666",
    "c 1:1048576 0666",
    "c 1:3 0666 4294967295:0",
    "c 1:3 0666 0:4294967295",
    "c 1:3 0666 root:root",
    "c 1:3 0666\r\n",
    "c 1:3 0666 # null",
    "c 1:3 0000000000000000000000000000000000000000000000000000000000000666",
};

START_TEST(other_texts_are_files) {
  tree_file(&tree, "/dev/file", no_nodes[_i]);
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  ck_assert_ok(host_stat(host, "/dev/file", 0, &st, &err), &err);
  ck_assert_msg(st.type == DAVIT_FILE_REGULAR, "\"%s\" is taken for a node", no_nodes[_i]);
  ck_assert_uint_eq(st.size, strlen(no_nodes[_i]));
  const char *data;
  ck_assert_ok(host_read_file(host, &arena, "/dev/file", &data, NULL, &err), &err);
  ck_assert_str_eq(data, no_nodes[_i]);
}
END_TEST

START_TEST(zero_byte_makes_no_node) {
  static const char text[] = "c 1:3 0666\0\n";
  tree_file_sized(&tree, "/dev/file", text, sizeof(text) - 1);
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  ck_assert_ok(host_stat(host, "/dev/file", 0, &st, &err), &err);
  ck_assert_uint_eq(st.type, DAVIT_FILE_REGULAR);
}
END_TEST

/* On the machine itself nodes are nodes and texts are texts. */
START_TEST(machine_has_real_nodes) {
  CLEANUP(host) struct host *machine = NULL;
  char path[256];
  ck_assert_ok(host_open("/", &machine, &err), &err);
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  ck_assert_ok(host_stat(machine, "/dev/null", 0, &st, &err), &err);
  ck_assert_uint_eq(st.type, DAVIT_FILE_CHAR);
  ck_assert_uint_eq(st.major, 1);
  ck_assert_uint_eq(st.minor, 3);
  tree_file(&tree, "/text", "c 1:3 0666");
  const char *data;
  tree_path(&tree, "/text", path, sizeof(path));
  ck_assert_ok(host_stat(machine, path, 0, &st, &err), &err);
  ck_assert_uint_eq(st.type, DAVIT_FILE_REGULAR);
  ck_assert_ok(host_read_file(machine, &arena, path, &data, NULL, &err), &err);
  ck_assert_str_eq(data, "c 1:3 0666");
  check_refused(host_read_file(machine, &arena, "/dev/null", &data, NULL, &err), DAVIT_E_INVALID,
                "host.invalid", "/dev/null: not a regular file");
}
END_TEST

/* Dynamic majors and many minors need more than eight bits. */
START_TEST(wide_numbers_of_real_nodes) {
  char path[256];
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  if (mknod(tree_path(&tree, "/node", path, sizeof(path)), S_IFCHR | 0600, makedev(511, 300)) < 0) {
    printf("skipped wide_numbers_of_real_nodes: only root makes device nodes\n");
    return;
  }
  ck_assert_ok(host_stat(host, "/node", 0, &st, &err), &err);
  ck_assert_uint_eq(st.type, DAVIT_FILE_CHAR);
  ck_assert_uint_eq(st.major, 511);
  ck_assert_uint_eq(st.minor, 300);
}
END_TEST

/* A run sees one host: who checks a node is told what its provider was told. */
START_TEST(seen_node_stays_as_it_was) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  tree_file(&tree, "/dev/node", "c 195:0 0660 0:44\n");
  ck_assert_ok(host_stat(host, "/dev/node", DAVIT_STAT_NOFOLLOW, &st, &err), &err);
  tree_file(&tree, "/dev/node", "b 8:1 0600\n");
  for (uint32_t flags = 0; flags <= DAVIT_STAT_NOFOLLOW; flags += DAVIT_STAT_NOFOLLOW) {
    struct davit_stat again = {DAVIT_SIZED(struct davit_stat)};
    ck_assert_ok(host_stat(host, "/dev/node", flags, &again, &err), &err);
    ck_assert_mem_eq(&again, &st, sizeof(st));
  }
}
END_TEST

START_TEST(only_nodes_are_remembered) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  tree_file(&tree, "/node", "c 195:0 0660\n");
  tree_link(&tree, "/link", "node");
  ck_assert_ok(host_stat(host, "/link", 0, &st, &err), &err);
  ck_assert_uint_eq(st.type, DAVIT_FILE_CHAR);
  ck_assert_ok(host_stat(host, "/link", DAVIT_STAT_NOFOLLOW, &st, &err), &err);
  ck_assert_uint_eq(st.type, DAVIT_FILE_LINK);
  ck_assert_ok(host_stat(host, "/link", 0, &st, &err), &err);
  ck_assert_uint_eq(st.type, DAVIT_FILE_CHAR);

  tree_file(&tree, "/file", "text");
  ck_assert_ok(host_stat(host, "/file", DAVIT_STAT_NOFOLLOW, &st, &err), &err);
  tree_file(&tree, "/file", "longer text");
  ck_assert_ok(host_stat(host, "/file", DAVIT_STAT_NOFOLLOW, &st, &err), &err);
  ck_assert_uint_eq(st.size, strlen("longer text"));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("host_stat");
  TCase *tests = tcase_create("stat");
  tcase_add_checked_fixture(tests, open_tree, close_tree);
  tcase_add_test(tests, kinds_are_told);
  tcase_add_test(tests, stat_fills_what_there_is_room_for);
  tcase_add_loop_test(tests, texts_stand_for_nodes, 0, ARRAY_LEN(nodes));
  tcase_add_loop_test(tests, other_texts_are_files, 0, ARRAY_LEN(no_nodes));
  tcase_add_test(tests, zero_byte_makes_no_node);
  tcase_add_test(tests, machine_has_real_nodes);
  tcase_add_test(tests, wide_numbers_of_real_nodes);
  tcase_add_test(tests, seen_node_stays_as_it_was);
  tcase_add_test(tests, only_nodes_are_remembered);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
