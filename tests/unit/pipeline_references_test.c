/* SPDX-License-Identifier: Apache-2.0 */
/* References in env: what they find, what they do not, and that no secret is told. */
#include "pipeline_rig.h"

#define SECRET "hunter2"

static const char *const environment[] = {
    "HOME=/home/user", "SHOP_KEY=k1", "SHOP_EMPTY=", "SHOP_BYTES=\xff", "EQ=a=b", NULL};
static const char *const everything[] = {"*", NULL};

static void set_up(struct rig *rig) {
  rig_set_up(rig);
  rig->options.environment = environment;
  rig->options.env_allow = everything;
  make_dir(&rig->dir, "secrets");
  rig->options.secrets_dir = below(&rig->dir, "secrets");
}

static const char *make_secret(struct rig *rig, const char *name, const char *content) {
  const char *path =
      make_file(&rig->dir, arena_printf(&rig->dir.arena, "secrets/%s", name), content);
  ck_assert_int_eq(chmod(path, 0600), 0);
  return path;
}

static int render(struct rig *rig, const char *value) {
  return rig_render(rig, arena_printf(&rig->dir.arena, "env: {A: '%s'}", value));
}

static void check_value(struct rig *rig, const char *value, const char *wanted) {
  ck_assert_ok(render(rig, value), &rig->err);
  ck_assert_str_eq(oci_get_env(rig->oci, "A", NULL), wanted);
}

static void refuses(struct rig *rig, const char *value, const char *code, const char *text,
                    const char *hint) {
  rig_refuses(rig, arena_printf(&rig->dir.arena, "env: {A: '%s'}", value), code,
              "services.web.env.A", text, hint);
}

/* ---- $E: --------------------------------------------------------------------------------------
 */

START_TEST(variables_come_from_the_environment) {
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  check_value(&rig, "$E:HOME", "/home/user");
  check_value(&rig, "$E:EQ", "a=b");
  const char *source = NULL;
  ck_assert_str_eq(rig_entry(&rig, "process.env.A", &source), "A=a=b");
  ck_assert_str_eq(source, "s.yaml:6 (services.web.env.A)");
}
END_TEST

START_TEST(what_is_found_is_not_looked_into) {
  static const char *const nested[] = {"OUTER=$E:HOME", "HOME=/h", NULL};
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  rig.options.environment = nested;
  check_value(&rig, "$E:OUTER", "$E:HOME");
}
END_TEST

START_TEST(unset_variables_are_errors_and_empty_ones_warn) {
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  refuses(&rig, "$E:SHOP", "env.unset", "davit's variable SHOP is not set",
          "set it where davit is called, or write the value into the file");
  refuses(&rig, "$E:X:-y", "env.unset", "davit's variable X:-y is not set",
          "set it where davit is called, or write the value into the file");
  refuses(&rig, "$E:SHOP_BYTES", "env.encoding", "davit's variable SHOP_BYTES is not UTF-8",
          "give it a value in UTF-8");
  rig.log.threshold = LOG_LEVEL_WARNING;
  check_value(&rig, "$E:SHOP_EMPTY", "");
  ck_assert_str_eq(rig.logged, "env.empty: services.web.env.A: davit's variable SHOP_EMPTY is set, "
                               "but empty\n");
}
END_TEST

START_TEST(p10_only_what_is_allowed_is_passed_on) {
  static const char *const globs[] = {"SHOP_?EY", "EQ*", NULL};
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  rig.options.env_allow = globs;
  check_value(&rig, "$E:SHOP_KEY", "k1");
  check_value(&rig, "$E:EQ", "a=b");
  refuses(&rig, "$E:HOME", "env.not-allowed", "the service may not have davit's variable HOME",
          "allow it: --env-allow HOME");
  refuses(&rig, "$E:NOT_THERE", "env.not-allowed",
          "the service may not have davit's variable NOT_THERE", "allow it: --env-allow NOT_THERE");
  rig.options.env_allow = NULL; /* a library's default: nothing */
  ck_assert_int_lt(render(&rig, "$E:SHOP_KEY"), 0);
  ck_assert_error(&rig.err, "env.not-allowed", "SHOP_KEY");
}
END_TEST

/* ---- $S: --------------------------------------------------------------------------------------
 */

static const struct {
  const char *file, *content, *value, *wanted;
} found[] = {
    {"db", SECRET, "$S:db", SECRET},
    {"db", SECRET "\n", "$S:db", SECRET},
    {"db", SECRET "\n\n", "$S:db", SECRET "\n"},
    {"db", " two\nlines ", "$S:db", " two\nlines "},
    {"db", "", "$S:db", ""},
    {"db", "$E:HOME", "$S:db", "$E:HOME"},
    {"db", "c 1:2 0600", "$S:db", "c 1:2 0600"},
    {"@web/db", "x", "$S:@web/db", "x"},
    {"@web/db", "{\"p\": \"y\"}", "$S:@web/db/p", "y"},
    {"j", "{\"p\": \"a\\u00fc\\n\"}\n", "$S:j/p", "a\xc3\xbc\n"},
    {"j", "{\"p\": 1.50}", "$S:j/p", "1.50"},
    {"j", "{\"p\": 12345678901234567890}", "$S:j/p", "12345678901234567890"},
    {"j", "{\"p\": true}", "$S:j/p", "true"},
    {"j", "{\"p\": null}", "$S:j/p", ""},
    {"j", "{\"p\": [1, \"a\", {\"b\": null}]}", "$S:j/p", "[1,\"a\",{\"b\":null}]"},
    {"j", "{\"p\": {\"b\": \"q\\\"\"}}", "$S:j/p", "{\"b\":\"q\\\"\"}"},
    {"j", "{\"p\": {}}", "$S:j", "{\"p\": {}}"},
};

START_TEST(secrets_come_from_files) {
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  make_dir(&rig.dir, "secrets/@web");
  make_secret(&rig, found[_i].file, found[_i].content);
  check_value(&rig, found[_i].value, found[_i].wanted);
  ck_assert_str_eq(rig_entry(&rig, "process.env.A", NULL), "A=(secret)");
}
END_TEST

/* The file of the secret in text and hint, before what `rest` says. */
static const char *of_file(struct rig *rig, const char *name, const char *rest) {
  return arena_printf(&rig->dir.arena, "the secret %s/secrets/%s %s", rig->dir.path, name, rest);
}

START_TEST(p9_a_secret_that_is_not_found_is_an_error) {
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  refuses(&rig, "$S:db", "secret.missing", of_file(&rig, "db", "is not there"),
          "write the secret into that file, mode 0600");
  refuses(&rig, "$S:@web/db", "secret.missing", of_file(&rig, "@web/db", "is not there"),
          "write the secret into that file, mode 0600");
  make_secret(&rig, "j", "{\"p\": \"" SECRET "\"}");
  refuses(&rig, "$S:j/q", "secret.missing", of_file(&rig, "j", "has no field \"q\""),
          "see the names of the object in that file");
  rig.options.secrets_dir = below(&rig.dir, "nowhere");
  refuses(&rig, "$S:db", "secret.directory",
          arena_printf(&rig.dir.arena,
                       "the directory of secrets cannot be opened: %s: no such file or directory",
                       rig.options.secrets_dir),
          "give a directory of files, one a secret");
  rig.options.secrets_dir = NULL;
  refuses(&rig, "$S:@web/db", "secret.directory", "nothing says where the secret \"@web/db\" is",
          "give --secrets-dir DIR");
}
END_TEST

START_TEST(files_that_hold_no_secret_are_refused) {
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  static const mode_t modes[] = {0604, 0602, 0644};
  for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
    const char *path = make_secret(&rig, "open", SECRET);
    ck_assert_int_eq(chmod(path, modes[i]), 0);
    refuses(&rig, "$S:open", "secret.unreadable",
            of_file(&rig, "open", "can be read or written by others"),
            arena_printf(&rig.dir.arena, "chmod o= '%s'", path));
    ck_assert_int_eq(chmod(path, 0640), 0);
    check_value(&rig, "$S:open", SECRET);
  }
  make_dir(&rig.dir, "secrets/dir");
  refuses(&rig, "$S:dir", "secret.unreadable", of_file(&rig, "dir", "is not a file"),
          "one file holds one secret");
  const char *large = make_secret(&rig, "large", "");
  ck_assert_int_eq(truncate(large, 65537), 0);
  refuses(&rig, "$S:large", "secret.unreadable", of_file(&rig, "large", "is too large"),
          "at most 64 KiB");
  ck_assert_int_eq(truncate(large, 65536), 0);
  refuses(&rig, "$S:large", "secret.unreadable", of_file(&rig, "large", "has a NUL byte"),
          "a variable cannot hold one");
  make_secret(&rig, "bytes", SECRET "\xff");
  refuses(&rig, "$S:bytes", "secret.unreadable", of_file(&rig, "bytes", "is not UTF-8"),
          "encode it, in Base64 for example");
}
END_TEST

START_TEST(text_that_is_no_object_has_no_fields) {
  static const char *const texts[] = {SECRET,
                                      "\"" SECRET "\"",
                                      "[\"" SECRET "\"]",
                                      "{\"" SECRET "\"",
                                      "{\"p\": " SECRET "}",
                                      "",
                                      "{\"p\": \"" SECRET "\", \"p\": \"" SECRET "\"}"};
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
    make_secret(&rig, "j", texts[i]);
    refuses(&rig, "$S:j/p", "secret.unreadable", of_file(&rig, "j", "is not a JSON object"),
            "a secret without fields has no \"/FIELD\"");
  }
}
END_TEST

/* As secrets are mounted elsewhere: links from name to name inside of the directory. */
START_TEST(links_do_not_leave_the_directory) {
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  make_dir(&rig.dir, "secrets/..1");
  make_secret(&rig, "..1/db", "inside");
  ck_assert_int_eq(symlink("..1", below(&rig.dir, "secrets/..data")), 0);
  ck_assert_int_eq(symlink("..data/db", below(&rig.dir, "secrets/db")), 0);
  check_value(&rig, "$S:db", "inside");

  const char *outside = make_file(&rig.dir, "outside", SECRET);
  ck_assert_int_eq(chmod(outside, 0600), 0);
  ck_assert_int_eq(symlink("../outside", below(&rig.dir, "secrets/up")), 0);
  ck_assert_int_eq(symlink(outside, below(&rig.dir, "secrets/away")), 0);
  ck_assert_int_eq(symlink(rig.dir.path, below(&rig.dir, "secrets/@web")), 0);
  refuses(&rig, "$S:up", "secret.missing", of_file(&rig, "up", "is not there"),
          "write the secret into that file, mode 0600");
  refuses(&rig, "$S:away", "secret.missing", of_file(&rig, "away", "is not there"),
          "write the secret into that file, mode 0600");
  refuses(&rig, "$S:@web/outside", "secret.missing", of_file(&rig, "@web/outside", "is not there"),
          "write the secret into that file, mode 0600");
}
END_TEST

START_TEST(every_reference_that_finds_nothing_is_reported) {
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  ck_assert_int_lt(rig_render(&rig, "env: {A: '$E:NOT', B: '$S:not', C: open, D: '$S:@not/not'}"),
                   0);
  ck_assert_uint_eq(rig.err.count, 3);
  ck_assert_error(&rig.err, "env.unset", "services.web.env.A");
  ck_assert_error(&rig.err, "secret.missing", "services.web.env.B");
  ck_assert_error(&rig.err, "secret.missing", "services.web.env.D");
}
END_TEST

/* ---- nothing tells it -------------------------------------------------------------------------
 */

static void check_untold(const char *what, const char *text) {
  ck_assert_msg(!text || !strstr(text, SECRET), "%s tells the secret: %s", what, text);
}

static void check_error_untold(const struct davit_error *err) {
  for (const struct problem *problem = err->first; problem; problem = problem->next) {
    check_untold("a text", problem->text);
    check_untold("a hint", problem->hint);
    check_untold("a key", problem->at.key);
    check_untold("a file", problem->at.file);
  }
}

/* With everything logged, and each kind of entry that holds it or replaced it. */
START_TEST(no_message_and_no_entry_tells_a_secret) {
  static const struct render_env replacing[] = {{"REPLACED", "open"}};
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  make_secret(&rig, "db", SECRET);
  make_secret(&rig, "j", "{\"p\": [\"" SECRET "\"]}");
  rig.options.env = replacing;
  rig.options.env_count = 1;
  ck_assert_ok(rig_render(&rig, "env: {A: '$S:db', J: '$S:j/p', TERM: '$S:db', REPLACED: '$S:db'}"),
               &rig.err);
  check_untold("the log", rig.logged);
  const struct oci_entry *const *entries;
  size_t hidden = 0;
  ck_assert_ok(oci_entries(rig.oci, &rig.dir.arena, &entries, &rig.err), &rig.err);
  for (; *entries; entries++) {
    check_untold("an entry", (*entries)->value);
    hidden += (*entries)->value && strstr((*entries)->value, "=(secret)");
    for (const struct oci_replaced *const *old = (*entries)->replaced; *old; old++) {
      check_untold("what was replaced", (*old)->value);
      hidden += strstr((*old)->value, "=(secret)") != NULL;
    }
  }
  ck_assert_uint_eq(hidden, 4);
  CLEANUP(free) char *config = NULL;
  size_t size;
  ck_assert_ok(oci_print(rig.oci, &config, &size, &rig.err), &rig.err);
  ck_assert_contains(config, "\"A=" SECRET "\"");
  ck_assert_contains(config, "\"TERM=" SECRET "\"");
}
END_TEST

START_TEST(no_error_tells_a_secret) {
  static const char *const keys[] = {
      "env: {A: '$S:db', B: '$S:db/p'}",
      "env: {A: '$S:db', B: '$S:j/q'}",
      "env: {A: '$S:db', B: '$S:broken/p'}",
      "env: {A: '$S:db', B: '$S:bytes'}",
      "env: {A: '$S:db', B: '$S:open'}",
      "env: {A: '$S:db'}\n    storage: [{type: named, name: x, target: /x}]",
      "env: {A: '$S:db'}\n    devices: [{path: /nonexistent}]",
      "env: {A: '$S:db', B: '$E:NOT'}",
  };
  CLEANUP(rig) struct rig rig;
  set_up(&rig);
  make_secret(&rig, "db", SECRET);
  make_secret(&rig, "j", "{\"p\": \"" SECRET "\"}");
  make_secret(&rig, "broken", "{\"p\": " SECRET ", \"" SECRET "\"}");
  make_secret(&rig, "bytes", SECRET "\xff");
  ck_assert_int_eq(chmod(make_secret(&rig, "open", SECRET), 0644), 0);
  for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
    ck_assert_int_lt(rig_render(&rig, keys[i]), 0);
    ck_assert_uint_gt(rig.err.count, 0);
    check_error_untold(&rig.err);
    check_untold("the log", rig.logged);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("pipeline_references");
  TCase *tests = tcase_create("references");
  tcase_add_test(tests, variables_come_from_the_environment);
  tcase_add_test(tests, what_is_found_is_not_looked_into);
  tcase_add_test(tests, unset_variables_are_errors_and_empty_ones_warn);
  tcase_add_test(tests, p10_only_what_is_allowed_is_passed_on);
  tcase_add_loop_test(tests, secrets_come_from_files, 0, ARRAY_LEN(found));
  tcase_add_test(tests, p9_a_secret_that_is_not_found_is_an_error);
  tcase_add_test(tests, files_that_hold_no_secret_are_refused);
  tcase_add_test(tests, text_that_is_no_object_has_no_fields);
  tcase_add_test(tests, links_do_not_leave_the_directory);
  tcase_add_test(tests, every_reference_that_finds_nothing_is_reported);
  tcase_add_test(tests, no_message_and_no_entry_tells_a_secret);
  tcase_add_test(tests, no_error_tells_a_secret);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
