/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/diagnose.h"

#include <string.h>
#include <strings.h>

#include "cdi/generators.h"
#include "cdi/host_check.h"
#include "cdi/names.h"
#include "cdi/nvidia.h"
#include "util/map.h"
#include "util/text.h"

struct fault {
  const char *code;
  uint32_t severity;
  const char *why;
};

static const struct fault files_good = {"cdi.files", DAVIT_SEV_OK, NULL};
static const struct fault directory_unreadable = {
    "cdi.directory-unreadable", DAVIT_SEV_WARNING,
    "devices of CDI files in it are unknown: \"unresolvable CDI devices\""};
static const struct fault file_ignored = {"cdi.file-ignored", DAVIT_SEV_NOTE, NULL};
static const struct fault file_unreadable = {
    "cdi.file-unreadable", DAVIT_SEV_WARNING,
    "its devices are unknown: \"unresolvable CDI devices\""};
static const struct fault file_broken = {
    "cdi.file-broken", DAVIT_SEV_ERROR,
    "requests for its devices fail; davit does not fall back to another provider in silence"};
static const struct fault file_stale = {
    "cdi.file-stale", DAVIT_SEV_ERROR,
    "containers with its devices do not start: the file is older than the driver, or than the last "
    "boot"};
static const struct fault numbers_stale = {
    "cdi.node-numbers", DAVIT_SEV_WARNING,
    "other tools give containers the number in the file: CUDA fails with \"unknown error\" (999)"};
static const struct fault driver_version = {
    "cdi.driver-version", DAVIT_SEV_ERROR,
    "\"Failed to initialize NVML: Driver/library version mismatch\""};
static const struct fault renumbered = {
    "cdi.renumbered", DAVIT_SEV_ERROR,
    "nodes are numbered anew at every boot: containers get another GPU's"};
static const struct fault conflict = {
    "cdi.conflict", DAVIT_SEV_ERROR,
    "nobody can say which definition is meant, so neither is used"};

struct diagnosis {
  struct index *index;
  const struct davit_host *host;
  const struct davit_findings *out;
  const char *nvidia_version; /* of the running driver; NULL: none runs */
};

static int add(const struct diagnosis *d, const struct fault *fault, const char *subject,
               const char *remedy, const char *text) {
  if (!remedy || !text)
    return DAVIT_E_MEMORY;
  const struct davit_finding finding = {DAVIT_SIZED(struct davit_finding),
                                        .severity = fault->severity,
                                        .code = fault->code,
                                        .subject = subject,
                                        .text = text,
                                        .remedy = remedy[0] ? remedy : NULL,
                                        .why = fault->why};
  return d->out->add(d->out, &finding);
}

/* "FILE:LINE" */
static const char *place(const struct diagnosis *d, const struct spec_file *file,
                         const struct doc_node *at) {
  return d->host->format(d->host, "%s:%u", file->path, at->line);
}

static const char *how_to_regenerate(const struct diagnosis *d, const struct spec_file *file) {
  const char *command = generator_command(file->spec->kind);
  return command ? d->host->format(d->host, "write it anew: `%s --output=%s`", command, file->path)
                 : "write it anew with the tool that made it";
}

/* ---- directories and names ------------------------------------------------------------------ */

static int diagnose_directory(const struct diagnosis *d, const struct spec_directory *directory) {
  const char *path = directory->path;
  if (directory->state != DIRECTORY_DENIED && directory->state != DIRECTORY_BROKEN)
    return DAVIT_OK;
  return add(d, &directory_unreadable, path,
             d->host->format(d->host, "`chmod a+rx %s`, if it is a directory", path),
             directory->state == DIRECTORY_DENIED ? "it may not be read" : "it cannot be listed");
}

static int diagnose_ignored(const struct diagnosis *d, const struct spec_file *file) {
  const char *dot = strrchr(file->path, '.');
  int length = (int)(dot - file->path);
  const char *right = strcasecmp(dot, ".json") == 0 ? "json" : "yaml";
  return add(d, &file_ignored, file->path,
             d->host->format(d->host, "`mv %s %.*s.%s`", file->path, length, file->path, right),
             "nobody reads it: the name of a CDI file ends in .yaml or .json");
}

/* ---- a file that is no spec ----------------------------------------------------------------- */

static int diagnose_broken(const struct diagnosis *d, const struct spec_file *file) {
  const struct davit_host *host = d->host;
  int answer = DAVIT_OK;
  for (const struct problem *p = file->findings.errors.first; p && answer == DAVIT_OK;
       p = p->next) {
    const char *subject = p->at.line > 0
                              ? host->format(host, "%s:%u:%u", file->path, p->at.line, p->at.column)
                              : file->path;
    if (!subject)
      return DAVIT_E_MEMORY;
    answer =
        add(d, &file_broken, subject,
            p->hint ? p->hint : "mend it; `davit cdi validate` says more of each file", p->text);
  }
  return answer;
}

static int diagnose_unreadable(const struct diagnosis *d, const struct spec_file *file) {
  const struct davit_host *host = d->host;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  int answer = file->files->stat_path(file->files, file->path, 0, &st);
  if (answer == DAVIT_E_MEMORY)
    return answer;
  return add(d, &file_unreadable, file->path,
             answer < 0 ? host->format(host, "`rm %s`, or mend where it leads", file->path)
                        : host->format(host, "`chmod a+r %s`", file->path),
             file->unreadable);
}

/* ---- a spec against the host ---------------------------------------------------------------- */

/* Hundreds of paths may be stale for one reason: the first stands for all. */
static int add_first(const struct diagnosis *d, const struct fault *fault,
                     const struct spec_file *file, const struct davit_error *problems) {
  const struct davit_host *host = d->host;
  const struct problem *first = problems->first;
  if (!first)
    return DAVIT_OK;
  const char *subject = host->format(host, "%s:%u", file->path, first->at.line);
  const char *remedy = subject ? how_to_regenerate(d, file) : NULL;
  if (!remedy)
    return DAVIT_E_MEMORY;
  return add(d, fault, subject, remedy,
             problems->count == 1 ? first->text
                                  : host->format(host, "%s; there are %zu more like it",
                                                 first->text, problems->count - 1));
}

static int diagnose_paths(const struct diagnosis *d, const struct spec_file *file) {
  CLEANUP(error) struct davit_error missing = {0};
  CLEANUP(error) struct davit_error odd = {0};
  host_check(d->host->files, file->spec, &missing, &odd);
  int answer = add_first(d, &file_stale, file, &missing);
  return answer == DAVIT_OK ? add_first(d, &numbers_stale, file, &odd) : answer;
}

/* ---- the driver's version ------------------------------------------------------------------- */

/* Files of a driver that was replaced may still be there, beside the new ones. */
static int diagnose_version(const struct diagnosis *d, const struct spec_file *file,
                            const struct cdi_edits *edits) {
  static const char library[] = "libcuda.so.";
  const struct davit_host *host = d->host;
  for (size_t i = 0; d->nvidia_version && i < edits->mounts.count; i++) {
    const struct cdi_mount *mount = edits->mounts.items[i];
    const char *slash = strrchr(mount->host_path, '/');
    const char *name = slash ? slash + 1 : mount->host_path;
    const char *version = name + strlen(library);
    if (!text_starts(name, library) || !strchr(version, '.') ||
        strcmp(version, d->nvidia_version) == 0)
      continue;
    const char *subject = place(d, file, mount->at);
    const char *remedy = subject ? how_to_regenerate(d, file) : NULL;
    if (!remedy)
      return DAVIT_E_MEMORY;
    return add(d, &driver_version, subject, remedy,
               host->format(host, "it mounts the libraries of driver %s, the host runs %s", version,
                            d->nvidia_version));
  }
  return DAVIT_OK;
}

/* ---- nodes of another boot
 * ------------------------------------------------------------------------------ */

/* "../renderD128::/dev/dri/by-path/pci-0000:1b:00.0-render": a link that a hook makes in the
 * container. The host has the same one, with the number of this boot. */
static int diagnose_link(const struct diagnosis *d, const struct spec_file *file,
                         const struct cdi_text *argument) {
  const struct davit_host *host = d->host;
  const char *link = strstr(argument->text, "::/dev/dri/by-path/"), *target;
  if (!link)
    return DAVIT_OK;
  size_t length = (size_t)(link - argument->text);
  link += strlen("::");
  int answer = host->files->read_link(host->files, link, &target);
  if (answer < 0)
    return answer == DAVIT_E_MEMORY ? answer : DAVIT_OK;
  if (strlen(target) == length && strncmp(target, argument->text, length) == 0)
    return DAVIT_OK;
  const char *subject = place(d, file, argument->at);
  const char *remedy = subject ? how_to_regenerate(d, file) : NULL;
  if (!remedy)
    return DAVIT_E_MEMORY;
  return add(d, &renumbered, subject, remedy,
             host->format(host, "%s is %.*s in it, but %s on this host", link, (int)length,
                          argument->text, target));
}

static int diagnose_links(const struct diagnosis *d, const struct spec_file *file,
                          const struct cdi_edits *edits) {
  int answer = DAVIT_OK;
  for (size_t i = 0; i < edits->hooks.count; i++) {
    const struct cdi_hook *hook = edits->hooks.items[i];
    for (size_t j = 0; answer == DAVIT_OK && j < hook->args.count; j++)
      answer = diagnose_link(d, file, hook->args.items[j]);
  }
  return answer;
}

/* /dev/nvidia0, but not /dev/nvidiactl. */
static bool is_gpu_node(const char *path) {
  static const char beginning[] = "/dev/nvidia";
  return text_starts(path, beginning) && strchr("0123456789", path[strlen(beginning)]) &&
         path[strlen(beginning)];
}

/* A device that is called by a GPU's UUID has that GPU's node. */
static int diagnose_uuid(const struct diagnosis *d, const struct spec_file *file,
                         const struct cdi_device *device) {
  const char *is;
  if (!d->nvidia_version || !name_is_uuid(device->name))
    return DAVIT_OK;
  int answer = nvidia_node(d->host, device->name, &is);
  for (size_t i = 0; answer == DAVIT_OK && is && i < device->edits.nodes.count; i++) {
    const struct cdi_node *node = device->edits.nodes.items[i];
    const char *path = node->host_path ? node->host_path : node->path;
    if (!is_gpu_node(path) || strcmp(path, is) == 0)
      continue;
    const char *subject = place(d, file, node->at);
    const char *remedy = subject ? how_to_regenerate(d, file) : NULL;
    if (!remedy)
      return DAVIT_E_MEMORY;
    answer = add(d, &renumbered, subject, remedy,
                 d->host->format(d->host, "%s has the node %s in it, but %s on this host",
                                 device->name, path, is));
  }
  return answer;
}

static int diagnose_spec(const struct diagnosis *d, const struct spec_file *file) {
  int answer = diagnose_paths(d, file);
  if (answer == DAVIT_OK)
    answer = diagnose_version(d, file, &file->spec->edits);
  if (answer == DAVIT_OK)
    answer = diagnose_links(d, file, &file->spec->edits);
  for (size_t i = 0; answer == DAVIT_OK && i < file->spec->devices.count; i++) {
    const struct cdi_device *device = file->spec->devices.items[i];
    answer = diagnose_links(d, file, &device->edits);
    if (answer == DAVIT_OK)
      answer = diagnose_uuid(d, file, device);
  }
  return answer;
}

/* ---- names defined twice -------------------------------------------------------------------- */

static int add_name(const struct diagnosis *d, struct map *names, const struct spec_file *file,
                    const struct cdi_device *device) {
  struct arena *arena = d->index->arena;
  const char *name =
      arena_printf(arena, "%u %s=%s", file->priority, file->spec->kind, device->name);
  if (!name)
    return DAVIT_E_MEMORY;
  void **earlier = map_find(names, name);
  if (!earlier)
    return map_put(arena, names, name, (void *)(uintptr_t)file) ? DAVIT_OK : DAVIT_E_MEMORY;
  const char *subject = place(d, file, device->at);
  const char *other = ((const struct spec_file *)*earlier)->path;
  const char *remedy =
      subject ? d->host->format(d->host, "`rm` one of the files, %s or %s", other, file->path)
              : NULL;
  if (!remedy)
    return DAVIT_E_MEMORY;
  return add(d, &conflict, subject, remedy,
             d->host->format(d->host, "%s=%s is defined in %s too, with the same priority",
                             file->spec->kind, device->name, other));
}

static int diagnose_conflicts(const struct diagnosis *d, size_t *device_count) {
  struct map names = {0};
  int answer = DAVIT_OK;
  *device_count = 0;
  for (size_t i = 0; i < d->index->files.count; i++) {
    const struct spec_file *file = d->index->files.items[i];
    for (size_t j = 0; answer == DAVIT_OK && file->spec && j < file->spec->devices.count; j++) {
      answer = add_name(d, &names, file, file->spec->devices.items[j]);
      ++*device_count;
    }
  }
  return answer;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int diagnose_file(const struct diagnosis *d, const struct spec_file *file) {
  if (file->findings.errors.first)
    return diagnose_broken(d, file);
  if (file->unreadable)
    return diagnose_unreadable(d, file);
  return file->spec ? diagnose_spec(d, file) : DAVIT_OK;
}

int cdi_diagnose(struct index *index, const struct davit_findings *out) {
  struct diagnosis d = {.index = index, .host = index->host, .out = out};
  size_t device_count = 0;
  int answer = nvidia_version(d.host, &d.nvidia_version);
  for (size_t i = 0; answer == DAVIT_OK && i < index->directories.count; i++)
    answer = diagnose_directory(&d, index->directories.items[i]);
  for (size_t i = 0; answer == DAVIT_OK && i < index->ignored.count; i++)
    answer = diagnose_ignored(&d, index->ignored.items[i]);
  for (size_t i = 0; answer == DAVIT_OK && i < index->files.count; i++)
    answer = diagnose_file(&d, index->files.items[i]);
  if (answer == DAVIT_OK)
    answer = diagnose_conflicts(&d, &device_count);
  if (answer < 0 || index->files.count == 0)
    return answer;
  return add(&d, &files_good, NULL, "",
             d.host->format(d.host, "CDI files: %zu, devices in them: %zu", index->files.count,
                            device_count));
}
