/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/installed.h"

#include <string.h>

#include "common/read.h"

enum {
  MOST_INSTALLED = 32
};

/* Where distributions put them; "current" is what Debian's alternatives choose. */
static const char *const DIRS[] = {
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu/nvidia/current",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu/nvidia/current",
    "/usr/lib64",
    "/usr/lib",
    "/run/opengl-driver/lib",
    "/usr/local/nvidia/lib64",
    "/run/nvidia/driver/usr/lib/x86_64-linux-gnu",
    "/run/nvidia/driver/usr/lib64",
};

struct scan {
  const struct davit_host *h;
  const struct davit_files *files;
  struct installed *found;
  size_t count;
};

/* "580.95.05" of "libcuda.so.580.95.05", NULL of "libcuda.so.1". */
static const char *version_of(const char *name) {
  static const char prefix[] = "libcuda.so.";
  const char *version = name + strlen(prefix);
  if (strncmp(name, prefix, strlen(prefix)) != 0 || !strchr(version, '.') ||
      strspn(version, "0123456789.") != strlen(version))
    return NULL;
  return version;
}

static bool is_known(const struct scan *scan, const char *path) {
  for (size_t i = 0; i < scan->count; i++)
    if (strcmp(scan->found[i].path, path) == 0)
      return true;
  return false;
}

static int add(struct scan *scan, const char *dir, const char *name, const char *version) {
  const struct davit_files *files = scan->files;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  const char *path = scan->h->format(scan->h, "%s/%s", dir, name), *real;
  int rc = path ? files->real_path(files, path, &real) : DAVIT_E_MEMORY;
  if (rc >= 0)
    rc = files->stat_path(files, path, 0, &st);
  if (rc < 0 || st.type != DAVIT_FILE_REGULAR || is_known(scan, real))
    return rc == DAVIT_E_MEMORY ? rc : DAVIT_OK;
  scan->found[scan->count++] = (struct installed){real, version, st.size == 0};
  return DAVIT_OK;
}

int installed_find(const struct davit_host *h, const struct davit_files *files,
                   const struct installed **found, size_t *count) {
  struct scan scan = {h, files, NULL, 0};
  scan.found = h->scratch(h, MOST_INSTALLED * sizeof(*scan.found));
  if (!scan.found)
    return DAVIT_E_MEMORY;
  for (size_t i = 0; i < sizeof(DIRS) / sizeof(DIRS[0]); i++) {
    const char *const *names;
    int rc = files->list_dir(files, DIRS[i], &names);
    if (rc == DAVIT_E_MEMORY)
      return rc;
    for (; rc >= 0 && *names && scan.count < MOST_INSTALLED; names++) {
      const char *version = version_of(*names);
      rc = version ? add(&scan, DIRS[i], *names, version) : DAVIT_OK;
    }
    if (rc == DAVIT_E_MEMORY)
      return rc;
  }
  *found = scan.found;
  *count = scan.count;
  return DAVIT_OK;
}
