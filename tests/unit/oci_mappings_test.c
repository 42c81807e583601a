/* SPDX-License-Identifier: Apache-2.0 */
/* User namespaces in the document: mappings, ids seen from both sides, gids taken out again. */
#include "testing.h"

#include "oci/oci.h"
#include "oci_testing.h"

static struct davit_error err;
static struct oci *oci;

static void tear_down(void) {
  oci_free(oci);
  error_clear(&err);
}

static const char two_ranges[] =
    "{\"linux\": {\"namespaces\": [{\"type\": \"user\"}],"
    " \"uidMappings\": [{\"containerID\": 0, \"hostID\": 1000, \"size\": 1},"
    "  {\"containerID\": 1, \"hostID\": 200000, \"size\": 10}],"
    " \"gidMappings\": [{\"containerID\": 4294967290, \"hostID\": 5, \"size\": 5}]}}";

static const struct {
  const char *config;
  enum oci_ids ids;
  uint32_t inside;
  uint32_t host;
} known[] = {
    {"{}", OCI_UIDS, 7, 7},
    {"{\"linux\": {\"namespaces\": [{\"type\": \"pid\"}]}}", OCI_GIDS, 4294967294, 4294967294},
    {two_ranges, OCI_UIDS, 0, 1000},
    {two_ranges, OCI_UIDS, 1, 200000},
    {two_ranges, OCI_UIDS, 10, 200009},
    {two_ranges, OCI_GIDS, 4294967290, 5},
    {two_ranges, OCI_GIDS, 4294967294, 9},
};

START_TEST(ids_are_known_from_both_sides) {
  uint32_t found = 0;
  oci = parsed(known[_i].config);
  ck_assert(oci_id_on_host(oci, known[_i].ids, known[_i].inside, &found));
  ck_assert_uint_eq(found, known[_i].host);
  ck_assert(oci_id_in_container(oci, known[_i].ids, known[_i].host, &found));
  ck_assert_uint_eq(found, known[_i].inside);
}
END_TEST

static const struct {
  const char *config;
  enum oci_ids ids;
  uint32_t inside;
  uint32_t host;
} unknown[] = {
    {two_ranges, OCI_UIDS, 11, 200010},
    {two_ranges, OCI_UIDS, 4294967295, 999},
    {two_ranges, OCI_GIDS, 0, 10},
    {"{\"linux\": {\"namespaces\": [{\"type\": \"user\"}]}}", OCI_UIDS, 0, 0},
    /* the namespace of another container: whatever this config maps is not what holds */
    {"{\"linux\": {\"namespaces\": [{\"type\": \"user\", \"path\": \"/proc/1/ns/user\"}],"
     " \"uidMappings\": [{\"containerID\": 0, \"hostID\": 0, \"size\": 9}]}}",
     OCI_UIDS, 0, 0},
};

START_TEST(other_ids_are_not) {
  uint32_t found = 77;
  oci = parsed(unknown[_i].config);
  ck_assert(!oci_id_on_host(oci, unknown[_i].ids, unknown[_i].inside, &found));
  ck_assert(!oci_id_in_container(oci, unknown[_i].ids, unknown[_i].host, &found));
  ck_assert_uint_eq(found, 77);
}
END_TEST

START_TEST(mappings_are_entries_with_a_source) {
  const struct oci_id_mapping first = {0, 1000, 1}, second = {1, 200000, 65536};
  ck_assert_ok(oci_new(&oci, &err), &err);
  ck_assert_ok(oci_add_namespace(oci, "user", NULL, &by_default, &err), &err);
  ck_assert_ok(oci_add_id_mapping(oci, OCI_GIDS, &first, &by_default, &err), &err);
  ck_assert_ok(oci_add_id_mapping(oci, OCI_UIDS, &first, &by_default, &err), &err);
  ck_assert_ok(oci_add_id_mapping(oci, OCI_UIDS, &second, &by_option, &err), &err);
  ck_assert_has(oci, "  \"linux\": {\n"
                     "    \"uidMappings\": [\n"
                     "      {\n"
                     "        \"containerID\": 0,\n"
                     "        \"hostID\": 1000,\n"
                     "        \"size\": 1\n"
                     "      },\n");
  ck_assert_history(oci, "linux.uidMappings.0", "0:1000:1 <- default");
  ck_assert_history(oci, "linux.uidMappings.1", "1:200000:65536 <- --option");
  ck_assert_history(oci, "linux.gidMappings.0", "0:1000:1 <- default");
  check_sources(oci);
}
END_TEST

static const char *const invalid[] = {
    "{\"linux\": {\"uidMappings\": {}}}",
    "{\"linux\": {\"uidMappings\": [{\"containerID\": 0, \"hostID\": 1}]}}",
    "{\"linux\": {\"gidMappings\": [{\"containerID\": 0, \"hostID\": -1, \"size\": 1}]}}",
    "{\"linux\": {\"gidMappings\": [{\"containerID\": 0, \"hostID\": 1, \"size\": 4294967296}]}}",
};

START_TEST(a_config_with_other_mappings_is_refused) {
  ck_assert_int_eq(oci_parse("c.json", invalid[_i], strlen(invalid[_i]), &oci, &err),
                   DAVIT_E_INVALID);
  ck_assert_error(&err, "config.invalid", "Mappings");
  ck_assert_ptr_null(oci);
}
END_TEST

START_TEST(gids_are_taken_out_and_remembered) {
  ck_assert_ok(oci_new(&oci, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 44, &by_service, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 109, &by_plugin, &err), &err);
  ck_assert_ok(oci_remove_gids(oci, &by_default, &err), &err);
  ck_assert_lacks(oci, "additionalGids");
  ck_assert_history(oci, "process.user.additionalGids.44",
                    "(gone) <- default | 44 <- a.yaml:7 (services.a)");
  ck_assert_ok(oci_remove_gids(oci, &by_default, &err), &err);
  ck_assert_ok(oci_add_gid(oci, 44, &by_option, &err), &err);
  ck_assert_has(oci, "\"additionalGids\": [\n        44\n      ]");
}
END_TEST

START_TEST(gids_of_a_config_that_was_read_stay) {
  oci = parsed("{\"process\": {\"user\": {\"additionalGids\": [7]}}}");
  ck_assert_ok(oci_add_gid(oci, 44, &by_plugin, &err), &err);
  ck_assert_ok(oci_remove_gids(oci, &by_default, &err), &err);
  ck_assert_has(oci, "\"additionalGids\": [\n        7\n      ]");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("oci mappings");
  TCase *tests = tcase_create("mappings");
  tcase_add_checked_fixture(tests, NULL, tear_down);
  tcase_add_loop_test(tests, ids_are_known_from_both_sides, 0, (int)ARRAY_LEN(known));
  tcase_add_loop_test(tests, other_ids_are_not, 0, (int)ARRAY_LEN(unknown));
  tcase_add_test(tests, mappings_are_entries_with_a_source);
  tcase_add_loop_test(tests, a_config_with_other_mappings_is_refused, 0, (int)ARRAY_LEN(invalid));
  tcase_add_test(tests, gids_are_taken_out_and_remembered);
  tcase_add_test(tests, gids_of_a_config_that_was_read_stay);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
