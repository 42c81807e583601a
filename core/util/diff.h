/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two texts, line by line. No library of Debian's does this but libgit2, which
 * brings TLS, SSH and Kerberos into every start of the program. */
#ifndef DAVIT_UTIL_DIFF_H
#define DAVIT_UTIL_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"
#include "util/attributes.h"

struct diff_change {           /* lines, from 0 */
  size_t old_start, old_count; /* these are replaced by */
  size_t new_start, new_count; /* these */
};

struct diff {
  const char *const *old_lines; /* without newlines */
  const char *const *new_lines;
  size_t old_count, new_count;
  const struct diff_change *changes; /* in order; between two of them lies at least one line */
  size_t change_count;
};

/* The fewest changes, as long as these are not very many: the time is linear in the length. Texts
 * end with a newline or are empty. False: out of memory. */
bool diff_lines(struct arena *arena, const char *old_text, const char *new_text,
                struct diff *diff) MUST_CHECK;

/* The diff in the unified format of diff(1) behind its two header lines, "" if nothing changed.
 * NULL: out of memory. Freed with free(). */
char *diff_unified(const struct diff *diff, size_t *size) MUST_CHECK;

#endif
