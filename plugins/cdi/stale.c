/* SPDX-License-Identifier: Apache-2.0 */
/* What an injection cannot do without. */
#include <string.h>

#include "cdi/generators.h"
#include "cdi/injection.h"
#include "cdi/on_host.h"
#include "util/text.h"

#define STALE "cdi.file-stale"

enum {
  MOST_PROBLEMS = 16 /* after a driver's update every mount of a spec may be stale */
};

static const char *how_to_regenerate(const struct injection *injection) {
  const struct spec_file *file = injection->file;
  const char *command = generator_command(file->spec->kind);
  if (!command)
    return "regenerate the spec with the tool that wrote it";
  const char *hint =
      arena_printf(injection->arena, "regenerate the spec: %s --output=%s", command, file->path);
  return hint ? hint : "regenerate the spec";
}

static bool add_stale(struct injection *injection, const struct doc_node *at, const char *what,
                      const char *path, const char *why) {
  const struct davit_device *device = injection->device;
  if (injection->problems.count == MOST_PROBLEMS)
    injection->more_stale++;
  else
    (void)doc_fail(&injection->problems, at, DAVIT_E_INVALID, STALE, how_to_regenerate(injection),
                   "%s %s %s; %s%s%s needs it", what, path, why,
                   device ? device->kind : "every device of the file", device ? "=" : "",
                   device ? device->id : "");
  return false;
}

void count_more_stale(struct injection *injection) {
  if (injection->more_stale > 0)
    (void)error_add(&injection->problems, DAVIT_E_INVALID, STALE, NULL,
                    "%zu more entries of CDI files name what is not on this host",
                    injection->more_stale);
}

static const char *refuse_path(struct injection *injection, const struct doc_node *at,
                               const char *what, const char *path) {
  if (injection->problems.count < MOST_PROBLEMS)
    (void)doc_fail(&injection->problems, at, DAVIT_E_INVALID, CDI_BROKEN,
                   "write an absolute path without \"..\"", "%s \"%s\" is not absolute", what,
                   path);
  return NULL;
}

const char *clean_path(struct injection *injection, const struct doc_node *at, const char *what,
                       const char *path) {
  if (path_is_clean(path))
    return path;
  if (!path_is_absolute(path))
    return refuse_path(injection, at, what, path);
  char *clean = arena_alloc(injection->arena, strlen(path) + 1);
  if (!clean) {
    (void)error_memory(&injection->problems);
    return NULL;
  }
  char *end = clean;
  for (const char *part = path; *part; part += strcspn(part, "/")) {
    part += strspn(part, "/");
    size_t size = strcspn(part, "/");
    if (size == 0 || (size == 1 && part[0] == '.'))
      continue;
    *end++ = '/';
    end = mempcpy(end, part, size);
  }
  if (end == clean)
    *end = '/';
  return clean;
}

bool check_node(struct injection *injection, const struct cdi_node *node, const char *path) {
  const struct davit_files *files = injection->host->files;
  const struct host_fault fault = node_fault(injection->arena, files, node, path);
  return !fault.stops || add_stale(injection, node->at, "the device node", path, fault.text);
}

bool check_path(struct injection *injection, const struct doc_node *at, const char *what,
                const char *path) {
  const char *fault = is_generating(injection) ? NULL : path_fault(injection->host->files, path);
  return !fault || add_stale(injection, at, what, path, fault);
}
