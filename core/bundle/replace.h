/* SPDX-License-Identifier: Apache-2.0 */
/* Replacing a file of the caller's: whoever reads it, and whatever ends davit, it is the old or the
 * new one. */
#ifndef DAVIT_BUNDLE_REPLACE_H
#define DAVIT_BUNDLE_REPLACE_H

#include <stddef.h>

#include "util/error.h"

struct replacement;

/* Looks at the file before it is read; a link's target is meant. "config.write": it is no file that
 * can be replaced, or has other hard links, which would keep the old content. */
int replacement_open(const char *path, struct replacement **replacement,
                     struct davit_error *err) MUST_CHECK;
/* Puts a new file with its mode, owner and extended attributes in its place, fsynced.
 * "config.write" if that cannot be, or if the file is not the one of replacement_open() any more;
 * it is then as it was. */
int replacement_write(const struct replacement *replacement, const char *text, size_t size,
                      struct davit_error *err) MUST_CHECK;
void replacement_close(struct replacement *replacement); /* NULL is fine */

static inline void cleanup_replacement(struct replacement **replacement) {
  replacement_close(*replacement);
}

#endif
