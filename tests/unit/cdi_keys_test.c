/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a file: section 1.4 of the reference report. */
#include "cdi_rows.h"

#include "cdi/encoding.h"

static const char no_winner[] = "one of the two would win in silence";

static const struct text_row rows[] = {
    {NULL, SAME, HEAD("0.3.0") DEVICE "foo: 1\n", REFUSED "unknown field \"foo\""},
    {NULL, SAME, HEAD("1.1.0") DEVICE "foo: null\n", REFUSED "unknown field \"foo\""},
    {NULL, SAME, DEVICES("0.3.0", "{name: d, foo: 1, containerEdits: {env: [A=b]}}"),
     REFUSED "devices[0].foo"},
    {NULL, SAME, EDITS("0.3.0", "hooks: [{hookName: poststop, path: /h, foo: 1}]"),
     REFUSED "devices[0].containerEdits.hooks[0].foo"},
    {NULL, SAME, EDITS("0.3.0", "deviceNodes: [{path: /dev/a, foo: 1}]"),
     REFUSED "devices[0].containerEdits.deviceNodes[0].foo"},
    {NULL, SAME, EDITS("0.3.0", "mounts: [{hostPath: /a, containerPath: /b, foo: 1}]"),
     REFUSED "devices[0].containerEdits.mounts[0].foo"},
    {NULL, SAME, EDITS("0.7.0", "intelRdt: {foo: 1}"), REFUSED "intelRdt.foo"},
    {NULL, SAME, EDITS("1.1.0", "netDevices: [{hostInterfaceName: a, name: b, foo: 1}]"),
     REFUSED "netDevices[0].foo"},
    {NULL, SAME, DEVICES("0.3.0", "{name: d, name: e, containerEdits: {env: [A=b]}}"),
     REFUSED "the key \"name\" is there twice"},
    /* a spelling of its own */
    {NULL, BETTER "taken, but told", "CDIVERSION: 0.3.0\nkind: v.com/c\n" DEVICE, TAKEN,
     .warns = "\"CDIVERSION\" is read as \"cdiVersion\""},
    {NULL, BETTER "taken, but told", "cdiVersion: 0.3.0\nKind: v.com/c\n" DEVICE, TAKEN,
     .warns = "\"Kind\" is read as \"kind\""},
    {NULL, BETTER "taken, but told", DEVICES("0.3.0", "{Name: d, containeredits: {ENV: [A=b]}}"),
     TAKEN, .warns = "\"ENV\" is read as \"env\""},
    {NULL, SAME, "CDIVersion: 0.2.0\nkind: v.com/c\n" DEVICE, REFUSED "is too old",
     .warns = "\"CDIVersion\" is read as"},
    {NULL, SAME, EDITS("0.3.0", "ADDITIONALGIDS: [5]"), REFUSED "needs cdiVersion 0.7.0",
     .warns = "\"ADDITIONALGIDS\" is read as"},
    {NULL, BETTER no_winner, HEAD("0.3.0") DEVICE "Kind: w.com/c\n",
     REFUSED "the field \"kind\" is there in two spellings, first in line 2"},
    {NULL, BETTER no_winner, DEVICES("0.3.0", "{name: d, NAME: d, containerEdits: {env: [A=b]}}"),
     REFUSED "the field \"name\" is there in two spellings"},
    /* merge keys, anchors, tags */
    {NULL, SAME,
     HEAD("0.3.0") "devices:\n- &d {name: d, containerEdits: &e {env: [A=b]}}\n"
                   "- {name: e, containerEdits: *e}\n",
     TAKEN},
    {NULL, SAME,
     HEAD("0.3.0") "devices:\n- {name: d, containerEdits: &e {env: [A=b]}}\n"
                   "- {name: e, containerEdits: {<<: *e, mounts: [{hostPath: /a, containerPath: "
                   "/b}]}}\n",
     TAKEN},
    {NULL, SAME,
     HEAD("0.3.0") "devices:\n- &d {name: d, containerEdits: {env: [A=b]}}\n"
                   "- {<<: *d, name: e}\n",
     REFUSED "the key \"name\" is there twice"},
    {NULL, SAME, HEAD("0.3.0") "devices:\n- {name: d, containerEdits: {'<<': {env: [A=b]}}}\n",
     REFUSED "unknown field \"<<\""},
    {NULL, SAME, HEAD("0.3.0") "devices: *d\n", REFUSED "the alias *d has no anchor"},
    {NULL, SAME, HEAD("0.3.0") "devices: &d [{name: d, containerEdits: *d}]\n",
     REFUSED "stands inside of its own anchor"},
    {NULL, SAME,
     HEAD("0.3.0") "devices: !mine [!his {name: !hers d, containerEdits: {env: [A=b]}}]\n", TAKEN},
    {NULL, SAME, "cdiVersion: !!str 0.3.0\nkind: !!binary di5jb20vYw==\n" DEVICE, TAKEN},
    {NULL, SAME, "cdiVersion: !!binary MC4zLjA=\nkind: v.com/c\n" DEVICE, TAKEN},
    {NULL, SAME, "? [a]\n: b\n", REFUSED "a list or mapping is used as key"},
    /* JSON as a reader of YAML takes it */
    {NULL, SAME,
     "{'cdiVersion': 0.3.0, \"kind\": v.com/c, # remark\n \"devices\": [{\"name\": \"d\", "
     "\"containerEdits\": {\"env\": [\"A=b\",]},}]}",
     TAKEN, .file = "f.json"},
    {NULL, BETTER "the rest is told of",
     "{\"cdiVersion\": \"0.3.0\", \"kind\": \"v.com/c\", \"devices\": [{\"name\": \"d\", "
     "\"containerEdits\": {\"env\": [\"A=b\"]}}]} rest",
     TAKEN, .warns = "or what else begins here", .file = "f.json"},
    {NULL, BETTER "an escape of JSON in a file of JSON",
     "{\"cdiVersion\": \"0.3.0\", \"kind\": \"v.com\\/c\", \"devices\": [{\"name\": \"d\", "
     "\"containerEdits\": {\"env\": [\"A=\\ud83d\\ude00\"]}}]}",
     TAKEN, .file = "f.json"},
    {NULL, BETTER "a NUL ends the text for the kernel and for runtimes",
     "{\"cdiVersion\": \"0.3.0\", \"kind\": \"v.com/c\", \"devices\": [{\"name\": \"d\", "
     "\"containerEdits\": {\"env\": [\"A=\\u0000b\"]}}]}",
     REFUSED "devices[0].containerEdits.env[0]", .file = "f.json"},
    {NULL, BETTER "the same in YAML", EDITS("0.3.0", "env: [\"A=\\0b\"]"),
     REFUSED "devices[0].containerEdits.env[0]"},
};

START_TEST(keys_are_those_of_the_format) {
  check_row(&rows[_i]);
}
END_TEST

/* Something that is neither one letter nor a pair is no text. */
static const struct text_row encodings[] = {
    {NULL, SAME,
     SIZED("\xFF\xFE"
           "a\0\0\xDC"),
     REFUSED "no UTF-16 from byte 4 on"},
    {NULL, SAME,
     SIZED("\xFE\xFF"
           "\xD8\0\0a"),
     REFUSED "no UTF-16 from byte 2 on"},
    {NULL, SAME,
     SIZED("\xFF\xFE"
           "a\0b"),
     REFUSED "no UTF-16 from byte 4 on"},
    {NULL, SAME, SIZED("\xFF\xFE"), REFUSED "nothing where a mapping is wanted"},
    {NULL, SAME,
     SIZED("\xFF\xFE"
           "\0\0"),
     REFUSED "there is a NUL"},
};

START_TEST(broken_utf16_is_refused) {
  check_row(&encodings[_i]);
}
END_TEST

START_TEST(all_of_unicode_is_read_from_utf16) {
  static const char text[] = "\xFE\xFF\0[\0'\0a\0\xE9\x20\xAC\xD8\x3D\xDE\0\0'\0]";
  CLEANUP(arena) struct arena arena = {0};
  const char *decoded = text;
  size_t size = sizeof(text) - 1, bad;
  ck_assert(utf16_decode(&arena, &decoded, &size, &bad));
  ck_assert_str_eq(decoded, "['a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80']");
  ck_assert_uint_eq(size, strlen(decoded));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_keys");
  TCase *tests = tcase_create("cdi_keys");
  tcase_add_loop_test(tests, keys_are_those_of_the_format, 0, ARRAY_LEN(rows));
  tcase_add_loop_test(tests, broken_utf16_is_refused, 0, ARRAY_LEN(encodings));
  tcase_add_test(tests, all_of_unicode_is_read_from_utf16);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
