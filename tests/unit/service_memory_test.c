/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out at every place where the reading of a service file asks for some. */
#include "service_testing.h"
#include "short_memory.h"

static const char good[] =
    "version: v1\n"
    "deployment: demo\n"
    "services:\n"
    "  web:\n"
    "    image: {name: app, pull_policy: always}\n"
    "    command: {entrypoint: [a, b], args: [c], workdir: /w}\n"
    "    env: {A: b, C: d, E: $E:F, G: $S:@web/h/i}\n"
    "    resources: {cpu: 0.5, memory: 1Gi, gpu: {devices: [0, 1], vendor: amd, model: x,\n"
    "      sharing: mps, mps_pipe_dir: /run/mps, distributed: {}}}\n"
    "    devices: [{path: /dev/kvm}]\n"
    "    storage: [{type: bind, source: /a, target: /b}, {type: tmpfs, target: /c},\n"
    "      {type: named, name: d, target: /d, size: 1Gi}, {type: anonymous, target: /e},\n"
    "      {type: s3, bucket: models, target: /f, endpoint: http://s3, credentials: x}]\n"
    "    shm_size: 1Mi\n"
    "    ulimits: {nofile: {soft: 1}}\n"
    "    privileged: true\n"
    "    host_network: true\n"
    "    hostname: web\n"
    "    cgroup_parent: /gpu\n"
    "    user: 1:2\n"
    "    extra_groups: [video, 7]\n"
    "    cap_add: [NET_ADMIN, ALL]\n"
    "    cap_drop: [KILL]\n"
    "    security_opt: [seccomp=/p, 'label=type:t', label=level:s0, no-new-privileges]\n"
    "    apparmor: p\n"
    "    init_container: true\n"
    "    stop_signal: 15\n"
    "    stop_grace_period: 1s\n"
    "    labels: {a: b, c: d}\n"
    "    stdin_open: true\n"
    "    scale: {mode: fixed, replicas: 2}\n"
    "    endpoints: [{name: a, protocol: tcp, port: 1, target_role: r}]\n"
    "    depends: [{service: web}]\n"
    "    replica_groups: [{role: r, count: 1, env: {A: x, D: y}, resources: {memory: 1M}},\n"
    "      {role: s, count: 2, command: {args: [d]}, image: {name: b}, affinity: !pin a=b}]\n";

START_TEST(a_good_file_is_read_whole_or_not_at_all) {
  recovers = _i == 1;
  for (size_t limit = 0;; limit++) {
    CLEANUP(arena) struct arena arena = {0};
    CLEANUP(error) struct davit_error err = {0};
    const struct service_file *file = NULL;
    allowed = limit;
    refused = 0;
    int answer = load_text(&arena, good, &file, &err);
    allowed = SIZE_MAX;
    if (answer == 0) {
      ck_assert_msg(refused == 0, "allocation %zu failed unseen", limit);
      ck_assert_uint_gt(limit, 100);
      return;
    }
    ck_assert_int_eq(answer, DAVIT_E_MEMORY);
    ck_assert_str_eq(err.last->code, "memory.out");
    ck_assert_ptr_null(file);
  }
}
END_TEST

static const char wrong[] = "version: v2\n"
                            "deployment: x\n"
                            "services:\n"
                            "  we_b:\n"
                            "    image: app\n"
                            "    evn: {}\n"
                            "    zzzzzzz: 1\n"
                            "    health: {}\n"
                            "    command: {entrypoint: []}\n"
                            "    env: {A: !x $E:B, <<: {}, C: '$S:/', D: '$S:a:b/c', E: '$E:'}\n"
                            "    storage: [{type: named, name: A}, {type: s3, bucket: b}]\n"
                            "    resources: {memory: 1x, cpu: 0, gpu: {count: 0, vendor: AMD}}\n"
                            "    ulimits: {x: {}}\n"
                            "    rtype: jbo\n"
                            "    user: no body\n"
                            "    extra_groups: ['']\n"
                            "    cap_add: [NET_ADMN, KILL]\n"
                            "    cap_drop: [KILL]\n"
                            "    security_opt: [seccmp=x, seccomp=x, label=x, label]\n"
                            "    stop_signal: x\n"
                            "    labels: {'': x}\n"
                            "    replica_groups: [{role: R, count: 0}, {role: a}]\n"
                            "    depends: [{service: y}]\n"
                            "    schedule: never\n"
                            "    logs: {a: b}\n";

START_TEST(a_wrong_file_is_refused_at_every_shortage) {
  recovers = _i == 1;
  for (size_t limit = 0;; limit++) {
    CLEANUP(arena) struct arena arena = {0};
    CLEANUP(error) struct davit_error err = {0};
    const struct service_file *file = NULL;
    allowed = limit;
    refused = 0;
    int answer = load_text(&arena, wrong, &file, &err);
    allowed = SIZE_MAX;
    ck_assert_int_lt(answer, 0);
    ck_assert_uint_gt(err.count, 0);
    ck_assert_ptr_null(file);
    if (refused == 0)
      return;
  }
}
END_TEST

START_TEST(a_service_is_looked_for) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  const struct service *service = NULL;
  ck_assert_ok(load_text(&arena, good, &file, &err), &err);
  for (size_t limit = 0; limit < 3; limit++) {
    CLEANUP(error) struct davit_error problems = {0};
    allowed = limit;
    int answer = service_find(file, "db", &service, &problems);
    allowed = SIZE_MAX;
    ck_assert_int_lt(answer, 0);
    ck_assert_ptr_null(service);
    ck_assert_uint_eq(problems.count, 1);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_memory");
  TCase *tests = tcase_create("service_memory");
  tcase_add_loop_test(tests, a_good_file_is_read_whole_or_not_at_all, 0, 2);
  tcase_add_loop_test(tests, a_wrong_file_is_refused_at_every_shortage, 0, 2);
  tcase_add_test(tests, a_service_is_looked_for);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
