/* SPDX-License-Identifier: Apache-2.0 */
/* The OCI runtime configuration (config.json) as a document: made from nothing or read, edited by
 * typed operations, written. It remembers for every entry where it comes from and what it replaced.
 *
 * Names and shapes are those of the OCI runtime specification 1.2 (config.md, config-linux.md).
 * Unknown keys and the order of keys of a document that was read survive; so do its numbers, digit
 * by digit. Everything passed in is copied. Look-ups by name (env, device path, mount destination)
 * are indexed: adding n entries costs O(n). */
#ifndef DAVIT_OCI_OCI_H
#define DAVIT_OCI_OCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oci/source.h"
#include "util/arena.h"
#include "util/error.h"

struct oci;

/* An empty document with ociVersion 1.0.2. */
int oci_new(struct oci **oci, struct davit_error *err) MUST_CHECK;
/* A document from JSON text; `file` names it in messages and is the source of its entries. Errors:
 * "config.invalid" with file, line and column: not JSON, not an object, a part that davit edits is
 * not of the specification's type (process.env not a list of strings, ...). */
int oci_parse(const char *file, const char *text, size_t size, struct oci **oci,
              struct davit_error *err) MUST_CHECK;
void oci_free(struct oci *oci);

static inline void cleanup_oci(struct oci **oci) {
  oci_free(*oci);
}

/* Two-space JSON with a final newline; keys that davit made are in the specification's order. Freed
 * with free(). */
int oci_print(const struct oci *oci, char **text, size_t *size, struct davit_error *err) MUST_CHECK;

/* ---- process -------------------------------------------------------------------------------- */

/* One entry per name: an existing one is replaced in place (the last one, if a document that was
 * read has several). */
int oci_set_env(struct oci *oci, const char *name, const char *value,
                const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* The value of a variable and, if `source` is not NULL, where it comes from; NULL if it is not set.
 */
const char *oci_get_env(const struct oci *oci, const char *name, const struct oci_source **source);
/* Somebody would have set the variable, and gave way to the value that is there. */
int oci_note_dropped_env(struct oci *oci, const char *name, const char *value,
                         const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* Whether the value is a secret: nobody who did not bring it may see it. */
bool oci_env_is_secret(const struct oci *oci, const char *name);
int oci_set_args(struct oci *oci, const char *const *args, const struct oci_source *source,
                 struct davit_error *err) MUST_CHECK;
/* Puts words before those that are there. */
int oci_prepend_args(struct oci *oci, const char *const *args, const struct oci_source *source,
                     struct davit_error *err) MUST_CHECK;
int oci_set_cwd(struct oci *oci, const char *cwd, const struct oci_source *source,
                struct davit_error *err) MUST_CHECK;
int oci_set_terminal(struct oci *oci, bool terminal, const struct oci_source *source,
                     struct davit_error *err) MUST_CHECK;
int oci_set_user(struct oci *oci, uint32_t uid, uint32_t gid, const struct oci_source *source,
                 struct davit_error *err) MUST_CHECK;
void oci_get_user(const struct oci *oci, uint32_t *uid, uint32_t *gid); /* 0:0 if not set */
/* Sorted, each once. */
int oci_add_gid(struct oci *oci, uint32_t gid, const struct oci_source *source,
                struct davit_error *err) MUST_CHECK;
/* Takes out every additional gid but those of a config that was read. */
int oci_remove_gids(struct oci *oci, const struct oci_source *source,
                    struct davit_error *err) MUST_CHECK;
/* Bounding, effective and permitted alike: names "CAP_..." sorted by the caller; inheritable and
 * ambient stay out. */
int oci_set_capabilities(struct oci *oci, const char *const *names, const struct oci_source *source,
                         struct davit_error *err) MUST_CHECK;
/* The bounding set as bits; all bits if the document has none. */
uint64_t oci_get_capabilities(const struct oci *oci);
int oci_set_no_new_privileges(struct oci *oci, bool value, const struct oci_source *source,
                              struct davit_error *err) MUST_CHECK;
/* `type` "RLIMIT_NOFILE"; UINT64_MAX is "unlimited". Replaces a limit of that type. */
int oci_set_rlimit(struct oci *oci, const char *type, uint64_t soft, uint64_t hard,
                   const struct oci_source *source, struct davit_error *err) MUST_CHECK;

int oci_set_oom_score_adj(struct oci *oci, int32_t value, const struct oci_source *source,
                          struct davit_error *err) MUST_CHECK;
/* The names of an AppArmor profile and of SELinux labels: of the process, and of what is mounted.
 */
int oci_set_apparmor_profile(struct oci *oci, const char *profile, const struct oci_source *source,
                             struct davit_error *err) MUST_CHECK;
int oci_set_selinux_label(struct oci *oci, const char *label, const struct oci_source *source,
                          struct davit_error *err) MUST_CHECK;
int oci_set_mount_label(struct oci *oci, const char *label, const struct oci_source *source,
                        struct davit_error *err) MUST_CHECK;

/* A seccomp profile in the form of Docker and Podman, and the host that its conditions ask for. */
struct oci_seccomp {
  const char *file; /* names the profile in messages */
  const char *text;
  size_t size;
  const char *machine; /* as uname(2) has it: "x86_64" */
  const char *release; /* "6.1.0-13-amd64" */
};

/* linux.seccomp. Conditions on capabilities are those of the document, which has them before.
 * "seccomp.profile", with file, line and column: the profile is broken, or says something that is
 * not known here. */
int oci_set_seccomp(struct oci *oci, const struct oci_seccomp *profile,
                    const struct oci_source *source, struct davit_error *err) MUST_CHECK;

/* ---- root, hostname, mounts, hooks, annotations ---------------------------------------------- */

int oci_set_root(struct oci *oci, const char *path, bool readonly, const struct oci_source *source,
                 struct davit_error *err) MUST_CHECK;
int oci_set_root_readonly(struct oci *oci, bool readonly, const struct oci_source *source,
                          struct davit_error *err) MUST_CHECK;
bool oci_get_root(const struct oci *oci, const char **path, bool *readonly); /* false: not set */
int oci_set_hostname(struct oci *oci, const char *hostname, const struct oci_source *source,
                     struct davit_error *err) MUST_CHECK;

const char *oci_get_hostname(const struct oci *oci); /* NULL: not set */

struct oci_mount {
  const char *destination;
  const char *type;           /* NULL: left out */
  const char *source;         /* NULL: left out */
  const char *const *options; /* NULL or empty: left out */
};

/* At the end of the list; a mount with the same destination is replaced, at its place. */
int oci_add_mount(struct oci *oci, const struct oci_mount *mount, const struct oci_source *source,
                  struct davit_error *err) MUST_CHECK;
/* The source of the mount with that destination (compared as clean paths); NULL: there is none. */
const struct oci_source *oci_find_mount(const struct oci *oci, const char *destination);
/* Parents before children, otherwise as they are: a stable sort by depth of the destination. */
int oci_sort_mounts(struct oci *oci, struct davit_error *err) MUST_CHECK;

struct oci_hook {
  const char *name; /* "createRuntime", ... (config.md, "POSIX-platform Hooks") */
  const char *path;
  const char *const *args; /* NULL or empty: left out; so env */
  const char *const *env;
  bool has_timeout;
  int64_t timeout; /* seconds */
};

/* At the end of its list; an equal one that is there already gains the source. "oci.hook-unknown":
 * the specification has no hook of that name. */
int oci_add_hook(struct oci *oci, const struct oci_hook *hook, const struct oci_source *source,
                 struct davit_error *err) MUST_CHECK;
int oci_set_annotation(struct oci *oci, const char *name, const char *value,
                       const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* There are some whose key begins so. */
bool oci_has_annotations(const struct oci *oci, const char *prefix);

/* ---- linux ----------------------------------------------------------------------------------- */

/* "pid", "network", ...; path NULL: a new one. Replaces a namespace of that type. */
int oci_add_namespace(struct oci *oci, const char *type, const char *path,
                      const struct oci_source *source, struct davit_error *err) MUST_CHECK;
bool oci_has_namespace(const struct oci *oci, const char *type);

struct oci_device {
  const char *path;
  char type; /* 'c', 'b', 'u', 'p' */
  int64_t major;
  int64_t minor;
  bool has_mode, has_uid, has_gid;
  uint32_t mode; /* permission bits */
  uint32_t uid;
  uint32_t gid;
};

/* A node with the same path is replaced, at its place; if a document that was read has several, the
 * last one, and the others are taken out: a runtime makes the first of them. */
int oci_add_device(struct oci *oci, const struct oci_device *device,
                   const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* None with that path stays. */
int oci_remove_device(struct oci *oci, const char *path, const struct oci_source *source,
                      struct davit_error *err) MUST_CHECK;
/* False: there is none with that path. Borrowed until the document is edited. */
bool oci_find_device(const struct oci *oci, const char *path, struct oci_device *device,
                     const struct oci_source **source);

typedef bool oci_path_test(const char *path);

/* Takes the entries out of linux.devices whose path is no path, but a name that asks for a device.
 * *names: these, in the order of the list. If there are any, of several nodes with one path the
 * last stays, which runtimes take; the list itself stays, maybe empty. */
int oci_take_names(struct oci *oci, struct arena *arena, oci_path_test *is_name,
                   const struct oci_source *source, const char *const **names,
                   struct davit_error *err) MUST_CHECK;

#define OCI_ANY INT64_MIN /* a major or minor that is left out: all of them */

struct oci_rule {
  bool allow;
  char type; /* 'c', 'b'; 'a' or 0: left out */
  int64_t major;
  int64_t minor;
  const char *access; /* subset of "rwm" */
};

/* At the end of linux.resources.devices. A rule that is there already gains the source and nothing
 * is added, unless a rule behind it takes some of its devices away. */
int oci_add_device_rule(struct oci *oci, const struct oci_rule *rule,
                        const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* True if a rule allows every device, or every character device, which all accelerators are, and no
 * later one takes that back: nothing that davit adds to such a document can isolate it. */
bool oci_allows_all_devices(const struct oci *oci);

enum oci_ids {
  OCI_UIDS,
  OCI_GIDS
};

struct oci_id_mapping { /* `size` ids from `container` on are those from `host` on */
  uint32_t container;
  uint32_t host;
  uint32_t size;
};

/* linux.uidMappings, linux.gidMappings: at the end of the list; one with the same `container` is
 * replaced. */
int oci_add_id_mapping(struct oci *oci, enum oci_ids ids, const struct oci_id_mapping *mapping,
                       const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* What an id of the container is on the host: itself without a user namespace. False: nothing, or
 * the container joins a user namespace whose mapping is not known. */
bool oci_id_on_host(const struct oci *oci, enum oci_ids ids, uint32_t id, uint32_t *host);
bool oci_id_in_container(const struct oci *oci, enum oci_ids ids, uint32_t host, uint32_t *id);

int oci_set_cgroups_path(struct oci *oci, const char *path, const struct oci_source *source,
                         struct davit_error *err) MUST_CHECK;
int oci_set_cpu_quota(struct oci *oci, int64_t quota, uint64_t period,
                      const struct oci_source *source,
                      struct davit_error *err) MUST_CHECK; /* both in microseconds */
int oci_set_memory_limit(struct oci *oci, int64_t bytes, const struct oci_source *source,
                         struct davit_error *err) MUST_CHECK;
int oci_set_memory_reservation(struct oci *oci, int64_t bytes, const struct oci_source *source,
                               struct davit_error *err) MUST_CHECK;
/* Memory and swap together; -1: unlimited. */
int oci_set_memory_swap(struct oci *oci, int64_t bytes, const struct oci_source *source,
                        struct davit_error *err) MUST_CHECK;
int oci_set_memory_swappiness(struct oci *oci, uint64_t percent, const struct oci_source *source,
                              struct davit_error *err) MUST_CHECK;
int oci_set_oom_killer_disabled(struct oci *oci, bool value, const struct oci_source *source,
                                struct davit_error *err) MUST_CHECK;
int oci_set_cpu_shares(struct oci *oci, uint64_t shares, const struct oci_source *source,
                       struct davit_error *err) MUST_CHECK;
int oci_set_cpus(struct oci *oci, const char *cpus, const struct oci_source *source,
                 struct davit_error *err) MUST_CHECK; /* "0-3,8" */
int oci_set_pids_limit(struct oci *oci, int64_t limit, const struct oci_source *source,
                       struct davit_error *err) MUST_CHECK;
int oci_set_block_io_weight(struct oci *oci, uint64_t weight, const struct oci_source *source,
                            struct davit_error *err) MUST_CHECK;
/* linux.resources.unified: a cgroup v2 file and its value. With `add_line` the value is a line: it
 * is added to the lines there, and replaces one with the same first word. */
int oci_set_unified(struct oci *oci, const char *file, const char *value, bool add_line,
                    const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* linux.netDevices (1.3): raises ociVersion. */
int oci_set_net_device(struct oci *oci, const char *host_name, const char *name,
                       const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* The source of another interface that gets that name in the container, and which one it is; NULL:
 * there is none. */
const struct oci_source *oci_find_net_device(const struct oci *oci, const char *name,
                                             const char *but, const char **host_name);
/* linux.intelRdt, one key ("": none, the object is there all the same); the first of a transaction
 * clears what was there (`clear`). "schemata" takes many, one a call. Raises ociVersion to the one
 * that brought the key. "oci.rdt-unknown": no such key; "oci.rdt-value": a key takes "true" or
 * "false" only. */
int oci_set_intel_rdt(struct oci *oci, const char *key, const char *value, bool clear,
                      const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* linux.sysctl, sorted by name. */
int oci_set_sysctl(struct oci *oci, const char *name, const char *value,
                   const struct oci_source *source, struct davit_error *err) MUST_CHECK;
int oci_set_rootfs_propagation(struct oci *oci, const char *value, const struct oci_source *source,
                               struct davit_error *err) MUST_CHECK;
/* linux.maskedPaths and linux.readonlyPaths; an empty list is written as such. */
int oci_set_masked_paths(struct oci *oci, const char *const *paths, const struct oci_source *source,
                         struct davit_error *err) MUST_CHECK;
int oci_set_readonly_paths(struct oci *oci, const char *const *paths,
                           const struct oci_source *source, struct davit_error *err) MUST_CHECK;

/* ---- provenance ------------------------------------------------------------------------------ */

/* One entry of the document that something put there: an env variable, a mount, a limit, ... */
struct oci_entry {
  const char *path;  /* "process.env.PATH", "mounts./dev/shm", "linux.devices./dev/kfd",
                        "linux.resources.devices[3]", "hooks.createContainer[0]", "process.cwd" */
  const char *value; /* short text form: "PATH=/bin", "c 195:0 rw", ..., "TOKEN=(secret)"; NULL: it
                        was replaced and is gone */
  const struct oci_source *const
      *sources; /* list: who asked for it, the first who made it first; never empty */
  const struct oci_replaced *const *replaced; /* list, newest first */
  const struct oci_replaced *const *dropped;  /* list: what gave way to it, oldest first */
};

struct oci_replaced {
  const char *value;
  const struct oci_source *source;
};

/* Every entry of the document, in its order: each env, mount, hook, gid, device, rule, namespace,
 * rlimit, annotation and each scalar that davit sets. One without a known source has an empty list
 * of sources: a bug, which a test looks for. */
int oci_entries(const struct oci *oci, struct arena *arena, const struct oci_entry *const **entries,
                struct davit_error *err) MUST_CHECK;

#endif
