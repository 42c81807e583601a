/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/on_host.h"

static int look(const struct davit_files *files, const char *path, uint32_t flags,
                struct davit_stat *st) {
  *st = (struct davit_stat){DAVIT_SIZED(struct davit_stat)};
  return files->stat_path(files, path, flags, st);
}

static const char *why_not(int answer) {
  return answer == DAVIT_E_NOT_FOUND ? "is not there"
         : answer == DAVIT_E_DENIED  ? "can not be looked up: permission denied"
                                     : "can not be looked up";
}

const char *path_fault(const struct davit_files *files, const char *path) {
  struct davit_stat st;
  int answer = look(files, path, 0, &st);
  return answer == DAVIT_OK ? NULL : why_not(answer);
}

bool node_has_numbers(const struct cdi_node *node) {
  return node->major.is_given && node->major.value != 0; /* in CDI 0 is not given */
}

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

static const char *link_fault(struct arena *arena, const struct davit_files *files,
                              const char *path) {
  const char *target, *text = NULL;
  if (files->read_link(files, path, &target) == DAVIT_OK)
    text = arena_printf(arena, "is a link to %s", target);
  return text ? text : "is a link";
}

static const char *type_fault(struct arena *arena, const struct cdi_node *node, char type) {
  char given = node->type ? *node->type : type;
  if (given == type || (given == 'u' && type == 'c')) /* "u" is "c", unbuffered */
    return NULL;
  const char *text = arena_printf(arena, "is of type %c, not %c", type, given);
  return text ? text : "is of another type";
}

struct host_fault node_fault(struct arena *arena, const struct davit_files *files,
                             const struct cdi_node *node, const char *path) {
  bool is_complete = node->type && (*node->type == 'p' || node_has_numbers(node));
  struct host_fault fault = {.stops = !is_complete};
  struct davit_stat st;
  int answer = look(files, path, DAVIT_STAT_NOFOLLOW, &st);
  if (answer < 0)
    fault.text = why_not(answer);
  else if (st.type == DAVIT_FILE_LINK)
    fault.text = link_fault(arena, files, path);
  else if (!type_of(&st))
    fault.text = "is not a device node";
  if (answer == DAVIT_OK && st.type == DAVIT_FILE_LINK && is_complete)
    answer = look(files, path, 0, &st);
  char type = answer < 0 ? '\0' : type_of(&st);
  const char *other = type ? type_fault(arena, node, type) : NULL;
  return other ? (struct host_fault){other, true} : fault.text ? fault : (struct host_fault){0};
}
