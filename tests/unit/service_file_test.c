/* SPDX-License-Identifier: Apache-2.0 */
/* The file as a whole: top level, unknown keys, all problems in one go. */
#include "service_testing.h"

#include "util/text.h"

#define LABEL_HINT      "1 to 63 letters, digits and \"-\", neither first nor last a \"-\""
#define DEPLOYMENT_HINT "3 to 63 letters, digits and \"-\", neither first nor last a \"-\""
#define SERVICES        "services: {web: {image: {name: app}}}\n"
#define NAME_63         "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc"

START_TEST(a_small_file_is_read) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  const char *yaml = "version: v1\n"
                     "deployment: demo\n"
                     "services:\n"
                     "  zebra:\n"
                     "    image:\n"
                     "      name: registry.example/zebra:1\n"
                     "  ant: {image: {name: ant, pull_policy: never}, scale: {mode: manual}}\n";
  ck_assert_ok(load_text(&arena, yaml, &file, &err), &err);
  ck_assert_str_eq(file->file, "demo.yaml");
  ck_assert_str_eq(file->deployment, "demo");
  ck_assert_uint_eq(file->service_count, 2);
  const struct service *zebra = file->services[0];
  ck_assert_str_eq(zebra->name, "zebra");
  ck_assert_uint_eq(zebra->at.line, 5);
  ck_assert_uint_eq(zebra->at.column, 5);
  ck_assert_str_eq(zebra->at.key, "services.zebra");
  ck_assert_str_eq(zebra->image.text, "registry.example/zebra:1");
  ck_assert_uint_eq(zebra->image.at.line, 6);
  ck_assert_uint_eq(zebra->image.at.column, 13);
  ck_assert_str_eq(zebra->image.at.key, "services.zebra.image.name");
  ck_assert_str_eq(file->services[1]->name, "ant");
  ck_assert_uint_eq(file->foreign_count, 2);
  ck_assert_str_eq(file->foreign[0].key, "services.ant.image.pull_policy");
  ck_assert_str_eq(file->foreign[1].key, "services.ant.scale");
  ck_assert_uint_eq(file->foreign[1].at.line, 7);
}
END_TEST

START_TEST(what_is_not_given_has_its_default) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(&arena, "");
  ck_assert_uint_eq(service->replicas, 1);
  ck_assert_ptr_null(service->entrypoint);
  ck_assert_ptr_null(service->args);
  ck_assert_ptr_null(service->workdir.text);
  ck_assert_ptr_null(service->hostname.text);
  ck_assert_ptr_null(service->cgroup_parent.text);
  ck_assert_ptr_null(service->gpu);
  ck_assert_ptr_null(service->distributed);
  ck_assert_uint_eq(service->env_count + service->device_count + service->storage_count +
                        service->ulimit_count,
                    0);
  ck_assert(!service->has_cpu && !service->has_memory && !service->has_shm_size);
  ck_assert(!service->privileged && !service->host_network && !service->user.text);
}
END_TEST

static const struct service_wrong files[] = {
    {"version: ^v2\ndeployment: demo\n" SERVICES, "invalid", "version",
     "the version \"v2\" is not known", "write `version: v1`"},
    {"version: ^1\ndeployment: demo\n" SERVICES, "invalid", "version",
     "the version \"1\" is not known", "write `version: v1`"},
    {"^deployment: demo\n" SERVICES, "invalid", NULL, "the key \"version\" is missing",
     "add `version: v1`"},
    {"^version: v1\n" SERVICES, "invalid", NULL, "the key \"deployment\" is missing",
     "add `deployment: NAME`"},
    {"^version: v1\ndeployment: demo\n", "invalid", NULL, "the key \"services\" is missing",
     "add `services: {web: {image: {name: IMAGE}}}`"},
    {"version: v1\ndeployment: ^ab\n" SERVICES, "invalid", "deployment",
     "\"ab\" is not a deployment name", DEPLOYMENT_HINT},
    {"version: v1\ndeployment: ^demo-\n" SERVICES, "invalid", "deployment",
     "\"demo-\" is not a deployment name", DEPLOYMENT_HINT},
    {"version: v1\ndeployment: ^-demo\n" SERVICES, "invalid", "deployment",
     "\"-demo\" is not a deployment name", DEPLOYMENT_HINT},
    {"version: v1\ndeployment: ^de.mo\n" SERVICES, "invalid", "deployment",
     "\"de.mo\" is not a deployment name", DEPLOYMENT_HINT},
    {"version: v1\ndeployment: ^" NAME_63 "d\n" SERVICES, "invalid", "deployment",
     "\"" NAME_63 "d\" is not a deployment name", DEPLOYMENT_HINT},
    {"version: v1\ndeployment: ^[demo]\n" SERVICES, "invalid", "deployment", "a list is not a text",
     "write one value"},
    {"version: v1\ndeployment: demo\nservices: ^{}\n", "invalid", "services",
     "there are no services", "name one: `services: {web: {image: {name: IMAGE}}}`"},
    {"version: v1\ndeployment: demo\nservices: ^null\n", "invalid", "services",
     "nothing is not a mapping", "write keys with values, or leave the key out"},
    {"version: v1\ndeployment: demo\nservices: ^[web]\n", "invalid", "services",
     "a list is not a mapping", "write keys with values, or leave the key out"},
    {"version: v1\ndeployment: demo\nservices: {../x: ^{image: {name: app}}}\n", "invalid",
     "services.\"../x\"", "\"../x\" is not a service name", LABEL_HINT},
    {"version: v1\ndeployment: demo\nservices: {a_b: ^{image: {name: app}}}\n", "invalid",
     "services.a_b", "\"a_b\" is not a service name", LABEL_HINT},
    {"version: v1\ndeployment: demo\nservices: {" NAME_63 "d: ^{image: {name: app}}}\n", "invalid",
     "services." NAME_63 "d", "\"" NAME_63 "d\" is not a service name", LABEL_HINT},
    {"version: v1\ndeployment: demo\nservices: {web: ^}\n", "invalid", "services.web",
     "the key \"image\" is missing", "add `image: {name: IMAGE}`"},
    {"version: v1\ndeployment: demo\nservices: {web: ^app}\n", "invalid", "services.web",
     "the text \"app\" is not a mapping", "write keys with values, or leave the key out"},
    {"^[version, v1]\n", "invalid", NULL, "a list is not a mapping",
     "write keys with values, or leave the key out"},
    {"version: v1\n^deploment: demo\ndeployment: demo\n" SERVICES, "unknown-key", "deploment",
     "the key \"deploment\" is not known here", "did you mean \"deployment\"?"},
    {"version: v1\ndeployment: demo\n^x-common: 1\n" SERVICES, "unknown-key", "x-common",
     "the key \"x-common\" is not known here",
     "known here: version, deployment, services, externals, tunnels, api"},
    {"version: v1\ndeployment: demo\n^deployment: demo\n" SERVICES, "invalid", "deployment",
     "the key \"deployment\" is there twice, first in line 2", "keep one of the two"},
};

START_TEST(wrong_files) {
  CLEANUP(arena) struct arena arena = {0};
  check_wrong(&arena, files[_i].yaml, &files[_i]);
}
END_TEST

START_TEST(good_names) {
  static const char *const names[] = {"a", "A-1", "1", NAME_63};
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  const char *yaml = arena_printf(
      &arena, "version: v1\ndeployment: %s\nservices: {\"%s\": {image: {name: app}}}\n", NAME_63,
      names[_i]);
  ck_assert_ok(load_text(&arena, yaml, &file, &err), &err);
  ck_assert_str_eq(file->services[0]->name, names[_i]);
}
END_TEST

static const struct service_wrong bodies[] = {
    {"^helth: {}", "unknown-key", ".helth", "the key \"helth\" is not known here",
     "did you mean \"health\"?"},
    {"^evn: {}", "unknown-key", ".evn", "the key \"evn\" is not known here",
     "did you mean \"env\"?"},
    {"command: {^x-anything: {}}", "unknown-key", ".command.x-anything",
     "the key \"x-anything\" is not known here", "known here: entrypoint, args, workdir"},
    {"command: {^\"<<\": {}}", "unknown-key", ".command.\"<<\"", "the key \"<<\" is not known here",
     "known here: entrypoint, args, workdir"},
    {"^volumes: {}", "unknown-key", ".volumes", "the key \"volumes\" is not known here",
     "did you mean \"storage\"?"},
    {"resources: {^mem: 1Gi}", "unknown-key", ".resources.mem", "the key \"mem\" is not known here",
     "known here: cpu, memory, gpu, memory_swap, memory_reservation, memory_swappiness, "
     "oom_kill_disable, pids_limit, cpuset, cpu_shares, blkio_weight, oom_score_adj"},
    {"resources: {gpu: {^vendors: nvidia}}", "unknown-key", ".resources.gpu.vendors",
     "the key \"vendors\" is not known here", "did you mean \"vendor\"?"},
    {"devices: [{path: /dev/kvm}, {path: /dev/fuse, ^mode: rw}]", "unknown-key", ".devices[1].mode",
     "the key \"mode\" is not known here", "known here: path, read, write, mknod"},
};

START_TEST(keys_of_a_service_that_are_not_taken) {
  check_wrong_body(&bodies[_i]);
}
END_TEST

START_TEST(all_problems_come_in_one_go) {
  static const struct {
    uint32_t line, column;
    const char *key;
  } expected[] = {{2, 13, "deployment"},
                  {5, 5, "services.web"}, /* no image */
                  {5, 17, "services.web.privileged"},
                  {7, 20, "services.web.resources.gpu.count"},
                  {8, 13, "services.web.health"}, /* no check */
                  {10, 14, "services.db.env.A"},  /* the tag */
                  {11, 19, "services.db.image.name"}};
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  const char *yaml = "version: v1\n"
                     "deployment: a\n"
                     "services:\n"
                     "  web:\n"
                     "    privileged: yes\n"
                     "    resources:\n"
                     "      gpu: {count: 0}\n"
                     "    health: {}\n"
                     "  db:\n"
                     "    env: {A: !secret b}\n"
                     "    image: {name: \"\"}\n";
  ck_assert_int_eq(load_text(&arena, yaml, &file, &err), DAVIT_E_INVALID);
  size_t i = 0;
  for (const struct problem *problem = err.first; problem; problem = problem->next, i++) {
    ck_assert_uint_lt(i, ARRAY_LEN(expected));
    ck_assert_str_eq(problem->at.key, expected[i].key);
    ck_assert_uint_eq(problem->at.line, expected[i].line);
    ck_assert_uint_eq(problem->at.column, expected[i].column);
  }
  ck_assert_uint_eq(i, ARRAY_LEN(expected));
}
END_TEST

START_TEST(problems_of_a_file_are_bounded) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  size_t size = 64 * 1024;
  char *yaml = arena_alloc(&arena, size);
  ck_assert_ptr_nonnull(yaml);
  size_t length = (size_t)snprintf(yaml, size, "%s", SERVICE_HEAD);
  for (int i = 0; i < 2000; i++)
    length += (size_t)snprintf(yaml + length, size - length, "    zzzz%d: 1\n", i);
  ck_assert_uint_lt(length, size);
  ck_assert_int_eq(load_text(&arena, yaml, &file, &err), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 1001);
  ck_assert_str_eq(err.last->code, "service.invalid");
  ck_assert_str_eq(err.last->text, "there are more problems than the 1000 shown");
  ck_assert_str_eq(err.last->hint, "mend these first");
  ck_assert_str_eq(err.last->at.file, "demo.yaml");
}
END_TEST

/* Else a few long keys, repeated by aliases, would fill the memory with key paths. */
START_TEST(keys_are_bounded) {
  CLEANUP(arena) struct arena arena = {0};
  char key[257];
  memset(key, 'k', sizeof(key));
  key[256] = '\0';
  const char *yaml = service_yaml(&arena, arena_printf(&arena, "env: ^{%s: x}", key));
  const char *text = arena_printf(&arena, "the key \"%.80s...\" has 256 bytes", key);
  struct service_wrong wrong = {yaml, "invalid", "services.web.env", text, "at most 255 bytes"};
  check_wrong(&arena, yaml, &wrong);

  key[255] = '\0';
  const struct service *service = load_service(&arena, arena_printf(&arena, "env: {%s: x}", key));
  ck_assert_str_eq(service->env[0].name, key);
}
END_TEST

START_TEST(what_is_not_yaml_is_invalid) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  ck_assert_int_eq(load_text(&arena, "version: [v1\n", &file, &err), DAVIT_E_INVALID);
  ck_assert_str_eq(err.first->code, "service.invalid");
  ck_assert_uint_eq(err.first->at.line, 2);
}
END_TEST

START_TEST(an_empty_file_lacks_everything) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  ck_assert_int_eq(load_text(&arena, "# nothing\n", &file, &err), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 3);
  ck_assert_error(&err, "service.invalid", "the key \"version\" is missing");
  ck_assert_error(&err, "service.invalid", "the key \"deployment\" is missing");
  ck_assert_error(&err, "service.invalid", "the key \"services\" is missing");
}
END_TEST

START_TEST(services_are_found_by_name) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(error) struct davit_error none = {0};
  const struct service_file *file;
  const struct service *service = NULL;
  const char *yaml = "version: v1\ndeployment: demo\n"
                     "services: {web: {image: {name: a}}, db: {image: {name: b}}}\n";
  ck_assert_ok(load_text(&arena, yaml, &file, &err), &err);
  ck_assert_ok(service_find(file, "db", &service, &err), &err);
  ck_assert_str_eq(service->name, "db");

  service = NULL;
  ck_assert_int_eq(service_find(file, "bd", &service, &err), DAVIT_E_NOT_FOUND);
  ck_assert_ptr_null(service);
  ck_assert_str_eq(err.first->code, "service.not-found");
  ck_assert_str_eq(err.first->text, "there is no service \"bd\"");
  ck_assert_str_eq(err.first->hint, "services there: web, db");
  ck_assert_str_eq(err.first->at.file, "demo.yaml");
  ck_assert_str_eq(err.first->at.key, "services");

  ck_assert_int_eq(service_find(file, NULL, &service, &none), DAVIT_E_NOT_FOUND);
  ck_assert_str_eq(none.first->code, "service.not-found");
  ck_assert_str_eq(none.first->text, "there are 2 services, and none is chosen");
  ck_assert_str_eq(none.first->hint, "choose one with -s: web, db");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_file");
  TCase *tests = tcase_create("service_file");
  tcase_add_test(tests, a_small_file_is_read);
  tcase_add_test(tests, what_is_not_given_has_its_default);
  tcase_add_loop_test(tests, wrong_files, 0, ARRAY_LEN(files));
  tcase_add_loop_test(tests, good_names, 0, 4);
  tcase_add_loop_test(tests, keys_of_a_service_that_are_not_taken, 0, ARRAY_LEN(bodies));
  tcase_add_test(tests, all_problems_come_in_one_go);
  tcase_add_test(tests, problems_of_a_file_are_bounded);
  tcase_add_test(tests, keys_are_bounded);
  tcase_add_test(tests, what_is_not_yaml_is_invalid);
  tcase_add_test(tests, an_empty_file_lacks_everything);
  tcase_add_test(tests, services_are_found_by_name);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
