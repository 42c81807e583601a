/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/host_check.h"

#include <string.h>

#include "util/arena.h"

struct check {
  const struct davit_files *files;
  struct davit_error *missing, *odd;
};

static const char hint[] =
    "write the file anew with the tool that made it, once the driver is there";

/* `why` follows the path: "is not there". */
static void add(struct davit_error *err, const struct doc_node *at, const char *what,
                const char *path, const char *why) {
  (void)doc_fail(err, at, DAVIT_E_NOT_FOUND, "cdi.file-stale", hint, "%s %s %s", what, path, why);
}

static void add_missing(const struct check *check, const struct doc_node *at, const char *what,
                        const char *path, const char *why) {
  add(check->missing, at, what, path, why);
}

static bool find(const struct check *check, const char *path, uint32_t flags,
                 struct davit_stat *st) {
  *st = (struct davit_stat){DAVIT_SIZED(struct davit_stat)};
  return check->files->stat_path(check->files, path, flags, st) == DAVIT_OK;
}

static bool is_node(const struct davit_stat *st) {
  return st->type == DAVIT_FILE_CHAR || st->type == DAVIT_FILE_BLOCK || st->type == DAVIT_FILE_FIFO;
}

static bool has_numbers(const struct cdi_node *node) {
  return node->major.is_given && node->major.value != 0; /* in CDI 0 is not given */
}

static void check_numbers(const struct check *check, const struct cdi_node *node, const char *path,
                          const struct davit_stat *st) {
  if (has_numbers(node) && st->type != DAVIT_FILE_FIFO &&
      (node->major.value != st->major || node->minor.value != st->minor))
    (void)doc_fail(check->odd, node->at, DAVIT_E_INVALID, "cdi.file-stale", hint,
                   "the device node %s is %u:%u on this host, not %lld:%lld", path, st->major,
                   st->minor, (long long)node->major.value, (long long)node->minor.value);
}

static void check_node(const struct check *check, const struct cdi_node *node) {
  const char *path = node->host_path ? node->host_path : node->path;
  bool is_complete = node->type && (strcmp(node->type, "p") == 0 || has_numbers(node));
  struct davit_error *err = is_complete ? check->odd : check->missing;
  struct davit_stat st;
  if (!find(check, path, DAVIT_STAT_NOFOLLOW, &st))
    add(err, node->at, "the device node", path, "is not there");
  else if (!is_node(&st))
    add(err, node->at, "the device node", path,
        st.type == DAVIT_FILE_LINK ? "is a link" : "is not a device node");
  else
    check_numbers(check, node, path, &st);
}

/* What other types take as source is not a path. */
static bool is_bind(const struct cdi_mount *mount) {
  for (size_t i = 0; i < mount->options.count; i++) {
    const char *option = ((const struct cdi_text *)mount->options.items[i])->text;
    if (strcmp(option, "bind") == 0 || strcmp(option, "rbind") == 0)
      return true;
  }
  return !mount->type || strcmp(mount->type, "bind") == 0;
}

static void check_mount(const struct check *check, const struct cdi_mount *mount) {
  struct davit_stat st;
  if (is_bind(mount) && !find(check, mount->host_path, 0, &st))
    add_missing(check, mount->at, "the source of a mount,", mount->host_path, "is not there");
}

static void check_hook(const struct check *check, const struct cdi_hook *hook) {
  struct davit_stat st;
  if (!find(check, hook->path, 0, &st))
    add_missing(check, hook->at, "the hook", hook->path, "is not there");
  else if (st.type != DAVIT_FILE_REGULAR || !(st.mode & 0111))
    add_missing(check, hook->at, "the hook", hook->path, "is not a program");
}

static void check_net_device(const struct check *check, const struct cdi_net_device *device) {
  CLEANUP(arena) struct arena arena = {0};
  struct davit_stat st;
  const char *path = arena_printf(&arena, "/sys/class/net/%s", device->host_name);
  if (path && !find(check, path, 0, &st))
    add_missing(check, device->at, "the network interface", device->host_name, "is not there");
}

static void check_edits(const struct check *check, const struct cdi_edits *edits) {
  for (size_t i = 0; i < edits->nodes.count; i++)
    check_node(check, edits->nodes.items[i]);
  for (size_t i = 0; i < edits->mounts.count; i++)
    check_mount(check, edits->mounts.items[i]);
  for (size_t i = 0; i < edits->hooks.count; i++)
    check_hook(check, edits->hooks.items[i]);
  for (size_t i = 0; i < edits->net_devices.count; i++)
    check_net_device(check, edits->net_devices.items[i]);
}

void host_check(const struct davit_files *files, const struct cdi_spec *spec,
                struct davit_error *missing, struct davit_error *odd) {
  const struct check check = {files, missing, odd};
  check_edits(&check, &spec->edits);
  for (size_t i = 0; i < spec->devices.count; i++)
    check_edits(&check, &((const struct cdi_device *)spec->devices.items[i])->edits);
}
