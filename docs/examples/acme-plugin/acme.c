/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin for an invented vendor: each /dev/acmeN is one NPU. */
#include <davit/plugin.h>
#include <stdlib.h>
#include <string.h>

struct davit_instance {
  const struct davit_host *host;
};

static int acme_open(const struct davit_host *host, struct davit_instance **self) {
  struct davit_instance *made = malloc(sizeof *made);
  if (!made)
    return DAVIT_E_MEMORY;
  made->host = host;
  *self = made;
  return DAVIT_OK;
}

static void acme_close(struct davit_instance *self) {
  free(self);
}

static int add_npu(const struct davit_host *host, const struct davit_devices *out,
                   const char *name) {
  const char *path = host->format(host, "/dev/%s", name);
  if (!path)
    return DAVIT_E_MEMORY;
  const char *const nodes[] = {path, NULL};
  const struct davit_device device = {
      DAVIT_SIZED(struct davit_device),
      .flags = DAVIT_DEVICE_INDEX,
      .index = (uint32_t)strtoul(name + strlen("acme"), NULL, 10),
      .id = name + strlen("acme"),
      .kind = "acme.com/npu",
      .vendor = "acme",
      .model = "Acme NPU",
      .nodes = nodes,
  };
  return out->add(out, &device);
}

static int acme_enumerate(struct davit_instance *self, const struct davit_query *query,
                          const struct davit_devices *out) {
  (void)query;
  const struct davit_files *files = self->host->files;
  const char *const *names;
  int answer = files->list_dir(files, "/dev", &names);
  for (; answer == DAVIT_OK && *names; names++)
    if (strncmp(*names, "acme", 4) == 0 && strspn(*names + 4, "0123456789") == strlen(*names + 4))
      answer = add_npu(self->host, out, *names);
  return answer;
}

static int acme_inject(struct davit_instance *self, const struct davit_request *req,
                       const struct davit_edits *edits) {
  (void)self;
  for (const struct davit_device *const *device = req->devices; *device; device++) {
    edits->source(edits, *device, NULL, 0);
    const struct davit_device_node node = {
        DAVIT_SIZED(struct davit_device_node),
        .path = (*device)->nodes[0],
    };
    int answer = edits->add_device_node(edits, &node);
    if (answer < 0)
      return answer;
  }
  edits->source(edits, NULL, NULL, 0);
  return edits->set(edits, DAVIT_SET_ENV, "ACME_PLUGIN", "yes", 0);
}

static const char *const vendors[] = {"acme", NULL};
static const char *const kinds[] = {"acme.com/npu", NULL};

static const struct davit_plugin plugin = {
    .magic = DAVIT_ABI_MAGIC,
    .struct_size = sizeof plugin,
    .abi_major = DAVIT_ABI_MAJOR,
    .abi_minor = DAVIT_ABI_MINOR,
    .name = "acme",
    .version = "1.2.0",
    .description = "NPUs of Acme",
    .license = "Apache-2.0",
    .vendors = vendors,
    .kinds = kinds,
    .rank = DAVIT_RANK_VENDOR,
    .open = acme_open,
    .close = acme_close,
    .enumerate = acme_enumerate,
    .inject = acme_inject,
};

DAVIT_EXPORT const struct davit_plugin *davit_plugin_entry(uint32_t host_major,
                                                           uint32_t host_minor) {
  (void)host_major;
  (void)host_minor;
  return &plugin;
}
