/* SPDX-License-Identifier: Apache-2.0 */
/* Written CDI files against the reference implementation's tests of its writer. A row has the id
 * that the analysis of those tests gives it, what is expected, and whether that is the same as in
 * the reference or better, with the reason. */
#include "generate_rig.h"

#include <dirent.h>

#include "api/spec_file.h"
#include "plugin/edit.h"
#include "plugin/provide.h"

/* ---- a directory of CDI files --------------------------------------------------------------- */

/* Beside the host: CDI files are the caller's. */
static const char *spec_dir(struct generate_rig *rig) {
  const char *path = below(&rig->dir, "cdi");
  struct stat st;
  return stat(path, &st) == 0 ? path : make_dir(&rig->dir, "cdi");
}

static void set_up(struct generate_rig *rig) {
  rig_set_up(rig);
  rig_install(rig, "wide-serves");
  rig->dirs[rig->dir_count++] = TEST_PLUGINS; /* cdi.so */
  rig_open(rig, "plain", NULL);
}

static int write_as(struct generate_rig *rig, const char *name, enum doc_format format,
                    bool keeps) {
  CLEANUP(free) char *text = rig_print(rig, format);
  const struct spec_place place = {.dir = spec_dir(rig), .name = name};
  return spec_file_write(&place, text, strlen(text), keeps, &rig->err);
}

static void generate(struct generate_rig *rig, const char *kind) {
  ck_assert_ok(rig_generate(rig, "wide", kind), &rig->err);
}

static void write_new(struct generate_rig *rig, const char *name, const char *kind) {
  generate(rig, kind);
  ck_assert_ok(write_as(rig, name, DOC_FORMAT_JSON, false), &rig->err);
}

static char *read_back(struct generate_rig *rig, const char *name) {
  const char *path = arena_printf(&rig->dir.arena, "%s/%s", spec_dir(rig), name);
  CLEANUP(file) FILE *file = fopen(path, "re");
  ck_assert_msg(file != NULL, "%s is not there", path);
  char *text = NULL;
  size_t size = 0;
  ck_assert_int_gt(getdelim(&text, &size, '\0', file), 0);
  return text;
}

/* What the reader of CDI files finds in the directory: "KIND=NAME FILE" of each device. */
static const char *list_devices(struct generate_rig *rig) {
  struct providers *providers = NULL;
  const char *dirs[] = {TEST_PLUGINS, NULL};
  const struct request_option dir = {.plugin = "cdi", .key = "dir", .value = spec_dir(rig)};
  CLEANUP(host) struct host *caller = NULL;
  ck_assert_ok(host_open("/", &caller, &rig->err), &rig->err);
  const struct provider_settings settings = {.path = {.dirs = dirs, .allow_untrusted = true},
                                             .host = rig->host,
                                             .caller = caller,
                                             .log = &rig->log,
                                             .provider = "cdi",
                                             .options = &dir,
                                             .option_count = 1};
  const struct provider_device *const *devices;
  const char *text = "";
  ck_assert_ok(providers_open(&rig->dir.arena, &settings, &providers, &rig->err), &rig->err);
  ck_assert_ok(providers_devices(providers, &rig->dir.arena, NULL, &devices, &rig->err), &rig->err);
  for (; *devices; devices++) {
    const struct davit_device *device = (*devices)->device;
    ck_assert_msg(!device->unusable, "%s: %s", device->id, device->unusable);
    text = arena_printf(&rig->dir.arena, "%s%s=%s %s\n", text, device->kind, device->id,
                        device->file + strlen(spec_dir(rig)) + 1);
  }
  providers_close(providers);
  return text;
}

/* Files in the directory, of any name. */
static int count_files(struct generate_rig *rig) {
  CLEANUP(dir) DIR *dir = opendir(spec_dir(rig));
  int count = 0;
  for (const struct dirent *entry; (entry = readdir(dir));)
    count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
  return count;
}

/* The only file, and what is in it. */
static void check_file(struct generate_rig *rig, const char *name, const char *wanted) {
  CLEANUP(free) char *text = read_back(rig, name);
  ck_assert_str_eq(text, wanted);
  ck_assert_int_eq(count_files(rig), 1);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void s12_version(struct generate_rig *rig) {
  generate(rig, NULL);
  ck_assert_str_eq(generated_version(rig->spec), "0.5.0");
}

static void s12_no_devices(struct generate_rig *rig) {
  struct generate_rig nothing;
  (void)rig;
  rig_set_up(&nothing);
  rig_install(&nothing, "acme-nothing");
  rig_open(&nothing, "plain", NULL);
  ck_assert_int_eq(rig_generate(&nothing, "acme", NULL), DAVIT_E_NOT_FOUND);
  ck_assert_error(&nothing.err, "cdi.no-devices", "CDI file without devices is none");
  cleanup_generate_rig(&nothing);
}

static void s13_write_twice(struct generate_rig *rig) {
  generate(rig, NULL);
  ck_assert_ok(write_as(rig, "a.json", DOC_FORMAT_JSON, true), &rig->err);
  CLEANUP(free) char *first = rig_print(rig, DOC_FORMAT_JSON);
  check_file(rig, "a.json", first);
  generate(rig, "other.org/npu");
  ck_assert_int_eq(write_as(rig, "a.json", DOC_FORMAT_JSON, true), DAVIT_E_INVALID);
  ck_assert_error(&rig->err, "cdi.write", "is there already");
  check_file(rig, "a.json", first);
}

static void s13_replace(struct generate_rig *rig) {
  write_new(rig, "a.json", NULL);
  write_new(rig, "a.json", "other.org/npu");
  CLEANUP(free) char *second = rig_print(rig, DOC_FORMAT_JSON);
  check_file(rig, "a.json", second);
}

static void s14_getters(struct generate_rig *rig) {
  generate(rig, "vendor1.com/device");
  ck_assert_ok(write_as(rig, "vendor1.yaml", DOC_FORMAT_YAML, false), &rig->err);
  ck_assert_str_eq(list_devices(rig), "vendor1.com/device=0 vendor1.yaml\n"
                                      "vendor1.com/device=WIDE-0000 vendor1.yaml\n"
                                      "vendor1.com/device=WIDE-1111 vendor1.yaml\n"
                                      "vendor1.com/device=a vendor1.yaml\n"
                                      "vendor1.com/device=b vendor1.yaml\n"
                                      "vendor1.com/device=front vendor1.yaml\n"
                                      "vendor1.com/device=all vendor1.yaml\n");
}

static void k17_bad_kind(struct generate_rig *rig) {
  ck_assert_int_eq(rig_generate(rig, "wide", "vendor"), DAVIT_E_INVALID);
  ck_assert_error(&rig->err, "cdi.bad-kind", "\"vendor\"");
}

static const struct doc_node *parse(struct generate_rig *rig, enum doc_format format) {
  CLEANUP(free) char *text = rig_print(rig, format);
  const struct doc_source source = {.file = "f", .text = text, .size = strlen(text), .code = "a.b"};
  const struct doc_node *root;
  ck_assert_ok(format == DOC_FORMAT_JSON
                   ? doc_parse_json(&rig->dir.arena, &source, &root, &rig->err)
                   : doc_parse_yaml(&rig->dir.arena, &source, &root, &rig->err),
               &rig->err);
  return root;
}

/* One line a value, "devices[0].name = a". */
static const char *flatten(struct arena *arena, const struct doc_node *node) {
  if (node->kind == DOC_SCALAR)
    return arena_printf(arena, "%s = %s (%d)\n", doc_path(arena, node), node->text, node->type);
  const char *text = "";
  for (size_t i = 0; i < node->count; i++)
    text = arena_printf(arena, "%s%s", text, flatten(arena, node->values[i]));
  return text;
}

/* The reader takes both forms, and they say the same. */
static void k17_good(struct generate_rig *rig) {
  generate(rig, "v1.com/npu");
  ck_assert_str_eq(flatten(&rig->dir.arena, parse(rig, DOC_FORMAT_JSON)),
                   flatten(&rig->dir.arena, parse(rig, DOC_FORMAT_YAML)));
  ck_assert_ok(write_as(rig, "a.json", DOC_FORMAT_JSON, false), &rig->err);
  const char *json = list_devices(rig);
  generate(rig, "v2.com/npu");
  ck_assert_ok(write_as(rig, "b.yaml", DOC_FORMAT_YAML, false), &rig->err);
  ck_assert_uint_eq(strlen(list_devices(rig)), 2 * strlen(json));
}

/* Three files come and go; each list has exactly the devices of those that are there. */
static void k18_come_and_go(struct generate_rig *rig) {
  static const char *const kinds[] = {"v1.com/d", "v2.com/d", "v3.com/d"};
  const char *lists[4] = {""};
  const char *names[3];
  for (size_t i = 0; i < 3; i++) {
    ck_assert_ok(spec_file_name(&rig->dir.arena, kinds[i], DOC_FORMAT_JSON, &names[i], &rig->err),
                 &rig->err);
    write_new(rig, names[i], kinds[i]);
    lists[i + 1] = list_devices(rig);
    ck_assert_uint_eq(strlen(lists[i + 1]), (i + 1) * strlen(lists[1]));
    ck_assert_contains(lists[i + 1], kinds[i]);
    ck_assert_int_eq(count_files(rig), (int)i + 1);
  }
  for (size_t i = 3; i-- > 0;) {
    const char *path = arena_printf(&rig->dir.arena, "%s/%s", spec_dir(rig), names[i]);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_str_eq(list_devices(rig), lists[i]);
  }
}

static void k19_name(struct generate_rig *rig) {
  const char *name;
  ck_assert_ok(spec_file_name(&rig->dir.arena, "vendor.com/gpu", DOC_FORMAT_YAML, &name, &rig->err),
               &rig->err);
  ck_assert_str_eq(name, "vendor.com-gpu.yaml");
  ck_assert_int_eq(spec_file_name(&rig->dir.arena, "vendor.com", DOC_FORMAT_YAML, &name, &rig->err),
                   DAVIT_E_INVALID);
  ck_assert_error(&rig->err, "cdi.bad-kind", "\"vendor.com\"");
}

/* Reference report, 1.5, "Library writer": P, found by probing. */
static void p_names(struct generate_rig *rig) {
  static const char *const names[] = {"../a.json", "a/b.json", "..",    "",       "a",
                                      "a.yml",     ".json",    "a.txt", ".a.json"};
  generate(rig, NULL);
  for (size_t i = 0; i < ARRAY_LEN(names); i++) {
    CLEANUP(error) struct davit_error why = {0};
    const struct spec_place place = {.dir = spec_dir(rig), .name = names[i]};
    ck_assert_int_eq(spec_file_write(&place, "{}", 2, false, &why), DAVIT_E_INVALID);
    ck_assert_error(&why, "cdi.write", "no name of a CDI file");
  }
  ck_assert_int_eq(count_files(rig), 0);
}

static void p_mode(struct generate_rig *rig) {
  struct stat st;
  umask(077);
  write_new(rig, "a.json", NULL);
  ck_assert_int_eq(stat(arena_printf(&rig->dir.arena, "%s/a.json", spec_dir(rig)), &st), 0);
  ck_assert_int_eq(st.st_mode & 07777, 0644);
}

enum verdict {
  SAME,
  BETTER
}; /* than the reference */

static const struct row {
  const char *id;
  void (*check)(struct generate_rig *rig);
  enum verdict verdict;
  const char *reason;
} rows[] = {
    {"S12 version", s12_version, BETTER, "it is computed, so that none can be missing"},
    {"S12 devices", s12_no_devices, SAME, "a file without devices is refused"},
    {"S13 keep", s13_write_twice, SAME, "the second is refused and the first is as it was"},
    {"S13 replace", s13_replace, BETTER, "one rename after fsync: never half a file, nor two"},
    {"S14", s14_getters, SAME, "file, kind and devices are those that were written"},
    {"K17 bad", k17_bad_kind, SAME, "a kind without a slash is refused"},
    {"K17 good", k17_good, BETTER,
     "both forms read back alike; the reference's JSON is never read"},
    {"K18", k18_come_and_go, BETTER, "names are of the kind: no two files need an id in theirs"},
    {"K19", k19_name, SAME, "no name for what is no kind"},
    {"P names", p_names, BETTER,
     "\"/\" and \"..\" are refused; nor is \".yaml\" put behind others"},
    {"P mode", p_mode, BETTER, "0644, whatever the umask: users without root read it too"},
};

START_TEST(row) {
  CLEANUP(generate_rig) struct generate_rig rig;
  set_up(&rig);
  printf("%s, %s: %s\n", rows[_i].id, rows[_i].verdict == BETTER ? "better" : "same",
         rows[_i].reason);
  rows[_i].check(&rig);
}
END_TEST

/* As readers spell it: the check for conflicts compares the two. */
START_TEST(a_path_has_no_slash_too_many) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  static const char *const outputs[] = {"/acme.json", "/tmp/../acme.json", "//acme.json"};
  for (size_t i = 0; i < ARRAY_LEN(outputs); i++) {
    struct spec_place place;
    ck_assert_ok(spec_place_find(&arena, outputs[i], &place, &err), &err);
    ck_assert_str_eq(spec_place_path(&arena, &place), "/acme.json");
  }
}
END_TEST

/* A file that all may read in a directory that they may not enter is read by nobody. */
START_TEST(a_new_directory_may_be_read_by_all) {
  CLEANUP(generate_rig) struct generate_rig rig;
  set_up(&rig);
  const char *dir = arena_printf(&rig.dir.arena, "%s/new", spec_dir(&rig));
  const struct spec_place place = {.dir = dir, .name = "a.json", .is_new = true};
  struct stat st;
  umask(077);
  ck_assert_ok(spec_file_write(&place, "{}", 2, false, &rig.err), &rig.err);
  ck_assert_int_eq(stat(dir, &st), 0);
  ck_assert_int_eq(st.st_mode & 07777, 0755);
}
END_TEST

/* ---- the version ---------------------------------------------------------------------------- */

#define NODE_EDIT(node_path, from, gid_of_host) \
  {                                             \
    .kind = EDIT_NODE, .node = {                \
      .device = {.path = (node_path)},          \
      .host_path = (from),                      \
      .group = (gid_of_host)                    \
    }                                           \
  }
#define RDT(key, text)                                                \
  {                                                                   \
    .kind = EDIT_INTEL_RDT, .pair = {.name = (key), .value = (text) } \
  }

static const char *const bind_options[] = {"ro", "rbind", NULL}, *const size_option[] = {"size=1m",
                                                                                         NULL};

/* The least version of a spec with one edit, in the device and then in the spec as a whole. V5 and
 * what else has annotations is never written. */
static const struct {
  const char *id;
  const char *kind, *device;
  struct edit edit;
  const char *version;
} versions[] = {
    {"V1", "vendor.com/device", "dev1", NODE_EDIT("/dev/a", "/dev/a", 0), "0.3.0"},
    {"V1 bind",
     "vendor.com/device",
     "dev1",
     {.kind = EDIT_MOUNT, .mount = {"/a", "bind", "/b", bind_options}},
     "0.3.0"},
    {"V2",
     "vendor.com/device",
     "dev1",
     {.kind = EDIT_MOUNT, .mount = {"/a", "tmpfs", "tmpfs", size_option}},
     "0.4.0"},
    {"V2 bind",
     "vendor.com/device",
     "dev1",
     {.kind = EDIT_MOUNT, .mount = {"/a", "bind", "/b", size_option}},
     "0.4.0"},
    {"V3", "vendor.com/device", "dev1", NODE_EDIT("/dev/a", "/dev/b", 0), "0.5.0"},
    {"V4 0", "vendor.com/device", "0", NODE_EDIT("/dev/a", "/dev/a", 0), "0.5.0"},
    {"V4 0example", "vendor.com/device", "0example", NODE_EDIT("/dev/a", "/dev/a", 0), "0.5.0"},
    {"V4 device0", "vendor.com/device", "device0", NODE_EDIT("/dev/a", "/dev/a", 0), "0.3.0"},
    {"V6", "vendor.com/dev.ice", "dev1", NODE_EDIT("/dev/a", "/dev/a", 0), "0.6.0"},
    {"V7", "vendor.com/device", "dev1", {.kind = EDIT_GID, .gid = 5}, "0.7.0"},
    {"V7 node", "vendor.com/device", "dev1", NODE_EDIT("/dev/a", "/dev/a", 5), "0.7.0"},
    {"V8", "vendor.com/device", "dev1", RDT("", ""), "0.7.0"},
    {"V8 closID", "vendor.com/device", "dev1", RDT("closID", "a"), "0.7.0"},
    {"V9", "vendor.com/device", "dev1", RDT("schemata", "MB:0=1"), "1.1.0"},
    {"V10", "vendor.com/device", "dev1", RDT("enableMonitoring", "true"), "1.1.0"},
    {"V10 false", "vendor.com/device", "dev1", RDT("enableMonitoring", "false"), "0.7.0"},
    {"V11",
     "vendor.com/device",
     "dev1",
     {.kind = EDIT_NET_DEVICE, .pair = {.name = "a", .value = "b"}},
     "1.1.0"},
};

START_TEST(version) {
  struct edit edit = versions[_i].edit, other = NODE_EDIT("/dev/z", "/dev/z", 0);
  void *with[] = {&edit, NULL}, *without[] = {&other, NULL};
  for (int in_device = 0; in_device < 2; in_device++) {
    struct generated_device device = {versions[_i].device, {in_device ? with : without, 1, 1}};
    void *devices[] = {&device, NULL};
    const struct generated_spec spec = {
        versions[_i].kind, {in_device ? without : with, 1, 1}, {devices, 1, 1}};
    ck_assert_msg(strcmp(generated_version(&spec), versions[_i].version) == 0, "%s: %s",
                  versions[_i].id, generated_version(&spec));
  }
}
END_TEST

/* V13: gids and a net device, without the annotation. */
START_TEST(the_newest_need_counts) {
  struct edit gid = {.kind = EDIT_GID, .gid = 5};
  struct edit nic = {.kind = EDIT_NET_DEVICE, .pair = {.name = "a", .value = "b"}};
  void *edits[] = {&gid, &nic, NULL};
  struct generated_device device = {"0", {edits, 2, 2}};
  void *devices[] = {&device, NULL};
  const struct generated_spec spec = {"vendor.com/device", {0}, {devices, 1, 1}};
  ck_assert_str_eq(generated_version(&spec), "1.1.0");
}
END_TEST

/* ---- conflicts ------------------------------------------------------------------------------ */

static const char other_file[] = "cdiVersion: 0.5.0\nkind: wide.com/npu\ndevices:\n"
                                 "- {name: \"0\", containerEdits: {env: [A=1]}}\n";

static const struct {
  const char *file; /* that is there already */
  const char *kind; /* of ours */
  bool conflicts;
} places[] = {
    {"vendor.yaml", "wide.com/npu", true},
    {"vendor.yaml", "davit.local/npu", false},
    {"ours.json", "wide.com/npu", false}, /* is replaced */
};

START_TEST(a_conflict_is_refused) {
  CLEANUP(generate_rig) struct generate_rig rig;
  rig_set_up(&rig);
  rig_install(&rig, "wide-serves");
  rig.dirs[rig.dir_count++] = TEST_PLUGINS;
  make_dir(&rig.dir, "cdi");
  make_file(&rig.dir, arena_printf(&rig.dir.arena, "cdi/%s", places[_i].file), other_file);
  rig_open(&rig, "plain", "/cdi");
  ck_assert_ok(rig_generate(&rig, "wide", places[_i].kind), &rig.err);
  int answer =
      generate_check_place(rig.providers, &rig.dir.arena, rig.spec, "/cdi/ours.json", &rig.err);
  ck_assert_int_eq(answer, places[_i].conflicts ? DAVIT_E_INVALID : DAVIT_OK);
  if (places[_i].conflicts)
    ck_assert_error(&rig.err, "cdi.would-conflict",
                    "/cdi/ours.json would define wide.com/npu=0, which /cdi/vendor.yaml defines");
}
END_TEST

/* Two others of which one is about to be replaced, and the other stays. */
START_TEST(a_conflict_that_is_there_is_refused) {
  CLEANUP(generate_rig) struct generate_rig rig;
  rig_set_up(&rig);
  rig_install(&rig, "wide-serves");
  rig.dirs[rig.dir_count++] = TEST_PLUGINS;
  make_dir(&rig.dir, "cdi");
  make_file(&rig.dir, "cdi/ours.yaml", other_file);
  make_file(&rig.dir, "cdi/vendor.yaml", other_file);
  rig_open(&rig, "plain", "/cdi");
  ck_assert_ok(rig_generate(&rig, "wide", NULL), &rig.err);
  ck_assert_int_eq(
      generate_check_place(rig.providers, &rig.dir.arena, rig.spec, "/cdi/ours.yaml", &rig.err),
      DAVIT_E_INVALID);
  ck_assert_error(&rig.err, "cdi.would-conflict", "/cdi/vendor.yaml");
}
END_TEST

START_TEST(without_the_cdi_plugin_nobody_can_tell) {
  CLEANUP(generate_rig) struct generate_rig rig;
  rig_set_up(&rig);
  rig_install(&rig, "wide-serves");
  rig_open(&rig, "plain", NULL);
  ck_assert_ok(rig_generate(&rig, "wide", NULL), &rig.err);
  ck_assert_ok(
      generate_check_place(rig.providers, &rig.dir.arena, rig.spec, "/cdi/a.json", &rig.err),
      &rig.err);
  ck_assert_contains(rig.logged, "cdi.not-checked ");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_write");
  TCase *tcase = tcase_create("cdi_write");
  tcase_add_loop_test(tcase, row, 0, ARRAY_LEN(rows));
  tcase_add_test(tcase, a_path_has_no_slash_too_many);
  tcase_add_test(tcase, a_new_directory_may_be_read_by_all);
  tcase_add_loop_test(tcase, version, 0, ARRAY_LEN(versions));
  tcase_add_test(tcase, the_newest_need_counts);
  tcase_add_loop_test(tcase, a_conflict_is_refused, 0, ARRAY_LEN(places));
  tcase_add_test(tcase, a_conflict_that_is_there_is_refused);
  tcase_add_test(tcase, without_the_cdi_plugin_nobody_can_tell);
  suite_add_tcase(suite, tcase);
  return run_suite(suite);
}
