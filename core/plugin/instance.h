/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin at work: opened, asked, closed. Everything that davit hands to a plugin is made here:
 * the host table, its files, scratch memory, options, log and fail. An op's own reason (fail()) or,
 * if it gave none, that of the last davit function which failed in it becomes the problem in `err`;
 * its text names the plugin. */
#ifndef DAVIT_PLUGIN_INSTANCE_H
#define DAVIT_PLUGIN_INSTANCE_H

#include "host/host.h"
#include "plugin/load.h"
#include "plugin/request.h"
#include "util/list.h"

struct instance;

struct instance_settings {
  const struct host *host;
  const struct host *caller; /* what the caller of davit sees; NULL: the same */
  const struct log *log;
  const struct request_option
      *options; /* for this plugin (plugin NULL or its name), strongest first */
  size_t option_count;
};

/* Checks the options against those that the plugin declares: an undeclared key or a value not in
 * its list is "plugin.option" with the position where it was given and near names. */
int instance_open(struct arena *arena, const struct plugin *plugin,
                  const struct instance_settings *settings, struct instance **instance,
                  struct davit_error *err) MUST_CHECK;
void instance_close(struct instance *instance);
const struct plugin *instance_plugin(const struct instance *instance);
/* Where the messages of the next ops go. */
void instance_log_to(struct instance *instance, const struct log *log);

static inline void cleanup_instance(struct instance **instance) {
  instance_close(*instance);
}

/* Why a name of a query is not there. */
struct absence {
  const char *name; /* NULL: of the whole query */
  struct where at;
  const char *text;
  const char *remedy;
};

/* What enumerate() answered, copied deep. */
struct inventory {
  const struct davit_device *const
      *devices; /* list, in the plugin's order; struct_size is this davit's */
  size_t count;
  const struct list *absences; /* struct absence */
  int answer;                  /* of enumerate(): devices may be there beside an error */
  struct davit_error broken;   /* its problems, if answer < 0; freed with inventory_clear() */
};

/* Fails (err, "plugin.broken-promise") only when the plugin breaks the contract: a device without
 * id or kind, an id twice in a kind, a part whose parent is not there; or for memory. Not
 * supporting devices at all is an empty answer. */
int instance_enumerate(struct instance *instance, struct arena *arena,
                       const struct davit_query *query, struct inventory *inventory,
                       struct davit_error *err) MUST_CHECK;
void inventory_clear(struct inventory *inventory);

/* inject() and share(): the edits go to `edits`, a table of plugin/edits.h. */
int instance_inject(struct instance *instance, const struct davit_request *request,
                    const struct davit_edits *edits, struct davit_error *err) MUST_CHECK;
int instance_share(struct instance *instance, const struct davit_request *request,
                   const struct davit_edits *edits, struct davit_error *err) MUST_CHECK;

/* Runs a function as an op of the instance, with what the plugin would be handed. For programs that
 * link the plugin's code and want more of it than its ops. */
int instance_run(struct instance *instance, const char *op,
                 int (*run)(const struct davit_host *host, void *user), void *user,
                 struct davit_error *err) MUST_CHECK;

/* diagnose(): adds deep copies of its findings (struct davit_finding *) to the list. A plugin that
 * does not look for faults finds none. `request` NULL: the host alone. */
int instance_diagnose(struct instance *instance, struct arena *arena,
                      const struct davit_request *request, struct list *findings,
                      struct davit_error *err) MUST_CHECK;

/* For a callback of davit's that fails inside an op of this instance: the reason to report if the
 * plugin gives none. */
struct davit_error *instance_callback_error(struct instance *instance);

/* A file table over a host for plugins; its texts live until the instance's op returns. The rootfs
 * of a container gets one too. */
const struct davit_files *instance_files(struct instance *instance, const struct host *host);

#endif
