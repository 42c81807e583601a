/* SPDX-License-Identifier: Apache-2.0 */
/* Devices of a host, for people and for programs. */
#ifndef DAVIT_CLI_DEVICES_H
#define DAVIT_CLI_DEVICES_H

#include "cli/cli.h"

/* All print a list of struct provider_device. */
int devices_table(struct cli *cli, const struct provider_device *const *devices,
                  struct davit_error *err) MUST_CHECK;
int devices_tree(struct cli *cli, const struct provider_device *const *devices,
                 struct davit_error *err) MUST_CHECK;
int devices_json(const struct provider_device *const *devices, struct davit_error *err) MUST_CHECK;

#endif
