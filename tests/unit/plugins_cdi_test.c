/* SPDX-License-Identifier: Apache-2.0 */
/* cdi.so at work: on specs as nvidia-ctk and amd-ctk write them, and on small ones. */
#include "plugin_rig.h"

#include "util/cleanup.h"

static const char *const nvidia[] = {"nvidia.com/gpu", NULL};
static const char *const amd[] = {"amd.com/gpu", NULL};

#define UUID_0 "GPU-11111111-1111-1111-1111-111111111111"
#define UUID_1 "GPU-66666666-6666-6666-6666-666666666666"

static void put_fixture(struct rig *rig, const char *path, const char *name) {
  const char *file = arena_printf(&rig->arena, "%s/%s", TEST_CDI, name);
  CLEANUP(file) FILE *in = fopen(file, "re");
  ck_assert_msg(in != NULL, "%s", file);
  char text[16384];
  size_t size = fread(text, 1, sizeof(text) - 1, in);
  text[size] = '\0';
  put(rig, path, text);
}

/* A spec of one device with these edits (YAML, in line 3). */
static void put_small(struct rig *rig, const char *path, const char *kind, const char *name,
                      const char *edits) {
  put(rig, path,
      arena_printf(&rig->arena,
                   "cdiVersion: 1.1.0\nkind: %s\ndevices: [{name: '%s', containerEdits: {%s}}]\n",
                   kind, name, edits));
}

static int query_all(struct rig *rig, const char *vendor, const char *const *kinds,
                     const char *const *names) {
  const struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = vendor,
                                    .kinds = kinds, .names = names};
  inventory_clear(&rig->inventory);
  ck_assert_ok(instance_enumerate(rig->instance, &rig->arena, &query, &rig->inventory, &rig->err),
               &rig->err);
  return rig->inventory.answer;
}

static int query(struct rig *rig, const char *vendor, const char *const *kinds) {
  return query_all(rig, vendor, kinds, NULL);
}

/* "KIND=ID" of each device, an alias in brackets. */
static const char *listing(struct rig *rig) {
  const char *text = "";
  for (size_t i = 0; i < rig->inventory.count; i++) {
    const struct davit_device *device = rig->inventory.devices[i];
    bool is_alias = device->flags & DAVIT_DEVICE_ALIAS;
    text = arena_printf(&rig->arena, "%s%s%s%s=%s%s", text, i > 0 ? " " : "", is_alias ? "[" : "",
                        device->kind, device->id, is_alias ? "]" : "");
  }
  return text;
}

/* ---- edits as text, with the place that asks for each --------------------------------------- */

struct scribe {
  struct davit_edits api; /* first */
  struct rig *rig;
  const char *source;
  const char *text;
};

static void take_source(const struct davit_edits *e, const struct davit_device *device,
                        const char *file, uint32_t line) {
  struct scribe *scribe = (struct scribe *)(uintptr_t)e;
  scribe->source =
      arena_printf(&scribe->rig->arena, "%s %s:%u", device ? device->id : "*", file, line);
}

static int write_edit(const struct davit_edits *e, const char *edit) {
  struct scribe *scribe = (struct scribe *)(uintptr_t)e;
  scribe->text =
      arena_printf(&scribe->rig->arena, "%s%s: %s\n", scribe->text, scribe->source, edit);
  return DAVIT_OK;
}

static const char *words(struct scribe *scribe, const char *const *list) {
  const char *text = "";
  for (; list && *list; list++)
    text = arena_printf(&scribe->rig->arena, "%s %s", text, *list);
  return text;
}

static int take_node(const struct davit_edits *e, const struct davit_device_node *node) {
  struct arena *arena = &((struct scribe *)(uintptr_t)e)->rig->arena;
  const char *text =
      arena_printf(arena, "node %s from %s \"%s\"", node->path, node->host_path, node->access);
  if (node->flags & DAVIT_NODE_TYPE)
    text = arena_printf(arena, "%s type %c", text, (char)node->type);
  if (node->flags & DAVIT_NODE_NUMBERS)
    text = arena_printf(arena, "%s %d:%d", text, (int)node->major, (int)node->minor);
  if (node->flags & DAVIT_NODE_MODE)
    text = arena_printf(arena, "%s mode %o", text, node->mode);
  if (node->flags & DAVIT_NODE_UID)
    text = arena_printf(arena, "%s uid %u", text, node->uid);
  if (node->flags & DAVIT_NODE_GID)
    text = arena_printf(arena, "%s gid %u", text, node->gid);
  if (!(node->flags & DAVIT_NODE_NO_GROUP))
    text = arena_printf(arena, "%s with its group", text);
  return write_edit(e, text);
}

static int take_mount(const struct davit_edits *e, const struct davit_mount *mount) {
  struct scribe *scribe = (struct scribe *)(uintptr_t)e;
  ck_assert_ptr_nonnull(mount->options);
  return write_edit(e,
                    arena_printf(&scribe->rig->arena, "mount %s at %s type %s:%s", mount->host_path,
                                 mount->container_path, mount->type ? mount->type : "-",
                                 words(scribe, mount->options)));
}

static int take_hook(const struct davit_edits *e, const struct davit_hook *hook) {
  struct scribe *scribe = (struct scribe *)(uintptr_t)e;
  const char *timeout = "";
  if (hook->flags & DAVIT_HOOK_TIMEOUT)
    timeout = arena_printf(&scribe->rig->arena, " timeout %d", (int)hook->timeout);
  return write_edit(e, arena_printf(&scribe->rig->arena, "hook %s %s args%s env%s%s", hook->name,
                                    hook->path, words(scribe, hook->args), words(scribe, hook->env),
                                    timeout));
}

static int take_gid(const struct davit_edits *e, uint32_t gid) {
  return write_edit(e, arena_printf(&((struct scribe *)(uintptr_t)e)->rig->arena, "gid %u", gid));
}

static int take_pair(const struct davit_edits *e, uint32_t what, const char *name,
                     const char *value, uint32_t flags) {
  static const char *const nouns[] = {
      [DAVIT_SET_ENV] = "env", [DAVIT_SET_NET_DEVICE] = "net", [DAVIT_SET_INTEL_RDT] = "rdt"};
  ck_assert_uint_lt(what, ARRAY_LEN(nouns));
  ck_assert_uint_eq(flags, 0);
  return write_edit(e, arena_printf(&((struct scribe *)(uintptr_t)e)->rig->arena, "%s %s=%s",
                                    nouns[what], name, value));
}

struct wish {
  const char *ids; /* with blanks between */
  uint32_t flags;
  uint32_t no_hooks;  /* nonzero: the container may have none */
  uint32_t container; /* DAVIT_CT_* */
  uint32_t uid, gid;
};

static const char *no_env(const struct davit_container *c UNUSED, const char *name UNUSED) {
  return NULL;
}

/* The edits, or NULL and the reason in rig->err. */
static const char *inject(struct rig *rig, struct wish wish) {
  const struct davit_device *devices[8] = {NULL};
  size_t count = 0;
  char *rest = arena_strdup(&rig->arena, wish.ids);
  for (char *id; (id = strsep(&rest, " "));)
    devices[count++] = find_device(rig, id);
  const struct davit_container container = {DAVIT_SIZED(struct davit_container),
                                            .flags = wish.container |
                                                     (wish.no_hooks ? 0 : DAVIT_CT_HOOKS),
                                            .uid = wish.uid, .gid = wish.gid, .env = no_env};
  const struct davit_request request = {DAVIT_SIZED(struct davit_request), .flags = wish.flags,
                                        .devices = devices, .container = &container,
                                        .sharing = "exclusive"};
  struct scribe scribe = {{DAVIT_SIZED(struct davit_edits), .source = take_source,
                           .add_device_node = take_node, .add_mount = take_mount,
                           .add_hook = take_hook, .add_gid = take_gid, .set = take_pair},
                          rig,
                          "nowhere",
                          ""};
  error_clear(&rig->err);
  int answer = instance_inject(rig->instance, &request, &scribe.api, &rig->err);
  return answer < 0 ? NULL : scribe.text;
}

static struct rig rig;

static void begin(void) {
  rig_begin(&rig);
}

static void end(void) {
  rig_end(&rig);
}

/* The files and nodes that tests/cdi/nvidia.yaml names. */
static void put_nvidia_host(void) {
  put_fixture(&rig, "/etc/cdi/nvidia.yaml", "nvidia.yaml");
  put_node(&rig, "/dev/nvidia0", "195:0");
  put_node(&rig, "/dev/nvidia1", "195:1");
  put_node(&rig, "/dev/nvidiactl", "195:255");
  put_node(&rig, "/dev/nvidia-uvm", "511:0");
  put_node(&rig, "/dev/dri/card1", "226:1");
  put_node(&rig, "/dev/dri/renderD128", "226:128");
  put(&rig, "/usr/bin/nvidia-cdi-hook", "");
  put(&rig, "/usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05", "");
}

static void check_place(const struct problem *problem, const char *file, uint32_t line,
                        uint32_t column, const char *key) {
  ck_assert_str_eq(problem->at.file, file);
  ck_assert_uint_eq(problem->at.line, line);
  ck_assert_uint_eq(problem->at.column, column);
  check_text(problem->text, "key path", problem->at.key, key);
}

/* ---- enumerate ------------------------------------------------------------------------------ */

START_TEST(indices_count_and_uuids_are_other_names) {
  put_nvidia_host();
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "nvidia", nvidia), DAVIT_OK);
  ck_assert_str_eq(listing(&rig), "nvidia.com/gpu=0 nvidia.com/gpu=1 [nvidia.com/gpu=" UUID_0
                                  "] [nvidia.com/gpu=" UUID_1 "] [nvidia.com/gpu=all]");
  const struct davit_device *first = rig.inventory.devices[0];
  ck_assert(first->flags & DAVIT_DEVICE_INDEX);
  ck_assert_uint_eq(first->index, 0);
  ck_assert_str_eq(first->uuid, UUID_0);
  ck_assert_str_eq(first->aliases[0], "nvidia.com/gpu=0");
  ck_assert_str_eq(nodes_text(&rig, first), "/dev/dri/card1 /dev/dri/renderD128 /dev/nvidia1");
  ck_assert_str_eq(first->file, "/etc/cdi/nvidia.yaml");
  ck_assert_uint_eq(first->line, 5);
  ck_assert_ptr_null(first->vendor);
  ck_assert_ptr_null(first->unusable);
  ck_assert_str_eq(find_device(&rig, UUID_1)->uuid, UUID_1);
}
END_TEST

START_TEST(one_device_and_all_are_not_two) {
  put_fixture(&rig, "/etc/cdi/amd.json", "amd.json");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "amd", amd), DAVIT_OK);
  ck_assert_str_eq(listing(&rig), "amd.com/gpu=0 [amd.com/gpu=all]");
  ck_assert_ptr_null(rig.inventory.devices[0]->uuid);
}
END_TEST

START_TEST(devices_come_in_natural_order) {
  put(&rig, "/etc/cdi/x.yaml",
      "cdiVersion: 0.5.0\nkind: acme.com/npu\ndevices:\n"
      "- {name: npu10, containerEdits: {env: [A=1]}}\n"
      "- {name: npu9, containerEdits: {env: [A=1]}}\n"
      "- {name: '10', containerEdits: {env: [A=1]}}\n"
      "- {name: '2', containerEdits: {env: [A=1]}}\n"
      "- {name: '2:1', containerEdits: {env: [A=1]}}\n"
      "- {name: '02', containerEdits: {env: [A=1]}}\n");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "acme", NULL), DAVIT_OK);
  ck_assert_str_eq(listing(&rig), "acme.com/npu=2 acme.com/npu=10 acme.com/npu=02 acme.com/npu=2:1 "
                                  "acme.com/npu=npu9 acme.com/npu=npu10");
  ck_assert(!(find_device(&rig, "02")->flags & DAVIT_DEVICE_INDEX));
}
END_TEST

static const char *const cross_name[] = {"b.org/y=2", NULL};

static const struct {
  const char *vendor;
  const char *const *kinds, *const *names;
  const char *devices;
} queries[] = {
    {NULL, NULL, NULL, "a.com.de/x=1 a.com/x=1 b.org/y=2 nvidia.com/gpu=0"},
    {"a", NULL, NULL, "a.com.de/x=1 a.com/x=1"},
    {"a.com", NULL, NULL, "a.com.de/x=1 a.com/x=1"},
    {"a.com/x", NULL, NULL, "a.com/x=1"},
    {"nvidia", nvidia, NULL, "nvidia.com/gpu=0"},
    {"nvidia", nvidia, cross_name, "nvidia.com/gpu=0 b.org/y=2"},
    {"c", NULL, NULL, ""},
};

START_TEST(a_query_gets_its_kinds) {
  put_small(&rig, "/etc/cdi/1.yaml", "b.org/y", "2", "env: [A=b]");
  put_small(&rig, "/etc/cdi/2.yaml", "a.com/x", "1", "env: [A=b]");
  put_small(&rig, "/var/run/cdi/3.yaml", "nvidia.com/gpu", "0", "env: [A=b]");
  put_small(&rig, "/var/run/cdi/4.yaml", "a.com.de/x", "1", "env: [A=b]");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query_all(&rig, queries[_i].vendor, queries[_i].kinds, queries[_i].names),
                   DAVIT_OK);
  ck_assert_str_eq(listing(&rig), queries[_i].devices);
}
END_TEST

START_TEST(a_host_without_specs_has_nothing_here) {
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "nvidia", nvidia), DAVIT_OK);
  ck_assert_uint_eq(rig.inventory.count, 0);
  ck_assert_str_eq(rig.warnings, "");
}
END_TEST

START_TEST(only_spec_files_are_read) {
  put_small(&rig, "/etc/cdi/a.yml", "v.com/c", "a", "env: [A=b]");
  put_small(&rig, "/etc/cdi/b.YAML", "v.com/c", "b", "env: [A=b]");
  put_small(&rig, "/etc/cdi/c.yaml.tmp", "v.com/c", "c", "env: [A=b]");
  put_small(&rig, "/etc/cdi/.d.yaml", "v.com/c", "d", "env: [A=b]");
  put_small(&rig, "/etc/cdi/e.json", "v.com/c", "e", "env: [A=b]"); /* YAML all the same */
  tree_dir(&rig.tree, "/etc/cdi/f.yaml");
  tree_link(&rig.tree, "/etc/cdi/g.yaml", "../cdi-files/g");
  put_small(&rig, "/etc/cdi-files/g", "v.com/c", "g", "env: [A=b]");
  tree_link(&rig.tree, "/etc/cdi/h.yaml", "nowhere");
  put(&rig, "/etc/cdi/i.yaml",
      "{\"cdiVersion\": \"1.1.0\", \"kind\": \"v.com\\/c\", \"devices\": [{\"name\": \"i\", "
      "\"containerEdits\": {\"env\": [\"A=\\ud83d\\ude00\"]}}]}");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_str_eq(listing(&rig), "v.com/c=d v.com/c=e v.com/c=g v.com/c=i");
  ck_assert_str_eq(rig.warnings,
                   "plugin cdi: the CDI file /etc/cdi/h.yaml can not be read: its link leads "
                   "nowhere\n");
}
END_TEST

/* ---- directories and conflicts -------------------------------------------------------------- */

START_TEST(a_later_directory_goes_first) {
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "d", "env: [A=low]");
  put_small(&rig, "/var/run/cdi/b.yaml", "v.com/c", "d", "env: [A=high]");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_str_eq(listing(&rig), "v.com/c=d");
  ck_assert_str_eq(inject(&rig, (struct wish){.ids = "d"}),
                   "d /var/run/cdi/b.yaml:3: env A=high\n");
}
END_TEST

START_TEST(a_tie_at_the_top_is_unusable) {
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "d", "env: [A=b]");
  put_small(&rig, "/var/run/cdi/b.yaml", "v.com/c", "d", "env: [A=b]");
  put_small(&rig, "/var/run/cdi/c.yaml", "v.com/c", "d", "env: [A=b]");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_str_eq(find_device(&rig, "d")->unusable,
                   "defined in files of equal priority, /var/run/cdi/b.yaml:3 and "
                   "/var/run/cdi/c.yaml:3; these shadow /etc/cdi/a.yaml:3");
  ck_assert_ptr_null(inject(&rig, (struct wish){.ids = "d"}));
  ck_assert_error(&rig.err, "cdi.device-missing", "v.com/c=d without contradiction");
}
END_TEST

/* However many files say it: davit takes texts of 4096 bytes, and a longer one would hide all
 * devices. */
START_TEST(a_tie_of_many_files_is_one_device_unusable) {
  for (int i = 0; i < 300; i++) {
    put_small(&rig, arena_printf(&rig.arena, "/etc/cdi/low%03d.yaml", i), "v.com/c", "d",
              "env: [A=b]");
    put_small(&rig, arena_printf(&rig.arena, "/var/run/cdi/%03d.yaml", i), "v.com/c", "d",
              "env: [A=b]");
  }
  put_small(&rig, "/etc/cdi/other.yaml", "v.com/c", "e", "env: [A=b]");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  const char *text = find_device(&rig, "d")->unusable;
  ck_assert_contains(text, "/var/run/cdi/000.yaml:3, /var/run/cdi/001.yaml:3, ");
  ck_assert_contains(text, " more; these shadow /etc/cdi/low000.yaml:3");
  ck_assert_ptr_null(find_device(&rig, "e")->unusable);
}
END_TEST

/* "deviceNodes: [...]" */
static const char *nodes(size_t count) {
  char *text = NULL;
  size_t size = 0;
  FILE *file = open_memstream(&text, &size);
  ck_assert_ptr_nonnull(file);
  fputs("deviceNodes: [", file);
  for (size_t i = 0; i < count; i++)
    fprintf(file, "%s{path: /dev/n%zu, type: c, major: 9, minor: %zu}", i > 0 ? ", " : "", i, i);
  fputc(']', file);
  fclose(file);
  const char *copy = arena_strdup(&rig.arena, text);
  free(text);
  return copy;
}

START_TEST(a_device_of_too_many_nodes_leaves_the_others_alone) {
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "small", "env: [A=b]");
  put_small(&rig, "/etc/cdi/b.yaml", "v.com/c", "large", nodes(4096));
  put_small(&rig, "/etc/cdi/c.yaml", "v.com/c", "too-large", nodes(4097));
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_str_eq(listing(&rig), "v.com/c=large v.com/c=small v.com/c=too-large");
  ck_assert_ptr_null(find_device(&rig, "small")->unusable);
  ck_assert_ptr_null(find_device(&rig, "large")->unusable);
  ck_assert_str_eq(find_device(&rig, "large")->nodes[4095], "/dev/n999");
  ck_assert_str_eq(find_device(&rig, "too-large")->unusable, "it has more than 4096 nodes");
}
END_TEST

START_TEST(a_name_beyond_all_measure_breaks_its_file_alone) {
  char name[2049] = {0};
  memset(name, 'x', sizeof(name) - 1);
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "short", "env: [A=b]");
  put_small(&rig, "/etc/cdi/b.yaml", "v.com/c", name + 1, "env: [A=b]");
  put_small(&rig, "/etc/cdi/c.yaml", "v.com/c", name, "env: [A=b]");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_E_INVALID);
  ck_assert_str_eq(listing(&rig), arena_printf(&rig.arena, "v.com/c=short v.com/c=%s", name + 1));
  ck_assert_uint_eq(rig.inventory.broken.count, 1);
  ck_assert_contains(rig.inventory.broken.first->text, "is too long");
}
END_TEST

START_TEST(a_tie_below_does_not_matter) {
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "d", "env: [A=low]");
  put_small(&rig, "/etc/cdi/b.yaml", "v.com/c", "d", "env: [A=low]");
  put_small(&rig, "/var/run/cdi/c.yaml", "v.com/c", "d", "env: [A=high]");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_ptr_null(find_device(&rig, "d")->unusable);
}
END_TEST

START_TEST(one_directory_under_two_names_is_no_tie) {
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "d", "env: [A=b]");
  tree_link(&rig.tree, "/other", "etc/cdi");
  static const char *const dirs[] = {"/etc/cdi", "/other", NULL};
  rig_open_dirs(&rig, rig.tree.root, NULL, "dir", dirs);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_ptr_null(find_device(&rig, "d")->unusable);
  ck_assert_str_eq(find_device(&rig, "d")->file, "/other/a.yaml");
}
END_TEST

#define HOST_OR_CALLER(device, variable)                          \
  "cdiVersion: 0.5.0\nkind: v.com/c\n"                            \
  "devices: [{name: " device ", containerEdits: {env: [A=b]}}]\n" \
  "containerEdits: {env: [" variable "=1]}\n"

/* CDI_SPEC_DIRS names directories as the caller sees them, the defaults are the host's. */
START_TEST(one_path_of_the_host_and_of_the_caller_is_two_files) {
  char path[512];
  struct host *caller;
  put(&rig, "/etc/cdi/a.yaml", HOST_OR_CALLER("d", "HOST"));
  put(&rig, "/caller/etc/cdi/a.yaml", HOST_OR_CALLER("e", "CALLER"));
  ck_assert_ok(host_open(tree_path(&rig.tree, "/caller", path, sizeof(path)), &caller, &rig.err),
               &rig.err);
  static const char *const dirs[] = {"/etc/cdi", NULL};
  rig_open_dirs(&rig, rig.tree.root, caller, "extra-dir", dirs);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  const char *edits = inject(&rig, (struct wish){.ids = "d e"});
  ck_assert_contains(edits, "env HOST=1");
  ck_assert_contains(edits, "env CALLER=1");
  host_close(caller);
}
END_TEST

START_TEST(given_directories_replace_the_defaults) {
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "hidden", "env: [A=b]");
  put_small(&rig, "/specs/a.yaml", "v.com/c", "d", "env: [A=b]");
  static const char *const dirs[] = {"/specs", "/missing", NULL};
  rig_open_dirs(&rig, rig.tree.root, NULL, "dir", dirs);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_str_eq(listing(&rig), "v.com/c=d");
  ck_assert_str_eq(rig.warnings,
                   "plugin cdi: no CDI specs are read from /missing: it is not there\n");
}
END_TEST

/* ---- broken files --------------------------------------------------------------------------- */

START_TEST(a_broken_file_of_the_kind_fails_behind_the_good_devices) {
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "d", "env: [A=b]");
  put(&rig, "/etc/cdi/b.yaml",
      "cdiVersion: 0.3.0\nkind: v.com/c\ndevices:\n"
      "- name: e\n  containerEdits: {env: [A], mounts: [{hostPath: /a}]}\n");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_E_INVALID);
  ck_assert_str_eq(listing(&rig), "v.com/c=d");
  const struct davit_error *broken = &rig.inventory.broken;
  ck_assert_uint_eq(broken->count, 2);
  ck_assert_str_eq(broken->first->code, "cdi.file-broken");
  ck_assert_str_eq(broken->first->text, "plugin cdi: \"A\" is no NAME=value");
  check_place(broken->first, "/etc/cdi/b.yaml", 5, 26, "devices[0].containerEdits.env[0]");
  ck_assert_str_eq(broken->first->hint, "write NAME=value");
  ck_assert_str_eq(broken->last->text, "plugin cdi: \"containerPath\" is missing");
  check_place(broken->last, "/etc/cdi/b.yaml", 5, 39, "devices[0].containerEdits.mounts[0]");
}
END_TEST

START_TEST(a_syntax_error_counts_for_the_kind_in_the_text) {
  put(&rig, "/etc/cdi/b.yaml", "cdiVersion: 0.3.0\nkind: v.com/c\ndevices: [\n");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_E_INVALID);
  ck_assert_contains(rig.inventory.broken.first->text, "not YAML");
  check_place(rig.inventory.broken.first, "/etc/cdi/b.yaml", 4, 1, NULL);
  ck_assert_str_eq(rig.warnings, "");
}
END_TEST

START_TEST(broken_files_of_other_kinds_only_warn) {
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "d", "env: [A=b]");
  put_small(&rig, "/etc/cdi/b.yaml", "w.com/c", "d", "env: [A], annotations: v.com/c");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_str_eq(listing(&rig), "v.com/c=d");
  ck_assert_contains(rig.warnings, "plugin cdi: /etc/cdi/b.yaml:3:");
  ck_assert_int_eq(query(&rig, "w", NULL), DAVIT_E_INVALID);
}
END_TEST

START_TEST(files_without_the_kind_are_not_even_parsed) {
  put(&rig, "/etc/cdi/b.yaml", "kind: w.com/c\n{broken");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_str_eq(rig.warnings, "");
  ck_assert_int_eq(query(&rig, NULL, NULL), DAVIT_E_INVALID); /* a listing reads all */
}
END_TEST

/* ---- inject --------------------------------------------------------------------------------- */

START_TEST(edits_are_those_of_the_file_once_and_of_each_device) {
  put_nvidia_host();
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "nvidia", nvidia), DAVIT_OK);
  const char *edits = inject(&rig, (struct wish){.ids = "1 0"});
#define AT "/etc/cdi/nvidia.yaml:"
  ck_assert_edits(
      &rig, edits,
      "* " AT "94: env NVIDIA_CTK_LIBCUDA_DIR=/usr/lib/x86_64-linux-gnu\n"
      "* " AT "95: env NVIDIA_VISIBLE_DEVICES=void\n"
      "* " AT "97: node /dev/nvidia-uvm from /dev/nvidia-uvm \"rwm\" 511:0 mode 666\n"
      "* " AT "102: node /dev/nvidiactl from /dev/nvidiactl \"rwm\" 195:255 mode 666\n"
      "* " AT "118: mount /usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05 at "
      "/usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05 type -: ro nosuid nodev rbind rprivate\n"
      "* " AT "108: hook createContainer /usr/bin/nvidia-cdi-hook args nvidia-cdi-hook "
      "update-ldcache --folder /usr/lib/x86_64-linux-gnu env NVIDIA_CTK_DEBUG=false\n"
      "1 " AT "41: node /dev/nvidia0 from /dev/nvidia0 \"rwm\" 195:0 mode 666\n"
      "0 " AT "8: node /dev/dri/card1 from /dev/dri/card1 \"rwm\" 226:1 mode 660 gid 44\n"
      "0 " AT "14: node /dev/dri/renderD128 from /dev/dri/renderD128 \"rwm\" 226:128 mode 660 gid "
      "105\n"
      "0 " AT "20: node /dev/nvidia1 from /dev/nvidia1 \"rwm\" 195:1 mode 666\n"
      "0 " AT "26: hook createContainer /usr/bin/nvidia-cdi-hook args nvidia-cdi-hook "
      "create-symlinks --link ../card1::/dev/dri/by-path/pci-0000:1b:00.0-card env "
      "NVIDIA_CTK_DEBUG=false\n"
      "0 " AT "36: gid 44\n"
      "0 " AT "37: gid 105\n");
}
END_TEST

START_TEST(what_amd_ctk_writes_needs_no_host_node) {
  put_fixture(&rig, "/etc/cdi/amd.json", "amd.json");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "amd", amd), DAVIT_OK);
  ck_assert_edits(
      &rig, inject(&rig, (struct wish){.ids = "0", .uid = 1000, .gid = 1000}),
      "0 /etc/cdi/amd.json:9: node /dev/dri/card0 from /dev/dri/card0 \"rwm\" type c 226:0 mode "
      "660 uid 0 gid 44\n"
      "0 /etc/cdi/amd.json:10: node /dev/dri/renderD128 from /dev/dri/renderD128 \"rwm\" type c "
      "226:128 mode 660 uid 0 gid 105\n"
      "0 /etc/cdi/amd.json:11: node /dev/kfd from /dev/kfd \"rwm\" type c 235:0 mode 660 uid 0 gid "
      "105\n");
}
END_TEST

static const struct {
  const char *edits;
  const char *expected; /* each line without "d FILE:3: " */
} forms[] = {
    {"deviceNodes: [{path: /dev/x, permissions: mr}]", "node /dev/x from /dev/x \"rm\" uid 7\n"},
    {"deviceNodes: [{path: /dev/x, permissions: none}]", "node /dev/x from /dev/x \"\" uid 7\n"},
    {"deviceNodes: [{path: /dev/y, hostPath: /dev//./x/, uid: 0, gid: 5}]",
     "node /dev/y from /dev/x \"rwm\" uid 0 gid 5\n"},
    {"deviceNodes: [{path: /dev/x, major: 0, minor: 5}]",
     "node /dev/x from /dev/x \"rwm\" uid 7\n"},
    {"deviceNodes: [{path: /dev/gone, type: c, major: 5}]",
     "node /dev/gone from /dev/gone \"rwm\" type c 5:0 uid 7\n"},
    {"deviceNodes: [{path: /dev/gone, type: p}]",
     "node /dev/gone from /dev/gone \"rwm\" type p uid 7\n"},
    {"mounts: [{hostPath: /lib, containerPath: /b}]", "mount /lib at /b type -: rbind\n"},
    {"mounts: [{hostPath: /lib, containerPath: /b, options: [bind, ro]}]",
     "mount /lib at /b type -: bind ro\n"},
    {"mounts: [{hostPath: /lib, containerPath: /b, type: none, options: [rbind]}]",
     "mount /lib at /b type none: rbind\n"},
    {"mounts: [{hostPath: tmpfs, containerPath: /b, type: tmpfs, options: [size=1m]}]",
     "mount tmpfs at /b type tmpfs: size=1m\n"},
    {"hooks: [{hookName: poststop, path: /lib, timeout: 0}]",
     "hook poststop /lib args env timeout 0\n"},
    {"env: ['A=b=c', 'B=']", "env A=b=c\nenv B=\n"},
    {"netDevices: [{hostInterfaceName: eno1, name: net0}]", "net eno1=net0\n"},
    {"intelRdt: {closID: c, l3CacheSchema: l, memBwSchema: m, schemata: [s, t], "
     "enableMonitoring: true}",
     "rdt closID=c\nrdt l3CacheSchema=l\nrdt memBwSchema=m\nrdt enableMonitoring=true\n"
     "rdt schemata=s\nrdt schemata=t\n"},
    {"additionalGids: [0, 5]", "gid 5\n"},
};

START_TEST(every_form_of_edit_works) {
  put_node(&rig, "/dev/x", "7:1");
  tree_dir(&rig.tree, "/lib");
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "d", forms[_i].edits);
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  const char *edits = inject(&rig, (struct wish){.ids = "d", .uid = 7});
  const char *expected = "";
  char *rest = arena_strdup(&rig.arena, forms[_i].expected);
  for (char *line; (line = strsep(&rest, "\n")) && *line;)
    expected = arena_printf(&rig.arena, "%sd /etc/cdi/a.yaml:3: %s\n", expected, line);
  ck_assert_edits(&rig, edits, expected);
}
END_TEST

START_TEST(the_last_rdt_replaces_the_others) {
  put(&rig, "/etc/cdi/a.yaml",
      "cdiVersion: 0.7.0\nkind: v.com/c\ndevices:\n"
      "- {name: d, containerEdits: {intelRdt: {closID: one, memBwSchema: m}}}\n"
      "- {name: e, containerEdits: {intelRdt: {closID: two}}}\n"
      "containerEdits: {intelRdt: {l3CacheSchema: l}}\n");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_edits(&rig, inject(&rig, (struct wish){.ids = "d e"}),
                  "e /etc/cdi/a.yaml:5: rdt closID=two\n");
}
END_TEST

static const struct {
  const char *edits;
  const char *code, *says, *hint;
  const char *list;
} stale[] = {
    {"deviceNodes: [{path: /dev/gone, major: 5}]", "cdi.file-stale",
     "the device node /dev/gone is not there", "regenerate the spec", "deviceNodes"},
    {"deviceNodes: [{path: /lib}]", "cdi.file-stale", "the device node /lib is not a device node",
     "regenerate the spec", "deviceNodes"},
    {"deviceNodes: [{path: /dev/link}]", "cdi.file-stale", "the device node /dev/link is a link",
     "regenerate the spec", "deviceNodes"},
    {"deviceNodes: [{path: x, type: c, major: 5}]", "cdi.file-broken",
     "the path \"x\" is not absolute", "write an absolute path", "deviceNodes"},
    {"deviceNodes: [{path: /dev/../x, type: c, major: 5}]", "cdi.file-broken",
     "the path \"/dev/../x\" is not absolute", "without \"..\"", "deviceNodes"},
    {"mounts: [{hostPath: /gone, containerPath: /b}]", "cdi.file-stale",
     "the mount source /gone is not there", "regenerate the spec", "mounts"},
    {"mounts: [{hostPath: /lib, containerPath: b}]", "cdi.file-broken",
     "the containerPath \"b\" is not absolute", "write an absolute path", "mounts"},
    {"hooks: [{hookName: poststop, path: /gone}]", "cdi.file-stale", "the hook /gone is not there",
     "regenerate the spec", "hooks"},
};

START_TEST(what_the_host_lacks_is_named_with_its_place) {
  tree_dir(&rig.tree, "/lib");
  put_node(&rig, "/dev/x", "7:1");
  tree_link(&rig.tree, "/dev/link", "x");
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "d", stale[_i].edits);
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_ptr_null(inject(&rig, (struct wish){.ids = "d"}));
  ck_assert_uint_eq(rig.err.count, 1);
  ck_assert_str_eq(rig.err.first->code, stale[_i].code);
  ck_assert_contains(rig.err.first->text, stale[_i].says);
  const char *key = arena_printf(&rig.arena, "devices[0].containerEdits.%s[0]", stale[_i].list);
  /* `devices: [{name: 'd', containerEdits: {LIST: [{` */
  check_place(rig.err.first, "/etc/cdi/a.yaml", 3, 43 + (uint32_t)strlen(stale[_i].list), key);
  ck_assert_contains(rig.err.first->hint, stale[_i].hint);
}
END_TEST

START_TEST(all_stale_entries_are_named_and_how_to_renew_them) {
  put_nvidia_host();
  drop(&rig, "/usr/bin/nvidia-cdi-hook");
  drop(&rig, "/usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "nvidia", nvidia), DAVIT_OK);
  ck_assert_ptr_null(inject(&rig, (struct wish){.ids = "1"}));
  ck_assert_uint_eq(rig.err.count, 2);
  ck_assert_str_eq(rig.err.first->hint,
                   "regenerate the spec: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml");
  /* What a spec for elsewhere names need not be on this host. */
  ck_assert_ptr_nonnull(
      inject(&rig, (struct wish){.ids = "1", .flags = DAVIT_REQUEST_GENERATE, .no_hooks = 1}));
}
END_TEST

START_TEST(what_is_not_named_any_more_is_counted) {
  const char *mounts = "";
  for (int i = 0; i < 18; i++)
    mounts = arena_printf(&rig.arena, "%s{hostPath: /gone/%d, containerPath: /b},", mounts, i);
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "d",
            arena_printf(&rig.arena, "mounts: [%s]", mounts));
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_ptr_null(inject(&rig, (struct wish){.ids = "d"}));
  ck_assert_uint_eq(rig.err.count, 17);
  ck_assert_str_eq(rig.err.first->text,
                   "plugin cdi: the mount source /gone/0 is not there; v.com/c=d needs it");
  ck_assert_error(&rig.err, "cdi.file-stale",
                  "2 more entries of CDI files name what is not on this host");
}
END_TEST

START_TEST(a_file_without_device_is_needed_by_every_device) {
  put(&rig, "/etc/cdi/a.yaml",
      "cdiVersion: 0.5.0\nkind: v.com/c\ndevices: [{name: d, containerEdits: {env: [A=b]}}]\n"
      "containerEdits:\n  hooks: [{hookName: poststop, path: /gone}]\n");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_ptr_null(inject(&rig, (struct wish){.ids = "d"}));
  ck_assert_error(&rig.err, "cdi.file-stale",
                  "the hook /gone is not there; every device of the file needs it");
  check_place(rig.err.first, "/etc/cdi/a.yaml", 5, 11, "containerEdits.hooks[0]");
}
END_TEST

/* Only root's runtime can map the ids of a mount. */
START_TEST(a_mount_of_a_user_namespace_maps_ids_where_that_can_be) {
  tree_dir(&rig.tree, "/lib");
  put_small(&rig, "/etc/cdi/a.yaml", "v.com/c", "d",
            "mounts: [{hostPath: /lib, containerPath: /b}]");
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
#define MOUNT "d /etc/cdi/a.yaml:3: mount /lib at /b type -: rbind"
  ck_assert_edits(&rig, inject(&rig, (struct wish){.ids = "d", .container = DAVIT_CT_USER_NS}),
                  MOUNT " ridmap\n");
  const uint32_t rootless = DAVIT_CT_USER_NS | DAVIT_CT_ROOTLESS;
  ck_assert_edits(&rig, inject(&rig, (struct wish){.ids = "d", .container = rootless}), MOUNT "\n");
  ck_assert_edits(&rig,
                  inject(&rig, (struct wish){.ids = "d",
                                             .flags = DAVIT_REQUEST_GENERATE,
                                             .container = DAVIT_CT_USER_NS}),
                  MOUNT "\n");
}
END_TEST

START_TEST(a_container_without_hooks_is_refused) {
  put_nvidia_host();
  rig_open(&rig, "cdi", NULL);
  ck_assert_int_eq(query(&rig, "nvidia", nvidia), DAVIT_OK);
  ck_assert_ptr_null(inject(&rig, (struct wish){.ids = "1", .no_hooks = 1}));
  ck_assert_int_eq(rig.err.first->answer, DAVIT_E_UNSUPPORTED);
  ck_assert_error(&rig.err, "cdi.hooks-forbidden",
                  "the spec needs the hook /usr/bin/nvidia-cdi-hook");
  ck_assert_uint_eq(rig.err.count, 1);
  check_place(rig.err.first, "/etc/cdi/nvidia.yaml", 108, 11, "containerEdits.hooks[0]");
  ck_assert_error(&rig.err, "cdi.hooks-forbidden", "--cdi=off");
}
END_TEST

/* ---- directories of the command line -------------------------------------------------------- */

START_TEST(given_directories_are_the_callers) {
  put_small(&rig, "/caller/specs/a.yaml", "v.com/c", "d",
            "mounts: [{hostPath: /m, containerPath: /m}]");
  tree_dir(&rig.tree, "/host/m");
  CLEANUP(host) struct host *caller = NULL;
  ck_assert_ok(host_open(rig.tree.root, &caller, &rig.err), &rig.err);
  /* The host is a directory below; the caller sees all of the rig. */
  static const char *const dirs[] = {"/caller/specs", NULL};
  const char *below = arena_printf(&rig.arena, "%s/host", rig.tree.root);
  rig_open_dirs(&rig, below, caller, "dir", dirs);
  ck_assert_int_eq(query(&rig, "v", NULL), DAVIT_OK);
  ck_assert_edits(&rig, inject(&rig, (struct wish){.ids = "d"}),
                  "d /caller/specs/a.yaml:3: mount /m at /m type -: rbind\n");
  instance_close(rig.instance);
  rig.instance = NULL;
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugins_cdi");
  TCase *tests = tcase_create("plugins_cdi");
  tcase_add_checked_fixture(tests, begin, end);
  tcase_add_test(tests, indices_count_and_uuids_are_other_names);
  tcase_add_test(tests, one_device_and_all_are_not_two);
  tcase_add_test(tests, devices_come_in_natural_order);
  tcase_add_loop_test(tests, a_query_gets_its_kinds, 0, ARRAY_LEN(queries));
  tcase_add_test(tests, a_host_without_specs_has_nothing_here);
  tcase_add_test(tests, only_spec_files_are_read);
  tcase_add_test(tests, a_later_directory_goes_first);
  tcase_add_test(tests, a_tie_at_the_top_is_unusable);
  tcase_add_test(tests, a_tie_of_many_files_is_one_device_unusable);
  tcase_add_test(tests, a_device_of_too_many_nodes_leaves_the_others_alone);
  tcase_add_test(tests, a_name_beyond_all_measure_breaks_its_file_alone);
  tcase_add_test(tests, a_tie_below_does_not_matter);
  tcase_add_test(tests, one_directory_under_two_names_is_no_tie);
  tcase_add_test(tests, one_path_of_the_host_and_of_the_caller_is_two_files);
  tcase_add_test(tests, given_directories_replace_the_defaults);
  tcase_add_test(tests, a_broken_file_of_the_kind_fails_behind_the_good_devices);
  tcase_add_test(tests, a_syntax_error_counts_for_the_kind_in_the_text);
  tcase_add_test(tests, broken_files_of_other_kinds_only_warn);
  tcase_add_test(tests, files_without_the_kind_are_not_even_parsed);
  tcase_add_test(tests, edits_are_those_of_the_file_once_and_of_each_device);
  tcase_add_test(tests, what_amd_ctk_writes_needs_no_host_node);
  tcase_add_loop_test(tests, every_form_of_edit_works, 0, ARRAY_LEN(forms));
  tcase_add_test(tests, the_last_rdt_replaces_the_others);
  tcase_add_loop_test(tests, what_the_host_lacks_is_named_with_its_place, 0, ARRAY_LEN(stale));
  tcase_add_test(tests, all_stale_entries_are_named_and_how_to_renew_them);
  tcase_add_test(tests, what_is_not_named_any_more_is_counted);
  tcase_add_test(tests, a_file_without_device_is_needed_by_every_device);
  tcase_add_test(tests, a_mount_of_a_user_namespace_maps_ids_where_that_can_be);
  tcase_add_test(tests, a_container_without_hooks_is_refused);
  tcase_add_test(tests, given_directories_are_the_callers);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
