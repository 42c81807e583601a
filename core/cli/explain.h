/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `davit explain` share. */
#ifndef DAVIT_CLI_EXPLAIN_H
#define DAVIT_CLI_EXPLAIN_H

#include "cli/cli.h"

/* A list of entries as printed, and what they are freed with. */
struct explained {
  struct oci *oci;
  const struct oci_entry *const *entries; /* list */
};

/* Forms of output (explain_print.c). */
int explain_table(struct cli *cli, const struct oci_entry *const *entries,
                  struct davit_error *err) MUST_CHECK;
int explain_tree(struct cli *cli, const struct oci_entry *const *entries,
                 struct davit_error *err) MUST_CHECK;
int explain_json(struct cli *cli, const struct oci_entry *const *entries,
                 struct davit_error *err) MUST_CHECK;

/* What differs between two renderings, as text or JSON (explain_diff.c). */
int explain_diff(struct cli *cli, const struct explained *from, const struct explained *to,
                 struct davit_error *err) MUST_CHECK;

#endif
