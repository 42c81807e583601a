/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for CDI devices in annotations. Rows A1 to A22 are the cases of the format's reference
 * implementation; what they expect is its behaviour. Each says SAME, or BETTER and why. */
#include "testing.h"

#include "cdi/requests.h"
#include "oci/oci.h"
#include "util/cleanup.h"

/* ---- keys ------------------------------------------------------------------------------------ */

#define CHARS_10 "abcdefghij"
#define CHARS_50 CHARS_10 CHARS_10 CHARS_10 CHARS_10 CHARS_10

static const struct {
  const char *plugin, *device_id;
  const char *key; /* NULL: an error, that says */
  const char *says;
} keys[] = {
    /* A1 to A5: BETTER, the message quotes the key, the plugin and the id it was made of. */
    /* A1 */ {"", "device", NULL, "plugin's name is empty"},
    /* A2 */ {"vendor.class", "", NULL, "device's id is empty"},
    /* A3 */ {"_vendor.class", "device", NULL, "begin and end with a letter or digit"},
    /* A4 */ {"vendor.class", "device_", NULL, "begin and end with a letter or digit"},
    /* A5 */ {"ven+dor.class", "device", NULL, "nothing but letters"},
    /* A5 */ {"vendor.class", "dev+ice", NULL, "nothing but letters"},
    /* A6: SAME */
    {CHARS_50 "1234567", "device", NULL, "longer than 63 bytes"},
    /* A7: SAME */
    {"vendor.class", "device", "cdi.k8s.io/vendor.class_device", NULL},
    /* A8: SAME */
    {"v-e.n_d.or.cl-as_s", "d_e-v-i-c_e", "cdi.k8s.io/v-e.n_d.or.cl-as_s_d_e-v-i-c_e", NULL},
    /* A9: SAME */
    {"v-e.n_d.or.cl-as_s", "d-e/v/i/c-e", "cdi.k8s.io/v-e.n_d.or.cl-as_s_d-e_v_i_c-e", NULL},
    /* A10: SAME; 63 and 64 bytes behind the prefix */
    {CHARS_50 "123456", "device", "cdi.k8s.io/" CHARS_50 "123456_device", NULL},
    {CHARS_50 "123456", "device7", NULL, "longer than 63 bytes"},
    /* 2.3 "`/` in the plugin is an error": SAME */
    {"vendor/class", "device", NULL, "nothing but letters"},
};

static const char *const no_devices[] = {NULL};

START_TEST(keys_are_made_of_plugin_and_id) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  struct cdi_annotation made = {"before", "before"};
  int answer =
      annotation_make(&arena, keys[_i].plugin, keys[_i].device_id, no_devices, &made, &err);
  if (keys[_i].key) {
    ck_assert_ok(answer, &err);
    ck_assert_str_eq(made.key, keys[_i].key);
    ck_assert_str_eq(made.value, ""); /* 2.3 "empty list -> empty string": SAME */
  } else {
    ck_assert_int_eq(answer, DAVIT_E_INVALID);
    ck_assert_error(&err, "cdi.annotation", keys[_i].says);
    ck_assert_str_eq(made.key, "before");
  }
}
END_TEST

/* ---- values ---------------------------------------------------------------------------------- */

enum {
  MOST = 3
};

struct request {
  const char *plugin, *device_id;
  const char *devices[MOST + 1];
  const char *value; /* NULL: an error, that says */
  const char *says;
};

static const struct {
  struct request requests[MOST];
} updates[] = {
    /* A11: SAME; one device, three devices */
    {{{"vendor.class", "device", {"vendor.com/class=device"}, "vendor.com/class=device", NULL}}},
    {{{"vendor.class",
       "device",
       {"vendor.com/class=device1", "vendor.com/class=device2", "vendor.com/class=device3"},
       "vendor.com/class=device1,vendor.com/class=device2,vendor.com/class=device3",
       NULL}}},
    /* A12: SAME; three plugins, six devices */
    {{{"vendor1.class", "device", {"vendor1.com/class=device1"}, "vendor1.com/class=device1", NULL},
      {"vendor2.class",
       "device",
       {"vendor2.com/class=device1", "vendor2.com/class=device2"},
       "vendor2.com/class=device1,vendor2.com/class=device2",
       NULL},
      {"vendor3.class",
       "device",
       {"vendor3.com/class=device1", "vendor3.com/class=device2", "vendor3.com/class=device3"},
       "vendor3.com/class=device1,vendor3.com/class=device2,vendor3.com/class=device3",
       NULL}}},
    /* A13: SAME; the third plugin has no name */
    {{{"vendor1.class", "device", {"vendor1.com/class=device1"}, "vendor1.com/class=device1", NULL},
      {"vendor2.class", "device", {"vendor2.com/class=device1"}, "vendor2.com/class=device1", NULL},
      {"", "device", {"vendor3.com/class=device1"}, NULL, "plugin's name is empty"}}},
    /* A14, A15: BETTER, the message says what is wrong with the name */
    {{{"vendor1.class", "device", {"vendor1.com/class=device1"}, "vendor1.com/class=device1", NULL},
      {"vendor2.class", "device", {"vendor2.com/device2"}, NULL, "\"vendor2.com/device2\""}}},
    {{{"vendor.class", "device", {"/dev/null"}, NULL, "\"/dev/null\""}}},
};

START_TEST(values_are_the_names_of_devices) {
  CLEANUP(arena) struct arena arena = {0};
  for (size_t i = 0; i < MOST && updates[_i].requests[i].plugin; i++) {
    CLEANUP(error) struct davit_error err = {0};
    const struct request *request = &updates[_i].requests[i];
    struct cdi_annotation made = {"before", "before"};
    const char *const *names;
    int answer =
        annotation_make(&arena, request->plugin, request->device_id, request->devices, &made, &err);
    if (!request->value) {
      ck_assert_int_eq(answer, DAVIT_E_INVALID);
      ck_assert_error(&err, "cdi.annotation", request->says);
      ck_assert_str_eq(made.key, "before");
      continue;
    }
    ck_assert_ok(answer, &err);
    ck_assert_str_eq(made.value, request->value);
    ck_assert_ok(annotation_read(&arena, NULL, made.value, &names, &err), &err);
    ck_assert_uint_eq(strings_count(names), strings_count(request->devices));
    for (size_t k = 0; names[k]; k++)
      ck_assert_str_eq(names[k], request->devices[k]);
  }
}
END_TEST

START_TEST(every_problem_of_a_request_is_told) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  static const char *const devices[] = {"a", "vendor.com/class=b", "vendor.com/c+=d", NULL};
  struct cdi_annotation made;
  ck_assert_int_eq(annotation_make(&arena, "", "device", devices, &made, &err), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 3);
  ck_assert_error(&err, "cdi.annotation", "plugin's name is empty");
  ck_assert_error(&err, "cdi.annotation", "\"a\"");
  ck_assert_error(&err, "cdi.annotation", "\"vendor.com/c+=d\"");
}
END_TEST

/* A16: BETTER. A key that is there already is an error where the keys meet, in the config, however
 * it came to be there twice; the reference's function only knows of its own map. */
START_TEST(a_key_that_is_there_already_is_an_error) {
  CLEANUP(error) struct davit_error err = {0};
  static const char text[] = "{\"annotations\": {\n"
                             " \"cdi.k8s.io/vendor.class_device\": \"vendor.com/class=device1\",\n"
                             " \"cdi.k8s.io/vendor.class_device\": \"vendor.com/class=device2\"}}";
  struct oci *oci = NULL;
  ck_assert_int_eq(oci_parse("config.json", text, strlen(text), &oci, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "config.invalid", "cdi.k8s.io/vendor.class_device");
  ck_assert_uint_eq(err.first->at.line, 3);
  ck_assert_ptr_null(oci);
}
END_TEST

static const struct {
  const char *value;
  const char *names[MOST + 1]; /* none: an error */
  size_t problems;
} values[] = {
    /* A17: SAME; whole configs with three keys are in cdi_resolve_test.c */
    {"vendor.com/class=device1", {"vendor.com/class=device1"}, 0},
    {"vendor.com/class=device1,vendor.com/class=device2,vendor.com/class=device3",
     {"vendor.com/class=device1", "vendor.com/class=device2", "vendor.com/class=device3"},
     0},
    /* A18: SAME, nothing is handed out */
    {"vendor1.com/class=device1,vendor3.com=device3,vendor2.com/class=device2", {NULL}, 1},
    /* A19: SAME */
    {"/dev/null", {NULL}, 1},
    /* A20: SAME; BETTER in that every wrong piece is told */
    {"", {NULL}, 1},
    {"vendor.com/class=device,", {NULL}, 1},
    {"vendor.com/class=device1, vendor.com/class=device2", {NULL}, 1},
    {",a,", {NULL}, 3},
    /* A22: SAME */
    {"vendor.com/class=device,vendor.com/class=device",
     {"vendor.com/class=device", "vendor.com/class=device"},
     0},
};

START_TEST(values_are_read_whole_or_not_at_all) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct where at = {.file = "config.json", .line = 7, .column = 9, .key = "annotations.x"};
  const char *const *names = no_devices;
  int answer = annotation_read(&arena, &at, values[_i].value, &names, &err);
  ck_assert_uint_eq(err.count, values[_i].problems);
  ck_assert_uint_eq(strings_count(names), strings_count(values[_i].names));
  for (size_t i = 0; names[i]; i++)
    ck_assert_str_eq(names[i], values[_i].names[i]);
  if (values[_i].problems == 0) {
    ck_assert_ok(answer, &err);
    return;
  }
  ck_assert_int_eq(answer, DAVIT_E_INVALID);
  ck_assert_error(&err, "cdi.annotation", "is not the full name of a CDI device");
  ck_assert_uint_eq(err.first->at.line, 7);
  ck_assert_str_eq(err.first->at.key, "annotations.x");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_annotations");
  TCase *tests = tcase_create("cdi_annotations");
  tcase_add_loop_test(tests, keys_are_made_of_plugin_and_id, 0, ARRAY_LEN(keys));
  tcase_add_loop_test(tests, values_are_the_names_of_devices, 0, ARRAY_LEN(updates));
  tcase_add_test(tests, every_problem_of_a_request_is_told);
  tcase_add_test(tests, a_key_that_is_there_already_is_an_error);
  tcase_add_loop_test(tests, values_are_read_whole_or_not_at_all, 0, ARRAY_LEN(values));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
