/* SPDX-License-Identifier: Apache-2.0 */
/* What `davit cdi validate` has to say about each file. */
#ifndef DAVIT_CLI_CDI_REPORT_H
#define DAVIT_CLI_CDI_REPORT_H

#include "cli/cdi_specs.h"

struct cdi_report {
  const struct spec_file *file;
  struct davit_error errors;   /* the file cannot be used, or a device of it */
  struct davit_error warnings; /* it can, but ... */
  struct davit_error notes;    /* what is right, and may surprise */
};

struct cdi_reports {
  struct davit_error unreadable; /* directories and operands that cannot be read */
  struct list files;             /* struct cdi_report */
};

struct cdi_strictness {
  bool is_strict;                /* warnings are errors, and there are more */
  const struct davit_host *host; /* whose state is looked at, in its op; NULL: no host's */
};

/* Adds what is to be said about the files of an index, whose findings move into the reports.
 * False: out of memory. */
bool cdi_reports_add(struct arena *arena, const struct index *index,
                     const struct cdi_strictness *strictness,
                     struct cdi_reports *reports) MUST_CHECK;
bool cdi_reports_are_good(const struct cdi_reports *reports);
void cleanup_cdi_reports(struct cdi_reports *reports);

#endif
