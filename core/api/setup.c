/* SPDX-License-Identifier: Apache-2.0 */
/* What every use begins with: the host, the plugins, a rendered service. */
#include "api/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/config.h"
#include "util/cleanup.h"

static int push_option(struct session *session, struct list *options, const char *key,
                       const char *value, const char *origin, struct davit_error *err) {
  struct request_option *option = arena_alloc(&session->arena, sizeof(*option));
  if (!option)
    return error_memory(err);
  *option =
      (struct request_option){.plugin = "cdi", .key = key, .value = value, .at = {.key = origin}};
  return list_push(&session->arena, options, option) ? DAVIT_OK : error_memory(err);
}

/* The absolute path, without links if the directory is there. NULL: out of memory. */
static const char *absolute_path(struct arena *arena, const char *dir) {
  CLEANUP(free) char *real = realpath(dir, NULL);
  CLEANUP(free) char *here = real || dir[0] == '/' ? NULL : get_current_dir_name();
  if (here)
    return arena_printf(arena, "%s/%s", here, dir);
  return arena_strdup(arena, real ? real : dir);
}

/* --cdi-dir and CDI_SPEC_DIRS are options of the cdi plugin. */
static int add_cdi_options(struct session *session, struct list *options, struct davit_error *err) {
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < session->cdi_dirs.count; i++)
    answer = push_option(session, options, "dir", session->cdi_dirs.items[i], "--cdi-dir", err);

  const char *added = session->variables.cdi_spec_dirs;
  char *rest = added ? arena_strdup(&session->arena, added) : NULL;
  for (char *dir; answer == DAVIT_OK && (dir = strsep(&rest, ":"));) {
    const char *kept = *dir ? absolute_path(&session->arena, dir) : NULL;
    if (kept)
      answer = push_option(session, options, "extra-dir", kept, "CDI_SPEC_DIRS", err);
    else if (*dir)
      answer = error_memory(err);
  }
  return answer;
}

/* Options as one array, which the settings point to. */
static int flatten_options(struct session *session, const struct list *options,
                           struct provider_settings *settings, struct davit_error *err) {
  struct request_option *all = arena_array(&session->arena, options->count, sizeof(*all));
  if (!all)
    return error_memory(err);
  for (size_t i = 0; i < options->count; i++)
    all[i] = *(const struct request_option *)options->items[i];
  settings->options = all;
  settings->option_count = options->count;
  return DAVIT_OK;
}

int machine_open(struct session *session, struct machine *machine, struct davit_error *err) {
  int answer = host_open(session->host_root ? session->host_root : "/", &machine->host, err);
  if (answer == DAVIT_OK && host_is_fixture(machine->host))
    answer = host_open("/", &machine->caller, err);
  struct list options = session->plugin_options;
  if (answer == DAVIT_OK)
    answer = add_cdi_options(session, &options, err);
  struct provider_settings settings = {
      .path = {.dirs = list_strings(&session->plugin_dirs),
               .variable = session->variables.plugin_path,
               .default_dir = DAVIT_PLUGIN_DIR,
               .allow_untrusted = session->allow_untrusted},
      .host = machine->host,
      .caller = machine->caller,
      .log = &session->log,
      .cdi = session->cdi,
      .provider = session->provider,
  };
  if (answer == DAVIT_OK)
    answer = flatten_options(session, &options, &settings, err);
  if (answer == DAVIT_OK)
    answer = providers_open(&session->arena, &settings, &machine->providers, err);
  return answer;
}

void cleanup_machine(struct machine *machine) {
  if (machine->providers)
    providers_close(machine->providers);
  host_close(machine->caller);
  host_close(machine->host);
}

static int complete_options(struct session *session, const char *rootfs, struct davit_error *err) {
  struct render_options *options = &session->render;
  struct render_env *env = arena_array(&session->arena, session->env.count, sizeof(*env));
  if (!env)
    return error_memory(err);
  for (size_t i = 0; i < session->env.count; i++)
    env[i] = *(const struct render_env *)session->env.items[i];
  options->env = env;
  options->env_count = session->env.count;
  options->rootfs = rootfs;
  options->args = session->args;
  options->gpu_devices =
      session->gpu_devices.count > 0 ? list_strings(&session->gpu_devices) : NULL;

  options->cgroup_parent_variable = session->variables.cgroup_parent;
  options->cgroup_parent_default = session->variables.cgroup_default;
  return complete_host_options(session, err);
}

/* A slip in --rootfs SERVICE=DIR is not silently ignored. */
static int check_rootfs_services(const struct session *session, const struct service_file *file,
                                 struct davit_error *err) {
  int answer = DAVIT_OK;
  const struct service *service;
  for (size_t i = 0; answer == DAVIT_OK && i < session->service_rootfs.count; i++) {
    const struct service_rootfs *rootfs = session->service_rootfs.items[i];
    answer = service_find(file, rootfs->service, &service, err);
  }
  return answer;
}

int parse_services(struct session *session, const char *name, const char *text, size_t size,
                   const struct service_file **file, struct davit_error *err) {
  int answer = service_load(&session->arena, name, text, size, &session->log, file, err);
  return answer == DAVIT_OK ? check_rootfs_services(session, *file, err) : answer;
}

int load_services(struct session *session, const char *path, const struct service_file **file,
                  struct davit_error *err) {
  const char *name, *text;
  size_t size;
  int answer = read_input(session, path, &name, &text, &size, err);
  return answer == DAVIT_OK ? parse_services(session, name, text, size, file, err) : answer;
}

int load_service(struct session *session, const char *path, const struct service_file **file,
                 const struct service **service, struct davit_error *err) {
  int answer = load_services(session, path, file, err);
  return answer == DAVIT_OK ? service_find(*file, session->service, service, err) : answer;
}

int render_on(struct session *session, const struct machine *machine,
              const struct service_file *file, const struct service *service,
              const struct rootfs *rootfs, struct oci **oci, struct list *files,
              struct davit_error *err) {
  CLEANUP(host) struct host *lookup = NULL;
  const struct image_config *image = NULL;
  int answer = complete_options(session, rootfs->path, err);
  if (answer == DAVIT_OK && session->image_config)
    answer = load_image(session, &image, err);
  if (answer == DAVIT_OK && rootfs->lookup)
    answer = host_open(rootfs->lookup, &lookup, err);
  if (answer < 0)
    return answer;

  struct context context = {.arena = &session->arena,
                            .log = &session->log,
                            .host = machine->host,
                            .caller = machine->caller,
                            .rootfs = lookup,
                            .file = file,
                            .service = service,
                            .image = image,
                            .options = &session->render,
                            .providers = machine->providers,
                            .claims = session->claims};
  answer = pipeline_run(&context, err);
  if (answer < 0) {
    oci_free(context.oci);
    return answer;
  }
  *oci = context.oci;
  *files = context.files;
  return DAVIT_OK;
}

int render_service(struct session *session, const struct service_file *file,
                   const struct service *service, const struct rootfs *rootfs, struct oci **oci,
                   struct list *files, struct davit_error *err) {
  CLEANUP(machine) struct machine machine = {0};
  int answer = machine_open(session, &machine, err);
  if (answer == DAVIT_OK)
    answer = render_on(session, &machine, file, service, rootfs, oci, files, err);
  return answer;
}
