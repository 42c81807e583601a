/* SPDX-License-Identifier: Apache-2.0 */
/* What specs say, as edits of davit's. */
#ifndef DAVIT_CDI_EDITS_H
#define DAVIT_CDI_EDITS_H

#include "cdi/index.h"

/* Edits for the devices of the request: those of a file once, then those of its devices. */
int edits_inject(struct index *index, const struct davit_request *request,
                 const struct davit_edits *edits) MUST_CHECK;

#endif
