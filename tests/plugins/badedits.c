/* SPDX-License-Identifier: Apache-2.0 */
/* Emits one wrong edit after a good one; its option says which. It passes on what davit answers,
 * unless told to ignore it. */
#include <string.h>

#include "toy.h"

static int add_node(const struct davit_edits *edits, const char *path, const char *access) {
  const struct davit_device_node node = {DAVIT_SIZED(struct davit_device_node), .path = path,
                                         .access = access};
  return edits->add_device_node(edits, &node);
}

static int add_mount(const struct davit_edits *edits, const char *from, const char *to) {
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = from,
                                    .container_path = to};
  return edits->add_mount(edits, &mount);
}

static int add_hook(const struct davit_edits *edits, const char *name, const char *path) {
  const struct davit_hook hook = {DAVIT_SIZED(struct davit_hook), .name = name, .path = path};
  return edits->add_hook(edits, &hook);
}

static int add_node_sized(const struct davit_edits *edits, uint32_t size, uint32_t flags) {
  const struct davit_device_node node = {.struct_size = size, .flags = flags, .path = "/dev/acme0"};
  return edits->add_device_node(edits, &node);
}

static int emit_bad(const struct davit_edits *edits, const char *bad) {
  if (strcmp(bad, "relative") == 0)
    return add_node(edits, "dev/acme0", "rw");
  if (strcmp(bad, "unclean") == 0)
    return add_node(edits, "/dev/../etc/acme0", "rw");
  if (strcmp(bad, "no-path") == 0)
    return add_node(edits, NULL, "rw");
  if (strcmp(bad, "access") == 0)
    return add_node(edits, "/dev/acme0", "rwx");
  if (strcmp(bad, "duplicate") == 0) /* the node that inject() added, with another access */
    return add_node(edits, "/dev/acme0", "r");
  if (strcmp(bad, "relative-mount") == 0)
    return add_mount(edits, "/etc", "etc");
  if (strcmp(bad, "mount-over-root") == 0)
    return add_mount(edits, "/etc", "/");
  if (strcmp(bad, "hook-name") == 0)
    return add_hook(edits, "beforeAll", "/bin/true");
  if (strcmp(bad, "hook-path") == 0)
    return add_hook(edits, "createRuntime", "bin/true");
  if (strcmp(bad, "env-name") == 0)
    return edits->set(edits, DAVIT_SET_ENV, "A=B", "1", 0);
  if (strcmp(bad, "rlimit") == 0)
    return edits->set(edits, DAVIT_SET_RLIMIT, "RLIMIT_MEMLOCK", "much", 0);
  if (strcmp(bad, "unknown-set") == 0)
    return edits->set(edits, 99, "a", "b", 0);
  if (strcmp(bad, "size") == 0)
    return add_node_sized(edits, 0, 0);
  if (strcmp(bad, "critical-flag") == 0)
    return add_node_sized(edits, sizeof(struct davit_device_node), 1u << 31);
  return DAVIT_OK;
}

static int inject(struct davit_instance *self, const struct davit_request *request,
                  const struct davit_edits *edits) {
  const struct davit_host *host = self->host;
  int answer = toy_inject(self, request, edits);
  if (answer == DAVIT_OK)
    answer = emit_bad(edits, host->option(host, "bad")[0]);
  return strcmp(host->option(host, "ignore")[0], "yes") == 0 ? DAVIT_OK : answer;
}

static const char *const kinds_of_bad[] = {
    "none",        "relative",  "unclean",        "no-path",
    "access",      "duplicate", "relative-mount", "mount-over-root",
    "hook-name",   "hook-path", "env-name",       "rlimit",
    "unknown-set", "size",      "critical-flag",  NULL};
static const char *const yes_no[] = {"no", "yes", NULL};
static const struct davit_option bad = {DAVIT_SIZED(struct davit_option), .key = "bad",
                                        .values = kinds_of_bad, .preset = "relative",
                                        .help = "what is wrong"};
static const struct davit_option ignore = {DAVIT_SIZED(struct davit_option), .key = "ignore",
                                           .values = yes_no, .preset = "no",
                                           .help = "whether to ignore that davit refuses it"};
static const struct davit_option *const options[] = {&bad, &ignore, NULL};

static const struct davit_plugin badedits = {
    TOY_HEAD(struct davit_plugin), TOY_BODY("badedits"), .open = toy_open, .options = options,
    .enumerate = toy_enumerate,    .inject = inject};
TOY_ENTRY(badedits)
