/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include "cdi/filter.h"
#include "cdi/names.h"

static const struct {
  const char *kind;
  bool is_good;
} kinds[] = {
    {"vendor.com/class", true},
    {"a/b", true},
    {"aa/b", true},
    {"vendor1.com/class.subclass", true},
    {"other-vendor1.com/class_1", true},
    {"yet_another-vendor2.com/c-lass_2", true},
    {"_invalid.com/class", false},
    {"invalid2.com-/class", false},
    {"invalid3.com/_class", false},
    {"invalid4.com/class_", false},
    {"*.com/class", false},
    {"v.com", false},
    {"v.com/", false},
    {"/d", false},
    {"", false},
    {"1a/b", false},
    {"a/1b", false},
    {"a/b/c", false},
    {"a//b", false},
    {"vendor.com/device=", false},
};

START_TEST(kinds_follow_the_grammar) {
  const char *problem = kind_problem(kinds[_i].kind);
  ck_assert_msg((problem == NULL) == kinds[_i].is_good, "%s: %s", kinds[_i].kind,
                problem ? problem : "taken");
}
END_TEST

static const struct {
  const char *name;
  bool is_good;
} names[] = {
    {"dev", true},   {"0", true},     {"c", true},   {"dev_1:2.3", true},  {"a:b:c", true},
    {"-dev", false}, {"dev:", false}, {":a", false}, {"a\xC3\xA9", false}, {"a b", false},
    {"a/b", false},  {"c=d", false},  {"", false},   {"*gpu*", false},     {"d\n", false},
};

START_TEST(device_names_follow_the_grammar) {
  ck_assert_msg((device_name_problem(names[_i].name) == NULL) == names[_i].is_good, "%s",
                names[_i].name);
}
END_TEST

static const struct {
  const char *text;
  enum cdi_version version;
} versions[] = {
    {"0.1.0", CDI_0_1_0},      {"0.3.0", CDI_0_3_0},        {"v0.3.0", CDI_0_3_0},
    {"1.1.0", CDI_1_1_0},      {"v1.1.0", CDI_1_1_0},       {"0.3", CDI_NO_VERSION},
    {"0.8.1", CDI_NO_VERSION}, {"1.2.0", CDI_NO_VERSION},   {"0.3.0-rc1", CDI_NO_VERSION},
    {"", CDI_NO_VERSION},      {"vv0.3.0", CDI_NO_VERSION},
};

START_TEST(versions_are_those_of_the_format) {
  ck_assert_int_eq(version_parse(versions[_i].text), versions[_i].version);
}
END_TEST

static const struct {
  const char *text, *access; /* NULL: not known */
} permissions[] = {{"", "rwm"},  {"rwm", "rwm"}, {"r", "r"},    {"rr", "r"},    {"mwr", "rwm"},
                   {"none", ""}, {"rwx", NULL},  {"r w", NULL}, {"None", NULL}, {"nonerw", NULL}};

START_TEST(permissions_become_cgroup_access) {
  char access[4];
  ck_assert_int_eq(permissions_are_known(permissions[_i].text), permissions[_i].access != NULL);
  if (permissions[_i].access)
    ck_assert_str_eq(permissions_access(permissions[_i].text, access), permissions[_i].access);
}
END_TEST

START_TEST(uuids_are_those_of_vendor_tools) {
  ck_assert(name_is_uuid("GPU-11111111-2222-3333-4444-555555555555"));
  ck_assert(name_is_uuid("MIG-aaaaaaaa-BBBB-cccc-dddd-eeeeeeeeeeee"));
  ck_assert(!name_is_uuid("GPU-1111"));
  ck_assert(!name_is_uuid("11111111-2222-3333-4444-555555555555"));
  ck_assert(!name_is_uuid("GPU-zzzzzzzz-2222-3333-4444-555555555555"));
}
END_TEST

/* ---- filter --------------------------------------------------------------------------------- */

static const char *const gpu_kind[] = {"nvidia.com/gpu", NULL};
static const char *const other_name[] = {"0", "amd.com/gpu=0", NULL};

static const struct {
  const char *const *kinds, *vendor;
  const char *const *names;
  const char *kind;
  bool is_wanted;
} wanted[] = {
    {gpu_kind, "nvidia", NULL, "nvidia.com/gpu", true},
    {gpu_kind, "nvidia", NULL, "nvidia.com/gpu2", false},
    {gpu_kind, "nvidia", NULL, "nvidia.com/imex-channel", false},
    {gpu_kind, "nvidia", other_name, "amd.com/gpu", true},
    {NULL, "acme", NULL, "acme.com/npu", true},
    {NULL, "acme", NULL, "acme/npu", true},
    {NULL, "acme", NULL, "acmecorp.com/npu", false},
    {NULL, "acme", NULL, "x.acme.com/npu", false},
    {NULL, "acme.com/npu", NULL, "acme.com/npu", true},
    {NULL, "acme.com/npu", NULL, "acme.com/gpu", false},
    {NULL, NULL, NULL, "anything.org/x", true},
};

START_TEST(a_query_names_its_kinds) {
  CLEANUP(arena) struct arena arena = {0};
  struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = wanted[_i].vendor,
                              .kinds = wanted[_i].kinds, .names = wanted[_i].names};
  struct filter filter;
  ck_assert(filter_init(&arena, &query, &filter));
  ck_assert_int_eq(filter_wants(&filter, wanted[_i].kind), wanted[_i].is_wanted);
}
END_TEST

#define SIZED(text) text, sizeof(text) - 1

static const struct {
  const char *text;
  size_t size;
  bool may_be;
} texts[] = {
    {SIZED("kind: nvidia.com/gpu\n"), true},
    {SIZED("kind: amd.com/gpu\n"), false},
    {SIZED("kind: \"nvidia.com\\u002fgpu\"\n"), true},
    {SIZED("\xEF\xBB\xBFkind: amd.com/gpu\n"), true},
    {SIZED("k\0i\0n\0d\0"), true},
    {SIZED("kind: !!binary bnZpZGlhLmNvbS9ncHU=\n"), true},
    {SIZED(""), false},
};

START_TEST(no_disguised_kind_is_ruled_out) {
  CLEANUP(arena) struct arena arena = {0};
  struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = "nvidia",
                              .kinds = gpu_kind};
  struct filter filter;
  ck_assert(filter_init(&arena, &query, &filter));
  ck_assert_int_eq(filter_may_want(&filter, texts[_i].text, texts[_i].size), texts[_i].may_be);
}
END_TEST

START_TEST(a_vendor_is_looked_for_with_what_follows) {
  CLEANUP(arena) struct arena arena = {0};
  struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = "acme"};
  struct filter filter;
  ck_assert(filter_init(&arena, &query, &filter));
  ck_assert(filter_may_want(&filter, SIZED("acmecorp acme/x")));
  ck_assert(filter_may_want(&filter, SIZED("acme acme.com/x")));
  ck_assert(!filter_may_want(&filter, SIZED("acmecorp.com/x acme")));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_names");
  TCase *tests = tcase_create("cdi_names");
  tcase_add_loop_test(tests, kinds_follow_the_grammar, 0, ARRAY_LEN(kinds));
  tcase_add_loop_test(tests, device_names_follow_the_grammar, 0, ARRAY_LEN(names));
  tcase_add_loop_test(tests, versions_are_those_of_the_format, 0, ARRAY_LEN(versions));
  tcase_add_loop_test(tests, permissions_become_cgroup_access, 0, ARRAY_LEN(permissions));
  tcase_add_test(tests, uuids_are_those_of_vendor_tools);
  tcase_add_loop_test(tests, a_query_names_its_kinds, 0, ARRAY_LEN(wanted));
  tcase_add_loop_test(tests, no_disguised_kind_is_ruled_out, 0, ARRAY_LEN(texts));
  tcase_add_test(tests, a_vendor_is_looked_for_with_what_follows);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
