/* SPDX-License-Identifier: Apache-2.0 */
/* davit spec: print the config.json of a service. */
#include "cli/cli.h"

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(oci) struct oci *oci = NULL;
  const struct service_file *file;
  const struct service *service;
  struct rootfs rootfs = {0};
  struct list files = {0};
  int answer = load_service(cli, cli->operands.items[0], &file, &service, err);
  const char *given = answer == DAVIT_OK ? given_rootfs(cli, service) : NULL;
  if (given)
    answer = real_path(cli, given, "rootfs.missing", &rootfs.path, err);
  rootfs.lookup = rootfs.path;
  if (answer == DAVIT_OK)
    answer = render_service(cli, file, service, &rootfs, &oci, &files, err);
  if (answer == DAVIT_OK)
    answer = print_config(oci, err);
  return answer;
}

const struct cli_command command_spec = {
    .name = "spec",
    .operands = "FILE [-- ARG...]",
    .summary = "print the config.json of a service",
    .least = 1,
    .most = 1,
    .takes_after = true,
    .options = (const struct cli_option *const[]){options_service, options_host, options_rootless,
                                                  options_provider, NULL},
    .run = run,
};
