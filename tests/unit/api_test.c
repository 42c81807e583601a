/* SPDX-License-Identifier: Apache-2.0 */
/* libdavit through its header alone: every call, what it answers when something is wrong, and two
 * contexts at once. */
#include "davit/davit.h"

#include <pthread.h>
#include <stdbool.h>

#include "scratch_dir.h"

static const char host[] = TEST_HOSTS "/nvidia-2";

static const char service[] = "version: v1\n"
                              "deployment: test\n"
                              "services:\n"
                              "  web:\n"
                              "    image: {name: app}\n"
                              "    command: {args: [serve]}\n"
                              "    env: {A: file, GREETING: '$E:HELLO'}\n"
                              "    resources: {gpu: {vendor: nvidia, count: 1}}\n";

static const char plain[] = "version: v1\n"
                            "deployment: test\n"
                            "services:\n"
                            "  web:\n"
                            "    image: {name: app}\n"
                            "    command: {args: [serve]}\n";

static struct davit *new_context(void) {
  struct davit *davit = davit_new();
  ck_assert_ptr_nonnull(davit);
  ck_assert_int_eq(davit_set(davit, "host-root", host), DAVIT_OK);
  ck_assert_int_eq(davit_set(davit, "plugin-dir", TEST_PLUGINS), DAVIT_OK);
  ck_assert_int_eq(davit_set(davit, "allow-untrusted-plugins", NULL), DAVIT_OK);
  ck_assert_int_eq(davit_set(davit, "rootless", "no"), DAVIT_OK);
  return davit;
}

static struct davit_problem first_problem(const struct davit *davit) {
  struct davit_problem problem = {DAVIT_SIZED(struct davit_problem)};
  ck_assert_uint_ge(davit_count_problems(davit), 1);
  ck_assert_int_eq(davit_get_problem(davit, 0, &problem), DAVIT_OK);
  return problem;
}

static int render(struct davit *davit, const char *text, char **config) {
  size_t size = 0;
  int answer = davit_render(davit, "web.yaml", text, strlen(text), config, &size);
  if (answer == DAVIT_OK)
    ck_assert_uint_eq(strlen(*config), size);
  return answer;
}

static void check_renders(struct davit *davit, const char *text, const char *part) {
  char *config = NULL;
  int answer = render(davit, text, &config);
  ck_assert_msg(answer == DAVIT_OK, "answered %d: %s", answer,
                answer < 0 ? first_problem(davit).text : "");
  ck_assert_contains(config, part);
  davit_release(config);
}

static void check_refuses(struct davit *davit, int answer, const char *code, const char *part,
                          const char *hint) {
  struct davit_problem problem = first_problem(davit);
  ck_assert_int_lt(answer, 0);
  ck_assert_int_eq(problem.answer, answer);
  ck_assert_str_eq(problem.code, code);
  ck_assert_contains(problem.text, part);
  if (hint)
    ck_assert_contains(problem.hint, hint);
}

START_TEST(options_reach_the_config) {
  static const struct {
    const char *option, *value, *part;
  } cases[] = {
      {"env", "A=option", "\"A=option\""},
      {"hostname", "here", "\"hostname\": \"here\""},
      {"workdir", "/work", "\"cwd\": \"/work\""},
      {"cgroup-parent", "/pods", "/pods/"},
      {"gpu-device", "1", "\"/dev/nvidia0\""},
      {"replica", "1", "web-rep-1"},
      {"namespace", "network=/run/netns/a", "\"path\": \"/run/netns/a\""},
      {"service", "web", "web-rep-1"},
  };
  struct davit *davit = new_context();
  const char *const environment[] = {"HELLO=good day", NULL};
  ck_assert_int_eq(davit_set_environment(davit, environment), DAVIT_OK);
  ck_assert_int_eq(davit_set(davit, cases[_i].option, cases[_i].value), DAVIT_OK);
  check_renders(davit, service, cases[_i].part);
  check_renders(davit, service, cases[_i].part); /* they stay */
  davit_free(davit);
}
END_TEST

START_TEST(what_is_passed_in_is_copied) {
  struct davit *davit = new_context();
  char option[] = "env", value[] = "B=kept", argument[] = "argument", entry[] = "HELLO=good day";
  const char *args[] = {argument, NULL}, *environment[] = {entry, NULL};
  ck_assert_int_eq(davit_set(davit, option, value), DAVIT_OK);
  ck_assert_int_eq(davit_set_args(davit, args), DAVIT_OK);
  ck_assert_int_eq(davit_set_environment(davit, environment), DAVIT_OK);
  memset(option, 'x', sizeof(option) - 1);
  memset(value, 'x', sizeof(value) - 1);
  memset(argument, 'x', sizeof(argument) - 1);
  memset(entry, 'x', sizeof(entry) - 1);
  args[0] = environment[0] = NULL;
  check_renders(davit, service, "\"B=kept\"");
  check_renders(davit, service, "\"argument\"");
  check_renders(davit, service, "\"GREETING=good day\"");
  ck_assert_int_eq(davit_set_args(davit, NULL), DAVIT_OK);
  check_renders(davit, service, "\"serve\"");
  davit_free(davit);
}
END_TEST

START_TEST(a_wrong_option_is_refused_and_changes_nothing) {
  static const struct {
    const char *option, *value, *part, *hint;
  } cases[] = {
      {"replicas", "1", "there is no option \"replicas\"", "did you mean \"replica\"?"},
      {"verbose", NULL, "there is no option \"verbose\"", NULL},
      {"json", NULL, "there is no option \"json\"", NULL},
      {"replica", NULL, "--replica needs a value", NULL},
      {"replica", "0", "--replica takes a number from 1 on, not \"0\"", NULL},
      {"host-network", "yes", "--host-network takes no value", NULL},
      {"rank", "x", "--rank takes a number from 0 on, not \"x\"", NULL},
      {"volume", "db=", "--volume takes a path", NULL},
      {"env", "A", "--env takes NAME=VALUE, not \"A\"", NULL},
      {"gpu", "vendor=nvidia,cuont=1", "--gpu has no key \"cuont\"", "did you mean count?"},
  };
  struct davit *davit = new_context();
  int answer = davit_set(davit, cases[_i].option, cases[_i].value);
  check_refuses(davit, answer, "usage", cases[_i].part, cases[_i].hint);
  ck_assert_uint_eq(davit_count_problems(davit), 1);
  check_renders(davit, plain, "web-rep-1");
  ck_assert_uint_eq(davit_count_problems(davit), 0);
  davit_free(davit);
}
END_TEST

START_TEST(all_problems_of_a_file_have_their_places) {
  static const char wrong[] = "version: v1\n"
                              "deployment: test\n"
                              "services:\n"
                              "  web:\n"
                              "    image: {name: app}\n"
                              "    hostnam: x\n"
                              "    resources: {memory: 1x}\n";
  struct davit *davit = new_context();
  char *config = NULL;
  int answer = render(davit, wrong, &config);
  ck_assert_int_eq(answer, DAVIT_E_INVALID);
  ck_assert_ptr_null(config);
  ck_assert_uint_eq(davit_count_problems(davit), 2);
  struct davit_problem problem = first_problem(davit);
  ck_assert_str_eq(problem.code, "service.unknown-key");
  ck_assert_str_eq(problem.file, "web.yaml");
  ck_assert_uint_eq(problem.line, 6);
  ck_assert_uint_eq(problem.column, 5);
  ck_assert_str_eq(problem.key, "services.web.hostnam");
  ck_assert_contains(problem.hint, "hostname");
  ck_assert_int_eq(davit_get_problem(davit, 1, &problem), DAVIT_OK);
  ck_assert_uint_eq(problem.line, 7);
  ck_assert_contains(problem.text, "\"1x\"");
  ck_assert_int_eq(davit_get_problem(davit, 2, &problem), DAVIT_E_NOT_FOUND);
  davit_free(davit);
}
END_TEST

START_TEST(a_shorter_problem_is_filled_in_as_far_as_it_goes) {
  struct davit *davit = new_context();
  ck_assert_int_lt(davit_set(davit, "x", NULL), 0);
  struct davit_problem problem;
  memset(&problem, 0x5a, sizeof(problem));
  const struct davit_problem before = problem;
  problem.struct_size = offsetof(struct davit_problem, text);
  ck_assert_int_eq(davit_get_problem(davit, 0, &problem), DAVIT_OK);
  ck_assert_uint_eq(problem.struct_size, offsetof(struct davit_problem, text));
  ck_assert_str_eq(problem.code, "usage");
  ck_assert_mem_eq(&problem.text, &before.text, sizeof(problem.text));
  ck_assert_mem_eq(&problem.hint, &before.hint, sizeof(problem.hint));
  davit_free(davit);
}
END_TEST

START_TEST(the_environment_is_not_read) {
  struct davit *davit = new_context();
  char *config = NULL;
  setenv("HELLO", "from outside", 1);
  setenv("DAVIT_PLUGIN_PATH", "/nowhere", 1);
  setenv("CDI_SPEC_DIRS", "/nowhere", 1);
  setenv("DAVIT_CGROUP_PARENT", "/from/outside", 1);
  int answer = render(davit, service, &config);
  check_refuses(davit, answer, "env.unset", "HELLO", NULL);
  ck_assert_int_eq(render(davit, plain, &config), DAVIT_OK);
  ck_assert_ptr_null(strstr(config, "from/outside"));
  davit_release(config);
  const char *const environment[] = {"HELLO=good day", NULL};
  ck_assert_int_eq(davit_set_environment(davit, environment), DAVIT_OK);
  check_renders(davit, service, "\"GREETING=good day\"");
  ck_assert_int_eq(davit_set(davit, "env-allow", "OTHER_*"), DAVIT_OK);
  answer = render(davit, service, &config);
  check_refuses(davit, answer, "env.not-allowed", "HELLO", NULL);
  davit_free(davit);
}
END_TEST

struct heard {
  char text[4096];
  int count, least;
};

static void hear(void *user, int level, const struct davit_problem *message) {
  struct heard *heard = user;
  size_t used = strlen(heard->text);
  ck_assert_uint_eq(message->struct_size, sizeof(*message));
  ck_assert_int_ge(level, heard->least);
  ck_assert_int_eq(message->answer, DAVIT_OK);
  heard->count++;
  snprintf(heard->text + used, sizeof(heard->text) - used, "%s\n", message->text);
}

START_TEST(messages_go_to_the_callback) {
  struct davit *davit = new_context();
  struct heard heard = {.least = DAVIT_LOG_INFO};
  ck_assert_int_eq(davit_set(davit, "env", "GREETING=x"), DAVIT_OK);
  const char *const environment[] = {"HELLO=good day", NULL};
  ck_assert_int_eq(davit_set_environment(davit, environment), DAVIT_OK);
  ck_assert_int_eq(davit_set_messages(davit, DAVIT_LOG_INFO, hear, &heard), DAVIT_OK);
  check_renders(davit, service, "\"/dev/nvidia1\"");
  ck_assert_contains(heard.text, "chosen as index 0 by plugin nvidia");
  int count = heard.count;
  ck_assert_int_eq(davit_set_messages(davit, 0, NULL, NULL), DAVIT_OK);
  check_renders(davit, service, "\"/dev/nvidia1\"");
  ck_assert_int_eq(heard.count, count);
  int answer = davit_set_messages(davit, 7, hear, &heard);
  check_refuses(davit, answer, "usage", "7 is no level of messages", "DAVIT_LOG_WARNING");
  davit_free(davit);
}
END_TEST

START_TEST(a_bundle_is_written_whole_or_not_at_all) {
  CLEANUP(scratch_dir) struct scratch_dir dir = scratch_dir();
  struct davit *davit = new_context();
  const char *bundle = below(&dir, "bundle");
  int answer = davit_build(davit, "web.yaml", plain, strlen(plain), bundle);
  check_refuses(davit, answer, "rootfs.missing", "no root file system", "--rootfs");
  ck_assert_int_ne(access(bundle, F_OK), 0);
  ck_assert_int_eq(davit_set(davit, "rootfs", make_dir(&dir, "rootfs")), DAVIT_OK);
  ck_assert_int_eq(davit_build(davit, "web.yaml", plain, strlen(plain), bundle), DAVIT_OK);
  ck_assert_int_eq(access(below(&dir, "bundle/config.json"), R_OK), 0);
  ck_assert_int_eq(access(below(&dir, "bundle/rootfs"), R_OK), 0);
  davit_free(davit);
}
END_TEST

START_TEST(devices_are_injected) {
  struct davit *davit = new_context();
  char *config = NULL, *more = NULL;
  size_t size = 0;
  ck_assert_int_eq(render(davit, plain, &config), DAVIT_OK);
  ck_assert_ptr_null(strstr(config, "/dev/nvidia1"));
  int answer = davit_inject(davit, "config.json", config, strlen(config), &more, &size);
  check_refuses(davit, answer, "usage", "neither --device nor --gpu is given", "count=1");
  ck_assert_int_eq(davit_set(davit, "gpu", "vendor=nvidia,count=1"), DAVIT_OK);
  ck_assert_int_eq(davit_inject(davit, "config.json", config, strlen(config), &more, &size),
                   DAVIT_OK);
  ck_assert_contains(more, "\"/dev/nvidia1\"");
  ck_assert_ptr_null(strstr(more, "\"/dev/nvidia0\""));
  davit_release(more);
  answer = davit_inject(davit, "config.json", "{", 1, &more, &size);
  check_refuses(davit, answer, "config.invalid", "", NULL);
  ck_assert_str_eq(first_problem(davit).file, "config.json");
  davit_release(config);
  davit_release(NULL);
  davit_free(davit);
}
END_TEST

struct seen {
  int count, most;
  int answer;
  bool won, device;
};

/* Set by the file, and then by an option. */
static void check_variable(const struct davit_entry *entry) {
  const struct davit_source *source = entry->sources[0];
  const struct davit_change *change = entry->replaced[0];
  ck_assert_str_eq(entry->value, "A=option");
  ck_assert_uint_eq(source->kind, DAVIT_SOURCE_OPTION);
  ck_assert_str_eq(source->key, "--env");
  ck_assert_str_eq(change->value, "A=file");
  ck_assert_uint_eq(change->source->kind, DAVIT_SOURCE_SERVICE);
  ck_assert_str_eq(change->source->text, "web.yaml:7 (services.web.env.A)");
  ck_assert_uint_eq(change->source->line, 7);
  ck_assert_ptr_null(entry->replaced[1]);
  ck_assert_ptr_null(entry->dropped[0]);
}

static void check_device(const struct davit_entry *entry) {
  ck_assert_uint_eq(entry->sources[0]->kind, DAVIT_SOURCE_PLUGIN);
  ck_assert_str_eq(entry->sources[0]->plugin, "nvidia");
  ck_assert_str_eq(entry->sources[0]->device, "0");
}

static int see(void *user, const struct davit_entry *entry) {
  struct seen *seen = user;
  ck_assert_uint_eq(entry->struct_size, sizeof(*entry));
  ck_assert_ptr_nonnull(entry->sources[0]);
  if (strcmp(entry->path, "process.env.A") == 0) {
    check_variable(entry);
    seen->won = true;
  }
  if (strcmp(entry->path, "linux.devices./dev/nvidia1") == 0) {
    check_device(entry);
    seen->device = true;
  }
  return ++seen->count == seen->most ? seen->answer : 0;
}

START_TEST(entries_are_explained) {
  struct davit *davit = new_context();
  struct seen seen = {0};
  const char *const environment[] = {"HELLO=good day", NULL};
  ck_assert_int_eq(davit_set_environment(davit, environment), DAVIT_OK);
  ck_assert_int_eq(davit_set(davit, "env", "A=option"), DAVIT_OK);
  ck_assert_int_eq(davit_explain(davit, "web.yaml", service, strlen(service), see, &seen),
                   DAVIT_OK);
  ck_assert(seen.won && seen.device);
  ck_assert_int_gt(seen.count, 30);
  struct seen stopped = {.most = 3, .answer = 42};
  ck_assert_int_eq(davit_explain(davit, "web.yaml", service, strlen(service), see, &stopped), 42);
  ck_assert_int_eq(stopped.count, 3);
  davit_free(davit);
}
END_TEST

enum {
  RENDERINGS = 100
};

/* What a thread renders, and how it differs from the first time. */
struct worker {
  pthread_t thread;
  const char *id;
  char *expected;
  int differing;
};

static void *render_often(void *user) {
  struct worker *worker = user;
  struct davit *davit = new_context();
  if (davit_set(davit, "replica", worker->id) < 0)
    worker->differing++;
  for (int i = 0; i < RENDERINGS; i++) {
    char *config = NULL, *none = NULL;
    if (render(davit, service, &none) == DAVIT_OK) /* nothing is said of HELLO yet */
      worker->differing++;
    davit_set(davit, "env", "GREETING=x");
    const char *const environment[] = {"HELLO=good day", NULL};
    davit_set_environment(davit, environment);
    if (render(davit, service, &config) < 0 || strcmp(config, worker->expected) != 0)
      worker->differing++;
    davit_release(config);
    davit_set_environment(davit, NULL);
  }
  davit_free(davit);
  return NULL;
}

START_TEST(contexts_of_two_threads_do_not_meet) {
  struct worker workers[] = {{.id = "1"}, {.id = "2"}};
  const char *const environment[] = {"HELLO=good day", NULL};
  for (size_t i = 0; i < 2; i++) {
    struct davit *davit = new_context();
    ck_assert_int_eq(davit_set(davit, "replica", workers[i].id), DAVIT_OK);
    ck_assert_int_eq(davit_set(davit, "env", "GREETING=x"), DAVIT_OK);
    ck_assert_int_eq(davit_set_environment(davit, environment), DAVIT_OK);
    ck_assert_int_eq(render(davit, service, &workers[i].expected), DAVIT_OK);
    davit_free(davit);
  }
  ck_assert_str_ne(workers[0].expected, workers[1].expected);
  for (size_t i = 0; i < 2; i++)
    ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, render_often, &workers[i]), 0);
  for (size_t i = 0; i < 2; i++) {
    pthread_join(workers[i].thread, NULL);
    ck_assert_int_eq(workers[i].differing, 0);
    davit_release(workers[i].expected);
  }
}
END_TEST

START_TEST(the_version_is_that_of_the_build) {
  ck_assert_str_eq(davit_version(), TEST_VERSION);
  davit_free(NULL);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("api");
  TCase *tests = tcase_create("libdavit");
  tcase_add_loop_test(tests, options_reach_the_config, 0, 8);
  tcase_add_test(tests, what_is_passed_in_is_copied);
  tcase_add_loop_test(tests, a_wrong_option_is_refused_and_changes_nothing, 0, 10);
  tcase_add_test(tests, all_problems_of_a_file_have_their_places);
  tcase_add_test(tests, a_shorter_problem_is_filled_in_as_far_as_it_goes);
  tcase_add_test(tests, the_environment_is_not_read);
  tcase_add_test(tests, messages_go_to_the_callback);
  tcase_add_test(tests, a_bundle_is_written_whole_or_not_at_all);
  tcase_add_test(tests, devices_are_injected);
  tcase_add_test(tests, entries_are_explained);
  tcase_add_test(tests, contexts_of_two_threads_do_not_meet);
  tcase_add_test(tests, the_version_is_that_of_the_build);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
