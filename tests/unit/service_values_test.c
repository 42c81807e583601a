/* SPDX-License-Identifier: Apache-2.0 */
/* How scalars are taken: texts, bools, numbers, sizes, nothing and null, tags, merge keys. */
#include "service_testing.h"

#define BOOL_HINT   "write true or false, without quotes"
#define NUMBER_HINT "write a number without quotes"
#define SIZE_HINT   "digits and nothing, Ki, Mi, Gi, Ti (1024) or K, M, G, T (1000): 512Mi"
#define CORES_HINT  "write a number of cores without quotes: 0.5"

static const struct {
  const char *text;
  uint64_t bytes;
  const char *wrong;
} sizes[] = {
    {"0", 0, NULL},
    {"512", 512, NULL},
    {"1k", 1000, NULL},
    {"1K", 1000, NULL},
    {"2M", 2000000, NULL},
    {"2m", 2000000, NULL},
    {"3G", 3000000000, NULL},
    {"4T", 4000000000000, NULL},
    {"1Ki", 1024, NULL},
    {"1ki", 1024, NULL},
    {"1KI", 1024, NULL},
    {"256Mi", 268435456, NULL},
    {"1Gi", 1073741824, NULL},
    {"1Ti", 1099511627776, NULL},
    {"007", 7, NULL},
    {"9223372036854775807", INT64_MAX, NULL},
    {"8388607Ti", UINT64_C(8388607) << 40, NULL},
    {"9223372036854775808", 0, "is too large"},
    {"8388608Ti", 0, "is too large"},
    {"18446744073709551616", 0, "is too large"},
    {"99999999999999999999999K", 0, "is too large"},
    {"", 0, "is not a size"},
    {"Mi", 0, "is not a size"},
    {"1.5Gi", 0, "is not a size"},
    {"1 Gi", 0, "is not a size"},
    {" 1Gi", 0, "is not a size"},
    {"1Gi ", 0, "is not a size"},
    {"-1", 0, "is not a size"},
    {"+1", 0, "is not a size"},
    {"0x10", 0, "is not a size"},
    {"1B", 0, "is not a size"},
    {"1MB", 0, "is not a size"},
    {"1MiB", 0, "is not a size"},
    {"1P", 0, "is not a size"},
    {"1i", 0, "is not a size"},
    {"1m,mode=777", 0, "is not a size"},
};

START_TEST(sizes_have_one_grammar) {
  uint64_t bytes = 42;
  const char *wrong = service_size(sizes[_i].text, &bytes);
  if (sizes[_i].wrong) {
    ck_assert_ptr_nonnull(wrong);
    ck_assert_str_eq(wrong, sizes[_i].wrong);
    ck_assert_uint_eq(bytes, 42);
  } else {
    ck_assert_msg(!wrong, "\"%s\" %s", sizes[_i].text, wrong);
    ck_assert_uint_eq(bytes, sizes[_i].bytes);
  }
}
END_TEST

struct last_message {
  size_t count;
  char code[64];
  char text[128];
  char hint[128];
  char key[128];
  uint32_t line;
};

static void keep_message(void *user, enum log_level level, const struct problem *message) {
  struct last_message *last = user;
  ck_assert_int_eq(level, LOG_LEVEL_WARNING);
  last->count++;
  snprintf(last->code, sizeof(last->code), "%s", message->code);
  snprintf(last->text, sizeof(last->text), "%s", message->text);
  snprintf(last->hint, sizeof(last->hint), "%s", message->hint);
  snprintf(last->key, sizeof(last->key), "%s", message->at.key);
  last->line = message->at.line;
}

START_TEST(small_m_is_mega_with_a_warning) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  struct last_message last = {0};
  const struct log log = {.threshold = LOG_LEVEL_WARNING, .emit = keep_message, .user = &last};
  const struct service_file *file;
  const char *yaml = service_yaml(&arena, "shm_size: 64M\nresources: {memory: 512m}");
  ck_assert_ok(service_load(&arena, "demo.yaml", yaml, strlen(yaml), &log, &file, &err), &err);
  ck_assert_uint_eq(file->services[0]->memory, 512000000);
  ck_assert_uint_eq(last.count, 1);
  ck_assert_str_eq(last.code, "service.size-unit");
  ck_assert_str_eq(last.text, "\"512m\": m is taken as mega, 512000000 bytes");
  ck_assert_str_eq(last.hint, "write M for mega or Mi for 1024 * 1024");
  ck_assert_str_eq(last.key, "services.web.resources.memory");
  ck_assert_uint_eq(last.line, 7);
}
END_TEST

/* Reference 1.1: the raw text of a bare scalar. */
static const struct {
  const char *yaml;
  const char *text;
} texts[] = {
    {"8080", "8080"},
    {"true", "true"},
    {"1.50", "1.50"},
    {"null", "null"},
    {"~", "~"},
    {"", ""},
    {"'a b'", "a b"},
    {"\"x\\ty\"", "x\ty"},
    {"0x1F", "0x1F"},
    {"01777", "01777"},
    {"!!str 5", "5"},
    {"! 5", "5"},
    {".nan", ".nan"},
    {"a$E:b", "a$E:b"},
    {"$e:X", "$e:X"},
    {"$EDITOR", "$EDITOR"},
    {"'Größe €'", "Größe €"},
    {"2024-01-01", "2024-01-01"},
};

START_TEST(texts_are_taken_as_written) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, "env:\n  NAME: %s", texts[_i].yaml));
  ck_assert_uint_eq(service->env_count, 1);
  ck_assert_str_eq(service->env[0].name, "NAME");
  ck_assert_str_eq(service->env[0].value, texts[_i].text);
}
END_TEST

static const struct {
  const char *yaml;
  bool value;
} bools[] = {{"true", true},   {"True", true},   {"TRUE", true},
             {"false", false}, {"False", false}, {"FALSE", false}};

START_TEST(bools_are_true_or_false) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, "privileged: %s", bools[_i].yaml));
  ck_assert_int_eq(service->privileged, bools[_i].value);
  ck_assert_uint_eq(service->privileged_at.line, 6);
  ck_assert_uint_eq(service->privileged_at.column, 17);
  ck_assert_str_eq(service->privileged_at.key, "services.web.privileged");
}
END_TEST

static const struct {
  const char *yaml;
  uint32_t value;
} numbers[] = {{"1", 1}, {"1024", 1024}, {"0x10", 16}, {"0o17", 15}, {"0b101", 5}, {"+2", 2}};

START_TEST(numbers_have_four_bases) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, "resources: {gpu: {count: %s}}", numbers[_i].yaml));
  ck_assert_uint_eq(service->gpu->count, numbers[_i].value);
}
END_TEST

static const struct {
  const char *yaml;
  double value;
} cores[] = {{"2", 2},     {"0.5", 0.5},     {"0.01", 0.01}, {"1e1", 10},    {".5", 0.5},
             {"0x10", 16}, {"65536", 65536}, {"1.", 1},      {"+0.25", .25}, {"!!float 4", 4}};

START_TEST(cores_may_have_a_fraction) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, "resources: {cpu: %s}", cores[_i].yaml));
  ck_assert(service->has_cpu);
  ck_assert_double_eq(service->cpu, cores[_i].value);
  ck_assert_str_eq(service->cpu_at.key, "services.web.resources.cpu");
}
END_TEST

START_TEST(nothing_is_an_empty_list_or_mapping) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(&arena, "env:\n"
                                                       "resources:\n"
                                                       "command:\n"
                                                       "devices:\n"
                                                       "storage:\n"
                                                       "ulimits:\n"
                                                       "endpoints:\n");
  ck_assert_uint_eq(service->env_count + service->device_count + service->storage_count +
                        service->ulimit_count,
                    0);
}
END_TEST

START_TEST(null_is_the_same_as_leaving_an_optional_key_out) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, "hostname:\n"
                           "cgroup_parent: ~\n"
                           "user: null\n"
                           "apparmor: ~\n"
                           "init_container: null\n"
                           "stop_signal:\n"
                           "stop_grace_period: ~\n"
                           "shm_size: Null\n"
                           "host_network:\n"
                           "command: {entrypoint: null, args: ~, workdir: }\n"
                           "resources: {cpu: , memory: null, gpu: ~}\n");
  ck_assert_ptr_null(service->hostname.text);
  ck_assert_ptr_null(service->cgroup_parent.text);
  ck_assert(!service->user.text && !service->has_shm_size && !service->host_network);
  ck_assert_ptr_null(service->entrypoint);
  ck_assert_ptr_null(service->args);
  ck_assert_ptr_null(service->workdir.text);
  ck_assert(!service->has_cpu && !service->has_memory);
  ck_assert_ptr_null(service->gpu);
}
END_TEST

static const struct service_wrong values[] = {
    {"privileged: ^yes", "invalid", ".privileged", "the text \"yes\" is not a bool", BOOL_HINT},
    {"privileged: ^'true'", "invalid", ".privileged", "the text \"true\" is not a bool", BOOL_HINT},
    {"privileged: ^1", "invalid", ".privileged", "the number 1 is not a bool", BOOL_HINT},
    {"privileged: ^tRue", "invalid", ".privileged", "the text \"tRue\" is not a bool", BOOL_HINT},
    {"privileged: ^null", "invalid", ".privileged", "nothing is not a bool", BOOL_HINT},
    {"privileged: ^[true]", "invalid", ".privileged", "a list is not a bool", BOOL_HINT},
    {"host_network: ^on", "invalid", ".host_network", "the text \"on\" is not a bool", BOOL_HINT},
    {"resources: {gpu: {count: ^'2'}}", "invalid", ".resources.gpu.count",
     "the text \"2\" is not a whole number", NUMBER_HINT},
    {"resources: {gpu: {count: ^1.0}}", "invalid", ".resources.gpu.count",
     "the number 1.0 is not a whole number", NUMBER_HINT},
    {"resources: {gpu: {count: ^01}}", "invalid", ".resources.gpu.count",
     "the text \"01\" is not a whole number", NUMBER_HINT},
    {"resources: {gpu: {count: ^~}}", "invalid", ".resources.gpu.count",
     "nothing is not a whole number", NUMBER_HINT},
    {"env: ^null", "invalid", ".env", "nothing is not a mapping",
     "write keys with values, or leave the key out"},
    {"env: ^[A=b]", "invalid", ".env", "a list is not a mapping",
     "write keys with values, or leave the key out"},
    {"env: {A: ^[b]}", "invalid", ".env.A", "a list is not a text", "write one value"},
    {"devices: ^~", "invalid", ".devices", "nothing is not a list",
     "write a list, or leave the key out"},
    {"devices: ^/dev/kvm", "invalid", ".devices", "the text \"/dev/kvm\" is not a list",
     "write a list, or leave the key out"},
    {"devices: [^/dev/kvm]", "invalid", ".devices[0]", "the text \"/dev/kvm\" is not a mapping",
     "write keys with values, or leave the key out"},
    {"resources: ^Null", "invalid", ".resources", "nothing is not a mapping",
     "write keys with values, or leave the key out"},
    {"resources: {cpu: ^'2'}", "invalid", ".resources.cpu", "the text \"2\" is not a number",
     CORES_HINT},
    {"resources: {cpu: ^true}", "invalid", ".resources.cpu", "true is not a number", CORES_HINT},
    {"resources: {cpu: ^.nan}", "invalid", ".resources.cpu", "the number .nan is out of range",
     "cores, 0.01 to 65536"},
    {"resources: {cpu: ^.inf}", "invalid", ".resources.cpu", "the number .inf is out of range",
     "cores, 0.01 to 65536"},
    {"resources: {cpu: ^0}", "invalid", ".resources.cpu", "the number 0 is out of range",
     "cores, 0.01 to 65536"},
    {"resources: {cpu: ^-1}", "invalid", ".resources.cpu", "the number -1 is out of range",
     "cores, 0.01 to 65536"},
    {"resources: {cpu: ^0.009}", "invalid", ".resources.cpu", "the number 0.009 is out of range",
     "cores, 0.01 to 65536"},
    {"resources: {cpu: ^1e300}", "invalid", ".resources.cpu", "the number 1e300 is out of range",
     "cores, 0.01 to 65536"},
    {"resources: {cpu: ^65536.5}", "invalid", ".resources.cpu",
     "the number 65536.5 is out of range", "cores, 0.01 to 65536"},
    {"resources: {memory: ^1.5Gi}", "invalid", ".resources.memory", "\"1.5Gi\" is not a size",
     SIZE_HINT},
    {"resources: {memory: ^'1 Gi'}", "invalid", ".resources.memory", "\"1 Gi\" is not a size",
     SIZE_HINT},
    {"resources: {memory: ^8388608Ti}", "invalid", ".resources.memory",
     "\"8388608Ti\" is too large", SIZE_HINT},
    {"resources: {memory: ^0}", "invalid", ".resources.memory",
     "\"0\" is no size: 0 would mean no limit", SIZE_HINT},
    {"shm_size: ^64MB", "invalid", ".shm_size", "\"64MB\" is not a size", SIZE_HINT},
    {"shm_size: ^0Gi", "invalid", ".shm_size", "\"0Gi\" is no size: 0 would mean no limit",
     SIZE_HINT},
    {"env: {A: ^!secret b}", "invalid", ".env.A", "the tag \"!secret\" means nothing here",
     "write the value without a tag"},
    {"env: ^!!omap {A: b}", "invalid", ".env",
     "the tag \"tag:yaml.org,2002:omap\" means nothing here", "write the value without a tag"},
    {"env: {^!k A: b}", "invalid", ".env.A", "the tag \"!k\" means nothing here",
     "write the value without a tag"},
    {"env: {^<<: {A: b}, C: d}", "invalid", ".env.\"<<\"", "merge keys (<<) are not supported",
     "write the keys out; an alias may stand for a whole value"},
    {"^<<: {privileged: true}", "invalid", ".\"<<\"", "merge keys (<<) are not supported",
     "write the keys out; an alias may stand for a whole value"},
};

START_TEST(wrong_values) {
  check_wrong_body(&values[_i]);
}
END_TEST

START_TEST(long_values_are_cut_in_messages) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  char word[200] = "";
  for (size_t i = 0; i + 3 <= sizeof(word); i += 2)
    memcpy(word + i, "\xc3\xa4", 3);
  memmove(word + 1, word, sizeof(word) - 1); /* the cut falls inside of a character */
  word[0] = 'x';
  word[sizeof(word) - 2] = '\0';
  const char *body = arena_printf(&arena, "resources: {memory: \"%.195s\\nz\"}", word);
  ck_assert_int_lt(load_text(&arena, service_yaml(&arena, body), &file, &err), 0);
  ck_assert_str_eq(err.first->text, arena_printf(&arena, "\"%.79s...\" is not a size", word));
  ck_assert_ptr_null(strchr(err.first->text, '\n'));
}
END_TEST

START_TEST(an_alias_stands_for_a_whole_value) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(&arena, "command: {entrypoint: &words [a, b]}\n"
                                                       "env: {A: &value x, B: *value}");
  ck_assert_str_eq(service->entrypoint[1], "b");
  ck_assert_str_eq(service->env[1].value, "x");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_values");
  TCase *tests = tcase_create("service_values");
  tcase_add_loop_test(tests, sizes_have_one_grammar, 0, ARRAY_LEN(sizes));
  tcase_add_test(tests, small_m_is_mega_with_a_warning);
  tcase_add_loop_test(tests, texts_are_taken_as_written, 0, ARRAY_LEN(texts));
  tcase_add_loop_test(tests, bools_are_true_or_false, 0, ARRAY_LEN(bools));
  tcase_add_loop_test(tests, numbers_have_four_bases, 0, ARRAY_LEN(numbers));
  tcase_add_loop_test(tests, cores_may_have_a_fraction, 0, ARRAY_LEN(cores));
  tcase_add_test(tests, nothing_is_an_empty_list_or_mapping);
  tcase_add_test(tests, null_is_the_same_as_leaving_an_optional_key_out);
  tcase_add_loop_test(tests, wrong_values, 0, ARRAY_LEN(values));
  tcase_add_test(tests, long_values_are_cut_in_messages);
  tcase_add_test(tests, an_alias_stands_for_a_whole_value);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
