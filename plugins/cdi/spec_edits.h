/* SPDX-License-Identifier: Apache-2.0 */
/* The part of a spec that says what to do to a container. */
#ifndef DAVIT_CDI_SPEC_EDITS_H
#define DAVIT_CDI_SPEC_EDITS_H

#include "cdi/fields.h"

void read_edits(struct reader *reader, const struct doc_node *value, void *into); /* cdi_edits */

#endif
