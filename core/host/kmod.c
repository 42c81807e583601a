/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel modules: what /sys/module says, and for what is not there, what libkmod finds on disk. */
#include <dlfcn.h>
#include <libkmod.h>
#include <string.h>
#include <sys/utsname.h>

#include "host/host.h"
#include "util/attributes.h"
#include "util/cleanup.h"
#include "util/list.h"

enum {
  MAX_MODULE_NAME = 55 /* the kernel's MODULE_NAME_LEN without the NUL */
};

/* ---- loaded or built in ------------------------------------------------------------------- */

/* The name as the kernel writes it. */
static int normalize_name(const char *name, char normal[static MAX_MODULE_NAME + 1],
                          struct davit_error *err) {
  size_t length = strlen(name);
  size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
  if (length == 0 || good != length || length > MAX_MODULE_NAME)
    return error_add(err, DAVIT_E_INVALID, "host.module-name",
                     "a name as in /proc/modules: at most 55 letters, digits, \"_\" and \"-\"",
                     "kernel module \"%.60s\": not a module's name", name);
  memcpy(normal, name, length + 1);
  for (char *dash; (dash = strchr(normal, '-'));)
    *dash = '_';
  return DAVIT_OK;
}

/* UNKNOWN if /sys/module does not know it. */
static int read_live_state(const struct host *host, struct arena *arena, const char *name,
                           uint32_t *state, struct davit_error *err) {
  CLEANUP(error) struct davit_error missing = {0};
  const char *dir = arena_printf(arena, "/sys/module/%s", name);
  const char *file = arena_printf(arena, "/sys/module/%s/initstate", name);
  if (!dir || !file)
    return error_memory(err);

  const char *text;
  int answer = host_read_file(host, arena, file, &text, NULL, &missing);
  if (answer == DAVIT_OK) {
    *state = strncmp(text, "live", 4) == 0 ? DAVIT_KMOD_LIVE : DAVIT_KMOD_CHANGING;
    return DAVIT_OK;
  }
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  if (answer == DAVIT_E_NOT_FOUND) {
    error_clear(&missing);
    answer = host_stat(host, dir, 0, &st, &missing);
  }
  if (answer == DAVIT_OK || answer == DAVIT_E_NOT_FOUND) {
    *state = answer == DAVIT_OK ? DAVIT_KMOD_BUILTIN : DAVIT_KMOD_UNKNOWN;
    return DAVIT_OK;
  }
  error_take(err, &missing);
  return answer;
}

/* ---- libkmod ------------------------------------------------------------------------------ */

struct libkmod {
  void *library;
  __typeof__(kmod_new) *open;
  __typeof__(kmod_unref) *close;
  __typeof__(kmod_set_log_fn) *set_log;
  __typeof__(kmod_module_new_from_lookup) *lookup;
  __typeof__(kmod_module_apply_filter) *apply_filter;
  __typeof__(kmod_module_get_module) *get_module;
  __typeof__(kmod_module_get_path) *get_path;
  __typeof__(kmod_module_get_initstate) *get_state;
  __typeof__(kmod_module_unref) *release;
  __typeof__(kmod_module_unref_list) *release_list;
};

static const struct {
  const char *name;
  size_t offset;
} symbols[] = {
    {"kmod_new", offsetof(struct libkmod, open)},
    {"kmod_unref", offsetof(struct libkmod, close)},
    {"kmod_set_log_fn", offsetof(struct libkmod, set_log)},
    {"kmod_module_new_from_lookup", offsetof(struct libkmod, lookup)},
    {"kmod_module_apply_filter", offsetof(struct libkmod, apply_filter)},
    {"kmod_module_get_module", offsetof(struct libkmod, get_module)},
    {"kmod_module_get_path", offsetof(struct libkmod, get_path)},
    {"kmod_module_get_initstate", offsetof(struct libkmod, get_state)},
    {"kmod_module_unref", offsetof(struct libkmod, release)},
    {"kmod_module_unref_list", offsetof(struct libkmod, release_list)},
};

static inline void cleanup_libkmod(const struct libkmod *kmod) {
  if (kmod->library)
    dlclose(kmod->library);
}

static bool open_libkmod(struct libkmod *kmod) {
  kmod->library = dlopen("libkmod.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!kmod->library)
    return false;
  for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
    void *symbol = dlsym(kmod->library, symbols[i].name);
    if (!symbol)
      return false;
    memcpy((char *)kmod + symbols[i].offset, &symbol, sizeof(symbol));
  }
  return true;
}

static void drop_log(void *data UNUSED, int priority UNUSED, const char *file UNUSED,
                     int line UNUSED, const char *function UNUSED, const char *format UNUSED,
                     va_list args UNUSED) {
}

/* Of a module that is not in /sys/module. libkmod looks for loaded modules in the /sys of the
 * machine, whatever the root, so of its states only "built in", which it takes from the files, is
 * believed. */
static uint32_t classify(const struct libkmod *kmod, struct kmod_ctx *context,
                         struct kmod_list *found) {
  struct kmod_module *module = kmod->get_module(found);
  if (!module)
    return DAVIT_KMOD_UNKNOWN;
  uint32_t state = DAVIT_KMOD_UNKNOWN;
  if (kmod->get_state(module) == KMOD_MODULE_BUILTIN) {
    state = DAVIT_KMOD_BUILTIN;
  } else if (kmod->get_path(module)) {
    struct kmod_list *allowed = NULL;
    kmod->apply_filter(context, KMOD_FILTER_BLACKLIST, found, &allowed);
    state = allowed ? DAVIT_KMOD_LOADABLE : DAVIT_KMOD_BLACKLISTED;
    kmod->release_list(allowed);
  }
  kmod->release(module);
  return state;
}

static uint32_t find_module(const char *modules, const char *const *config, const char *name) {
  CLEANUP(libkmod) struct libkmod kmod = {0};
  if (!open_libkmod(&kmod))
    return DAVIT_KMOD_UNKNOWN;
  struct kmod_ctx *context = kmod.open(modules, config);
  if (!context)
    return DAVIT_KMOD_UNKNOWN;
  kmod.set_log(context, drop_log, NULL);
  struct kmod_list *found = NULL;
  uint32_t state = DAVIT_KMOD_UNKNOWN;
  if (kmod.lookup(context, name, &found) >= 0 && found)
    state = classify(&kmod, context, found);
  kmod.release_list(found);
  kmod.close(context);
  return state;
}

/* ---- where its files are ------------------------------------------------------------------ */

/* The directory of the running kernel; a fixture's only one. NULL: none, or one that cannot be
 * told. */
static int find_release(const struct host *host, struct arena *arena, const char **release,
                        struct davit_error *err) {
  CLEANUP(error) struct davit_error missing = {0};
  const char *const *names;
  struct utsname kernel;
  *release = NULL;
  if (!host_is_fixture(host)) {
    if (uname(&kernel) < 0)
      return DAVIT_OK;
    *release = arena_strdup(arena, kernel.release);
    return *release ? DAVIT_OK : error_memory(err);
  }
  if (host_list_dir(host, arena, "/lib/modules", &names, &missing) == DAVIT_OK && names[0] &&
      !names[1])
    *release = names[0];
  return DAVIT_OK;
}

/* The directories of modprobe's configuration that this host has, first one first. */
static int find_config(const struct host *host, struct arena *arena, struct list *dirs,
                       struct davit_error *err) {
  static const char *const known[] = {"/etc/modprobe.d", "/run/modprobe.d",
                                      "/usr/local/lib/modprobe.d", "/lib/modprobe.d"};
  for (size_t i = 0; i < ARRAY_LEN(known); i++) {
    CLEANUP(error) struct davit_error missing = {0};
    const char *dir;
    if (host_machine_path(host, arena, known[i], &dir, &missing) == DAVIT_OK &&
        !list_push(arena, dirs, dir))
      return error_memory(err);
  }
  return DAVIT_OK;
}

static int find_on_disk(const struct host *host, struct arena *arena, const char *name,
                        uint32_t *state, struct davit_error *err) {
  CLEANUP(error) struct davit_error missing = {0};
  const char *release;
  *state = DAVIT_KMOD_UNKNOWN;
  int answer = find_release(host, arena, &release, err);
  if (answer < 0 || !release)
    return answer;
  const char *dir = arena_printf(arena, "/lib/modules/%s", release);
  if (!dir)
    return error_memory(err);
  const char *modules = NULL;
  if (host_machine_path(host, arena, dir, &modules, &missing) < 0)
    return DAVIT_OK;
  struct list config = {0};
  answer = find_config(host, arena, &config, err);
  if (answer == DAVIT_OK)
    *state = find_module(modules, list_strings(&config), name);
  return answer;
}

int host_kernel_module(const struct host *host, const char *name, uint32_t *state,
                       struct davit_error *err) {
  CLEANUP(arena) struct arena arena = {0};
  char normal[MAX_MODULE_NAME + 1];
  uint32_t found = DAVIT_KMOD_UNKNOWN;
  int answer = normalize_name(name, normal, err);
  if (answer == DAVIT_OK)
    answer = read_live_state(host, &arena, normal, &found, err);
  if (answer < 0)
    return answer;
  if (found == DAVIT_KMOD_UNKNOWN) {
    answer = find_on_disk(host, &arena, normal, &found, err);
    if (answer < 0)
      return answer;
  }
  *state = found;
  return DAVIT_OK;
}
