/* SPDX-License-Identifier: Apache-2.0 */
/* The names that udev gives DRM nodes by where their device is: "pci-0000:03:00.0-render" in
 * /dev/dri/by-path. They say the same at each boot, "renderD128" does not. */
#ifndef DAVIT_PLUGINS_COMMON_BY_PATH_H
#define DAVIT_PLUGINS_COMMON_BY_PATH_H

#include "davit/plugin.h"

struct by_path_link {
  const char *path; /* "/dev/dri/by-path/pci-0000:03:00.0-render" */
  const char *name; /* its last component */
  const char *node; /* "/dev/dri/renderD128" */
};

/* All links, by name, a last one without path. A host without udev has none. */
int by_path_read(const struct davit_host *h, const struct by_path_link **links);

/* More names that select a device with nodes: those of its nodes and of the links to them. */
int by_path_names(const struct davit_host *h, const struct by_path_link *links,
                  struct davit_device *device);

#endif
