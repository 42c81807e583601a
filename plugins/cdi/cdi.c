/* SPDX-License-Identifier: Apache-2.0 */
/* The plugin for devices that CDI specs on the host describe. */
#include "cdi/cdi.h"

#include <stdlib.h>
#include <string.h>

#include "cdi/devices.h"
#include "cdi/edits.h"
#include "cdi/report.h"

struct davit_instance {
  struct arena arena;
  struct index index;
};

static int out_of_memory(const struct davit_host *host) {
  return host->fail(host, DAVIT_E_MEMORY, "memory.out", NULL, NULL, "out of memory");
}

static int open_cdi(const struct davit_host *host, struct davit_instance **self) {
  struct davit_instance *instance = calloc(1, sizeof(*instance));
  if (!instance)
    return out_of_memory(host);
  instance->index.host = host;
  instance->index.arena = &instance->arena;
  *self = instance;
  return DAVIT_OK;
}

static void close_cdi(struct davit_instance *self) {
  index_close(&self->index);
  arena_free(&self->arena);
  free(self);
}

static int add_device(const struct davit_host *host, const struct found_device *found,
                      const struct davit_devices *out) {
  const char *aliases[] = {host->format(host, "%s=%s", found->kind, found->device->name), NULL};
  struct davit_device device = {DAVIT_SIZED(struct davit_device),
                                .id = found->device->name,
                                .kind = found->kind,
                                .aliases = aliases,
                                .uuid = found->uuid,
                                .nodes = found->nodes,
                                .file = found->file->path,
                                .line = found->device->at->line};
  if (!aliases[0])
    return DAVIT_E_MEMORY;
  if (found->is_number) {
    device.flags |= DAVIT_DEVICE_INDEX;
    device.index = found->number;
  }
  if (found->is_alias)
    device.flags |= DAVIT_DEVICE_ALIAS;
  if (found->other) {
    device.unusable = host->format(host, "defined in two files of equal priority, %s and %s",
                                   found->file->path, found->other->path);
    if (!device.unusable)
      return DAVIT_E_MEMORY;
  }
  return out->add(out, &device);
}

/* Broken files of the kind asked make the op fail, after the devices that are all right. */
static int report_broken(const struct index *index, const struct filter *filter) {
  int answer = DAVIT_OK;
  for (size_t i = 0; i < index->files.count; i++) {
    const struct spec_file *file = index->files.items[i];
    if (!file_counts(file, filter)) {
      report_warn(index->host, &file->findings.errors);
      continue;
    }
    int failed = report_fail(index->host, &file->findings.errors);
    if (answer == DAVIT_OK)
      answer = failed;
  }
  return answer;
}

static int enumerate_cdi(struct davit_instance *self, const struct davit_query *query,
                         const struct davit_devices *out) {
  const struct davit_host *host = self->index.host;
  struct filter filter;
  struct list devices = {0};
  if (!filter_init(&self->arena, query, &filter))
    return out_of_memory(host);
  int answer = index_load(&self->index, &filter);
  if (answer < 0)
    return answer;
  if (!devices_resolve(&self->index, &filter, &devices))
    return out_of_memory(host);
  for (size_t i = 0; i < devices.count; i++) {
    answer = add_device(host, devices.items[i], out);
    if (answer < 0)
      return answer;
  }
  return report_broken(&self->index, &filter);
}

static int inject_cdi(struct davit_instance *self, const struct davit_request *request,
                      const struct davit_edits *edits) {
  return edits_inject(&self->index, request, edits);
}

static const char *const vendors[] = {"*", NULL};

static const struct davit_option option_dir = {
    DAVIT_SIZED(struct davit_option),
    .flags = DAVIT_OPTION_REPEATS | DAVIT_OPTION_ADMIN,
    .key = "dir",
    .help = "directory of CDI specs, later ones go first; replaces /etc/cdi and /var/run/cdi",
};
static const struct davit_option option_extra_dir = {
    DAVIT_SIZED(struct davit_option),
    .flags = DAVIT_OPTION_REPEATS | DAVIT_OPTION_ADMIN,
    .key = "extra-dir",
    .help = "directory of CDI specs beside those, after them; CDI_SPEC_DIRS",
};
static const struct davit_option *const options[] = {&option_dir, &option_extra_dir, NULL};

const struct davit_plugin cdi_plugin = {
    .magic = DAVIT_ABI_MAGIC,
    DAVIT_SIZED(struct davit_plugin),
    .abi_major = DAVIT_ABI_MAJOR,
    .abi_minor = DAVIT_ABI_MINOR,
    .name = "cdi",
    .version = DAVIT_VERSION,
    .description = "devices that CDI specs describe (format 0.3.0 to 1.1.0)",
    .license = "Apache-2.0",
    .vendors = vendors,
    .options = options,
    .rank = DAVIT_RANK_CDI,
    .open = open_cdi,
    .close = close_cdi,
    .enumerate = enumerate_cdi,
    .inject = inject_cdi,
};
