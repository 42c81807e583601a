/* SPDX-License-Identifier: Apache-2.0 */
/* Edits from their callbacks into the document, or why not. */
#include <sys/types.h>

#include "oci_testing.h"
#include "scratch_dir.h"

#include "plugin/edits.h"
#include "plugin/instance_state.h"

/* Two plugins, their edits in one transaction, a document and a host. */
struct fixture {
  struct scratch_dir dir;
  struct host *host;
  struct log log;
  char logged[4096];
  struct plugin plugins[2];
  struct instance instances[2];
  struct oci *oci;
  struct transaction *transaction;
  struct davit_error err;
};

static void note(void *user, enum log_level level, const struct problem *message) {
  struct fixture *f = user;
  size_t used = strlen(f->logged);
  snprintf(f->logged + used, sizeof(f->logged) - used, "%s%s %s\n",
           level == LOG_LEVEL_WARNING ? "warning " : "", message->code ? message->code : "",
           message->text);
}

static void set_up(struct fixture *f) {
  static const struct {
    const char *path, *content;
  } nodes[] = {
      {"dev/nvidia0", "c 195:0 0666"},
      {"dev/nvidiactl", "c 195:255 0666"},
      {"dev/renderD128", "c 226:128 0660 0:109"},
      {"dev/root-only", "c 10:1 0600"},
      {"dev/disk", "b 8:0 0660 0:6"},
      {"dev/text", "not a node"},
  };
  *f = (struct fixture){.dir = scratch_dir()};
  make_dir(&f->dir, "dev");
  make_dir(&f->dir, "opt");
  for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
    make_file(&f->dir, nodes[i].path, nodes[i].content);
  ck_assert_ok(host_open(f->dir.path, &f->host, &f->err), &f->err);
  f->log = (struct log){.threshold = LOG_LEVEL_INFO, .emit = note, .user = f};
  f->plugins[0].name = "acme";
  f->plugins[1].name = "other";
  for (size_t i = 0; i < 2; i++)
    f->instances[i] = (struct instance){.arena = &f->dir.arena, .plugin = &f->plugins[i]};
  ck_assert_ok(oci_new(&f->oci, &f->err), &f->err);
  ck_assert_ok(
      transaction_new(&f->dir.arena, f->host, f->oci, &f->log, NULL, &f->transaction, &f->err),
      &f->err);
}

static void cleanup_fixture(struct fixture *f) {
  for (size_t i = 0; i < 2; i++)
    error_clear(&f->instances[i].callback);
  oci_free(f->oci);
  host_close(f->host);
  error_clear(&f->err);
  cleanup_scratch_dir(&f->dir);
}

static const struct davit_edits *begin(struct fixture *f, int plugin, enum edit_phase phase) {
  return transaction_begin(f->transaction, &f->instances[plugin], phase);
}

static const struct davit_error *why(const struct fixture *f) {
  return &f->instances[0].callback;
}

static int add_node(const struct davit_edits *edits, const char *path, const char *access) {
  const struct davit_device_node node = {DAVIT_SIZED(struct davit_device_node), .path = path,
                                         .access = access};
  return edits->add_device_node(edits, &node);
}

static int add_mount(const struct davit_edits *edits, const char *from, const char *to) {
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = from,
                                    .container_path = to};
  return edits->add_mount(edits, &mount);
}

static int apply(struct fixture *f) {
  return transaction_apply(f->transaction, f->oci, &f->err);
}

static const struct davit_device device = {DAVIT_SIZED(struct davit_device), .id = "0",
                                           .kind = "acme.com/npu"};

/* ---- every kind of edit --------------------------------------------------------------------- */

START_TEST(every_edit_reaches_the_document) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  static const char *const args[] = {"hook", "run", NULL}, *const env[] = {"A=1", NULL};
  const struct davit_hook hook = {DAVIT_SIZED(struct davit_hook),
                                  .name = "createContainer",
                                  .path = "/usr/bin/hook",
                                  .args = args,
                                  .env = env,
                                  .flags = DAVIT_HOOK_TIMEOUT,
                                  .timeout = 5};
  edits->source(edits, &device, NULL, 0);
  ck_assert_int_eq(add_node(edits, "/dev/nvidia0", NULL), DAVIT_OK);
  edits->source(edits, &device, "/etc/cdi/a.yaml", 12);
  ck_assert_int_eq(add_mount(edits, "/dev/text", "/etc/text"), DAVIT_OK);
  ck_assert_int_eq(add_mount(edits, "/opt", "/opt"), DAVIT_OK);
  edits->source(edits, NULL, NULL, 0);
  ck_assert_int_eq(edits->add_hook(edits, &hook), DAVIT_OK);
  ck_assert_int_eq(edits->add_gid(edits, 44), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "b", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ANNOTATION, "a.b/c", "d", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_RLIMIT, "RLIMIT_MEMLOCK", "unlimited", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_RLIMIT, "RLIMIT_NOFILE", "64:128", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_UNIFIED, "pids.max", "64", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_UNIFIED, "dmem.max", "a 1", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_UNIFIED, "dmem.max", "b 2", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_UNIFIED, "cpu.max", "max 100000", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_NET_DEVICE, "ib0", "eth1", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_INTEL_RDT, "closID", "gpu", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_INTEL_RDT, "schemata", "MB:0=1", 0), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "linux.devices./dev/nvidia0", "c 195:0 0666 <- plugin acme, device 0");
  ck_assert_history(f.oci, "linux.resources.devices[0]", "c 195:0 rw <- plugin acme, device 0");
  ck_assert_history(f.oci, "process.env.A", "A=b <- plugin acme");
  ck_assert_history(f.oci, "process.user.additionalGids.44", "44 <- plugin acme");
  CLEANUP(free) char *text = printed(f.oci);
  static const char *const parts[] = {
      "\"destination\": \"/etc/text\",\n      \"type\": \"bind\",\n      \"source\": \"/dev/text\"",
      "\"timeout\": 5",
      "\"a.b/c\": \"d\"",
      "\"type\": \"RLIMIT_NOFILE\"",
      "\"soft\": 64",
      "\"hard\": 18446744073709551615",
      "\"pids.max\": \"64\"",
      "\"dmem.max\": \"a 1\\nb 2\"",
      "\"cpu.max\": \"max 100000\"",
      "\"name\": \"eth1\"",
      "\"closID\": \"gpu\"",
      "\"MB:0=1\""};
  for (size_t i = 0; i < ARRAY_LEN(parts); i++)
    ck_assert_contains(text, parts[i]);
  ck_assert_contains(f.logged, "plugin.new-runtime net device ib0");
  check_sources(f.oci);
}
END_TEST

START_TEST(what_is_passed_in_is_copied) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  char name[] = "NAME", value[] = "value", path[] = "/dev/nvidia0", id[] = "0", option[] = "ro";
  const char *options[] = {option, NULL};
  struct davit_device own = device;
  own.id = id;
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  edits->source(edits, &own, NULL, 0);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, name, value, 0), DAVIT_OK);
  ck_assert_int_eq(add_node(edits, path, NULL), DAVIT_OK);
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = path,
                                    .container_path = path, .options = options};
  ck_assert_int_eq(edits->add_mount(edits, &mount), DAVIT_OK);
  memset(name, 'x', 4);
  memset(value, 'x', 5);
  memset(path, 'x', 12);
  memset(option, 'x', 2);
  id[0] = 'x';
  options[0] = NULL;
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "process.env.NAME", "NAME=value <- plugin acme, device 0");
  ck_assert_history(f.oci, "linux.devices./dev/nvidia0", "c 195:0 0666 <- plugin acme, device 0");
  ck_assert_has(f.oci, "\"ro\"");
}
END_TEST

/* ---- refused at once ------------------------------------------------------------------------ */

#define NODE(...) \
  (&(const struct davit_device_node){DAVIT_SIZED(struct davit_device_node), __VA_ARGS__})
#define MOUNT(...) (&(const struct davit_mount){DAVIT_SIZED(struct davit_mount), __VA_ARGS__})
#define HOOK(...)  (&(const struct davit_hook){DAVIT_SIZED(struct davit_hook), __VA_ARGS__})

static const char *const no_name[] = {"=x", NULL}, *const no_value[] = {"x", NULL};

static const struct {
  const struct davit_device_node *node;
  const struct davit_mount *mount;
  const struct davit_hook *hook;
  struct {
    uint32_t what;
    const char *name, *value;
    uint32_t flags;
  } set;
  int answer;
  const char *code, *text, *hint;
} bad[] = {
    {.node = NODE(.path = "dev/x"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "device node path \"dev/x\" is not absolute and clean",
     .hint = "absolute"},
    {.node = NODE(.path = "/dev/../x"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "\"/dev/../x\"",
     .hint = "absolute"},
    {.node = NODE(.path = NULL),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "device node path \"\"",
     .hint = "absolute"},
    {.node = NODE(.path = "/dev/x", .host_path = "x"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "host path \"x\"",
     .hint = "absolute"},
    {.node = NODE(.path = "/dev/nvidia0", .access = "rx"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "/dev/nvidia0: unknown access \"rx\"",
     .hint = "rwm"},
    {.node = NODE(.path = "/dev/nvidia0", .access = "rr"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "unknown access \"rr\"",
     .hint = "rwm"},
    {.node = NODE(.path = "/dev/nvidia0", .flags = DAVIT_NODE_TYPE, .type = 'd'),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "unknown type \"d\"",
     .hint = "c, b, u or p"},
    {.node = NODE(.path = "/dev/nvidia0", .flags = DAVIT_NODE_TYPE, .type = 'b'),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "/dev/nvidia0 is said to be of type b, the host's /dev/nvidia0 is of type c",
     .hint = "correct it"},
    {.node = NODE(.path = "/dev/x", .flags = DAVIT_NODE_TYPE | DAVIT_NODE_NUMBERS, .type = 'c',
                  .major = -1),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "no such numbers: -1:0",
     .hint = "0 to"},
    {.node = NODE(.path = "/dev/none"),
     .answer = DAVIT_E_NOT_FOUND,
     .code = "plugin.node-missing",
     .text = "device node /dev/none: ",
     .hint = "load the driver"},
    {.node = NODE(.path = "/dev/none", .flags = DAVIT_NODE_TYPE, .type = 'c'),
     .answer = DAVIT_E_NOT_FOUND,
     .code = "plugin.node-missing",
     .text = "/dev/none",
     .hint = "load the driver"},
    {.node = NODE(.path = "/dev/text"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a device on this host: \"/dev/text\"",
     .hint = "load the driver"},
    {.node = NODE(.path = "/dev/nvidia0", .flags = 1u << 20),
     .answer = DAVIT_E_UNSUPPORTED,
     .code = "plugin.bad-edit",
     .text = "does not know (flags 0x100000)"},
    {.mount = MOUNT(.host_path = "/a", .container_path = "b"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "mount destination \"b\"",
     .hint = "absolute"},
    {.mount = MOUNT(.host_path = "/a", .container_path = "/"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "mount destination \"/\"",
     .hint = "absolute"},
    {.mount = MOUNT(.host_path = "a", .container_path = "/b"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "mount source \"a\"",
     .hint = "absolute"},
    {.mount = MOUNT(.container_path = "/b", .type = "tmpfs"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "mount source \"\"",
     .hint = "absolute"},
    {.mount = MOUNT(.host_path = "/a", .container_path = "/b", .flags = 1u << 31),
     .answer = DAVIT_E_UNSUPPORTED,
     .code = "plugin.bad-edit",
     .text = "mount /b asks for"},
    {.hook = HOOK(.name = "postStart", .path = "/h"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "unknown hook \"postStart\"",
     .hint = "poststart"},
    {.hook = HOOK(.name = "poststart", .path = "h"),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "hook \"h\"",
     .hint = "absolute"},
    {.hook = HOOK(.name = "poststart", .path = "/h", .env = no_name),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a variable: \"=x\"",
     .hint = "NAME=value"},
    {.hook = HOOK(.name = "poststart", .path = "/h", .env = no_value),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a variable: \"x\"",
     .hint = "NAME=value"},
    {.hook = HOOK(.name = "poststart", .path = "/h", .flags = DAVIT_HOOK_TIMEOUT, .timeout = -1),
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "timeout -1",
     .hint = "0 or more"},
    {.hook = HOOK(.name = "poststart", .path = "/h", .flags = 1u << 16),
     .answer = DAVIT_E_UNSUPPORTED,
     .code = "plugin.bad-edit",
     .text = "hook /h asks for"},
    {.set = {DAVIT_SET_ENV, "A=B", "c", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a variable's name",
     .hint = "without \"=\""},
    {.set = {DAVIT_SET_ENV, "", "c", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a variable's name",
     .hint = "without \"=\""},
    {.set = {DAVIT_SET_ENV, "A", NULL, 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "variable without a name or value",
     .hint = "name"},
    {.set = {DAVIT_SET_ENV, "A", "b", 1u << 16},
     .answer = DAVIT_E_UNSUPPORTED,
     .code = "plugin.bad-edit",
     .text = "flags 0x10000"},
    {.set = {6, "A", "b", 0},
     .answer = DAVIT_E_UNSUPPORTED,
     .code = "plugin.bad-edit",
     .text = "kind 6"},
    {.set = {DAVIT_SET_ANNOTATION, "", "b", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not an annotation's name",
     .hint = "a name"},
    {.set = {DAVIT_SET_RLIMIT, "MEMLOCK", "1", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a limit's name: \"MEMLOCK=1\"",
     .hint = "SOFT:HARD"},
    {.set = {DAVIT_SET_RLIMIT, "RLIMIT_NOFILE", "-1", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a limit: ",
     .hint = "SOFT:HARD"},
    {.set = {DAVIT_SET_RLIMIT, "RLIMIT_NOFILE", "1:", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a limit: ",
     .hint = "SOFT:HARD"},
    {.set = {DAVIT_SET_RLIMIT, "RLIMIT_NOFILE", "2:1", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "soft limit is above the hard one",
     .hint = "SOFT:HARD"},
    {.set = {DAVIT_SET_UNIFIED, "../x", "1", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a cgroup file",
     .hint = "cgroup v2"},
    {.set = {DAVIT_SET_UNIFIED, "pids", "1", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a cgroup file",
     .hint = "cgroup v2"},
    {.set = {DAVIT_SET_UNIFIED, "pids.max", "1\n2", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not one line",
     .hint = "one line"},
    {.set = {DAVIT_SET_NET_DEVICE, "a/b", "eth0", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a network interface's name",
     .hint = "15 bytes"},
    {.set = {DAVIT_SET_NET_DEVICE, "ib0", "0123456789abcdef", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a network interface's name",
     .hint = "15 bytes"},
    {.set = {DAVIT_SET_INTEL_RDT, "closid", "x", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a key of linux.intelRdt",
     .hint = "OCI"},
    {.set = {DAVIT_SET_INTEL_RDT, "enableMonitoring", "yes", 0},
     .answer = DAVIT_E_INVALID,
     .code = "plugin.bad-edit",
     .text = "not a switch",
     .hint = "OCI"},
};

START_TEST(refuses_bad_edits) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  int answer = DAVIT_OK;
  if (bad[_i].node)
    answer = edits->add_device_node(edits, bad[_i].node);
  else if (bad[_i].mount)
    answer = edits->add_mount(edits, bad[_i].mount);
  else if (bad[_i].hook)
    answer = edits->add_hook(edits, bad[_i].hook);
  else
    answer =
        edits->set(edits, bad[_i].set.what, bad[_i].set.name, bad[_i].set.value, bad[_i].set.flags);
  ck_assert_int_eq(answer, bad[_i].answer);
  ck_assert_uint_eq(why(&f)->count, 1);
  ck_assert_str_eq(why(&f)->first->code, bad[_i].code);
  ck_assert_contains(why(&f)->first->text, bad[_i].text);
  if (bad[_i].hint)
    ck_assert_contains(why(&f)->first->hint, bad[_i].hint);
  CLEANUP(free) char *before = printed(f.oci);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_printed(f.oci, before);
}
END_TEST

START_TEST(refuses_what_is_no_struct) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  const struct davit_device_node node = {.path = "/dev/nvidia0"};
  ck_assert_int_eq(edits->add_device_node(edits, &node), DAVIT_E_INVALID);
  ck_assert_error(why(&f), "plugin.bad-edit", "DAVIT_SIZED");
  ck_assert_int_eq(edits->add_mount(edits, NULL), DAVIT_E_INVALID);
  ck_assert_error(why(&f), "plugin.bad-edit", "DAVIT_SIZED");
}
END_TEST

START_TEST(files_need_a_bundle_and_sharing_adds_no_nodes) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  const struct davit_file file = {DAVIT_SIZED(struct davit_file), .path = "/a", .content = "b"};
  ck_assert_int_eq(edits->add_file(edits, &file), DAVIT_E_UNSUPPORTED);
  ck_assert_error(why(&f), "plugin.bad-edit", "DAVIT_CT_FILES");
  edits = begin(&f, 0, EDIT_SHARE);
  ck_assert_int_eq(add_node(edits, "/dev/nvidia0", NULL), DAVIT_E_INVALID);
  ck_assert_error(why(&f), "plugin.bad-edit", "sharing adds no device nodes");
  ck_assert_int_eq(add_mount(edits, "/opt", "/opt"), DAVIT_OK);
}
END_TEST

/* A plugin's file of the container is a file of the bundle, mounted over whatever is there. */
START_TEST(files_are_kept_for_the_bundle) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  struct list files = {0};
  transaction_hold_files(f.transaction, "/b/.davit", &files);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  const struct davit_file text = {DAVIT_SIZED(struct davit_file), .path = "/etc/gpu/one.conf",
                                  .content = "one"};
  const struct davit_file bytes = {DAVIT_SIZED(struct davit_file), .path = "/etc/gpu/two.conf",
                                   .content = "t\0wo", .size = 4};
  ck_assert_int_eq(edits->add_file(edits, &text), DAVIT_OK);
  ck_assert_int_eq(edits->add_file(edits, &bytes), DAVIT_OK);
  ck_assert_uint_eq(files.count, 0); /* nothing before all is known to be good */
  begin(&f, 1, EDIT_INJECT);
  ck_assert_int_eq(edits->add_file(edits, &text), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_uint_eq(files.count, 2);
  const struct made_file *first = files.items[0], *second = files.items[1];
  ck_assert_str_eq(first->name, "1-one.conf");
  ck_assert_str_eq(first->content, "one");
  ck_assert_uint_eq(first->size, 3);
  ck_assert_str_eq(second->name, "2-two.conf");
  ck_assert_uint_eq(second->size, 4);
  ck_assert_mem_eq(second->content, "t\0wo", 4);
  CLEANUP(free) char *config = printed(f.oci);
  ck_assert_contains(config, "\"source\": \"/b/.davit/1-one.conf\"");
  ck_assert_contains(config, "\"destination\": \"/etc/gpu/two.conf\"");
}
END_TEST

START_TEST(files_that_differ_or_are_wrong_are_refused) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  struct list files = {0};
  transaction_hold_files(f.transaction, "/b/.davit", &files);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  const struct davit_file relative = {DAVIT_SIZED(struct davit_file), .path = "etc/x",
                                      .content = "a"};
  ck_assert_int_eq(edits->add_file(edits, &relative), DAVIT_E_INVALID);
  ck_assert_error(why(&f), "plugin.bad-edit", "file \"etc/x\" is not an absolute and clean path");
  const struct davit_file large = {DAVIT_SIZED(struct davit_file), .path = "/x", .content = "a",
                                   .size = 2 << 20};
  ck_assert_int_eq(edits->add_file(edits, &large), DAVIT_E_INVALID);
  ck_assert_error(why(&f), "plugin.bad-edit", "file /x has 2097152 bytes");
  CLEANUP(free) char *content = calloc(1, (1 << 20) + 2);
  memset(content, 'a', (1 << 20) + 1);
  const struct davit_file text = {DAVIT_SIZED(struct davit_file), .path = "/x", .content = content};
  ck_assert_int_eq(edits->add_file(edits, &text), DAVIT_E_INVALID);
  ck_assert_error(why(&f), "plugin.bad-edit", "file /x has 1048577 bytes");
  const struct davit_file one = {DAVIT_SIZED(struct davit_file), .path = "/x", .content = "a"};
  const struct davit_file other = {DAVIT_SIZED(struct davit_file), .path = "/x", .content = "b"};
  ck_assert_int_eq(edits->add_file(edits, &one), DAVIT_OK);
  begin(&f, 1, EDIT_INJECT);
  ck_assert_int_eq(edits->add_file(edits, &other), DAVIT_OK);
  ck_assert_int_lt(apply(&f), 0);
  ck_assert_error(&f.err, "plugin.conflict", "mount /x");
  ck_assert_uint_eq(files.count, 0);
}
END_TEST

/* ---- device nodes and the host -------------------------------------------------------------- */

static const struct {
  struct davit_device_node node;
  const char *device; /* NULL: none */
  const char *rule;   /* NULL: none */
  const char *group;  /* NULL: none */
  const char *logged; /* NULL: nothing */
} nodes[] = {
    {{.path = "/dev/nvidia0"}, "c 195:0 0666", "c 195:0 rw", NULL, NULL},
    {{.path = "/dev/gpu", .host_path = "/dev/nvidia0", .access = "rwm"},
     "c 195:0 0666",
     "c 195:0 rwm",
     NULL,
     NULL},
    {{.path = "/dev/disk", .access = "r"}, "b 8:0 0660 -:6", "b 8:0 r", "6", NULL},
    /* Not open to everyone: the node keeps its group and the process joins it. */
    {{.path = "/dev/renderD128"}, "c 226:128 0660 -:109", "c 226:128 rw", "109", NULL},
    {{.path = "/dev/renderD128", .flags = DAVIT_NODE_NO_GROUP},
     "c 226:128 0660",
     "c 226:128 rw",
     NULL,
     NULL},
    {{.path = "/dev/root-only"}, "c 10:1 0600", "c 10:1 rw", NULL, NULL},
    {{.path = "/dev/nvidia0", .access = ""}, "c 195:0 0666", NULL, NULL, NULL},
    {{.path = "/dev/nvidia0", .flags = DAVIT_NODE_RULE_ONLY}, NULL, "c 195:0 rw", NULL, NULL},
    /* What the plugin gives counts, but not numbers that the host has otherwise. */
    {{.path = "/dev/nvidia0",
      .flags = DAVIT_NODE_MODE | DAVIT_NODE_UID | DAVIT_NODE_GID,
      .mode = 0600,
      .uid = 7,
      .gid = 8},
     "c 195:0 0600 7:8",
     "c 195:0 rw",
     NULL,
     NULL},
    {{.path = "/dev/nvidia0",
      .flags = DAVIT_NODE_TYPE | DAVIT_NODE_NUMBERS,
      .type = 'c',
      .major = 511,
      .minor = 3},
     "c 195:0 0666",
     "c 195:0 rw",
     NULL,
     "plugin.node-numbers device node /dev/nvidia0 is "
     "said to be 511:3, the host has it as 195:0"},
    {{.path = "/dev/nvidia0", .flags = DAVIT_NODE_TYPE, .type = 'u'},
     "u 195:0 0666",
     "c 195:0 rw",
     NULL,
     NULL},
    /* Complete: the host need not have it. */
    {{.path = "/dev/none",
      .flags = DAVIT_NODE_TYPE | DAVIT_NODE_NUMBERS,
      .type = 'b',
      .major = 4,
      .minor = 5},
     "b 4:5",
     "b 4:5 rw",
     NULL,
     "plugin.node-missing device node /dev/none"},
    {{.path = "/dev/pipe", .flags = DAVIT_NODE_TYPE, .type = 'p'},
     "p -:-",
     NULL,
     NULL,
     "plugin.node-missing device node /dev/pipe"},
};

START_TEST(nodes_are_the_hosts) {
  CLEANUP(fixture) struct fixture f;
  CLEANUP(arena) struct arena arena = {0};
  set_up(&f);
  struct davit_device_node node = nodes[_i].node;
  node.struct_size = sizeof(node);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(edits->add_device_node(edits, &node), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  const struct oci_entry *entry =
      entry_at(&arena, f.oci, arena_printf(&arena, "linux.devices.%s", node.path));
  ck_assert_int_eq(entry != NULL, nodes[_i].device != NULL);
  if (entry && nodes[_i].device)
    ck_assert_str_eq(entry->value, nodes[_i].device);
  entry = entry_at(&arena, f.oci, "linux.resources.devices[0]");
  ck_assert_int_eq(entry != NULL, nodes[_i].rule != NULL);
  if (entry && nodes[_i].rule)
    ck_assert_str_eq(entry->value, nodes[_i].rule);
  if (nodes[_i].group)
    ck_assert_has(
        f.oci, arena_printf(&arena, "\"additionalGids\": [\n        %s\n      ]", nodes[_i].group));
  else
    ck_assert_lacks(f.oci, "additionalGids");
  if (nodes[_i].logged)
    ck_assert_contains(f.logged, nodes[_i].logged);
  else
    ck_assert_str_eq(f.logged, "");
}
END_TEST

#define OPTION(name) "        \"" name "\""

static const struct {
  const char *host_path, *type;
  const char *options; /* as printed */
} mounts[] = {
    {"/dev/text", NULL,
     "[\n" OPTION("ro") ",\n" OPTION("nosuid") ",\n" OPTION("nodev") ",\n" OPTION(
         "rbind") ",\n" OPTION("rprivate") "\n      ]"},
    {"/not-there", NULL,
     "[\n" OPTION("ro") ",\n" OPTION("nosuid") ",\n" OPTION("nodev") ",\n" OPTION(
         "rbind") ",\n" OPTION("rprivate") "\n      ]"},
    {"/opt", NULL,
     "[\n" OPTION("rro") ",\n" OPTION("nosuid") ",\n" OPTION("nodev") ",\n" OPTION(
         "rbind") ",\n" OPTION("rprivate") "\n      ]"},
    {"tmpfs", "tmpfs", "[\n" OPTION("ro") ",\n" OPTION("nosuid") ",\n" OPTION("nodev") "\n      ]"},
};

START_TEST(mounts_are_read_only_unless_said) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .container_path = "/m",
                                    .host_path = mounts[_i].host_path, .type = mounts[_i].type};
  ck_assert_int_eq(edits->add_mount(edits, &mount), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_has(f.oci, mounts[_i].options);
}
END_TEST

START_TEST(a_mount_may_leave_type_and_options_out) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  static const char *const none[] = {NULL};
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .container_path = "/m",
                                    .host_path = "/opt", .type = "", .options = none};
  ck_assert_int_eq(edits->add_mount(edits, &mount), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_has(f.oci, "{\n      \"destination\": \"/m\",\n      \"source\": \"/opt\"\n    }");
}
END_TEST

/* As node exporters and driver containers do. */
START_TEST(the_whole_host_may_be_mounted) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(add_mount(edits, "/", "/host"), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_has(f.oci, "\"source\": \"/\"");
}
END_TEST

/* ---- what edits mean together --------------------------------------------------------------- */

START_TEST(equal_edits_are_one_with_all_sources) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  static const struct davit_device second = {DAVIT_SIZED(struct davit_device), .id = "1",
                                             .kind = "acme.com/npu"};
  const struct davit_hook hook = {DAVIT_SIZED(struct davit_hook), .name = "poststop", .path = "/h"};
  const struct davit_device *const devices[] = {&device, &second};
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  for (size_t i = 0; i < 2; i++) {
    edits->source(edits, devices[i], NULL, 0);
    ck_assert_int_eq(add_node(edits, "/dev/nvidiactl", NULL), DAVIT_OK);
    ck_assert_int_eq(edits->add_hook(edits, &hook), DAVIT_OK);
  }
  edits = begin(&f, 1, EDIT_SHARE);
  ck_assert_int_eq(edits->add_hook(edits, &hook), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "linux.devices./dev/nvidiactl",
                    "c 195:255 0666 <- plugin acme, device 0, plugin acme, device 1");
  ck_assert_history(f.oci, "linux.resources.devices[0]",
                    "c 195:255 rw <- plugin acme, device 0, plugin acme, device 1");
  CLEANUP(arena) struct arena arena = {0};
  const struct oci_entry *entry = entry_at(&arena, f.oci, "hooks.poststop[0]");
  ck_assert_ptr_nonnull(entry);
  ck_assert_ptr_nonnull(entry->sources[2]);
  ck_assert_str_eq(entry->sources[2]->plugin, "other");
  ck_assert_ptr_null(entry_at(&arena, f.oci, "hooks.poststop[1]"));
}
END_TEST

START_TEST(in_one_op_the_later_edit_counts) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "1", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "2", 0), DAVIT_OK);
  ck_assert_int_eq(add_node(edits, "/dev/nvidia0", "r"), DAVIT_OK);
  ck_assert_int_eq(add_node(edits, "/dev/nvidia0", "rw"), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "process.env.A", "A=2 <- plugin acme");
  ck_assert_history(f.oci, "linux.resources.devices[0]", "c 195:0 rw <- plugin acme");
}
END_TEST

START_TEST(differing_edits_of_two_plugins_are_refused) {
  static const char *const says[] = {
      "variable A: plugin acme, device 0 wants \"1\", plugin other wants \"2\"",
      "mount /m: plugin acme, device 0 wants \"bind /opt (rro, nosuid, nodev, rbind, rprivate)\", "
      "plugin other wants \"bind /dev/text (ro, ",
      "device node /dev/nvidia0: plugin acme, device 0 wants \"c 195:0 r mode 0666\", plugin other "
      "wants \"c 195:0 rw mode 0666\"",
      "plugin acme, device 0 wants \"eth1\", plugin other wants \"eth1\""};
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  for (int plugin = 0; plugin < 2; plugin++) {
    const struct davit_edits *edits = begin(&f, plugin, EDIT_INJECT);
    if (plugin == 0)
      edits->source(edits, &device, NULL, 0);
    if (_i == 0)
      ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", plugin ? "2" : "1", 0), DAVIT_OK);
    else if (_i == 1)
      ck_assert_int_eq(add_mount(edits, plugin ? "/dev/text" : "/opt", "/m"), DAVIT_OK);
    else if (_i == 2)
      ck_assert_int_eq(add_node(edits, "/dev/nvidia0", plugin ? "rw" : "r"), DAVIT_OK);
    else
      ck_assert_int_eq(edits->set(edits, DAVIT_SET_NET_DEVICE, plugin ? "ib1" : "ib0", "eth1", 0),
                       DAVIT_OK);
  }
  CLEANUP(free) char *before = printed(f.oci);
  ck_assert_int_eq(apply(&f), DAVIT_E_INVALID);
  ck_assert_str_eq(f.err.first->code, "plugin.conflict");
  ck_assert_contains(f.err.first->text, says[_i]);
  ck_assert_contains(f.err.first->hint, "--provider");
  ck_assert_printed(f.oci, before);
}
END_TEST

START_TEST(a_rolled_back_op_leaves_nothing) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "KEPT", "1", 0), DAVIT_OK);
  edits = begin(&f, 1, EDIT_INJECT);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "KEPT", "2", 0), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "GONE", "1", 0), DAVIT_OK);
  ck_assert_str_eq(transaction_env(f.transaction, "KEPT"), "2");
  transaction_rollback(f.transaction);
  ck_assert_str_eq(transaction_env(f.transaction, "KEPT"), "1");
  ck_assert_ptr_null(transaction_env(f.transaction, "GONE"));
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "process.env.KEPT", "KEPT=1 <- plugin acme");
  ck_assert_history(f.oci, "process.env.GONE", "(no entry)");
}
END_TEST

/* ---- edits and the service ------------------------------------------------------------------ */

static const struct oci_source by_image = {.kind = OCI_FROM_IMAGE, .file = "i.json", .key = "Env"};

static const struct {
  const struct oci_source *owner; /* NULL: the variable is not set before, to "old" */
  uint32_t flags;
  const char *value; /* afterwards */
} envs[] = {
    {NULL, 0, "new"},
    {NULL, DAVIT_SET_DEFAULT, "new"},
    {NULL, DAVIT_SET_PREPEND, "new"},
    {&by_service, 0, "new"},
    {&by_service, DAVIT_SET_DEFAULT, "old"},
    {&by_option, DAVIT_SET_DEFAULT, "old"},
    {&by_image, DAVIT_SET_DEFAULT, "new"},
    {&by_default, DAVIT_SET_DEFAULT, "new"},
    {&by_service, DAVIT_SET_PREPEND, "new:old"},
    {&by_image, DAVIT_SET_PREPEND, "new:old"},
};

START_TEST(variables_give_way_or_not) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  if (envs[_i].owner)
    ck_assert_ok(oci_set_env(f.oci, "A", "old", envs[_i].owner, &f.err), &f.err);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "new", envs[_i].flags), DAVIT_OK);
  ck_assert_str_eq(transaction_env(f.transaction, "A"), envs[_i].value);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_str_eq(oci_get_env(f.oci, "A", NULL), envs[_i].value);
}
END_TEST

START_TEST(a_config_that_is_read_keeps_its_variables) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  oci_free(f.oci);
  f.oci = parsed("{\"ociVersion\": \"1.0.2\", \"process\": {\"env\": [\"A=old\", \"P=/bin\"]}}");
  ck_assert_ok(transaction_new(&f.dir.arena, f.host, f.oci, &f.log, NULL, &f.transaction, &f.err),
               &f.err);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "new", DAVIT_SET_DEFAULT), DAVIT_OK);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "P", "/bin", DAVIT_SET_PREPEND), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_str_eq(oci_get_env(f.oci, "A", NULL), "old");
  ck_assert_str_eq(oci_get_env(f.oci, "P", NULL), "/bin"); /* it stands before already */
}
END_TEST

START_TEST(sharing_replaces_what_gives_way) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "V", "0,1", DAVIT_SET_DEFAULT), DAVIT_OK);
  edits = begin(&f, 0, EDIT_SHARE);
  ck_assert_str_eq(transaction_env(f.transaction, "V"), "0,1");
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "V", "1", 0), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "process.env.V", "V=1 <- plugin acme");
}
END_TEST

static const struct {
  enum edit_phase phase;
  const char *value;
  const struct oci_source *owner;
  bool conflicts;
} shared[] = {
    {EDIT_SHARE, "mine", &by_service, true},      {EDIT_SHARE, "mine", &by_option, true},
    {EDIT_SHARE, "/tmp/mps", &by_service, false}, {EDIT_SHARE, "mine", &by_image, false},
    {EDIT_INJECT, "mine", &by_service, false},
};

START_TEST(sharing_variables_are_not_the_services) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  ck_assert_ok(oci_set_env(f.oci, "PIPE", shared[_i].value, shared[_i].owner, &f.err), &f.err);
  const struct davit_edits *edits = begin(&f, 0, shared[_i].phase);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "PIPE", "/tmp/mps", 0), DAVIT_OK);
  if (!shared[_i].conflicts) {
    ck_assert_ok(apply(&f), &f.err);
    ck_assert_str_eq(oci_get_env(f.oci, "PIPE", NULL), "/tmp/mps");
    return;
  }
  ck_assert_int_eq(apply(&f), DAVIT_E_INVALID);
  ck_assert_error(&f.err, "gpu.sharing-conflict", "variable PIPE: ");
  ck_assert_error(&f.err, "gpu.sharing-conflict", "plugin acme needs, \"/tmp/mps\"");
  ck_assert_error(&f.err, "gpu.sharing-conflict", "leave the variable out");
  ck_assert(!strstr(f.err.first->text, "mine"));
  ck_assert_str_eq(oci_get_env(f.oci, "PIPE", NULL), "mine");
}
END_TEST

START_TEST(a_node_of_the_service_too_is_one_node) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct oci_device node = {.path = "/dev/nvidia0",
                                  .type = 'c',
                                  .major = 195,
                                  .minor = 0,
                                  .has_mode = true,
                                  .mode = 0600};
  const struct oci_rule rule = {true, 'c', 195, 0, "r"};
  ck_assert_ok(oci_add_device(f.oci, &node, &by_service, &f.err), &f.err);
  ck_assert_ok(oci_add_device_rule(f.oci, &rule, &by_service, &f.err), &f.err);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(add_node(edits, "/dev/nvidia0", "rw"), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "linux.devices./dev/nvidia0",
                    "c 195:0 0600 <- a.yaml:7 (services.a), plugin acme");
  ck_assert_history(f.oci, "linux.resources.devices[0]", "c 195:0 r <- a.yaml:7 (services.a)");
  ck_assert_history(f.oci, "linux.resources.devices[1]", "c 195:0 rw <- plugin acme");
}
END_TEST

START_TEST(what_the_service_has_otherwise_is_a_conflict) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct oci_device node = {.path = "/dev/nvidia0", .type = 'c', .major = 1, .minor = 3};
  const struct oci_mount mount = {.destination = "/opt", .type = "tmpfs"};
  ck_assert_ok(oci_add_device(f.oci, &node, &by_service, &f.err), &f.err);
  ck_assert_ok(oci_add_mount(f.oci, &mount, &by_service, &f.err), &f.err);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "1", 0), DAVIT_OK);
  ck_assert_int_eq(add_node(edits, "/dev/nvidia0", NULL), DAVIT_OK);
  ck_assert_int_eq(add_mount(edits, "/opt", "/opt"), DAVIT_OK);
  CLEANUP(free) char *before = printed(f.oci);
  ck_assert_int_eq(apply(&f), DAVIT_E_INVALID);
  ck_assert_uint_eq(f.err.count, 2); /* both at once */
  ck_assert_error(&f.err, "plugin.conflict",
                  "device node /dev/nvidia0: plugin acme wants \"c 195:0");
  ck_assert_error(&f.err, "plugin.conflict", "mount /opt: plugin acme wants");
  ck_assert_error(&f.err, "plugin.conflict", "a.yaml:7 (services.a) has something else there");
  ck_assert_error(&f.err, "plugin.conflict", "leave it out there");
  ck_assert_printed(f.oci, before);
}
END_TEST

/* A mount of the service's at the path of a node would be hidden, or hide it. */
START_TEST(a_node_does_not_take_the_place_of_a_mount) {
  for (int has_user_namespace = 0; has_user_namespace < 2; has_user_namespace++) {
    CLEANUP(fixture) struct fixture f;
    set_up(&f);
    const struct oci_mount mount = {.destination = "/dev/nvidia0", .type = "tmpfs"};
    ck_assert_ok(oci_add_mount(f.oci, &mount, &by_service, &f.err), &f.err);
    if (has_user_namespace)
      ck_assert_ok(oci_add_namespace(f.oci, "user", NULL, &by_service, &f.err), &f.err);
    ck_assert_int_eq(add_node(begin(&f, 0, EDIT_INJECT), "/dev/nvidia0", NULL), DAVIT_OK);
    ck_assert_int_eq(apply(&f), DAVIT_E_INVALID);
    ck_assert_error(&f.err, "plugin.conflict", "device node /dev/nvidia0: plugin acme wants");
  }
}
END_TEST

START_TEST(defaults_and_a_config_that_is_read_give_way) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  oci_free(f.oci);
  f.oci = parsed("{\"ociVersion\": \"1.0.2\", \"linux\": {\"devices\": [{\"path\": "
                 "\"/dev/nvidia0\", \"type\": \"c\", \"major\": 1, \"minor\": 3}]}}");
  const struct oci_mount mount = {.destination = "/opt", .type = "tmpfs"};
  ck_assert_ok(oci_add_mount(f.oci, &mount, &by_default, &f.err), &f.err);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(add_node(edits, "/dev/nvidia0", NULL), DAVIT_OK);
  ck_assert_int_eq(add_mount(edits, "/opt", "/opt"), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "linux.devices./dev/nvidia0",
                    "c 195:0 0666 <- plugin acme | c 1:3 <- config.json");
  ck_assert_has(f.oci, "\"source\": \"/opt\"");
}
END_TEST

/* Who opened the node before decides nothing of what it is now. */
START_TEST(a_node_of_a_config_that_is_read_is_replaced_whole) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  oci_free(f.oci);
  f.oci =
      parsed("{\"ociVersion\": \"1.0.2\", \"linux\": {\"devices\": [{\"path\": \"/dev/nvidia0\","
             "\"type\": \"c\", \"major\": 195, \"minor\": 0, \"fileMode\": 384, \"uid\": 7}]}}");
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(add_node(edits, "/dev/nvidia0", NULL), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "linux.devices./dev/nvidia0",
                    "c 195:0 0666 <- plugin acme | c 195:0 0600 7:- <- config.json");
}
END_TEST

START_TEST(privileged_gets_nodes_and_a_warning) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct oci_rule all = {true, 'a', OCI_ANY, OCI_ANY, "rwm"};
  ck_assert_ok(oci_add_device_rule(f.oci, &all, &by_service, &f.err), &f.err);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(add_node(edits, "/dev/nvidia0", NULL), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "linux.devices./dev/nvidia0", "c 195:0 0666 <- plugin acme");
  ck_assert_history(f.oci, "linux.resources.devices[1]", "(no entry)");
  ck_assert_contains(f.logged, "warning gpu.no-isolation");
}
END_TEST

START_TEST(mounts_of_parents_come_first) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_int_eq(add_mount(edits, "/opt", "/a/b"), DAVIT_OK);
  ck_assert_int_eq(add_mount(edits, "/opt", "/a"), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  CLEANUP(free) char *text = printed(f.oci);
  ck_assert(strstr(text, "\"/a\"") < strstr(text, "\"/a/b\""));
}
END_TEST

/* ---- secrets -------------------------------------------------------------------------------- */

static const struct oci_source by_secret = {
    .kind = OCI_FROM_SERVICE, .file = "a.yaml", .line = 7, .key = "services.a", .secret = true};

START_TEST(secrets_are_not_shown_to_plugins) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_ok(oci_set_env(f.oci, "A", "hunter2", &by_secret, &f.err), &f.err);
  ck_assert_ok(oci_set_env(f.oci, "B", "plain", &by_service, &f.err), &f.err);
  ck_assert_ptr_null(transaction_env(f.transaction, "A"));
  ck_assert_str_eq(transaction_env(f.transaction, "B"), "plain");
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "/lib", DAVIT_SET_PREPEND), DAVIT_OK);
  ck_assert_ptr_null(transaction_env(f.transaction, "A"));
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "own", DAVIT_SET_DEFAULT), DAVIT_OK);
  ck_assert_ptr_null(transaction_env(f.transaction, "A"));
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "own", 0), DAVIT_OK);
  ck_assert_str_eq(transaction_env(f.transaction, "A"), "own");
}
END_TEST

/* LD_LIBRARY_PATH, for example: the new value still holds the secret. */
START_TEST(what_holds_a_secret_is_one) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_INJECT);
  ck_assert_ok(oci_set_env(f.oci, "A", "hunter2", &by_secret, &f.err), &f.err);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "/lib", DAVIT_SET_PREPEND), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_str_eq(oci_get_env(f.oci, "A", NULL), "/lib:hunter2");
  ck_assert_history(f.oci, "process.env.A",
                    "A=(secret) <- plugin acme | A=(secret) <- a.yaml:7 (services.a)");
  ck_assert_ptr_null(strstr(f.logged, "hunter2"));
}
END_TEST

START_TEST(sharing_that_a_secret_contradicts_does_not_tell_it) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct davit_edits *edits = begin(&f, 0, EDIT_SHARE);
  ck_assert_ok(oci_set_env(f.oci, "A", "hunter2", &by_secret, &f.err), &f.err);
  ck_assert_int_eq(edits->set(edits, DAVIT_SET_ENV, "A", "0", 0), DAVIT_OK);
  ck_assert_int_lt(apply(&f), 0);
  ck_assert_error(&f.err, "gpu.sharing-conflict", "a.yaml:7");
  ck_assert(!error_says(&f.err, "gpu.sharing-conflict", "hunter2"));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin/edits");
  TCase *tests = tcase_create("edits");
  tcase_add_test(tests, every_edit_reaches_the_document);
  tcase_add_test(tests, what_is_passed_in_is_copied);
  tcase_add_loop_test(tests, refuses_bad_edits, 0, ARRAY_LEN(bad));
  tcase_add_test(tests, refuses_what_is_no_struct);
  tcase_add_test(tests, files_need_a_bundle_and_sharing_adds_no_nodes);
  tcase_add_test(tests, files_are_kept_for_the_bundle);
  tcase_add_test(tests, files_that_differ_or_are_wrong_are_refused);
  tcase_add_loop_test(tests, nodes_are_the_hosts, 0, ARRAY_LEN(nodes));
  tcase_add_loop_test(tests, mounts_are_read_only_unless_said, 0, ARRAY_LEN(mounts));
  tcase_add_test(tests, a_mount_may_leave_type_and_options_out);
  tcase_add_test(tests, the_whole_host_may_be_mounted);
  tcase_add_test(tests, equal_edits_are_one_with_all_sources);
  tcase_add_test(tests, in_one_op_the_later_edit_counts);
  tcase_add_loop_test(tests, differing_edits_of_two_plugins_are_refused, 0, 4);
  tcase_add_test(tests, a_rolled_back_op_leaves_nothing);
  tcase_add_loop_test(tests, variables_give_way_or_not, 0, ARRAY_LEN(envs));
  tcase_add_test(tests, a_config_that_is_read_keeps_its_variables);
  tcase_add_test(tests, sharing_replaces_what_gives_way);
  tcase_add_loop_test(tests, sharing_variables_are_not_the_services, 0, ARRAY_LEN(shared));
  tcase_add_test(tests, a_node_of_the_service_too_is_one_node);
  tcase_add_test(tests, what_the_service_has_otherwise_is_a_conflict);
  tcase_add_test(tests, a_node_does_not_take_the_place_of_a_mount);
  tcase_add_test(tests, defaults_and_a_config_that_is_read_give_way);
  tcase_add_test(tests, a_node_of_a_config_that_is_read_is_replaced_whole);
  tcase_add_test(tests, privileged_gets_nodes_and_a_warning);
  tcase_add_test(tests, mounts_of_parents_come_first);
  TCase *secrets = tcase_create("secrets");
  tcase_add_test(secrets, secrets_are_not_shown_to_plugins);
  tcase_add_test(secrets, what_holds_a_secret_is_one);
  tcase_add_test(secrets, sharing_that_a_secret_contradicts_does_not_tell_it);
  suite_add_tcase(suite, secrets);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
