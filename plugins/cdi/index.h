/* SPDX-License-Identifier: Apache-2.0 */
/* The spec files of all directories, each read at most once and only when it can matter. */
#ifndef DAVIT_CDI_INDEX_H
#define DAVIT_CDI_INDEX_H

#include "cdi/filter.h"
#include "cdi/spec.h"
#include "davit/plugin.h"

enum directory_state {
  DIRECTORY_LISTED,
  DIRECTORY_MISSING,
  DIRECTORY_DENIED,
  DIRECTORY_BROKEN,  /* not a directory, for one */
  DIRECTORY_REPEATED /* the same as a later one, which counts */
};

struct spec_directory {
  const char *path;
  const char *option; /* that names it: "dir", "extra-dir"; NULL: a default of the host */
  const struct davit_files *files; /* through which it is read */
  const char *real;
  unsigned priority;
  enum directory_state state;
  size_t file_count; /* with the name of a spec */
};

struct spec_file {
  const char *path;
  const struct davit_files *files; /* through which it is read */
  unsigned priority;               /* of its directory; a higher one shadows lower ones */
  bool is_read;
  const struct cdi_spec *spec; /* NULL: not read, or broken */
  struct davit_error broken;
  const struct doc_node *root; /* of the text; NULL: not read, or not even that could be parsed */
  const char *unreadable;      /* why; NULL: it is not */
  const char *kind;            /* of a broken file: as its text names it; NULL: not known */
  const char *text;            /* of a broken file whose kind is not known */
  size_t size;
};

struct index {
  const struct davit_host *host;
  struct arena *arena;     /* lives as long as the index */
  struct list directories; /* struct spec_directory, by ascending priority */
  struct list files;       /* struct spec_file, by ascending priority, in a directory by name */
  struct list ignored;     /* struct spec_file, never read: with names nearly as those of specs */
  bool is_listed;
};

/* Lists the directories, once, and reads what the filter may want. Broken files are no failure. */
int index_load(struct index *index, const struct filter *filter) MUST_CHECK;
/* A broken file whose kind the filter wants, as far as its text tells. */
bool file_counts(const struct spec_file *file, const struct filter *filter);
void index_close(struct index *index);

#endif
