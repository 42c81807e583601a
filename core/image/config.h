/* SPDX-License-Identifier: Apache-2.0 */
/* What an image says of the containers made from it: its config, a JSON text. */
#ifndef DAVIT_IMAGE_CONFIG_H
#define DAVIT_IMAGE_CONFIG_H

#include "util/arena.h"
#include "util/error.h"

struct image_text { /* text NULL: not given, or empty */
  const char *text;
  struct where at;
};

struct image_list { /* items NULL: not given, or empty */
  const char *const *items;
  struct where at;
};

struct image_pair {
  const char *name;
  const char *value;
  struct where at;
};

struct image_config {
  const char *file;
  struct image_text os, architecture, variant;
  struct image_text user, workdir, stop_signal;
  struct image_list entrypoint, cmd;
  const struct image_pair *env; /* in the file's order; the last of several with one name counts */
  size_t env_count;
  /* What the specification of images makes of its properties (org.opencontainers.image.os, ...),
   * then the labels, which win. */
  const struct image_pair *annotations;
  size_t annotation_count;
  const struct image_text *volumes; /* absolute paths */
  size_t volume_count;
};

/* Takes the three forms that are around: an OCI image config (application/vnd.oci.image.config.v1+
 * json), what `docker image inspect` prints (a list of one, or its item), and the bare object
 * "Config" of it. Keys that say nothing of a container on Linux are passed over. `file` names the
 * text in messages. On failure `err` holds every problem of the text: "image.invalid". */
int image_config_parse(struct arena *arena, const char *file, const char *text, size_t size,
                       const struct image_config **config, struct davit_error *err) MUST_CHECK;

#endif
