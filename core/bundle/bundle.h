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

/* A file or link under a temporary name, to be renamed when everything else is ready. */
struct bundle_file {
  const char *name;
  char temporary[48]; /* "": nothing to rename */
};

/* A bundle that is written but not yet in its place. */
struct bundle_draft {
  const char *dir; /* borrowed */
  bool made;       /* the directory was not there before */
  struct bundle_file marker, link, config;
};

/* The two halves of bundle_write(), for several bundles of which all or none are to be written.
 * After a failure of either there is no draft any more. */
int bundle_prepare(const char *dir, const char *rootfs, const char *config, size_t size,
                   struct bundle_draft *draft, struct davit_error *err) MUST_CHECK;
int bundle_commit(struct bundle_draft *draft, struct davit_error *err) MUST_CHECK;
/* Takes back what bundle_prepare() wrote. */
void bundle_abandon(struct bundle_draft *draft);

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
