/* SPDX-License-Identifier: Apache-2.0 */
/* linux.cgroupsPath: below the parent that somebody names, else left to the runtime. Nothing is
 * made or moved here. */
#include "pipeline/stages.h"

#include <string.h>

#include "util/text.h"

/* A parent and who named it. */
struct parent {
  const char *path;
  struct oci_source source;
  struct where at;
};

static struct parent find_parent(const struct context *context) {
  const struct render_options *options = context->options;
  const struct service_text *key = &context->service->cgroup_parent;
  if (options->cgroup_parent)
    return (struct parent){
        options->cgroup_parent, from_command("--cgroup-parent"), {.key = "--cgroup-parent"}};
  if (key->text)
    return (struct parent){key->text, from_service(context, &key->at),
                           at_service(context, &key->at)};
  if (options->cgroup_parent_default)
    return (struct parent){options->cgroup_parent_default,
                           from_command(options->cgroup_parent_variable),
                           {.key = options->cgroup_parent_variable}};
  return (struct parent){0};
}

/* systemd.slice(5): the way down from the root slice, "-.slice", with a "-" before each part but
 * the first, and .slice at the end. */
static bool is_slice(const char *name) {
  static const char allowed[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.\\@";
  size_t length = strlen(name);
  size_t stem = text_ends(name, ".slice") ? length - strlen(".slice") : 0;
  if (stem == 0 || strspn(name, allowed) != length)
    return false;
  if (stem == 1 && name[0] == '-')
    return true;
  bool has_empty_part = name[0] == '-' || name[stem - 1] == '-';
  for (size_t i = 1; i < stem && !has_empty_part; i++)
    has_empty_part = name[i - 1] == '-' && name[i] == '-';
  return !has_empty_part;
}

int stage_cgroup(struct context *context, struct davit_error *err) {
  struct parent parent = find_parent(context);
  if (!parent.path)
    return DAVIT_OK;
  const char *path;
  if (context->options->systemd_cgroup) {
    if (!is_slice(parent.path))
      return error_add_at(err, DAVIT_E_INVALID, "cgroup.parent", &parent.at,
                          "name a slice, such as machine.slice, or leave out --systemd-cgroup",
                          "\"%s\" is not a systemd slice", parent.path);
    path = arena_printf(context->arena, "%s:davit:%s", parent.path, context->container_id);
  } else {
    size_t length = strlen(parent.path);
    while (length > 1 && parent.path[length - 1] == '/')
      length--;
    const char *clean = arena_strndup(context->arena, parent.path, length);
    if (!clean)
      return error_memory(err);
    if (!path_is_clean(clean))
      return error_add_at(err, DAVIT_E_INVALID, "cgroup.parent", &parent.at,
                          is_slice(parent.path)
                              ? "a slice needs --systemd-cgroup"
                              : "give an absolute path below the cgroup root, without \"..\"",
                          "\"%s\" is not the path of a cgroup", parent.path);
    path = arena_printf(context->arena, "%s/%s", clean[1] ? clean : "", context->container_id);
  }
  if (!path)
    return error_memory(err);
  return oci_set_cgroups_path(context->oci, path, &parent.source, err);
}
