/* SPDX-License-Identifier: Apache-2.0 */
/* A toy plugin, opened on a host of the test's own. */
#ifndef DAVIT_TESTS_TOY_INSTANCE_H
#define DAVIT_TESTS_TOY_INSTANCE_H

#include "scratch_dir.h"

#include "plugin/instance.h"

struct toy {
  struct scratch_dir dir; /* the host */
  struct host *host;
  struct instance *instance;
  struct davit_error err;
  struct log log;
  char logged[4096]; /* "warning: TEXT\n" ..., newest last */
};

static inline void cleanup_toy(struct toy *toy) {
  instance_close(toy->instance);
  host_close(toy->host);
  error_clear(&toy->err);
  cleanup_scratch_dir(&toy->dir);
}

static inline void note_log(void *user, enum log_level level, const struct problem *message) {
  static const char *const levels[] = {"debug", "info", "warning"};
  struct toy *toy = user;
  size_t used = strlen(toy->logged);
  snprintf(toy->logged + used, sizeof(toy->logged) - used, "%s%s%s: %s%s%s\n", levels[level],
           message->code ? " " : "", message->code ? message->code : "", message->text,
           message->at.key ? " at " : "", message->at.key ? message->at.key : "");
}

static inline void toy_set_up(struct toy *toy) {
  toy->dir = scratch_dir();
  toy->log = (struct log){.threshold = LOG_LEVEL_DEBUG, .emit = note_log, .user = toy};
  ck_assert_ok(host_open(toy->dir.path, &toy->host, &toy->err), &toy->err);
}

static inline const struct plugin *toy_load(struct toy *toy, const char *directory,
                                            const char *name) {
  const struct plugin_path path = {.allow_untrusted = true};
  struct plugin_file *file = arena_alloc(&toy->dir.arena, sizeof(*file));
  file->name = name;
  file->path = arena_printf(&toy->dir.arena, TEST_TOY_PLUGINS "/%s/%s.so", directory, name);
  const struct plugin *plugin;
  ck_assert_ok(plugin_load(&toy->dir.arena, &path, file, &plugin, &toy->err), &toy->err);
  return plugin;
}

/* The answer of instance_open(); options live as long as the toy. */
static inline int toy_open(struct toy *toy, const char *directory, const char *name,
                           const struct request_option *options, size_t count) {
  const struct instance_settings settings = {
      .host = toy->host, .log = &toy->log, .options = options, .option_count = count};
  return instance_open(&toy->dir.arena, toy_load(toy, directory, name), &settings, &toy->instance,
                       &toy->err);
}

#endif
