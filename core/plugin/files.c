/* SPDX-License-Identifier: Apache-2.0 */
/* struct davit_files over a host: texts in the op's scratch, reasons of failures kept for the op.
 */
#include "plugin/instance_state.h"

#include <string.h>

enum {
  MOST_SUBTREES = 256
};

struct files_table {
  struct davit_files api; /* first: what the plugin hands back is this struct's address */
  struct instance *instance;
  const struct host *host;
  struct host *owned;        /* the same host, if it is a subtree opened here */
  const struct host *parent; /* of a subtree */
  const char *dir;
  struct files_table *next;
};

static const struct files_table *table_of(const struct davit_files *f) {
  return (const struct files_table *)f;
}

/* Where the function that now runs says why it fails. */
static struct davit_error *why(const struct files_table *table) {
  return instance_callback_error(table->instance);
}

static int refuse_null(const struct files_table *table, const char *function) {
  return error_add(why(table), DAVIT_E_INVALID, "plugin.broken-promise", NULL,
                   "%s() was called with NULL", function);
}

static int answer_read_file(const struct davit_files *f, const char *path, const char **data,
                            size_t *size) {
  const struct files_table *table = table_of(f);
  size_t ignored;
  if (!path || !data)
    return refuse_null(table, "read_file");
  return host_read_file(table->host, &table->instance->scratch, path, data, size ? size : &ignored,
                        why(table));
}

static int answer_read_head(const struct davit_files *f, const char *path, size_t most,
                            const char **data, size_t *size) {
  const struct files_table *table = table_of(f);
  if (!path || !data || !size)
    return refuse_null(table, "read_head");
  return host_read_head(table->host, &table->instance->scratch, path, most, data, size, why(table));
}

static int answer_list_dir(const struct davit_files *f, const char *path,
                           const char *const **names) {
  const struct files_table *table = table_of(f);
  if (!path || !names)
    return refuse_null(table, "list_dir");
  return host_list_dir(table->host, &table->instance->scratch, path, names, why(table));
}

static int answer_stat_path(const struct davit_files *f, const char *path, uint32_t flags,
                            struct davit_stat *st) {
  const struct files_table *table = table_of(f);
  if (!path || !st)
    return refuse_null(table, "stat_path");
  if (flags & DAVIT_FLAGS_CRITICAL)
    return error_add(why(table), DAVIT_E_UNSUPPORTED, "plugin.unsupported", "install a newer davit",
                     "stat_path() has flags that this davit does not know: 0x%08x",
                     flags & DAVIT_FLAGS_CRITICAL);
  return host_stat(table->host, path, flags, st, why(table));
}

static int answer_read_link(const struct davit_files *f, const char *path, const char **target) {
  const struct files_table *table = table_of(f);
  if (!path || !target)
    return refuse_null(table, "read_link");
  return host_read_link(table->host, &table->instance->scratch, path, target, why(table));
}

static int answer_real_path(const struct davit_files *f, const char *path, const char **resolved) {
  const struct files_table *table = table_of(f);
  if (!path || !resolved)
    return refuse_null(table, "real_path");
  return host_real_path(table->host, &table->instance->scratch, path, resolved, why(table));
}

static int answer_subtree(const struct davit_files *f, const char *dir,
                          const struct davit_files **sub);

static struct files_table *add_table(struct instance *instance, const struct host *host) {
  struct files_table *table = arena_alloc(instance->arena, sizeof(*table));
  if (!table)
    return NULL;
  *table = (struct files_table){
      .api =
          {
              DAVIT_SIZED(struct davit_files),
              .read_file = answer_read_file,
              .list_dir = answer_list_dir,
              .stat_path = answer_stat_path,
              .read_link = answer_read_link,
              .real_path = answer_real_path,
              .subtree = answer_subtree,
              .read_head = answer_read_head,
          },
      .instance = instance,
      .host = host,
      .next = instance->files,
  };
  instance->files = table;
  return table;
}

/* A plugin may keep a subtree in its instance or ask for it in every op: one table serves both. */
static int answer_subtree(const struct davit_files *f, const char *dir,
                          const struct davit_files **sub) {
  const struct files_table *parent = table_of(f);
  struct instance *instance = parent->instance;
  if (!dir || !sub)
    return refuse_null(parent, "subtree");
  for (const struct files_table *table = instance->files; table; table = table->next) {
    if (table->owned && table->parent == parent->host && strcmp(table->dir, dir) == 0) {
      *sub = &table->api;
      return DAVIT_OK;
    }
  }
  if (instance->subtree_count == MOST_SUBTREES)
    return error_add(why(parent), DAVIT_E_INVALID, "plugin.broken-promise", NULL,
                     "subtree() was called for more than %d directories", MOST_SUBTREES);

  CLEANUP(host) struct host *opened = NULL;
  int answer = host_open_subtree(parent->host, dir, &opened, why(parent));
  if (answer < 0)
    return answer;
  const char *kept = arena_strdup(instance->arena, dir);
  struct files_table *table = kept ? add_table(instance, opened) : NULL;
  if (!table)
    return error_memory(why(parent));
  table->parent = parent->host;
  table->dir = kept;
  table->owned = STEAL(&opened);
  instance->subtree_count++;
  *sub = &table->api;
  return DAVIT_OK;
}

const struct davit_files *instance_files(struct instance *instance, const struct host *host) {
  for (const struct files_table *table = instance->files; table; table = table->next)
    if (table->host == host && !table->owned)
      return &table->api;
  const struct files_table *table = add_table(instance, host);
  return table ? &table->api : NULL;
}

void files_close(struct instance *instance) {
  for (struct files_table *table = instance->files; table; table = table->next)
    if (table->owned)
      host_close(STEAL(&table->owned));
}
