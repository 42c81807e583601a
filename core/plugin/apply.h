/* SPDX-License-Identifier: Apache-2.0 */
/* A checked transaction on its way into the document. Private to apply.c and apply_node.c. */
#ifndef DAVIT_PLUGIN_APPLY_H
#define DAVIT_PLUGIN_APPLY_H

#include "plugin/edit.h"

struct applier {
  struct transaction *transaction;
  struct oci *oci;
  bool is_isolated; /* rules of the document say which devices it has */
  bool has_user_namespace;
  bool rdt_is_ours; /* linux.intelRdt holds this transaction's edits only */
  bool has_mounts;
  struct davit_error *err;
};

/* "rootless.node-missing": a user namespace cannot make a node that the host lacks. */
int check_host_node(const struct transaction *transaction, const struct oci *oci,
                    const struct edit *edit, struct davit_error *err) MUST_CHECK;
/* "rootless.unsupported": network devices and Intel RDT are root's to give. */
int check_rootless(const struct transaction *transaction, const struct edit *edit,
                   struct davit_error *err) MUST_CHECK;
int apply_node(struct applier *applier, const struct edit_node *node,
               const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* The process becomes a member of that group of the host, where that can be. */
int apply_group(const struct applier *applier, uint32_t group, const struct oci_source *source,
                struct davit_error *err) MUST_CHECK;
/* Where it cannot, says so. */
void warn_of_group(const struct applier *applier, const struct edit *edit);

#endif
