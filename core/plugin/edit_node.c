/* SPDX-License-Identifier: Apache-2.0 */
/* Device nodes of edits: what the plugin says, completed by what the host has. */
#include "plugin/edit.h"

#include <string.h>

#include "util/text.h"

enum {
  OPEN_TO_ALL = 06 /* others may read and write */
};

/* The line that asks for the node; the plugin itself has none. */
static struct where asked_at(const struct transaction *transaction) {
  const struct oci_source *source = transaction->source;
  return source ? (struct where){.file = source->file, .line = source->line} : (struct where){0};
}

static int bad_node(struct davit_error *err, const char *path, const char *hint, const char *what,
                    const char *value) {
  return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", hint, "device node %s: %s \"%s\"", path,
                   what, value);
}

static int check_access(const char *path, const char *access, struct davit_error *err) {
  bool once = true;
  for (const char *letter = access; *letter; letter++)
    once = once && !strchr(letter + 1, *letter);
  if (!once || access[strspn(access, "rwm")])
    return bad_node(err, path, "letters of \"rwm\", each at most once", "unknown access", access);
  return DAVIT_OK;
}

static int check_node(const struct davit_device_node *given, struct davit_error *err) {
  if (given->flags & DAVIT_FLAGS_CRITICAL)
    return error_add(err, DAVIT_E_UNSUPPORTED, "plugin.bad-edit", NULL,
                     "device node %s asks for something that this davit does not know (flags %#x)",
                     given->path ? given->path : "", given->flags);
  if (!given->path || !path_is_clean(given->path) || strcmp(given->path, "/") == 0)
    return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit",
                     "an absolute path without \".\", \"..\" and doubled slashes",
                     "device node path \"%s\" is not absolute and clean",
                     given->path ? given->path : "");
  if (given->host_path && !path_is_clean(given->host_path))
    return bad_node(err, given->path, "an absolute path without \".\", \"..\" and doubled slashes",
                    "not an absolute and clean host path", given->host_path);
  const char type[2] = {(char)given->type, '\0'};
  if ((given->flags & DAVIT_NODE_TYPE) &&
      (given->type == 0 || given->type > 'z' || !strchr("cbup", (int)given->type)))
    return bad_node(err, given->path, "c, b, u or p", "unknown type",
                    given->type < 128 ? type : "");
  if ((given->flags & DAVIT_NODE_NUMBERS) &&
      (given->major < 0 || given->minor < 0 || given->major > UINT32_MAX ||
       given->minor > UINT32_MAX))
    return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", "0 to 4294967295",
                     "device node %s: no such numbers: %lld:%lld", given->path,
                     (long long)given->major, (long long)given->minor);
  return given->access ? check_access(given->path, given->access, err) : DAVIT_OK;
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

/* The plugin says enough for a node that the host does not have. */
static bool is_complete(const struct davit_device_node *given) {
  return (given->flags & DAVIT_NODE_TYPE) &&
         ((given->flags & DAVIT_NODE_NUMBERS) || given->type == 'p');
}

static void take_given(const struct davit_device_node *given, struct edit_node *node) {
  struct oci_device *device = &node->device;
  device->path = given->path;
  device->type = (given->flags & DAVIT_NODE_TYPE) ? (char)given->type : '\0';
  if (device->type != 'p') {
    device->major = (given->flags & DAVIT_NODE_NUMBERS) ? given->major : 0;
    device->minor = (given->flags & DAVIT_NODE_NUMBERS) ? given->minor : 0;
  }
  device->has_mode = (given->flags & DAVIT_NODE_MODE) != 0;
  device->mode = device->has_mode ? given->mode & 07777 : 0;
  device->has_uid = (given->flags & DAVIT_NODE_UID) != 0;
  device->uid = device->has_uid ? given->uid : 0;
  device->has_gid = (given->flags & DAVIT_NODE_GID) != 0;
  device->gid = device->has_gid ? given->gid : 0;
  node->access = given->access ? given->access : "rw";
  node->rule_only = (given->flags & DAVIT_NODE_RULE_ONLY) != 0;
  node->group = 0;
}

static int take_type(char host_type, const struct davit_device_node *given, const char *host_path,
                     struct edit_node *node, struct davit_error *err) {
  if (!(given->flags & DAVIT_NODE_TYPE)) {
    node->device.type = host_type;
    return DAVIT_OK;
  }
  char kind = given->type == 'u' ? 'c' : (char)given->type; /* "u" is "c", unbuffered */
  if (kind == host_type)
    return DAVIT_OK;
  return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", "leave the type out, or correct it",
                   "device node %s is said to be of type %c, the host's %s is of type %c",
                   given->path, (char)given->type, host_path, host_type);
}

/* The host is right: numbers of drivers with dynamic majors change from boot to boot. */
static void take_numbers(struct transaction *transaction, const struct davit_stat *st,
                         const struct davit_device_node *given, struct edit_node *node) {
  struct oci_device *device = &node->device;
  const struct where at = asked_at(transaction);
  if (device->type == 'p')
    return;
  if ((given->flags & DAVIT_NODE_NUMBERS) &&
      (given->major != st->major || given->minor != st->minor))
    log_at(transaction->log, LOG_LEVEL_WARNING, "plugin.node-numbers", &at, NULL,
           "device node %s is said to be %lld:%lld, the host has it as %u:%u, which is used",
           given->path, (long long)given->major, (long long)given->minor, st->major, st->minor);
  device->major = st->major;
  device->minor = st->minor;
}

/* A process that is not root inside opens a node that is closed to others by its group: the node
 * keeps the host's group, and the process becomes a member. */
static void take_group(const struct davit_stat *st, const struct davit_device_node *given,
                       struct edit_node *node) {
  if ((given->flags & DAVIT_NODE_NO_GROUP) || st->gid == 0 ||
      (st->mode & OPEN_TO_ALL) == OPEN_TO_ALL)
    return;
  node->group = st->gid;
  if (!node->device.has_gid) {
    node->device.has_gid = true;
    node->device.gid = st->gid;
  }
}

int edit_complete_node(struct transaction *transaction, const struct davit_device_node *given,
                       struct edit_node *node, struct davit_error *err) {
  int rc = check_node(given, err);
  if (rc < 0)
    return rc;
  const char *host_path = given->host_path ? given->host_path : given->path;
  struct edit_node completed = {.given = given->flags, .host_path = host_path};
  take_given(given, &completed);

  CLEANUP(error) struct davit_error missing = {0};
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  rc = host_stat(transaction->host, host_path, 0, &st, &missing);
  char host_type = rc < 0 ? '\0' : type_of(&st);
  if (host_type == '\0') {
    if (is_complete(given)) {
      const struct where at = asked_at(transaction);
      log_at(transaction->log, LOG_LEVEL_WARNING, "plugin.node-missing", &at, NULL,
             "device node %s: %s is no device on this host; the node is made as the plugin says",
             given->path, host_path);
      completed.is_missing = true;
      *node = completed;
      return DAVIT_OK;
    }
    if (rc == DAVIT_OK)
      return bad_node(err, given->path, "load the driver that makes it, or see `davit devices`",
                      "not a device on this host:", host_path);
    return error_add(err, rc, "plugin.node-missing",
                     "load the driver that makes it, or see `davit devices`", "device node %s: %s",
                     given->path, missing.first ? missing.first->text : host_path);
  }
  rc = take_type(host_type, given, host_path, &completed, err);
  if (rc < 0)
    return rc;
  take_numbers(transaction, &st, given, &completed);
  if (!completed.device.has_mode) {
    completed.device.has_mode = true;
    completed.device.mode = st.mode & 07777;
  }
  take_group(&st, given, &completed);
  *node = completed;
  return DAVIT_OK;
}
