/* SPDX-License-Identifier: Apache-2.0 */
#include "common/drm.h"

#include <string.h>

#include "common/read.h"

/* A node left over from another boot or made by hand may be another device's. */
static int check_node(const struct davit_host *h, const char *attributes, struct drm_node *node) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  int rc = h->files->stat_path(h->files, node->path, 0, &st);
  if (rc == DAVIT_E_MEMORY)
    return rc;
  if (rc < 0) {
    node->fault = h->format(h, "no device node %s", node->path);
    return node->fault ? DAVIT_OK : DAVIT_E_MEMORY;
  }
  const char *numbers;
  if ((rc = read_attribute(h, attributes, "dev", &numbers)) < 0)
    return rc;
  const char *is = h->format(h, "%u:%u", st.major, st.minor);
  if (!is)
    return DAVIT_E_MEMORY;
  if (st.type != DAVIT_FILE_CHAR)
    node->fault = h->format(h, "%s is not a device node", node->path);
  else if (numbers && strcmp(is, numbers) != 0)
    node->fault = h->format(h, "%s is %s, but the driver's node is %s", node->path, is, numbers);
  else
    return DAVIT_OK;
  return node->fault ? DAVIT_OK : DAVIT_E_MEMORY;
}

static int read_node(const struct davit_host *h, const char *drm_dir, const char *name,
                     const char *prefix, struct drm_node *node) {
  uint64_t number;
  if (node->path || !name_number(name, prefix, UINT32_MAX, &number))
    return DAVIT_OK; /* also the connector "card0-DP-1" */
  const char *attributes = h->format(h, "%s/%s", drm_dir, name);
  if (!attributes)
    return DAVIT_E_MEMORY;
  node->path = h->format(h, "/dev/dri/%s", name);
  node->number = number;
  return node->path ? check_node(h, attributes, node) : DAVIT_E_MEMORY;
}

int drm_nodes(const struct davit_host *h, const char *device_dir, struct drm_nodes *nodes) {
  struct drm_nodes found = {0};
  const char *drm_dir = h->format(h, "%s/drm", device_dir);
  if (!drm_dir)
    return DAVIT_E_MEMORY;
  const char *const *names;
  int rc = read_dir(h, drm_dir, &names);
  for (size_t i = 0; rc >= 0 && names[i]; i++) {
    rc = read_node(h, drm_dir, names[i], "card", &found.card);
    if (rc >= 0)
      rc = read_node(h, drm_dir, names[i], "renderD", &found.render);
  }
  if (rc >= 0)
    *nodes = found;
  return rc;
}

int drm_paths(const struct davit_host *h, const struct drm_nodes *nodes,
              const char *const **paths) {
  const char **list = h->scratch(h, 3 * sizeof(*list));
  if (!list)
    return DAVIT_E_MEMORY;
  size_t count = 0;
  if (nodes->render.path && !nodes->render.fault)
    list[count++] = nodes->render.path;
  if (nodes->card.path && !nodes->card.fault)
    list[count++] = nodes->card.path;
  *paths = list;
  return DAVIT_OK;
}

const char *drm_node_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

bool drm_is_render(const char *path) {
  return strncmp(drm_node_name(path), "renderD", strlen("renderD")) == 0;
}
