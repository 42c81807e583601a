/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with the CDI files of this host. */
#ifndef DAVIT_CDI_DIAGNOSE_H
#define DAVIT_CDI_DIAGNOSE_H

#include "cdi/index.h"

/* All files are loaded. */
int cdi_diagnose(struct index *index, const struct davit_findings *out) MUST_CHECK;

#endif
