/* SPDX-License-Identifier: Apache-2.0 */
/* Why a name of a query is not among the devices. */
#ifndef DAVIT_CDI_ABSENT_H
#define DAVIT_CDI_ABSENT_H

#include "cdi/index.h"

/* Tells, if a name or everything is missing: which directories were looked in, which file would
 * define the name and why it does not, and what is called nearly so. `devices`: struct
 * found_device, those that are there. False: out of memory. */
bool absent_tell(struct index *index, const struct davit_query *query, const struct filter *filter,
                 const struct list *devices, const struct davit_devices *out) MUST_CHECK;

#endif
