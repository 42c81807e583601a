/* SPDX-License-Identifier: Apache-2.0 */
/* What several commands begin with: the host, the plugins, a rendered service. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "cli/config.h"
#include "util/cleanup.h"

/* An environment variable, unless it is empty or davit runs with more rights than its caller. */
static const char *variable(const char *name) {
  const char *value = secure_getenv(name);
  return value && value[0] ? value : NULL;
}

static int push_option(struct cli *cli, struct list *options, const char *key, const char *value,
                       const char *origin, struct davit_error *err) {
  struct request_option *option = arena_alloc(&cli->arena, sizeof(*option));
  if (!option)
    return error_memory(err);
  *option =
      (struct request_option){.plugin = "cdi", .key = key, .value = value, .at = {.key = origin}};
  return list_push(&cli->arena, options, option) ? DAVIT_OK : error_memory(err);
}

/* --cdi-dir and CDI_SPEC_DIRS are options of the cdi plugin. */
static int add_cdi_options(struct cli *cli, struct list *options, struct davit_error *err) {
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < cli->cdi_dirs.count; i++)
    answer = push_option(cli, options, "dir", cli->cdi_dirs.items[i], "--cdi-dir", err);

  const char *added = variable("CDI_SPEC_DIRS");
  char *rest = added ? arena_strdup(&cli->arena, added) : NULL;
  for (char *dir; answer == DAVIT_OK && (dir = strsep(&rest, ":"));) {
    CLEANUP(free) char *real = realpath(dir, NULL);
    if (!real) /* it may come later: like a default directory that is not there */
      continue;
    char *kept = arena_strdup(&cli->arena, real);
    answer = kept ? push_option(cli, options, "extra-dir", kept, "CDI_SPEC_DIRS", err)
                  : error_memory(err);
  }
  return answer;
}

/* Options as one array, which the settings point to. */
static int flatten_options(struct cli *cli, const struct list *options,
                           struct provider_settings *settings, struct davit_error *err) {
  struct request_option *all = arena_array(&cli->arena, options->count, sizeof(*all));
  if (!all)
    return error_memory(err);
  for (size_t i = 0; i < options->count; i++)
    all[i] = *(const struct request_option *)options->items[i];
  settings->options = all;
  settings->option_count = options->count;
  return DAVIT_OK;
}

int machine_open(struct cli *cli, struct machine *machine, struct davit_error *err) {
  int answer = host_open(cli->host_root ? cli->host_root : "/", &machine->host, err);
  if (answer == DAVIT_OK && host_is_fixture(machine->host))
    answer = host_open("/", &machine->caller, err);
  struct list options = cli->plugin_options;
  if (answer == DAVIT_OK)
    answer = add_cdi_options(cli, &options, err);
  struct provider_settings settings = {
      .path = {.dirs = list_strings(&cli->plugin_dirs),
               .variable = variable("DAVIT_PLUGIN_PATH"),
               .default_dir = DAVIT_PLUGIN_DIR,
               .allow_untrusted = cli->allow_untrusted},
      .host = machine->host,
      .caller = machine->caller,
      .log = &cli->log,
      .cdi = cli->cdi,
      .provider = cli->provider,
  };
  if (answer == DAVIT_OK)
    answer = flatten_options(cli, &options, &settings, err);
  if (answer == DAVIT_OK)
    answer = providers_open(&cli->arena, &settings, &machine->providers, err);
  return answer;
}

void cleanup_machine(struct machine *machine) {
  if (machine->providers)
    providers_close(machine->providers);
  host_close(machine->caller);
  host_close(machine->host);
}

static int complete_options(struct cli *cli, const char *rootfs, struct davit_error *err) {
  struct render_options *options = &cli->render;
  struct render_env *env = arena_array(&cli->arena, cli->env.count, sizeof(*env));
  if (!env)
    return error_memory(err);
  for (size_t i = 0; i < cli->env.count; i++)
    env[i] = *(const struct render_env *)cli->env.items[i];
  options->env = env;
  options->env_count = cli->env.count;
  options->rootfs = rootfs;
  options->args = cli->after;
  options->gpu_devices = cli->gpu_devices.count > 0 ? list_strings(&cli->gpu_devices) : NULL;

  static const char *const parents[] = {"DAVIT_CGROUP_PARENT", "ZLAYER_CGROUP_PARENT"};
  for (size_t i = 0; !options->cgroup_parent_default && i < ARRAY_LEN(parents); i++) {
    options->cgroup_parent_variable = parents[i];
    options->cgroup_parent_default = variable(parents[i]);
  }
  return complete_host_options(cli, err);
}

/* A slip in --rootfs SERVICE=DIR is not silently ignored. */
static int check_rootfs_services(const struct cli *cli, const struct service_file *file,
                                 struct davit_error *err) {
  int answer = DAVIT_OK;
  const struct service *service;
  for (size_t i = 0; answer == DAVIT_OK && i < cli->service_rootfs.count; i++) {
    const struct service_rootfs *rootfs = cli->service_rootfs.items[i];
    answer = service_find(file, rootfs->service, &service, err);
  }
  return answer;
}

int load_services(struct cli *cli, const char *path, const struct service_file **file,
                  struct davit_error *err) {
  const char *name, *text;
  size_t size;
  int answer = read_input(cli, path, &name, &text, &size, err);
  if (answer == DAVIT_OK)
    answer = service_load(&cli->arena, name, text, size, &cli->log, file, err);
  if (answer == DAVIT_OK)
    answer = check_rootfs_services(cli, *file, err);
  return answer;
}

int load_service(struct cli *cli, const char *path, const struct service_file **file,
                 const struct service **service, struct davit_error *err) {
  int answer = load_services(cli, path, file, err);
  return answer == DAVIT_OK ? service_find(*file, cli->service, service, err) : answer;
}

const char *given_rootfs(const struct cli *cli, const struct service *service) {
  for (size_t i = cli->service_rootfs.count; i > 0; i--) {
    const struct service_rootfs *rootfs = cli->service_rootfs.items[i - 1];
    if (strcmp(rootfs->service, service->name) == 0)
      return rootfs->dir;
  }
  return cli->rootfs;
}

int render_on(struct cli *cli, const struct machine *machine, const struct service_file *file,
              const struct service *service, const struct rootfs *rootfs, struct oci **oci,
              struct list *files, struct davit_error *err) {
  CLEANUP(host) struct host *lookup = NULL;
  const struct image_config *image = NULL;
  int answer = complete_options(cli, rootfs->path, err);
  if (answer == DAVIT_OK && cli->image_config)
    answer = load_image(cli, &image, err);
  if (answer == DAVIT_OK && rootfs->lookup)
    answer = host_open(rootfs->lookup, &lookup, err);
  if (answer < 0)
    return answer;

  struct context context = {.arena = &cli->arena,
                            .log = &cli->log,
                            .host = machine->host,
                            .caller = machine->caller,
                            .rootfs = lookup,
                            .file = file,
                            .service = service,
                            .image = image,
                            .options = &cli->render,
                            .providers = machine->providers};
  answer = pipeline_run(&context, err);
  if (answer < 0) {
    oci_free(context.oci);
    return answer;
  }
  *oci = context.oci;
  *files = context.files;
  return DAVIT_OK;
}

int render_service(struct cli *cli, const struct service_file *file, const struct service *service,
                   const struct rootfs *rootfs, struct oci **oci, struct list *files,
                   struct davit_error *err) {
  CLEANUP(machine) struct machine machine = {0};
  int answer = machine_open(cli, &machine, err);
  if (answer == DAVIT_OK)
    answer = render_on(cli, &machine, file, service, rootfs, oci, files, err);
  return answer;
}

int print_config(const struct oci *oci, struct davit_error *err) {
  CLEANUP(free) char *text = NULL;
  size_t size;
  int answer = oci_print(oci, &text, &size, err);
  if (answer < 0)
    return answer;
  fwrite(text, 1, size, stdout);
  return finish_output(err);
}
