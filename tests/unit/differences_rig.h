/* SPDX-License-Identifier: Apache-2.0 */
/* Rendering a service of one line of keys on a fixture host, and what is in its document as short
 * texts: for the tests named after ZLayer's results and weaknesses. */
#ifndef DAVIT_TESTS_DIFFERENCES_RIG_H
#define DAVIT_TESTS_DIFFERENCES_RIG_H

#include "scratch_dir.h"

#include "pipeline/pipeline.h"
#include "util/list.h"

static struct arena arena;
static struct davit_error err;
static struct host *host, *caller;
static struct oci *oci;
static char warnings[1024];
static const char *cdi_dir; /* NULL: the fixture's own, which is empty */

static inline void keep_warning(void *user, enum log_level level, const struct problem *message) {
  (void)user, (void)level;
  size_t used = strlen(warnings);
  snprintf(warnings + used, sizeof(warnings) - used, "%s: %s\n", message->code, message->text);
}

static const struct log test_log = {.threshold = LOG_LEVEL_WARNING, .emit = keep_warning};

static inline void setup(void) {
  warnings[0] = '\0';
  cdi_dir = NULL;
  oci = NULL;
  ck_assert_ok(host_open("/", &caller, &err), &err);
}

static inline void teardown(void) {
  oci_free(oci);
  host_close(host);
  host_close(caller);
  error_clear(&err);
  arena_free(&arena);
}

static inline int run(struct context *context) {
  const struct request_option options[] = {{.plugin = "cdi", .key = "dir", .value = cdi_dir}};
  const struct provider_settings settings = {.path = {.default_dir = TEST_PLUGINS},
                                             .host = host,
                                             .caller = caller,
                                             .log = &test_log,
                                             .options = options,
                                             .option_count = cdi_dir ? 1 : 0};
  int answer = providers_open(&arena, &settings, &context->providers, &err);
  if (answer == DAVIT_OK)
    answer = pipeline_run(context, &err);
  oci = context->oci;
  providers_close(context->providers);
  return answer;
}

/* The service "w" of ours, with an image and these keys, one of them a line, on a fixture host. */
static inline int render_with(const char *fixture, const char *keys,
                              const struct render_options *options) {
  const char *text = arena_printf(&arena,
                                  "version: v1\ndeployment: test\nservices:\n  w:\n"
                                  "    image: {name: app}\n    %s\n",
                                  keys);
  const char *root = arena_printf(&arena, "%s/%s", TEST_HOSTS, fixture);
  struct context context = {
      .arena = &arena, .log = &test_log, .caller = caller, .options = options};
  ck_assert_ptr_nonnull(root);
  oci_free(oci);
  oci = NULL;
  host_close(host);
  ck_assert_ok(host_open(root, &host, &err), &err);
  context.host = host;
  int answer = service_load(&arena, "s.yaml", text, strlen(text), &test_log, &context.file, &err);
  if (answer == DAVIT_OK)
    answer = service_find(context.file, NULL, &context.service, &err);
  return answer == DAVIT_OK ? run(&context) : answer;
}

static inline int render(const char *fixture, const char *keys) {
  static const struct render_options plain = {.replica = 1};
  return render_with(fixture, keys, &plain);
}

static inline void make(const char *fixture, const char *keys) {
  ck_assert_ok(render(fixture, keys), &err);
}

/* The values of all entries whose path begins so, in the document's order, blanks between. */
static inline const char *all(const char *prefix) {
  const struct oci_entry *const *entries;
  const char *text = "";
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  for (; *entries; entries++)
    if (strncmp((*entries)->path, prefix, strlen(prefix)) == 0 && (*entries)->value)
      text = arena_printf(&arena, "%s%s%s", text, text[0] ? " " : "", (*entries)->value);
  ck_assert_ptr_nonnull(text);
  return text;
}

/* The same of what follows in their paths. */
static inline const char *names(const char *prefix) {
  const struct oci_entry *const *entries;
  const char *text = "";
  ck_assert_ok(oci_entries(oci, &arena, &entries, &err), &err);
  for (; *entries; entries++)
    if (strncmp((*entries)->path, prefix, strlen(prefix)) == 0 && (*entries)->value)
      text = arena_printf(&arena, "%s%s%s", text, text[0] ? " " : "",
                          (*entries)->path + strlen(prefix));
  ck_assert_ptr_nonnull(text);
  return text;
}

static inline void refuse(const char *fixture, const char *keys, const char *code,
                          const char *part) {
  ck_assert_int_lt(render(fixture, keys), 0);
  ck_assert_error(&err, code, part);
  error_clear(&err);
}

#endif
