/* SPDX-License-Identifier: Apache-2.0 */
/* From a service to its OCI document: the stages, and what they share. */
#ifndef DAVIT_PIPELINE_PIPELINE_H
#define DAVIT_PIPELINE_PIPELINE_H

#include "host/host.h"
#include "image/config.h"
#include "oci/oci.h"
#include "pipeline/rootless.h"
#include "plugin/provide.h"
#include "service/service.h"
#include "util/file.h"
#include "util/list.h"
#include "util/log.h"

struct render_env {
  const char *name;
  const char *value;
};

/* Where a volume is; the key is that of service_volume_key(). */
struct render_volume {
  const char *key;
  const char *path; /* absolute */
};

struct render_socket {
  const char *host;      /* absolute */
  const char *container; /* absolute and clean */
};

/* What the command line says about one rendering; zeroed: nothing. */
struct render_options {
  uint32_t replica;        /* from 1; without a role it counts over all groups */
  const char *role;        /* of replica_groups; NULL: not given */
  uint64_t node;           /* of the cluster */
  const char *rootfs;      /* absolute, without links; NULL: "rootfs" beside config.json */
  const char *const *args; /* operands after "--"; NULL: none */
  const struct render_env *env;
  size_t env_count;
  const struct render_volume *volumes; /* each key once */
  size_t volume_count;
  const char *volume_dir; /* absolute; where all other volumes are. NULL: nowhere */
  const struct render_socket *sockets;
  size_t socket_count;
  const char *const *environment; /* list of "NAME=value": what "$E:" finds; NULL: nothing */
  const char *const *env_allow;   /* list of globs: which of it; NULL: nothing */
  const char *secrets_dir;        /* absolute; what "$S:" finds. NULL: nothing */
  const char *workdir;
  const char *hostname;
  bool host_network;
  const char *network, *pid, *ipc;    /* --namespace: the paths of those to join; NULL: none */
  const char *files_directory;        /* of the bundle, absolute; NULL: no bundle is written */
  const char *cgroup_parent;          /* --cgroup-parent */
  const char *cgroup_parent_variable; /* DAVIT_CGROUP_PARENT, ZLAYER_CGROUP_PARENT: the name of the
                                         one that is set */
  const char *cgroup_parent_default;  /* and its value */
  bool systemd_cgroup;
  enum rootless_mode rootless;
  const char *const *gpu_devices; /* --gpu-device: replaces the file's choice; NULL: not given */
  const char *rank, *world_size, *local_rank; /* digits, checked by the command line; NULL: not
                                                 given, so all below */
  const char *master_addr, *ifname;
};

struct context {
  struct arena *arena;
  const struct log *log;
  const struct host *host;
  const struct host *caller; /* what the paths of the options are seen in; NULL: the host */
  const struct host *rootfs; /* the container's root; NULL: not known */
  const struct service_file *file;
  const struct service *service;    /* pipeline_run() puts the chosen group in its place */
  uint32_t replica;                 /* set by pipeline_run(): in that group */
  const struct image_config *image; /* NULL: not given */
  const struct render_options *options;
  struct providers *providers;
  const char *container_id;           /* this and all below: set by pipeline_run() */
  const struct host_caller *rootless; /* whose container it is; NULL: root's */
  struct oci *oci;
  struct list files;   /* struct made_file *: what the config refers to in the bundle */
  struct list *claims; /* struct device_claim *: which devices it got; NULL: not asked */
};

/* Runs every stage. The document is in context->oci, owned by the caller; on failure it is half
 * made and of no use. */
int pipeline_run(struct context *context, struct davit_error *err) MUST_CHECK;

#endif
