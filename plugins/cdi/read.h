/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a CDI file: what it describes, and all that is to be said about it. */
#ifndef DAVIT_CDI_READ_H
#define DAVIT_CDI_READ_H

#include "cdi/spec.h"

/* The text is YAML or JSON, in UTF-8 or, with a byte order mark, in UTF-16; `file` is its name in
 * all problems, and says which of the two is tried first. Answers DAVIT_OK, also for a file that is
 * refused, or DAVIT_E_MEMORY. The findings are the caller's to clear: findings_clear(). */
int cdi_read(struct arena *arena, const char *file, const char *text, size_t size,
             struct cdi_reading *reading) MUST_CHECK;

#endif
