/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include "cdi/filter.h"
#include "cdi/names.h"

/* How a row of the report is answered. */
#define SAME NULL

/* ---- names in full: the rows N1 to N16 of the reference report ------------------------------- */

enum verdict {
  QUALIFIED,
  SPLITS, /* into three parts, of which one breaks the grammar */
  WHOLE   /* does not split */
};

static const struct {
  const char *id, *better;
  const char *text;
  enum verdict verdict;
  const char *vendor, *class_name, *name;
} names[] = {
    {"N1", SAME, "vendor.com/class=dev", QUALIFIED, "vendor.com", "class", "dev"},
    {"N2", SAME, "a/b=c", QUALIFIED, "a", "b", "c"},
    {"N3", SAME, "aa/b=cc", QUALIFIED, "aa", "b", "cc"},
    {"N3", SAME, "a/bb=cc", QUALIFIED, "a", "bb", "cc"},
    {"N4", SAME, "vendor.com/class=0", QUALIFIED, "vendor.com", "class", "0"},
    {"N5", SAME, "vendor1.com/class1=dev1", QUALIFIED, "vendor1.com", "class1", "dev1"},
    {"N6", SAME, "vendor1.com/class.subclass=dev1", QUALIFIED, "vendor1.com", "class.subclass",
     "dev1"},
    {"N7", SAME, "other-vendor1.com/class_1=dev_1", QUALIFIED, "other-vendor1.com", "class_1",
     "dev_1"},
    {"N8", SAME, "yet_another-vendor2.com/c-lass_2=dev_1:2.3", QUALIFIED, "yet_another-vendor2.com",
     "c-lass_2", "dev_1:2.3"},
    {"N9", SAME, "_invalid.com/class=dev", SPLITS, "_invalid.com", "class", "dev"},
    {"N10", SAME, "invalid2.com-/class=dev", SPLITS, "invalid2.com-", "class", "dev"},
    {"N11", SAME, "invalid3.com/_class=dev", SPLITS, "invalid3.com", "_class", "dev"},
    {"N11", SAME, "invalid4.com/class_=dev", SPLITS, "invalid4.com", "class_", "dev"},
    {"N12", SAME, "invalid5.com/class=-dev", SPLITS, "invalid5.com", "class", "-dev"},
    {"N12", SAME, "invalid6.com/class=dev:", SPLITS, "invalid6.com", "class", "dev:"},
    {"N13", SAME, "*.com/*dev=*gpu*", SPLITS, "*.com", "*dev", "*gpu*"},
    {"N14", SAME, "", WHOLE, NULL, NULL, NULL},
    {"N14", SAME, "a", WHOLE, NULL, NULL, NULL},
    {"N14", SAME, "/dev/null", WHOLE, NULL, NULL, NULL},
    {"N14", SAME, "a=b", WHOLE, NULL, NULL, NULL},
    {"N14", SAME, "a/b", WHOLE, NULL, NULL, NULL},
    {"N14", SAME, "a/b=", WHOLE, NULL, NULL, NULL},
    {"N14", SAME, "/b=c", WHOLE, NULL, NULL, NULL},
    {"N14", SAME, "a/=c", WHOLE, NULL, NULL, NULL},
    {"N15", SAME, "a/b=c=d", SPLITS, "a", "b", "c=d"},
    {"N15", SAME, "a/b/c=d", SPLITS, "a", "b/c", "d"},
    {"N15", SAME, "a//b=c", SPLITS, "a", "/b", "c"},
    {"N15", SAME, "a/b=c/d", SPLITS, "a", "b", "c/d"},
    /* Of the report's section 2, in which these have no number. */
    {NULL, SAME, "1a/b=c", SPLITS, "1a", "b", "c"},
    {NULL, SAME, "a/1b=c", SPLITS, "a", "1b", "c"},
    {NULL, SAME, "v.com/c=a:b:c", QUALIFIED, "v.com", "c", "a:b:c"},
    {NULL, SAME, "v.com/c=d\n", SPLITS, "v.com", "c", "d\n"},
    {NULL, SAME, "v.com/c=*", SPLITS, "v.com", "c", "*"},
    {NULL, SAME, "A_..b/C=0-9", QUALIFIED, "A_..b", "C", "0-9"},
};

static void check_part(const char *part, size_t size, const char *expected) {
  ck_assert_uint_eq(size, strlen(expected));
  ck_assert_int_eq(memcmp(part, expected, size), 0);
}

START_TEST(names_split_and_are_judged) {
  const char *text = names[_i].text;
  struct name_parts parts;
  bool splits = name_split(text, &parts);
  ck_assert_msg(splits == (names[_i].verdict != WHOLE), "%s", text);
  ck_assert_msg((name_problem(text) == NULL) == (names[_i].verdict == QUALIFIED), "%s", text);
  if (!splits)
    return;
  check_part(text, parts.vendor, names[_i].vendor);
  check_part(text + parts.vendor + 1, parts.class, names[_i].class_name);
  ck_assert_str_eq(parts.name, names[_i].name);
}
END_TEST

static const struct {
  const char *text, *says;
} problems[] = {
    {"a=b", "it is not VENDOR/CLASS=NAME"}, {"_a/b=c", "the vendor must begin"},
    {"_a/_b=_c", "the vendor must begin"}, /* in the order in which one reads it */
    {"a/_b=_c", "the class must begin"},    {"a/b=_c", "it must begin and end"},
};

START_TEST(what_is_wrong_with_a_name_is_said) {
  ck_assert_contains(name_problem(problems[_i].text), problems[_i].says);
}
END_TEST

static const struct {
  const char *id, *better, *name;
  bool is_good;
} device_names[] = {
    {"N16", SAME, "a\xC3\xA9", false}, {"N16", SAME, "a b", false}, {"N16", SAME, "a/b", false},
    {"N16", SAME, ":a", false},        {"N16", SAME, "a:", false},  {NULL, SAME, "dev", true},
    {NULL, SAME, "0", true},           {NULL, SAME, "", false},     {NULL, SAME, "-dev", false},
};

START_TEST(device_names_follow_the_grammar) {
  ck_assert_msg((device_name_problem(device_names[_i].name) == NULL) == device_names[_i].is_good,
                "%s", device_names[_i].name);
}
END_TEST

static const struct {
  const char *kind;
  bool is_good;
} kinds[] = {{"a/b", true}, {"v.com", false}, {"v.com/", false}, {"/d", false}, {"", false}};

START_TEST(kinds_follow_the_grammar) {
  ck_assert_msg((kind_problem(kinds[_i].kind) == NULL) == kinds[_i].is_good, "%s", kinds[_i].kind);
}
END_TEST

START_TEST(no_part_of_a_name_is_too_long) {
  char name[3 * 300 + 3];
  memset(name, 'a', sizeof(name) - 1);
  name[300] = '/';
  name[601] = '=';
  name[sizeof(name) - 1] = '\0';
  ck_assert_ptr_null(name_problem(name));
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
    {SIZED("\xFF\xFEk\0i\0"), true},
    {SIZED("\xFE\xFF\0k\0i"), true},
    {SIZED("kind: \"nvidia\\x2ecom/gpu\"\n"), true},
    {SIZED("kind: !!binary bnZpZGlhLmNvbS9ncHU=\n"), true},
    {SIZED("kind: !!bin%61ry bnZpZGlhLmNvbS9ncHU=\n"), true},
    {SIZED("%TAG !b! tag:yaml.org,2002:bin\n---\nkind: !b!ary bnZpZGlhLmNvbS9ncHU=\n"), true},
    {SIZED("kind: amd.com/gpu # 100%\n"), false},
    {SIZED("kind: amd.com/gpu # wow!\n"), false},
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
  tcase_add_loop_test(tests, names_split_and_are_judged, 0, ARRAY_LEN(names));
  tcase_add_loop_test(tests, what_is_wrong_with_a_name_is_said, 0, ARRAY_LEN(problems));
  tcase_add_loop_test(tests, device_names_follow_the_grammar, 0, ARRAY_LEN(device_names));
  tcase_add_loop_test(tests, kinds_follow_the_grammar, 0, ARRAY_LEN(kinds));
  tcase_add_test(tests, no_part_of_a_name_is_too_long);
  tcase_add_loop_test(tests, versions_are_those_of_the_format, 0, ARRAY_LEN(versions));
  tcase_add_loop_test(tests, permissions_become_cgroup_access, 0, ARRAY_LEN(permissions));
  tcase_add_test(tests, uuids_are_those_of_vendor_tools);
  tcase_add_loop_test(tests, a_query_names_its_kinds, 0, ARRAY_LEN(wanted));
  tcase_add_loop_test(tests, no_disguised_kind_is_ruled_out, 0, ARRAY_LEN(texts));
  tcase_add_test(tests, a_vendor_is_looked_for_with_what_follows);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
