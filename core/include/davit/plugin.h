/* SPDX-License-Identifier: Apache-2.0 */
/*
 * davit/plugin.h - the only header a device plugin needs. ABI 1.1.
 *
 * A plugin is one shared object exporting one function, davit_plugin_entry(). davit calls it,
 * checks the frozen prefix of the answer, copies the table and calls the ops in it. A plugin links
 * against nothing of davit: everything it may ask of davit is a pointer in a table it is handed.
 *
 * HOW A REQUEST RUNS    open() - enumerate(): what is here? davit picks the devices by count,
 * index, name, UUID or PCI address - inject(): edits for exactly these - share() of the vendor's
 * plugin, if the request shares devices - close(). `davit devices` is enumerate(), `davit doctor`
 * diagnose(), `davit cdi generate` enumerate() and inject() with DAVIT_REQUEST_GENERATE.
 *
 * COMPATIBILITY, both ways
 *   major   differs -> the plugin is refused. Nothing else about versions refuses a plugin.
 *   minor   only ever adds: members at the end of a sized struct, enum values, flag bits.
 *   sized   every struct below carries struct_size; the writer sets it to its own sizeof, the
 *           reader takes the smaller of both sizes and treats the rest as zero. Zero therefore
 *           always means "as before".
 *   ops     newer davit, older plugin: missing trailing ops read as NULL (= not provided).
 *           older davit, newer plugin: extra ops are ignored; before using a davit function that
 *           came after 1.0, the plugin asks DAVIT_HAS(table, member).
 *   values  an unknown value of an enum, or an unknown bit inside DAVIT_FLAGS_CRITICAL, is
 *           answered with DAVIT_E_UNSUPPORTED; other unknown bits are ignored.
 *   layout  no struct has tail padding and arrays hold pointers, so a size always tells the
 *           version and an element may grow. Integers have fixed width; there are no enum, bool
 *           or bit fields.
 *
 * CONVENTIONS    A list is an array of pointers ended by NULL; a NULL list is empty, a NULL string
 * absent, unless said otherwise. A number that may be absent has a flag bit that says it is given.
 * Strings are UTF-8. Names follow the OCI runtime spec and CDI.
 *
 * MEMORY    What davit hands out (requests, texts, scratch) is davit's and lives until the op
 * returns; what a plugin passes in need only live until that call returns, because davit copies.
 * Nobody frees what the other side allocated. Exceptions: the vtable and what it points to live
 * until unload; the davit_host given to open(), and its files, live until close() returns.
 *
 * THREADS    davit calls one instance from one thread at a time, perhaps not always the same
 * thread; two instances may run at once. So: no mutable static data. Functions of davit may be
 * called only inside an op, on the thread that runs it. A plugin leaves no thread, child, signal
 * handler, lock or open descriptor behind an op; it does not touch cwd, umask, locale, environment,
 * stdin/stdout/stderr, and does not call exit(), abort() or longjmp() out of an op. C++: no
 * exception may leave an op.
 *
 * ERRORS    A function answers DAVIT_OK or a negative DAVIT_E_*. davit remembers why a function of
 * its own failed, so an op may return that code as it is; host->fail() says it better, with a
 * remedy. An op that fails for reasons of its own calls host->fail() once for each: every problem
 * of a file in one go. Edits of an op that failed are thrown away.
 */
#ifndef DAVIT_PLUGIN_H
#define DAVIT_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#define DAVIT_ABI_MAGIC     0x54564144u /* "DAVT" in little-endian memory */
#define DAVIT_ABI_MAJOR     1u
#define DAVIT_ABI_MINOR     1u
#define DAVIT_PLUGIN_SYMBOL "davit_plugin_entry"

#if defined(__GNUC__) || defined(__clang__)
#define DAVIT_EXPORT            __attribute__((__visibility__("default")))
#define DAVIT_PRINTF(fmt, args) __attribute__((__format__(__printf__, fmt, args)))
#else
#define DAVIT_EXPORT
#define DAVIT_PRINTF(fmt, args)
#endif

/* First in an initialiser (C): struct davit_mount m = { DAVIT_SIZED(struct davit_mount), ... };
 * C++17: davit_mount m{}; m.struct_size = sizeof m; - only the vtable is written by position. */
#define DAVIT_SIZED(type) .struct_size = (uint32_t)sizeof(type)
/* True when the struct behind `tbl` is long enough to have `member` and it is not zero or NULL: for
 * what came after 1.0, functions and data alike. */
#define DAVIT_HAS(tbl, member)                                                                 \
  ((size_t)((const char *)(&(tbl)->member + 1) - (const char *)(tbl)) <= (tbl)->struct_size && \
   (tbl)->member)

#ifdef __cplusplus
extern "C" {
#endif

enum { /* answers; values are never reused */
  DAVIT_OK = 0,
  DAVIT_E_FAILED = -1,      /* anything without a better name */
  DAVIT_E_NOT_FOUND = -2,   /* device, path or driver is not there */
  DAVIT_E_INVALID = -3,     /* the request, an option or a file is wrong: somebody can fix it */
  DAVIT_E_UNSUPPORTED = -4, /* this plugin, driver, device or davit cannot do it */
  DAVIT_E_DENIED = -5,      /* permissions */
  DAVIT_E_BUSY = -6,        /* e.g. asked exclusive, already shared */
  DAVIT_E_MEMORY = -7
};

/* Flag bits of the upper half: a reader that does not know one must refuse (DAVIT_E_UNSUPPORTED).
 */
#define DAVIT_FLAGS_CRITICAL 0xffff0000u

/* ---- files: of the host, of a directory of it, of the container's root --------------------- */

enum {
  DAVIT_FILE_OTHER = 0,
  DAVIT_FILE_REGULAR = 1,
  DAVIT_FILE_DIR = 2,
  DAVIT_FILE_LINK = 3,
  DAVIT_FILE_CHAR = 4,
  DAVIT_FILE_BLOCK = 5,
  DAVIT_FILE_FIFO = 6,
  DAVIT_FILE_SOCKET = 7
};

#define DAVIT_STAT_NOFOLLOW (1u << 0) /* a link at the end is not followed */

struct davit_stat { /* set struct_size before the call */
  uint32_t struct_size;
  uint32_t type; /* DAVIT_FILE_* */
  uint32_t mode; /* permission bits, 07777 */
  uint32_t uid;
  uint32_t gid;
  uint32_t major; /* of a device node; 0 otherwise */
  uint32_t minor;
  uint32_t reserved0;
  uint64_t size;
  uint64_t inode;
  int64_t mtime_ns; /* for a cache kept in the instance: equal size, inode and mtime = unchanged */
};

/* Paths are absolute inside this root ("/sys/class/drm"). The root may be a fixture directory, in
 * which small text files stand for device nodes; no link leads out of it. A plugin opens no path
 * itself. */
struct davit_files {
  uint32_t struct_size;
  uint32_t reserved0;
  /* The whole file, at most 16 MiB, with a NUL added; size may be NULL if a text is expected. */
  int (*read_file)(const struct davit_files *f, const char *path, const char **data, size_t *size);
  /* Names without "." and "..", sorted bytewise. */
  int (*list_dir)(const struct davit_files *f, const char *path, const char *const **names);
  int (*stat_path)(const struct davit_files *f, const char *path, uint32_t flags,
                   struct davit_stat *st);
  int (*read_link)(const struct davit_files *f, const char *path, const char **target);
  int (*real_path)(const struct davit_files *f, const char *path, const char **resolved);
  /* The same for a directory as root of its own, e.g. a driver installed under /run/nvidia/driver.
   */
  int (*subtree)(const struct davit_files *f, const char *dir, const struct davit_files **sub);
  /* Since 1.1. The first `most` bytes of a file of any size, or all if it is shorter, with a NUL
   * added: what a library is can be told without reading it. */
  int (*read_head)(const struct davit_files *f, const char *path, size_t most, const char **data,
                   size_t *size);
};

/* ---- what else a plugin may ask of davit --------------------------------------------------- */

enum {
  DAVIT_LOG_DEBUG = 0,
  DAVIT_LOG_INFO = 1,
  DAVIT_LOG_WARNING = 2
};
enum {
  DAVIT_KMOD_UNKNOWN = 0, /* no such module on this host */
  DAVIT_KMOD_LOADABLE = 1,
  DAVIT_KMOD_BLACKLISTED = 2, /* there, not loaded */
  DAVIT_KMOD_BUILTIN = 3,
  DAVIT_KMOD_LIVE = 4,
  DAVIT_KMOD_CHANGING = 5
};

struct davit_place { /* in a file */
  uint32_t struct_size;
  uint32_t line;   /* from 1; 0: not known */
  uint32_t column; /* from 1; 0: not known */
  uint32_t reserved0;
  const char *file;
  const char *key; /* key path, "devices[0].name"; NULL: none */
};

struct davit_host {
  uint32_t struct_size;
  uint16_t abi_major; /* of this davit */
  uint16_t abi_minor;
  const char *davit_version;
  const struct davit_files *files; /* of the host */
  /* The file system as the caller of davit sees it: for paths of the command line and of
   * variables. */
  const struct davit_files *caller_files;

  /* Values in force for a declared option, as list, never NULL: the request's, else the command
   * line's, else the configuration's, else the preset; more than one only with
   * DAVIT_OPTION_REPEATS. */
  const char *const *(*option)(const struct davit_host *h, const char *key);
  int (*kernel_module)(const struct davit_host *h, const char *name,
                       uint32_t *state); /* DAVIT_KMOD_* */

  /* Zeroed, aligned for any type, gone when the op returns. NULL: return DAVIT_E_MEMORY. */
  void *(*scratch)(const struct davit_host *h, size_t size);
  char *(*format)(const struct davit_host *h, const char *fmt, ...)DAVIT_PRINTF(2, 3);

  /* `option`, here and below: the option at fault, or NULL; davit adds where it was given. */
  void (*log)(const struct davit_host *h, uint32_t level, const char *option, const char *fmt, ...)
      DAVIT_PRINTF(4, 5);
  /* Returns `answer`, a DAVIT_E_*. `code` is stable, for scripts, as in a finding:
   * return h->fail(h, DAVIT_E_NOT_FOUND, "nvidia.uvm-missing", NULL, "run ...", "%s is not there",
   * path); */
  int (*fail)(const struct davit_host *h, int answer, const char *code, const char *option,
              const char *remedy, const char *fmt, ...) DAVIT_PRINTF(6, 7);
  /* The same for what is wrong in a file. */
  int (*fail_at)(const struct davit_host *h, int answer, const char *code,
                 const struct davit_place *place, const char *remedy, const char *fmt, ...)
      DAVIT_PRINTF(6, 7);
};

/* ---- devices ------------------------------------------------------------------------------- */

#define DAVIT_DEVICE_INDEX (1u << 0) /* index is given */
#define DAVIT_DEVICE_NUMA  (1u << 1) /* numa_node is given */
#define DAVIT_DEVICE_GROUP (1u << 2) /* stands for its parts: chosen by name, all usable ones */
#define DAVIT_DEVICE_ALIAS (1u << 3) /* other devices' further name (CDI "all"): never counted */

struct davit_device {
  uint32_t struct_size;
  uint32_t flags; /* DAVIT_DEVICE_* */
  uint32_t index; /* as the vendor's own tool counts */
  uint32_t numa_node;
  uint64_t memory;    /* bytes; 0: not known */
  const char *id;     /* a CDI device name; unique in its kind, stable over reboots if possible */
  const char *kind;   /* CDI kind, "nvidia.com/gpu" */
  const char *vendor; /* "nvidia": whose plugin shares it; NULL: the one that declares the kind */
  const char *const
      *aliases; /* list: more names that select it, beside id, index, uuid, pci_address */
  const char *uuid;
  const char *pci_address; /* "0000:3b:00.0" */
  const char *model;
  const char *driver; /* kernel driver bound to it */
  const char *driver_version;
  const char *const *nodes; /* list: host paths of the nodes that are its own, not of shared ones */
  const char *parent;       /* of a part: id of the whole device, enumerated too */
  const char *profile;      /* of a part: "1g.10gb", "CPX", "VF 3" */
  const char *unusable;     /* why it can not be given to a container: listed, but never picked */
  const char *file;         /* where it is defined, if in a file */
  uint32_t line;
  uint32_t reserved0;
};

struct davit_devices { /* where enumerate() puts them; their order is the order of counting */
  uint32_t struct_size;
  uint32_t reserved0;
  int (*add)(const struct davit_devices *out, const struct davit_device *device);
  /* Since 1.1. Why a name of the query is not among the devices, said if nobody else knows it
   * either: `text` is what is wrong, `place` the file at fault (NULL: none), `remedy` what would
   * help (NULL: the text says it). May be called several times for a name. `name` NULL: of the
   * whole query, where was looked for it; `text` then continues a sentence: "looked in /etc/cdi
   * (not there)". */
  int (*absent)(const struct davit_devices *out, const char *name, const struct davit_place *place,
                const char *remedy, const char *text);
};

struct davit_query { /* what matters; the answer may hold more, davit picks */
  uint32_t struct_size;
  uint32_t flags;
  const char *vendor;       /* as asked: "nvidia", "0x1e52", "xe"; NULL: any, for a listing */
  const char *const *kinds; /* list of CDI kinds; NULL: davit knows none for this vendor */
  const char *const
      *names; /* list, as the user wrote them, e.g. CDI names; NULL: a count, or all */
};

/* ---- the container ------------------------------------------------------------------------- */

#define DAVIT_CT_USER_NS         (1u << 0) /* has a user namespace */
#define DAVIT_CT_ROOTLESS        (1u << 1) /* the runtime has no root: no device rules, no mknod */
#define DAVIT_CT_HOST_NET        (1u << 2) /* shares the host's network namespace; so on */
#define DAVIT_CT_HOST_IPC        (1u << 3)
#define DAVIT_CT_HOST_PID        (1u << 4)
#define DAVIT_CT_READONLY_ROOTFS (1u << 5)
#define DAVIT_CT_SYSTEMD_CGROUP  (1u << 6)
#define DAVIT_CT_HOOKS           (1u << 7) /* hooks are permitted */
#define DAVIT_CT_FILES           (1u << 8) /* there is a bundle: davit_edits.add_file() works */

struct davit_container {
  uint32_t struct_size;
  uint32_t flags;        /* DAVIT_CT_* */
  uint64_t capabilities; /* bounding set, bit n = capability n of the kernel */
  uint32_t uid;          /* of the process, inside */
  uint32_t gid;
  uint32_t host_uid; /* the same seen from the host; UINT32_MAX: no id there */
  uint32_t host_gid;
  const char *id;
  const char *runtime;              /* "runc", "crun", ...; NULL: not known */
  const struct davit_files *rootfs; /* NULL: not known. Contents are hostile */
  /* What the process has so far (image, service, earlier edits); NULL: not set, or a secret. */
  const char *(*env)(const struct davit_container *c, const char *name);
};

#define DAVIT_REQUEST_GENERATE (1u << 0) /* for a CDI file: see inject() */

struct davit_request {
  uint32_t struct_size;
  uint32_t flags; /* DAVIT_REQUEST_* */
  const struct davit_device *const
      *devices; /* list: the chosen ones, in the order asked, completed */
  const struct davit_container *container; /* never NULL; with _GENERATE nothing is known of it */
  const char *sharing;                     /* "exclusive" or a mode of the vendor's plugin */
};

/* ---- edits to the container ---------------------------------------------------------------- */

/* Node: which members are given; others are read from the host node. With TYPE and NUMBERS given
 * the node may be missing on the host. */
#define DAVIT_NODE_TYPE      (1u << 0)
#define DAVIT_NODE_NUMBERS   (1u << 1) /* major and minor */
#define DAVIT_NODE_MODE      (1u << 2)
#define DAVIT_NODE_UID       (1u << 3)
#define DAVIT_NODE_GID       (1u << 4)
#define DAVIT_NODE_NO_GROUP  (1u << 5) /* leave out the host's gid of a node not open to all */
#define DAVIT_NODE_RULE_ONLY (1u << 6) /* the cgroup rule without the node */

struct davit_device_node {
  uint32_t struct_size;
  uint32_t flags;        /* DAVIT_NODE_* */
  const char *path;      /* in the container */
  const char *host_path; /* NULL: as path */
  const char *access;    /* cgroup access, "rwm"; NULL: "rw"; "": no rule for this node */
  uint32_t type;         /* 'c', 'b', 'u' or 'p' */
  uint32_t mode;
  int64_t major;
  int64_t minor;
  uint32_t uid;
  uint32_t gid;
};

struct davit_mount {
  uint32_t struct_size;
  uint32_t flags;
  const char *host_path; /* or what the type takes: "tmpfs" */
  const char *container_path;
  const char *type;           /* NULL: bind; "": leave it out */
  const char *const *options; /* NULL: ro, nosuid, nodev, rbind, rprivate; an empty list: none */
};

#define DAVIT_HOOK_TIMEOUT (1u << 0) /* timeout is given */

struct davit_hook {
  uint32_t struct_size;
  uint32_t flags;   /* DAVIT_HOOK_* */
  const char *name; /* OCI name: "createRuntime", "createContainer", ... */
  const char *path;
  const char *const *args; /* list, args[0] included */
  const char *const *env;  /* list of NAME=value */
  int64_t timeout;         /* seconds */
};

struct davit_file { /* a small file that davit makes in the bundle and binds read-only */
  uint32_t struct_size;
  uint32_t flags;
  const char *path; /* in the container */
  const char *content;
  uint64_t size; /* of content; 0: up to its NUL */
};

enum { /* what davit_edits.set() sets: name, value */
  DAVIT_SET_ENV = 0,
  DAVIT_SET_ANNOTATION = 1,
  DAVIT_SET_RLIMIT = 2, /* "RLIMIT_MEMLOCK", "unlimited" or "SOFT:HARD" */
  /* A cgroup v2 file and its value: "pids.max", "64". Lines that differ in their first word add
   * up: "dmem.max", "drm/0000:03:00.0/vram 1073741824". */
  DAVIT_SET_UNIFIED = 3,
  DAVIT_SET_NET_DEVICE = 4, /* name on the host, name in the container */
  /* OCI key, value: any replaces the object; "schemata" takes many. Both empty: the object without
   * any key. */
  DAVIT_SET_INTEL_RDT = 5
};
#define DAVIT_SET_DEFAULT (1u << 0) /* env: only if neither service nor user sets it */
#define DAVIT_SET_PREPEND (1u << 1) /* env: put before the value there, with a colon between */

/* Where edits go. Equal edits merge and keep all their sources. Inside one op a later edit of the
 * same thing replaces the earlier one; differing edits of two plugins are refused by davit, naming
 * both. An edit that this davit or this request can not do is answered DAVIT_E_UNSUPPORTED: do
 * without it, or fail. */
struct davit_edits {
  uint32_t struct_size;
  uint32_t reserved0;
  /* Where the following edits come from, for `davit explain`: a device of the request (NULL: all of
   * them), and the file and line that ask for it (NULL, 0: the plugin itself). An op starts with
   * (NULL, NULL, 0). */
  void (*source)(const struct davit_edits *e, const struct davit_device *device, const char *file,
                 uint32_t line);
  int (*add_device_node)(const struct davit_edits *e, const struct davit_device_node *node);
  int (*add_mount)(const struct davit_edits *e, const struct davit_mount *mount);
  int (*add_hook)(const struct davit_edits *e, const struct davit_hook *hook);
  int (*add_gid)(const struct davit_edits *e, uint32_t gid); /* additionalGids */
  int (*set)(const struct davit_edits *e, uint32_t what, const char *name, const char *value,
             uint32_t flags);
  int (*add_file)(const struct davit_edits *e, const struct davit_file *file);
};

/* ---- findings, for `davit doctor` ---------------------------------------------------------- */

enum {
  DAVIT_SEV_OK = 0,
  DAVIT_SEV_NOTE = 1,
  DAVIT_SEV_WARNING = 2,
  DAVIT_SEV_ERROR = 3
};

struct davit_finding {
  uint32_t struct_size;
  uint32_t severity;   /* DAVIT_SEV_* */
  const char *code;    /* stable, for scripts: "nvidia.uvm-missing" */
  const char *subject; /* device id, path or file:line; NULL: the whole host */
  const char *text;
  const char *remedy; /* with each command in `backticks`; NULL only for OK and NOTE */
  const char *why;    /* since 1.1: what a container would see of it; NULL: the text says it */
};

struct davit_findings {
  uint32_t struct_size;
  uint32_t reserved0;
  int (*add)(const struct davit_findings *out, const struct davit_finding *finding);
};

/* ---- the plugin ---------------------------------------------------------------------------- */

#define DAVIT_OPTION_REPEATS (1u << 0) /* may be given more than once; h->option() answers all */
#define DAVIT_OPTION_ADMIN \
  (1u << 1) /* not from a service file: command line and configuration only */

/* Options come from the configuration, `--plugin-option NAME:KEY=VALUE`, davit's own options
 * (--cdi-dir is cdi:dir) and the GPU part of a service, where mps_pipe_dir is written for the key
 * mps-pipe-dir. A key that is not declared or a value that is not allowed is refused by davit, with
 * its position. */
struct davit_option {
  uint32_t struct_size;
  uint32_t flags;            /* DAVIT_OPTION_* */
  const char *key;           /* [a-z][a-z0-9-]* */
  const char *const *values; /* list of the allowed ones; NULL: any text, checked by the plugin */
  const char *preset;        /* value when nothing is given; NULL: none */
  const char *help;          /* one line */
};

/* Among plugins that serve a request's vendor the highest rank is asked first. */
#define DAVIT_RANK_GENERIC 100u /* drm: works for anything with a DRM node */
#define DAVIT_RANK_VENDOR  200u
#define DAVIT_RANK_CDI     300u /* a CDI spec on the host outranks a vendor plugin */

struct davit_instance; /* defined by the plugin, never looked into by davit */

struct davit_plugin {
  /* Frozen in every major version, so that a davit of any age can print a readable refusal. */
  uint32_t magic;
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  uint32_t reserved0;
  const char *name;    /* [a-z][a-z0-9-]{0,30}; the file is <name>.so */
  const char *version; /* of the plugin */
  /* Frozen in major 1. */
  const char *description;    /* one line */
  const char *license;        /* SPDX expression */
  const char *const *vendors; /* list, lower case: whom it serves; "*" alone: any */
  const char *const *kinds;   /* list of these vendors' CDI kinds, the main one first */
  const char *const *sharing; /* list of modes share() arranges: "mps", "time-slice", ... */
  const struct davit_option *const *options; /* list */
  uint32_t rank;                             /* DAVIT_RANK_* or between */
  uint32_t flags;                            /* none yet; critical ones as everywhere */

  /* Required. On failure *self stays untouched and close() is not called. */
  int (*open)(const struct davit_host *h, struct davit_instance **self);
  void (*close)(struct davit_instance *self);
  /* Both or none. Devices: this plugin serves the query, and davit asks no lower rank. OK without
   * devices: nothing here. An error: something here is broken; if the devices added before are all
   * that is asked, or for a listing, it is a warning, else the request fails: davit does not fall
   * back silently. */
  int (*enumerate)(struct davit_instance *self, const struct davit_query *query,
                   const struct davit_devices *out);
  /* Edits for exactly req->devices, all of this plugin. With DAVIT_REQUEST_GENERATE: every edit
   * under source() of its device or of NULL, none that depends on which devices are chosen
   * together. */
  int (*inject)(struct davit_instance *self, const struct davit_request *req,
                const struct davit_edits *edits);
  /* Called for the plugin of the devices' *vendor*, after inject(), also when another plugin (CDI)
   * gave the devices; these carry uuid, pci_address and nodes as far as known. Edits without device
   * nodes; an env that the service sets to something else is an error here. */
  int (*share)(struct davit_instance *self, const struct davit_request *req,
               const struct davit_edits *edits);
  /* Read-only; a broken host is findings and DAVIT_OK. req NULL: the host; else also that
   * container, of which the root file system may be all that is known, and no device chosen. */
  int (*diagnose)(struct davit_instance *self, const struct davit_request *req,
                  const struct davit_findings *out);
};

/* The one symbol a plugin exports. The host's version lets a plugin carry tables of two majors; a
 * plugin with one table ignores the arguments, davit does the checking. Must not fail, allocate or
 * log. */
DAVIT_EXPORT const struct davit_plugin *davit_plugin_entry(uint32_t host_major,
                                                           uint32_t host_minor);

#ifdef __cplusplus
} /* extern "C" */
static_assert(sizeof(void *) != 8 || offsetof(davit_plugin, description) == 32,
              "frozen prefix moved");
static_assert(sizeof(void *) != 8 || offsetof(davit_plugin, open) == 88, "vtable head moved");
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
_Static_assert(sizeof(void *) != 8 || offsetof(struct davit_plugin, description) == 32,
               "frozen prefix");
_Static_assert(sizeof(void *) != 8 || offsetof(struct davit_plugin, open) == 88,
               "vtable head moved");
#endif

#endif /* DAVIT_PLUGIN_H */
