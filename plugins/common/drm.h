/* SPDX-License-Identifier: Apache-2.0 */
/* The DRM nodes of a device. A card and its render node belong together because they stand in the
 * same directory, never by their numbers. */
#ifndef DAVIT_PLUGINS_COMMON_DRM_H
#define DAVIT_PLUGINS_COMMON_DRM_H

#include <stdbool.h>

#include "davit/plugin.h"

struct drm_node {
  const char *path;  /* "/dev/dri/renderD128"; NULL: the driver makes none */
  const char *fault; /* why the node is not there or not the right one; NULL: it is good */
  uint64_t number;   /* in its name */
};

struct drm_nodes {
  struct drm_node card;
  struct drm_node render;
};

/* The nodes of a device by its directory in sysfs, PCI or not. */
int drm_nodes(const struct davit_host *h, const char *device_dir, struct drm_nodes *nodes);

/* A list of the paths of the good ones, the render node first. */
int drm_paths(const struct davit_host *h, const struct drm_nodes *nodes, const char *const **paths);

/* The last component of the path of a node, "renderD128". */
const char *drm_node_name(const char *path);
bool drm_is_render(const char *path);

#endif
