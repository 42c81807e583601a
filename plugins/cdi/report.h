/* SPDX-License-Identifier: Apache-2.0 */
/* Problems of files, handed to davit. */
#ifndef DAVIT_CDI_REPORT_H
#define DAVIT_CDI_REPORT_H

#include "davit/plugin.h"
#include "util/error.h"

/* Makes the op fail for each problem; the answer is that of the last one, DAVIT_OK if there is
 * none. */
int report_fail(const struct davit_host *host, const struct davit_error *problems);
/* A warning for each problem. */
void report_warn(const struct davit_host *host, const struct davit_error *problems);

#endif
