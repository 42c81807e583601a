/* SPDX-License-Identifier: Apache-2.0 */
/* CDI devices that a config.json asks for itself. Rows L1, L2, A17 and A21 are cases of the
 * format's reference implementation; what they expect is its behaviour. */
#include "oci_testing.h"

#include "api/session.h"

struct asked {
  struct arena arena;
  struct davit_error err;
  struct oci *oci;
  struct list names; /* struct request_text * */
  int answer;
};

static struct asked asked_by(const char *text) {
  struct asked asked = {0};
  const struct doc_source source = {
      .file = "config.json", .text = text, .size = strlen(text), .code = "config.invalid"};
  asked.oci = parsed(text);
  asked.answer = take_config_names(&asked.arena, &source, asked.oci, &asked.names, &asked.err);
  return asked;
}

static void cleanup_asked(struct asked *asked) {
  oci_free(asked->oci);
  error_clear(&asked->err);
  arena_free(&asked->arena);
}

static void check_names(const struct asked *asked, const char *const *expected) {
  ck_assert_ok(asked->answer, &asked->err);
  ck_assert_uint_eq(asked->names.count, strings_count(expected));
  for (size_t i = 0; i < asked->names.count; i++)
    ck_assert_str_eq(((const struct request_text *)asked->names.items[i])->text, expected[i]);
}

/* L1: SAME */
START_TEST(names_go_and_the_last_node_of_a_path_stays) {
  CLEANUP(asked)
  struct asked asked =
      asked_by("{\"linux\": {\"devices\": ["
               "{\"path\": \"vendor.com/device=cdi0\", \"type\": \"\", \"major\": 0, \"minor\": 0},"
               "{\"path\": \"/dev/null\", \"type\": \"c\", \"major\": 1, \"minor\": 3},"
               "{\"path\": \"/dev/null\", \"type\": \"c\", \"major\": 1, \"minor\": 5},"
               "{\"path\": \"vendor.com/device=cdi1\"}]}}");
  static const char *const names[] = {"vendor.com/device=cdi0", "vendor.com/device=cdi1", NULL};
  check_names(&asked, names);
  ck_assert_printed(asked.oci, "{\n"
                               "  \"linux\": {\n"
                               "    \"devices\": [\n"
                               "      {\n"
                               "        \"path\": \"/dev/null\",\n"
                               "        \"type\": \"c\",\n"
                               "        \"major\": 1,\n"
                               "        \"minor\": 5\n"
                               "      }\n"
                               "    ]\n"
                               "  }\n"
                               "}\n");
  check_sources(asked.oci);
  ck_assert_history(asked.oci, "linux.devices./dev/null", "c 1:5 <- config.json");
}
END_TEST

/* L2: SAME */
START_TEST(a_list_of_names_alone_is_left_empty) {
  CLEANUP(asked)
  struct asked asked = asked_by("{\"linux\": {\"devices\": [{\"path\": \"vendor.com/device=cdi0\"},"
                                " {\"path\": \"vendor.com/device=cdi0\"}]}}");
  static const char *const names[] = {"vendor.com/device=cdi0", "vendor.com/device=cdi0", NULL};
  check_names(&asked, names);
  ck_assert_printed(asked.oci, "{\n  \"linux\": {\n    \"devices\": []\n  }\n}\n");
}
END_TEST

static const char nodes_alone[] =
    "{\n"
    "  \"annotations\": {\n"
    "    \"nvidia.cdi.k8s.io/vendor.class_device\": \"vendor.com/class=device\",\n"
    "    \"cdi.k8s.io\": \"vendor.com/class=device\",\n"
    "    \"io.container.manager\": \"libpod\"\n"
    "  },\n"
    "  \"linux\": {\n"
    "    \"devices\": [\n"
    "      {\n"
    "        \"path\": \"/dev/null\",\n"
    "        \"type\": \"c\"\n"
    "      },\n"
    "      {\n"
    "        \"path\": \"/dev/null\",\n"
    "        \"type\": \"c\"\n"
    "      },\n"
    "      {\n"
    "        \"path\": \"/dev/vendor.com/class=device\",\n"
    "        \"type\": \"c\"\n"
    "      }\n"
    "    ]\n"
    "  }\n"
    "}\n";

/* A21: SAME. BETTER than L1 in that a list without names is left as it is, two nodes of one path
 * included. */
START_TEST(what_asks_for_nothing_is_not_touched) {
  CLEANUP(asked) struct asked asked = asked_by(nodes_alone);
  static const char *const names[] = {NULL};
  check_names(&asked, names);
  ck_assert_printed(asked.oci, nodes_alone);
}
END_TEST

/* A17: BETTER. All devices of three keys, by key and not in an order that changes from run to run;
 * then those of linux.devices. */
START_TEST(keys_are_read_in_their_order) {
  CLEANUP(asked)
  struct asked asked = asked_by(
      "{\"annotations\": {\n"
      "  \"cdi.k8s.io/vendor3.class_device\": \"vendor3.com/class=device1,vendor3.com/class=b\",\n"
      "  \"cdi.k8s.io/vendor1.class_device\": \"vendor1.com/class=device1\",\n"
      "  \"cdi.k8s.io/\": \"vendor0.com/class=device1\",\n"
      "  \"cdi.k8s.io/vendor2.class_device\": \"vendor2.com/class=device1\"},\n"
      " \"linux\": {\"devices\": [{\"path\": \"vendor0.com/class=device0\"}]}}");
  static const char *const names[] = {"vendor0.com/class=device1",
                                      "vendor1.com/class=device1",
                                      "vendor2.com/class=device1",
                                      "vendor3.com/class=device1",
                                      "vendor3.com/class=b",
                                      "vendor0.com/class=device0",
                                      NULL};
  check_names(&asked, names);
  const struct request_text *first = asked.names.items[0], *last = asked.names.items[5];
  ck_assert_uint_eq(first->at.line, 4);
  ck_assert_uint_eq(first->at.column, 18);
  ck_assert_str_eq(first->at.key, "annotations.\"cdi.k8s.io/\"");
  ck_assert_uint_eq(last->at.line, 6);
  ck_assert_str_eq(last->at.key, "linux.devices[0].path");
  ck_assert_has(asked.oci, "\"cdi.k8s.io/vendor3.class_device\"");
}
END_TEST

START_TEST(every_wrong_annotation_is_told) {
  CLEANUP(asked)
  struct asked asked =
      asked_by("{\"annotations\": {\n"
               "  \"cdi.k8s.io/b_c\": \"vendor.com/class=a, vendor.com/class=b\",\n"
               "  \"cdi.k8s.io/a_c\": \"vendor.com/class=a,\"}}");
  ck_assert_int_eq(asked.answer, DAVIT_E_INVALID);
  ck_assert_uint_eq(asked.err.count, 2);
  ck_assert_error(&asked.err, "cdi.annotation", "annotations.\"cdi.k8s.io/a_c\"");
  ck_assert_error(&asked.err, "cdi.annotation", "\" vendor.com/class=b\"");
  ck_assert_uint_eq(asked.err.first->at.line, 3);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_resolve");
  TCase *tests = tcase_create("cdi_resolve");
  tcase_add_test(tests, names_go_and_the_last_node_of_a_path_stays);
  tcase_add_test(tests, a_list_of_names_alone_is_left_empty);
  tcase_add_test(tests, what_asks_for_nothing_is_not_touched);
  tcase_add_test(tests, keys_are_read_in_their_order);
  tcase_add_test(tests, every_wrong_annotation_is_told);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
