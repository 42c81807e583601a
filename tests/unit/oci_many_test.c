/* SPDX-License-Identifier: Apache-2.0 */
/* Many edits: long random sequences leave no entry without a source, the cost of an edit does not
 * grow with the document, memory that runs out is an error like any other. */
#include "testing.h"

#include <cjson/cJSON.h>

#include "oci/oci.h"
#include "oci_testing.h"

static struct davit_error err;

static void clear_error(void) {
  error_clear(&err);
}

/* ---- random sequences ------------------------------------------------------------------------ */

static uint32_t next_random(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(*state >> 33);
}

static int edit_lists(struct oci *oci, unsigned kind, const char *name, uint32_t number,
                      const struct oci_source *source) {
  const char *const strings[] = {name, "x", NULL};
  const struct oci_mount mount = {name, "bind", name, number % 2 ? strings : NULL};
  const struct oci_hook hook = {.name = "createRuntime", .path = name, .args = strings};
  const struct oci_device device = {.path = name, .type = 'c', .major = number, .minor = 1};
  const struct oci_rule rule = {number % 3 > 0, "abc"[number % 3], number, OCI_ANY, "rw"};
  switch (kind) {
  case 0:
    return oci_add_mount(oci, &mount, source, &err);
  case 1:
    return oci_add_hook(oci, &hook, source, &err);
  case 2:
    return oci_add_device(oci, &device, source, &err);
  case 3:
    return oci_add_device_rule(oci, &rule, source, &err);
  case 4:
    return oci_set_capabilities(oci, strings, source, &err);
  case 5:
    return oci_set_masked_paths(oci, strings, source, &err);
  case 6:
    return oci_set_readonly_paths(oci, strings, source, &err);
  default:
    return oci_set_args(oci, strings, source, &err);
  }
}

static int edit_names(struct oci *oci, unsigned kind, const char *name, uint32_t number,
                      const struct oci_source *source) {
  switch (kind) {
  case 0:
    return oci_set_env(oci, name, "value", source, &err);
  case 1:
    return oci_add_gid(oci, number, source, &err);
  case 2:
    return oci_set_rlimit(oci, name, number, number, source, &err);
  case 3:
    return oci_set_annotation(oci, name, number % 2 ? "a" : "b", source, &err);
  case 4:
    return oci_add_namespace(oci, name, number % 2 ? "/n" : NULL, source, &err);
  case 5:
    return oci_set_unified(oci, name, number % 2 ? "a 1" : "b 2", number % 3 > 0, source, &err);
  case 6:
    return oci_set_net_device(oci, name, "eth0", source, &err);
  default:
    return oci_set_intel_rdt(oci, number % 2 ? "schemata" : "closID", name, number == 0, source,
                             &err);
  }
}

static int edit_scalars(struct oci *oci, unsigned kind, const char *name, uint32_t number,
                        const struct oci_source *source) {
  switch (kind) {
  case 0:
    return oci_set_cwd(oci, name, source, &err);
  case 1:
    return oci_set_user(oci, number, number, source, &err);
  case 2:
    return oci_set_root(oci, name, number % 2, source, &err);
  case 3:
    return oci_set_hostname(oci, name, source, &err);
  case 4:
    return oci_set_cpu_quota(oci, number, number, source, &err);
  case 5:
    return oci_set_memory_limit(oci, number, source, &err);
  case 6:
    return oci_set_cgroups_path(oci, name, source, &err);
  default:
    return oci_sort_mounts(oci, &err);
  }
}

static int edit_randomly(struct oci *oci, uint64_t *state) {
  static const struct oci_source *const sources[] = {&by_default, &by_service, &by_option,
                                                     &by_plugin};
  static int (*const edits[])(struct oci *, unsigned, const char *, uint32_t,
                              const struct oci_source *) = {edit_lists, edit_names, edit_scalars};
  char name[16];
  uint32_t number = next_random(state) % 6;
  snprintf(name, sizeof(name), "/dev/%u.%u", number % 2, number);
  return edits[next_random(state) % ARRAY_LEN(edits)](oci, next_random(state) % 8, name, number,
                                                      sources[next_random(state) % 4]);
}

static const char *const starts[] = {NULL, "runc-spec.json", "crun-spec.json"};

START_TEST(every_entry_has_a_source_whatever_is_done) {
  uint64_t state = (uint64_t)_i;
  const char *start = starts[(size_t)_i % ARRAY_LEN(starts)];
  CLEANUP(oci) struct oci *oci = NULL;
  if (start)
    oci = parsed_config(start);
  else
    ck_assert_ok(oci_new(&oci, &err), &err);
  for (int i = 0; i < 300; i++) {
    ck_assert_ok(edit_randomly(oci, &state), &err);
    if (i % 50 == 0)
      check_sources(oci);
  }
  check_sources(oci);

  /* What was written reads back as the same, entry by entry. */
  CLEANUP(free) char *text = printed(oci);
  CLEANUP(oci) struct oci *again = parsed(text);
  ck_assert_printed(again, text);
  CLEANUP(arena) struct arena arena = {0};
  const struct oci_entry *const *was, *const *is;
  ck_assert_ok(oci_entries(oci, &arena, &was, &err), &err);
  ck_assert_ok(oci_entries(again, &arena, &is, &err), &err);
  for (; *is; was++, is++) {
    ck_assert_str_eq((*was)->path, (*is)->path);
    ck_assert_str_eq((*was)->value, (*is)->value);
  }
  for (; *was; was++) /* what is gone comes last */
    ck_assert_ptr_null((*was)->value);
}
END_TEST

/* ---- cost ------------------------------------------------------------------------------------ */

/* A cost that grows with the document would take minutes here and run into the time limit. Under a
 * sanitizer, which slows everything down, only what comes out is of interest. */
#ifdef __SANITIZE_ADDRESS__
enum {
  MANY = 10 * 1000
};
#else
enum {
  MANY = 200 * 1000
};
#endif

static int add_env(struct oci *oci, const char *name, uint32_t number) {
  int answer = oci_set_env(oci, name, "1", &by_plugin, &err);
  char value[16];
  snprintf(value, sizeof(value), "%u", (unsigned)number);
  return answer ? answer : oci_set_env(oci, "/dev/n0000001", value, &by_option, &err);
}

static int add_mount(struct oci *oci, const char *name, uint32_t number UNUSED) {
  const struct oci_mount mount = {.destination = name, .source = name};
  return oci_add_mount(oci, &mount, &by_plugin, &err);
}

static int add_device(struct oci *oci, const char *name, uint32_t number) {
  const struct oci_device device = {.path = name, .type = 'c', .major = number, .minor = 0};
  return oci_add_device(oci, &device, &by_plugin, &err);
}

static int add_rule(struct oci *oci, const char *name UNUSED, uint32_t number) {
  const struct oci_rule rule = {true, 'c', number, 0, "rw"};
  return oci_add_device_rule(oci, &rule, &by_plugin, &err);
}

static int add_hook(struct oci *oci, const char *name, uint32_t number UNUSED) {
  const struct oci_hook hook = {.name = "prestart", .path = name};
  return oci_add_hook(oci, &hook, &by_plugin, &err);
}

static int add_gid(struct oci *oci, const char *name UNUSED, uint32_t number) {
  return oci_add_gid(oci, number, &by_plugin, &err);
}

static int (*const adders[])(struct oci *, const char *, uint32_t) = {
    add_env, add_mount, add_device, add_rule, add_hook, add_gid};

START_TEST(an_edit_costs_the_same_in_a_large_document) {
  CLEANUP(oci) struct oci *oci = NULL;
  ck_assert_ok(oci_new(&oci, &err), &err);
  for (uint32_t i = 1; i <= MANY; i++) {
    char name[32];
    snprintf(name, sizeof(name), "/dev/n%07u", (unsigned)i);
    ck_assert_int_eq(adders[_i](oci, name, i), DAVIT_OK);
    ck_assert_int_eq(adders[_i](oci, name, i), DAVIT_OK); /* the same again adds nothing */
  }
  CLEANUP(arena) struct arena arena = {0};
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  size_t count = 0;
  while (entries[count])
    count++;
  ck_assert_uint_eq(count, (size_t)MANY + 1); /* and the version */
}
END_TEST

/* ---- memory ---------------------------------------------------------------------------------- */

static size_t allocations_left; /* of cJSON, which takes all memory of the tree */

static void *scarce_malloc(size_t size) {
  if (allocations_left == 0)
    return NULL;
  allocations_left--;
  return malloc(size);
}

START_TEST(memory_that_runs_out_is_reported) {
  cJSON_Hooks hooks = {.malloc_fn = scarce_malloc, .free_fn = free};
  cJSON_InitHooks(&hooks);
  for (size_t limit = 0;; limit++) {
    ck_assert_uint_lt(limit, 100000);
    uint64_t state = 1;
    allocations_left = limit;
    CLEANUP(oci) struct oci *oci = NULL;
    int answer = oci_new(&oci, &err);
    for (int i = 0; i < 40 && answer == DAVIT_OK; i++)
      answer = edit_randomly(oci, &state);
    if (answer == DAVIT_OK)
      break;
    ck_assert_int_eq(answer, DAVIT_E_MEMORY);
    ck_assert_str_eq(err.last->code, "memory.out");
    error_clear(&err);
    if (oci) { /* still whole, and good for more */
      allocations_left = 1000;
      ck_assert_ok(oci_set_env(oci, "AFTER", "1", &by_plugin, &err), &err);
      ck_assert_str_eq(oci_get_env(oci, "AFTER", NULL), "1");
      check_sources(oci);
    }
  }
  cJSON_InitHooks(NULL);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("oci_many");
  TCase *tests = tcase_create("oci_many");
  tcase_add_checked_fixture(tests, NULL, clear_error);
  tcase_add_loop_test(tests, every_entry_has_a_source_whatever_is_done, 0, 60);
  tcase_add_loop_test(tests, an_edit_costs_the_same_in_a_large_document, 0, ARRAY_LEN(adders));
  tcase_add_test(tests, memory_that_runs_out_is_reported);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
