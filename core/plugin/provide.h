/* SPDX-License-Identifier: Apache-2.0 */
/* Who serves a request, and serving it: the plugins of one run. */
#ifndef DAVIT_PLUGIN_PROVIDE_H
#define DAVIT_PLUGIN_PROVIDE_H

#include "host/caller.h"
#include "oci/oci.h"
#include "plugin/instance.h"
#include "plugin/load.h"
#include "plugin/request.h"
#include "util/list.h"

struct provider_settings {
  struct plugin_path path;
  const struct host *host;
  const struct host *caller; /* what the caller of davit sees; NULL: the same */
  const struct log *log;
  enum cdi_policy cdi;
  const char *provider; /* --provider NAME; NULL: by rank */
  const struct request_option
      *options; /* of the command line: --plugin-option, and --cdi-dir as cdi:dir */
  size_t option_count;
};

/* The plugins of a run: nothing is opened before something is asked. Lives in the arena; instances
 * are closed and everything is freed with providers_close(). */
struct providers;

int providers_open(struct arena *arena, const struct provider_settings *settings,
                   struct providers **providers, struct davit_error *err) MUST_CHECK;
void providers_close(struct providers *providers);

static inline void cleanup_providers(struct providers **providers) {
  providers_close(*providers);
}

/* What is known of the container beside its document. */
struct container_facts {
  const char *id;
  const char *runtime; /* NULL: not known */
  uint32_t
      flags; /* DAVIT_CT_*; those that the document shows (namespaces, read-only root) are added */
  const struct host *rootfs;          /* NULL: not known */
  const struct host_caller *rootless; /* who runs the runtime; NULL: root */
  const char *files_directory;        /* of the bundle: where files that plugins make will lie */
  struct list *files;  /* struct made_file *, which they are added to; NULL: no bundle */
  struct list *claims; /* struct device_claim *, which is noted here; NULL: nobody wants to know */
};

/* A plugin that is linked into the program, whatever files there are, opened with the settings of
 * the run. The caller closes the instance before the providers. */
int providers_open_linked(struct providers *providers, const struct davit_plugin *linked,
                          struct instance **instance, struct davit_error *err) MUST_CHECK;

/* Serves one request: finds the provider, selects the devices, lets it inject and the vendor's
 * plugin share, and edits the document, all or nothing. With `optional` and nothing found the
 * document is left alone and a warning says so. At info level one line per device says why it was
 * chosen and by whom. */
int provide_devices(struct providers *providers, struct arena *arena,
                    const struct device_request *request, const struct container_facts *facts,
                    struct oci *oci, struct davit_error *err) MUST_CHECK;

/* The kinds of all devices whose full name fits the shell pattern, a list; "gpu.not-found" if there
 * is no such device. (pattern.c) */
int providers_match_kinds(struct providers *providers, struct arena *arena,
                          const struct request_text *pattern, const char *const **kinds,
                          struct davit_error *err) MUST_CHECK;

/* A plugin file for `davit plugins`: loaded, or refused with the reason. */
struct provider_info {
  const struct plugin_file *file;
  const struct plugin *plugin;   /* NULL: shadowed or refused */
  const struct problem *refused; /* NULL: not refused; lives until providers_close() */
};

int providers_list(struct providers *providers, struct arena *arena,
                   const struct provider_info *const **infos, struct davit_error *err) MUST_CHECK;

/* A device for `davit devices`. */
struct provider_device {
  const struct plugin *plugin;
  const struct davit_device *device;
  const struct plugin *server; /* who would give it; NULL: nobody */
  const struct davit_device
      *served_as;         /* CDI's device that stands for it, or itself; with server */
  const char *not_served; /* why nobody would; without server */
};

/* Every device that every plugin sees, in order of rank and then of the plugin's own count; a
 * generic plugin's view of a device that another one lists is left out. What is broken is logged as
 * a warning. `vendor` NULL: all. */
int providers_devices(struct providers *providers, struct arena *arena, const char *vendor,
                      const struct provider_device *const **devices,
                      struct davit_error *err) MUST_CHECK;

/* A finding of `davit doctor`. */
struct provider_finding {
  const char *source; /* the plugin's name, or another word for davit's own */
  const struct davit_finding *finding;
};

/* What the plugins find wrong here, in order of rank; a plugin that is refused or fails is a
 * finding too. `vendor` NULL: all; else its own plugin and that of CDI. `rootfs`: the root file
 * system of a container to look at too; NULL: none. */
int providers_diagnose(struct providers *providers, struct arena *arena, const char *vendor,
                       const struct host *rootfs, const struct provider_finding *const **findings,
                       struct davit_error *err) MUST_CHECK;

#endif
