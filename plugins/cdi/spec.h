/* SPDX-License-Identifier: Apache-2.0 */
/* A CDI spec file: what it says, checked by the rules of the format (versions 0.3.0 to 1.1.0). */
#ifndef DAVIT_CDI_SPEC_H
#define DAVIT_CDI_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "cdi/findings.h"
#include "cdi/names.h"
#include "doc/doc.h"
#include "util/list.h"

struct cdi_number {
  bool is_given;
  int64_t value;
};

/* `at` is always where the thing stands in the file. Strings that are not given are NULL. */
struct cdi_text {
  const struct doc_node *at;
  const char *text;
};

struct cdi_node {
  const struct doc_node *at;
  const char *path;
  const char *host_path;
  const char *type;
  const char *permissions;
  struct cdi_number major, minor, mode, uid, gid;
};

/* The path is absolute and there is no ".." in it. */
bool path_is_absolute(const char *path);

struct cdi_mount {
  const struct doc_node *at;
  const char *host_path;
  const char *container_path;
  const char *type;
  struct list options; /* struct cdi_text */
};

bool mount_has_option(const struct cdi_mount *mount, const char *option);
/* The source is a path: what neither its type nor its options say is a bind mount, too. */
bool mount_is_bind(const struct cdi_mount *mount);

struct cdi_hook {
  const struct doc_node *at;
  const char *name;
  const char *path;
  struct list args; /* struct cdi_text */
  struct list env;  /* struct cdi_text */
  struct cdi_number timeout;
};

struct cdi_net_device {
  const struct doc_node *at;
  const char *host_name;
  const char *name;
};

struct cdi_rdt {
  const struct doc_node *at;
  const char *clos_id;
  const char *l3_cache_schema;
  const char *mem_bw_schema;
  struct list schemata; /* struct cdi_text */
  bool has_monitoring, has_cmt, has_mbm;
};

struct cdi_edits {
  struct list env; /* struct cdi_text */
  struct list nodes;
  struct list mounts;
  struct list hooks;
  struct list net_devices;
  struct list gids; /* struct cdi_gid */
  const struct cdi_rdt *rdt;
};

struct cdi_gid {
  const struct doc_node *at;
  struct cdi_number number;
};

struct cdi_device {
  const struct doc_node *at;
  const char *name;
  struct cdi_edits edits;
};

struct cdi_spec {
  enum cdi_version version; /* that it declares */
  const char *kind;
  struct list devices; /* struct cdi_device */
  struct cdi_edits edits;
};

struct cdi_reading {
  const struct cdi_spec *spec; /* NULL: refused */
  const char *kind;            /* that the text names, good or not; NULL: not known */
  struct cdi_findings findings;
};

/* Reads a document into a spec and adds what is to be said of it. DAVIT_E_INVALID: refused. */
int spec_read(struct arena *arena, const struct doc_node *root,
              struct cdi_reading *reading) MUST_CHECK;

#endif
