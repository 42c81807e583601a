/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's user-space files in the container. */
#ifndef DAVIT_PLUGINS_NVIDIA_FILES_H
#define DAVIT_PLUGINS_NVIDIA_FILES_H

#include "davit/plugin.h"
#include "nvidia/libraries.h"

/* What of the host becomes part of a container. */
struct driver_files {
  struct driver driver;
  uint32_t capabilities;
  struct libraries native;
  struct libraries compat32; /* found if asked for */
};

/* Libraries, programs, configuration, firmware and sockets by the options of the plugin. Where
 * nothing of the running version is found, the option driver-files says what that is. */
int files_add(const struct davit_host *h, const struct davit_request *req, uint32_t capabilities,
              const struct davit_edits *edits);

/* How the libraries get to the container's loader (layout.c): bind mounts into a directory of the
 * container's own, or the directories of the host and the hooks of the vendor. */
int layout_add_private(const struct driver_files *files, const struct davit_edits *edits);
int layout_add_with_hooks(const struct driver_files *files, const struct davit_request *req,
                          const struct davit_edits *edits);

/* What is not a library (data.c): programs, configuration files, firmware, sockets. */
int data_add(const struct driver_files *files, const struct davit_edits *edits);

#endif
