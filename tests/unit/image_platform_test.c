/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include "image/platform.h"
#include "util/arena.h"

static const struct {
  const char *machine, *text;
} machines[] = {
    {"x86_64", "linux/amd64"},    {"aarch64", "linux/arm64/v8"}, {"armv7l", "linux/arm/v7"},
    {"armv6l", "linux/arm/v6"},   {"i686", "linux/386"},         {"ppc64le", "linux/ppc64le"},
    {"riscv64", "linux/riscv64"}, {"sparc64", "linux/sparc64"},
};

START_TEST(machines_have_names) {
  CLEANUP(arena) struct arena arena = {0};
  struct image_platform platform = image_platform_of(machines[_i].machine);
  ck_assert_str_eq(image_platform_text(&arena, &platform), machines[_i].text);
}
END_TEST

/* `better` runs on the machine and suits it better than `worse`, which runs there (or, where it is
 * the empty string, nothing else is asked). */
static const struct {
  const char *machine;
  struct image_platform better, worse;
} ranks[] = {
    {"armv7l", {"linux", "arm", "v7"}, {"linux", "arm", "v6"}},
    {"armv7l", {"linux", "arm", "v6"}, {"linux", "arm", "v5"}},
    {"armv7l", {"linux", "arm", NULL}, {"linux", "arm", "v6"}},
    {"armv8l", {"linux", "arm", "v8"}, {"linux", "arm", NULL}},
    {"aarch64", {"linux", "arm64", "v8"}, {NULL, NULL, NULL}},
    {"aarch64", {"linux", "arm64", NULL}, {NULL, NULL, NULL}},
    {"x86_64", {"linux", "amd64", NULL}, {NULL, NULL, NULL}},
    {"x86_64", {"linux", "amd64", "v1"}, {NULL, NULL, NULL}},
    {"x86_64", {NULL, "amd64", NULL}, {"linux", NULL, NULL}},
};

START_TEST(the_nearest_is_best) {
  struct image_platform machine = image_platform_of(ranks[_i].machine);
  unsigned worse = image_platform_rank(&machine, &ranks[_i].worse);
  ck_assert_uint_gt(worse, 0);
  ck_assert_uint_gt(image_platform_rank(&machine, &ranks[_i].better), worse);
}
END_TEST

static const struct {
  const char *machine;
  struct image_platform is;
} others[] = {
    {"x86_64", {"linux", "arm64", NULL}},         {"x86_64", {"windows", "amd64", NULL}},
    {"x86_64", {"unknown", "unknown", NULL}},     {"x86_64", {"linux", "amd64", "v3"}},
    {"x86_64", {"linux", "386", NULL}},           {"armv6l", {"linux", "arm", "v7"}},
    {"armv6l", {"linux", "arm", NULL}},           {"aarch64", {"linux", "arm64", "v9"}},
    {"aarch64", {"linux", "arm", "v8"}},          {"armv7l", {"linux", "arm", "seven"}},
    {"armv7l", {"linux", "arm", "v99999999999"}},
};

START_TEST(others_do_not_run) {
  struct image_platform machine = image_platform_of(others[_i].machine);
  ck_assert_uint_eq(image_platform_rank(&machine, &others[_i].is), 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("image/platform");
  TCase *tests = tcase_create("platform");
  tcase_add_loop_test(tests, machines_have_names, 0, (int)ARRAY_LEN(machines));
  tcase_add_loop_test(tests, the_nearest_is_best, 0, (int)ARRAY_LEN(ranks));
  tcase_add_loop_test(tests, others_do_not_run, 0, (int)ARRAY_LEN(others));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
