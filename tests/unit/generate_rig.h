/* SPDX-License-Identifier: Apache-2.0 */
/* A host with two usable devices of the toy "wide", and the spec that comes of it. */
#ifndef DAVIT_TESTS_GENERATE_RIG_H
#define DAVIT_TESTS_GENERATE_RIG_H

#include "scratch_dir.h"

#include "doc/doc.h"
#include "plugin/generate.h"

enum {
  RIG_DIRS = 4,
  RIG_OPTIONS = 2
};

struct generate_rig {
  struct scratch_dir dir;
  struct host *host;
  struct log log;
  char logged[8192]; /* "CODE TEXT\n" of each warning */
  const char *dirs[RIG_DIRS + 1];
  size_t dir_count;
  struct request_option options[RIG_OPTIONS];
  struct providers *providers;
  const struct generated_spec *spec;
  struct davit_error err;
};

static inline void rig_note(void *user, enum log_level level, const struct problem *message) {
  struct generate_rig *rig = user;
  size_t used = strlen(rig->logged);
  if (level == LOG_LEVEL_WARNING)
    snprintf(rig->logged + used, sizeof(rig->logged) - used, "%s %s\n",
             message->code ? message->code : "-", message->text);
}

static inline void rig_set_up(struct generate_rig *rig) {
  static const struct {
    const char *path, *content;
  } nodes[] = {{"dev/wide0", "c 241:0 0666"},   {"dev/wide1", "c 241:1 0666"},
               {"dev/wide2", "c 241:2 0666"},   {"dev/widectl", "c 241:255 0666"},
               {"dev/outside", "c 241:7 0666"}, {"dev/target", "c 241:8 0666"},
               {"dev/owned", "c 241:9 0666"},   {"dev/grouped", "c 241:10 0660 0:109"},
               {"dev/acme0", "c 240:0 0666"},   {"dev/acme1", "c 240:1 0666"}};
  *rig = (struct generate_rig){.dir = scratch_dir()};
  make_dir(&rig->dir, "dev");
  make_dir(&rig->dir, "opt");
  make_dir(&rig->dir, "opt/lib");
  for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
    make_file(&rig->dir, nodes[i].path, nodes[i].content);
  ck_assert_int_eq(symlink("target", below(&rig->dir, "dev/linked")), 0);
  ck_assert_ok(host_open(rig->dir.path, &rig->host, &rig->err), &rig->err);
  rig->log = (struct log){.threshold = LOG_LEVEL_WARNING, .emit = rig_note, .user = rig};
}

static inline void cleanup_generate_rig(struct generate_rig *rig) {
  providers_close(rig->providers);
  host_close(rig->host);
  error_clear(&rig->err);
  cleanup_scratch_dir(&rig->dir);
}

static inline void rig_install(struct generate_rig *rig, const char *toy) {
  rig->dirs[rig->dir_count++] = arena_printf(&rig->dir.arena, TEST_TOY_PLUGINS "/provide/%s", toy);
}

/* `does`: the toy's option; `cdi_dir`: where the cdi plugin looks. */
static inline void rig_open(struct generate_rig *rig, const char *does, const char *cdi_dir) {
  rig->options[0] = (struct request_option){.plugin = "wide", .key = "does", .value = does};
  rig->options[1] = (struct request_option){.plugin = "cdi", .key = "dir", .value = cdi_dir};
  const struct provider_settings settings = {
      .path = {.dirs = rig->dirs, .allow_untrusted = true},
      .host = rig->host,
      .caller = NULL,
      .log = &rig->log,
      .cdi = CDI_OFF,
      .options = rig->options,
      .option_count = cdi_dir ? 2 : 1,
  };
  ck_assert_ok(providers_open(&rig->dir.arena, &settings, &rig->providers, &rig->err), &rig->err);
}

static inline int rig_generate(struct generate_rig *rig, const char *vendor, const char *kind) {
  const struct generate_request request = {vendor, kind};
  return generate_spec(rig->providers, &rig->dir.arena, &request, &rig->spec, &rig->err);
}

static inline char *rig_print(struct generate_rig *rig, enum doc_format format) {
  char *text = NULL;
  size_t size;
  ck_assert_ok(generated_print(rig->spec, format, &text, &size, &rig->err), &rig->err);
  return text;
}

/* The JSON of the spec without blanks. */
static inline const char *rig_compact(struct generate_rig *rig) {
  CLEANUP(free) char *text = rig_print(rig, DOC_FORMAT_JSON);
  const struct doc_source source = {.file = "f", .text = text, .size = strlen(text), .code = "a.b"};
  const struct doc_node *root;
  ck_assert_ok(doc_parse_json(&rig->dir.arena, &source, &root, &rig->err), &rig->err);
  return doc_json_text(&rig->dir.arena, root);
}

#endif
