/* SPDX-License-Identifier: Apache-2.0 */
/* Four times as much CDI costs at most five times the time and memory: through the whole plugin,
 * from files in a directory to devices. */
#include "plugin_rig.h"
#include "usage.h"

#include "util/cleanup.h"

enum {
  MOST = 5 /* times what a quarter costs */
};

static void write_device(FILE *file, size_t number) {
  fprintf(file,
          "- name: npu%zu\n"
          "  containerEdits:\n"
          "    env: [NPU_%zu=on]\n"
          "    deviceNodes:\n"
          "    - {path: /dev/npu%zu, type: c, major: 89, minor: %zu, fileMode: 0660}\n"
          "    - {path: /dev/npu%zu-queue, hostPath: /dev/queue%zu}\n"
          "    hooks: [{hookName: createContainer, path: /bin/hook, args: [hook, --npu=%zu]}]\n",
          number, number, number, number, number, number, number);
}

static FILE *new_file(struct rig *rig, const char *name) {
  char path[512];
  put(rig, name, "");
  FILE *file = fopen(tree_path(&rig->tree, name, path, sizeof(path)), "we");
  ck_assert_ptr_nonnull(file);
  fputs("cdiVersion: 0.6.0\nkind: acme.com/npu\ndevices:\n", file);
  return file;
}

static void write_devices(struct rig *rig, size_t n) {
  CLEANUP(file) FILE *file = new_file(rig, "/etc/cdi/a.yaml");
  for (size_t i = 0; i < n; i++)
    write_device(file, i);
}

static void write_json(struct rig *rig, size_t n) {
  CLEANUP(file) FILE *file = new_file(rig, "/etc/cdi/a.json");
  rewind(file);
  fputs("{\"cdiVersion\": \"0.6.0\", \"kind\": \"acme.com/npu\", \"devices\": [", file);
  for (size_t i = 0; i < n; i++)
    fprintf(file,
            "%s\n {\"name\": \"npu%zu\", \"containerEdits\": {\"env\": [\"NPU_%zu=on\"], "
            "\"deviceNodes\": [{\"path\": \"/dev/npu%zu\"}]}}",
            i ? "," : "", i, i, i);
  fputs("]}\n", file);
}

/* Each has devices that another one has too. */
static void write_files(struct rig *rig, size_t n) {
  for (size_t i = 0; i < n; i++) {
    CLEANUP(file) FILE *file = new_file(rig, arena_printf(&rig->arena, "/etc/cdi/%zu.yaml", i));
    for (size_t device = 0; device < 8; device++)
      write_device(file, i * 7 + device);
  }
}

static void write_broken_files(struct rig *rig, size_t n) {
  for (size_t i = 0; i < n; i++) {
    CLEANUP(file) FILE *file = new_file(rig, arena_printf(&rig->arena, "/etc/cdi/%zu.yaml", i));
    for (size_t device = 0; device < 8; device++)
      write_device(file, 0);
  }
}

static void write_text(struct rig *rig, size_t n) {
  CLEANUP(file) FILE *file = new_file(rig, "/etc/cdi/a.yaml");
  fputs("- name: npu0\n  containerEdits:\n    env:\n    - A=", file);
  for (size_t i = 0; i < n; i++)
    fputc('x', file);
  fputs("\n", file);
}

static void write_variables(struct rig *rig, size_t n) {
  CLEANUP(file) FILE *file = new_file(rig, "/etc/cdi/a.yaml");
  fputs("- name: npu0\n  containerEdits:\n    env:\n", file);
  for (size_t i = 0; i < n / 16; i++)
    fprintf(file, "    - A%04zu=value\n", i);
}

static void write_mistakes(struct rig *rig, size_t n) {
  CLEANUP(file) FILE *file = new_file(rig, "/etc/cdi/a.yaml");
  for (size_t i = 0; i < n; i++)
    fprintf(file, "- {nmae: npu%zu, containerEdits: {env: [A], mount: []}}\n", i);
}

static void write_unknown_keys(struct rig *rig, size_t n) {
  CLEANUP(file) FILE *file = new_file(rig, "/etc/cdi/a.yaml");
  for (size_t i = 0; i < n; i++)
    fprintf(file, "k%zu: v\n", i);
}

static const struct {
  const char *name;
  void (*write)(struct rig *rig, size_t n);
  size_t n;
  bool is_broken;
} loads[] = {
    {"devices in a file", write_devices, 2500, false},
    {"devices in a file of JSON", write_json, 2500, false},
    {"files", write_files, 250, false},
    {"broken files", write_broken_files, 500, true},
    {"bytes in a text", write_text, 250000, false},
    {"bytes of variables", write_variables, 250000, false},
    {"mistakes in a file", write_mistakes, 2500, true},
    {"unknown keys", write_unknown_keys, 2500, true},
};

struct load {
  struct rig *rig;
  bool is_broken;
};

static void enumerate(void *user) {
  const struct load *load = user;
  struct rig *rig = load->rig;
  const struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = "acme"};
  rig_open(rig, "cdi", NULL);
  if (instance_enumerate(rig->instance, &rig->arena, &query, &rig->inventory, &rig->err) < 0 ||
      (rig->inventory.answer < 0) != load->is_broken ||
      (rig->inventory.count > 0) == load->is_broken)
    _exit(1);
}

static struct usage usage_of_load(int number, size_t n) {
  struct rig rig;
  rig_begin(&rig);
  loads[number].write(&rig, n);
  struct usage usage = usage_of(enumerate, &(struct load){&rig, loads[number].is_broken});
  rig_end(&rig);
  return usage;
}

static void keep_less(struct usage *best, struct usage other) {
  best->seconds = other.seconds < best->seconds ? other.seconds : best->seconds;
  best->kibibytes = other.kibibytes < best->kibibytes ? other.kibibytes : best->kibibytes;
}

/* A millisecond is what a machine may add to either. */
static bool takes_too_long(struct usage one, struct usage four) {
  return four.seconds > MOST * (one.seconds + 1e-3);
}

/* What else the machine does may fall on one of the two: then both are measured again, and the
 * least of each counts. What really grows faster stays so. */
START_TEST(costs_grow_with_the_specs) {
  enum {
    ROUNDS = 8
  };
  size_t n = loads[_i].n;
  struct usage one = usage_of_load(_i, n), four = usage_of_load(_i, 4 * n);
  for (int i = 1; i < ROUNDS && takes_too_long(one, four); i++) {
    keep_less(&one, usage_of_load(_i, n));
    keep_less(&four, usage_of_load(_i, 4 * n));
  }
  const char *name = loads[_i].name;
  ck_assert_msg(!takes_too_long(one, four), "%s: %g s, four times as many: %g s", name, one.seconds,
                four.seconds);
  /* A mebibyte likewise. */
  ck_assert_msg(four.kibibytes <= MOST * (one.kibibytes + 1024),
                "%s: %g KiB, four times as many: %g KiB", name, one.kibibytes, four.kibibytes);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_scale");
  TCase *tests = tcase_create("cdi_scale");
  tcase_add_loop_test(tests, costs_grow_with_the_specs, 0, ARRAY_LEN(loads));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
