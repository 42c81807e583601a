/* SPDX-License-Identifier: Apache-2.0 */
/* A CDI file in its directory, as the caller sees it. */
#ifndef DAVIT_API_SPEC_FILE_H
#define DAVIT_API_SPEC_FILE_H

#include <stdbool.h>

#include "doc/write.h"
#include "util/arena.h"

struct spec_place {
  const char *dir;  /* absolute, without links */
  const char *name; /* NULL: spec_file_name() of what is written */
  bool is_new;      /* the directory is not there, but the one above is */
};

/* `output`: a file, or a directory: one that is there, or any that ends in "/". */
int spec_place_find(struct arena *arena, const char *output, struct spec_place *place,
                    struct davit_error *err) MUST_CHECK;

/* "vendor-class.json". "cdi.bad-kind": the kind is none. */
int spec_file_name(struct arena *arena, const char *kind, enum doc_format format, const char **name,
                   struct davit_error *err) MUST_CHECK;

/* The whole of it, with a name. NULL: out of memory. */
const char *spec_place_path(struct arena *arena, const struct spec_place *place);

/* Makes the file, 0644, as a whole or not at all, and its directory if that is new. "cdi.write": a
 * name that is no plain file name or that readers of CDI do not look at; a file that is there, with
 * `keeps`; a call that fails. */
int spec_file_write(const struct spec_place *place, const char *text, size_t size, bool keeps,
                    struct davit_error *err) MUST_CHECK;

#endif
