/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of an orchestrator: checked, listed, otherwise left alone. */
#include "service_testing.h"

#define DURATION_HINT  "a number with a unit: 30s, 5m, \"1h 30m\""
#define ENDPOINT(keys) "endpoints: [{name: a, protocol: tcp, port: 1, " keys "}]"

START_TEST(what_is_foreign_is_listed) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  const char *yaml = service_yaml(
      &arena, "rtype: job\n"
              "scale: {mode: adaptive, min: 1, max: 1, cooldown: 1h 30m,\n"
              "        targets: {cpu: 80, memory: 100, rps: 1000}}\n"
              "endpoints:\n"
              "- name: http\n"
              "  protocol: http\n"
              "  port: 80\n"
              "  target_port: 8080\n"
              "  path: /api\n"
              "  host: '*.example.org'\n"
              "  expose: public\n"
              "  target_role: primary\n"
              "- name: game\n"
              "  protocol: udp\n"
              "  port: 65535\n"
              "  stream: {tls: false, proxy_protocol: true, session_timeout: 60s,\n"
              "    health_check: {type: udp_probe, request: ping, expect: pong}}\n"
              "  tunnel: {enabled: true, from: a, to: b, remote_port: 0,\n"
              "    expose: internal, access: {enabled: true, max_ttl: 4h, audit: true}}\n"
              "- {name: t, protocol: tcp, port: 1,\n"
              "   stream: {health_check: {type: tcp_connect}}}\n"
              "replica_groups: [{role: primary, count: 1}]\n");
  ck_assert_ok(load_text(&arena, yaml, &file, &err), &err);
  static const char *const keys[] = {"services.web.rtype", "services.web.scale",
                                     "services.web.endpoints"};
  static const uint32_t lines[] = {6, 7, 10};
  ck_assert_uint_eq(file->foreign_count, ARRAY_LEN(keys));
  for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
    ck_assert_str_eq(file->foreign[i].key, keys[i]);
    ck_assert_str_eq(file->foreign[i].at.key, keys[i]);
    ck_assert_uint_eq(file->foreign[i].at.line, lines[i]);
  }
  ck_assert_uint_eq(file->services[0]->replicas, 1);
}
END_TEST

static const struct {
  const char *yaml;
  uint32_t replicas;
} scales[] = {{"{mode: fixed, replicas: 3}", 3},
              {"{mode: fixed, replicas: 0}", 0},
              {"{mode: manual}", 1},
              {"{mode: adaptive, min: 2, max: 5}", 1}};

START_TEST(fixed_scale_gives_replicas) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, "scale: %s", scales[_i].yaml));
  ck_assert_uint_eq(service->replicas, scales[_i].replicas);
}
END_TEST

static const struct {
  const char *text;
  bool good;
} durations[] = {{"30s", true},   {"1h 30m", true}, {"1h30m", true}, {"2 days", true},
                 {"500ms", true}, {"1M", true},     {"30", false},   {"s", false},
                 {"1x", false},   {"1.5h", false},  {"-1s", false},  {"''", false},
                 {"1h 30", false}};

START_TEST(durations_have_units) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  const char *body = arena_printf(&arena, "scale: {mode: adaptive, min: 1, max: 2, cooldown: %s}",
                                  durations[_i].text);
  int answer = load_text(&arena, service_yaml(&arena, body), &file, &err);
  ck_assert_int_eq(answer, durations[_i].good ? 0 : DAVIT_E_INVALID);
}
END_TEST

static const struct service_wrong wrong[] = {
    {"rtype: ^daemon", "invalid", ".rtype", "\"daemon\" is not one of the values allowed",
     "allowed: service, job, cron"},
    {"rtype: ^Job", "invalid", ".rtype", "\"Job\" is not one of the values allowed",
     "did you mean \"job\"? allowed: service, job, cron"},
    {"scale: ^3", "invalid", ".scale", "the number 3 is not a mapping",
     "write `{mode: fixed, replicas: 1}`"},
    {"scale: ^{replicas: 3}", "invalid", ".scale", "the key \"mode\" is missing",
     "add `mode: fixed`, adaptive or manual"},
    {"scale: {mode: ^fix}", "invalid", ".scale.mode", "\"fix\" is not one of the values allowed",
     "allowed: adaptive, fixed, manual"},
    {"scale: ^{mode: fixed}", "invalid", ".scale", "the key \"replicas\" is missing",
     "add `replicas: 2`"},
    {"scale: {mode: fixed, replicas: ^-1}", "invalid", ".scale.replicas",
     "the number -1 is out of range", "0 to 4294967295"},
    {"scale: {mode: manual, ^replicas: 2}", "unknown-key", ".scale.replicas",
     "the key \"replicas\" is not known here", "known here: mode"},
    {"scale: ^{mode: adaptive, max: 2}", "invalid", ".scale", "the key \"min\" is missing",
     "add `min: 1`"},
    {"scale: ^{mode: adaptive, min: 2}", "invalid", ".scale", "the key \"max\" is missing",
     "add `max: 10`"},
    {"scale: {mode: adaptive, min: ^3, max: 2}", "invalid", ".scale.min",
     "min \"3\" is above max \"2\"", "make min at most max"},
    {"scale: {mode: adaptive, min: 1, max: 2, targets: {cpu: ^101}}", "invalid",
     ".scale.targets.cpu", "the number 101 is out of range", "0 to 100"},
    {"scale: {mode: adaptive, min: 1, max: 2, targets: {^gpu: 1}}", "unknown-key",
     ".scale.targets.gpu", "the key \"gpu\" is not known here", "did you mean \"cpu\"?"},
    {"scale: {mode: adaptive, min: 1, max: 2, cooldown: ^30}", "invalid", ".scale.cooldown",
     "\"30\" is not a duration", DURATION_HINT},
    {"endpoints: ^{}", "invalid", ".endpoints", "a mapping is not a list",
     "write a list, or leave the key out"},
    {ENDPOINT("target_role: ^primary"), "invalid", ".endpoints[0].target_role",
     "the service has no role \"primary\"", "leave it out, or give the service replica_groups"},
    {"replica_groups: [{role: a, count: 1}, {role: b, count: 1}]\n"
     "endpoints: [{name: a, protocol: tcp, port: 1, target_role: ^c}]",
     "invalid", ".endpoints[0].target_role", "the service has no role \"c\"",
     "roles of replica_groups: a, b"},
    {"endpoints: [^{protocol: tcp, port: 1}]", "invalid", ".endpoints[0]",
     "the key \"name\" is missing", "add `name: http`"},
    {"endpoints: [^{name: a, port: 1}]", "invalid", ".endpoints[0]",
     "the key \"protocol\" is missing", "add `protocol: http`"},
    {"endpoints: [^{name: a, protocol: tcp}]", "invalid", ".endpoints[0]",
     "the key \"port\" is missing", "add `port: 8080`"},
    {"endpoints: [{name: ^'', protocol: tcp, port: 1}]", "invalid", ".endpoints[0].name",
     "the name is empty", "give it a name: http"},
    {"endpoints:\n- {name: a, protocol: tcp, port: 1}\n- {name: ^a, protocol: tcp, port: 2}",
     "invalid", ".endpoints[1].name", "\"a\" is already in line 7",
     "keep this one or that of line 7"},
    {"endpoints: [{name: a, protocol: ^ftp, port: 1}]", "invalid", ".endpoints[0].protocol",
     "\"ftp\" is not one of the values allowed", "allowed: http, https, tcp, udp, websocket"},
    {"endpoints: [{name: a, protocol: tcp, port: ^0}]", "invalid", ".endpoints[0].port",
     "the number 0 is out of range", "1 to 65535"},
    {"endpoints: [{name: a, protocol: tcp, port: ^'80'}]", "invalid", ".endpoints[0].port",
     "the text \"80\" is not a whole number", "write a number without quotes"},
    {ENDPOINT("target_port: ^65536"), "invalid", ".endpoints[0].target_port",
     "the number 65536 is out of range", "1 to 65535"},
    {ENDPOINT("expose: ^private"), "invalid", ".endpoints[0].expose",
     "\"private\" is not one of the values allowed", "allowed: public, internal"},
    {ENDPOINT("path: ^[/]"), "invalid", ".endpoints[0].path", "a list is not a text",
     "write one value"},
    {ENDPOINT("stream: {tls: ^1}"), "invalid", ".endpoints[0].stream.tls",
     "the number 1 is not a bool", "write true or false, without quotes"},
    {ENDPOINT("stream: {session_timeout: ^soon}"), "invalid",
     ".endpoints[0].stream.session_timeout", "\"soon\" is not a duration", DURATION_HINT},
    {ENDPOINT("stream: {health_check: {type: ^http}}"), "invalid",
     ".endpoints[0].stream.health_check.type", "\"http\" is not one of the values allowed",
     "allowed: tcp_connect, udp_probe"},
    {ENDPOINT("stream: {health_check: ^{type: udp_probe}}"), "invalid",
     ".endpoints[0].stream.health_check", "the key \"request\" is missing", "add `request: TEXT`"},
    {ENDPOINT("tunnel: {remote_port: ^65536}"), "invalid", ".endpoints[0].tunnel.remote_port",
     "the number 65536 is out of range", "0 to 65535"},
    {ENDPOINT("tunnel: {access: {max_ttl: ^never}}"), "invalid",
     ".endpoints[0].tunnel.access.max_ttl", "\"never\" is not a duration", DURATION_HINT},
    {ENDPOINT("tunnel: {^name: x}"), "unknown-key", ".endpoints[0].tunnel.name",
     "the key \"name\" is not known here",
     "known here: enabled, from, to, remote_port, expose, access"},
};

START_TEST(wrong_foreign_keys) {
  check_wrong_body(&wrong[_i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_foreign");
  TCase *tests = tcase_create("service_foreign");
  tcase_add_test(tests, what_is_foreign_is_listed);
  tcase_add_loop_test(tests, fixed_scale_gives_replicas, 0, ARRAY_LEN(scales));
  tcase_add_loop_test(tests, durations_have_units, 0, ARRAY_LEN(durations));
  tcase_add_loop_test(tests, wrong_foreign_keys, 0, ARRAY_LEN(wrong));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
