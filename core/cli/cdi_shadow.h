/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a CDI file that davit wrote is what counts. */
#ifndef DAVIT_CLI_CDI_SHADOW_H
#define DAVIT_CLI_CDI_SHADOW_H

#include "api/spec_file.h"
#include "cli/cli.h"

/* Warns of files that define its devices with higher priority ("cdi.shadowed"), if its directory is
 * one of those that the options name. */
int cdi_warn_shadowed(struct cli *cli, const struct spec_place *place,
                      struct davit_error *err) MUST_CHECK;

#endif
