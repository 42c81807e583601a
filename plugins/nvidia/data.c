/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's programs, configuration files, firmware and sockets: under the paths where a
 * container's programs look for them. */
#include <string.h>

#include "common/instance.h"
#include "common/read.h"
#include "nvidia/capability.h"
#include "nvidia/files.h"

/* The real file: a link of the host would be followed inside the container. */
static int bind_file(const struct driver_files *files, const struct davit_edits *edits,
                     const char *path, const char *at) {
  const char *real = NULL;
  int rc = at ? driver_real_path(&files->driver, path, &real) : DAVIT_E_MEMORY;
  const char *host_path = rc >= 0 && real ? driver_host_path(&files->driver, real) : NULL;
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = host_path,
                                    .container_path = at};
  if (rc < 0 || !real) /* gone since it was seen */
    return rc;
  return host_path ? edits->add_mount(edits, &mount) : DAVIT_E_MEMORY;
}

/* The first of the directories that has the file; NULL: none. */
static int find_in(const struct driver *driver, const char *const *dirs, const char *name,
                   const char **path) {
  *path = NULL;
  for (; *dirs; dirs++) {
    const char *at = driver->host->format(driver->host, "%s/%s", *dirs, name);
    bool is_there;
    int rc = at ? driver_has_file(driver, at, &is_there) : DAVIT_E_MEMORY;
    if (rc < 0)
      return rc;
    if (is_there) {
      *path = at;
      return DAVIT_OK;
    }
  }
  return DAVIT_OK;
}

static int add_list(const struct driver_files *files, const struct davit_edits *edits,
                    const struct catalogue_file *list, const char *const *dirs, const char *under) {
  const struct davit_host *h = files->driver.host;
  for (; list->name; list++) {
    const char *path;
    if (!(list->capabilities & files->capabilities))
      continue;
    int rc = find_in(&files->driver, dirs, list->name, &path);
    if (rc >= 0 && path)
      rc = bind_file(files, edits, path, h->format(h, "%s/%s", under, list->name));
    if (rc < 0)
      return rc;
  }
  return DAVIT_OK;
}

/* ---- the X server's modules ----------------------------------------------------------------- */

static int add_x_modules(const struct driver_files *files, const struct davit_edits *edits) {
  static const char *const dirs[] = {"/usr/lib/nvidia/xorg",
                                     "/usr/lib/xorg/modules/drivers",
                                     "/usr/lib/xorg/modules/extensions",
                                     "/usr/lib64/nvidia/xorg",
                                     "/usr/lib64/xorg/modules/drivers",
                                     "/usr/lib64/xorg/modules/extensions",
                                     NULL};
  const struct davit_host *h = files->driver.host;
  const char *server = h->format(h, "libglxserver_nvidia.so.%s", files->driver.version);
  const char *modules[] = {"nvidia_drv.so", server, NULL}, *path;
  if (!server)
    return DAVIT_E_MEMORY;
  for (size_t i = 0; modules[i]; i++) {
    int rc = find_in(&files->driver, dirs, modules[i], &path);
    if (rc >= 0 && path)
      rc = bind_file(files, edits, path, path);
    if (rc < 0)
      return rc;
  }
  return DAVIT_OK;
}

/* ---- firmware ------------------------------------------------------------------------------- */

static int add_firmware_of(const struct driver_files *files, const struct davit_edits *edits,
                           const char *dir, bool *found) {
  const struct davit_host *h = files->driver.host;
  const char *const *names;
  int rc = driver_list(&files->driver, dir, &names);
  for (; rc >= 0 && *names; names++) {
    if (strncmp(*names, "gsp", 3) != 0)
      continue;
    *found = true;
    const char *path = h->format(h, "%s/%s", dir, *names);
    rc = path ? bind_file(files, edits, path, path) : DAVIT_E_MEMORY;
  }
  return rc < 0 ? rc : DAVIT_OK;
}

/* Where the kernel looks, in its order; what is found first hides the rest. */
static int add_firmware(const struct driver_files *files, const struct davit_edits *edits) {
  const struct davit_host *h = files->driver.host;
  const char *own, *release;
  int rc = read_attribute(h, "/sys/module/firmware_class/parameters", "path", &own);
  if (rc >= 0)
    rc = read_attribute(h, "/proc/sys/kernel", "osrelease", &release);
  if (rc < 0)
    return rc;
  const struct {
    const char *dir, *below; /* NULL: not told */
  } places[] = {{own && own[0] == '/' ? own : NULL, ""},
                {"/lib/firmware/updates/", release},
                {"/lib/firmware/updates", ""},
                {"/lib/firmware/", release},
                {"/lib/firmware", ""}};
  bool found = false;
  for (size_t i = 0; rc >= 0 && !found && i < sizeof(places) / sizeof(places[0]); i++) {
    if (!places[i].dir || !places[i].below)
      continue;
    const char *dir =
        h->format(h, "%s%s/nvidia/%s", places[i].dir, places[i].below, files->driver.version);
    rc = dir ? add_firmware_of(files, edits, dir, &found) : DAVIT_E_MEMORY;
  }
  if (rc >= 0 && !found)
    h->log(h, DAVIT_LOG_WARNING, "firmware", "no firmware of the NVIDIA driver %s is found",
           files->driver.version);
  return rc;
}

/* ---- sockets -------------------------------------------------------------------------------- */

/* Of the host's daemons: writable, as a client connects. */
static int add_sockets(const struct davit_host *h, const struct davit_edits *edits) {
  static const char *const sockets[] = {"/run/nvidia-persistenced/socket",
                                        "/run/nvidia-fabricmanager/socket", NULL};
  static const char *const options[] = {"nosuid", "nodev", "rbind", "rprivate", "noexec", NULL};
  for (size_t i = 0; sockets[i]; i++) {
    struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
    int rc = h->files->stat_path(h->files, sockets[i], 0, &st);
    if (rc == DAVIT_E_MEMORY)
      return rc;
    if (rc < 0 || st.type == DAVIT_FILE_DIR)
      continue;
    const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = sockets[i],
                                      .container_path = sockets[i], .options = options};
    if ((rc = edits->add_mount(edits, &mount)) < 0)
      return rc;
  }
  return DAVIT_OK;
}

int data_add(const struct driver_files *files, const struct davit_edits *edits) {
  static const char *const programs[] = {
      "/usr/bin", "/usr/sbin", "/bin", "/sbin", "/run/opengl-driver/bin", NULL};
  static const char *const settings[] = {"/etc", "/usr/local/share", "/usr/share", NULL};
  const struct davit_host *h = files->driver.host;
  int rc = add_list(files, edits, catalogue_programs, programs, "/usr/bin");
  if (rc >= 0)
    rc = add_list(files, edits, catalogue_etc, settings, "/etc");
  if (rc >= 0)
    rc = add_list(files, edits, catalogue_share, settings, "/usr/share");
  if (rc >= 0 && (files->capabilities & DISPLAY))
    rc = add_x_modules(files, edits);
  if (rc >= 0 && option_is(h, "firmware", "on"))
    rc = add_firmware(files, edits);
  return rc < 0 ? rc : add_sockets(h, edits);
}
