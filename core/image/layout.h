/* SPDX-License-Identifier: Apache-2.0 */
/* An OCI image layout: a directory of content-addressed blobs, and an index that names images. */
#ifndef DAVIT_IMAGE_LAYOUT_H
#define DAVIT_IMAGE_LAYOUT_H

#include "host/host.h"
#include "image/config.h"
#include "image/platform.h"

struct image_layout {
  const struct host *root; /* the directory: nothing is read outside of it */
  const char *name;        /* what messages call it */
  const char *reference;   /* the image's org.opencontainers.image.ref.name; NULL: the only one */
  struct image_platform platform; /* the machine's */
};

/* The config of the image that suits the machine: index.json, through indexes inside of it, then
 * the manifest, then the config; sizes and digests of all are verified. Errors: "image.invalid"
 * (not of the specification's form), "image.digest" (a blob is not what its name says),
 * "image.not-found", "image.ambiguous", "image.platform". */
int image_layout_read(struct arena *arena, const struct image_layout *layout,
                      const struct image_config **config, struct davit_error *err) MUST_CHECK;

#endif
