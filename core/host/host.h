/* SPDX-License-Identifier: Apache-2.0 */
/* The only door to the machine: files below a host root, and kernel modules.
 *
 * A host is a directory: "/" for the machine itself, any other for a fixture. Paths are absolute
 * inside it; no link and no ".." leads out of it. In a root other than "/" a regular file whose
 * whole content is "c MAJOR:MINOR MODE [UID:GID]" (or "b ...", MODE octal) stands for a device node
 * and is reported as one. Nothing here writes.
 *
 * Functions answer DAVIT_OK or a negative DAVIT_E_*: DAVIT_E_NOT_FOUND (no such file or component),
 * DAVIT_E_DENIED, DAVIT_E_INVALID (relative path, not of the kind asked for, too large, too many
 * links), DAVIT_E_UNSUPPORTED (unknown critical flag), DAVIT_E_FAILED (else). The problem that
 * they add names the path as the host sees it.
 */
#ifndef DAVIT_HOST_HOST_H
#define DAVIT_HOST_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "davit/plugin.h" /* struct davit_stat, DAVIT_FILE_*, DAVIT_KMOD_* */
#include "util/arena.h"
#include "util/error.h"

enum {
  HOST_MAX_FILE = 16 * 1024 * 1024,
  HOST_MAX_NAMES = 65536 /* in a directory */
};

struct host;

/* The root must be a directory. Freed with host_close(). */
int host_open(const char *root, struct host **host, struct davit_error *err) MUST_CHECK;
/* A directory of a host as root of its own, with the same rules. */
int host_open_subtree(const struct host *host, const char *dir, struct host **sub,
                      struct davit_error *err) MUST_CHECK;
void host_close(struct host *host);

static inline void cleanup_host(struct host **host) {
  host_close(*host);
}

/* False for "/": its nodes are real and rootless is decided by who runs davit. */
bool host_is_fixture(const struct host *host);

/* The whole file, with a NUL added that `size` does not count; `size` may be NULL. Works for files
 * of /proc and /sys too. Never waits for a writer, and opens nothing but regular files. */
int host_read_file(const struct host *host, struct arena *arena, const char *path,
                   const char **data, size_t *size, struct davit_error *err) MUST_CHECK;
/* The first `most` bytes of a regular file, which may be of any size, or all of a shorter one, with
 * a NUL added that `size` does not count. At most HOST_MAX_FILE. */
int host_read_head(const struct host *host, struct arena *arena, const char *path, size_t most,
                   const char **data, size_t *size, struct davit_error *err) MUST_CHECK;
/* The names in a directory without "." and "..", sorted bytewise, ended by NULL. */
int host_list_dir(const struct host *host, struct arena *arena, const char *path,
                  const char *const **names, struct davit_error *err) MUST_CHECK;
/* Fills what st->struct_size has room for. flags: DAVIT_STAT_NOFOLLOW. A device node that was seen
 * with that flag, so that it is no link, stays as it was then for as long as the host is open. */
int host_stat(const struct host *host, const char *path, uint32_t flags, struct davit_stat *st,
              struct davit_error *err) MUST_CHECK;
int host_read_link(const struct host *host, struct arena *arena, const char *path,
                   const char **target, struct davit_error *err) MUST_CHECK;
/* Absolute inside the root, without links; the last component must exist too. */
int host_real_path(const struct host *host, struct arena *arena, const char *path,
                   const char **resolved, struct davit_error *err) MUST_CHECK;

/* The same as the machine itself names it, with the root before it, for a library that opens files
 * by name. Opening it is no longer guarded by the root. */
int host_machine_path(const struct host *host, struct arena *arena, const char *path,
                      const char **name, struct davit_error *err) MUST_CHECK;

/* The machine's kind and its kernel's release, "x86_64" and "6.1.0-13-amd64": what /proc/sys/kernel
 * says, else uname(2). */
int host_find_kernel(const struct host *host, struct arena *arena, const char **machine,
                     const char **release, struct davit_error *err) MUST_CHECK;

/* DAVIT_KMOD_* of a module by its name ("nvidia_uvm" and "nvidia-uvm" are one). /sys/module says
 * what is live or built in; what is not there is asked of libkmod, which is opened then and only
 * then (it brings compression and crypto libraries along). Without libkmod, or without
 * /lib/modules, the state of a module that is not loaded is DAVIT_KMOD_UNKNOWN. */
int host_kernel_module(const struct host *host, const char *name, uint32_t *state,
                       struct davit_error *err) MUST_CHECK;

#endif
