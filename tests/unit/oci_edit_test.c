/* SPDX-License-Identifier: Apache-2.0 */
/* Edits of documents that exist: what is replaced, what merges, what is found again. */
#include "testing.h"

#include "oci/oci.h"
#include "oci_testing.h"

static struct oci *oci;
static struct davit_error err;

static void set_up(void) {
  oci = parsed_config("runc-spec.json");
}

static void tear_down(void) {
  check_sources(oci);
  oci_free(oci);
  error_clear(&err);
}

static void become(const char *text) {
  oci_free(oci);
  oci = parsed(text);
}

START_TEST(env_is_replaced_in_place) {
  ck_assert_ok(oci_set_env(oci, "PATH", "/bin", &by_service, &err), &err);
  ck_assert_ok(oci_set_env(oci, "A", "1", &by_plugin, &err), &err);
  ck_assert_ok(oci_set_env(oci, "PATH", "/sbin", &by_option, &err), &err);
  ck_assert_has(oci,
                "\"env\": [\n      \"PATH=/sbin\",\n      \"TERM=xterm\",\n      \"A=1\"\n    ]");
  const struct oci_source *source = NULL;
  ck_assert_str_eq(oci_get_env(oci, "PATH", &source), "/sbin");
  ck_assert_int_eq(source->kind, OCI_FROM_COMMAND);
  ck_assert_history(oci, "process.env.PATH",
                    "PATH=/sbin <- --option | PATH=/bin <- a.yaml:7 (services.a) | "
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin <- "
                    "config.json");
}
END_TEST

START_TEST(of_several_env_entries_the_last_counts) {
  become("{\"process\": {\"env\": [\"A=1\", \"B\", \"A=2\", \"C=\"]}}");
  ck_assert_str_eq(oci_get_env(oci, "A", NULL), "2");
  ck_assert_str_eq(oci_get_env(oci, "B", NULL), "");
  ck_assert_str_eq(oci_get_env(oci, "C", NULL), "");
  ck_assert_ok(oci_set_env(oci, "A", "3", &by_plugin, &err), &err);
  ck_assert_has(oci, "[\n      \"A=1\",\n      \"B\",\n      \"A=3\",\n      \"C=\"\n    ]");
  ck_assert_history(oci, "process.env[0]", "A=1 <- config.json");
  ck_assert_history(oci, "process.env.A", "A=3 <- plugin acme, device 0 | A=2 <- config.json");
}
END_TEST

START_TEST(an_equal_edit_gains_a_source) {
  ck_assert_ok(oci_set_cwd(oci, "/", &by_service, &err), &err);
  ck_assert_ok(oci_set_cwd(oci, "/", &by_service, &err), &err);
  ck_assert_ok(oci_set_env(oci, "TERM", "xterm", &by_plugin, &err), &err);
  ck_assert_history(oci, "process.cwd", "/ <- config.json, a.yaml:7 (services.a)");
  ck_assert_history(oci, "process.env.TERM", "TERM=xterm <- config.json, plugin acme, device 0");
}
END_TEST

START_TEST(null_is_as_good_as_absent) {
  become("{\"ociVersion\": \"1.0.2\", \"hostname\": null, \"process\": {\"env\": null,"
         " \"cwd\": null}, \"mounts\": null}");
  ck_assert_history(oci, "hostname", "(no entry)");
  ck_assert_history(oci, "mounts", "(no entry)");
  ck_assert_ok(oci_sort_mounts(oci, &err), &err);
  ck_assert_ok(oci_set_hostname(oci, "h", &by_option, &err), &err);
  ck_assert_ok(oci_set_env(oci, "A", "1", &by_option, &err), &err);
  ck_assert_history(oci, "hostname", "h <- --option");
  ck_assert_history(oci, "process.env.A", "A=1 <- --option");
  ck_assert_history(oci, "process.cwd", "(no entry)");
  ck_assert_has(oci, "\"cwd\": null");
}
END_TEST

START_TEST(scalars_of_the_process) {
  static const char *const args[] = {"a", NULL};
  uint32_t uid, gid;
  oci_get_user(oci, &uid, &gid);
  ck_assert_uint_eq(uid + gid, 0);
  ck_assert_ok(oci_set_args(oci, args, &by_option, &err), &err);
  ck_assert_ok(oci_set_user(oci, 5, 6, &by_option, &err), &err);
  ck_assert_ok(oci_set_terminal(oci, false, &by_option, &err), &err);
  ck_assert_ok(oci_set_no_new_privileges(oci, false, &by_option, &err), &err);
  oci_get_user(oci, &uid, &gid);
  ck_assert_uint_eq(uid, 5);
  ck_assert_uint_eq(gid, 6);
  ck_assert_history(oci, "process.args", "[\"a\"] <- --option | [\"sh\"] <- config.json");
  ck_assert_history(oci, "process.user.uid", "5 <- --option | 0 <- config.json");
  ck_assert_history(oci, "process.terminal", "false <- --option | true <- config.json");
  ck_assert_history(oci, "process.noNewPrivileges", "false <- --option | true <- config.json");
}
END_TEST

START_TEST(gids_keep_the_order_that_is_there) {
  become("{\"process\": {\"user\": {\"additionalGids\": [30, 10, 20]}}}");
  ck_assert_ok(oci_add_gid(oci, 25, &by_plugin, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 22, &by_plugin, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 10, &by_plugin, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 15, &by_plugin, &err), &err);
  ck_assert_has(oci,
                "[\n        30,\n        10,\n        15,\n        20,\n        22,\n        25\n");
  ck_assert_history(oci, "process.user.additionalGids.10",
                    "10 <- config.json, plugin acme, device 0");
}
END_TEST

START_TEST(capabilities_leave_no_others_behind) {
  static const char *const names[] = {"CAP_CHECKPOINT_RESTORE", "CAP_CHOWN", NULL};
  ck_assert_uint_eq(oci_get_capabilities(oci), (1u << 29) | (1u << 5) | (1u << 10));
  ck_assert_ok(oci_set_capabilities(oci, names, &by_service, &err), &err);
  ck_assert_uint_eq(oci_get_capabilities(oci), (UINT64_C(1) << 40) | 1);
  ck_assert_lacks(oci, "ambient");
  ck_assert_history(oci, "process.capabilities.ambient",
                    "(gone) <- a.yaml:7 (services.a) | "
                    "[\"CAP_AUDIT_WRITE\",\"CAP_KILL\",\"CAP_NET_BIND_SERVICE\"] <- config.json");
  become("{\"ociVersion\": \"1.0.2\", \"process\": {}}");
  ck_assert_uint_eq(oci_get_capabilities(oci), UINT64_MAX);
}
END_TEST

START_TEST(rlimits_and_namespaces_by_type) {
  ck_assert_ok(oci_set_rlimit(oci, "RLIMIT_NOFILE", 1, 2, &by_service, &err), &err);
  ck_assert_ok(oci_set_rlimit(oci, "RLIMIT_CORE", 0, 0, &by_service, &err), &err);
  ck_assert_ok(oci_add_namespace(oci, "network", "/n", &by_service, &err), &err);
  ck_assert_ok(oci_add_namespace(oci, "cgroup", NULL, &by_service, &err), &err);
  ck_assert(oci_has_namespace(oci, "ipc") && oci_has_namespace(oci, "cgroup"));
  ck_assert_history(oci, "process.rlimits.RLIMIT_NOFILE",
                    "1:2 <- a.yaml:7 (services.a) | 1024:1024 <- config.json");
  ck_assert_history(oci, "process.rlimits.RLIMIT_CORE", "0:0 <- a.yaml:7 (services.a)");
  ck_assert_history(oci, "linux.namespaces.network",
                    "network /n <- a.yaml:7 (services.a) | network <- config.json");
}
END_TEST

START_TEST(a_mount_is_replaced_at_its_place) {
  static const char *const options[] = {"ro", "nosuid", NULL};
  const struct oci_mount shm = {"/dev//shm/", "tmpfs", "tmpfs", options};
  const struct oci_mount proc = {"/proc", "proc", "proc", NULL};
  const struct oci_mount other = {"/data", NULL, "/host/data", NULL};
  ck_assert_int_eq(oci_find_mount(oci, "/dev/shm")->kind, OCI_FROM_CONFIG);
  ck_assert_int_eq(oci_find_mount(oci, "/dev/./x/../shm/")->kind, OCI_FROM_CONFIG);
  ck_assert_ptr_null(oci_find_mount(oci, "/dev/sh"));
  ck_assert_ok(oci_add_mount(oci, &shm, &by_service, &err), &err);
  ck_assert_ok(oci_add_mount(oci, &proc, &by_service, &err), &err);
  ck_assert_ok(oci_add_mount(oci, &other, &by_service, &err), &err);
  ck_assert_int_eq(oci_find_mount(oci, "/dev/shm")->kind, OCI_FROM_SERVICE);
  ck_assert_history(oci, "mounts./dev/shm",
                    "tmpfs tmpfs ro,nosuid <- a.yaml:7 (services.a) | "
                    "tmpfs shm nosuid,noexec,nodev,mode=1777,size=65536k <- config.json");
  ck_assert_history(oci, "mounts./proc", "proc proc - <- config.json, a.yaml:7 (services.a)");
  ck_assert_history(oci, "mounts./data", "- /host/data - <- a.yaml:7 (services.a)");
  ck_assert_has(oci, "        \"gid=5\"\n      ]\n    },\n    {\n"
                     "      \"destination\": \"/dev//shm/\",\n");
}
END_TEST

START_TEST(parents_are_mounted_before_children) {
  become("{\"mounts\": [{\"destination\": \"/a/b/c\"}, {\"destination\": \"/z\"},"
         " {\"destination\": \"/a/b/\"}, {\"destination\": \"/\"}, {\"destination\": \"/a\"},"
         " {\"destination\": \"/y//x\"}]}");
  ck_assert_ok(oci_sort_mounts(oci, &err), &err);
  const struct oci_mount last = {.destination = "/q"};
  ck_assert_ok(oci_add_mount(oci, &last, &by_plugin, &err), &err);
  static const char *const order[] = {"/", "/z", "/a", "/a/b", "/y/x", "/a/b/c", "/q"};
  CLEANUP(arena) struct arena arena = {0};
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  for (size_t i = 0; i < ARRAY_LEN(order); i++)
    ck_assert_str_eq(entries[i]->path, arena_printf(&arena, "mounts.%s", order[i]));
}
END_TEST

START_TEST(no_mounts_are_sorted_already) {
  become("{}");
  ck_assert_ok(oci_sort_mounts(oci, &err), &err);
  ck_assert_printed(oci, "{}\n");
  become("{\"mounts\": []}");
  ck_assert_ok(oci_sort_mounts(oci, &err), &err);
  ck_assert_printed(oci, "{\n  \"mounts\": []\n}\n");
  become("{\"ociVersion\": \"1.0.2\"}");
}
END_TEST

START_TEST(an_equal_hook_of_the_document_is_not_added_again) {
  static const char *const args[] = {"hook", "a b", NULL};
  const struct oci_hook hook = {.name = "createContainer", .path = "/bin/hook", .args = args};
  become("{\"hooks\": {\"createContainer\": [{\"path\": \"/bin/x\"},"
         " {\"path\": \"/bin/hook\", \"args\": [\"hook\", \"a b\"]}]}}");
  ck_assert_ok(oci_add_hook(oci, &hook, &by_plugin, &err), &err);
  ck_assert_history(oci, "hooks.createContainer[1]",
                    "/bin/hook a b <- config.json, plugin acme, device 0");
  ck_assert_history(oci, "hooks.createContainer[2]", "(no entry)");
  struct oci_hook late = hook;
  late.has_timeout = true;
  ck_assert_ok(oci_add_hook(oci, &late, &by_plugin, &err), &err);
  ck_assert_history(oci, "hooks.createContainer[2]", "/bin/hook a b <- plugin acme, device 0");
}
END_TEST

START_TEST(a_device_is_replaced_at_its_place_unless_equal) {
  become("{\"linux\": {\"devices\": [{\"path\": \"/dev/a\", \"type\": \"c\", \"major\": 1,"
         " \"minor\": 2, \"fileMode\": 8630, \"uid\": 0, \"gid\": 0},"
         " {\"path\": \"/dev/b\", \"type\": \"c\", \"major\": 1, \"minor\": 3}]}}");
  struct oci_device node = {.path = "/dev/a",
                            .type = 'c',
                            .major = 1,
                            .minor = 2,
                            .has_mode = true,
                            .has_uid = true,
                            .has_gid = true,
                            .mode = 0666};
  ck_assert_ok(oci_add_device(oci, &node, &by_plugin, &err), &err);
  ck_assert_has(oci, "\"fileMode\": 8630,"); /* 020666 */
  ck_assert_history(oci, "linux.devices./dev/a",
                    "c 1:2 0666 0:0 <- config.json, plugin acme, device 0");
  node.minor = 9;
  node.has_uid = false;
  ck_assert_ok(oci_add_device(oci, &node, &by_option, &err), &err);
  ck_assert_history(oci, "linux.devices./dev/a",
                    "c 1:9 0666 -:0 <- --option | c 1:2 0666 0:0 <- config.json");
  ck_assert_has(oci, "\"devices\": [\n      {\n        \"path\": \"/dev/a\",\n"
                     "        \"type\": \"c\",\n        \"major\": 1,\n        \"minor\": 9,\n"
                     "        \"fileMode\": 438,\n        \"gid\": 0\n      },\n");
  struct oci_device found;
  const struct oci_source *source;
  ck_assert(oci_find_device(oci, "/dev/a", &found, &source));
  ck_assert_int_eq(found.minor, 9);
  ck_assert(found.has_mode && !found.has_uid && found.has_gid);
  ck_assert_uint_eq(found.mode, 0666);
  ck_assert_int_eq(source->kind, OCI_FROM_COMMAND);
  ck_assert(!oci_find_device(oci, "/dev//a", &found, NULL));
}
END_TEST

static const struct {
  const char *rules;    /* linux.resources.devices as it was */
  struct oci_rule rule; /* added */
  const char *at;       /* where it is then */
  const char *history;
} merges[] = {
    {"{\"allow\": true, \"type\": \"c\", \"major\": 1, \"minor\": 2, \"access\": \"rw\"}",
     {true, 'c', 1, 2, "rw"},
     "linux.resources.devices[0]",
     "c 1:2 rw <- config.json, plugin acme, device 0"},
    {"{\"allow\": true, \"type\": \"c\", \"major\": 1, \"minor\": 2, \"access\": \"rw\"},"
     "{\"allow\": true, \"type\": \"b\"}",
     {true, 'c', 1, 2, "rw"},
     "linux.resources.devices[0]",
     "c 1:2 rw <- config.json, plugin acme, device 0"},
    {"{\"allow\": true, \"type\": \"c\", \"major\": 1, \"minor\": 2, \"access\": \"rw\"}",
     {true, 'c', 1, 2, "r"},
     "linux.resources.devices[1]",
     "c 1:2 r <- plugin acme, device 0"},
    {"{\"allow\": true, \"type\": \"c\", \"major\": 1, \"minor\": 2, \"access\": \"rw\"},"
     "{\"allow\": false}",
     {true, 'c', 1, 2, "rw"},
     "linux.resources.devices[2]",
     "c 1:2 rw <- plugin acme, device 0"},
    {"{\"allow\": true, \"type\": \"c\", \"major\": 1, \"minor\": 2, \"access\": \"rw\"},"
     "{\"allow\": false, \"type\": \"c\", \"major\": 1}",
     {true, 'c', 1, 2, "rw"},
     "linux.resources.devices[2]",
     "c 1:2 rw <- plugin acme, device 0"},
    {"{\"allow\": true, \"type\": \"c\", \"major\": 1, \"access\": \"rwm\"}",
     {true, 'c', 1, OCI_ANY, "rwm"},
     "linux.resources.devices[0]",
     "c 1:* rwm <- config.json, plugin acme, device 0"},
    {"{\"allow\": false}",
     {false, 0, OCI_ANY, OCI_ANY, "rwm"},
     "linux.resources.devices[0]",
     "deny a *:* rwm <- config.json, plugin acme, device 0"},
};

START_TEST(a_rule_in_force_is_not_added_again) {
  CLEANUP(arena) struct arena arena = {0};
  become(
      arena_printf(&arena, "{\"linux\": {\"resources\": {\"devices\": [%s]}}}", merges[_i].rules));
  ck_assert_ok(oci_add_device_rule(oci, &merges[_i].rule, &by_plugin, &err), &err);
  ck_assert_history(oci, merges[_i].at, merges[_i].history);
  ck_assert_ok(oci_add_device_rule(oci, &merges[_i].rule, &by_plugin, &err), &err);
  ck_assert_history(oci, merges[_i].at, merges[_i].history);
}
END_TEST

static const struct {
  const char *rules;
  bool all;
} open_rules[] = {
    {"", false},
    {"{\"allow\": false, \"access\": \"rwm\"}", false},
    {"{\"allow\": true, \"access\": \"rwm\"}", true},
    {"{\"allow\": true}", true},
    {"{\"allow\": true, \"type\": \"a\", \"major\": -1, \"minor\": -1}", true},
    {"{\"allow\": true, \"type\": \"c\", \"access\": \"rw\"}", true},
    {"{\"allow\": true, \"type\": \"c\", \"access\": \"m\"}", false},
    {"{\"allow\": true, \"type\": \"b\", \"access\": \"rwm\"}", false},
    {"{\"allow\": true, \"type\": \"c\", \"major\": 195}", false},
    {"{\"allow\": true}, {\"allow\": false}", false},
    {"{\"allow\": true}, {\"allow\": false, \"access\": \"m\"}", true},
    {"{\"allow\": true}, {\"allow\": false, \"type\": \"b\"}", true},
    {"{\"allow\": true}, {\"allow\": false, \"type\": \"c\", \"major\": 1}", true},
    {"{\"allow\": false}, {\"allow\": true}", true},
};

START_TEST(a_document_that_isolates_nothing_is_known) {
  CLEANUP(arena) struct arena arena = {0};
  become(arena_printf(&arena,
                      "{\"ociVersion\": \"1.0.2\","
                      " \"linux\": {\"resources\": {\"devices\": [%s]}}}",
                      open_rules[_i].rules));
  ck_assert_int_eq(oci_allows_all_devices(oci), open_rules[_i].all);
}
END_TEST

START_TEST(unified_takes_values_and_lines) {
  ck_assert_ok(oci_set_unified(oci, "dmem.max", "drm/0 1", true, &by_plugin, &err), &err);
  ck_assert_ok(oci_set_unified(oci, "dmem.max", "drm/1 2", true, &by_option, &err), &err);
  ck_assert_history(oci, "linux.resources.unified.dmem.max",
                    "drm/0 1\ndrm/1 2 <- plugin acme, device 0, --option");
  ck_assert_ok(oci_set_unified(oci, "dmem.max", "drm/0 30", true, &by_service, &err), &err);
  ck_assert_history(oci, "linux.resources.unified.dmem.max",
                    "drm/0 30\ndrm/1 2 <- a.yaml:7 (services.a) | "
                    "drm/0 1\ndrm/1 2 <- plugin acme, device 0");
  ck_assert_ok(oci_set_unified(oci, "pids.max", "64", false, &by_plugin, &err), &err);
  ck_assert_ok(oci_set_unified(oci, "pids.max", "65", false, &by_option, &err), &err);
  ck_assert_history(oci, "linux.resources.unified.pids.max",
                    "65 <- --option | 64 <- plugin acme, device 0");
}
END_TEST

START_TEST(intel_rdt_is_replaced_as_a_whole) {
  become("{\"ociVersion\": \"1.2.0\", \"linux\": {\"intelRdt\": {\"closID\": \"old\","
         " \"memBwSchema\": \"MB:0=10\"}}}");
  ck_assert_ok(oci_set_intel_rdt(oci, "schemata", "L3:0=f", true, &by_plugin, &err), &err);
  ck_assert_ok(oci_set_intel_rdt(oci, "schemata", "MB:0=5", false, &by_option, &err), &err);
  ck_assert_ok(oci_set_intel_rdt(oci, "closID", "new", false, &by_option, &err), &err);
  ck_assert_printed(oci, "{\n"
                         "  \"ociVersion\": \"1.3.0\",\n"
                         "  \"linux\": {\n"
                         "    \"intelRdt\": {\n"
                         "      \"closID\": \"new\",\n"
                         "      \"schemata\": [\n"
                         "        \"L3:0=f\",\n"
                         "        \"MB:0=5\"\n"
                         "      ]\n"
                         "    }\n"
                         "  }\n"
                         "}\n");
  ck_assert_history(oci, "linux.intelRdt.schemata",
                    "[\"L3:0=f\",\"MB:0=5\"] <- plugin acme, device 0, --option");
  ck_assert_history(oci, "linux.intelRdt.closID", "new <- --option | old <- config.json");
  ck_assert_history(oci, "linux.intelRdt.memBwSchema",
                    "(gone) <- plugin acme, device 0 | MB:0=10 <- config.json");
  ck_assert_history(oci, "ociVersion", "1.3.0 <- plugin acme, device 0 | 1.2.0 <- config.json");
}
END_TEST

static const struct {
  const char *before;
  const char *after;
} versions[] = {{"1.0.2-dev", "1.3.0"}, {"1.3.0-rc.1", "1.3.0"}, {"1.3.0", "1.3.0"},
                {"1.3.1", "1.3.1"},     {"1.10.0", "1.10.0"},    {"2.0.0-dev", "2.0.0-dev"},
                {"0.9.9", "1.3.0"},     {"new", "1.3.0"}};

START_TEST(what_stands_under_an_odd_key_is_no_part_of_the_config) {
  const struct oci_mount mount = {.destination = "/a", .type = "none", .source = "/s"};
  become("{\"\": {\"mounts\": [{\"destination\": \"/a\"}], \"hostname\": \"x\"}, "
         "\"process.env\": [\"A=1\"]}");
  ck_assert_ok(oci_add_mount(oci, &mount, &by_plugin, &err), &err);
  ck_assert_ok(oci_set_env(oci, "A", "2", &by_plugin, &err), &err);
  ck_assert_has(oci, "\"mounts\": [\n      {\n        \"destination\": \"/a\"\n      }\n    ]");
  ck_assert_has(oci, "\"source\": \"/s\"");
  ck_assert_has(oci, "\"process.env\": [\n    \"A=1\"\n  ]");
  ck_assert_has(oci, "\"env\": [\n      \"A=2\"\n    ]");
}
END_TEST

START_TEST(the_version_is_only_ever_raised) {
  CLEANUP(arena) struct arena arena = {0};
  become(arena_printf(&arena, "{\"ociVersion\": \"%s\"}", versions[_i].before));
  ck_assert_ok(oci_set_net_device(oci, "eth0", "eth1", &by_plugin, &err), &err);
  ck_assert_str_eq(entry_at(&arena, oci, "ociVersion")->value, versions[_i].after);
  ck_assert_history(oci, "linux.netDevices.eth0", "eth1 <- plugin acme, device 0");
}
END_TEST

START_TEST(the_rest) {
  const char *path = NULL;
  bool readonly = false;
  static const char *const none[] = {NULL};
  ck_assert(oci_get_root(oci, &path, &readonly));
  ck_assert_str_eq(path, "rootfs");
  ck_assert(readonly);
  ck_assert_ok(oci_set_root(oci, "/r", false, &by_option, &err), &err);
  ck_assert_ok(oci_set_masked_paths(oci, none, &by_option, &err), &err);
  ck_assert_ok(oci_set_memory_limit(oci, 1, &by_option, &err), &err);
  ck_assert_ok(oci_set_cpu_quota(oci, 2, 3, &by_option, &err), &err);
  ck_assert_ok(oci_set_annotation(oci, "a.b", "1", &by_option, &err), &err);
  ck_assert_ok(oci_set_annotation(oci, "a.b", "2", &by_plugin, &err), &err);
  ck_assert_history(oci, "root.path", "/r <- --option | rootfs <- config.json");
  ck_assert_history(oci, "root.readonly", "false <- --option | true <- config.json");
  ck_assert_history(oci, "linux.resources.memory.limit", "1 <- --option");
  ck_assert_history(oci, "linux.resources.cpu.quota", "2 <- --option");
  ck_assert_history(oci, "linux.resources.cpu.period", "3 <- --option");
  ck_assert_history(oci, "annotations.a.b", "2 <- plugin acme, device 0 | 1 <- --option");
  ck_assert_has(oci, "\"maskedPaths\": [],");
  become("{\"root\": {\"readonly\": true}}");
  ck_assert(!oci_get_root(oci, &path, &readonly));
}
END_TEST

static const struct oci_source by_secret = {
    .kind = OCI_FROM_SERVICE, .file = "a.yaml", .line = 9, .key = "services.s", .secret = true};

START_TEST(secrets_are_written_and_not_shown) {
  ck_assert_ok(oci_set_env(oci, "A", "hunter2", &by_secret, &err), &err);
  ck_assert_has(oci, "\"A=hunter2\"");
  ck_assert_str_eq(oci_get_env(oci, "A", NULL), "hunter2");
  ck_assert_history(oci, "process.env.A", "A=(secret) <- a.yaml:9 (services.s)");
  ck_assert(oci_env_is_secret(oci, "A"));
  ck_assert_ok(oci_set_env(oci, "A", "open", &by_option, &err), &err);
  ck_assert_history(oci, "process.env.A",
                    "A=open <- --option | A=(secret) <- a.yaml:9 (services.s)");
  ck_assert(!oci_env_is_secret(oci, "A"));
}
END_TEST

/* That an open value equals the secret would tell it. */
START_TEST(an_open_value_that_equals_the_secret_is_hidden_too) {
  ck_assert_ok(oci_set_env(oci, "A", "xterm", &by_default, &err), &err);
  ck_assert_ok(oci_set_env(oci, "A", "xterm", &by_secret, &err), &err);
  ck_assert_history(oci, "process.env.A", "A=(secret) <- default, a.yaml:9 (services.s)");
  ck_assert(oci_env_is_secret(oci, "A"));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("oci_edit");
  TCase *tests = tcase_create("oci_edit");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, env_is_replaced_in_place);
  tcase_add_test(tests, of_several_env_entries_the_last_counts);
  tcase_add_test(tests, an_equal_edit_gains_a_source);
  tcase_add_test(tests, null_is_as_good_as_absent);
  tcase_add_test(tests, scalars_of_the_process);
  tcase_add_test(tests, gids_keep_the_order_that_is_there);
  tcase_add_test(tests, capabilities_leave_no_others_behind);
  tcase_add_test(tests, rlimits_and_namespaces_by_type);
  tcase_add_test(tests, a_mount_is_replaced_at_its_place);
  tcase_add_test(tests, parents_are_mounted_before_children);
  tcase_add_test(tests, no_mounts_are_sorted_already);
  tcase_add_test(tests, an_equal_hook_of_the_document_is_not_added_again);
  tcase_add_test(tests, a_device_is_replaced_at_its_place_unless_equal);
  tcase_add_loop_test(tests, a_rule_in_force_is_not_added_again, 0, ARRAY_LEN(merges));
  tcase_add_loop_test(tests, a_document_that_isolates_nothing_is_known, 0, ARRAY_LEN(open_rules));
  tcase_add_test(tests, unified_takes_values_and_lines);
  tcase_add_test(tests, intel_rdt_is_replaced_as_a_whole);
  tcase_add_test(tests, what_stands_under_an_odd_key_is_no_part_of_the_config);
  tcase_add_loop_test(tests, the_version_is_only_ever_raised, 0, ARRAY_LEN(versions));
  tcase_add_test(tests, the_rest);
  tcase_add_test(tests, secrets_are_written_and_not_shown);
  tcase_add_test(tests, an_open_value_that_equals_the_secret_is_hidden_too);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
