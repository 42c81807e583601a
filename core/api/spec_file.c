/* SPDX-License-Identifier: Apache-2.0 */
#include "api/spec_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cdi/names.h"
#include "util/cleanup.h"
#include "util/io.h"
#include "util/text.h"

static int report(const char *path, const char *what, int number, struct davit_error *err) {
  bool is_denied = number == EACCES || number == EPERM || number == EROFS;
  return error_add(err, is_denied ? DAVIT_E_DENIED : DAVIT_E_FAILED, "cdi.write", NULL,
                   "%s: %s: %s", path, what, strerror(number));
}

/* ---- where ---------------------------------------------------------------------------------- */

static bool is_directory(const char *path) {
  struct stat st;
  return text_ends(path, "/") || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

/* Splits off the last component: "." and "a" of "a". */
static bool split(struct arena *arena, const char *path, const char **dir, const char **name) {
  size_t end = strlen(path);
  while (end > 1 && path[end - 1] == '/')
    end--;
  size_t start = end;
  while (start > 0 && path[start - 1] != '/')
    start--;
  *dir = start > 0 ? arena_strndup(arena, path, start) : ".";
  *name = arena_strndup(arena, path + start, end - start);
  return *dir && *name;
}

int spec_place_find(struct arena *arena, const char *output, struct spec_place *place,
                    struct davit_error *err) {
  const char *dir = output, *above, *last;
  *place = (struct spec_place){0};
  if (!is_directory(output) && !split(arena, output, &dir, &place->name))
    return error_memory(err);
  CLEANUP(free) char *real = realpath(dir, NULL);
  if (real) {
    place->dir = arena_strdup(arena, real);
    return place->dir ? DAVIT_OK : error_memory(err);
  }
  if (errno != ENOENT)
    return report(dir, "finding it", errno, err);
  if (!split(arena, dir, &above, &last))
    return error_memory(err);
  real = realpath(above, NULL);
  if (!real)
    return report(dir, "finding it", errno, err);
  place->is_new = true;
  place->dir = arena_printf(arena, "%s/%s", strcmp(real, "/") == 0 ? "" : real, last);
  return place->dir ? DAVIT_OK : error_memory(err);
}

const char *spec_place_path(struct arena *arena, const struct spec_place *place) {
  const char *slash = text_ends(place->dir, "/") ? "" : "/";
  return arena_printf(arena, "%s%s%s", place->dir, slash, place->name);
}

int spec_file_name(struct arena *arena, const char *kind, enum doc_format format, const char **name,
                   struct davit_error *err) {
  const char *problem = kind_problem(kind);
  if (problem)
    return error_add(err, DAVIT_E_INVALID, "cdi.bad-kind", NULL,
                     "\"%s\" is no kind of CDI devices: %s", kind, problem);
  const char *slash = strchr(kind, '/');
  *name = arena_printf(arena, "%.*s-%s.%s", (int)(slash - kind), kind, slash + 1,
                       format == DOC_FORMAT_YAML ? "yaml" : "json");
  return *name ? DAVIT_OK : error_memory(err);
}

/* ---- writing -------------------------------------------------------------------------------- */

static int check_name(const char *name, struct davit_error *err) {
  if (name[0] == '.' || strchr(name, '/') ||
      !(text_ends(name, ".json") || text_ends(name, ".yaml")))
    return error_add(err, DAVIT_E_INVALID, "cdi.write",
                     "readers of CDI look at *.json and *.yaml in a directory, not below it",
                     "\"%s\" is no name of a CDI file", name);
  return DAVIT_OK;
}

/* Nobody who looks at *.json and *.yaml sees it before it is renamed. */
static int write_temporary(const char *path, int fd, const char *text, size_t size,
                           struct davit_error *err) {
  if (write_all(fd, text, size) < 0 || fchmod(fd, 0644) < 0 || fsync(fd) < 0)
    return report(path, "writing it", errno, err);
  return DAVIT_OK;
}

static int put_in_place(const char *temporary, const char *path, bool keeps,
                        struct davit_error *err) {
  int number =
      renameat2(AT_FDCWD, temporary, AT_FDCWD, path, keeps ? RENAME_NOREPLACE : 0) < 0 ? errno : 0;
  if (keeps && number == EEXIST)
    return error_add(err, DAVIT_E_INVALID, "cdi.write", "leave out --no-replace to replace it",
                     "%s is there already", path);
  return number ? report(path, "putting it in place", number, err) : DAVIT_OK;
}

static int sync_directory(const char *dir, struct davit_error *err) {
  CLEANUP(fd) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return fd < 0 || fsync(fd) < 0 ? report(dir, "writing it", errno, err) : DAVIT_OK;
}

/* Whatever the umask, as the file. Somebody else may have made it meanwhile: then it is theirs. */
static int make_directory(const char *dir, struct davit_error *err) {
  if (mkdir(dir, 0755) == 0 ? chmod(dir, 0755) == 0 : errno == EEXIST)
    return DAVIT_OK;
  return report(dir, "making it", errno, err);
}

int spec_file_write(const struct spec_place *place, const char *text, size_t size, bool keeps,
                    struct davit_error *err) {
  CLEANUP(arena) struct arena arena = {0};
  int rc = check_name(place->name, err);
  if (rc < 0)
    return rc;
  const char *path = spec_place_path(&arena, place);
  char *temporary = arena_printf(&arena, "%s/.davit-XXXXXX", place->dir);
  if (!path || !temporary)
    return error_memory(err);
  if (place->is_new)
    rc = make_directory(place->dir, err);
  if (rc < 0)
    return rc;
  CLEANUP(fd) int fd = mkostemp(temporary, O_CLOEXEC);
  if (fd < 0)
    return report(path, "making it", errno, err);
  rc = write_temporary(path, fd, text, size, err);
  if (rc == DAVIT_OK)
    rc = put_in_place(temporary, path, keeps, err);
  if (rc < 0) {
    unlink(temporary);
    return rc;
  }
  return sync_directory(place->dir, err);
}
