/* SPDX-License-Identifier: Apache-2.0 */
/* The spec files of all directories, each read at most once and only when it can matter. */
#ifndef DAVIT_CDI_INDEX_H
#define DAVIT_CDI_INDEX_H

#include "cdi/filter.h"
#include "cdi/read.h"
#include "davit/plugin.h"

struct spec_file {
  const char *path;
  const struct davit_files *files; /* through which it is read */
  unsigned priority;               /* of its directory; a higher one shadows lower ones */
  bool is_read;
  bool is_told;                /* its warnings */
  const struct cdi_spec *spec; /* NULL: not read, or broken */
  struct cdi_findings findings;
  const char *kind; /* as its text names it; NULL: not known */
  const char *text; /* of a broken file whose kind is not known */
  size_t size;
};

struct index {
  const struct davit_host *host;
  struct arena *arena; /* lives as long as the index */
  struct list files;   /* struct spec_file, by ascending priority, in a directory by name */
  bool is_listed;
};

/* Lists the directories, once, and reads what the filter may want. Broken files are no failure. */
int index_load(struct index *index, const struct filter *filter) MUST_CHECK;
/* A broken file whose kind the filter wants, as far as its text tells. */
bool file_counts(const struct spec_file *file, const struct filter *filter);
void index_close(struct index *index);

#endif
