/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the config refers to and that lie in the bundle beside it. */
#include "pipeline/stages.h"

int context_add_file(struct context *context, const struct where *at, const struct made_file *file,
                     const char **path, struct davit_error *err) {
  const char *directory = context->options->files_directory;
  if (!directory)
    return error_add_at(err, DAVIT_E_UNSUPPORTED, "bundle.needed", at,
                        "write one with `davit build`",
                        "this needs a file, %s, and only a bundle can hold it", file->name);
  struct made_file *kept = arena_alloc(context->arena, sizeof(*kept));
  const char *place = arena_printf(context->arena, "%s/%s", directory, file->name);
  if (!kept || !place || !list_push(context->arena, &context->files, kept))
    return error_memory(err);
  *kept = *file;
  *path = place;
  return DAVIT_OK;
}
