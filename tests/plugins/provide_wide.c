/* SPDX-License-Identifier: Apache-2.0 */
/* A toy whose edits are of every kind: what `davit cdi generate` makes of them. Three devices, of
 * which the last can not be given. The option "does" chooses:
 *
 *   plain     a node each, a variable and a node of all
 *   everything  plain, and the first device brings one edit of each kind there is
 *   together  plain, and variables that depend on which devices are chosen
 *   shared    nothing of the second device's own
 *   nothing   no edit at all
 *   unnamed   plain, with ids that CDI does not allow
 *   kinds     plain, and each device is of a kind of its own
 *   fails     plain, and then a failure */
#include <stdbool.h>
#include <string.h>

#include "toy.h"

static bool does(const struct davit_instance *self, const char *what) {
  const char *const *given = self->host->option(self->host, "does");
  return given[0] && strcmp(given[0], what) == 0;
}

static int enumerate(struct davit_instance *self, const struct davit_query *query,
                     const struct davit_devices *out) {
  static const char *const nodes[][2] = {{"/dev/wide0"}, {"/dev/wide1"}, {"/dev/wide2"}};
  static const char *const aliases[] = {"front", "not/a/name", "all", NULL};
  static const char *const ids[] = {"a", "b", "c"}, *const unnamed[] = {"-a", "b:", "c"};
  int answer = DAVIT_OK;
  (void)query;
  for (uint32_t i = 0; answer == DAVIT_OK && i < 3; i++) {
    const struct davit_device device = {
        DAVIT_SIZED(struct davit_device),
        .flags = i == 0 ? DAVIT_DEVICE_INDEX : 0,
        .id = does(self, "unnamed") ? unnamed[i] : ids[i],
        .kind = does(self, "kinds") && i == 1 ? "wide.com/nic" : "wide.com/npu",
        .aliases = i == 0 ? aliases : NULL,
        .uuid = i == 0 ? "WIDE-0000" : "WIDE-1111",
        .nodes = nodes[i],
        .unusable = i == 2 ? "on fire" : NULL,
    };
    answer = out->add(out, &device);
  }
  return answer;
}

struct step {
  uint32_t what;
  const char *name, *value;
  uint32_t flags;
};

static int set_all(const struct davit_edits *edits, const struct step *steps, size_t count) {
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < count; i++)
    answer = edits->set(edits, steps[i].what, steps[i].name, steps[i].value, steps[i].flags);
  return answer;
}

static int add_nodes(const struct davit_edits *edits) {
  const struct davit_device_node nodes[] = {
      {DAVIT_SIZED(struct davit_device_node), .path = "/dev/inside", .host_path = "/dev/outside",
       .access = "rwm"},
      {DAVIT_SIZED(struct davit_device_node), .path = "/dev/linked"},
      {DAVIT_SIZED(struct davit_device_node), .path = "/dev/grouped"},
      {DAVIT_SIZED(struct davit_device_node), .path = "/dev/owned",
       .flags = DAVIT_NODE_MODE | DAVIT_NODE_UID | DAVIT_NODE_GID, .mode = 0640, .uid = 5,
       .gid = 6},
      {DAVIT_SIZED(struct davit_device_node), .path = "/dev/missing", .type = 'c', .major = 7,
       .minor = 8, .flags = DAVIT_NODE_TYPE | DAVIT_NODE_NUMBERS},
      {DAVIT_SIZED(struct davit_device_node), .path = "/dev/rule", .host_path = "/dev/wide0",
       .flags = DAVIT_NODE_RULE_ONLY},
      {DAVIT_SIZED(struct davit_device_node), .path = "/dev/ruleless", .host_path = "/dev/wide0",
       .access = ""},
  };
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < sizeof(nodes) / sizeof(*nodes); i++)
    answer = edits->add_device_node(edits, &nodes[i]);
  return answer;
}

static int add_mounts(const struct davit_edits *edits) {
  static const char *const size[] = {"size=1m", NULL}, *const none[] = {NULL};
  const struct davit_mount mounts[] = {
      {DAVIT_SIZED(struct davit_mount), .host_path = "/opt/lib", .container_path = "/usr/lib/wide"},
      {DAVIT_SIZED(struct davit_mount), .host_path = "tmpfs", .container_path = "/run/wide",
       .type = "tmpfs", .options = size},
      {DAVIT_SIZED(struct davit_mount), .host_path = "/opt/lib", .container_path = "/usr/lib/bare",
       .options = none},
  };
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < sizeof(mounts) / sizeof(*mounts); i++)
    answer = edits->add_mount(edits, &mounts[i]);
  return answer;
}

static int add_everything(const struct davit_edits *edits) {
  static const char *const args[] = {"hook", "--go", NULL}, *const env[] = {"H=1", NULL};
  static const struct step steps[] = {
      {DAVIT_SET_ENV, "WIDE_PATH", "/usr/lib/wide", DAVIT_SET_PREPEND},
      {DAVIT_SET_ENV, "WIDE_PATH", "/opt/wide", DAVIT_SET_PREPEND},
      {DAVIT_SET_ENV, "WIDE_LEVEL", "3", DAVIT_SET_DEFAULT},
      {DAVIT_SET_ENV, "WIDE_BYTES", "\xff", 0},
      {DAVIT_SET_ANNOTATION, "wide.com/seen", "yes", 0},
      {DAVIT_SET_RLIMIT, "RLIMIT_MEMLOCK", "unlimited", 0},
      {DAVIT_SET_UNIFIED, "pids.max", "64", 0},
      {DAVIT_SET_NET_DEVICE, "ib0", "ib7", 0},
      {DAVIT_SET_INTEL_RDT, "closID", "wide", 0},
      {DAVIT_SET_INTEL_RDT, "schemata", "MB:0=10", 0},
      {DAVIT_SET_INTEL_RDT, "schemata", "L3:0=f", 0},
      {DAVIT_SET_INTEL_RDT, "enableMonitoring", "true", 0},
      {DAVIT_SET_INTEL_RDT, "enableCMT", "true", 0},
  };
  const struct davit_hook hook = {DAVIT_SIZED(struct davit_hook),
                                  .flags = DAVIT_HOOK_TIMEOUT,
                                  .name = "createContainer",
                                  .path = "/usr/bin/hook",
                                  .args = args,
                                  .env = env,
                                  .timeout = 9};
  int answer = set_all(edits, steps, sizeof(steps) / sizeof(*steps));
  if (answer == DAVIT_OK)
    answer = add_nodes(edits);
  if (answer == DAVIT_OK)
    answer = add_mounts(edits);
  if (answer == DAVIT_OK)
    answer = edits->add_hook(edits, &hook);
  return answer == DAVIT_OK ? edits->add_gid(edits, 44) : answer;
}

/* WIDE_LAST is each device's own, and the last one's of several, as it would be from a file. */
static int add_choice(struct davit_instance *self, const struct davit_request *request,
                      const struct davit_edits *edits) {
  size_t count = 0;
  int answer = DAVIT_OK;
  for (; answer == DAVIT_OK && request->devices[count]; count++) {
    edits->source(edits, request->devices[count], NULL, 0);
    answer = edits->set(edits, DAVIT_SET_ENV, "WIDE_LAST", request->devices[count]->id, 0);
  }
  const char *number = self->host->format(self->host, "%zu", count);
  edits->source(edits, NULL, NULL, 0);
  if (answer == DAVIT_OK)
    answer = number ? edits->set(edits, DAVIT_SET_ENV, "WIDE_COUNT", number, 0) : DAVIT_E_MEMORY;
  if (answer == DAVIT_OK && count > 1)
    answer = edits->set(edits, DAVIT_SET_ENV, "WIDE_SEVERAL", "yes", 0);
  return answer;
}

static int add_node(const struct davit_edits *edits, const char *path) {
  const struct davit_device_node node = {DAVIT_SIZED(struct davit_device_node), .path = path};
  return edits->add_device_node(edits, &node);
}

static int inject(struct davit_instance *self, const struct davit_request *request,
                  const struct davit_edits *edits) {
  int answer = DAVIT_OK;
  if (does(self, "nothing"))
    return DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && request->devices[i]; i++) {
    const struct davit_device *device = request->devices[i];
    bool is_first = strcmp(device->nodes[0], "/dev/wide0") == 0;
    edits->source(edits, device, NULL, 0);
    if (is_first || !does(self, "shared"))
      answer = add_node(edits, device->nodes[0]);
    if (answer == DAVIT_OK && is_first && does(self, "everything"))
      answer = add_everything(edits);
  }
  edits->source(edits, NULL, NULL, 0);
  if (answer == DAVIT_OK)
    answer = edits->set(edits, DAVIT_SET_ENV, "WIDE", "yes", 0);
  if (answer == DAVIT_OK)
    answer = add_node(edits, "/dev/widectl");
  if (answer == DAVIT_OK && does(self, "together"))
    answer = add_choice(self, request, edits);
  if (answer == DAVIT_OK && does(self, "fails"))
    answer = self->host->fail(self->host, DAVIT_E_FAILED, "acme.halfway", NULL, NULL, "no more");
  return answer;
}

static const struct davit_option option_does = {DAVIT_SIZED(struct davit_option), .key = "does",
                                                .preset = "plain", .help = "what it does"};
static const struct davit_option *const options[] = {&option_does, NULL};
static const char *const vendors[] = {"wide", NULL};
static const char *const kinds[] = {"wide.com/npu", "wide.com/nic", NULL};

static const struct davit_plugin plugin = {TOY_HEAD(struct davit_plugin),
                                           .name = "wide",
                                           .version = "0.1",
                                           .description = "a toy",
                                           .license = "Apache-2.0",
                                           .vendors = vendors,
                                           .kinds = kinds,
                                           .options = options,
                                           .rank = DAVIT_RANK_VENDOR,
                                           .open = toy_open,
                                           .close = toy_close,
                                           .enumerate = enumerate,
                                           .inject = inject};

TOY_ENTRY(plugin)
