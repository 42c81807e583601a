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
  tcase_add_test(tests, strings_are_escaped_no_more_than_needed);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
