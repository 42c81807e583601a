/* SPDX-License-Identifier: Apache-2.0 */
/* The service file as plain structs: every key is known, every value is checked, positions are
 * kept.
 *
 * Key names and grammar: docs/service-file.md. All strings live in the arena given to
 * service_load(). */
#ifndef DAVIT_SERVICE_SERVICE_H
#define DAVIT_SERVICE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/error.h"
#include "util/log.h"

/* Where a value was written. line 0: it was not, the value is the format's default. */
struct service_at {
  uint32_t line;
  uint32_t column;
  const char *key; /* full key path, "services.web.hostname" */
};

struct service_text { /* text NULL: not given */
  const char *text;
  struct service_at at;
};

/* A value of `env` that stands elsewhere. */
struct service_reference {
  bool is_secret;      /* "$S:", else "$E:" */
  const char *name;    /* of the variable or the secret */
  const char *service; /* "$S:@service/name"; NULL: the deployment's secret */
  const char *field;   /* of a secret that is JSON; NULL: all of it */
};

struct service_env {
  const char *name;
  const char *value;                         /* as written */
  const struct service_reference *reference; /* NULL: the value is meant as it is */
  struct service_at at;
  bool overridden; /* an entry of the same name follows, whose value counts */
};

struct service_device {
  const char *path;
  char access[4]; /* "rw", "rwm", ... */
  struct service_at at;
};

enum service_storage_type {
  SERVICE_BIND,
  SERVICE_TMPFS,
  SERVICE_NAMED,
  SERVICE_ANONYMOUS,
  SERVICE_S3
};

struct service_storage {
  enum service_storage_type type;
  const char *source; /* bind */
  const char *target;
  const char *name;   /* named: of the volume */
  const char *bucket; /* s3 */
  const char *prefix; /* s3; NULL: the whole bucket, never "" */
  bool is_network;    /* on a file system of the network: s3, `tier: network` */
  bool readonly;
  bool has_size, has_mode; /* tmpfs */
  uint64_t size;           /* bytes */
  uint32_t mode;           /* permission bits, 07777 */
  struct service_at at;
  struct service_at source_at;
  struct service_at target_at;
};

struct service_ulimit {
  const char *type; /* "RLIMIT_NOFILE" */
  uint64_t soft;    /* UINT64_MAX: unlimited */
  uint64_t hard;
  struct service_at at;
};

/* `resources.gpu`. Values that only the vendor's plugin can judge (directories, driver
 * capabilities, ...) are passed to it as its options: the key mps_pipe_dir is the option
 * "mps-pipe-dir". */
struct service_gpu_option {
  const char *key; /* of the option */
  const char *value;
  struct service_at at;
};

struct service_gpu {
  struct service_at at;
  struct service_text vendor; /* never NULL: "nvidia" if the file does not say */
  uint32_t count;             /* 0: `devices` decides; 1 with line 0 if the file gives neither */
  struct service_at count_at;
  const struct service_text *devices; /* device_count 0: not given */
  size_t device_count;
  struct service_text model;
  bool required;               /* default true */
  struct service_text sharing; /* "exclusive" (if the file does not say), "mps", "time-slice" */
  uint64_t memory_limit;       /* of each device, bytes; 0: none */
  struct service_at memory_limit_at;
  uint32_t share_most; /* containers that may share a device; 0: any number */
  const struct service_gpu_option *options;
  size_t option_count;
};

/* `capabilities`, `cap_add` or `cap_drop`. */
struct service_capabilities {
  const struct service_capability {
    uint32_t number; /* in the kernel; not of ALL, which only sets `all` */
    struct service_at at;
  } * entries;
  size_t count;
  bool all;             /* ALL is among them */
  struct service_at at; /* line 0: not given */
};

/* What the process may do, beside its user. */
struct service_security {
  struct service_capabilities exact, add, drop; /* never both `exact` and `add` */
  struct service_text seccomp;                  /* the profile's path; NULL: no filter */
  struct service_text apparmor;
  struct service_text selinux_user, selinux_role, selinux_type, selinux_level, selinux_file_type;
  bool no_new_privileges; /* if no_new_privileges_at says that it is given */
  struct service_at no_new_privileges_at;
};

/* How the process is started and stopped, and what is noted about it. */
struct service_life {
  bool tty, init, read_only;
  struct service_at tty_at, init_at, read_only_at;
  struct service_text stop_signal; /* "SIGTERM" */
  uint64_t stop_grace_period;      /* microseconds, more than 0; 0: not given */
  struct service_at stop_grace_period_at;
  int32_t oom_score_adj;
  struct service_at oom_score_adj_at; /* line 0: not given */
  const struct service_label {
    const char *name;
    const char *value;
    struct service_at at;
  } * labels;
  size_t label_count;
};

enum service_backend {
  SERVICE_NCCL,
  SERVICE_GLOO,
  SERVICE_MPI
};

struct service_distributed {
  enum service_backend backend;
  uint16_t master_port;
  struct service_at at;
};

/* Whose namespace of a kind a container has. */
enum service_namespace_mode {
  SERVICE_NAMESPACE_OWN, /* also if the file does not say */
  SERVICE_NAMESPACE_HOST,
  SERVICE_NAMESPACE_CONTAINER, /* another container's */
  SERVICE_NAMESPACE_EMPTY      /* of the network: its own, with nothing but lo */
};

struct service_namespace {
  enum service_namespace_mode mode;
  const char *container; /* whose id, with SERVICE_NAMESPACE_CONTAINER */
  struct service_at at;  /* line 0: the file does not say */
};

struct service_host { /* a line of /etc/hosts */
  const char *name;
  const char *address;
  struct service_at at;
};

struct service_sysctl {
  const char *name; /* "net.ipv4.ip_forward" */
  const char *value;
  const char *namespace; /* which one it belongs to: "network", "ipc", "uts" */
  struct service_at at;
};

/* The limits of `resources` beside cpu and memory; `at.line` 0: not given. */
struct service_limits {
  struct service_at pids_at, cpu_shares_at, cpuset_at, memory_swap_at, memory_reservation_at,
      memory_swappiness_at, oom_kill_disable_at, blkio_weight_at;
  int64_t pids; /* -1: unlimited */
  uint32_t cpu_shares;
  const char *cpuset; /* "0-3,8" */
  uint32_t cpuset_last;
  int64_t memory_swap; /* memory and swap together, bytes; -1: unlimited */
  uint64_t memory_reservation;
  uint32_t memory_swappiness;
  bool oom_kill_disable;
  uint32_t blkio_weight;
};

struct service {
  const char *name;
  struct service_at at;

  struct service_text image;
  const char *const *entrypoint; /* NULL: not given */
  const char *const *args;       /* NULL: not given */
  struct service_at entrypoint_at;
  struct service_at args_at;
  struct service_text workdir;

  const struct service_env *env;
  size_t env_count;

  double cpu; /* cores */
  struct service_at cpu_at;
  uint64_t memory; /* bytes */
  struct service_at memory_at;

  struct service_limits limits;

  const struct service_gpu *gpu;                 /* NULL: none asked */
  const struct service_distributed *distributed; /* NULL: not asked */

  const struct service_device *devices;
  size_t device_count;
  const struct service_storage *storage;
  size_t storage_count;
  const struct service_ulimit *ulimits;
  size_t ulimit_count;

  uint64_t shm_size; /* bytes */
  struct service_at shm_size_at;
  struct service_text hostname;
  struct service_text cgroup_parent;
  struct service_text user;                /* "USER" or "USER:GROUP", names or numbers */
  const struct service_text *extra_groups; /* each a name or a number */
  size_t extra_group_count;

  bool has_cpu, has_memory, has_shm_size; /* which of the above are given */
  bool privileged;
  bool host_network; /* also by network_mode */
  uint32_t replicas; /* of scale: fixed, or of the group; 1 if the file does not say */
  struct service_security security;
  struct service_life life;
  struct service_at privileged_at;
  struct service_at host_network_at;

  struct service_namespace network, pid, ipc;
  struct service_at userns_host_at; /* userns_mode: host */
  const struct service_text *dns;   /* addresses */
  size_t dns_count;
  struct service_at dns_at;
  const struct service_host *extra_hosts;
  size_t extra_host_count;
  struct service_at extra_hosts_at;
  const struct service_sysctl *sysctls;
  size_t sysctl_count;

  /* The service once for each of its replica_groups, with what that group replaces; `at` is then
   * the group's. */
  const struct service *const *groups;
  size_t group_count;
  const char *role; /* of such a group; NULL: not one */
  uint32_t rank;    /* of its first replica among those that train together, */
  uint32_t world;   /* which are so many */

  struct service_text wasm_type; /* NULL: the service is a container */
};

/* A key that belongs to an orchestrator: its form was checked, davit does nothing with it. */
struct service_foreign {
  const char *key; /* full key path */
  struct service_at at;
};

struct service_file {
  const char *file;
  const char *deployment;
  const struct service *const *services; /* in the file's order */
  size_t service_count;
  const struct service_foreign *foreign;
  size_t foreign_count;
};

/* Reads a service file. `file` names it in messages. On failure `err` holds every problem of the
 * file
 * ("service.invalid"; "service.unsupported" for a key of the format that davit does not act on yet;
 * "service.unknown-key"). */
int service_load(struct arena *arena, const char *file, const char *text, size_t size,
                 const struct log *log, const struct service_file **loaded,
                 struct davit_error *err) MUST_CHECK;

/* The service of that name; name NULL: the only one of the file. "service.not-found" names those
 * that are there. */
int service_find(const struct service_file *file, const char *name, const struct service **service,
                 struct davit_error *err) MUST_CHECK;

/* One container of a service. */
struct service_choice {
  const struct service *service; /* the group's, if the service has groups */
  uint32_t replica;              /* in that group, from 1 */
};

/* The replica of a role, or without role the one of that number over all groups in the order of the
 * file. The role "default" is that of a service without groups. "service.role",
 * "service.replica". */
int service_choose(const struct service_file *file, const struct service *service, const char *role,
                   uint32_t replica, struct service_choice *choice,
                   struct davit_error *err) MUST_CHECK;

/* "<service>-rep-<replica>", "<service>-<role>-<replica>-on-<node>" for other roles than the
 * default and other nodes than 0. NULL: out of memory. */
const char *service_container_id(struct arena *arena, const struct service *service,
                                 uint32_t replica, uint64_t node);
/* "30s", "1h 30m": numbers each with a unit of systemd's and of the original, from ns to years,
 * blanks between. False: not one, or more than 584 years. */
bool service_duration(const char *text, uint64_t *nanoseconds);
enum {
  SERVICE_SIGNAL_SIZE = 20 /* "SIGRTMIN+" and any number */
};
/* "SIGTERM" for "15", "TERM", "sigterm", ...; real-time signals as "SIGRTMIN+3" and "SIGRTMAX-2".
 * False: not a signal that a program can be sent. */
bool service_signal(const char *text, char name[static SERVICE_SIGNAL_SIZE]);

/* "db", "/var/cache", "s3://bucket/prefix": what a volume is called on the command line and in
 * messages, no two different ones alike. NULL: out of memory, or the storage is no volume. */
const char *service_volume_key(struct arena *arena, const struct service_storage *storage);

/* Lower-case letters, digits and "-", neither first nor last a "-", at most 63 of them. */
bool service_is_volume_name(const char *name);
/* 3 to 255 letters, digits, "-", "_" and ".", the first and the last a letter or a digit. */
bool service_is_bucket(const char *name);

/* One grammar for every size: digits and nothing, Ki, Mi, Gi, Ti (1024), K, M, G, T (1000), in
 * either case; no blanks, no fractions. NULL, or why the text is not a size ("is not a size", "is
 * too large": at most INT64_MAX). */
const char *service_size(const char *text, uint64_t *bytes);

#endif
