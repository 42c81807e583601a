/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/files.h"

#include <elf.h>
#include <string.h>

#include "common/instance.h"
#include "common/read.h"
#include "nvidia/capability.h"

#define OPTION "driver-files"

/* Where NVIDIA's operator for Kubernetes and others that keep the driver in a container put it. */
static const char CONTAINER_ROOT[] = "/run/nvidia/driver";

static struct elf_kind compat_machine(struct elf_kind machine) {
  return (struct elf_kind){32, machine.machine == EM_AARCH64 ? EM_ARM : EM_386};
}

static int find_libraries(struct driver_files *files) {
  struct driver *driver = &files->driver;
  int rc = libraries_find(driver, driver->machine, files->capabilities, &files->native);
  if (rc >= 0 && (files->capabilities & COMPAT32))
    rc = libraries_find(driver, compat_machine(driver->machine), files->capabilities,
                        &files->compat32);
  return rc;
}

static int move_to_option(const struct davit_host *h, struct driver *driver, const char *root) {
  if (strcmp(root, "/") == 0)
    return DAVIT_OK;
  if (!path_is_plain(root))
    return h->fail(h, DAVIT_E_INVALID, "plugin.option", "driver-root", "give an absolute path",
                   "\"%s\" is not an absolute path without . and ..", root);
  int rc = driver_move_root(driver, root);
  if (rc != DAVIT_E_NOT_FOUND)
    return rc;
  return h->fail(h, DAVIT_E_NOT_FOUND, "nvidia.driver-root", "driver-root",
                 "name the directory that has the driver's usr/lib and usr/bin",
                 "the driver's root %s is no directory of this host", root);
}

/* In the root that is named, or in the first of the usual ones that has any. */
static int find_files(const struct davit_host *h, struct driver_files *files) {
  const char *root = option_text(h, "driver-root");
  int rc = root ? move_to_option(h, &files->driver, root) : DAVIT_OK;
  if (rc >= 0)
    rc = find_libraries(files);
  if (rc < 0 || root || files->native.first)
    return rc;
  const struct driver_files on_host = *files;
  rc = driver_move_root(&files->driver, CONTAINER_ROOT);
  if (rc >= 0)
    rc = find_libraries(files);
  if (rc == DAVIT_E_NOT_FOUND || (rc >= 0 && !files->native.first)) {
    *files = on_host;
    rc = DAVIT_OK;
  }
  return rc;
}

/* What the user is told; with `require` it is why nothing is done. */
static int miss(const struct davit_host *h, const char *remedy, const char *text) {
  if (!text || !remedy)
    return DAVIT_E_MEMORY;
  if (option_is(h, OPTION, "require"))
    return h->fail(h, DAVIT_E_NOT_FOUND, "nvidia.files-missing", OPTION, remedy, "%s", text);
  h->log(h, DAVIT_LOG_WARNING, OPTION, "%s; %s", text, remedy);
  return DAVIT_OK;
}

static int miss_version(const struct davit_host *h, const struct driver_files *files) {
  const char *other = files->native.other_version;
  const char *text =
      h->format(h, "the running NVIDIA driver is %s, but this host's files of it are %s",
                files->driver.version, other);
  if (!text)
    return DAVIT_E_MEMORY;
  return miss(h,
              h->format(h,
                        "reboot, or load the modules of version %s (nvidia-smi would say: "
                        "Driver/library version mismatch)",
                        other),
              text);
}

static int miss_all(const struct davit_host *h, const struct driver_files *files) {
  const struct driver *driver = &files->driver;
  if (files->native.other_version)
    return miss_version(h, files);
  return miss(h,
              "name their directory with nvidia:driver-root, or set nvidia:driver-files=off if "
              "the image has them",
              h->format(h, "no file of the NVIDIA driver %s is found%s%s", driver->version,
                        *driver->root ? " below " : "", driver->root));
}

/* The libraries without which a capability is nothing. */
static int check_essential(const struct davit_host *h, const struct driver_files *files) {
  static const struct catalogue_file essential[] = {
      {"libcuda.so.1", COMPUTE}, {"libnvidia-ml.so.1", UTILITY}, {NULL, 0}};
  int rc = DAVIT_OK;
  for (const struct catalogue_file *it = essential; rc >= 0 && it->name; it++)
    if ((it->capabilities & files->capabilities) && !libraries_have(&files->native, it->name))
      rc = miss(
          h, "install all of the driver; -v says why a file is left out",
          h->format(h, "%s of the NVIDIA driver %s is not found", it->name, files->driver.version));
  return rc;
}

int files_add(const struct davit_host *h, const struct davit_request *req, uint32_t capabilities,
              const struct davit_edits *edits) {
  struct driver_files files = {.capabilities = capabilities};
  if (option_is(h, OPTION, "off"))
    return DAVIT_OK;
  int rc = driver_open(h, &files.driver);
  if (rc < 0)
    return rc;
  if (!files.driver.version)
    return miss(h, "load the module: modprobe nvidia",
                "/proc/driver/nvidia/version tells no version of the NVIDIA driver");
  if ((rc = find_files(h, &files)) < 0)
    return rc;
  if (!files.native.first)
    return miss_all(h, &files);
  if ((rc = check_essential(h, &files)) < 0)
    return rc;
  h->log(h, DAVIT_LOG_INFO, NULL, "files of the NVIDIA driver %s are taken from %s",
         files.driver.version, *files.driver.root ? files.driver.root : "the host");
  rc = option_is(h, "hooks", "on") ? layout_add_with_hooks(&files, req, edits)
                                   : layout_add_private(&files, edits);
  return rc < 0 ? rc : data_add(&files, edits);
}
