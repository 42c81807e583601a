/* SPDX-License-Identifier: Apache-2.0 */
/* Rendering a service on this machine, with a scratch directory for what it names. */
#ifndef DAVIT_TESTS_PIPELINE_RIG_H
#define DAVIT_TESTS_PIPELINE_RIG_H

#include "scratch_dir.h"

#include "pipeline/pipeline.h"

struct rig {
  struct scratch_dir dir;
  struct host *host;
  struct oci *oci;
  struct render_options options;
  struct log log;
  char logged[4096];
  struct davit_error err;
};

static inline void rig_note(void *user, enum log_level level, const struct problem *message) {
  struct rig *rig = user;
  size_t used = strlen(rig->logged);
  (void)level;
  snprintf(rig->logged + used, sizeof(rig->logged) - used, "%s: %s: %s\n",
           message->code ? message->code : "-", message->at.key ? message->at.key : "-",
           message->text);
}

static inline void rig_set_up(struct rig *rig) {
  *rig = (struct rig){.dir = scratch_dir(), .options = {.replica = 1, .rootless = ROOTLESS_NO}};
  rig->log = (struct log){.threshold = LOG_LEVEL_DEBUG, .emit = rig_note, .user = rig};
  ck_assert_ok(host_open("/", &rig->host, &rig->err), &rig->err);
}

static inline void cleanup_rig(struct rig *rig) {
  oci_free(rig->oci);
  host_close(rig->host);
  error_clear(&rig->err);
  cleanup_scratch_dir(&rig->dir);
}

/* Renders the service "web" with these keys beside its image, each line indented by four. */
static inline int rig_render(struct rig *rig, const char *keys) {
  struct arena *arena = &rig->dir.arena;
  const char *text = arena_printf(arena,
                                  "version: v1\ndeployment: test\nservices:\n"
                                  "  web:\n    image: {name: app}\n    %s\n"
                                  "  other:\n    image: {name: app}\n"
                                  "    storage: [{type: named, name: of-other, target: /x}]\n",
                                  keys);
  const struct service_file *file;
  const struct service *service;
  oci_free(rig->oci);
  rig->oci = NULL;
  error_clear(&rig->err);
  rig->logged[0] = '\0';
  ck_assert_ok(service_load(arena, "s.yaml", text, strlen(text), &rig->log, &file, &rig->err),
               &rig->err);
  ck_assert_ok(service_find(file, "web", &service, &rig->err), &rig->err);
  struct context context = {.arena = arena,
                            .log = &rig->log,
                            .host = rig->host,
                            .file = file,
                            .service = service,
                            .options = &rig->options};
  int answer = pipeline_run(&context, &rig->err);
  rig->oci = context.oci;
  return answer;
}

/* The text form of an entry of the document and the first of its sources. */
static inline const char *rig_entry(struct rig *rig, const char *path, const char **source) {
  struct arena *arena = &rig->dir.arena;
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(rig->oci, arena, &entries, &rig->err), &rig->err);
  for (; *entries; entries++)
    if (strcmp((*entries)->path, path) == 0) {
      if (source)
        *source = oci_source_text(arena, (*entries)->sources[0]);
      return (*entries)->value ? (*entries)->value : "(removed)";
    }
  return "(absent)";
}

/* The only problem, with code, key path, text and hint. */
static inline void rig_refuses(struct rig *rig, const char *keys, const char *code, const char *key,
                               const char *text, const char *hint) {
  ck_assert_int_lt(rig_render(rig, keys), 0);
  ck_assert_uint_eq(rig->err.count, 1);
  ck_assert_str_eq(rig->err.first->code, code);
  ck_assert_pstr_eq(rig->err.first->at.key, key);
  ck_assert_str_eq(rig->err.first->text, text);
  ck_assert_pstr_eq(rig->err.first->hint, hint);
}

#endif
