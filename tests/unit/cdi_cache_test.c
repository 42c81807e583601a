/* SPDX-License-Identifier: Apache-2.0 */
/* Which definition of a device counts, and when changes are seen: the rows K1 to K39 of the report
 * on the reference implementation, but K17 to K19 on writing specs, which are in cdi_write_test.c.
 *
 * The reference watches directories and keeps what it read; davit reads at each use, so that for it
 * each row on a cache is one on files that change between two uses. */
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "cdi_rig.h"

#define KIND "v.com/c"

static struct rig rig;

static void begin(void) {
  rig_begin(&rig);
  put_node(&rig, "/dev/null", "1:3");
}

static void end(void) {
  rig_end(&rig);
}

static const char *path_of(const char *path) {
  char buffer[512];
  return arena_strdup(&rig.arena, tree_path(&rig.tree, path, buffer, sizeof(buffer)));
}

/* A spec of these devices (blanks between), each of which says in FROM which file it is from. */
static const char *spec_of(const char *path, const char *kind, const char *devices) {
  const char *text = arena_printf(&rig.arena, "cdiVersion: 0.6.0\nkind: %s\ndevices:\n", kind);
  char *rest = arena_strdup(&rig.arena, devices);
  for (char *device; (device = strsep(&rest, " "));)
    text = arena_printf(&rig.arena, "%s- {name: %s, containerEdits: {env: ['FROM=%s']}}\n", text,
                        device, path);
  return text;
}

static void put_spec(const char *path, const char *devices) {
  put(&rig, path, spec_of(path, KIND, devices));
}

/* ---- what there is -------------------------------------------------------------------------- */

/* "NAME FILE" of each device, with commas between; "NAME -" of one that nobody can have. Then what
 * is broken, one a line. Each listing is a use of its own. */
static const char *listing_in(const char *const *directories) {
  rig_open_dirs(&rig, rig.tree.root, NULL, "dir", directories);
  const struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = NULL};
  ck_assert_ok(instance_enumerate(rig.instance, &rig.arena, &query, &rig.inventory, &rig.err),
               &rig.err);
  const char *text = "";
  for (size_t i = 0; i < rig.inventory.count; i++) {
    const struct davit_device *device = rig.inventory.devices[i];
    const char *name = device->id;
    if (strcmp(device->kind, KIND) != 0)
      name = device->aliases[0];
    text = arena_printf(&rig.arena, "%s%s%s %s", text, i > 0 ? ", " : "", name,
                        device->unusable ? "-" : device->file);
  }
  for (const struct problem *p = rig.inventory.broken.first; p; p = p->next)
    text = arena_printf(&rig.arena, "%s\n%s:%u %s", text, p->at.file, p->at.line, p->text);
  inventory_clear(&rig.inventory);
  instance_close(rig.instance);
  host_close(rig.host);
  rig.instance = NULL;
  rig.host = NULL;
  return text;
}

static const char *listing(void) {
  static const char *const defaults[] = {NULL};
  return listing_in(defaults);
}

struct file {
  const char *path;
  const char *devices; /* NULL: the file goes away */
};

static void put_files(const struct file *files) {
  for (; files->path; files++) {
    if (files->devices)
      put_spec(files->path, files->devices);
    else
      drop(&rig, files->path);
  }
}

enum {
  MOST_FILES = 4
};

static const char reads_at_use[] = "nothing watches: what is there is read at each use, so that no "
                                   "event is missed and no limit of the kernel's met";

static const struct {
  const char *id;
  const char *better; /* SAME, or BETTER with the reason */
  struct file before[MOST_FILES];
  const char *first; /* the devices then */
  struct file after[MOST_FILES];
  const char *second;
} states[] = {
    {"K2", SAME, {{0}}, "", {{0}}, ""},
    {"K3",
     SAME,
     {{"/etc/cdi/a.yaml", "dev1"}},
     "dev1 /etc/cdi/a.yaml",
     {{0}},
     "dev1 /etc/cdi/a.yaml"},
    {"K4",
     SAME,
     {{"/etc/cdi/a.yaml", "dev1 dev2"}, {"/var/run/cdi/a.yaml", "dev1"}},
     "dev1 /var/run/cdi/a.yaml, dev2 /etc/cdi/a.yaml",
     {{0}},
     "dev1 /var/run/cdi/a.yaml, dev2 /etc/cdi/a.yaml"},
    {"K5",
     SAME,
     {{"/var/run/cdi/a.yaml", "dev1"}, {"/var/run/cdi/b.yaml", "dev1 dev2"}},
     "dev1 -, dev2 /var/run/cdi/b.yaml",
     {{0}},
     "dev1 -, dev2 /var/run/cdi/b.yaml"},
    {"K6",
     BETTER reads_at_use,
     {{0}},
     "",
     {{"/var/run/cdi/a.yaml", "dev1"}},
     "dev1 /var/run/cdi/a.yaml"},
    {"K7",
     BETTER reads_at_use,
     {{"/etc/cdi/a.yaml", "dev1"}},
     "dev1 /etc/cdi/a.yaml",
     {{"/var/run/cdi/b.yaml", "dev2"}},
     "dev1 /etc/cdi/a.yaml, dev2 /var/run/cdi/b.yaml"},
    {"K8",
     BETTER reads_at_use,
     {{"/var/run/cdi/a.yaml", "dev1"}, {"/var/run/cdi/b.yaml", "dev2"}},
     "dev1 /var/run/cdi/a.yaml, dev2 /var/run/cdi/b.yaml",
     {{"/var/run/cdi/a.yaml", NULL}},
     "dev2 /var/run/cdi/b.yaml"},
    {"K9",
     BETTER reads_at_use,
     {{"/etc/cdi/a.yaml", "dev1"}},
     "dev1 /etc/cdi/a.yaml",
     {{"/var/run/cdi/a.yaml", "dev1"}},
     "dev1 /var/run/cdi/a.yaml"},
    {"K10",
     BETTER reads_at_use,
     {{"/var/run/cdi/a.yaml", "dev1 dev2"}},
     "dev1 /var/run/cdi/a.yaml, dev2 /var/run/cdi/a.yaml",
     {{"/var/run/cdi/b.yaml", "dev1 dev3"}},
     "dev1 -, dev2 /var/run/cdi/a.yaml, dev3 /var/run/cdi/b.yaml"},
    {"K24",
     BETTER "there is but one mode, in which each use reads",
     {{0}},
     "",
     {{"/etc/cdi/a.yaml", "dev1"}, {"/etc/cdi/b.yaml", "dev2"}},
     "dev1 /etc/cdi/a.yaml, dev2 /etc/cdi/b.yaml"},
    {"K24",
     BETTER "there is but one mode, in which each use reads",
     {{"/etc/cdi/a.yaml", "dev1"}, {"/etc/cdi/b.yaml", "dev2"}},
     "dev1 /etc/cdi/a.yaml, dev2 /etc/cdi/b.yaml",
     {{"/etc/cdi/b.yaml", NULL}},
     "dev1 /etc/cdi/a.yaml"},
    {"K30",
     BETTER "only a tie at the highest priority that a device is defined at is ambiguous: an "
            "override mends what is below",
     {{"/etc/cdi/a.yaml", "dev1"}, {"/etc/cdi/b.yaml", "dev1"}},
     "dev1 -",
     {{"/var/run/cdi/a.yaml", "dev1"}},
     "dev1 /var/run/cdi/a.yaml"},
    {"K31",
     SAME,
     {{"/var/run/cdi/a.yaml", "dev1"}, {"/var/run/cdi/b.yaml", "dev1"}},
     "dev1 -",
     {{"/etc/cdi/a.yaml", "dev1"}},
     "dev1 -"},
    {"K32",
     SAME,
     {{"/var/run/cdi/a.yaml", "dev1"},
      {"/var/run/cdi/b.yaml", "dev1"},
      {"/var/run/cdi/c.yaml", "dev1"}},
     "dev1 -",
     {{"/var/run/cdi/b.yaml", NULL}},
     "dev1 -"},
};

START_TEST(files_and_what_changes) {
  put_files(states[_i].before);
  ck_assert_msg(strcmp(listing(), states[_i].first) == 0, "%s: %s", states[_i].id, listing());
  put_files(states[_i].after);
  ck_assert_msg(strcmp(listing(), states[_i].second) == 0, "%s: %s", states[_i].id, listing());
  ck_assert_str_eq(rig.warnings, "");
}
END_TEST

/* K1: SAME, and where the reference records an error for a directory that a user cannot ask for,
 * the message that a device is missing says it. */
START_TEST(k1_missing_directories_are_named) {
  ck_assert_str_eq(listing(), "");
  ck_assert_str_eq(
      inject_devices(&rig, KIND "=dev1", "{}").problems,
      "cdi.kind-missing : --device: no CDI spec on this host describes v.com/c; looked "
      "in /etc/cdi (not there), /var/run/cdi (not there); put its spec into /etc/cdi, or "
      "name its directory with --cdi-dir\n");
}
END_TEST

/* K5, K32: BETTER: the device names both files with the lines, and those that they shadow. */
START_TEST(k5_k32_conflicts_name_every_file) {
  put_spec("/etc/cdi/low.yaml", "dev1");
  put_spec("/var/run/cdi/a.yaml", "dev0 dev1");
  put_spec("/var/run/cdi/b.yaml", "dev1");
  put_spec("/var/run/cdi/c.yaml", "dev1");
  ck_assert_str_eq(
      inject_devices(&rig, KIND "=dev1", "{}").problems,
      "gpu.unusable : --device: device \"dev1\", dev1, can not be given: defined in files "
      "of equal priority, /var/run/cdi/a.yaml:5, /var/run/cdi/b.yaml:4 and "
      "/var/run/cdi/c.yaml:4; these shadow /etc/cdi/low.yaml:4; see `davit devices` for "
      "what is here\n"
      "cdi.device-missing : --device: the CDI specs of v.com/c do not have every device "
      "that is asked for; complete the spec\n");
}
END_TEST

/* K16: SAME: sorted, each once. Kinds are listed, of which vendors and classes are the parts. */
START_TEST(k16_vendors_and_classes) {
  static const struct {
    const char *kinds; /* with blanks between */
    const char *listing;
  } cases[] = {
      {NULL, ""},
      {"v1.com/c1", "v1.com/c1=d /etc/cdi/0.yaml"},
      {"v1.com/c1 v1.com/c2", "v1.com/c1=d /etc/cdi/0.yaml, v1.com/c2=d /etc/cdi/1.yaml"},
      {"v3.com/c4 v2.com/c3 v1.com/c2 v1.com/c1",
       "v1.com/c1=d /etc/cdi/3.yaml, v1.com/c2=d /etc/cdi/2.yaml, v2.com/c3=d /etc/cdi/1.yaml, "
       "v3.com/c4=d /etc/cdi/0.yaml"},
  };
  char *rest = cases[_i].kinds ? arena_strdup(&rig.arena, cases[_i].kinds) : NULL;
  int number = 0;
  for (char *kind; (kind = strsep(&rest, " ")); number++) {
    const char *path = arena_printf(&rig.arena, "/etc/cdi/%d.yaml", number);
    put(&rig, path, spec_of(path, kind, "d"));
  }
  ck_assert_str_eq(listing(), cases[_i].listing);
}
END_TEST

/* K23: SAME: directories that are given replace the defaults, and each use takes its own. */
START_TEST(k23_given_directories) {
  put_spec("/etc/cdi/a.yaml", "hidden");
  put_spec("/one/a.yaml", "dev1");
  put_spec("/two/b.yaml", "dev2");
  static const char *const one[] = {"/one", NULL}, *both[] = {"/one", "/two", NULL};
  ck_assert_str_eq(listing_in(one), "dev1 /one/a.yaml");
  ck_assert_str_eq(listing_in(both), "dev1 /one/a.yaml, dev2 /two/b.yaml");
}
END_TEST

/* K33, K34: BETTER: what can not be listed or read is said, and hides nothing else; the reference
 * reads no directory behind it. */
START_TEST(k33_k34_what_is_unreadable_hides_nothing) {
  put(&rig, "/file", "");
  put_spec("/specs/a.yaml", "dev1");
  put_spec("/files/target", "dev2");
  tree_link(&rig.tree, "/specs/b.yaml", "nowhere");
  tree_link(&rig.tree, "/specs/c.yaml", "../files");
  tree_link(&rig.tree, "/specs/d.yaml", "../files/target");
  put_spec("/specs/e.yaml/f.yaml", "dev3");
  static const char *const directories[] = {"/file", "/specs", NULL};
  ck_assert_str_eq(listing_in(directories), "dev1 /specs/a.yaml, dev2 /specs/d.yaml");
  ck_assert_str_eq(
      rig.warnings,
      "plugin cdi: no CDI specs are read from /file: it can not be listed\n"
      "plugin cdi: the CDI file /specs/b.yaml can not be read: its link leads nowhere\n");
}
END_TEST

/* ---- K39: what the reference sees of changes, and what it misses ------------------------------
 */

static void rename_in(const char *from, const char *to) {
  ck_assert_int_eq(rename(path_of(from), path_of(to)), 0);
}

static void write_in_place(void) {
  put_spec("/etc/cdi/a.yaml", "dev2");
}
static void write_other_name(void) {
  put_spec("/etc/cdi/a.txt", "dev2");
}
static void rename_within(void) {
  put_spec("/etc/cdi/x.tmp", "dev2");
  rename_in("/etc/cdi/x.tmp", "/etc/cdi/x.yaml");
}
static void move_in(void) {
  put_spec("/elsewhere/x.yaml", "dev2");
  rename_in("/elsewhere/x.yaml", "/etc/cdi/x.yaml");
}
static void hard_link(void) {
  put_spec("/elsewhere/x.yaml", "dev2");
  ck_assert_int_eq(link(path_of("/elsewhere/x.yaml"), path_of("/etc/cdi/x.yaml")), 0);
}
static void symbolic_link(void) {
  put_spec("/elsewhere/x.yaml", "dev2");
  tree_link(&rig.tree, "/etc/cdi/x.yaml", "../../elsewhere/x.yaml");
}
static void behind_link(void) {
  symbolic_link();
  ck_assert_str_eq(listing(), "dev1 /etc/cdi/a.yaml, dev2 /etc/cdi/x.yaml");
  put_spec("/elsewhere/x.yaml", "dev3");
}
static void removed(void) {
  drop(&rig, "/etc/cdi/a.yaml");
}
static void mode_changed(void) {
  ck_assert_int_eq(chmod(path_of("/etc/cdi/a.yaml"), 0600), 0);
}
static void directory_later(void) {
  put_spec("/var/run/cdi/x.yaml", "dev2");
}
static void directory_again(void) {
  drop(&rig, "/etc/cdi/a.yaml");
  ck_assert_int_eq(rmdir(path_of("/etc/cdi")), 0);
  ck_assert_str_eq(listing(), "");
  put_spec("/etc/cdi/b.yaml", "dev2");
}
static void directory_renamed(void) {
  rename_in("/etc/cdi", "/etc/old");
  ck_assert_str_eq(listing(), "");
  put_spec("/etc/cdi/b.yaml", "dev2");
}

static const struct {
  const char *what;
  const char *better;
  void (*event)(void);
  const char *listing;
} events[] = {
    {"written in place", SAME, write_in_place, "dev2 /etc/cdi/a.yaml"},
    {"a file without the name of a spec", SAME, write_other_name, "dev1 /etc/cdi/a.yaml"},
    {"renamed in the directory", SAME, rename_within, "dev1 /etc/cdi/a.yaml, dev2 /etc/cdi/x.yaml"},
    {"moved in from elsewhere", BETTER reads_at_use, move_in,
     "dev1 /etc/cdi/a.yaml, dev2 /etc/cdi/x.yaml"},
    {"a hard link", BETTER reads_at_use, hard_link, "dev1 /etc/cdi/a.yaml, dev2 /etc/cdi/x.yaml"},
    {"a symbolic link", BETTER reads_at_use, symbolic_link,
     "dev1 /etc/cdi/a.yaml, dev2 /etc/cdi/x.yaml"},
    {"a change behind a link", BETTER reads_at_use, behind_link,
     "dev1 /etc/cdi/a.yaml, dev3 /etc/cdi/x.yaml"},
    {"removed", SAME, removed, ""},
    {"another mode", SAME, mode_changed, "dev1 /etc/cdi/a.yaml"},
    {"a directory made later", SAME, directory_later,
     "dev1 /etc/cdi/a.yaml, dev2 /var/run/cdi/x.yaml"},
    {"a directory removed and made again", SAME, directory_again, "dev2 /etc/cdi/b.yaml"},
    {"a directory renamed and made again", BETTER reads_at_use, directory_renamed,
     "dev2 /etc/cdi/b.yaml"},
};

/* K39: SAME or BETTER, as each event says. */
START_TEST(k39_every_change_is_seen) {
  put_spec("/etc/cdi/a.yaml", "dev1");
  ck_assert_str_eq(listing(), "dev1 /etc/cdi/a.yaml");
  events[_i].event();
  ck_assert_msg(strcmp(listing(), events[_i].listing) == 0, "%s: %s", events[_i].what, listing());
}
END_TEST

/* ---- injecting ------------------------------------------------------------------------------ */

static const char shared_spec[] =
    "cdiVersion: 0.6.0\nkind: v.com/c\ncontainerEdits: {env: [ALL=1]}\ndevices:\n"
    "- name: dev1\n  containerEdits:\n    env: [ONE=1]\n    deviceNodes: [{path: /dev/null}]\n"
    "- name: dev2\n  containerEdits: {env: [TWO=2], hooks: [{hookName: poststop, path: "
    "/bin/hook}]}\n"
    "- name: dev3\n  containerEdits: {env: [THREE=3]}\n";

#define NULL_RULE \
  "{\"allow\": true, \"type\": \"c\", \"major\": 1, \"minor\": 3, \"access\": \"rwm\"}"
#define NULL_NODE \
  "{\"path\": \"/dev/null\", \"type\": \"c\", \"major\": 1, \"minor\": 3, \"fileMode\": 438}"

static const struct {
  const char *id;
  const char *better;
  const char *devices, *config, *expected;
} injections[] = {
    {"K12", SAME, "v.com/c=dev1", "{}",
     "{\"process\": {\"env\": [\"ALL=1\", \"ONE=1\"]}, \"linux\": {\"resources\": {\"devices\": "
     "[" NULL_RULE "]}, \"devices\": [" NULL_NODE "]}}"},
    {"K13", SAME, "v.com/c=dev1",
     "{\"process\": {\"env\": [\"OLD=1\"]}, \"linux\": {\"devices\": [{\"path\": \"/dev/old\", "
     "\"type\": \"c\", \"major\": 9, \"minor\": 9}]}}",
     "{\"process\": {\"env\": [\"OLD=1\", \"ALL=1\", \"ONE=1\"]}, \"linux\": {\"resources\": "
     "{\"devices\": [" NULL_RULE "]}, \"devices\": [{\"path\": \"/dev/old\", \"type\": \"c\", "
     "\"major\": 9, \"minor\": 9}, " NULL_NODE "]}}"},
    {"K14", SAME, "v.com/c=dev3,v.com/c=dev2,v.com/c=dev1", "{}",
     "{\"process\": {\"env\": [\"ALL=1\", \"THREE=3\", \"TWO=2\", \"ONE=1\"]}, \"hooks\": "
     "{\"poststop\": [{\"path\": \"/bin/hook\"}]}, \"linux\": {\"resources\": {\"devices\": "
     "[" NULL_RULE "]}, \"devices\": [" NULL_NODE "]}}"},
    {"K25", SAME, "v.com/c=dev1", "{}", /* these are the default directories */
     "{\"process\": {\"env\": [\"ALL=1\", \"ONE=1\"]}, \"linux\": {\"resources\": {\"devices\": "
     "[" NULL_RULE "]}, \"devices\": [" NULL_NODE "]}}"},
    {"K36", BETTER "a device is applied once, however often it is named: no hook runs twice",
     "v.com/c=dev2,v.com/c=dev1,v.com/c=dev2", "{}",
     "{\"process\": {\"env\": [\"ALL=1\", \"TWO=2\", \"ONE=1\"]}, \"hooks\": {\"poststop\": "
     "[{\"path\": \"/bin/hook\"}]}, \"linux\": {\"resources\": {\"devices\": [" NULL_RULE
     "]}, \"devices\": [" NULL_NODE "]}}"},
};

START_TEST(devices_are_injected) {
  put(&rig, "/etc/cdi/a.yaml", shared_spec);
  put(&rig, "/bin/hook", "");
  ck_assert_config(&rig, inject_devices(&rig, injections[_i].devices, injections[_i].config),
                   injections[_i].expected);
}
END_TEST

/* K15: SAME, and BETTER: the reason is said, and what has a similar name. */
START_TEST(k15_an_unknown_device_changes_nothing) {
  put(&rig, "/etc/cdi/a.yaml", shared_spec);
  put(&rig, "/bin/hook", "");
  struct outcome outcome = inject_devices(&rig, "v.com/c=dev1,v.com/c=dev4,v.com/c=dev2", "{}");
  ck_assert_ptr_null(outcome.config);
  ck_assert_str_eq(
      outcome.problems,
      "gpu.not-found : --device: no device \"dev4\": this host has dev1, dev2, dev3; do "
      "you mean \"dev1\"? See `davit devices`\n"
      "cdi.device-missing : --device: the CDI specs of v.com/c do not have every device "
      "that is asked for: v.com/c=dev4; looked in /etc/cdi (1 file), /var/run/cdi (not "
      "there); complete the spec\n");
}
END_TEST

/* ---- what a config asks for itself ---- */

static struct outcome inject_annotated(const char *annotations, const char *device) {
  struct injector injector = injector_new(&rig);
  if (device)
    injector_set(&injector, "device", device);
  struct outcome outcome =
      injector_run(&injector, arena_printf(&rig.arena, "{\"annotations\": {%s}}", annotations));
  davit_free(injector.davit);
  return outcome;
}

/* K26: SAME, but that a use which is for nothing is an error. */
START_TEST(k26_annotations_that_ask_for_nothing) {
  put_spec("/etc/cdi/a.yaml", "dev1");
  ck_assert_config(&rig, inject_devices(&rig, KIND "=dev1", "{}"),
                   "{\"process\": {\"env\": [\"FROM=/etc/cdi/a.yaml\"]}}");
  ck_assert_config(&rig, inject_annotated("", KIND "=dev1"),
                   "{\"process\": {\"env\": [\"FROM=/etc/cdi/a.yaml\"]}, \"annotations\": {}}");
  ck_assert_contains(inject_annotated("", NULL).problems, "asks for no CDI device itself");
}
END_TEST

/* K27: SAME. */
START_TEST(k27_annotations_that_are_wrong) {
  put_spec("/etc/cdi/a.yaml", "dev1");
  struct outcome outcome = inject_annotated("\"cdi.k8s.io/v_d\": \"foobar\"", NULL);
  ck_assert_ptr_null(outcome.config);
  ck_assert_contains(outcome.problems,
                     "cdi.annotation config.json:1:36: annotations.\"cdi.k8s.io/v_d\": ");
  outcome = inject_annotated("\"cdi.k8s.io/v_d\": \"v.com/c=dev2\"", KIND "=dev1");
  ck_assert_ptr_null(outcome.config);
  ck_assert_contains(outcome.problems, "gpu.not-found config.json:1:36: ");
  ck_assert_contains(outcome.problems, "no device \"dev2\"");
}
END_TEST

/* K28: SAME: devices of two kinds, with what both files say. */
START_TEST(k28_two_vendors) {
  put(&rig, "/etc/cdi/a.yaml",
      "cdiVersion: 0.6.0\nkind: v1.com/c\ncontainerEdits: {env: [ALL1=1]}\n"
      "devices: [{name: d, containerEdits: {env: [D1=1]}}]\n");
  put(&rig, "/etc/cdi/b.yaml",
      "cdiVersion: 0.6.0\nkind: v2.com/c\ncontainerEdits: {env: [ALL2=2]}\n"
      "devices: [{name: d, containerEdits: {env: [D2=2]}}]\n");
#define ENV  "\"process\": {\"env\": [\"ALL1=1\", \"D1=1\", \"ALL2=2\", \"D2=2\"]}"
#define KEYS "\"cdi.k8s.io/v1_d\": \"v1.com/c=d\", \"cdi.k8s.io/v2_d\": \"v2.com/c=d\""
  ck_assert_config(&rig, inject_devices(&rig, "v1.com/c=d,v2.com/c=d", "{}"), "{" ENV "}");
  ck_assert_config(&rig, inject_annotated(KEYS, NULL), "{" ENV ", \"annotations\": {" KEYS "}}");
}
END_TEST

/* K29: SAME. */
START_TEST(k29_no_config) {
  put(&rig, "/etc/cdi/a.yaml", shared_spec);
  struct outcome outcome = inject_devices(&rig, "v.com/c=dev1", "null");
  ck_assert_ptr_null(outcome.config);
  ck_assert_contains(outcome.problems, "config.invalid config.json:1:1: ");
}
END_TEST

/* K35: BETTER: a node that is gone or has another number since is seen; the reference keeps what it
 * read at first. */
START_TEST(k35_nodes_are_looked_up_each_time) {
  put(&rig, "/etc/cdi/a.yaml", shared_spec);
  struct outcome outcome = inject_devices(&rig, "v.com/c=dev1", "{}");
  ck_assert_contains(outcome.config, "\"major\":1,\"minor\":3");
  put_node(&rig, "/dev/null", "511:7");
  outcome = inject_devices(&rig, "v.com/c=dev1", "{}");
  ck_assert_contains(outcome.config, "\"major\":511,\"minor\":7");
  drop(&rig, "/dev/null");
  outcome = inject_devices(&rig, "v.com/c=dev1", "{}");
  ck_assert_ptr_null(outcome.config);
  ck_assert_contains(
      outcome.problems,
      "cdi.file-stale /etc/cdi/a.yaml:8:19: devices[0].containerEdits.deviceNodes[0]: "
      "plugin cdi: the device node /dev/null is not there; v.com/c=dev1 needs it");
}
END_TEST

/* K37: SAME: files in the order in which their devices are asked for, each file's own edits once.
 */
START_TEST(k37_order_of_files) {
  put(&rig, "/etc/cdi/1.yaml",
      "cdiVersion: 0.6.0\nkind: v.com/c\ncontainerEdits: {env: [G1=1, X=g1]}\n"
      "devices: [{name: a, containerEdits: {env: [A=1, X=a]}}, {name: b, containerEdits: {env: "
      "[B=1, X=b]}}]\n");
  put(&rig, "/etc/cdi/2.yaml",
      "cdiVersion: 0.6.0\nkind: v.com/c\ncontainerEdits: {env: [G2=1, X=g2]}\n"
      "devices: [{name: c, containerEdits: {env: [C=1, X=c]}}]\n");
  ck_assert_config(&rig, inject_devices(&rig, "v.com/c=b,v.com/c=c,v.com/c=a", "{}"),
                   "{\"process\": {\"env\": [\"G1=1\", \"X=a\", \"B=1\", \"G2=1\", \"C=1\", "
                   "\"A=1\"]}}");
}
END_TEST

/* K37: BETTER: devices of one kind are one request, which one provider serves or nobody; kinds come
 * in the order in which they are asked for first. */
START_TEST(k37_order_of_kinds) {
  put(&rig, "/etc/cdi/1.yaml",
      "cdiVersion: 0.6.0\nkind: v1.com/c\ncontainerEdits: {env: [G1=1]}\n"
      "devices: [{name: a, containerEdits: {env: [A=1]}}, {name: b, containerEdits: {env: "
      "[B=1]}}]\n");
  put(&rig, "/etc/cdi/2.yaml",
      "cdiVersion: 0.6.0\nkind: v2.com/c\ncontainerEdits: {env: [G2=1]}\n"
      "devices: [{name: a, containerEdits: {env: [C=1]}}]\n");
  ck_assert_config(&rig, inject_devices(&rig, "v1.com/c=b,v2.com/c=a,v1.com/c=a", "{}"),
                   "{\"process\": {\"env\": [\"G1=1\", \"B=1\", \"A=1\", \"G2=1\", \"C=1\"]}}");
}
END_TEST

/* K38: SAME. */
START_TEST(k38_a_shadowed_file_has_edits_of_its_own) {
  put(&rig, "/etc/cdi/a.yaml",
      "cdiVersion: 0.6.0\nkind: v.com/c\ncontainerEdits: {env: [LOW=1]}\n"
      "devices: [{name: a, containerEdits: {env: [A=low]}}, {name: b, containerEdits: {env: "
      "[B=1]}}]\n");
  put(&rig, "/var/run/cdi/a.yaml",
      "cdiVersion: 0.6.0\nkind: v.com/c\ncontainerEdits: {env: [HIGH=1]}\n"
      "devices: [{name: a, containerEdits: {env: [A=high]}}]\n");
  ck_assert_config(&rig, inject_devices(&rig, "v.com/c=a,v.com/c=b", "{}"),
                   "{\"process\": {\"env\": [\"HIGH=1\", \"A=high\", \"LOW=1\", \"B=1\"]}}");
}
END_TEST

/* ---- many at once, and nothing left to open -------------------------------------------------- */

enum {
  THREADS = 4,
  ROUNDS = 50
};

struct worker {
  pthread_t thread;
  const char *directory; /* NULL: the defaults */
  const char *expected;  /* list of what may come of it, with "|" around each */
  char wrong[512];       /* the first config that is something else */
};

/* Check's macros and the rig's arena are for one thread: what is wrong is kept for it. */
static void *work(void *user) {
  struct worker *worker = user;
  for (int i = 0; i < ROUNDS && !worker->wrong[0]; i++) {
    struct rig own = {.tree = rig.tree};
    struct injector injector = injector_new(&own);
    if (worker->directory)
      injector_set(&injector, "cdi-dir", worker->directory);
    injector_set(&injector, "device", KIND "=dev1");
    struct outcome outcome = injector_run(&injector, "{}");
    const char *is = outcome.config ? outcome.config : outcome.problems;
    if (!strstr(worker->expected, arena_printf(&own.arena, "|%s|", is)))
      (void)snprintf(worker->wrong, sizeof(worker->wrong), "%s", is);
    davit_free(injector.davit);
    arena_free(&own.arena);
  }
  return NULL;
}

#define FROM(path) "|{\"process\":{\"env\":[\"FROM=" path "\"]}}|"

/* As whoever writes specs has to: a reader never sees half of one. */
static void replace_spec(const char *path, const char *from) {
  put(&rig, "/etc/tmp", spec_of(from, KIND, "dev1"));
  rename_in("/etc/tmp", path);
}

/* K11: BETTER: each use is a snapshot of its own; no lock is shared, and no half written state is
 * kept.
 */
START_TEST(k11_specs_change_while_others_inject) {
  struct worker workers[THREADS];
  replace_spec("/etc/cdi/a.yaml", "one");
  for (size_t i = 0; i < THREADS; i++) {
    workers[i] = (struct worker){.expected = FROM("one") FROM("two") FROM("three")};
    ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
  }
  tree_path(&rig.tree, "/var/run/cdi/x", (char[512]){0}, 512);
  for (int i = 0; i < ROUNDS; i++) {
    replace_spec("/etc/cdi/a.yaml", i % 2 ? "one" : "two");
    replace_spec("/var/run/cdi/a.yaml", "three");
    drop(&rig, "/var/run/cdi/a.yaml");
  }
  for (size_t i = 0; i < THREADS; i++) {
    ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
    ck_assert_str_eq(workers[i].wrong, "");
  }
}
END_TEST

/* K20: BETTER: directories belong to a context, so that nobody changes those of another. */
START_TEST(k20_directories_of_many_threads) {
  struct worker workers[THREADS];
  static const char *const expected[] = {FROM("/d0"), FROM("/d1"), FROM("/d2"), FROM("/d3")};
  for (size_t i = 0; i < THREADS; i++) {
    const char *name = arena_printf(&rig.arena, "/d%zu", i);
    const char *file = arena_printf(&rig.arena, "%s/a.yaml", name);
    put(&rig, file, spec_of(name, KIND, "dev1"));
    workers[i] = (struct worker){.directory = path_of(name), .expected = expected[i]};
  }
  for (size_t i = 0; i < THREADS; i++)
    ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
  for (size_t i = 0; i < THREADS; i++) {
    ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
    ck_assert_str_eq(workers[i].wrong, "");
  }
}
END_TEST

/* K21, K22: BETTER: that no file can be opened is an error of this use, and the next one works. */
START_TEST(k21_k22_no_descriptor_is_left) {
  put_spec("/etc/cdi/a.yaml", "dev1");
  const struct rlimit few = {.rlim_cur = 64, .rlim_max = 64};
  ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
  for (int left = 0; left < 12; left++) { /* the use fails at another place each time */
    struct injector injector = injector_new(&rig);
    injector_set(&injector, "device", KIND "=dev1");
    int fds[64], count = 0;
    while ((fds[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
      count++;
    for (int i = 0; i < left && count > 0; i++)
      close(fds[--count]);
    struct outcome outcome = injector_run(&injector, "{}");
    if (left == 0)
      ck_assert_ptr_null(outcome.config);
    ck_assert(outcome.config || outcome.problems[0]);
    while (count > 0)
      close(fds[--count]);
    outcome = injector_run(&injector, "{}");
    ck_assert_config(&rig, outcome, "{\"process\": {\"env\": [\"FROM=/etc/cdi/a.yaml\"]}}");
    davit_free(injector.davit);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_cache");
  TCase *tests = tcase_create("cdi_cache");
  tcase_add_checked_fixture(tests, begin, end);
  tcase_add_test(tests, k1_missing_directories_are_named);
  tcase_add_loop_test(tests, files_and_what_changes, 0, ARRAY_LEN(states));
  tcase_add_test(tests, k5_k32_conflicts_name_every_file);
  tcase_add_loop_test(tests, k16_vendors_and_classes, 0, 4);
  tcase_add_test(tests, k23_given_directories);
  tcase_add_test(tests, k33_k34_what_is_unreadable_hides_nothing);
  tcase_add_loop_test(tests, k39_every_change_is_seen, 0, ARRAY_LEN(events));
  tcase_add_loop_test(tests, devices_are_injected, 0, ARRAY_LEN(injections));
  tcase_add_test(tests, k15_an_unknown_device_changes_nothing);
  tcase_add_test(tests, k26_annotations_that_ask_for_nothing);
  tcase_add_test(tests, k27_annotations_that_are_wrong);
  tcase_add_test(tests, k28_two_vendors);
  tcase_add_test(tests, k29_no_config);
  tcase_add_test(tests, k35_nodes_are_looked_up_each_time);
  tcase_add_test(tests, k37_order_of_files);
  tcase_add_test(tests, k37_order_of_kinds);
  tcase_add_test(tests, k38_a_shadowed_file_has_edits_of_its_own);
  tcase_add_test(tests, k11_specs_change_while_others_inject);
  tcase_add_test(tests, k20_directories_of_many_threads);
  tcase_add_test(tests, k21_k22_no_descriptor_is_left);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
