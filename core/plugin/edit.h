/* SPDX-License-Identifier: Apache-2.0 */
/* One edit of a transaction, as the callbacks leave it and apply.c reads it. Private to both. */
#ifndef DAVIT_PLUGIN_EDIT_H
#define DAVIT_PLUGIN_EDIT_H

#include "plugin/edits.h"
#include "util/list.h"

enum edit_kind {
  EDIT_NODE,
  EDIT_MOUNT,
  EDIT_HOOK,
  EDIT_GID,
  EDIT_ENV,
  EDIT_ANNOTATION,
  EDIT_RLIMIT,
  EDIT_UNIFIED,
  EDIT_NET_DEVICE,
  EDIT_INTEL_RDT,
  EDIT_FILE
};

struct edit_node {
  struct oci_device device;
  uint32_t given;     /* DAVIT_NODE_*: what the plugin says itself */
  const char *access; /* of the cgroup rule; "": none */
  bool rule_only;
  uint32_t group; /* of the host, that a process needs to open the node; 0: none */
  const char *host_path;
  bool is_missing; /* on the host */
};

struct edit_pair { /* what set() says */
  const char *name;
  const char *value;
  bool gives_way;      /* env: DAVIT_SET_DEFAULT */
  bool prepend;        /* env: DAVIT_SET_PREPEND */
  bool is_line;        /* cgroup file: one line of several */
  uint64_t soft, hard; /* limit */
};

struct edit_file {
  const char *path; /* in the container */
  const char *content;
  size_t size;
};

struct edit {
  enum edit_kind kind;
  /* What it is about and what it says of it: two edits of one subject that say the same are one;
   * that say different things, a conflict. Both are for messages too. */
  const char *subject; /* "device node /dev/nvidia0" */
  const char *says;    /* "c 195:0 rw" */
  union {
    struct edit_node node;
    struct oci_mount mount;
    struct oci_hook hook;
    uint32_t gid;
    struct edit_pair pair;
    struct edit_file file;
  };
  struct list sources; /* of struct oci_source; the first who asked first */
  const char *plugin;  /* who asked first */
  size_t op;           /* number of the op that asked */
  enum edit_phase phase;
};

struct transaction {
  struct davit_edits table; /* what plugins are handed; first, so that a table is a transaction */
  struct arena *arena;
  const struct host *host;
  const struct oci *oci;
  const struct log *log;
  const struct host_caller *rootless; /* who runs the runtime; NULL: root */
  struct list edits;                  /* as they came in */
  const char *files_directory;
  struct list *files; /* NULL: there is no bundle */

  /* The op that runs. */
  struct instance *instance;
  enum edit_phase phase;
  size_t op;
  size_t op_start; /* edits before it */
  const struct oci_source *source;
};

/* Reads the host node and fills in what the plugin left out, or says what is wrong with the node
 * (edit_node.c). `given` is complete in size. */
int edit_complete_node(struct transaction *transaction, const struct davit_device_node *given,
                       struct edit_node *node, struct davit_error *err) MUST_CHECK;

/* The checks of every edit (edit_file.c): a struct of the plugin's version, no critical flag that
 * is not known, an absolute and clean path. */
int edit_read_sized(void *own, size_t size, const void *given, struct davit_error *err) MUST_CHECK;
int edit_refuse_critical(uint32_t flags, const char *noun, const char *name,
                         struct davit_error *err) MUST_CHECK;
int edit_check_path(const char *path, const char *noun, struct davit_error *err) MUST_CHECK;

/* A file for the bundle, and what it becomes (edit_file.c). */
int edit_read_file(struct transaction *transaction, const struct davit_file *given,
                   struct edit *edit, struct davit_error *err) MUST_CHECK;
int edit_apply_file(struct transaction *transaction, const struct edit_file *file, struct oci *oci,
                    const struct oci_source *source, struct davit_error *err) MUST_CHECK;

/* The edits as they count: one for each subject (apply.c). */
int transaction_merge(struct transaction *transaction, struct list *merged,
                      struct davit_error *err) MUST_CHECK;

/* What set() may say (edit_pair.c): fills subject, says and pair. */
int edit_read_pair(struct transaction *transaction, uint32_t what, const char *name,
                   const char *value, uint32_t flags, struct edit *edit,
                   struct davit_error *err) MUST_CHECK;

#endif
