/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be said about a CDI file. */
#ifndef DAVIT_CDI_FINDINGS_H
#define DAVIT_CDI_FINDINGS_H

#include "util/error.h"

/* Each list has at most 100 problems, with line, column and key path, in the order of the lines. */
struct cdi_findings {          /* zeroed: nothing is to be said */
  struct davit_error errors;   /* CDI_BROKEN: the file is refused */
  struct davit_error warnings; /* CDI_ODD: it is used, and each user is told: other readers may take
                                  it in another way, or not at all */
  struct davit_error strict; /* CDI_STRICT: it is used; for those who write files, not for users */
};

#define CDI_BROKEN "cdi.file-broken"
#define CDI_ODD    "cdi.file-odd"
#define CDI_STRICT "cdi.file-strict"

void findings_clear(struct cdi_findings *findings);

static inline void cleanup_findings(struct cdi_findings *findings) {
  findings_clear(findings);
}

#endif
