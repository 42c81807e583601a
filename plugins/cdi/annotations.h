/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations of a spec or a device. davit has no use for them, so only their form is checked. */
#ifndef DAVIT_CDI_ANNOTATIONS_H
#define DAVIT_CDI_ANNOTATIONS_H

#include "cdi/fields.h"

/* For tables of fields; fills nothing. */
void read_annotations(struct reader *reader, const struct doc_node *value, void *into);

#endif
