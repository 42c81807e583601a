/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that were read: they come out as they went in, and what is wrong has a position. */
#include "testing.h"

#include "oci/oci.h"
#include "oci_testing.h"
#include "util/text.h"

/* Blanks up to the end of an empty list, 0 if this is none. */
static size_t empty_list(const char *text) {
  size_t blanks = *text == '[' ? strspn(text + 1, "\n\t") : 0;
  return blanks > 0 && text[1 + blanks] == ']' ? blanks : 0;
}

/* The text with two spaces for each tab, empty lists on one line, no blanks before it and a final
 * newline: two-space JSON made without the code under test. The caller frees it. */
static char *respaced(const char *text) {
  char *wide = calloc(strlen(text) * 2 + 2, 1);
  ck_assert_ptr_nonnull(wide);
  char *end = wide;
  for (text += strspn(text, " "); *text; text++) {
    size_t blanks = empty_list(text);
    if (*text == '\t')
      end = stpcpy(end, "  ");
    else
      *end++ = *text;
    text += blanks;
  }
  text_trim_end(wide);
  return strcat(wide, "\n");
}

static const char *const configs[] = {"runc-spec.json", "crun-spec.json"};

START_TEST(configs_of_runtimes_come_out_as_they_went_in) {
  CLEANUP(free) char *text = config_text(configs[_i]);
  CLEANUP(free) char *expected = respaced(text);
  CLEANUP(oci) struct oci *oci = parsed(text);
  ck_assert_printed(oci, expected);
  check_sources(oci);
}
END_TEST

static const char *const numbers[] = {"9223372036854775807",
                                      "18446744073709551615",
                                      "-9223372036854775808",
                                      "0.1",
                                      "1.0",
                                      "1e5",
                                      "1E+05",
                                      "-0",
                                      "9007199254740993",
                                      "0",
                                      "-1.50e-300"};

START_TEST(numbers_keep_their_digits) {
  char text[128];
  snprintf(text, sizeof(text), "{\n  \"a\": [\n    %s,\n    %s\n  ]\n}\n", numbers[_i],
           numbers[_i]);
  CLEANUP(oci) struct oci *oci = parsed(text);
  ck_assert_printed(oci, text);
}
END_TEST

START_TEST(unknown_keys_and_their_order_survive_edits) {
  const struct oci_device node = {.path = "/dev/a", .type = 'c', .major = 1, .minor = 2};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(oci)
  struct oci *oci = parsed("{\"linux\": {\"x-b\": 1e5, \"seccomp\": {\"syscalls\": []}},"
                           " \"zz\": null, \"process\": {\"env\": null, \"cwd\": \"/\"},"
                           " \"ociVersion\": \"1.1.0\"}");
  ck_assert_ok(oci_set_hostname(oci, "h", &by_plugin, &err), &err);
  ck_assert_ok(oci_set_env(oci, "A", "1", &by_plugin, &err), &err);
  ck_assert_ok(oci_set_terminal(oci, true, &by_plugin, &err), &err);
  ck_assert_ok(oci_add_device(oci, &node, &by_plugin, &err), &err);
  ck_assert_printed(oci, "{\n"
                         "  \"linux\": {\n"
                         "    \"x-b\": 1e5,\n"
                         "    \"devices\": [\n"
                         "      {\n"
                         "        \"path\": \"/dev/a\",\n"
                         "        \"type\": \"c\",\n"
                         "        \"major\": 1,\n"
                         "        \"minor\": 2\n"
                         "      }\n"
                         "    ],\n"
                         "    \"seccomp\": {\n"
                         "      \"syscalls\": []\n"
                         "    }\n"
                         "  },\n"
                         "  \"zz\": null,\n"
                         "  \"process\": {\n"
                         "    \"terminal\": true,\n"
                         "    \"env\": [\n"
                         "      \"A=1\"\n"
                         "    ],\n"
                         "    \"cwd\": \"/\"\n"
                         "  },\n"
                         "  \"ociVersion\": \"1.1.0\",\n"
                         "  \"hostname\": \"h\"\n"
                         "}\n");
  check_sources(oci);
}
END_TEST

/* A new key stands behind the last of the earlier ones that are there, else before the first of the
 * later ones, else at the end. */
static const struct {
  const char *text;
  const char *printed;
} places[] = {
    {"{\"ociVersion\": \"1.0.2\", \"x\": 1, \"linux\": {}}",
     "\"ociVersion\": \"1.0.2\",\n  \"hostname\": \"h\",\n  \"x\": 1,\n  \"linux\": {}\n}\n"},
    {"{\"x\": 1, \"linux\": {}, \"y\": 2}",
     "\"x\": 1,\n  \"hostname\": \"h\",\n  \"linux\": {},\n  \"y\": 2\n}\n"},
    {"{\"x\": 1}", "\"x\": 1,\n  \"hostname\": \"h\"\n}\n"},
    {"{\"linux\": {}, \"ociVersion\": \"1.0.2\"}",
     "\"linux\": {},\n  \"ociVersion\": \"1.0.2\",\n  \"hostname\": \"h\"\n}\n"},
    {"{\"hostname\": \"old\", \"ociVersion\": \"1.0.2\"}",
     "\"hostname\": \"h\",\n  \"ociVersion\": \"1.0.2\"\n}\n"},
};

START_TEST(a_new_key_finds_its_place) {
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(oci) struct oci *oci = parsed(places[_i].text);
  ck_assert_ok(oci_set_hostname(oci, "h", &by_plugin, &err), &err);
  ck_assert_has(oci, places[_i].printed);
}
END_TEST

static const struct {
  const char *text;
  uint32_t line, column;
  const char *key;
  const char *says;
  const char *hint;
} invalid[] = {
    {"{\"a\": }", 1, 7, NULL, "not JSON", NULL},
    {"[1]", 1, 1, NULL, "a list instead of an object", "{"},
    {"{\"ociVersion\": 1}", 1, 16, "ociVersion", "instead of a string", "\"...\""},
    {"{\"process\": []}", 1, 13, "process", "a list instead of an object", "{"},
    {"{\n \"process\": {\n  \"env\": \"A=1\"}}", 3, 10, "process.env",
     "instead of a list of strings", "["},
    {"{\"process\": {\"env\": [\"A\", 5]}}", 1, 27, "process.env[1]", "the number 5 instead of a",
     NULL},
    {"{\"process\": {\"env\": [null]}}", 1, 22, "process.env[0]", "instead of a string", NULL},
    {"{\"process\": {\"terminal\": \"yes\"}}", 1, 26, "process.terminal", "instead of a boolean",
     "true or false"},
    {"{\"process\": {\"user\": {\"uid\": -1}}}", 1, 30, "process.user.uid", "0 to 4294967295",
     "digits"},
    {"{\"process\": {\"user\": {\"gid\": 1e3}}}", 1, 30, "process.user.gid", "0 to 4294967295",
     "digits"},
    {"{\"process\": {\"user\": {\"additionalGids\": [4294967296]}}}", 1, 42,
     "process.user.additionalGids[0]", "0 to 4294967295", NULL},
    {"{\"process\": {\"user\": {\"additionalGids\": 5}}}", 1, 41, "process.user.additionalGids",
     "a list of integers", "[1, 2]"},
    {"{\"process\": {\"rlimits\": [{\"hard\": 1, \"soft\": 1}]}}", 1, 26, "process.rlimits[0]",
     "\"type\" is missing", NULL},
    {"{\"process\": {\"rlimits\": [{\"type\": \"A\", \"hard\": -1, \"soft\": 1}]}}", 1, 48,
     "process.rlimits[0].hard", "unsigned integer of 64 bits", "digits"},
    {"{\"mounts\": {}}", 1, 12, "mounts", "a list of objects", "["},
    {"{\"mounts\": [{\"type\": \"proc\"}]}", 1, 13, "mounts[0]", "\"destination\" is missing",
     NULL},
    {"{\"hooks\": {\"poststop\": [{\"path\": 1}]}}", 1, 34, "hooks.poststop[0].path", "a string",
     NULL},
    {"{\"annotations\": {\"a.b\": true}}", 1, 25, "annotations.\"a.b\"", "true instead of a string",
     NULL},
    {"{\"annotations\": [\"a\"]}", 1, 17, "annotations", "an object of strings", "{"},
    {"{\"linux\": {\"devices\": [{\"path\": \"/dev/a\", \"type\": \"c\", \"major\": \"1\"}]}}", 1,
     65, "linux.devices[0].major", "an integer of 64 bits", "without quotes"},
    {"{\"linux\": {\"devices\": [{\"path\": \"/dev/a\", \"type\": \"c\", \"minor\": "
     "9223372036854775808}]}}",
     1, 65, "linux.devices[0].minor", "an integer of 64 bits", NULL},
    {"{\"linux\": {\"resources\": {\"devices\": [{\"type\": \"c\"}]}}}", 1, 38,
     "linux.resources.devices[0]", "\"allow\" is missing: a boolean", NULL},
    {"{\"linux\": {\"netDevices\": {\"eth0\": \"a\"}}}", 1, 35, "linux.netDevices.eth0",
     "an object", NULL},
    {"{\"linux\": {\"netDevices\": [1]}}", 1, 26, "linux.netDevices", "an object of objects", "{"},
    {"{\"linux\": {\"intelRdt\": {\"schemata\": \"L3:0=f\"}}}", 1, 37, "linux.intelRdt.schemata",
     "a list of strings", NULL},
};

START_TEST(wrong_types_are_refused_with_their_place) {
  CLEANUP(error) struct davit_error err = {0};
  struct oci *oci = NULL;
  const char *text = invalid[_i].text;
  ck_assert_int_eq(oci_parse("a.json", text, strlen(text), &oci, &err), DAVIT_E_INVALID);
  ck_assert_ptr_null(oci);
  ck_assert_uint_eq(err.count, 1);
  const struct problem *problem = err.first;
  ck_assert_str_eq(problem->code, "config.invalid");
  ck_assert_str_eq(problem->at.file, "a.json");
  ck_assert_contains(problem->text, invalid[_i].says);
  ck_assert_msg(problem->at.line == invalid[_i].line && problem->at.column == invalid[_i].column,
                "%s: %u:%u", text, problem->at.line, problem->at.column);
  if (invalid[_i].key)
    ck_assert_str_eq(problem->at.key, invalid[_i].key);
  ck_assert_ptr_nonnull(problem->hint);
  if (invalid[_i].hint)
    ck_assert_contains(problem->hint, invalid[_i].hint);
}
END_TEST

START_TEST(all_problems_are_reported_up_to_a_bound) {
  CLEANUP(error) struct davit_error err = {0};
  struct oci *oci = NULL;
  const char *two = "{\"hostname\": 1, \"linux\": {\"cgroupsPath\": 2}}";
  ck_assert_int_eq(oci_parse("a.json", two, strlen(two), &oci, &err), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 2);
  error_clear(&err);

  CLEANUP(arena) struct arena arena = {0};
  enum {
    MANY = 10000
  };
  char *many = arena_alloc(&arena, MANY * 2 + 64);
  char *end = stpcpy(many, "{\"process\": {\"env\": [0");
  for (int i = 0; i < MANY; i++)
    end = stpcpy(end, ",0");
  stpcpy(end, "]}}");
  ck_assert_int_eq(oci_parse("a.json", many, strlen(many), &oci, &err), DAVIT_E_INVALID);
  ck_assert_uint_le(err.count, 100);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("oci_parse");
  TCase *tests = tcase_create("oci_parse");
  tcase_add_loop_test(tests, configs_of_runtimes_come_out_as_they_went_in, 0, ARRAY_LEN(configs));
  tcase_add_loop_test(tests, numbers_keep_their_digits, 0, ARRAY_LEN(numbers));
  tcase_add_test(tests, unknown_keys_and_their_order_survive_edits);
  tcase_add_loop_test(tests, a_new_key_finds_its_place, 0, ARRAY_LEN(places));
  tcase_add_loop_test(tests, wrong_types_are_refused_with_their_place, 0, ARRAY_LEN(invalid));
  tcase_add_test(tests, all_problems_are_reported_up_to_a_bound);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
