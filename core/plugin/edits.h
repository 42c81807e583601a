/* SPDX-License-Identifier: Apache-2.0 */
/* The edits of a request: collected from plugins' callbacks as deep copies, checked, then applied
 * to the OCI document as one. Nothing of a request reaches the document before all of it is known
 * to be good. */
#ifndef DAVIT_PLUGIN_EDITS_H
#define DAVIT_PLUGIN_EDITS_H

#include "host/caller.h"
#include "oci/oci.h"
#include "plugin/instance.h"
#include "util/file.h"
#include "util/list.h"

struct transaction;

/* `rootless`: who runs the runtime; NULL: root. */
int transaction_new(struct arena *arena, const struct host *host, const struct oci *oci,
                    const struct log *log, const struct host_caller *rootless,
                    struct transaction **transaction, struct davit_error *err) MUST_CHECK;

/* There is a bundle: files that plugins make will lie in that directory of it, and
 * transaction_apply() adds them to `files` (struct made_file *). */
void transaction_hold_files(struct transaction *transaction, const char *directory,
                            struct list *files);

/* While sharing, device nodes are refused and a variable that the service sets to another value is
 * an error. */
enum edit_phase {
  EDIT_INJECT,
  EDIT_SHARE
};

/* The callback table for one op of one instance. Edits of an op that fails are dropped by
 * transaction_rollback(), which goes back to where transaction_begin() was called. */
const struct davit_edits *transaction_begin(struct transaction *transaction,
                                            struct instance *instance, enum edit_phase phase);
void transaction_rollback(struct transaction *transaction);

/* The value of a variable as the container will have it: the document's, changed by the edits so
 * far. NULL: not set, or a secret of the service's. */
const char *transaction_env(const struct transaction *transaction, const char *name);

/* Edits the document, or leaves it as it is and says why: "plugin.conflict" (edits of two ops, or
 * an edit and the service, say different things about one subject), "gpu.sharing-conflict". When
 * memory runs out the document is half edited, to be dropped by its owner. */
int transaction_apply(struct transaction *transaction, struct oci *oci,
                      struct davit_error *err) MUST_CHECK;

#endif
