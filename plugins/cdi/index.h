/* SPDX-License-Identifier: Apache-2.0 */
/* The spec files of all directories, each read at most once and only when it can matter. What can
 * not be read hides nothing else: a warning of the op says so, and it is remembered. */
#ifndef DAVIT_CDI_INDEX_H
#define DAVIT_CDI_INDEX_H

#include "cdi/filter.h"
#include "cdi/read.h"
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
  bool is_told;                /* its warnings */
  const struct cdi_spec *spec; /* NULL: not read, or broken */
  struct cdi_findings findings;
  const char *kind;       /* as its text names it; NULL: not known */
  const char *unreadable; /* why it can not be opened; NULL: it can */
  const char *text;       /* of a broken file whose kind is not known */
  size_t size;
};

struct index {
  const struct davit_host *host;
  struct arena *arena;     /* lives as long as the index */
  struct list directories; /* struct spec_directory, by ascending priority */
  struct list files;       /* struct spec_file, by ascending priority, in a directory by name */
  struct list ignored;     /* struct spec_file, never read: with names nearly as those of specs */
  bool is_listed;
  bool is_quiet; /* without the warnings: somebody looks at what is remembered */
};

/* It is a default, or named by a variable for many programs: it may come later. */
bool directory_may_be_missing(const struct spec_directory *directory);
/* A directory or a text of the caller's, instead of the directories that the options name. */
int index_add_directory(struct index *index, const char *path) MUST_CHECK;
int index_add_text(struct index *index, const char *name, const char *text, size_t size) MUST_CHECK;

/* Lists the directories, once, and reads what the filter may want. Broken files are no failure. */
int index_load(struct index *index, const struct filter *filter) MUST_CHECK;
/* A broken file whose kind the filter wants, as far as its text tells. */
bool file_counts(const struct spec_file *file, const struct filter *filter);
void index_close(struct index *index);

#endif
