/* SPDX-License-Identifier: Apache-2.0 */
/* What a spec wants of the host, against the host. */
#ifndef DAVIT_CDI_HOST_CHECK_H
#define DAVIT_CDI_HOST_CHECK_H

#include "cdi/spec.h"
#include "davit/plugin.h"

/* Adds to `missing` ("cdi.file-stale") what makes an injection fail: device nodes, sources of
 * mounts, hooks and network interfaces that are not there; and to `odd` what is there but
 * otherwise. */
void host_check(const struct davit_files *files, const struct cdi_spec *spec,
                struct davit_error *missing, struct davit_error *odd);

#endif
