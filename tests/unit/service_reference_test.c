/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of references in env. */
#include "service_testing.h"

#define SECRET_HINT \
  "write $S:NAME, $S:NAME/FIELD or $S:@SERVICE/NAME, with /FIELD behind it if you like"
#define VARIABLE_HINT "write $E:NAME; a name is not empty and has no \"=\""

static const struct {
  const char *value;
  bool is_secret;
  const char *name, *service, *field;
} good[] = {
    {"$E:HOME", false, "HOME", NULL, NULL},
    {"$E:X:-y", false, "X:-y", NULL, NULL},
    {"$S:db", true, "db", NULL, NULL},
    {"$S:db.password_1", true, "db.password_1", NULL, NULL},
    {"$S:db/password", true, "db", NULL, "password"},
    {"$S:db/a:b", true, "db", NULL, "a:b"},
    {"$S:@web/db", true, "db", "web", NULL},
    {"$S:@web/db/password", true, "db", "web", "password"},
    {"$S:@web/db/a/b", true, "db", "web", "a/b"},
};

START_TEST(references_are_taken_apart) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, "env: {A: '%s'}", good[_i].value));
  ck_assert_str_eq(service->env[0].value, good[_i].value);
  const struct service_reference *reference = service->env[0].reference;
  ck_assert_ptr_nonnull(reference);
  ck_assert(reference->is_secret == good[_i].is_secret);
  ck_assert_str_eq(reference->name, good[_i].name);
  ck_assert_pstr_eq(reference->service, good[_i].service);
  ck_assert_pstr_eq(reference->field, good[_i].field);
}
END_TEST

/* The prefix is the first bytes, in this case, and there is nothing inside of a text. */
START_TEST(other_values_are_meant_as_they_are) {
  static const char *const literals[] = {"$e:HOME",  "$s:db", " $S:db", "$",    "$HOME",
                                         "x$E:HOME", "",      "$S",     "S:db", "$$S:db"};
  CLEANUP(arena) struct arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(literals); i++) {
    const struct service *service =
        load_service(&arena, arena_printf(&arena, "env: {A: '%s'}", literals[i]));
    ck_assert_ptr_null(service->env[0].reference);
    ck_assert_str_eq(service->env[0].value, literals[i]);
  }
}
END_TEST

#define NO_SECRET(value)                                                                   \
  {                                                                                        \
    "env: {A: ^'" value "'}", "invalid", ".env.A", "\"" value "\" does not name a secret", \
        SECRET_HINT                                                                        \
  }
#define NO_PROJECT(value)                                                                  \
  {                                                                                        \
    "env: {A: ^'" value "'}", "unsupported", ".env.A",                                     \
        "\"" value "\": secrets of projects and environments are not davit's", SECRET_HINT \
  }

static const struct service_wrong wrong[] = {
    {"env: {A: ^'$E:'}", "invalid", ".env.A", "\"$E:\" does not name a variable", VARIABLE_HINT},
    {"env: {A: ^'$E:A=B'}", "invalid", ".env.A", "\"$E:A=B\" does not name a variable",
     VARIABLE_HINT},
    NO_SECRET("$S:"),
    NO_SECRET("$S:/db"),
    NO_SECRET("$S:db/"),
    NO_SECRET("$S:db/a/b"),
    NO_SECRET("$S:db//b"),
    NO_SECRET("$S:a:b"),
    NO_SECRET("$S:@"),
    NO_SECRET("$S:@web"),
    NO_SECRET("$S:@web/"),
    NO_SECRET("$S:@/db"),
    NO_SECRET("$S:@web/db/"),
    NO_SECRET("$S:.."),
    NO_SECRET("$S:./db"),
    NO_SECRET("$S:@../db"),
    NO_SECRET("$S:@web/.."),
    NO_PROJECT("$S::prod/db"),
    NO_PROJECT("$S::prod/db/password"),
    NO_PROJECT("$S:shop:prod/db"),
    NO_PROJECT("$S:a:b:c/db"),
    {"env: {A: ^\"$S:a\\nb\"}", "invalid", ".env.A", "\"$S:a?b\" does not name a secret",
     SECRET_HINT},
};

START_TEST(p11_what_is_no_reference_of_davits_is_an_error) {
  check_wrong_body(&wrong[_i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_reference");
  TCase *tests = tcase_create("service_reference");
  tcase_add_loop_test(tests, references_are_taken_apart, 0, ARRAY_LEN(good));
  tcase_add_test(tests, other_values_are_meant_as_they_are);
  tcase_add_loop_test(tests, p11_what_is_no_reference_of_davits_is_an_error, 0, ARRAY_LEN(wrong));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
