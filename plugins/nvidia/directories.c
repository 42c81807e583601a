/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/directories.h"

#include <elf.h>
#include <string.h>

#include "nvidia/catalogue.h"
#include "nvidia/ldcache.h"

enum {
  MOST_DIRECTORIES = 64 /* the usual ones are fewer; more than the rest no cache names for NVIDIA */
};

/* %s is the machine's name on Debian. The last are of NixOS, Talos and Google's system; "current"
 * is what Debian's alternatives choose. */
static const char *const USUAL_64[] = {"/usr/lib64",
                                       "/usr/lib/%s",
                                       "/lib64",
                                       "/lib/%s",
                                       "/usr/lib",
                                       "/lib",
                                       "/run/opengl-driver/lib",
                                       "/usr/local/glibc/lib",
                                       "/usr/local/nvidia/lib64",
                                       NULL};
static const char *const USUAL_32[] = {"/usr/lib/%s",
                                       "/usr/lib32",
                                       "/lib/%s",
                                       "/lib32",
                                       "/usr/lib",
                                       "/lib",
                                       "/run/opengl-driver-32/lib",
                                       NULL};
static const char *const BELOW[] = {"/nvidia/current", "/vdpau", NULL};

static const struct machine {
  struct elf_kind kind;
  const char *debian;
  uint32_t cache_flags;
  const char *const *usual;
} machines[] = {
    {{64, EM_X86_64}, "x86_64-linux-gnu", LDCACHE_X86_64, USUAL_64},
    {{64, EM_AARCH64}, "aarch64-linux-gnu", LDCACHE_AARCH64, USUAL_64},
    {{32, EM_386}, "i386-linux-gnu", LDCACHE_I386, USUAL_32},
    {{32, EM_ARM}, "arm-linux-gnueabihf", LDCACHE_ARM_HARD_FLOAT, USUAL_32},
};

struct collector {
  const struct driver *driver;
  const struct davit_host *host;
  const char **dirs;
  size_t count;
};

/* *is_there may be NULL. */
static int add_directory(struct collector *collector, const char *path, bool *is_there) {
  const char *real;
  int rc = path ? driver_real_path(collector->driver, path, &real) : DAVIT_E_MEMORY;
  if (rc >= 0 && is_there)
    *is_there = real != NULL;
  if (rc < 0 || !real || collector->count == MOST_DIRECTORIES)
    return rc;
  for (size_t i = 0; i < collector->count; i++)
    if (strcmp(collector->dirs[i], real) == 0)
      return DAVIT_OK;
  collector->dirs[collector->count++] = real;
  return DAVIT_OK;
}

/* The pattern holds the machine's name at most once, at its end. */
static const char *fill_in(const struct davit_host *h, const char *pattern, const char *name) {
  const char *mark = strstr(pattern, "%s");
  return mark ? h->format(h, "%.*s%s", (int)(mark - pattern), pattern, name) : pattern;
}

static int add_usual(struct collector *collector, const struct machine *machine) {
  int rc = DAVIT_OK;
  for (const char *const *pattern = machine->usual; rc >= 0 && *pattern; pattern++) {
    const char *dir = fill_in(collector->host, *pattern, machine->debian);
    bool is_there;
    rc = add_directory(collector, dir, &is_there);
    for (const char *const *below = BELOW; rc >= 0 && is_there && *below; below++)
      rc = add_directory(collector, collector->host->format(collector->host, "%s%s", dir, *below),
                         NULL);
  }
  return rc;
}

static bool is_drivers(const char *name) {
  const char *so = strstr(name, ".so");
  return so && catalogue_find(name, (size_t)(so - name));
}

static int add_cached(struct collector *collector, const struct machine *machine) {
  const struct davit_host *h = collector->host;
  const struct davit_files *files = collector->driver->files;
  const char *path = "/etc/ld.so.cache", *data;
  size_t size;
  struct ldcache cache;
  int rc = files->read_file(files, path, &data, &size);
  if (rc < 0)
    return rc == DAVIT_E_MEMORY ? rc : DAVIT_OK;
  if (!ldcache_open(&cache, data, size)) {
    h->log(h, DAVIT_LOG_INFO, NULL, "%s%s is no cache of the dynamic loader",
           collector->driver->root, path);
    return DAVIT_OK;
  }
  struct ldcache_entry entry;
  for (size_t i = 0; rc >= 0 && i < cache.count; i++) {
    if (!ldcache_entry(&cache, i, &entry) || entry.flags != machine->cache_flags ||
        !is_drivers(entry.name) || entry.path[0] != '/')
      continue;
    const char *last = strrchr(entry.path, '/');
    rc = add_directory(collector, h->format(h, "%.*s", (int)(last - entry.path), entry.path), NULL);
  }
  return rc < 0 ? rc : DAVIT_OK;
}

int directories_find(const struct driver *driver, struct elf_kind kind, const char *const **dirs) {
  const struct davit_host *h = driver->host;
  struct collector collector = {driver, h, NULL, 0};
  collector.dirs = h->scratch(h, (MOST_DIRECTORIES + 1) * sizeof(*collector.dirs));
  if (!collector.dirs)
    return DAVIT_E_MEMORY;
  *dirs = collector.dirs;
  for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
    if (elf_same_kind(machines[i].kind, kind)) {
      int rc = add_usual(&collector, &machines[i]);
      return rc < 0 ? rc : add_cached(&collector, &machines[i]);
    }
  return DAVIT_OK;
}
