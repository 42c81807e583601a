/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/source.h"

#include <string.h>

static const char *plugin_text(struct arena *arena, const struct oci_source *source) {
  const char *device = source->device ? arena_printf(arena, ", device %s", source->device) : "";
  if (!device)
    return NULL;
  if (!source->file)
    return arena_printf(arena, "plugin %s%s", source->plugin, device);
  if (source->line == 0)
    return arena_printf(arena, "%s (plugin %s%s)", source->file, source->plugin, device);
  return arena_printf(arena, "%s:%u (plugin %s%s)", source->file, source->line, source->plugin,
                      device);
}

const char *oci_source_text(struct arena *arena, const struct oci_source *source) {
  switch (source->kind) {
  case OCI_FROM_DEFAULT:
    return "default";
  case OCI_FROM_CONFIG:
    return source->file;
  case OCI_FROM_IMAGE:
    return source->line == 0
               ? arena_printf(arena, "image %s (%s)", source->file, source->key)
               : arena_printf(arena, "image %s:%u (%s)", source->file, source->line, source->key);
  case OCI_FROM_SERVICE:
    return arena_printf(arena, "%s:%u (%s)", source->file, source->line, source->key);
  case OCI_FROM_COMMAND:
    return source->key;
  case OCI_FROM_PLUGIN:
    return plugin_text(arena, source);
  }
  return NULL;
}

static bool same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

bool oci_source_equal(const struct oci_source *a, const struct oci_source *b) {
  return a->kind == b->kind && a->line == b->line && a->secret == b->secret &&
         same_text(a->file, b->file) && same_text(a->key, b->key) &&
         same_text(a->plugin, b->plugin) && same_text(a->device, b->device);
}
