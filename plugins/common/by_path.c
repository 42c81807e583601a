/* SPDX-License-Identifier: Apache-2.0 */
#include "common/by_path.h"

#include <string.h>

#include "common/drm.h"
#include "common/read.h"

#define BY_PATH "/dev/dri/by-path"

/* The links say "../renderD128"; any other link is not udev's. *node is NULL for it. */
static int read_node(const struct davit_host *h, const char *path, const char **node) {
  const char *target;
  int rc = h->files->read_link(h->files, path, &target);
  *node = NULL;
  if (rc < 0)
    return rc == DAVIT_E_MEMORY ? rc : DAVIT_OK;
  if (strncmp(target, "../", strlen("../")) != 0 || strchr(target + strlen("../"), '/'))
    return DAVIT_OK;
  *node = h->format(h, "/dev/dri/%s", target + strlen("../"));
  return *node ? DAVIT_OK : DAVIT_E_MEMORY;
}

int by_path_read(const struct davit_host *h, const struct by_path_link **links) {
  const char *const *names;
  int rc = read_dir(h, BY_PATH, &names);
  if (rc < 0)
    return rc;
  size_t capacity = 0, count = 0;
  while (names[capacity])
    capacity++;
  struct by_path_link *list = h->scratch(h, (capacity + 1) * sizeof(*list));
  if (!list)
    return DAVIT_E_MEMORY;
  for (size_t i = 0; i < capacity; i++) {
    struct by_path_link *link = &list[count];
    link->path = h->format(h, BY_PATH "/%s", names[i]);
    rc = link->path ? read_node(h, link->path, &link->node) : DAVIT_E_MEMORY;
    if (rc < 0)
      return rc;
    link->name = drm_node_name(link->path);
    count += link->node != NULL;
  }
  list[count] = (struct by_path_link){0};
  *links = list;
  return DAVIT_OK;
}

static bool has_node(const struct davit_device *device, const char *path) {
  for (const char *const *node = device->nodes; *node; node++)
    if (strcmp(*node, path) == 0)
      return true;
  return false;
}

int by_path_names(const struct davit_host *h, const struct by_path_link *links,
                  struct davit_device *device) {
  size_t capacity = 0, count = 0;
  if (!device->nodes)
    return DAVIT_OK;
  while (device->nodes[capacity])
    capacity++;
  for (const struct by_path_link *link = links; link->path; link++)
    capacity++;
  const char **names = h->scratch(h, (capacity + 1) * sizeof(*names));
  if (!names)
    return DAVIT_E_MEMORY;
  for (const char *const *node = device->nodes; *node; node++)
    names[count++] = drm_node_name(*node);
  for (; links->path; links++)
    if (has_node(device, links->node))
      names[count++] = links->name;
  device->aliases = names;
  return DAVIT_OK;
}
