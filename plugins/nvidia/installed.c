/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/installed.h"

#include <string.h>

#include "nvidia/directories.h"

enum {
  MOST_INSTALLED = 32
};

struct scan {
  const struct driver *driver;
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
  const struct driver *driver = scan->driver;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  const char *path = driver->host->format(driver->host, "%s/%s", dir, name), *real;
  int rc = path ? driver_real_path(driver, path, &real) : DAVIT_E_MEMORY;
  if (rc < 0 || !real || is_known(scan, real))
    return rc;
  rc = driver->files->stat_path(driver->files, real, 0, &st);
  if (rc < 0 || st.type != DAVIT_FILE_REGULAR)
    return rc == DAVIT_E_MEMORY ? rc : DAVIT_OK;
  scan->found[scan->count++] = (struct installed){real, version, st.size == 0};
  return DAVIT_OK;
}

int installed_find(const struct driver *driver, const struct installed **found, size_t *count) {
  struct scan scan = {driver, NULL, 0};
  const char *const *dirs;
  int rc = directories_find(driver, driver->machine, &dirs);
  if (rc < 0)
    return rc;
  scan.found = driver->host->scratch(driver->host, MOST_INSTALLED * sizeof(*scan.found));
  if (!scan.found)
    return DAVIT_E_MEMORY;
  for (; rc >= 0 && *dirs; dirs++) {
    const char *const *names;
    rc = driver_list(driver, *dirs, &names);
    for (; rc >= 0 && *names && scan.count < MOST_INSTALLED; names++) {
      const char *version = version_of(*names);
      rc = version ? add(&scan, *dirs, *names, version) : DAVIT_OK;
    }
  }
  *found = scan.found;
  *count = scan.count;
  return rc < 0 ? rc : DAVIT_OK;
}
