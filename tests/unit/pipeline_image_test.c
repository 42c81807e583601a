/* SPDX-License-Identifier: Apache-2.0 */
/* What of an image's config reaches config.json, and what wins over it. Expectations: the table of
 * docs/service-file.md and image-spec, conversion.md. */
#include "scratch_dir.h"
#include "testing.h"

#include <stdio.h>

#include "pipeline/pipeline.h"
#include "util/list.h"

static struct arena arena;
static struct davit_error err;
static struct host *host, *rootfs;
static struct scratch_dir dir;
static struct oci *oci;
static char warnings[2048];

static void keep_warning(void *user, enum log_level level, const struct problem *message) {
  (void)user, (void)level;
  size_t used = strlen(warnings);
  snprintf(warnings + used, sizeof(warnings) - used, "%s: %s: %s\n", message->code,
           message->at.key ? message->at.key : "", message->text);
}

static const struct log test_log = {.threshold = LOG_LEVEL_WARNING, .emit = keep_warning};

static void setup(void) {
  warnings[0] = '\0';
  oci = NULL;
  dir = scratch_dir();
  make_dir(&dir, "etc");
  make_file(&dir, "etc/passwd",
            "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:100::/home/alice:/bin/sh\n");
  make_file(&dir, "etc/group", "users:x:100:\nstaff:x:50:\nvideo:x:44:alice\n");
  ck_assert_ok(host_open(TEST_HOSTS "/empty", &host, &err), &err);
  ck_assert_ok(host_open(dir.path, &rootfs, &err), &err);
}

static void teardown(void) {
  oci_free(oci);
  host_close(host);
  host_close(rootfs);
  error_clear(&err);
  cleanup_scratch_dir(&dir);
  arena_free(&arena);
}

/* `image` is the text of a config, NULL: none is given; `keys` is a line of the service. */
static int render(const char *image, const char *keys, const struct render_options *options) {
  const struct render_options none = {.replica = 1};
  const char *text = arena_printf(&arena,
                                  "version: v1\n"
                                  "deployment: test\n"
                                  "services:\n"
                                  "  web:\n"
                                  "    image: {name: app}\n"
                                  "    %s\n",
                                  keys);
  const struct service_file *file;
  struct providers *providers;
  const struct provider_settings settings = {
      .path = {.default_dir = TEST_PLUGINS}, .host = host, .log = &test_log};
  struct context context = {.arena = &arena,
                            .log = &test_log,
                            .host = host,
                            .rootfs = rootfs,
                            .options = options ? options : &none};
  ck_assert_ok(service_load(&arena, "s.yaml", text, strlen(text), &test_log, &file, &err), &err);
  ck_assert_ok(service_find(file, NULL, &context.service, &err), &err);
  ck_assert_ok(providers_open(&arena, &settings, &providers, &err), &err);
  if (image)
    ck_assert_ok(image_config_parse(&arena, "i.json", image, strlen(image), &context.image, &err),
                 &err);
  context.file = file;
  context.providers = providers;
  int answer = pipeline_run(&context, &err);
  providers_close(providers);
  oci = context.oci;
  return answer;
}

static const struct oci_entry *entry(const char *path) {
  static const struct oci_entry absent = {.value = "(absent)"};
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  for (; *entries; entries++)
    if (strcmp((*entries)->path, path) == 0)
      return *entries;
  return &absent;
}

#define KEEP "privileged: false"

static const struct {
  const char *image, *keys, *path, *value;
} values[] = {
    {"{\"Entrypoint\": [\"/e\", \"x\"], \"Cmd\": [\"c\"]}", KEEP, "process.args",
     "[\"/e\",\"x\",\"c\"]"},
    {"{\"Cmd\": [\"/c\"]}", KEEP, "process.args", "[\"/c\"]"},
    {"{\"Entrypoint\": [\"/e\"]}", KEEP, "process.args", "[\"/e\"]"},
    {"{\"Entrypoint\": [\"/e\"], \"Cmd\": [\"c\"]}", "command: {entrypoint: [/s]}", "process.args",
     "[\"/s\"]"},
    {"{\"Entrypoint\": [\"/e\"], \"Cmd\": [\"c\"]}", "command: {entrypoint: [/s], args: [a]}",
     "process.args", "[\"/s\",\"a\"]"},
    {"{\"Cmd\": [\"/c\"]}", "command: {args: [/a]}", "process.args", "[\"/a\"]"},
    {"{\"Cmd\": [\"/c\"], \"WorkingDir\": \"/w/\"}", KEEP, "process.cwd", "/w/"},
    {"{\"Cmd\": [\"/c\"], \"WorkingDir\": \"/w\"}", "command: {workdir: /s}", "process.cwd", "/s"},
    {"{\"Cmd\": [\"/c\"], \"WorkingDir\": \"\"}", KEEP, "process.cwd", "/"},
    {"{\"Cmd\": [\"/c\"], \"Env\": [\"PATH=/i\"]}", KEEP, "process.env.PATH", "PATH=/i"},
    {"{\"Cmd\": [\"/c\"], \"Env\": [\"TERM=\"]}", KEEP, "process.env.TERM", "TERM="},
    {"{\"Cmd\": [\"/c\"], \"Env\": [\"HOME=/h\"], \"User\": \"alice\"}", KEEP, "process.env.HOME",
     "HOME=/h"},
    {"{\"Cmd\": [\"/c\"], \"Env\": [\"A=i\"]}", KEEP, "process.env.PATH",
     "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
    {"{\"Cmd\": [\"/c\"], \"Env\": [\"A=i\"]}", "env: {A: s}", "process.env.A", "A=s"},
    {"{\"Cmd\": [\"/c\"], \"User\": \"alice\"}", KEEP, "process.user.uid", "1000"},
    {"{\"Cmd\": [\"/c\"], \"User\": \"alice\"}", KEEP, "process.user.gid", "100"},
    {"{\"Cmd\": [\"/c\"], \"User\": \"alice\"}", KEEP, "process.user.additionalGids.44", "44"},
    {"{\"Cmd\": [\"/c\"], \"User\": \"alice\"}", KEEP, "process.env.HOME", "HOME=/home/alice"},
    {"{\"Cmd\": [\"/c\"], \"User\": \"alice:staff\"}", KEEP, "process.user.gid", "50"},
    {"{\"Cmd\": [\"/c\"], \"User\": \"alice:staff\"}", KEEP, "process.user.additionalGids.44",
     "(absent)"},
    {"{\"Cmd\": [\"/c\"], \"User\": \"alice\"}", "user: \"7:8\"", "process.user.uid", "7"},
    {"{\"Cmd\": [\"/c\"], \"User\": \"nobody\"}", "user: \"7:8\"", "process.user.gid", "8"},
    {"{\"Cmd\": [\"/c\"], \"Labels\": {\"a\": \"b\"}}", KEEP, "annotations.a", "b"},
    {"{\"Cmd\": [\"/c\"], \"StopSignal\": \"SIGINT\"}", KEEP,
     "annotations.org.opencontainers.image.stopSignal", "SIGINT"},
    {"{\"Cmd\": [\"/c\"]}", KEEP, "ociVersion", "1.0.2"},
    {NULL, KEEP, "process.args", "[\"/bin/sh\"]"},
};

START_TEST(the_image_is_the_base) {
  ck_assert_ok(render(values[_i].image, values[_i].keys, NULL), &err);
  ck_assert_str_eq(entry(values[_i].path)->value, values[_i].value);
}
END_TEST

START_TEST(the_command_line_is_above_all) {
  static const char *const args[] = {"/o", NULL};
  const struct render_options options = {.replica = 1, .args = args, .workdir = "/l"};
  ck_assert_ok(render("{\"Entrypoint\": [\"/e\"], \"Cmd\": [\"c\"], \"WorkingDir\": \"/w\"}",
                      "command: {args: [a], workdir: /s}", &options),
               &err);
  ck_assert_str_eq(entry("process.args")->value, "[\"/o\"]");
  ck_assert_str_eq(entry("process.cwd")->value, "/l");
}
END_TEST

/* Where it comes from, and what the service replaced of it. */
START_TEST(the_place_is_remembered) {
  ck_assert_ok(render("{\"Cmd\": [\"/c\"],\n \"Env\": [\"A=i\",\n  \"B=j\"],\n \"WorkingDir\": "
                      "\"/w\",\n \"Labels\": {\n  \"l\": \"m\"}}",
                      "env: {A: s}", NULL),
               &err);
  const struct oci_entry *a = entry("process.env.A");
  ck_assert_str_eq(oci_source_text(&arena, a->sources[0]), "s.yaml:6 (services.web.env.A)");
  ck_assert_str_eq(a->replaced[0]->value, "A=i");
  ck_assert_str_eq(oci_source_text(&arena, a->replaced[0]->source), "image i.json:2 (Env[0])");
  ck_assert_str_eq(oci_source_text(&arena, entry("process.env.B")->sources[0]),
                   "image i.json:3 (Env[1])");
  ck_assert_str_eq(oci_source_text(&arena, entry("process.cwd")->sources[0]),
                   "image i.json:4 (WorkingDir)");
  ck_assert_str_eq(oci_source_text(&arena, entry("annotations.l")->sources[0]),
                   "image i.json:6 (Labels.l)");
  ck_assert_str_eq(oci_source_text(&arena, entry("process.args")->sources[0]),
                   "image i.json:1 (Cmd)");
}
END_TEST

/* P5: an image's user is looked up, and one who is not there is nobody, not root. */
START_TEST(p5_unknown_image_user_is_an_error) {
  ck_assert_int_lt(render("{\"Cmd\": [\"/c\"],\n\"User\": \"nobody\"}", KEEP, NULL), 0);
  ck_assert_error(&err, "process.user", "no user \"nobody\"");
  ck_assert_str_eq(err.first->at.file, "i.json");
  ck_assert_uint_eq(err.first->at.line, 2);
  ck_assert_str_eq(err.first->at.key, "User");
  ck_assert_str_eq(err.first->hint, "there are: root, alice");
}
END_TEST

/* P13: one entry a name, the last of the image's counts; a malformed one is an error
 * (image/config). */
START_TEST(p13_variables_are_set_once) {
  ck_assert_ok(render("{\"Cmd\": [\"/c\"], \"Env\": [\"A=1\", \"B=2\", \"A=3\"]}", KEEP, NULL),
               &err);
  CLEANUP(free) char *text = NULL;
  size_t size;
  ck_assert_ok(oci_print(oci, &text, &size, &err), &err);
  const char *first = strstr(text, "\"A=");
  ck_assert_ptr_nonnull(first);
  ck_assert_ptr_null(strstr(first + 1, "\"A="));
  ck_assert_str_eq(entry("process.env.A")->value, "A=3");
}
END_TEST

/* P14: args of the service are what the image's own entrypoint gets. */
START_TEST(p14_args_keep_the_images_entrypoint) {
  ck_assert_ok(render("{\"Entrypoint\": [\"/e\", \"x\"], \"Cmd\": [\"c\"]}",
                      "command: {args: [a, b]}", NULL),
               &err);
  ck_assert_str_eq(entry("process.args")->value, "[\"/e\",\"x\",\"a\",\"b\"]");
}
END_TEST

/* P15: a config without a program is never written. */
static const char *const no_command[] = {"{\"Env\": []}", "{\"config\": null}",
                                         "{\"Entrypoint\": [], \"Cmd\": null}",
                                         "{\"Cmd\": [\"\"]}"};

START_TEST(p15_an_image_without_a_program_needs_one) {
  ck_assert_int_lt(render(no_command[_i], KEEP, NULL), 0);
  ck_assert_str_eq(err.first->code, "image.no-command");
  ck_assert_str_eq(err.first->at.file, "i.json");
  ck_assert_contains(err.first->hint, "command.entrypoint");
  error_clear(&err);
  oci_free(oci);
  ck_assert_ok(render(no_command[_i], "command: {args: [/a]}", NULL), &err);
  ck_assert_str_eq(entry("process.args")->value, "[\"/a\"]");
}
END_TEST

START_TEST(labels_give_no_orders) {
  ck_assert_ok(render("{\"Cmd\": [\"/c\"], \"Labels\": {\"run.oci.hooks.stdout\": \"/x\", "
                      "\"org.systemd.property.User\": \"0\", \"cdi.k8s.io/x\": "
                      "\"nvidia.com/gpu=all\", \"fine\": \"1\"}}",
                      KEEP, NULL),
               &err);
  ck_assert_str_eq(entry("annotations.fine")->value, "1");
  ck_assert_str_eq(entry("annotations.run.oci.hooks.stdout")->value, "(absent)");
  ck_assert_str_eq(entry("annotations.org.systemd.property.User")->value, "(absent)");
  ck_assert_str_eq(entry("annotations.cdi.k8s.io/x")->value, "(absent)");
  ck_assert_contains(warnings, "image.label: Labels.\"run.oci.hooks.stdout\": this label");
  ck_assert_contains(warnings, "image.label: Labels.\"cdi.k8s.io/x\": this label");
}
END_TEST

START_TEST(volumes_want_a_mount) {
  ck_assert_ok(render("{\"Cmd\": [\"/c\"], \"Volumes\": {\"/data\": {}, \"/cache/\": {}, "
                      "\"/srv/db/main\": {}}}",
                      "storage: [{type: tmpfs, target: /cache}, {type: tmpfs, target: /srv/db}]",
                      NULL),
               &err);
  ck_assert_str_eq(warnings,
                   "image.volume: Volumes.\"/data\": nothing is mounted at this volume of "
                   "the image: what is written there goes into the root file system\n");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("pipeline/image");
  TCase *tests = tcase_create("image");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, the_image_is_the_base, 0, (int)ARRAY_LEN(values));
  tcase_add_test(tests, the_command_line_is_above_all);
  tcase_add_test(tests, the_place_is_remembered);
  tcase_add_test(tests, p5_unknown_image_user_is_an_error);
  tcase_add_test(tests, p13_variables_are_set_once);
  tcase_add_test(tests, p14_args_keep_the_images_entrypoint);
  tcase_add_loop_test(tests, p15_an_image_without_a_program_needs_one, 0,
                      (int)ARRAY_LEN(no_command));
  tcase_add_test(tests, labels_give_no_orders);
  tcase_add_test(tests, volumes_want_a_mount);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
