/* SPDX-License-Identifier: Apache-2.0 */
/* davit build: write the bundle of a service. */
#include "cli/cli.h"

#include <string.h>

#include "bundle/bundle.h"
#include "util/cleanup.h"

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(oci) struct oci *oci = NULL;
  const struct service_file *file;
  const struct service *service;
  struct rootfs rootfs = {0};
  struct list files = {0};
  if (!cli->output)
    return usage_error(err, "davit build FILE -o DIR", "davit build needs --output");
  if (cli->all)
    return build_all(cli, err);
  int answer = load_service(&cli->session, cli->operands.items[0], &file, &service, err);
  if (answer == DAVIT_OK)
    answer = choose_rootfs(&cli->session, service, cli->output, &rootfs, err);
  if (answer == DAVIT_OK)
    answer = bundle_files_directory(&cli->session.arena, cli->output,
                                    &cli->session.render.files_directory, err);
  if (answer == DAVIT_OK)
    answer = render_service(&cli->session, file, service, &rootfs, &oci, &files, err);
  if (answer == DAVIT_OK)
    answer = write_bundle(&cli->session, cli->output, &rootfs, oci, &files, err);
  return answer;
}

static int take_output(struct session *session, const char *value, struct davit_error *err) {
  if (!value[0])
    return usage_error(err, NULL, "--output takes a directory, not \"\"");
  cli_of(session)->output = value;
  return DAVIT_OK;
}

static int take_all(struct session *session, UNUSED const char *value,
                    UNUSED struct davit_error *err) {
  cli_of(session)->all = true;
  return DAVIT_OK;
}

static const struct session_option options[] = {
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
    .options = (const struct session_option *const[]){options, options_service, options_host,
                                                      options_rootless, options_provider, NULL},
    .run = run,
};
