/* SPDX-License-Identifier: Apache-2.0 */
#include "common/drm.h"

#include <string.h>

#include "common/read.h"

/* "226:128" as the attribute `dev` has it; false if it is not there or odd. */
static bool parse_numbers(const struct davit_host *h, const char *text, uint64_t *major,
                          uint64_t *minor) {
  const char *colon = text ? strchr(text, ':') : NULL;
  if (!colon)
    return false;
  const char *first = h->format(h, "%.*s", (int)(colon - text), text);
  return first && number_parse(first, 10, UINT32_MAX, major) &&
         number_parse(colon + 1, 10, UINT32_MAX, minor);
}

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
  uint64_t major, minor;
  if (st.type != DAVIT_FILE_CHAR)
    node->fault = h->format(h, "%s is not a device node", node->path);
  else if (parse_numbers(h, numbers, &major, &minor) && (st.major != major || st.minor != minor))
    node->fault = h->format(h, "%s is %u:%u, but the driver's node is %s", node->path, st.major,
                            st.minor, numbers);
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
  node->path = h->format(h, "/dev/dri/%s", name);
  node->number = number;
  return attributes && node->path ? check_node(h, attributes, node) : DAVIT_E_MEMORY;
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
