/* SPDX-License-Identifier: Apache-2.0 */
/* What one caller of davit asked for, and what becomes of it: the command line and the library are
 * two ways to fill this in. Nothing here prints, exits or reads an environment variable. */
#ifndef DAVIT_API_SESSION_H
#define DAVIT_API_SESSION_H

#include <stdbool.h>

#include "doc/doc.h"
#include "pipeline/pipeline.h"
#include "util/list.h"

/* Variables that stand in for an option, for a caller that wants them. */
struct session_variables {
  const char *plugin_path;    /* DAVIT_PLUGIN_PATH; NULL: not set, so all below */
  const char *cdi_spec_dirs;  /* CDI_SPEC_DIRS */
  const char *cgroup_parent;  /* which one is set, */
  const char *cgroup_default; /* and its value */
  const char *const *all;     /* list of "NAME=value": what "$E:" finds */
};

/* What the options said. Strings are the caller's and live as long as the session. */
struct session {
  struct arena arena;
  struct log log;
  struct session_variables variables;

  struct list plugin_dirs;    /* const char * */
  struct list plugin_options; /* struct request_option * */
  struct list cdi_dirs;       /* const char *, absolute */
  const char *host_root;      /* NULL: "/" */
  bool allow_untrusted;
  bool reads_stdin; /* for a file "-" */
  enum cdi_policy cdi;
  const char *provider;

  const char *service;
  const char *rootfs;
  struct list service_rootfs; /* struct service_rootfs * */
  bool has_replica;           /* --replica is given */
  const char *image_config;   /* as given: FILE, DIR or DIR:NAME */
  struct render_options render;
  struct list env;          /* struct render_env * */
  struct list volumes;      /* struct render_volume * */
  struct list sockets;      /* struct render_socket * */
  struct list env_allow;    /* const char * */
  struct list gpu_devices;  /* const char * */
  struct list device_names; /* struct request_text *: --device, to inject */
  struct list requests;     /* struct device_request *: --gpu, to inject */
  struct list *claims;      /* struct device_claim *: what is rendered has them; NULL: not asked */
  const char *const *args;  /* list: what the container runs; NULL: not given */
};

/* --rootfs SERVICE=DIR */
struct service_rootfs {
  const char *service;
  const char *dir;
};

/* One option. `take` stores the value, or adds a "usage" problem. */
struct session_option {
  const char *name;
  char letter;          /* 0: none */
  const char *argument; /* its name in the help; NULL: the option takes none */
  const char *help;
  int (*take)(struct session *session, const char *value, struct davit_error *err);
};

/* ---- options.c, host_options.c, request.c: tables, each ended by a nameless option ----------- */

extern const struct session_option options_machine[];  /* the host and the plugins */
extern const struct session_option options_service[];  /* which service, how it is rendered */
extern const struct session_option options_host[];     /* what of the host goes in */
extern const struct session_option options_provider[]; /* who serves a request for devices */
extern const struct session_option options_rootless[];
extern const struct session_option options_request[]; /* devices to inject */

int usage_error(struct davit_error *err, const char *hint, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* The option's value as one of `words` (list); *index is its place. */
int option_word(const char *option, const char *value, const char *const *words, size_t *index,
                struct davit_error *err) MUST_CHECK;

/* Makes of what the options of host_options.c took what the rendering reads. */
int complete_host_options(struct session *session, struct davit_error *err) MUST_CHECK;

/* ---- files.c -------------------------------------------------------------------------------- */

/* The whole of a file of the caller's, or of stdin for "-". *name is what messages call it. */
int read_input(struct session *session, const char *path, const char **name, const char **text,
               size_t *size, struct davit_error *err) MUST_CHECK;
/* The absolute path without links of a file of the caller's, which must exist. */
int real_path(struct session *session, const char *path, const char *code, const char **real,
              struct davit_error *err) MUST_CHECK;

/* ---- image.c -------------------------------------------------------------------------------- */

/* What --image-config names. */
int load_image(struct session *session, const struct image_config **config,
               struct davit_error *err) MUST_CHECK;

/* ---- setup.c -------------------------------------------------------------------------------- */

/* The host and the plugins of this run. Zeroed: not there yet; freed with cleanup_machine(). */
struct machine {
  struct host *host;
  struct host *caller; /* what the caller sees; NULL: the same */
  struct providers *providers;
};

int machine_open(struct session *session, struct machine *machine,
                 struct davit_error *err) MUST_CHECK;
void cleanup_machine(struct machine *machine);

/* Reads a service file of the caller's. */
int load_services(struct session *session, const char *path, const struct service_file **file,
                  struct davit_error *err) MUST_CHECK;
int parse_services(struct session *session, const char *name, const char *text, size_t size,
                   const struct service_file **file, struct davit_error *err) MUST_CHECK;
/* And finds the service that the options choose. */
int load_service(struct session *session, const char *path, const struct service_file **file,
                 const struct service **service, struct davit_error *err) MUST_CHECK;

/* The root file system as the config names it and where it is. Zeroed: "rootfs", beside
 * config.json, and nothing is known of it. */
struct rootfs {
  const char *path;   /* absolute, without links; NULL: "rootfs" */
  const char *lookup; /* where users are looked up; NULL: nobody is known */
};

/* Renders the service, once the machine is open, as often as it takes. *oci is owned by the caller.
 * What the config refers to in the bundle is added to `files` (struct made_file *), if the options
 * name a directory for them. */
int render_on(struct session *session, const struct machine *machine,
              const struct service_file *file, const struct service *service,
              const struct rootfs *rootfs, struct oci **oci, struct list *files,
              struct davit_error *err) MUST_CHECK;
/* The same, on a machine opened for it alone. */
int render_service(struct session *session, const struct service_file *file,
                   const struct service *service, const struct rootfs *rootfs, struct oci **oci,
                   struct list *files, struct davit_error *err) MUST_CHECK;

/* ---- rootfs.c ------------------------------------------------------------------------------- */

/* The directory that --rootfs gives the service, NULL if none. */
const char *given_rootfs(const struct session *session, const struct service *service);

/* --rootfs, or the directory `rootfs` of the bundle at `dir` if it has one. */
int choose_rootfs(struct session *session, const struct service *service, const char *dir,
                  struct rootfs *rootfs, struct davit_error *err) MUST_CHECK;

/* --rootfs alone, for a config that is written nowhere. */
int find_rootfs(struct session *session, const struct service *service, struct rootfs *rootfs,
                struct davit_error *err) MUST_CHECK;

/* ---- bundle.c ------------------------------------------------------------------------------- */

/* Writes the document and its files (struct made_file *) into the bundle at `dir`. */
int write_bundle(const struct session *session, const char *dir, const struct rootfs *rootfs,
                 const struct oci *oci, const struct list *files,
                 struct davit_error *err) MUST_CHECK;
/* The directory of a bundle's files where none is written but all are to be seen. */
extern const char explained_files[];

/* ---- config_names.c ------------------------------------------------------------------------- */

/* Adds the CDI devices that the config asks for itself (struct request_text *, full names): first
 * those of its annotations, by key, then those that stand in linux.devices, which go from there.
 * `source` is what the document was read from. */
int take_config_names(struct arena *arena, const struct doc_source *source, struct oci *oci,
                      struct list *names, struct davit_error *err) MUST_CHECK;

/* ---- inject.c ------------------------------------------------------------------------------- */

/* The document of a config.json with what the session's options and the config itself ask for.
 * "usage": nobody asks for anything. *oci is owned by the caller. */
int inject_config(struct session *session, const char *name, const char *text, size_t size,
                  struct oci **oci, struct davit_error *err) MUST_CHECK;

#endif
