/* SPDX-License-Identifier: Apache-2.0 */
/* The form of keys that belong to an orchestrator. */
#include "service_testing.h"

#define CRON_HINT                                                                             \
  "second, minute, hour, day of month, month, day of week and, if needed, year: \"0 30 4 * *" \
  " MON-FRI\""
#define CHECK(text)        "health: {check: " text "}"
#define STEP(text)         "init: {steps: [{id: a, uses: b, " text "}]}"
#define WASM(text)         "service_type: wasm_http\nwasm: " text
#define NUMBER_HINT        "0 to 4294967295"
#define QUOTES_HINT        "write true or false, without quotes"
#define ALLOWED_TEXT(word) "\"" word "\" is not one of the values allowed"

/* With every key that the original has, from its types. */
START_TEST(all_of_the_format_is_taken_and_listed) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  const char *yaml =
      "version: v1\ndeployment: demo\nservices:\n  db: {image: {name: db}}\n  web:\n"
      "    image: {name: app}\n"
      "    rtype: cron\n"
      "    schedule: 0 */5 * * * *\n"
      "    network: {overlays: {service: {enabled: true, encrypted: true, isolated: true},\n"
      "      global: {}}, join: {mode: open, scope: global}}\n"
      "    depends: [{service: db, condition: ready, timeout: 5m, on_timeout: continue}]\n"
      "    health: {start_grace: 5s, interval: 1s, timeout: 1s, retries: 3,\n"
      "      check: {type: http, url: http://a, expect_status: 204}}\n"
      "    init: {steps: [{id: a, uses: init.exec, with: {command: [x, {y: z}], n: 1}, retry: 2,\n"
      "      timeout: 1m, on_failure: warn}]}\n"
      "    errors: {on_init_failure: {action: backoff}, on_panic: {action: isolate}}\n"
      "    lifecycle: {delete_on_exit: true}\n"
      "    isolation: hyperv\n"
      "    port_mappings: [{host_port: 0, container_port: 80, protocol: udp, host_ip: 127.0.0.1}]\n"
      "    node_mode: exclusive\n"
      "    node_selector: {labels: {gpu: true}, prefer_labels: {}}\n"
      "    affinity: !pin zone=eu-1\n"
      "    platform: {os: linux, arch: arm64, osVersion: 10.0}\n"
      "    service_type: wasm_plugin\n"
      "    wasm: {min_instances: 1, max_instances: 2, idle_timeout: 5m, request_timeout: 1s,\n"
      "      max_memory: 64Mi, max_fuel: 18446744073709551615, epoch_interval: 1ms,\n"
      "      capabilities: {config: true, keyvalue: true, logging: true, secrets: true,\n"
      "        metrics: true, http_client: true, cli: true, filesystem: true, sockets: false},\n"
      "      allow_http_outgoing: true, allowed_hosts: [a], allow_tcp: true, allow_udp: false,\n"
      "      preopens: [{source: /a, target: /b, readonly: true}], kv_enabled: true,\n"
      "      kv_namespace: n, kv_max_value_size: 1, secrets: [s], precompile: false}\n"
      "    logs: {destination: disk, max_size_bytes: 10737418240, retention_secs: 0}\n"
      "    restart_policy: {kind: no, max_attempts: 3, delay: 500ms}\n"
      "    expose: [3000, 8080/tcp]\n"
      "    overlay: {mode: dedicated, parent: cluster}\n"
      "    localhost_reachability: never\n"
      "externals:\n"
      "  mail: {backends: ['10.0.0.1:25'], endpoints: [{name: smtp, protocol: tcp, port: 25}],\n"
      "    health: {check: {type: tcp, port: 0}}}\n"
      "tunnels:\n"
      "  t: {from: a, to: b, local_port: 1, remote_port: 65535, protocol: udp, expose: public}\n"
      "api: {enabled: false, bind: '0.0.0.0:1', jwt_secret: x, swagger: false}\n";
  ck_assert_ok(load_text(&arena, yaml, &file, &err), &err);
  static const char *const keys[] = {"rtype",         "schedule",  "network",
                                     "depends",       "health",    "init",
                                     "errors",        "lifecycle", "isolation",
                                     "port_mappings", "node_mode", "node_selector",
                                     "affinity",      "platform",  "service_type",
                                     "wasm",          "logs",      "restart_policy",
                                     "expose",        "overlay",   "localhost_reachability"};
  ck_assert_uint_eq(file->foreign_count, ARRAY_LEN(keys) + 3);
  for (size_t i = 0; i < ARRAY_LEN(keys); i++)
    ck_assert_str_eq(file->foreign[i].key, arena_printf(&arena, "services.web.%s", keys[i]));
  ck_assert_str_eq(file->foreign[ARRAY_LEN(keys)].key, "externals");
  ck_assert_str_eq(file->foreign[ARRAY_LEN(keys) + 1].key, "tunnels");
  ck_assert_str_eq(file->foreign[ARRAY_LEN(keys) + 2].key, "api");
  ck_assert_str_eq(file->services[1]->wasm_type.text, "wasm_plugin");
}
END_TEST

static const char *const good[] = {
    "affinity: spread",
    "affinity: {pin: id=2}",
    "affinity: ~",
    "health: {check: {type: command, command: 'true'}}",
    "health: {check: {type: tcp, port: 80}}",
    "init:",
    "depends:",
    "network:",
    "lifecycle: {}",
    "wasm: ~",
    "service_type: job",
    "service_type: wasm_http\nwasm_http: {max_instances: 3}",
    "service_type: wasm_http\nwasm: {capabilities: {metrics: false, http_client: true}}",
    "service_type: wasm_http\nwasm: {}\nendpoints: [{name: a, protocol: https, port: 1}]",
    "rtype: cron\nschedule: '@daily'",
    "rtype: cron\nschedule: 0 0 12 * * MON-FRI *",
    "rtype: cron\nschedule: 0,30 0-10/2 */3 1,15 jan,December ? 2030-2040",
};

START_TEST(good_values) {
  CLEANUP(arena) struct arena arena = {0};
  (void)load_service(&arena, good[_i]);
}
END_TEST

static const struct service_wrong wrong[] = {
    {"rtype: ^cron", "invalid", ".rtype", "rtype cron needs a schedule",
     "add `schedule: \"0 30 4 * * *\"`"},
    {"schedule: ^0 0 0 * * *", "invalid", ".schedule", "a schedule is only for rtype cron",
     "write `rtype: cron`, or leave this key out"},
    {"rtype: job\nschedule: ^0 0 0 * * *", "invalid", ".schedule",
     "a schedule is only for rtype cron", "write `rtype: cron`, or leave this key out"},
    {"rtype: cron\nschedule: ^0 0 * * *", "invalid", ".schedule",
     "\"0 0 * * *\" is not a schedule: it has not 6 or 7 parts", CRON_HINT},
    {"rtype: cron\nschedule: ^0 0 0 * * * * *", "invalid", ".schedule",
     "\"0 0 0 * * * * *\" is not a schedule: it has not 6 or 7 parts", CRON_HINT},
    {"rtype: cron\nschedule: ^60 0 0 * * *", "invalid", ".schedule",
     "\"60 0 0 * * *\" is not a schedule: its second is wrong", CRON_HINT},
    {"rtype: cron\nschedule: ^0 0 24 * * *", "invalid", ".schedule",
     "\"0 0 24 * * *\" is not a schedule: its hour is wrong", CRON_HINT},
    {"rtype: cron\nschedule: ^0 5-3 0 * * *", "invalid", ".schedule",
     "\"0 5-3 0 * * *\" is not a schedule: its minute is wrong", CRON_HINT},
    {"rtype: cron\nschedule: ^0 0 0 0 * *", "invalid", ".schedule",
     "\"0 0 0 0 * *\" is not a schedule: its day of month is wrong", CRON_HINT},
    {"rtype: cron\nschedule: ^0 0 0 * * FOO", "invalid", ".schedule",
     "\"0 0 0 * * FOO\" is not a schedule: its day of week is wrong", CRON_HINT},
    {"rtype: cron\nschedule: ^0 */0 0 * * *", "invalid", ".schedule",
     "\"0 */0 0 * * *\" is not a schedule: its minute is wrong", CRON_HINT},
    {"depends: [{service: ^db}]", "invalid", ".depends[0].service", "there is no service \"db\"",
     "services there: web"},
    {"depends: [^{condition: ready}]", "invalid", ".depends[0]", "the key \"service\" is missing",
     "add `service: NAME`"},
    {"depends: [{service: web, condition: ^up}]", "invalid", ".depends[0].condition",
     ALLOWED_TEXT("up"), "allowed: started, healthy, ready"},
    {"depends: [{service: web, ^when: x}]", "unknown-key", ".depends[0].when",
     "the key \"when\" is not known here", "known here: service, condition, timeout, on_timeout"},
    {"health: ^{retries: 3}", "invalid", ".health", "the key \"check\" is missing",
     "add `check: {type: tcp, port: 8080}`"},
    {"health: {retries: ^-1, check: {type: tcp, port: 1}}", "invalid", ".health.retries",
     "the number -1 is out of range", NUMBER_HINT},
    {CHECK("^{port: 1}"), "invalid", ".health.check", "the key \"type\" is missing",
     "add `type: tcp`"},
    {CHECK("^{type: tcp}"), "invalid", ".health.check", "the key \"port\" is missing",
     "add `port: 8080`"},
    {CHECK("{type: ^exec}"), "invalid", ".health.check.type", ALLOWED_TEXT("exec"),
     "allowed: tcp, http, command"},
    {CHECK("{type: command, command: ^[a]}"), "invalid", ".health.check.command",
     "a list is not a text", "write one value"},
    {STEP("on_failure: ^stop"), "invalid", ".init.steps[0].on_failure", ALLOWED_TEXT("stop"),
     "allowed: fail, warn, continue"},
    {STEP("with: ^[1]"), "invalid", ".init.steps[0].with", "a list is not a mapping",
     "write keys with values, or leave the key out"},
    {"init: {steps: [^{id: a}]}", "invalid", ".init.steps[0]", "the key \"uses\" is missing",
     "add `uses: init.wait_tcp`"},
    {"errors: {on_panic: {action: ^die}}", "invalid", ".errors.on_panic.action",
     ALLOWED_TEXT("die"), "allowed: restart, shutdown, isolate"},
    {"lifecycle: {delete_on_exit: ^1}", "invalid", ".lifecycle.delete_on_exit",
     "the number 1 is not a bool", QUOTES_HINT},
    {"isolation: ^vm", "invalid", ".isolation", ALLOWED_TEXT("vm"),
     "allowed: auto, process, hyperv"},
    {"port_mappings: [^{host_port: 1}]", "invalid", ".port_mappings[0]",
     "the key \"container_port\" is missing", "add `container_port: 8080`"},
    {"port_mappings: [{container_port: ^65536}]", "invalid", ".port_mappings[0].container_port",
     "the number 65536 is out of range", "0 to 65535"},
    {"node_mode: ^alone", "invalid", ".node_mode", ALLOWED_TEXT("alone"),
     "allowed: shared, dedicated, exclusive"},
    {"node_selector: {labels: {a: ^[b]}}", "invalid", ".node_selector.labels.a",
     "a list is not a text", "write one value"},
    {"affinity: ^near", "invalid", ".affinity", ALLOWED_TEXT("near"), "allowed: spread, pack"},
    {"affinity: ^!stay spread", "invalid", ".affinity", "the tag \"!stay\" means nothing here",
     "write the value without a tag"},
    {"hostname: ^!pin a", "invalid", ".hostname", "the tag \"!pin\" means nothing here",
     "write the value without a tag"},
    {"platform: {os: ^plan9, arch: amd64}", "invalid", ".platform.os", ALLOWED_TEXT("plan9"),
     "allowed: linux, windows, macos"},
    {"platform: ^{os: linux}", "invalid", ".platform", "the key \"arch\" is missing",
     "add `arch: amd64`"},
    {"service_type: ^daemon", "invalid", ".service_type", ALLOWED_TEXT("daemon"),
     "allowed: standard, wasm_http, wasm_plugin, wasm_transformer, wasm_authenticator, "
     "wasm_rate_limiter, wasm_middleware, wasm_router, job"},
    {"wasm: ^{}", "invalid", ".wasm", "this is for services of a wasm type",
     "add `service_type: wasm_http`, or leave this key out"},
    {WASM("^{min_instances: 11}"), "invalid", ".wasm", "min_instances 11 is above max_instances 10",
     "make min_instances at most max_instances, which is 10 by default"},
    {WASM("{max_memory: ^lots}"), "invalid", ".wasm.max_memory", "\"lots\" is not a size",
     "digits and nothing, Ki, Mi, Gi, Ti (1024) or K, M, G, T (1000): 512Mi"},
    {WASM("{capabilities: ^{http_client: true}}"), "invalid", ".wasm.capabilities",
     "a service of type wasm_http cannot have the capability metrics, which is on by default",
     "write `metrics: false`"},
    {WASM("{capabilities: {metrics: false, sockets: ^true}}"), "invalid",
     ".wasm.capabilities.sockets", "a service of type wasm_http cannot have the capability sockets",
     "write `sockets: false`"},
    {WASM("{preopens: [{source: ^'', target: /a}]}"), "invalid", ".wasm.preopens[0].source",
     "the text is empty", "write at least one character"},
    {WASM("{}\nendpoints: ^[{name: a, protocol: tcp, port: 1}]"), "invalid", ".endpoints",
     "a service of type wasm_http has no http endpoint among these",
     "add one with `protocol: http`, or leave them all out"},
    {WASM("{}\nwasm_http: ^{}"), "invalid", ".wasm_http", "wasm and wasm_http are the same key",
     "keep wasm"},
    {"logs: {max_size_bytes: ^100Mi}", "invalid", ".logs.max_size_bytes",
     "the text \"100Mi\" is not a whole number", "write a number without quotes"},
    {"restart_policy: ^{}", "invalid", ".restart_policy", "the key \"kind\" is missing",
     "add `kind: on_failure`"},
    {"restart_policy: {kind: always, ^window: 1}", "unknown-key", ".restart_policy.window",
     "the key \"window\" is not known here", "known here: kind, max_attempts, delay"},
    {"expose: ^3000", "invalid", ".expose", "the number 3000 is not a list",
     "write a list, or leave the key out"},
    {"overlay: {mode: ^full}", "invalid", ".overlay.mode", ALLOWED_TEXT("full"),
     "allowed: auto, shared, dedicated"},
    {"localhost_reachability: ^yes", "invalid", ".localhost_reachability", ALLOWED_TEXT("yes"),
     "allowed: auto, always, never"},
    {"network: {join: {mode: ^free}}", "invalid", ".network.join.mode", ALLOWED_TEXT("free"),
     "allowed: open, token, closed"},
};

START_TEST(wrong_values) {
  check_wrong_body(&wrong[_i]);
}
END_TEST

#define FILE_HEAD "version: v1\ndeployment: demo\nservices: {web: {image: {name: app}}}\n"
static const struct service_wrong wrong_files[] = {
    {FILE_HEAD "externals: {a: ^{}}\n", "invalid", "externals.a", "the key \"backends\" is missing",
     "add `backends: [\"10.0.0.1:5432\"]`"},
    {FILE_HEAD "externals: {a: {backends: ^[]}}\n", "invalid", "externals.a.backends",
     "the list is empty", "name at least one, or leave the key out"},
    {FILE_HEAD "tunnels: {t: {from: a, to: b, local_port: ^0, remote_port: 1}}\n", "invalid",
     "tunnels.t.local_port", "the number 0 is out of range", "1 to 65535"},
    {FILE_HEAD "tunnels: {t: {from: a, to: b, local_port: 1, remote_port: 1, protocol: ^quic}}\n",
     "invalid", "tunnels.t.protocol", ALLOWED_TEXT("quic"), "allowed: tcp, udp"},
    {FILE_HEAD "tunnels: {t: ^{to: b, local_port: 1, remote_port: 1}}\n", "invalid", "tunnels.t",
     "the key \"from\" is missing", "add `from: NODE`"},
    {FILE_HEAD "api: {enabled: ^'true'}\n", "invalid", "api.enabled",
     "the text \"true\" is not a bool", QUOTES_HINT},
};

START_TEST(wrong_top_level) {
  CLEANUP(arena) struct arena arena = {0};
  check_wrong(&arena, wrong_files[_i].yaml, &wrong_files[_i]);
}
END_TEST

static char warning[256];

static void keep_warning(void *user, enum log_level level, const struct problem *message) {
  (void)user;
  ck_assert_int_eq(level, LOG_LEVEL_WARNING);
  snprintf(warning, sizeof(warning), "%s %s: %s (%s)", message->code, message->at.key,
           message->text, message->hint);
}

/* The original ignores them: that is worth a word, not an error. */
START_TEST(other_keys_of_lax_mappings_are_warned_of) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  const struct log log = {.threshold = LOG_LEVEL_WARNING, .emit = keep_warning};
  const char *yaml = service_yaml(&arena, "logs: {destinaton: disk}");
  ck_assert_ok(service_load(&arena, "demo.yaml", yaml, strlen(yaml), &log, &file, &err), &err);
  ck_assert_str_eq(warning, "service.unknown-key services.web.logs.destinaton: the key "
                            "\"destinaton\" is not known here, and nobody acts on it (did you mean "
                            "\"destination\"?)");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_orchestrator");
  TCase *tests = tcase_create("service_orchestrator");
  tcase_add_test(tests, all_of_the_format_is_taken_and_listed);
  tcase_add_loop_test(tests, good_values, 0, ARRAY_LEN(good));
  tcase_add_loop_test(tests, wrong_values, 0, ARRAY_LEN(wrong));
  tcase_add_loop_test(tests, wrong_top_level, 0, ARRAY_LEN(wrong_files));
  tcase_add_test(tests, other_keys_of_lax_mappings_are_warned_of);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
