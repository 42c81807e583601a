/* SPDX-License-Identifier: Apache-2.0 */
/*
 * davit/davit.h - libdavit: what the davit command does, for a program. API 0.1.
 *
 *     struct davit *davit = davit_new();
 *     char *config;
 *     size_t size;
 *     if (davit && davit_set(davit, "rootfs", "/srv/web") == DAVIT_OK &&
 *         davit_render(davit, "web.yaml", text, strlen(text), &config, &size) == DAVIT_OK) {
 *       ...
 *       davit_release(config);
 *     }
 *     davit_free(davit);
 *
 * CONTEXT    A context holds options, and the problems of the latest call. It may be used as often
 * as you like: options stay, what a call made of the host and of plugins does not.
 *
 * WHAT IS READ    The files that the options name, the host below "host-root", plugins and CDI
 * specs. No environment variable: not DAVIT_PLUGIN_PATH, not CDI_SPEC_DIRS, not
 * DAVIT_CGROUP_PARENT. What "$E:" may find in a service file is given with
 * davit_set_environment(). Standard input, output and error are left alone. Relative paths of
 * options are those of the working directory during the call that uses or sets them.
 *
 * MEMORY    Whatever is passed in need only live until the call returns. A text that is handed out
 * through a char ** is the caller's, who frees it with davit_release(); all else belongs to the
 * context and lives as said at its function. What davit keeps for a context is freed with it.
 *
 * THREADS    There are no globals. One context is used by one thread at a time; several contexts
 * may be used at once. Callbacks run on the thread that made the call, and may not use the context.
 *
 * ERRORS    A function answers DAVIT_OK or a negative DAVIT_E_* of davit/plugin.h; out parameters
 * are written on success only, and on failure nothing is changed, on disk neither, unless the disk
 * itself fails while finished files are moved to their places.
 * davit_count_problems() and davit_get_problem() say what was wrong: all that is wrong in a file
 * at once. The codes are those of davit(1). Nothing exits or aborts.
 *
 * COMPATIBILITY    Functions and options are only added, and say since when they are there. Every
 * struct has struct_size: what is behind it, a newer libdavit added.
 */
#ifndef DAVIT_DAVIT_H
#define DAVIT_DAVIT_H

#include "davit/plugin.h" /* DAVIT_OK, DAVIT_E_*, DAVIT_LOG_* */

#ifdef __cplusplus
extern "C" {
#endif

struct davit;

/* NULL: out of memory. Since 0.1, as all below. */
DAVIT_EXPORT struct davit *davit_new(void);
DAVIT_EXPORT void davit_free(struct davit *davit); /* NULL is fine */

/* "0.1.0"; of the library that runs, not of this header. */
DAVIT_EXPORT const char *davit_version(void);

/* ---- options ------------------------------------------------------------------------------- */

/* Sets an option by its name on the command line, without dashes; davit(1) and the pages of its
 * commands say what each takes. An option that may be repeated there adds to what is set, any other
 * replaces it. One without a value there takes NULL. All names:
 *
 *   the host and plugins   "host-root" "plugin-dir"+ "plugin-option"+ "cdi-dir"+
 *                          "allow-untrusted-plugins" (NULL) "cdi" "provider"
 *   which service          "service" "replica" "role" "node" "rootfs"+ "image-config"
 *   how                    "env"+ "workdir" "hostname" "host-network" (NULL) "namespace"+
 *                          "cgroup-parent" "systemd-cgroup" (NULL) "rootless" "gpu-device"+
 *                          "rank" "world-size" "local-rank" "master-addr" "ifname"
 *   what goes in           "volume"+ "volume-dir" "socket"+ "env-allow"+ "secrets-dir"
 *   for davit_inject()     "device"+ "gpu"+
 *
 * (+: may be repeated.) "usage": there is no such option, or it does not take the value. */
DAVIT_EXPORT int davit_set(struct davit *davit, const char *option, const char *value);
/* What the container runs instead of the service's arguments: what stands behind "--" on the
 * command line. A list; NULL or an empty one: the service's own. */
DAVIT_EXPORT int davit_set_args(struct davit *davit, const char *const *args);
/* A list of "NAME=value": where "$E:" looks, restricted by "env-allow" if that is set. Your own
 * environment is (const char *const *)environ. NULL, and at first: there is nothing to find. */
DAVIT_EXPORT int davit_set_environment(struct davit *davit, const char *const *environment);

/* ---- problems and messages ----------------------------------------------------------------- */

struct davit_problem {
  uint32_t struct_size;
  int32_t answer;   /* DAVIT_E_*; of a message 0 */
  const char *code; /* stable: "service.invalid"; of a message maybe NULL */
  const char *file; /* NULL: none, so all below */
  uint32_t line;    /* from 1; 0: none */
  uint32_t column;  /* from 1; 0: none */
  const char *key;  /* key path: "services.web.resources.gpu.count" */
  const char *text; /* what is wrong; never NULL */
  const char *hint; /* what would be right */
};

/* How many problems the latest call had; 0 after one that answered DAVIT_OK. */
DAVIT_EXPORT size_t davit_count_problems(const struct davit *davit);
/* Fills in as much of *problem as its struct_size says, which is set before. The texts live until
 * the next call with this context. DAVIT_E_NOT_FOUND: there are not so many. */
DAVIT_EXPORT int davit_get_problem(const struct davit *davit, size_t index,
                                   struct davit_problem *problem);

/* `message` and its texts live until the callback returns. */
typedef void davit_message_fn(void *user, int level, const struct davit_problem *message);
/* Warnings, and what was decided and why, from DAVIT_LOG_* `least` on. NULL, and at first: they are
 * dropped. */
DAVIT_EXPORT int davit_set_messages(struct davit *davit, int least, davit_message_fn *message,
                                    void *user);

/* ---- rendering ------------------------------------------------------------------------------ */

/* In all of these `name` is what messages call the text, which needs no NUL at its end. */

/* The config.json of a service: `davit spec`. The text has a NUL behind its *size bytes. What needs
 * files beside config.json is an error, "bundle.needed". */
DAVIT_EXPORT int davit_render(struct davit *davit, const char *name, const char *text, size_t size,
                              char **config, size_t *config_size);
/* Writes the bundle of a service into `directory`: `davit build`. */
DAVIT_EXPORT int davit_build(struct davit *davit, const char *name, const char *text, size_t size,
                             const char *directory);
/* Adds the devices that the config.json itself and then "device" and "gpu" ask for to it:
 * `davit inject`. */
DAVIT_EXPORT int davit_inject(struct davit *davit, const char *name, const char *text, size_t size,
                              char **config, size_t *config_size);

/* Frees a text that one of these handed out; NULL is fine. */
DAVIT_EXPORT void davit_release(char *text);

/* ---- explaining ------------------------------------------------------------------------------ */

enum { /* who asked for an entry; values are never reused */
  DAVIT_SOURCE_DEFAULT = 0,
  DAVIT_SOURCE_CONFIG = 1, /* a config.json that was read */
  DAVIT_SOURCE_IMAGE = 2,
  DAVIT_SOURCE_SERVICE = 3,
  DAVIT_SOURCE_OPTION = 4,
  DAVIT_SOURCE_PLUGIN = 5
};

struct davit_source {
  uint32_t struct_size;
  uint32_t kind;      /* DAVIT_SOURCE_* */
  const char *file;   /* NULL: none, so all below */
  const char *key;    /* key path in it, or the option: "--env" */
  const char *plugin; /* its name */
  const char *device; /* the name of the one of its devices */
  const char *text;   /* all of it, for people: "web.yaml:14 (services.web.env.A)"; never NULL */
  uint32_t line;      /* from 1; 0: none */
  uint32_t reserved0;
};

struct davit_change {
  uint32_t struct_size;
  uint32_t reserved0;
  const char *value;
  const struct davit_source *source;
};

/* One entry of a config.json: a variable, a mount, a device, a rule, a hook, a limit, ... */
struct davit_entry {
  uint32_t struct_size;
  uint32_t reserved0;
  const char *path;                           /* "process.env.PATH", "linux.devices./dev/kfd" */
  const char *value;                          /* "(secret)" for one; NULL: it is gone */
  const struct davit_source *const *sources;  /* list, who made it first; never empty */
  const struct davit_change *const *replaced; /* list, newest first */
  const struct davit_change *const *dropped;  /* list: what gave way to it, oldest first */
};

/* `entry` and all of it live until the callback returns. An answer other than 0 ends the call,
 * which then answers it. */
typedef int davit_entry_fn(void *user, const struct davit_entry *entry);
/* Every entry of the config.json of a service, in its order: `davit explain`. */
DAVIT_EXPORT int davit_explain(struct davit *davit, const char *name, const char *text, size_t size,
                               davit_entry_fn *entry, void *user);

#ifdef __cplusplus
}
#endif

#endif
