/* SPDX-License-Identifier: Apache-2.0 */
/* The bundle directory: config.json, a link to the rootfs and the files that the config refers to,
 * written so that a reader sees the old or the new, and nothing of anybody else's is touched. */
#ifndef DAVIT_BUNDLE_BUNDLE_H
#define DAVIT_BUNDLE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"
#include "util/error.h"
#include "util/file.h"

/* What stands at a path that is to become a bundle. */
struct bundle_state {
  bool exists;
  bool has_real_rootfs; /* <dir>/rootfs is a directory, not a link: it serves without --rootfs */
};

/* "bundle.foreign" if the directory holds a config.json that davit did not make, or other files and
 * no config.json of davit's. Writes nothing. */
int bundle_inspect(const char *dir, struct bundle_state *state, struct davit_error *err) MUST_CHECK;

/* Where the files of a bundle lie, as an absolute path without links: <dir>/.davit. The directory
 * `dir` need not be there, the one that it is to be made in must. */
int bundle_files_directory(struct arena *arena, const char *dir, const char **path,
                           struct davit_error *err) MUST_CHECK;

/* What a bundle is made of. */
struct bundle_content {
  const char *rootfs; /* what <dir>/rootfs becomes a link to; NULL: it is left as it is */
  const char *config;
  size_t config_size;
  const struct made_file *const *files; /* list; NULL: none */
};

/* Makes the directory if it is not there (0700), writes its files (0644, in .davit, which is 0700)
 * and config.json (0600), each as temporary file, fsync and rename, and the link. Files of an
 * earlier bundle that the new one has not are deleted. On failure what was there is there still. */
int bundle_write(const char *dir, const struct bundle_content *content,
                 struct davit_error *err) MUST_CHECK;

/* The two halves of bundle_write(), for several bundles of which all are written or none. The
 * content must live until the second. After a failure of either there is no draft any more. */
struct bundle_draft;
int bundle_prepare(const char *dir, const struct bundle_content *content,
                   struct bundle_draft **draft, struct davit_error *err) MUST_CHECK;
int bundle_commit(struct bundle_draft *draft, struct davit_error *err) MUST_CHECK;
/* Takes back what bundle_prepare() wrote. */
void bundle_abandon(struct bundle_draft *draft);

/* Deletes config.json, the link to the rootfs, the files and the directory if it is then empty; a
 * rootfs that is a directory and all other files stay. "bundle.foreign" if the directory is no
 * bundle of davit's. */
int bundle_remove(const char *dir, struct davit_error *err) MUST_CHECK;

#endif
