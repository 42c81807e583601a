/* SPDX-License-Identifier: Apache-2.0 */
/* The containerEdits of CDI files, for people and as JSON. */
#ifndef DAVIT_CLI_CDI_EDITS_H
#define DAVIT_CLI_CDI_EDITS_H

#include <stdio.h>

#include "cdi/spec.h"
#include "cli/json.h"

bool cdi_edits_are_none(const struct cdi_edits *edits);
/* A line for each, indented. */
void cdi_edits_print(const struct cdi_edits *edits, FILE *out);
/* An object of the form that they have in CDI files; an empty one if there are none. */
cJSON *cdi_edits_json(const struct cdi_edits *edits);

#endif
