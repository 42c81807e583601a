/* SPDX-License-Identifier: Apache-2.0 */
/* Edits for a container with a user namespace, of a runtime with root and of one without. */
#include "oci_testing.h"
#include "scratch_dir.h"

#include "plugin/edits.h"
#include "plugin/instance_state.h"

enum runtime {
  WITH_ROOT,
  ROOTLESS
};

struct fixture {
  struct scratch_dir dir;
  struct host *host;
  struct log log;
  char logged[1024];
  struct plugin plugin;
  struct instance instance;
  struct host_caller caller;
  struct oci *oci;
  struct transaction *transaction;
  const struct davit_edits *edits;
  struct davit_error err;
};

static void note(void *user, enum log_level level, const struct problem *message) {
  struct fixture *f = user;
  size_t used = strlen(f->logged);
  if (level == LOG_LEVEL_WARNING)
    snprintf(f->logged + used, sizeof(f->logged) - used, "%s: %s (%s)\n", message->code,
             message->text, message->hint ? message->hint : "");
}

/* Host group 109 is group 9 inside; 44 is nobody's. */
static const char with_user_namespace[] =
    "{\"linux\": {\"namespaces\": [{\"type\": \"user\"}],"
    " \"uidMappings\": [{\"containerID\": 0, \"hostID\": 1000, \"size\": 1}],"
    " \"gidMappings\": [{\"containerID\": 0, \"hostID\": 100, \"size\": 20}]}}";

static void set_up(struct fixture *f, enum runtime runtime, const char *config) {
  static const uint32_t groups[] = {109};
  *f = (struct fixture){.dir = scratch_dir(), .plugin = {.name = "acme"}};
  make_dir(&f->dir, "dev");
  make_file(&f->dir, "dev/open", "c 240:0 0666");
  make_file(&f->dir, "dev/of-109", "c 240:1 0660 0:109");
  make_file(&f->dir, "dev/of-44", "c 240:2 0660 0:44");
  ck_assert_ok(host_open(f->dir.path, &f->host, &f->err), &f->err);
  f->log = (struct log){.threshold = LOG_LEVEL_INFO, .emit = note, .user = f};
  f->instance = (struct instance){.arena = &f->dir.arena, .plugin = &f->plugin};
  f->caller = (struct host_caller){.uid = 1000, .gid = 1000, .groups = groups, .group_count = 1};
  f->oci = parsed(config);
  ck_assert_ok(transaction_new(&f->dir.arena, f->host, f->oci, &f->log,
                               runtime == ROOTLESS ? &f->caller : NULL, &f->transaction, &f->err),
               &f->err);
  f->edits = transaction_begin(f->transaction, &f->instance, EDIT_INJECT);
}

static void cleanup_fixture(struct fixture *f) {
  error_clear(&f->instance.callback);
  oci_free(f->oci);
  host_close(f->host);
  error_clear(&f->err);
  cleanup_scratch_dir(&f->dir);
}

static void add_node(struct fixture *f, const char *path, const char *host_path) {
  const struct davit_device_node node = {DAVIT_SIZED(struct davit_device_node), .path = path,
                                         .host_path = host_path};
  ck_assert_int_eq(f->edits->add_device_node(f->edits, &node), DAVIT_OK);
}

static int apply(struct fixture *f) {
  return transaction_apply(f->transaction, f->oci, &f->err);
}

START_TEST(without_root_a_node_has_no_rule) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f, ROOTLESS, with_user_namespace);
  add_node(&f, "/dev/open", NULL);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "linux.devices./dev/open", "c 240:0 0666 <- plugin acme");
  ck_assert_lacks(f.oci, "resources");
  ck_assert_str_eq(f.logged, "");
}
END_TEST

START_TEST(with_root_it_has_one) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f, WITH_ROOT, with_user_namespace);
  add_node(&f, "/dev/open", NULL);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "linux.resources.devices[0]", "c 240:0 rw <- plugin acme");
}
END_TEST

START_TEST(another_name_is_a_bind_mount) {
  CLEANUP(fixture) struct fixture f;
  char host_path[] = "/dev/open"; /* the plugin's until the call returns */
  set_up(&f, (enum runtime)_i, with_user_namespace);
  add_node(&f, "/dev/acme0", host_path);
  memset(host_path, 'x', strlen(host_path));
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "mounts./dev/acme0", "bind /dev/open bind,rprivate <- plugin acme");
  ck_assert_lacks(f.oci, "\"devices\": [\n      {\n        \"path\"");
}
END_TEST

/* Runtimes put the nodes of linux.devices over the mounts. */
START_TEST(the_mount_takes_the_place_of_a_node) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f, (enum runtime)_i,
         "{\"linux\": {\"namespaces\": [{\"type\": \"user\"}], \"devices\": ["
         "{\"path\": \"/dev/acme0\", \"type\": \"c\", \"major\": 9, \"minor\": 8},"
         "{\"path\": \"/dev/other\", \"type\": \"c\", \"major\": 9, \"minor\": 7},"
         "{\"path\": \"/dev/acme0\", \"type\": \"c\", \"major\": 9, \"minor\": 9}]}}");
  add_node(&f, "/dev/acme0", "/dev/open");
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "mounts./dev/acme0", "bind /dev/open bind,rprivate <- plugin acme");
  ck_assert_history(f.oci, "linux.devices./dev/acme0",
                    "(gone) <- plugin acme | c 9:9 <- config.json");
  ck_assert_lacks(f.oci, "\"minor\": 8");
  ck_assert_lacks(f.oci, "\"minor\": 9");
  ck_assert_history(f.oci, "linux.devices./dev/other", "c 9:7 <- config.json");
}
END_TEST

START_TEST(without_a_user_namespace_it_is_a_node) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f, WITH_ROOT, "{}");
  add_node(&f, "/dev/acme0", "/dev/open");
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "linux.devices./dev/acme0", "c 240:0 0666 <- plugin acme");
  ck_assert_history(f.oci, "mounts./dev/acme0", "(no entry)");
}
END_TEST

START_TEST(a_node_that_the_host_lacks_cannot_be_made) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f, (enum runtime)_i, with_user_namespace);
  const struct davit_device_node node = {DAVIT_SIZED(struct davit_device_node),
                                         .path = "/dev/gone",
                                         .flags = DAVIT_NODE_TYPE | DAVIT_NODE_NUMBERS,
                                         .type = 'c',
                                         .major = 240,
                                         .minor = 9};
  add_node(&f, "/dev/open", NULL);
  ck_assert_int_eq(f.edits->add_device_node(f.edits, &node), DAVIT_OK);
  ck_assert_int_eq(apply(&f), DAVIT_E_NOT_FOUND);
  ck_assert_error(&f.err, "rootless.node-missing", "device node /dev/gone: plugin acme wants it");
  ck_assert_contains(f.err.first->hint, "load the driver");
  ck_assert_lacks(f.oci, "/dev/open"); /* nothing of the transaction is there */
}
END_TEST

static const struct {
  uint32_t what;
  const char *name, *value;
} of_root[] = {
    {DAVIT_SET_NET_DEVICE, "ib0", "eth1"},
    {DAVIT_SET_INTEL_RDT, "closID", "gpu"},
};

START_TEST(what_only_root_can_arrange_is_refused) {
  for (enum runtime runtime = WITH_ROOT; runtime <= ROOTLESS; runtime++) {
    CLEANUP(fixture) struct fixture f;
    set_up(&f, runtime, with_user_namespace);
    ck_assert_int_eq(
        f.edits->set(f.edits, of_root[_i].what, of_root[_i].name, of_root[_i].value, 0), DAVIT_OK);
    ck_assert_int_eq(apply(&f), runtime == ROOTLESS ? DAVIT_E_UNSUPPORTED : DAVIT_OK);
    if (runtime == WITH_ROOT)
      continue;
    ck_assert_error(&f.err, "rootless.unsupported", of_root[_i].name);
    ck_assert_contains(f.err.first->hint, "as root");
  }
}
END_TEST

START_TEST(a_group_of_the_callers_is_kept) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f, ROOTLESS, with_user_namespace);
  add_node(&f, "/dev/of-109", NULL);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "annotations.run.oci.keep_original_groups", "1 <- plugin acme");
  ck_assert_history(f.oci, "linux.devices./dev/of-109", "c 240:1 0660 <- plugin acme");
  ck_assert_lacks(f.oci, "additionalGids");
  ck_assert_str_eq(f.logged, "");
}
END_TEST

START_TEST(a_group_of_others_is_a_warning) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f, ROOTLESS, with_user_namespace);
  add_node(&f, "/dev/of-44", NULL);
  ck_assert_int_eq(f.edits->add_gid(f.edits, 7), DAVIT_OK);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_contains(f.logged, "rootless.group: device node /dev/of-44 needs group 44, and user "
                               "1000 is no member");
  ck_assert_contains(f.logged, "usermod -aG");
  ck_assert_contains(f.logged, "needs group 7,");
  ck_assert_lacks(f.oci, "additionalGids");
}
END_TEST

START_TEST(with_root_a_mapped_group_has_its_number_inside) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f, WITH_ROOT, with_user_namespace);
  add_node(&f, "/dev/of-109", NULL);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_history(f.oci, "process.user.additionalGids.9", "9 <- plugin acme");
  ck_assert_lacks(f.oci, "keep_original_groups");
  ck_assert_str_eq(f.logged, "");
}
END_TEST

START_TEST(with_root_a_group_that_is_not_mapped_is_a_warning) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f, WITH_ROOT, with_user_namespace);
  add_node(&f, "/dev/of-44", NULL);
  ck_assert_ok(apply(&f), &f.err);
  ck_assert_contains(f.logged, "rootless.group: device node /dev/of-44 needs group 44, which the "
                               "user namespace does not map");
  ck_assert_contains(f.logged, "linux.gidMappings");
  ck_assert_lacks(f.oci, "additionalGids");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin rootless");
  TCase *tests = tcase_create("user namespaces");
  tcase_add_test(tests, without_root_a_node_has_no_rule);
  tcase_add_test(tests, with_root_it_has_one);
  tcase_add_loop_test(tests, another_name_is_a_bind_mount, WITH_ROOT, ROOTLESS + 1);
  tcase_add_loop_test(tests, the_mount_takes_the_place_of_a_node, WITH_ROOT, ROOTLESS + 1);
  tcase_add_test(tests, without_a_user_namespace_it_is_a_node);
  tcase_add_loop_test(tests, a_node_that_the_host_lacks_cannot_be_made, WITH_ROOT, ROOTLESS + 1);
  tcase_add_loop_test(tests, what_only_root_can_arrange_is_refused, 0, (int)ARRAY_LEN(of_root));
  tcase_add_test(tests, a_group_of_the_callers_is_kept);
  tcase_add_test(tests, a_group_of_others_is_a_warning);
  tcase_add_test(tests, with_root_a_mapped_group_has_its_number_inside);
  tcase_add_test(tests, with_root_a_group_that_is_not_mapped_is_a_warning);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
