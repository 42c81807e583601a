/* SPDX-License-Identifier: Apache-2.0 */
/* Two ways to bring libraries to the loader of a container. The private one makes nothing in the
 * root file system but an empty directory: a tmpfs holds the places for the mounts, so that no
 * empty libcuda.so stays behind in an image. */
#include <string.h>

#include "common/instance.h"
#include "nvidia/capability.h"
#include "nvidia/files.h"

#define PRIVATE_DIR   "/usr/lib/davit/nvidia"
#define PRIVATE_DIR32 PRIVATE_DIR "/32"

static int bind_at(const struct driver_files *files, const struct davit_edits *edits,
                   const char *path, const char *at) {
  const char *host_path = at ? driver_host_path(&files->driver, path) : NULL;
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = host_path,
                                    .container_path = at};
  return host_path ? edits->add_mount(edits, &mount) : DAVIT_E_MEMORY;
}

/* ---- a directory of the container's own ----------------------------------------------------- */

static int add_tmpfs(const struct davit_edits *edits) {
  static const char *const options[] = {"ro", "nosuid", "nodev", "mode=755", "size=1m", NULL};
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = "tmpfs",
                                    .container_path = PRIVATE_DIR, .type = "tmpfs",
                                    .options = options};
  return edits->add_mount(edits, &mount);
}

static int bind_names(const struct driver_files *files, const struct libraries *libraries,
                      const char *dir, const struct davit_edits *edits) {
  const struct davit_host *h = files->driver.host;
  for (const struct library *it = libraries->first; it; it = it->next)
    for (const struct library_name *name = it->names; name; name = name->next) {
      int rc = bind_at(files, edits, it->path, h->format(h, "%s/%s", dir, name->text));
      if (rc < 0)
        return rc;
    }
  return DAVIT_OK;
}

int layout_add_private(const struct driver_files *files, const struct davit_edits *edits) {
  bool has_32 = files->compat32.first != NULL;
  int rc = add_tmpfs(edits);
  if (rc >= 0)
    rc = bind_names(files, &files->native, PRIVATE_DIR, edits);
  if (rc >= 0)
    rc = bind_names(files, &files->compat32, PRIVATE_DIR32, edits);
  if (rc >= 0)
    rc = edits->set(edits, DAVIT_SET_ENV, "LD_LIBRARY_PATH",
                    has_32 ? PRIVATE_DIR ":" PRIVATE_DIR32 : PRIVATE_DIR, DAVIT_SET_PREPEND);
  if (rc < 0 || !(files->capabilities & GRAPHICS))
    return rc;
  return edits->set(edits, DAVIT_SET_ENV, "GBM_BACKENDS_PATH", PRIVATE_DIR "/gbm",
                    DAVIT_SET_DEFAULT);
}

/* ---- the host's directories and the vendor's hooks ------------------------------------------ */

struct words { /* arguments of a hook */
  const struct davit_host *host;
  const char **list;
  size_t count, room;
};

static int add_word(struct words *words, const char *word) {
  if (!word)
    return DAVIT_E_MEMORY;
  if (words->count + 1 >= words->room) {
    size_t room = words->room * 2 + 16;
    const char **list = words->host->scratch(words->host, room * sizeof(*list));
    if (!list)
      return DAVIT_E_MEMORY;
    if (words->count)
      memcpy(list, words->list, words->count * sizeof(*list));
    words->list = list;
    words->room = room;
  }
  words->list[words->count++] = word;
  return DAVIT_OK;
}

/* Where the vendor's packages and the operator install the program of the hooks. */
static int find_hook(const struct davit_host *h, const char **path) {
  static const char *const usual[] = {"/usr/bin/nvidia-cdi-hook",
                                      "/usr/local/nvidia/toolkit/nvidia-cdi-hook", NULL};
  const struct driver host = {.host = h, .files = h->files, .root = ""};
  for (size_t i = 0; usual[i]; i++) {
    bool is_there;
    int rc = driver_has_file(&host, usual[i], &is_there);
    if (rc < 0)
      return rc;
    if (is_there) {
      *path = usual[i];
      return DAVIT_OK;
    }
  }
  return h->fail(h, DAVIT_E_NOT_FOUND, "nvidia.hook-missing", "hooks",
                 "install the package nvidia-container-toolkit-base, or set nvidia:hooks=off",
                 "there is no /usr/bin/nvidia-cdi-hook");
}

static int begin_hook(struct words *words, const struct davit_host *h, const char *name) {
  *words = (struct words){.host = h};
  int rc = add_word(words, "nvidia-cdi-hook");
  return rc < 0 ? rc : add_word(words, name);
}

static int end_hook(const struct words *words, const char *path, const struct davit_edits *edits) {
  static const char *const env[] = {"NVIDIA_CTK_DEBUG=false", NULL};
  const struct davit_hook hook = {DAVIT_SIZED(struct davit_hook), .name = "createContainer",
                                  .path = path, .args = words->list, .env = env};
  return edits->add_hook(edits, &hook);
}

/* "libcuda.so.580.95.05::/usr/lib/x86_64-linux-gnu/libcuda.so.1", "../libnvidia-allocator.so...::
 * .../gbm/nvidia-drm_gbm.so". */
static int add_links(struct words *words, const struct libraries *libraries) {
  const struct davit_host *h = words->host;
  int rc = DAVIT_OK;
  for (const struct library *it = libraries->first; rc >= 0 && it; it = it->next) {
    const struct library_name *name = it->names->next;
    for (; rc >= 0 && name; name = name->next) {
      rc = add_word(words, "--link");
      if (rc >= 0)
        rc = add_word(words, h->format(h, "%s%s::%s/%s", strchr(name->text, '/') ? "../" : "",
                                       it->names->text, it->dir, name->text));
    }
  }
  return rc;
}

static int add_folders(struct words *words, const struct libraries *libraries) {
  const char *last = NULL; /* libraries of one directory follow each other */
  int rc = DAVIT_OK;
  for (const struct library *it = libraries->first; rc >= 0 && it; it = it->next) {
    if (last && strcmp(last, it->dir) == 0)
      continue;
    last = it->dir;
    rc = add_word(words, "--folder");
    if (rc >= 0)
      rc = add_word(words, it->dir);
  }
  return rc;
}

static int bind_in_place(const struct driver_files *files, const struct libraries *libraries,
                         const struct davit_edits *edits) {
  const struct davit_host *h = files->driver.host;
  int rc = DAVIT_OK;
  for (const struct library *it = libraries->first; rc >= 0 && it; it = it->next)
    rc = bind_at(files, edits, it->path, h->format(h, "%s/%s", it->dir, it->names->text));
  return rc;
}

static int add_hooks(const struct driver_files *files, const char *path,
                     const struct davit_edits *edits) {
  const struct davit_host *h = files->driver.host;
  struct words words;
  int rc = begin_hook(&words, h, "create-symlinks");
  if (rc < 0 || (rc = add_links(&words, &files->native)) < 0 ||
      (rc = add_links(&words, &files->compat32)) < 0 || (rc = end_hook(&words, path, edits)) < 0 ||
      (rc = begin_hook(&words, h, "enable-cuda-compat")) < 0 ||
      (rc = add_word(&words, h->format(h, "--host-driver-version=%s", files->driver.version))) <
          0 ||
      (rc = end_hook(&words, path, edits)) < 0 ||
      (rc = begin_hook(&words, h, "update-ldcache")) < 0 ||
      (rc = add_folders(&words, &files->native)) < 0 ||
      (rc = add_folders(&words, &files->compat32)) < 0 ||
      (rc = end_hook(&words, path, edits)) < 0 ||
      (rc = begin_hook(&words, h, "disable-device-node-modification")) < 0)
    return rc;
  return end_hook(&words, path, edits);
}

int layout_add_with_hooks(const struct driver_files *files, const struct davit_request *req,
                          const struct davit_edits *edits) {
  const struct davit_host *h = files->driver.host;
  const char *path = NULL;
  if (!(req->flags & DAVIT_REQUEST_GENERATE) && !(req->container->flags & DAVIT_CT_HOOKS))
    return h->fail(h, DAVIT_E_UNSUPPORTED, "nvidia.hook-missing", "hooks", "set nvidia:hooks=off",
                   "hooks are not permitted for this container");
  int rc = find_hook(h, &path);
  if (rc >= 0)
    rc = bind_in_place(files, &files->native, edits);
  if (rc >= 0)
    rc = bind_in_place(files, &files->compat32, edits);
  return rc < 0 ? rc : add_hooks(files, path, edits);
}
