/* SPDX-License-Identifier: Apache-2.0 */
/* CDI specs and a host in a directory, and what `davit inject` makes of a config there: through
 * libdavit, with the plugins of this build. */
#ifndef DAVIT_TESTS_CDI_RIG_H
#define DAVIT_TESTS_CDI_RIG_H

#include "davit/davit.h"
#include "plugin_rig.h"

/* How a row of the reference report is answered. */
#define SAME   NULL
#define BETTER /* followed by the reason */

struct outcome {
  const char *config;   /* without blanks between its parts; NULL: refused */
  const char *problems; /* one a line: "CODE FILE:LINE:COLUMN: KEY: TEXT; HINT" */
  const char *messages; /* warnings, so too */
};

struct injector {
  struct rig *rig;
  struct davit *davit;
  struct outcome outcome;
};

static inline const char *problem_line(struct arena *arena, const struct davit_problem *problem) {
  const char *place = problem->file ? problem->file : "";
  if (problem->line > 0)
    place = arena_printf(arena, "%s:%u:%u", place, problem->line, problem->column);
  return arena_printf(arena, "%s %s: %s%s%s%s%s\n", problem->code ? problem->code : "-", place,
                      problem->key ? problem->key : "", problem->key ? ": " : "", problem->text,
                      problem->hint ? "; " : "", problem->hint ? problem->hint : "");
}

static inline void take_message(void *user, int level UNUSED, const struct davit_problem *message) {
  struct injector *injector = user;
  struct arena *arena = &injector->rig->arena;
  injector->outcome.messages =
      arena_printf(arena, "%s%s", injector->outcome.messages, problem_line(arena, message));
}

/* JSON without the blanks between its parts. */
static inline const char *compact(struct arena *arena, const char *json) {
  char *text = arena_alloc(arena, strlen(json) + 1), *end = text;
  bool is_quoted = false;
  for (; *json; json++) {
    if (*json == '"')
      is_quoted = !is_quoted;
    if (is_quoted || !strchr(" \n", *json))
      *end++ = *json;
    if (*json == '\\')
      *end++ = *++json;
  }
  return text;
}

/* A context as `davit --host-root TREE` has it. */
static inline struct injector injector_new(struct rig *rig) {
  struct injector injector = {.rig = rig, .davit = davit_new()};
  ck_assert_ptr_nonnull(injector.davit);
  static const char *const settings[][2] = {
      {"plugin-dir", TEST_PLUGINS}, {"allow-untrusted-plugins", NULL}, {"rootless", "no"}};
  for (size_t i = 0; i < ARRAY_LEN(settings); i++)
    ck_assert_int_eq(davit_set(injector.davit, settings[i][0], settings[i][1]), DAVIT_OK);
  ck_assert_int_eq(davit_set(injector.davit, "host-root", rig->tree.root), DAVIT_OK);
  return injector;
}

static inline void injector_set(struct injector *injector, const char *option, const char *value) {
  ck_assert_int_eq(davit_set(injector->davit, option, value), DAVIT_OK);
}

/* Texts live in the rig's arena. */
static inline struct outcome injector_run(struct injector *injector, const char *config) {
  struct arena *arena = &injector->rig->arena;
  injector->outcome = (struct outcome){NULL, "", ""};
  ck_assert_int_eq(davit_set_messages(injector->davit, DAVIT_LOG_WARNING, take_message, injector),
                   DAVIT_OK);
  char *text = NULL;
  size_t size = 0;
  int answer = davit_inject(injector->davit, "config.json", config, strlen(config), &text, &size);
  for (size_t i = 0; i < davit_count_problems(injector->davit); i++) {
    struct davit_problem problem = {DAVIT_SIZED(struct davit_problem)};
    ck_assert_int_eq(davit_get_problem(injector->davit, i, &problem), DAVIT_OK);
    injector->outcome.problems =
        arena_printf(arena, "%s%s", injector->outcome.problems, problem_line(arena, &problem));
  }
  ck_assert_int_eq(answer == DAVIT_OK, text != NULL);
  if (text)
    injector->outcome.config = compact(arena, text);
  davit_release(text);
  return injector->outcome;
}

/* What `davit inject --device D...` makes of the config; devices have commas between them. */
static inline struct outcome inject_devices(struct rig *rig, const char *devices,
                                            const char *config) {
  struct injector injector = injector_new(rig);
  char *rest = arena_strdup(&rig->arena, devices);
  for (char *device; (device = strsep(&rest, ","));)
    injector_set(&injector, "device", device);
  struct outcome outcome = injector_run(&injector, config);
  davit_free(injector.davit);
  return outcome;
}

#define ck_assert_config(rig, answer, expected)                               \
  do {                                                                        \
    struct outcome outcome_ = (answer);                                       \
    ck_assert_msg(outcome_.config != NULL, "refused: %s", outcome_.problems); \
    ck_assert_str_eq(outcome_.config, compact(&(rig)->arena, expected));      \
  } while (0)

#endif
