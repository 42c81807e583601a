/* SPDX-License-Identifier: Apache-2.0 */
/* Expectations: image-spec, config.md and conversion.md. */
#include "testing.h"

#include <stdbool.h>

#include "image/config.h"
#include "util/arena.h"

static struct arena arena;
static struct davit_error err;
static const struct image_config *config;

static void teardown(void) {
  error_clear(&err);
  arena_free(&arena);
}

static int parse(const char *text) {
  config = NULL;
  return image_config_parse(&arena, "i.json", text, strlen(text), &config, &err);
}

static const char *annotation(const char *name) {
  const char *value = NULL;
  for (size_t i = 0; i < config->annotation_count; i++)
    if (strcmp(config->annotations[i].name, name) == 0)
      value = config->annotations[i].value; /* the last one wins */
  return value;
}

#define CONFIG                                                                                    \
  "{\"User\": \"alice:staff\", \"Env\": [\"PATH=/bin\", \"A=\", \"A=b=c\"], \"WorkingDir\": "     \
  "\"/srv/\",\n \"Entrypoint\": [\"/e\", \"x\"], \"Cmd\": [\"c\"], \"StopSignal\": \"SIGINT\",\n" \
  " \"Labels\": {\"k\": \"v\", \"empty\": \"\"}, \"Volumes\": {\"/data\": {}, \"/log\": {}},\n"   \
  " \"ExposedPorts\": {\"80\": {}, \"53/udp\": {}}, \"ArgsEscaped\": true, \"Healthcheck\": {}, " \
  "\"OnBuild\": null, \"Memory\": 5}"

/* The same config in the three forms. */
static const char *const forms[] = {
    "{\"architecture\": \"arm\", \"os\": \"linux\", \"variant\": \"v7\", \"author\": \"Al\",\n"
    " \"created\": \"2020-01-02T03:04:05Z\", \"history\": [{\"created_by\": 5}],\n"
    " \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}, \"config\": " CONFIG "}",
    "[{\"Id\": \"sha256:1\", \"Architecture\": \"arm\", \"Os\": \"linux\", \"Variant\": \"v7\",\n"
    " \"Author\": \"Al\", \"Created\": \"2020-01-02T03:04:05Z\", \"Config\": " CONFIG "}]",
    "{\"Architecture\": \"arm\", \"Os\": \"linux\", \"Variant\": \"v7\",\n"
    " \"Author\": \"Al\", \"Created\": \"2020-01-02T03:04:05Z\", \"Config\": " CONFIG "}",
    CONFIG,
};

START_TEST(three_forms_say_the_same) {
  ck_assert_ok(parse(forms[_i]), &err);
  ck_assert_str_eq(config->user.text, "alice:staff");
  ck_assert_str_eq(config->workdir.text, "/srv/");
  ck_assert_str_eq(config->stop_signal.text, "SIGINT");
  ck_assert_str_eq(config->entrypoint.items[0], "/e");
  ck_assert_str_eq(config->entrypoint.items[1], "x");
  ck_assert_ptr_null(config->entrypoint.items[2]);
  ck_assert_str_eq(config->cmd.items[0], "c");
  ck_assert_uint_eq(config->env_count, 3);
  ck_assert_str_eq(config->env[0].name, "PATH");
  ck_assert_str_eq(config->env[1].value, "");
  ck_assert_str_eq(config->env[2].name, "A");
  ck_assert_str_eq(config->env[2].value, "b=c");
  ck_assert_uint_eq(config->volume_count, 2);
  ck_assert_str_eq(config->volumes[1].text, "/log");
  ck_assert_str_eq(annotation("k"), "v");
  ck_assert_str_eq(annotation("empty"), "");
  ck_assert_str_eq(annotation("org.opencontainers.image.exposedPorts"), "80,53/udp");
  ck_assert_str_eq(annotation("org.opencontainers.image.stopSignal"), "SIGINT");
  bool is_bare = _i == 3;
  ck_assert_pstr_eq(config->os.text, is_bare ? NULL : "linux");
  ck_assert_pstr_eq(config->architecture.text, is_bare ? NULL : "arm");
  ck_assert_pstr_eq(annotation("org.opencontainers.image.os"), is_bare ? NULL : "linux");
  ck_assert_pstr_eq(annotation("org.opencontainers.image.architecture"), is_bare ? NULL : "arm");
  ck_assert_pstr_eq(annotation("org.opencontainers.image.variant"), is_bare ? NULL : "v7");
  ck_assert_pstr_eq(annotation("org.opencontainers.image.author"), is_bare ? NULL : "Al");
  ck_assert_pstr_eq(annotation("org.opencontainers.image.created"),
                    is_bare ? NULL : "2020-01-02T03:04:05Z");
}
END_TEST

START_TEST(an_explicit_label_wins) {
  ck_assert_ok(parse("{\"os\": \"linux\", \"os.features\": [\"a\", \"b\"], \"config\": "
                     "{\"Labels\": {\"org.opencontainers.image.os\": "
                     "\"mine\", \"org.opencontainers.image.stopSignal\": \"2\"},"
                     "\"StopSignal\": \"15\"}}"),
               &err);
  ck_assert_str_eq(annotation("org.opencontainers.image.os"), "mine");
  ck_assert_str_eq(annotation("org.opencontainers.image.stopSignal"), "2");
  ck_assert_str_eq(config->os.text, "linux");
  ck_assert_str_eq(annotation("org.opencontainers.image.os.features"), "a,b");
}
END_TEST

/* "Any optional field may also be null, which is equivalent to being absent." */
static const char *const nothing[] = {
    "{\"os\": \"linux\", \"architecture\": \"amd64\", \"config\": null}",
    "{\"os\": null, \"rootfs\": {}}",
    "{\"config\": {}}",
    "{\"Config\": null}",
    "{\"User\": null, \"Env\": null, \"Entrypoint\": null, \"Cmd\": null, \"WorkingDir\": null,"
    " \"Labels\": null, \"Volumes\": null, \"ExposedPorts\": null, \"StopSignal\": null}",
    "{\"User\": \"\", \"Env\": [], \"Entrypoint\": [], \"Cmd\": [], \"WorkingDir\": \"\","
    " \"Labels\": {}, \"Volumes\": {}, \"ExposedPorts\": {}, \"StopSignal\": \"\"}",
};

START_TEST(nothing_is_nothing) {
  ck_assert_ok(parse(nothing[_i]), &err);
  ck_assert_ptr_null(config->user.text);
  ck_assert_ptr_null(config->workdir.text);
  ck_assert_ptr_null(config->stop_signal.text);
  ck_assert_ptr_null(config->entrypoint.items);
  ck_assert_ptr_null(config->cmd.items);
  ck_assert_uint_eq(config->env_count, 0);
  ck_assert_uint_eq(config->volume_count, 0);
}
END_TEST

static const struct {
  const char *text;
  unsigned line, column;
  const char *key, *problem, *hint;
} wrong[] = {
    {"{\"Env\": [\"A=1\",\n \"B\"]}", 2, 2, "Env[1]", "the text \"B\" is not a variable",
     "NAME=VALUE"},
    {"{\"Env\": [\"=1\"]}", 1, 10, "Env[0]", "the text \"=1\" is not a variable", "NAME=VALUE"},
    {"{\"Env\": [5]}", 1, 10, "Env[0]", "the number 5 is not a text", NULL},
    {"{\"Env\": {\"A\": \"1\"}}", 1, 9, "Env", "a mapping is not a list of texts", NULL},
    {"{\"config\": {\"Entrypoint\": \"/bin/sh\"}}", 1, 27, "config.Entrypoint",
     "the text \"/bin/sh\" is not a list of texts", NULL},
    {"{\"config\": {\"Entrypoint\": [\"\", \"a\"]}}", 1, 28, "config.Entrypoint[0]",
     "the program is empty", "the name of a program"},
    {"{\"Cmd\": [null]}", 1, 10, "Cmd[0]", "nothing is not a text", NULL},
    {"{\"Config\": {\"WorkingDir\": \"srv\"}}", 1, 27, "Config.WorkingDir",
     "the text \"srv\" is not an absolute path", "an absolute path of the container"},
    {"{\"User\": 0}", 1, 10, "User", "the number 0 is not a text", NULL},
    {"{\"StopSignal\": \"SIGTERM\\n\"}", 1, 16, "StopSignal",
     "the text \"SIGTERM \" is not a signal", "a name as SIGTERM, or a number"},
    {"{\"Labels\": {\"a\": 1}}", 1, 18, "Labels.a", "the number 1 is not a text", NULL},
    {"{\"Labels\": {\"\": \"1\"}}", 1, 17, "Labels.\"\"", "a label without a name", NULL},
    {"{\"Labels\": []}", 1, 12, "Labels", "a list is not an object", NULL},
    {"{\"Volumes\": {\"data\": {}}}", 1, 22, "Volumes.data",
     "the text \"data\" is not an absolute path", "an absolute path of the container"},
    {"{\"Volumes\": {\"/data\": true}}", 1, 23, "Volumes.\"/data\"", "true is not an empty object",
     NULL},
    {"{\"ExposedPorts\": {\"http\": {}}}", 1, 27, "ExposedPorts.http",
     "the text \"http\" is not a port", "8080/tcp"},
    {"{\"ExposedPorts\": {\"8-\": {}}}", 1, 25, "ExposedPorts.8-", "the text \"8-\" is not a port",
     "8080/tcp"},
    {"{\"ExposedPorts\": {\"80/tls\": {}}}", 1, 29, "ExposedPorts.\"80/tls\"",
     "the text \"80/tls\" is not a port", "8080/tcp"},
    {"{\"config\": []}", 1, 12, "config", "a list is not an object", NULL},
    {"{\"os\": 5, \"rootfs\": {}}", 1, 8, "os", "the number 5 is not a text", NULL},
    {"{\"schemaVersion\": 2, \"manifests\": []}", 1, 1, NULL,
     "this is the index or the manifest of an image, not its config",
     "give the directory of the image layout"},
    {"[{\"State\": {}, \"Config\": {}}]", 1, 2, "[0]", "this describes a container, not an image",
     "docker image inspect IMAGE"},
    {"[]", 1, 1, NULL, "0 images instead of one", "docker image inspect IMAGE"},
    {"[{\"Config\": {}}, {\"Config\": {}}]", 1, 1, NULL, "2 images instead of one",
     "docker image inspect IMAGE"},
    {"{\"name\": \"x\"}", 1, 1, NULL, "this is not the config of an image", "OCI image layout"},
    {"\"x\"", 1, 1, NULL, "the text \"x\" is not an image config", NULL},
};

START_TEST(what_is_wrong_is_named) {
  ck_assert_int_eq(parse(wrong[_i].text), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 1);
  ck_assert_str_eq(err.first->code, "image.invalid");
  ck_assert_str_eq(err.first->text, wrong[_i].problem);
  ck_assert_str_eq(err.first->at.file, "i.json");
  ck_assert_uint_eq(err.first->at.line, wrong[_i].line);
  ck_assert_uint_eq(err.first->at.column, wrong[_i].column);
  ck_assert_pstr_eq(err.first->at.key, wrong[_i].key);
  if (wrong[_i].hint)
    ck_assert_contains(err.first->hint, wrong[_i].hint);
  else
    ck_assert_ptr_null(err.first->hint);
  ck_assert_ptr_null(config);
}
END_TEST

START_TEST(all_problems_at_once_by_line) {
  ck_assert_int_eq(parse("{\"os\": 1,\n\"config\": {\"WorkingDir\": \"a\",\n\"User\": {},\n"
                         "\"Env\": [\"\",\n\"B\"]}}"),
                   DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 5);
  unsigned line = 1;
  for (const struct problem *problem = err.first; problem; problem = problem->next)
    ck_assert_uint_eq(problem->at.line, line++);
}
END_TEST

START_TEST(problems_are_bounded) {
  enum {
    MANY = 5000
  };
  char *text = arena_alloc(&arena, MANY * 2 + 64);
  char *end = stpcpy(text, "{\"Cmd\": [0");
  for (size_t i = 1; i < MANY; i++)
    end = stpcpy(end, ",0");
  stpcpy(end, "]}");
  ck_assert_int_eq(parse(text), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 100);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("image/config");
  TCase *tests = tcase_create("config");
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_loop_test(tests, three_forms_say_the_same, 0, (int)ARRAY_LEN(forms));
  tcase_add_test(tests, an_explicit_label_wins);
  tcase_add_loop_test(tests, nothing_is_nothing, 0, (int)ARRAY_LEN(nothing));
  tcase_add_loop_test(tests, what_is_wrong_is_named, 0, (int)ARRAY_LEN(wrong));
  tcase_add_test(tests, all_problems_at_once_by_line);
  tcase_add_test(tests, problems_are_bounded);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
