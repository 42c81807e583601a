/* SPDX-License-Identifier: Apache-2.0 */
/* What a spec names is looked up on the host each time: drivers are renewed and specs are not. */
#include <string.h>

#include "cdi/generators.h"
#include "cdi/injection.h"
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

static const char *why_not(int answer) {
  return answer == DAVIT_E_NOT_FOUND ? "is not there"
         : answer == DAVIT_E_DENIED  ? "can not be looked up: permission denied"
                                     : "can not be looked up";
}

const char *clean_path(struct injection *injection, const struct doc_node *at, const char *what,
                       const char *path) {
  if (path_is_clean(path))
    return path;
  char *clean = arena_alloc(injection->arena, strlen(path) + 2);
  if (!clean) {
    (void)error_memory(&injection->problems);
    return NULL;
  }
  char *end = clean;
  bool is_good = *path == '/';
  for (const char *part = path; *part; part += strcspn(part, "/")) {
    part += strspn(part, "/");
    size_t size = strcspn(part, "/");
    if (size == 0 || (size == 1 && part[0] == '.'))
      continue;
    is_good = is_good && !(size == 2 && memcmp(part, "..", 2) == 0);
    *end++ = '/';
    end = mempcpy(end, part, size);
  }
  if (end == clean)
    *end = '/';
  if (is_good)
    return clean;
  if (injection->problems.count < MOST_PROBLEMS)
    (void)doc_fail(&injection->problems, at, DAVIT_E_INVALID, CDI_BROKEN,
                   "write an absolute path without \"..\"", "%s \"%s\" is not absolute", what,
                   path);
  return NULL;
}

/* ---- what is there -------------------------------------------------------------------------- */

/* '\0': no device node. */
static char type_of(const struct davit_stat *st) {
  switch (st->type) {
  case DAVIT_FILE_CHAR:
    return 'c';
  case DAVIT_FILE_BLOCK:
    return 'b';
  case DAVIT_FILE_FIFO:
    return 'p';
  default:
    return '\0';
  }
}

static bool refuse_link(struct injection *injection, const struct cdi_node *node,
                        const char *path) {
  const struct davit_files *files = injection->host->files;
  const char *target;
  const char *why = "is a link";
  if (files->read_link(files, path, &target) == DAVIT_OK)
    why = injection->host->format(injection->host, "is a link to %s", target);
  return add_stale(injection, node->at, "the device node", path, why ? why : "is a link");
}

static bool check_type(struct injection *injection, const struct cdi_node *node, const char *path,
                       char type) {
  char given = node->type ? *node->type : type;
  if (given == type || (given == 'u' && type == 'c')) /* "u" is "c", unbuffered */
    return true;
  const char *why = injection->host->format(injection->host, "is of type %c, not %c", type, given);
  return add_stale(injection, node->at, "the device node", path, why ? why : "is of another type");
}

bool check_node(struct injection *injection, const struct cdi_node *node, const char *path,
                bool is_complete) {
  const struct davit_files *files = injection->host->files;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  int answer = files->stat_path(files, path, is_complete ? 0 : DAVIT_STAT_NOFOLLOW, &st);
  char type = answer < 0 ? '\0' : type_of(&st);
  if (type)
    return check_type(injection, node, path, type);
  if (is_complete)
    return true;
  if (answer < 0)
    return add_stale(injection, node->at, "the device node", path, why_not(answer));
  if (st.type == DAVIT_FILE_LINK)
    return refuse_link(injection, node, path);
  return add_stale(injection, node->at, "the device node", path, "is not a device node");
}

bool check_path(struct injection *injection, const struct doc_node *at, const char *what,
                const char *path) {
  const struct davit_files *files = injection->host->files;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  if (is_generating(injection))
    return true;
  int answer = files->stat_path(files, path, 0, &st);
  return answer == DAVIT_OK || add_stale(injection, at, what, path, why_not(answer));
}
