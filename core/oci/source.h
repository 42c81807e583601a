/* SPDX-License-Identifier: Apache-2.0 */
/* Where an entry of the OCI document comes from. */
#ifndef DAVIT_OCI_SOURCE_H
#define DAVIT_OCI_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"

enum oci_source_kind {
  OCI_FROM_DEFAULT, /* davit's own defaults */
  OCI_FROM_CONFIG,  /* a config.json that was read: file */
  OCI_FROM_IMAGE,   /* the image's config: file, line, key */
  OCI_FROM_SERVICE, /* the service file: file, line, key */
  OCI_FROM_COMMAND, /* the command line or an environment variable: key is the option or the
                       variable */
  OCI_FROM_PLUGIN   /* a plugin: plugin, device (NULL: all), and file and line that asked for it, if
                       any */
};

struct oci_source {
  enum oci_source_kind kind;
  const char *file;
  uint32_t line;
  const char *key;
  const char *plugin;
  const char *device;
  bool secret; /* the value is not to be shown */
};

/* "default", "trainer.yaml:14 (services.trainer.env.A)", "--env", "plugin nvidia, device 0",
 * "/etc/cdi/nvidia.yaml:12 (plugin cdi, device nvidia.com/gpu=0)". NULL: out of memory. */
const char *oci_source_text(struct arena *arena, const struct oci_source *source);
bool oci_source_equal(const struct oci_source *a, const struct oci_source *b);

#endif
