/* SPDX-License-Identifier: Apache-2.0 */
#include "common/drm_edits.h"

#include <string.h>

#include "common/by_path.h"
#include "common/drm.h"
#include "common/instance.h"
#include "common/read.h"

static const char *const ON_OFF[] = {"on", "off", NULL};

const struct davit_option BY_PATH_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = "by-path",
    .values = ON_OFF,
    .preset = "off",
    .help = "give the nodes under their names in /dev/dri/by-path too",
};

const struct davit_option RENDER_AS_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = "render-as",
    .help = "name of the one render node in the container, for programs that insist on renderD128",
};

/* How the request wants its nodes. */
struct naming {
  const struct by_path_link *links; /* NULL: not asked for */
  const char *render_as;            /* NULL: as on the host */
};

static int add_node_as(const struct davit_edits *edits, const char *host_path, const char *path) {
  const struct davit_device_node node = {DAVIT_SIZED(struct davit_device_node), .path = path,
                                         .host_path = path == host_path ? NULL : host_path};
  return edits->add_device_node(edits, &node);
}

static int add_links(const struct davit_host *h, const struct davit_edits *edits,
                     const struct by_path_link *links, const char *node) {
  bool found = false;
  for (; links->path; links++) {
    if (strcmp(links->node, node) != 0)
      continue;
    int rc = add_node_as(edits, node, links->path);
    if (rc < 0)
      return rc;
    found = true;
  }
  if (found)
    return DAVIT_OK;
  return h->fail(h, DAVIT_E_NOT_FOUND, "drm.by-path-missing", "by-path",
                 "udev makes the links: udevadm trigger --subsystem-match=drm",
                 "no link in /dev/dri/by-path leads to %s", node);
}

static int add_named(const struct davit_host *h, const struct davit_edits *edits,
                     const struct naming *naming, const char *node) {
  const char *path = node;
  if (naming->render_as && drm_is_render(node)) {
    path = h->format(h, "/dev/dri/%s", naming->render_as);
    if (!path)
      return DAVIT_E_MEMORY;
  }
  int rc = add_node_as(edits, node, path);
  if (rc < 0 || !naming->links)
    return rc;
  return add_links(h, edits, naming->links, node);
}

static int find_render_as(const struct davit_host *h, const struct davit_request *req,
                          const char **name) {
  uint64_t number;
  *name = option_text(h, RENDER_AS_OPTION.key);
  if (!*name)
    return DAVIT_OK;
  if (!name_number(*name, "renderD", UINT32_MAX, &number))
    return h->fail(h, DAVIT_E_INVALID, "drm.render-as", RENDER_AS_OPTION.key,
                   "for example render-as=renderD128", "\"%s\" is not the name of a render node",
                   *name);
  if (req->flags & DAVIT_REQUEST_GENERATE)
    return h->fail(h, DAVIT_E_UNSUPPORTED, "drm.render-as", RENDER_AS_OPTION.key,
                   "leave the option out",
                   "a CDI file can not say how a device is called when it is the only one");
  if (device_count(req) != 1)
    return h->fail(h, DAVIT_E_INVALID, "drm.render-as", RENDER_AS_OPTION.key,
                   "ask for one device, or leave the option out",
                   "%zu devices can not all have the render node %s", device_count(req), *name);
  return DAVIT_OK;
}

int add_drm_nodes(const struct davit_host *h, const struct davit_request *req,
                  const struct davit_edits *edits, bool with_cards) {
  struct naming naming = {0};
  int rc = find_render_as(h, req, &naming.render_as);
  if (rc >= 0 && option_is(h, BY_PATH_OPTION.key, "on"))
    rc = by_path_read(h, &naming.links);
  for (size_t i = 0; rc >= 0 && i < device_count(req); i++) {
    const char *const *nodes = req->devices[i]->nodes;
    edits->source(edits, req->devices[i], NULL, 0);
    for (; rc >= 0 && nodes && *nodes; nodes++)
      if (with_cards || drm_is_render(*nodes))
        rc = add_named(h, edits, &naming, *nodes);
  }
  edits->source(edits, NULL, NULL, 0);
  return rc;
}
