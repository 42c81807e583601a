/* SPDX-License-Identifier: Apache-2.0 */
/* Replica groups: what each takes from the service, which container is meant, and what is wrong. */
#include "service_testing.h"

#define GROUPS(text) "replica_groups:\n- {role: a, count: 2" text "}\n- {role: b, count: 3}\n"
#define ROLE_HINT \
  "1 to 30 small letters, digits and \"-\"; the first is a letter, the last is not \"-\""

static struct arena arena;
static struct davit_error err;

static void teardown(void) {
  error_clear(&err);
  arena_free(&arena);
}

static const char *first_word(const char *const *words) {
  return words ? words[0] : "(none)";
}

START_TEST(what_a_group_replaces_is_replaced_as_a_whole) {
  const struct service *service = load_service(
      &arena, "command: {entrypoint: [run], args: [x], workdir: /w}\n"
              "resources: {cpu: 1, memory: 1Gi, gpu: {count: 2}}\n"
              "hostname: h\n"
              "replica_groups:\n"
              "- {role: same, count: 1}\n"
              "- role: other\n"
              "  count: 7\n"
              "  image: {name: special}\n"
              "  command: {args: [y]}\n"
              "  resources: {memory: 2Gi}\n"
              "- {role: null-is-unset, count: 1, image: ~, command: null, resources: ~}\n");
  ck_assert_uint_eq(service->group_count, 3);
  ck_assert_ptr_null(service->role);
  const size_t inherits[] = {0, 2};
  for (size_t i = 0; i < ARRAY_LEN(inherits); i++) {
    const struct service *same = service->groups[inherits[i]];
    ck_assert_str_eq(same->image.text, "app");
    ck_assert_str_eq(first_word(same->entrypoint), "run");
    ck_assert_str_eq(same->workdir.text, "/w");
    ck_assert(same->has_cpu && same->gpu);
    ck_assert_uint_eq(same->memory, 1u << 30);
    ck_assert_str_eq(same->memory_at.key, "services.web.resources.memory");
    ck_assert_uint_eq(same->memory_at.line, 7);
  }
  const struct service *other = service->groups[1];
  ck_assert_str_eq(other->name, "web");
  ck_assert_str_eq(other->role, "other");
  ck_assert_uint_eq(other->replicas, 7);
  ck_assert_str_eq(other->image.text, "special");
  ck_assert_ptr_null(other->entrypoint);
  ck_assert_str_eq(first_word(other->args), "y");
  ck_assert_ptr_null(other->workdir.text);
  ck_assert(!other->has_cpu && !other->gpu);
  ck_assert_uint_eq(other->memory, UINT64_C(2) << 30);
  ck_assert_str_eq(other->memory_at.key, "services.web.replica_groups[1].resources.memory");
  ck_assert_uint_eq(other->memory_at.line, 15);
  ck_assert_str_eq(other->at.key, "services.web.replica_groups[1]");
  ck_assert_str_eq(other->hostname.text, "h");
}
END_TEST

START_TEST(env_of_a_group_comes_behind_the_service_s) {
  const struct service *service =
      load_service(&arena, "env: {A: 1, B: 2}\n" GROUPS(", env: {B: 3, C: 4}"));
  static const struct {
    const char *name, *value, *key;
    bool overridden;
  } expected[] = {{"A", "1", "services.web.env.A", false},
                  {"B", "2", "services.web.env.B", true},
                  {"B", "3", "services.web.replica_groups[0].env.B", false},
                  {"C", "4", "services.web.replica_groups[0].env.C", false}};
  const struct service *group = service->groups[0];
  ck_assert_uint_eq(group->env_count, ARRAY_LEN(expected));
  for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
    ck_assert_str_eq(group->env[i].name, expected[i].name);
    ck_assert_str_eq(group->env[i].value, expected[i].value);
    ck_assert_str_eq(group->env[i].at.key, expected[i].key);
    ck_assert_int_eq(group->env[i].overridden, expected[i].overridden);
  }
  ck_assert_uint_eq(service->groups[1]->env_count, 2);
  ck_assert_uint_eq(service->env_count, 2);
  ck_assert(!service->env[1].overridden);
}
END_TEST

START_TEST(ranks_run_over_the_groups_that_train) {
  const struct service *service =
      load_service(&arena, "resources: {gpu: {distributed: {}}}\n"
                           "replica_groups:\n"
                           "- {role: chief, count: 1}\n"
                           "- {role: cache, count: 5, resources: {cpu: 1}}\n"
                           "- {role: worker, count: 3}\n");
  static const uint32_t ranks[] = {0, 1, 1};
  for (size_t i = 0; i < ARRAY_LEN(ranks); i++) {
    ck_assert_uint_eq(service->groups[i]->rank, ranks[i]);
    ck_assert_uint_eq(service->groups[i]->world, 4);
  }
  const struct service *plain = load_service(&arena, "scale: {mode: fixed, replicas: 3}");
  ck_assert_uint_eq(plain->rank, 0);
  ck_assert_uint_eq(plain->world, 3);
}
END_TEST

static const struct {
  const char *role; /* asked */
  uint32_t replica;
  const char *chosen;
  uint32_t number;
  const char *id; /* on node 0 */
} choices[] = {
    {NULL, 1, "a", 1, "web-a-1-on-0"}, {NULL, 2, "a", 2, "web-a-2-on-0"},
    {NULL, 3, "b", 1, "web-b-1-on-0"}, {NULL, 5, "b", 3, "web-b-3-on-0"},
    {"b", 1, "b", 1, "web-b-1-on-0"},  {"b", 3, "b", 3, "web-b-3-on-0"},
};

START_TEST(chooses_the_container) {
  const struct service_file *file;
  struct service_choice choice;
  ck_assert_ok(load_text(&arena, service_yaml(&arena, GROUPS("")), &file, &err), &err);
  ck_assert_ok(
      service_choose(file, file->services[0], choices[_i].role, choices[_i].replica, &choice, &err),
      &err);
  ck_assert_str_eq(choice.service->role, choices[_i].chosen);
  ck_assert_uint_eq(choice.replica, choices[_i].number);
  ck_assert_str_eq(service_container_id(&arena, choice.service, choice.replica, 0), choices[_i].id);
}
END_TEST

static const struct {
  const char *body, *role;
  uint32_t replica;
  const char *code, *key, *text, *hint;
} refusals[] = {
    {GROUPS(""), NULL, 6, "service.replica", "services.web", "there is no replica 6",
     "1 to 5, over all groups"},
    {GROUPS(""), "a", 3, "service.replica", "services.web.replica_groups[0]",
     "there is no replica 3", "1 to 2, the count of the group"},
    {GROUPS(""), "c", 1, "service.role", "services.web", "the service has no role \"c\"",
     "roles there: a, b"},
    {GROUPS(""), "default", 1, "service.role", "services.web",
     "the service has no role \"default\"", "roles there: a, b"},
    {"", "a", 1, "service.role", "services.web",
     "the role \"a\" is asked, but the service has no replica groups",
     "leave out --role, or give the service replica_groups"},
    {"replica_groups: [{role: big, count: 4294967295}]", "big", 4294967295, NULL, NULL, NULL, NULL},
};

START_TEST(refuses_what_is_not_there) {
  const struct service_file *file;
  struct service_choice choice;
  ck_assert_ok(load_text(&arena, service_yaml(&arena, refusals[_i].body), &file, &err), &err);
  int answer = service_choose(file, file->services[0], refusals[_i].role, refusals[_i].replica,
                              &choice, &err);
  if (!refusals[_i].code) {
    ck_assert_ok(answer, &err);
    return;
  }
  ck_assert_int_lt(answer, 0);
  ck_assert_str_eq(err.first->code, refusals[_i].code);
  ck_assert_str_eq(err.first->at.file, "demo.yaml");
  ck_assert_str_eq(err.first->at.key, refusals[_i].key);
  ck_assert_str_eq(err.first->text, refusals[_i].text);
  ck_assert_str_eq(err.first->hint, refusals[_i].hint);
}
END_TEST

START_TEST(ids_name_role_and_node) {
  const struct service *service =
      load_service(&arena, "replica_groups: [{role: default, count: 1}]");
  ck_assert_str_eq(service_container_id(&arena, service, 2, 0), "web-rep-2");
  ck_assert_str_eq(service_container_id(&arena, service, 2, 7), "web-default-2-on-7");
  ck_assert_str_eq(service_container_id(&arena, service->groups[0], 1, 0), "web-rep-1");
}
END_TEST

static const struct service_wrong wrong[] = {
    {"replica_groups: ^[]", "invalid", ".replica_groups", "a list of 0 groups",
     "1 to 256 groups, or leave the key out"},
    {"replica_groups: ^{a: 1}", "invalid", ".replica_groups", "a mapping is not a list",
     "write a list, or leave the key out"},
    {"replica_groups: [^{count: 1}]", "invalid", ".replica_groups[0]",
     "the key \"role\" is missing", "add `role: worker`"},
    {"replica_groups: [^{role: a}]", "invalid", ".replica_groups[0]",
     "the key \"count\" is missing", "add `count: 2`"},
    {"replica_groups: [{role: a, count: ^0}]", "invalid", ".replica_groups[0].count",
     "the number 0 is out of range", "1 to 4294967295"},
    {"replica_groups: [{role: ^Read, count: 1}]", "invalid", ".replica_groups[0].role",
     "\"Read\" is not a role", ROLE_HINT},
    {"replica_groups: [{role: ^1a, count: 1}]", "invalid", ".replica_groups[0].role",
     "\"1a\" is not a role", ROLE_HINT},
    {"replica_groups: [{role: ^a-, count: 1}]", "invalid", ".replica_groups[0].role",
     "\"a-\" is not a role", ROLE_HINT},
    {"replica_groups: [{role: ^abcdefghijabcdefghijabcdefghija, count: 1}]", "invalid",
     ".replica_groups[0].role", "\"abcdefghijabcdefghijabcdefghija\" is not a role", ROLE_HINT},
    {"replica_groups:\n- {role: a, count: 1}\n- {role: ^a, count: 1}", "invalid",
     ".replica_groups[1].role", "\"a\" is already in line 7", "keep this one or that of line 7"},
    {"replica_groups: [{role: a, count: 1, ^storage: []}]", "unknown-key",
     ".replica_groups[0].storage", "the key \"storage\" is not known here",
     "known here: role, count, image, command, env, resources, affinity"},
    {"replica_groups: [{role: a, count: 1, resources: {cpu: ^0}}]", "invalid",
     ".replica_groups[0].resources.cpu", "the number 0 is out of range", "cores, 0.01 to 65536"},
    {"replica_groups: [{role: a, count: 1, affinity: ^near}]", "invalid",
     ".replica_groups[0].affinity", "\"near\" is not one of the values allowed",
     "allowed: spread, pack"},
    {"replica_groups: ^[{role: a, count: 4294967295}, {role: b, count: 1}]", "invalid",
     ".replica_groups", "the groups have 4294967296 replicas", "at most 4294967295 in all"},
    /* What is wrong with the service itself is said once, not once a group. */
    {"resources: {cpu: ^0}\nreplica_groups: [{role: a, count: 1}, {role: b, count: 1}]", "invalid",
     ".resources.cpu", "the number 0 is out of range", "cores, 0.01 to 65536"},
};

START_TEST(wrong_groups) {
  check_wrong_body(&wrong[_i]);
}
END_TEST

START_TEST(ids_of_two_services_are_not_alike) {
  static const struct service_wrong alike = {
      "version: v1\ndeployment: demo\nservices:\n"
      "  a: {image: {name: app}, replica_groups: [{role: b-c, count: 1}]}\n"
      "  a-b: ^{image: {name: app}, replica_groups: [{role: c, count: 1}]}\n",
      "invalid", "services.a-b",
      "the containers of role c would have the ids of those of service a",
      "rename one of the services or roles"};
  check_wrong(&arena, alike.yaml, &alike);
  /* On a node other than 0 the id of a service without groups has a role, too. */
  static const struct service_wrong on_another_node = {
      "version: v1\ndeployment: demo\nservices:\n"
      "  a: {image: {name: app}, replica_groups: [{role: b-default, count: 1}]}\n"
      "  a-b: ^{image: {name: app}}\n",
      "invalid", "services.a-b",
      "the containers of role default would have the ids of those of service a",
      "rename one of the services or roles"};
  check_wrong(&arena, on_another_node.yaml, &on_another_node);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_groups");
  TCase *tests = tcase_create("service_groups");
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_test(tests, what_a_group_replaces_is_replaced_as_a_whole);
  tcase_add_test(tests, env_of_a_group_comes_behind_the_service_s);
  tcase_add_test(tests, ranks_run_over_the_groups_that_train);
  tcase_add_loop_test(tests, chooses_the_container, 0, ARRAY_LEN(choices));
  tcase_add_loop_test(tests, refuses_what_is_not_there, 0, ARRAY_LEN(refusals));
  tcase_add_test(tests, ids_name_role_and_node);
  tcase_add_loop_test(tests, wrong_groups, 0, ARRAY_LEN(wrong));
  tcase_add_test(tests, ids_of_two_services_are_not_alike);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
