/* SPDX-License-Identifier: Apache-2.0 */
/* Device nodes in the document.
 *
 * In a user namespace nobody can make a node: the runtime bind-mounts the host's node of the same
 * path, so a node with another name inside has to be a bind mount of its own, and one that the host
 * lacks cannot be had. Without root there are no device rules either: the nodes that are there are
 * the isolation. */
#include "plugin/apply.h"

#include <string.h>

int check_host_node(const struct transaction *transaction, const struct oci *oci,
                    const struct edit *edit, struct davit_error *err) {
  if (!edit->node.is_missing || edit->node.rule_only || !oci_has_namespace(oci, "user"))
    return DAVIT_OK;
  const char *owner = oci_source_text(transaction->arena, edit->sources.items[0]);
  return error_add(err, DAVIT_E_NOT_FOUND, "rootless.node-missing",
                   "load the driver that makes it, or run the container without a user namespace",
                   "%s: %s wants it, but %s is not on this host, and a user namespace can only "
                   "mount what is",
                   edit->subject, owner ? owner : edit->plugin, edit->node.host_path);
}

int check_rootless(const struct transaction *transaction, const struct edit *edit,
                   struct davit_error *err) {
  if (!transaction->rootless || (edit->kind != EDIT_NET_DEVICE && edit->kind != EDIT_INTEL_RDT))
    return DAVIT_OK;
  const char *owner = oci_source_text(transaction->arena, edit->sources.items[0]);
  return error_add(err, DAVIT_E_UNSUPPORTED, "rootless.unsupported",
                   "run the container as root, or ask for other devices",
                   "%s: %s wants it, but only a runtime with root can arrange it", edit->subject,
                   owner ? owner : edit->plugin);
}

/* ---- groups --------------------------------------------------------------------------------- */

void warn_of_group(const struct applier *applier, const struct edit *edit) {
  const struct host_caller *caller = applier->transaction->rootless;
  const struct log *log = applier->transaction->log;
  uint32_t inside;
  uint32_t group = edit->kind == EDIT_NODE  ? edit->node.group
                   : edit->kind == EDIT_GID ? edit->gid
                                            : 0;
  if (group == 0)
    return;
  if (caller && !host_caller_has_group(caller, group))
    log_at(log, LOG_LEVEL_WARNING, "rootless.group", NULL,
           "make the user a member: usermod -aG GROUP USER, then log in again",
           "%s needs group %u, and user %u is no member: what only the group may open stays closed",
           edit->subject, group, caller->uid);
  else if (!caller && !oci_id_in_container(applier->oci, OCI_GIDS, group, &inside))
    log_at(log, LOG_LEVEL_WARNING, "rootless.group", NULL, "map it with linux.gidMappings",
           "%s needs group %u, which the user namespace does not map: what only the group may open "
           "stays closed",
           edit->subject, group);
}

/* Without root the group is one of the caller's own: runtimes leave those as they are (crun only if
 * told so) and refuse to set any. */
int apply_group(const struct applier *applier, uint32_t group, const struct oci_source *source,
                struct davit_error *err) {
  uint32_t inside;
  if (group == 0)
    return DAVIT_OK;
  if (applier->transaction->rootless)
    return oci_set_annotation(applier->oci, "run.oci.keep_original_groups", "1", source, err);
  if (!oci_id_in_container(applier->oci, OCI_GIDS, group, &inside))
    return DAVIT_OK;
  return oci_add_gid(applier->oci, inside, source, err);
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static int mount_node(struct applier *applier, const struct edit_node *node,
                      const struct oci_source *source, struct davit_error *err) {
  static const char *const options[] = {"bind", "rprivate", NULL};
  const struct oci_mount mount = {node->device.path, "bind", node->host_path, options};
  applier->has_mounts = true;
  /* A runtime would put a node of the document over the mount. */
  int rc = oci_remove_device(applier->oci, mount.destination, source, err);
  return rc < 0 ? rc : oci_add_mount(applier->oci, &mount, source, err);
}

static int add_node(struct applier *applier, const struct edit_node *node,
                    const struct oci_source *source, struct davit_error *err) {
  if (!applier->has_user_namespace)
    return oci_add_device(applier->oci, &node->device, source, err);
  if (strcmp(node->device.path, node->host_path) != 0)
    return mount_node(applier, node, source, err);
  struct oci_device device = node->device;
  device.has_uid = false; /* the node is the host's, with its owner */
  device.has_gid = false;
  return oci_add_device(applier->oci, &device, source, err);
}

int apply_node(struct applier *applier, const struct edit_node *node,
               const struct oci_source *source, struct davit_error *err) {
  int rc = node->rule_only ? DAVIT_OK : add_node(applier, node, source, err);
  if (rc == DAVIT_OK)
    rc = apply_group(applier, node->group, source, err);
  char type = node->device.type == 'u' ? 'c' : node->device.type;
  if (rc < 0 || !applier->is_isolated || type == 'p' || !node->access[0])
    return rc;
  const struct oci_rule rule = {.allow = true,
                                .type = type,
                                .major = node->device.major,
                                .minor = node->device.minor,
                                .access = node->access};
  return oci_add_device_rule(applier->oci, &rule, source, err);
}
