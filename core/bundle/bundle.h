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
  bool has_real_rootfs; /* <dir>/rootfs is a directory, not a link: it serves without --rootfs */
};

/* "bundle.foreign" if the directory holds a config.json that davit did not make, or other files and
 * no config.json of davit's. Writes nothing. */
int bundle_inspect(const char *dir, struct bundle_state *state, struct davit_error *err) MUST_CHECK;

/* Makes the directory if it is not there (0700), writes config.json (0600; temporary file, fsync,
 * rename) and, if `rootfs` is not NULL, the link <dir>/rootfs to it. On failure what was there is
 * there still. */
int bundle_write(const char *dir, const char *rootfs, const char *config, size_t size,
                 struct davit_error *err) MUST_CHECK;

/* Deletes config.json, the link to the rootfs and the directory if it is then empty; a rootfs that
 * is a directory and all other files stay. "bundle.foreign" if the directory is no bundle of
 * davit's. */
int bundle_remove(const char *dir, struct davit_error *err) MUST_CHECK;

#endif
