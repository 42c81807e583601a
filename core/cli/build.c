/* SPDX-License-Identifier: Apache-2.0 */
/* davit build: write the bundle of a service. */
#include "cli/cli.h"

#include <string.h>

#include "bundle/bundle.h"
#include "util/cleanup.h"

int choose_rootfs(struct cli *cli, const struct service *service, const char *dir,
                  struct rootfs *rootfs, struct davit_error *err) {
  struct bundle_state state;
  int answer = bundle_inspect(dir, &state, err);
  if (answer < 0)
    return answer;
  const char *own = NULL;
  if (state.has_real_rootfs) {
    const char *path = arena_printf(&cli->arena, "%s/rootfs", dir);
    if (!path)
      return error_memory(err);
    answer = real_path(cli, path, "rootfs.missing", &own, err);
  }
  const char *asked = given_rootfs(cli, service), *given = NULL;
  if (answer == DAVIT_OK && asked)
    answer = real_path(cli, asked, "rootfs.missing", &given, err);
  if (answer < 0)
    return answer;
  if (!given && !own)
    return error_add(err, DAVIT_E_NOT_FOUND, "rootfs.missing",
                     "give --rootfs DIR, or unpack the image into that directory",
                     "no root file system: there is no directory %s/rootfs", dir);
  if (given && own && strcmp(given, own) == 0)
    given = NULL;
  *rootfs = (struct rootfs){.path = given, .lookup = given ? given : own};
  return DAVIT_OK;
}

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(oci) struct oci *oci = NULL;
  CLEANUP(free) char *config = NULL;
  const struct service_file *file;
  const struct service *service;
  struct rootfs rootfs = {0};
  struct list files = {0};
  size_t size = 0;
  if (!cli->output)
    return usage_error(err, "davit build FILE -o DIR", "davit build needs --output");
  if (cli->all)
    return build_all(cli, err);
  int answer = load_service(cli, cli->operands.items[0], &file, &service, err);
  if (answer == DAVIT_OK)
    answer = choose_rootfs(cli, service, cli->output, &rootfs, err);
  if (answer == DAVIT_OK)
    answer = bundle_files_directory(&cli->arena, cli->output, &cli->render.files_directory, err);
  if (answer == DAVIT_OK)
    answer = render_service(cli, file, service, &rootfs, &oci, &files, err);
  if (answer == DAVIT_OK)
    answer = oci_print(oci, &config, &size, err);
  const struct bundle_content content = {.rootfs = rootfs.path,
                                         .config = config,
                                         .config_size = size,
                                         .files =
                                             (const struct made_file *const *)list_strings(&files)};
  if (answer == DAVIT_OK)
    answer = bundle_write(cli->output, &content, err);
  if (answer == DAVIT_OK)
    log_info(&cli->log, "wrote %s/config.json", cli->output);
  return answer;
}

static int take_output(struct cli *cli, const char *value, struct davit_error *err) {
  if (!value[0])
    return usage_error(err, NULL, "--output takes a directory, not \"\"");
  cli->output = value;
  return DAVIT_OK;
}

static int take_all(struct cli *cli, UNUSED const char *value, UNUSED struct davit_error *err) {
  cli->all = true;
  return DAVIT_OK;
}

static const struct cli_option options[] = {
    {"output", 'o', "DIR", "the bundle's directory (required)", take_output},
    {"all", 0, NULL, "every replica of every service, each as DIR/CONTAINER-ID", take_all},
    {0},
};

const struct cli_command command_build = {
    .name = "build",
    .operands = "FILE [-- ARG...]",
    .summary = "write the bundle of a service",
    .least = 1,
    .most = 1,
    .takes_after = true,
    .options = (const struct cli_option *const[]){options, options_service, options_host,
                                                  options_rootless, options_provider, NULL},
    .run = run,
};
