/* SPDX-License-Identifier: Apache-2.0 */
/* The bundle directory: config.json and a link to the rootfs, written so that a reader sees the old
 * or the new, and nothing of anybody else's is touched. */
#ifndef DAVIT_BUNDLE_BUNDLE_H
#define DAVIT_BUNDLE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"
#include "util/error.h"

/* What stands at a path that is to become a bundle. */
struct bundle_state {
  bool exists;
  bool ours;            /* has a config.json, or is an empty directory */
  bool has_real_rootfs; /* <dir>/rootfs is a directory, not a link: it serves without --rootfs */
};

/* "bundle.foreign" if the directory holds files and no config.json. Writes nothing. */
int bundle_inspect(const char *dir, struct bundle_state *state, struct davit_error *err) MUST_CHECK;
/* Makes the directory (0700), writes config.json (0600, temp file + fsync + rename) and, if
 * `rootfs` is not NULL, the link <dir>/rootfs. */
int bundle_write(const char *dir, const char *rootfs, const char *config, size_t size,
                 struct davit_error *err) MUST_CHECK;
/* Deletes config.json, the rootfs link and the directory if it is then empty. "bundle.foreign" if
 * there is no config.json that davit made. */
int bundle_remove(const char *dir, struct davit_error *err) MUST_CHECK;

#endif
