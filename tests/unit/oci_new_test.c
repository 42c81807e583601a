/* SPDX-License-Identifier: Apache-2.0 */
/* Documents made from nothing: every operation, and the bytes that come out. */
#include "testing.h"

#include "oci/oci.h"
#include "oci_testing.h"

static struct oci *oci;
static struct davit_error err;

static void set_up(void) {
  ck_assert_ok(oci_new(&oci, &err), &err);
}

static void tear_down(void) {
  oci_free(oci);
  error_clear(&err);
}

START_TEST(an_empty_document_is_its_version) {
  ck_assert_printed(oci, "{\n  \"ociVersion\": \"1.0.2\"\n}\n");
}
END_TEST

START_TEST(keys_come_in_the_order_of_the_specification) {
  static const char *const args[] = {"sleep", "5", NULL};
  static const char *const none[] = {NULL};
  ck_assert_ok(oci_set_masked_paths(oci, none, &by_default, &err), &err);
  ck_assert_ok(oci_set_cgroups_path(oci, "/davit/a", &by_default, &err), &err);
  ck_assert_ok(oci_set_memory_limit(oci, INT64_MAX, &by_default, &err), &err);
  ck_assert_ok(oci_set_cpu_quota(oci, -1, UINT64_MAX, &by_default, &err), &err);
  ck_assert_ok(oci_set_hostname(oci, "a", &by_default, &err), &err);
  ck_assert_ok(oci_set_root(oci, "/r", false, &by_default, &err), &err);
  ck_assert_ok(oci_set_cwd(oci, "/", &by_default, &err), &err);
  ck_assert_ok(oci_set_args(oci, args, &by_default, &err), &err);
  ck_assert_ok(oci_set_no_new_privileges(oci, true, &by_default, &err), &err);
  ck_assert_ok(oci_set_user(oci, 1000, 4294967295u, &by_default, &err), &err);
  ck_assert_ok(oci_set_terminal(oci, false, &by_default, &err), &err);
  ck_assert_ok(oci_set_rootfs_propagation(oci, "private", &by_default, &err), &err);
  ck_assert_printed(oci, "{\n"
                         "  \"ociVersion\": \"1.0.2\",\n"
                         "  \"process\": {\n"
                         "    \"terminal\": false,\n"
                         "    \"user\": {\n"
                         "      \"uid\": 1000,\n"
                         "      \"gid\": 4294967295\n"
                         "    },\n"
                         "    \"args\": [\n"
                         "      \"sleep\",\n"
                         "      \"5\"\n"
                         "    ],\n"
                         "    \"cwd\": \"/\",\n"
                         "    \"noNewPrivileges\": true\n"
                         "  },\n"
                         "  \"root\": {\n"
                         "    \"path\": \"/r\",\n"
                         "    \"readonly\": false\n"
                         "  },\n"
                         "  \"hostname\": \"a\",\n"
                         "  \"linux\": {\n"
                         "    \"resources\": {\n"
                         "      \"memory\": {\n"
                         "        \"limit\": 9223372036854775807\n"
                         "      },\n"
                         "      \"cpu\": {\n"
                         "        \"quota\": -1,\n"
                         "        \"period\": 18446744073709551615\n"
                         "      }\n"
                         "    },\n"
                         "    \"cgroupsPath\": \"/davit/a\",\n"
                         "    \"rootfsPropagation\": \"private\",\n"
                         "    \"maskedPaths\": []\n"
                         "  }\n"
                         "}\n");
}
END_TEST

START_TEST(process_lists) {
  static const char *const names[] = {"CAP_KILL", "CAP_NET_RAW", NULL};
  ck_assert_ok(oci_set_capabilities(oci, names, &by_default, &err), &err);
  ck_assert_ok(oci_set_rlimit(oci, "RLIMIT_NOFILE", 1024, UINT64_MAX, &by_default, &err), &err);
  ck_assert_ok(oci_set_env(oci, "B", "2", &by_default, &err), &err);
  ck_assert_ok(oci_set_env(oci, "A", "1=1", &by_default, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 44, &by_default, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 0, &by_default, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 109, &by_default, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 7, &by_default, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 44, &by_default, &err), &err);
  ck_assert_printed(oci, "{\n"
                         "  \"ociVersion\": \"1.0.2\",\n"
                         "  \"process\": {\n"
                         "    \"user\": {\n"
                         "      \"additionalGids\": [\n"
                         "        0,\n"
                         "        7,\n"
                         "        44,\n"
                         "        109\n"
                         "      ]\n"
                         "    },\n"
                         "    \"env\": [\n"
                         "      \"B=2\",\n"
                         "      \"A=1=1\"\n"
                         "    ],\n"
                         "    \"capabilities\": {\n"
                         "      \"bounding\": [\n"
                         "        \"CAP_KILL\",\n"
                         "        \"CAP_NET_RAW\"\n"
                         "      ],\n"
                         "      \"effective\": [\n"
                         "        \"CAP_KILL\",\n"
                         "        \"CAP_NET_RAW\"\n"
                         "      ],\n"
                         "      \"permitted\": [\n"
                         "        \"CAP_KILL\",\n"
                         "        \"CAP_NET_RAW\"\n"
                         "      ]\n"
                         "    },\n"
                         "    \"rlimits\": [\n"
                         "      {\n"
                         "        \"type\": \"RLIMIT_NOFILE\",\n"
                         "        \"hard\": 18446744073709551615,\n"
                         "        \"soft\": 1024\n"
                         "      }\n"
                         "    ]\n"
                         "  }\n"
                         "}\n");
  ck_assert_uint_eq(oci_get_capabilities(oci), (1u << 5) | (1u << 13));
  ck_assert_str_eq(oci_get_env(oci, "A", NULL), "1=1");
  ck_assert_ptr_null(oci_get_env(oci, "C", NULL));
}
END_TEST

START_TEST(mounts_hooks_annotations) {
  static const char *const options[] = {"rbind", "ro", NULL};
  static const char *const none[] = {NULL};
  static const char *const args[] = {"hook", "run", NULL};
  static const char *const env[] = {"A=1", NULL};
  const struct oci_mount full = {"/lib/a", "bind", "/host/a", options};
  const struct oci_mount bare = {.destination = "/b", .options = none};
  const struct oci_hook long_hook = {"createContainer", "/bin/hook", args, env, true, 5};
  const struct oci_hook short_hook = {.name = "prestart", .path = "/bin/a", .args = none};
  ck_assert_ok(oci_set_annotation(oci, "org.b", "2", &by_default, &err), &err);
  ck_assert_ok(oci_set_annotation(oci, "org.a", "", &by_default, &err), &err);
  ck_assert_ok(oci_add_hook(oci, &long_hook, &by_default, &err), &err);
  ck_assert_ok(oci_add_hook(oci, &short_hook, &by_default, &err), &err);
  ck_assert_ok(oci_add_hook(oci, &long_hook, &by_default, &err), &err);
  ck_assert_ok(oci_add_mount(oci, &full, &by_default, &err), &err);
  ck_assert_ok(oci_add_mount(oci, &bare, &by_default, &err), &err);
  ck_assert_printed(oci, "{\n"
                         "  \"ociVersion\": \"1.0.2\",\n"
                         "  \"mounts\": [\n"
                         "    {\n"
                         "      \"destination\": \"/lib/a\",\n"
                         "      \"type\": \"bind\",\n"
                         "      \"source\": \"/host/a\",\n"
                         "      \"options\": [\n"
                         "        \"rbind\",\n"
                         "        \"ro\"\n"
                         "      ]\n"
                         "    },\n"
                         "    {\n"
                         "      \"destination\": \"/b\"\n"
                         "    }\n"
                         "  ],\n"
                         "  \"hooks\": {\n"
                         "    \"prestart\": [\n"
                         "      {\n"
                         "        \"path\": \"/bin/a\"\n"
                         "      }\n"
                         "    ],\n"
                         "    \"createContainer\": [\n"
                         "      {\n"
                         "        \"path\": \"/bin/hook\",\n"
                         "        \"args\": [\n"
                         "          \"hook\",\n"
                         "          \"run\"\n"
                         "        ],\n"
                         "        \"env\": [\n"
                         "          \"A=1\"\n"
                         "        ],\n"
                         "        \"timeout\": 5\n"
                         "      }\n"
                         "    ]\n"
                         "  },\n"
                         "  \"annotations\": {\n"
                         "    \"org.a\": \"\",\n"
                         "    \"org.b\": \"2\"\n"
                         "  }\n"
                         "}\n");
}
END_TEST

START_TEST(linux_lists) {
  static const char *const paths[] = {"/proc/kcore", NULL};
  const struct oci_device node = {.path = "/dev/a",
                                  .type = 'c',
                                  .major = 195,
                                  .minor = 0,
                                  .has_mode = true,
                                  .mode = 020666,
                                  .has_gid = true,
                                  .gid = 44};
  const struct oci_device fifo = {.path = "/dev/p", .type = 'p'};
  const struct oci_rule deny = {false, 'a', OCI_ANY, OCI_ANY, "rwm"};
  const struct oci_rule allow = {true, 'c', 195, 0, "rw"};
  ck_assert_ok(oci_set_readonly_paths(oci, paths, &by_default, &err), &err);
  ck_assert_ok(oci_add_device(oci, &node, &by_default, &err), &err);
  ck_assert_ok(oci_add_device(oci, &fifo, &by_default, &err), &err);
  ck_assert_ok(oci_add_namespace(oci, "pid", NULL, &by_default, &err), &err);
  ck_assert_ok(oci_add_namespace(oci, "network", "/run/ns", &by_default, &err), &err);
  ck_assert_ok(oci_set_unified(oci, "pids.max", "64", false, &by_default, &err), &err);
  ck_assert_ok(oci_add_device_rule(oci, &deny, &by_default, &err), &err);
  ck_assert_ok(oci_add_device_rule(oci, &allow, &by_default, &err), &err);
  ck_assert_printed(oci, "{\n"
                         "  \"ociVersion\": \"1.0.2\",\n"
                         "  \"linux\": {\n"
                         "    \"resources\": {\n"
                         "      \"devices\": [\n"
                         "        {\n"
                         "          \"allow\": false,\n"
                         "          \"access\": \"rwm\"\n"
                         "        },\n"
                         "        {\n"
                         "          \"allow\": true,\n"
                         "          \"type\": \"c\",\n"
                         "          \"major\": 195,\n"
                         "          \"minor\": 0,\n"
                         "          \"access\": \"rw\"\n"
                         "        }\n"
                         "      ],\n"
                         "      \"unified\": {\n"
                         "        \"pids.max\": \"64\"\n"
                         "      }\n"
                         "    },\n"
                         "    \"namespaces\": [\n"
                         "      {\n"
                         "        \"type\": \"pid\"\n"
                         "      },\n"
                         "      {\n"
                         "        \"type\": \"network\",\n"
                         "        \"path\": \"/run/ns\"\n"
                         "      }\n"
                         "    ],\n"
                         "    \"devices\": [\n"
                         "      {\n"
                         "        \"path\": \"/dev/a\",\n"
                         "        \"type\": \"c\",\n"
                         "        \"major\": 195,\n"
                         "        \"minor\": 0,\n"
                         "        \"fileMode\": 438,\n"
                         "        \"gid\": 44\n"
                         "      },\n"
                         "      {\n"
                         "        \"path\": \"/dev/p\",\n"
                         "        \"type\": \"p\"\n"
                         "      }\n"
                         "    ],\n"
                         "    \"readonlyPaths\": [\n"
                         "      \"/proc/kcore\"\n"
                         "    ]\n"
                         "  }\n"
                         "}\n");
  ck_assert(oci_has_namespace(oci, "pid"));
  ck_assert(!oci_has_namespace(oci, "user"));
}
END_TEST

/* The keys of Intel RDT and network devices, and the specification that brought each. */
static const struct {
  const char *key; /* NULL: a network device */
  const char *value;
  const char *version;
  const char *printed;
} younger[] = {
    {"closID", "gold", "1.0.2", "\"closID\": \"gold\""},
    {"l3CacheSchema", "L3:0=f", "1.0.2", "\"l3CacheSchema\": \"L3:0=f\""},
    {"memBwSchema", "MB:0=50", "1.0.2", "\"memBwSchema\": \"MB:0=50\""},
    {"enableCMT", "true", "1.1.0", "\"enableCMT\": true"},
    {"enableMBM", "false", "1.1.0", "\"enableMBM\": false"},
    {"schemata", "L3:0=f", "1.3.0", "\"schemata\": [\n        \"L3:0=f\"\n      ]"},
    {"enableMonitoring", "true", "1.3.0", "\"enableMonitoring\": true"},
    {NULL, "eth0", "1.3.0", "\"netDevices\": {\n      \"eth0.100\": {\n        \"name\": \"eth0\""},
};

START_TEST(younger_features_raise_the_version) {
  if (younger[_i].key)
    ck_assert_ok(oci_set_intel_rdt(oci, younger[_i].key, younger[_i].value, true, &by_plugin, &err),
                 &err);
  else
    ck_assert_ok(oci_set_net_device(oci, "eth0.100", younger[_i].value, &by_plugin, &err), &err);
  ck_assert_has(oci, younger[_i].printed);
  CLEANUP(arena) struct arena arena = {0};
  const struct oci_entry *version = entry_at(&arena, oci, "ociVersion");
  ck_assert_str_eq(version->value, younger[_i].version);
  bool raised = strcmp(younger[_i].version, "1.0.2") != 0;
  ck_assert_int_eq(version->sources[0]->kind, raised ? OCI_FROM_PLUGIN : OCI_FROM_DEFAULT);
  check_sources(oci);
}
END_TEST

START_TEST(what_the_specification_lacks_is_refused) {
  const struct oci_hook hook = {.name = "onStart", .path = "/bin/a"};
  ck_assert_int_eq(oci_add_hook(oci, &hook, &by_plugin, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "oci.hook-unknown", "onStart");
  ck_assert_error(&err, "oci.hook-unknown", "createContainer");
  ck_assert_int_eq(oci_set_intel_rdt(oci, "clos", "a", true, &by_plugin, &err),
                   DAVIT_E_UNSUPPORTED);
  ck_assert_error(&err, "oci.rdt-unknown", "\"clos\"");
  ck_assert_error(&err, "oci.rdt-unknown", "closID");
  ck_assert_int_eq(oci_set_intel_rdt(oci, "enableMonitoring", "yes", true, &by_plugin, &err),
                   DAVIT_E_INVALID);
  ck_assert_error(&err, "oci.rdt-value", "\"yes\"");
  ck_assert_error(&err, "oci.rdt-value", "true or false");
  ck_assert_printed(oci, "{\n  \"ociVersion\": \"1.0.2\"\n}\n");
}
END_TEST

START_TEST(strings_are_escaped_no_more_than_needed) {
  ck_assert_ok(
      oci_set_env(oci, "A", "\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9\xe2\x80\xa8", &by_default, &err),
      &err);
  ck_assert_has(oci, "\"A=\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xa9\xe2\x80\xa8\"");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("oci_new");
  TCase *tests = tcase_create("oci_new");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, an_empty_document_is_its_version);
  tcase_add_test(tests, keys_come_in_the_order_of_the_specification);
  tcase_add_test(tests, process_lists);
  tcase_add_test(tests, mounts_hooks_annotations);
  tcase_add_test(tests, linux_lists);
  tcase_add_loop_test(tests, younger_features_raise_the_version, 0, ARRAY_LEN(younger));
  tcase_add_test(tests, what_the_specification_lacks_is_refused);
  tcase_add_test(tests, strings_are_escaped_no_more_than_needed);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
