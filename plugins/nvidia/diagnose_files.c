/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's libraries must be of exactly the version of its kernel module, wherever they come
 * from. */
#include <stdlib.h>
#include <string.h>

#include "common/read.h"
#include "nvidia/diagnose.h"
#include "nvidia/installed.h"

static const struct fault version_mismatch = {
    "nvidia.version-mismatch", DAVIT_SEV_ERROR,
    "\"Failed to initialize NVML: Driver/library version mismatch\", CUDA error 803"};
static const struct fault libcuda_missing = {
    "nvidia.libcuda-missing", DAVIT_SEV_WARNING,
    "images hold no driver: without the host's libraries CUDA finds no GPU in a container"};
static const struct fault rootfs_musl = {
    "nvidia.rootfs-musl", DAVIT_SEV_ERROR,
    "NVIDIA's libraries need glibc: programs fail with \"symbol not found\" or find no GPU"};
static const struct fault rootfs_foreign = {
    "nvidia.rootfs-foreign-driver", DAVIT_SEV_WARNING,
    "if the loader finds it first: \"Driver/library version mismatch\""};
static const struct fault rootfs_empty = {
    "nvidia.rootfs-empty-driver", DAVIT_SEV_WARNING,
    "a mount point that a runtime left in the image: \"file too short\" where nothing is mounted "
    "over it"};
static const struct fault rootfs_cuda = {
    "nvidia.rootfs-cuda-newer", DAVIT_SEV_WARNING,
    "\"CUDA driver version is insufficient for CUDA runtime version\" (35)"};

/* ---- the host ------------------------------------------------------------------------------- */

/* On the host, or in the directory where a container of NVIDIA's operator installs the driver. */
static int find_installed(const struct davit_host *h, struct driver *driver,
                          const struct installed **found, size_t *count) {
  int rc = driver_open(h, driver);
  if (rc < 0 || (rc = installed_find(driver, found, count)) < 0 || *count > 0)
    return rc;
  rc = driver_move_root(driver, "/run/nvidia/driver");
  if (rc < 0)
    return rc == DAVIT_E_MEMORY ? rc : DAVIT_OK;
  return installed_find(driver, found, count);
}

int diagnose_host_files(const struct examined *at) {
  const struct installed *found;
  struct driver driver;
  size_t count;
  if (!at->version)
    return DAVIT_OK;
  int rc = find_installed(at->d.h, &driver, &found, &count);
  if (rc < 0)
    return rc;
  for (size_t i = 0; i < count; i++)
    if (strcmp(found[i].version, at->version) == 0)
      return DAVIT_OK;
  if (count == 0)
    return diagnosis_add(&at->d, &libcuda_missing, NULL,
                         "`apt install libcuda1` (Debian), or the compute package of the driver's "
                         "own version",
                         "libcuda.so.%s of the running driver is nowhere on this host",
                         at->version);
  const char *path = driver_host_path(&driver, found[0].path);
  if (!path)
    return DAVIT_E_MEMORY;
  return diagnosis_add(&at->d, &version_mismatch, path,
                       "`reboot`; or end all programs on GPUs, then `modprobe -r nvidia_uvm "
                       "nvidia_drm nvidia_modeset nvidia` and `modprobe nvidia`",
                       "libraries are of version %s, the kernel runs %s: the driver was updated "
                       "under the running system",
                       found[0].version, at->version);
}

/* ---- a container's root --------------------------------------------------------------------- */

/* A name in one of the usual directories of loaders that begins so. */
static int has_loader(const struct davit_files *files, const char *beginning, const char **dir,
                      bool *answer) {
  static const char *const dirs[] = {"/lib", "/lib64"};
  *answer = false;
  for (size_t i = 0; i < 2 && !*answer; i++) {
    const char *const *names;
    int rc = files->list_dir(files, dirs[i], &names);
    if (rc == DAVIT_E_MEMORY)
      return rc;
    for (; rc >= 0 && *names && !*answer; names++)
      if (strncmp(*names, beginning, strlen(beginning)) == 0) {
        *answer = true;
        *dir = dirs[i];
      }
  }
  return DAVIT_OK;
}

static int diagnose_libc(const struct examined *at, const struct davit_files *rootfs) {
  const char *dir, *other;
  bool has_musl, has_glibc;
  int rc = has_loader(rootfs, "ld-musl-", &dir, &has_musl);
  if (rc < 0 || !has_musl)
    return rc;
  if ((rc = has_loader(rootfs, "ld-linux", &other, &has_glibc)) < 0 || has_glibc)
    return rc;
  return diagnosis_add(
      &at->d, &rootfs_musl, dir,
      "build the image on a distribution with glibc, or try `apk add gcompat` in it",
      "the root file system has musl and no glibc");
}

static int diagnose_drivers(const struct examined *at, const struct davit_files *rootfs) {
  const struct davit_host *h = at->d.h;
  const struct installed *found;
  struct driver driver;
  size_t count;
  int rc = driver_open(h, &driver);
  driver.files = rootfs;
  if (rc >= 0)
    rc = installed_find(&driver, &found, &count);
  for (size_t i = 0; rc >= 0 && i < count; i++) {
    const struct installed *one = &found[i];
    bool is_foreign = at->version && strcmp(one->version, at->version) != 0;
    if (!one->is_empty && !is_foreign)
      continue;
    const char *remedy = h->format(h, "take it out of the image: `rm %s`", one->path);
    rc = one->is_empty
             ? diagnosis_add(&at->d, &rootfs_empty, one->path, remedy, "it is empty")
             : diagnosis_add(&at->d, &rootfs_foreign, one->path, remedy,
                             "the image holds a driver library of version %s, the host runs %s",
                             one->version, at->version);
  }
  return rc;
}

/* Oldest driver for a major version of CUDA ("CUDA Compatibility": minor versions do not matter).
 */
static unsigned long oldest_driver(unsigned long cuda_major) {
  static const struct { unsigned long cuda, driver; } known[] = {{13, 580}, {12, 525}, {11, 450}};
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
    if (known[i].cuda == cuda_major)
      return known[i].driver;
  return 0;
}

/* The image's CUDA is in a directory of its version: /usr/local/cuda-12.4. */
static int diagnose_cuda(const struct examined *at, const struct davit_files *rootfs) {
  static const char prefix[] = "cuda-";
  const char *const *names;
  const char *name = NULL;
  unsigned long newest = 0;
  int rc = at->version ? rootfs->list_dir(rootfs, "/usr/local", &names) : DAVIT_E_NOT_FOUND;
  if (rc < 0)
    return rc == DAVIT_E_MEMORY ? rc : DAVIT_OK;
  for (; *names; names++) {
    if (strncmp(*names, prefix, strlen(prefix)) != 0)
      continue;
    unsigned long major = strtoul(*names + strlen(prefix), NULL, 10);
    if (major > newest) {
      newest = major;
      name = *names;
    }
  }
  unsigned long needed = oldest_driver(newest);
  if (strtoul(at->version, NULL, 10) >= needed)
    return DAVIT_OK;
  const char *path = at->d.h->format(at->d.h, "/usr/local/%s", name);
  if (!path)
    return DAVIT_E_MEMORY;
  return diagnosis_add(&at->d, &rootfs_cuda, path,
                       "update the driver (`apt install nvidia-driver`, then `reboot`), or take an "
                       "image with an older CUDA; on GPUs of data centres the image's package "
                       "cuda-compat helps too",
                       "CUDA %lu needs a driver of at least version %lu, the host runs %s", newest,
                       needed, at->version);
}

int diagnose_rootfs(const struct examined *at, const struct davit_files *rootfs) {
  int rc = diagnose_libc(at, rootfs);
  if (rc >= 0)
    rc = diagnose_drivers(at, rootfs);
  return rc < 0 ? rc : diagnose_cuda(at, rootfs);
}
