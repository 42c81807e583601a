/* SPDX-License-Identifier: Apache-2.0 */
/* Files that plugins make for a container, and what every edit is read with: the checks that are
 * the same for all of them. */
#include <inttypes.h>
#include <string.h>

#include "plugin/edit.h"
#include "plugin/sized.h"
#include "util/text.h"

enum {
  FILE_MOST = 1024 * 1024, /* small, as the header says */
  NAME_MOST = 64
};

/* What a plugin passes in is of its own version. */
int edit_read_sized(void *own, size_t size, const void *given, struct davit_error *err) {
  if (given && sized_take(own, size, given))
    return DAVIT_OK;
  return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", "set struct_size with DAVIT_SIZED()",
                   "an edit is not a struct of davit/plugin.h");
}

int edit_refuse_critical(uint32_t flags, const char *noun, const char *name,
                         struct davit_error *err) {
  if (!(flags & DAVIT_FLAGS_CRITICAL))
    return DAVIT_OK;
  return error_add(err, DAVIT_E_UNSUPPORTED, "plugin.bad-edit", NULL,
                   "%s %s asks for something that this davit does not know (flags %#x)", noun,
                   name ? name : "", flags);
}

int edit_check_path(const char *path, const char *noun, struct davit_error *err) {
  if (path && path_is_clean(path) && path[1])
    return DAVIT_OK;
  return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit",
                   "an absolute path without \".\", \"..\" and doubled slashes",
                   "%s \"%s\" is not an absolute and clean path", noun, path ? path : "");
}

/* FNV-1a: tells contents apart in comparisons and messages. */
static uint64_t digest(const char *content, size_t size) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ (unsigned char)content[i]) * UINT64_C(0x100000001b3);
  return hash;
}

int edit_read_file(struct transaction *transaction, const struct davit_file *given,
                   struct edit *edit, struct davit_error *err) {
  struct davit_file own;
  int rc = edit_read_sized(&own, sizeof(own), given, err);
  if (rc < 0)
    return rc;
  const char *path = own.path ? own.path : "";
  if (!transaction->files)
    return error_add(err, DAVIT_E_UNSUPPORTED, "plugin.bad-edit",
                     "ask for DAVIT_CT_FILES before add_file()",
                     "file %s: there is no bundle that could hold it", path);
  rc = edit_refuse_critical(own.flags, "file", own.path, err);
  if (rc == DAVIT_OK)
    rc = edit_check_path(own.path, "file", err);
  if (rc < 0)
    return rc;
  if (!own.content)
    return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", "give it a content",
                     "file %s has none", path);
  uint64_t given_size = own.size ? own.size : strlen(own.content);
  if (given_size > FILE_MOST)
    return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", "at most 1 MiB",
                     "file %s has %" PRIu64 " bytes", path, given_size);
  size_t size = (size_t)given_size;
  struct arena *arena = transaction->arena;
  char *content = arena_strndup(arena, own.content, size);
  *edit = (struct edit){.kind = EDIT_FILE,
                        .file = {arena_strdup(arena, own.path), content, size},
                        .subject = arena_printf(arena, "mount %s", own.path)};
  if (!content || !edit->file.path)
    return error_memory(err);
  edit->says = arena_printf(arena, "a file of %zu bytes, %016" PRIx64, size, digest(content, size));
  return DAVIT_OK;
}

/* "2-gpu.conf": no two files of a bundle have one name. */
static const char *name_file(struct arena *arena, size_t number, const char *path) {
  const char *base = strrchr(path, '/') + 1;
  return arena_printf(arena, "%zu-%.*s", number, NAME_MOST, base);
}

/* One edit is applied once for each of its sources. NULL: out of memory. */
static const struct made_file *find_or_make(struct transaction *transaction,
                                            const struct edit_file *file) {
  struct arena *arena = transaction->arena;
  struct list *files = transaction->files;
  for (size_t i = 0; i < files->count; i++) {
    const struct made_file *made = files->items[i];
    if (made->content == file->content)
      return made;
  }
  struct made_file *made = arena_alloc(arena, sizeof(*made));
  const char *name = name_file(arena, files->count + 1, file->path);
  if (!made || !name || !list_push(arena, files, made))
    return NULL;
  *made = (struct made_file){name, file->content, file->size};
  return made;
}

int edit_apply_file(struct transaction *transaction, const struct edit_file *file, struct oci *oci,
                    const struct oci_source *source, struct davit_error *err) {
  static const char *const options[] = {"bind", "rprivate", "ro", "nosuid", "nodev", NULL};
  struct arena *arena = transaction->arena;
  const struct made_file *made = find_or_make(transaction, file);
  const char *path =
      made ? arena_printf(arena, "%s/%s", transaction->files_directory, made->name) : NULL;
  if (!path)
    return error_memory(err);
  const struct oci_mount mount = {file->path, "bind", path, options};
  return oci_add_mount(oci, &mount, source, err);
}
