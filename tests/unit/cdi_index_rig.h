/* SPDX-License-Identifier: Apache-2.0 */
/* A host made of a few CDI files, read through the linked plugin, and answers as text. */
#ifndef DAVIT_TESTS_CDI_INDEX_RIG_H
#define DAVIT_TESTS_CDI_INDEX_RIG_H

#include "cdi/cdi.h"
#include "cdi/definitions.h"
#include "host_tree.h"
#include "plugin/provide.h"
#include "testing.h"
#include "util/log.h"

struct index_rig {
  struct tree tree; /* the host */
  struct arena arena;
  struct davit_error err;
  struct host *host;
  struct host *caller;
  struct log log;
  struct providers *providers;
  struct instance *instance;
  struct index index;
  size_t warning_count;
};

static inline void count_log(void *user, enum log_level level,
                             UNUSED const struct problem *message) {
  struct index_rig *rig = user;
  rig->warning_count += level == LOG_LEVEL_WARNING;
}

static inline void index_rig_begin(struct index_rig *rig) {
  memset(rig, 0, sizeof(*rig));
  tree_new(&rig->tree);
}

static inline void index_rig_end(struct index_rig *rig) {
  index_close(&rig->index);
  instance_close(rig->instance);
  providers_close(rig->providers);
  host_close(rig->host);
  host_close(rig->caller);
  error_clear(&rig->err);
  arena_free(&rig->arena);
  cleanup_tree(&rig->tree);
}

/* No directory has plugins: what is opened is linked. The options are cdi's. */
static inline void index_rig_open(struct index_rig *rig, const struct request_option *options,
                                  size_t option_count) {
  rig->log = (struct log){LOG_LEVEL_INFO, count_log, rig};
  ck_assert_ok(host_open(rig->tree.root, &rig->host, &rig->err), &rig->err);
  ck_assert_ok(host_open("/", &rig->caller, &rig->err), &rig->err);
  const struct provider_settings settings = {.host = rig->host,
                                             .caller = rig->caller,
                                             .log = &rig->log,
                                             .options = options,
                                             .option_count = option_count};
  ck_assert_ok(providers_open(&rig->arena, &settings, &rig->providers, &rig->err), &rig->err);
  ck_assert_ok(providers_open_linked(rig->providers, &cdi_plugin, &rig->instance, &rig->err),
               &rig->err);
  rig->index = (struct index){.arena = &rig->arena, .is_quiet = true};
}

static inline int read_index(const struct davit_host *host, void *user) {
  const struct filter all = {.takes_all = true};
  struct index *index = user;
  index->host = host;
  return index_load(index, &all);
}

static inline void index_rig_read(struct index_rig *rig) {
  index_rig_open(rig, NULL, 0);
  ck_assert_ok(instance_run(rig->instance, "read", read_index, &rig->index, &rig->err), &rig->err);
}

/* A file with the devices named (blanks between). */
static inline void put_devices(struct index_rig *rig, const char *path, const char *kind,
                               const char *names) {
  char *text = arena_printf(&rig->arena, "cdiVersion: 0.6.0\nkind: %s\ndevices:\n", kind);
  char *rest = arena_strdup(&rig->arena, names);
  for (char *name; (name = strsep(&rest, " "));)
    text = arena_printf(&rig->arena, "%s  - {name: \"%s\", containerEdits: {env: [A=b]}}\n", text,
                        name);
  tree_file(&rig->tree, path, text);
}

#endif
