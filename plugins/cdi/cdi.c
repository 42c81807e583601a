/* SPDX-License-Identifier: Apache-2.0 */
/* The plugin for devices that CDI specs on the host describe. */
#include "cdi/cdi.h"

#include <stdlib.h>
#include <string.h>

#include "cdi/absent.h"
#include "cdi/devices.h"
#include "cdi/diagnose.h"
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

enum {
  LONG_TEXT = 1024 /* from here on files are counted: davit takes no text of more than 4096 bytes */
};

/* "; these shadow A; these shadow 3 more". NULL: out of memory. */
static const char *add_shadowed(const struct davit_host *host, const char *text,
                                const struct list *shadowed) {
  size_t i = 0;
  size_t longest = strlen(text) + LONG_TEXT;
  for (; text && i < shadowed->count && strlen(text) < longest; i++) {
    const struct other_definition *one = shadowed->items[i];
    text =
        host->format(host, "%s; these shadow %s:%u", text, one->file->path, one->device->at->line);
  }
  if (!text || i == shadowed->count)
    return text;
  return host->format(host, "%s; these shadow %zu more", text, shadowed->count - i);
}

/* NULL: out of memory. */
static const char *tie_text(const struct davit_host *host, const struct found_device *found) {
  const struct list *rivals = &found->rivals;
  const char *text = host->format(host, "defined in files of equal priority, %s:%u",
                                  found->file->path, found->device->at->line);
  size_t i = 0;
  for (; text && i < rivals->count && strlen(text) < LONG_TEXT; i++) {
    const struct other_definition *rival = rivals->items[i];
    text = host->format(host, "%s%s%s:%u", text, i + 1 < rivals->count ? ", " : " and ",
                        rival->file->path, rival->device->at->line);
  }
  if (text && i < rivals->count)
    text = host->format(host, "%s and %zu more", text, rivals->count - i);
  return text ? add_shadowed(host, text, &found->shadowed) : NULL;
}

static int add_device(const struct davit_host *host, const struct found_device *found,
                      const struct davit_devices *out) {
  const char *aliases[] = {found->full_name, NULL};
  struct davit_device device = {DAVIT_SIZED(struct davit_device),
                                .id = found->device->name,
                                .kind = found->kind,
                                .aliases = aliases,
                                .uuid = found->uuid,
                                .nodes = found->nodes,
                                .file = found->file->path,
                                .line = found->device->at->line};
  if (found->is_number) {
    device.flags |= DAVIT_DEVICE_INDEX;
    device.index = found->number;
  }
  if (found->is_alias)
    device.flags |= DAVIT_DEVICE_ALIAS;
  if (found->rivals.count > 0) {
    device.unusable = tie_text(host, found);
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
  answer = report_broken(&self->index, &filter);
  if (!absent_tell(&self->index, query, &filter, &devices, out))
    return out_of_memory(host);
  return answer;
}

static int inject_cdi(struct davit_instance *self, const struct davit_request *request,
                      const struct davit_edits *edits) {
  return edits_inject(&self->index, request, edits);
}

static int diagnose(struct davit_instance *self, const struct davit_request *request,
                    const struct davit_findings *out) {
  const struct davit_query all = {DAVIT_SIZED(struct davit_query)};
  struct filter filter;
  (void)request; /* what a file gives does not depend on the container */
  if (!filter_init(&self->arena, &all, &filter))
    return out_of_memory(self->index.host);
  int answer = index_load(&self->index, &filter);
  return answer < 0 ? answer : cdi_diagnose(&self->index, out);
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
    .diagnose = diagnose,
};
