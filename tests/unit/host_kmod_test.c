/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel modules of a fixture host: /sys/module first, then the index files of modprobe. */
#include "host_tree.h"

#include <dlfcn.h>

#include "host/host.h"
#include "util/cleanup.h"

static struct tree tree;
static struct host *host;
static struct davit_error err;

/* ---- modprobe's index files, big endian as depmod writes them ----------------------------- */

struct index_file {
  unsigned char data[4096];
  size_t size;
};

static void put_u32(struct index_file *index, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; i++)
    index->data[at + i] = (unsigned char)(value >> (24 - 8 * i));
}

static void add_u32(struct index_file *index, uint32_t value) {
  put_u32(index, index->size, value);
  index->size += 4;
}

static void add_text(struct index_file *index, const char *text) {
  strcpy((char *)index->data + index->size, text);
  index->size += strlen(text) + 1;
}

/* A tree of two levels: the first letter of the key, then the rest of it with its one value. The
 * keys differ in their first letters. */
static void write_index(const char *path, const char *const (*pairs)[2], size_t count) {
  const uint32_t has_prefix = 0x80000000u, has_values = 0x40000000u, has_children = 0x20000000u;
  const char first = 'a', last = 'z';
  static struct index_file index;
  memset(&index, 0, sizeof(index));
  add_u32(&index, 0xb007f457); /* magic */
  add_u32(&index, 0x00020001); /* version */
  add_u32(&index, (uint32_t)(index.size + 4) | has_children);
  index.data[index.size++] = (unsigned char)first;
  index.data[index.size++] = (unsigned char)last;
  size_t children = index.size;
  index.size += 4 * (size_t)(last - first + 1);
  for (size_t i = 0; i < count; i++) {
    const char *key = pairs[i][0];
    put_u32(&index, children + 4 * (size_t)(key[0] - first),
            (uint32_t)index.size | has_prefix | has_values);
    add_text(&index, key + 1);
    add_u32(&index, 1); /* values */
    add_u32(&index, 0); /* priority */
    add_text(&index, pairs[i][1]);
  }
  tree_file_sized(&tree, path, index.data, index.size);
}

/* ---- tests -------------------------------------------------------------------------------- */

static void open_tree(void) {
  static const char *const on_disk[][2] = {
      {"nvidia_uvm", "kernel/drivers/video/nvidia-uvm.ko.xz:"},
      {"amdgpu", "kernel/drivers/gpu/amdgpu.ko:"},
      {"live_too", "kernel/live-too.ko:"},
  };
  static const char *const built_in[][2] = {{"fuse", ""}};
  tree_new(&tree);
  memset(&err, 0, sizeof(err));
  tree_file(&tree, "/sys/module/live_too/initstate", "live\n");
  tree_file(&tree, "/sys/module/starting/initstate", "coming\n");
  tree_file(&tree, "/sys/module/leaving/initstate", "going\n");
  tree_file(&tree, "/sys/module/vt/parameters/color", "7\n");
  write_index("/lib/modules/6.1.0-test/modules.dep.bin", on_disk, ARRAY_LEN(on_disk));
  write_index("/lib/modules/6.1.0-test/modules.builtin.bin", built_in, ARRAY_LEN(built_in));
  tree_file(&tree, "/etc/modprobe.d/blacklist.conf",
            "# no\nblacklist amdgpu\nblacklist live-too\n");
  ck_assert_ok(host_open(tree.root, &host, &err), &err);
}

static void close_tree(void) {
  host_close(host);
  error_clear(&err);
  cleanup_tree(&tree);
}

static bool have_libkmod(void) {
  void *library = dlopen("libkmod.so.2", RTLD_LAZY | RTLD_LOCAL);
  if (library)
    dlclose(library);
  return library != NULL;
}

static const struct {
  const char *name;
  uint32_t state;
  bool needs_libkmod;
} modules[] = {
    {"live_too", DAVIT_KMOD_LIVE, false}, /* loaded in spite of the blacklist */
    {"live-too", DAVIT_KMOD_LIVE, false},      {"starting", DAVIT_KMOD_CHANGING, false},
    {"leaving", DAVIT_KMOD_CHANGING, false},   {"vt", DAVIT_KMOD_BUILTIN, false},
    {"fuse", DAVIT_KMOD_BUILTIN, true},        {"nvidia_uvm", DAVIT_KMOD_LOADABLE, true},
    {"nvidia-uvm", DAVIT_KMOD_LOADABLE, true}, {"amdgpu", DAVIT_KMOD_BLACKLISTED, true},
    {"nouveau", DAVIT_KMOD_UNKNOWN, false},
};

START_TEST(states) {
  uint32_t state = 99;
  if (modules[_i].needs_libkmod && !have_libkmod()) {
    printf("skipped %s: libkmod.so.2 is not installed\n", modules[_i].name);
    return;
  }
  ck_assert_ok(host_kernel_module(host, modules[_i].name, &state, &err), &err);
  ck_assert_msg(state == modules[_i].state, "%s is %u", modules[_i].name, state);
}
END_TEST

/* Two kernels installed and no way to tell which one runs. */
START_TEST(two_releases_tell_nothing) {
  uint32_t state = 99;
  tree_dir(&tree, "/lib/modules/6.2.0-test");
  ck_assert_ok(host_kernel_module(host, "nvidia_uvm", &state, &err), &err);
  ck_assert_uint_eq(state, DAVIT_KMOD_UNKNOWN);
}
END_TEST

/* libkmod would look into the /sys of the machine: what is live there is not live in a fixture. */
START_TEST(modules_of_the_machine_stay_out) {
  CLEANUP(host) struct host *machine = NULL;
  CLEANUP(arena) struct arena arena = {0};
  const char *const *names;
  ck_assert_ok(host_open("/", &machine, &err), &err);
  ck_assert_ok(host_list_dir(machine, &arena, "/sys/module", &names, &err), &err);
  for (; *names; names++) {
    uint32_t state = 99;
    if (strcmp(*names, "vt") == 0) /* in both */
      continue;
    ck_assert_ok(host_kernel_module(host, *names, &state, &err), &err);
    ck_assert_msg(state <= DAVIT_KMOD_BLACKLISTED || strcmp(*names, "fuse") == 0, "%s is %u",
                  *names, state);
  }
  /* the kernel itself has parameters everywhere */
  uint32_t state = 99;
  ck_assert_ok(host_kernel_module(machine, "kernel", &state, &err), &err);
  ck_assert_uint_eq(state, DAVIT_KMOD_BUILTIN);
}
END_TEST

static const char *const bad_names[] = {"",
                                        ".",
                                        "..",
                                        "../module/live_too",
                                        "live too",
                                        "live_too\n",
                                        "n/a",
                                        "n\xc3\xa4me",
                                        "a123456789a123456789a123456789a123456789a123456789a12345"};

START_TEST(names_are_checked) {
  uint32_t state = 99;
  ck_assert_int_eq(host_kernel_module(host, bad_names[_i], &state, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "host.module-name", bad_names[_i]);
  ck_assert_error(&err, "host.module-name", "a name as in /proc/modules");
  ck_assert_uint_eq(state, 99);
}
END_TEST

START_TEST(link_loop_is_an_error) {
  uint32_t state = 99;
  tree_link(&tree, "/sys/module/loop", "loop");
  ck_assert_int_eq(host_kernel_module(host, "loop", &state, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "host.invalid", "/sys/module/loop");
  ck_assert_uint_eq(state, 99);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("host_kmod");
  TCase *tests = tcase_create("kmod");
  tcase_add_checked_fixture(tests, open_tree, close_tree);
  tcase_add_loop_test(tests, states, 0, ARRAY_LEN(modules));
  tcase_add_test(tests, two_releases_tell_nothing);
  tcase_add_test(tests, modules_of_the_machine_stay_out);
  tcase_add_loop_test(tests, names_are_checked, 0, ARRAY_LEN(bad_names));
  tcase_add_test(tests, link_loop_is_an_error);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
