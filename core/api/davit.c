/* SPDX-License-Identifier: Apache-2.0 */
/* libdavit: a session behind the functions of davit/davit.h. */
#include "api/context.h"

#include <stdlib.h>
#include <string.h>

#include "api/config.h"
#include "bundle/bundle.h"
#include "util/cleanup.h"
#include "util/text.h"

struct davit *davit_new(void) {
  struct davit *davit = calloc(1, sizeof(*davit));
  if (davit)
    davit->session =
        (struct session){.render.replica = 1, .log = {.threshold = LOG_LEVEL_NONE, .user = davit}};
  return davit;
}

void davit_free(struct davit *davit) {
  if (!davit)
    return;
  error_clear(&davit->err);
  arena_free(&davit->session.arena);
  free(davit);
}

const char *davit_version(void) {
  return DAVIT_VERSION;
}

void davit_release(char *text) {
  free(text);
}

/* ---- options -------------------------------------------------------------------------------- */

static const struct session_option *const tables[] = {options_machine,
                                                      options_provider,
                                                      options_service,
                                                      options_host,
                                                      options_rootless,
                                                      options_request,
                                                      NULL};

static const struct session_option *find_option(const char *name) {
  for (const struct session_option *const *table = tables; *table; table++)
    for (const struct session_option *option = *table; option->name; option++)
      if (strcmp(option->name, name) == 0)
        return option;
  return NULL;
}

static int unknown_option(const char *name, struct davit_error *err) {
  CLEANUP(arena) struct arena scratch = {0};
  struct list names = {0};
  for (const struct session_option *const *table = tables; *table; table++)
    for (const struct session_option *option = *table; option->name; option++)
      if (!list_push(&scratch, &names, option->name))
        return error_memory(err);
  const char *nearest = text_nearest(name, list_strings(&names));
  return usage_error(err, nearest ? arena_printf(&scratch, "did you mean \"%s\"?", nearest) : NULL,
                     "there is no option \"%s\"", name);
}

int davit_set(struct davit *davit, const char *name, const char *value) {
  struct davit_error *err = context_begin(davit);
  const struct session_option *option = find_option(name);
  if (!option)
    return unknown_option(name, err);
  if (option->argument && !value)
    return usage_error(err, NULL, "--%s needs a value", name);
  if (!option->argument && value)
    return usage_error(err, NULL, "--%s takes no value", name);
  char *kept = value ? arena_strdup(&davit->session.arena, value) : NULL;
  if (value && !kept)
    return error_memory(err);

  struct session before = davit->session;
  int answer = option->take(&davit->session, kept, err);
  if (answer < 0) {
    before.arena = davit->session.arena;
    davit->session = before;
  }
  return answer;
}

int davit_set_args(struct davit *davit, const char *const *args) {
  struct davit_error *err = context_begin(davit);
  const char *const *copy = NULL;
  if (args && args[0] && !strings_copy(&davit->session.arena, args, &copy))
    return error_memory(err);
  davit->session.args = copy;
  return DAVIT_OK;
}

int davit_set_environment(struct davit *davit, const char *const *environment) {
  struct davit_error *err = context_begin(davit);
  const char *const *copy;
  if (!strings_copy(&davit->session.arena, environment, &copy))
    return error_memory(err);
  davit->session.variables.all = copy;
  return DAVIT_OK;
}

/* ---- rendering ------------------------------------------------------------------------------ */

int davit_render(struct davit *davit, const char *name, const char *text, size_t size,
                 char **config, size_t *config_size) {
  CLEANUP(run) struct run run = run_begin(davit);
  int answer = run_service(&run, name, text, size);
  if (answer == DAVIT_OK)
    answer = oci_print(run.oci, config, config_size, &davit->err);
  return answer;
}

int davit_build(struct davit *davit, const char *name, const char *text, size_t size,
                const char *directory) {
  CLEANUP(run) struct run run = run_begin(davit);
  run.bundle = directory;
  int answer = run_service(&run, name, text, size);
  return answer < 0
             ? answer
             : write_bundle(&run.session, directory, &run.rootfs, run.oci, &run.files, &davit->err);
}

int davit_inject(struct davit *davit, const char *name, const char *text, size_t size,
                 char **config, size_t *config_size) {
  CLEANUP(run) struct run run = run_begin(davit);
  struct davit_error *err = &davit->err;
  int answer = inject_config(&run.session, name, text, size, &run.oci, err);
  if (answer == DAVIT_OK)
    answer = oci_print(run.oci, config, config_size, err);
  return answer;
}
