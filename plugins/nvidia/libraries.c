/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/libraries.h"

#include <string.h>

#include "nvidia/capability.h"
#include "nvidia/directories.h"

struct finder {
  const struct driver *driver;
  const struct davit_host *host;
  struct elf_kind kind;
  uint32_t capabilities;
  struct libraries *libraries;
  const struct library **end;
};

/* The names in a directory that begin with one "STEM.so". */
struct group {
  const char *dir;
  const char *stem;
  size_t length; /* of the stem */
  const char *const *names;
  size_t count;
  const struct catalogue_library *known; /* NULL: not in the catalogue */
};

static const char *base_name(const char *path) {
  return strrchr(path, '/') + 1;
}

static const char *in_dir(const struct finder *finder, const struct group *group,
                          const char *name) {
  return finder->host->format(finder->host, "%s/%s", group->dir, name);
}

/* What stands behind "STEM.so" in a name of the group: ".580.95.05", ".1", "". */
static const char *suffix_of(const struct group *group, const char *name) {
  return name + group->length + strlen(".so");
}

static bool is_of_version(const struct group *group, const char *name, const char *version) {
  const char *suffix = suffix_of(group, name);
  return suffix[0] == '.' && strcmp(suffix + 1, version) == 0;
}

/* A name like libcuda.so.570.86: a version and no mere number of an interface. */
static bool has_version(const char *suffix) {
  return suffix[0] == '.' && strchr(suffix + 1, '.');
}

/* ---- which file of a group ------------------------------------------------------------------ */

/* Debian puts the file elsewhere and has only links here. */
static bool leads_to_version(const struct finder *finder, const struct group *group,
                             const char *real) {
  const char *base = base_name(real);
  return strncmp(base, group->stem, group->length) == 0 &&
         strncmp(base + group->length, ".so", 3) == 0 &&
         is_of_version(group, base, finder->driver->version);
}

/* The directory is without links already, so only a link is worth a walk. */
static int real_path(const struct finder *finder, const char *at, const char **real) {
  const struct davit_files *files = finder->driver->files;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  int rc = files->stat_path(files, at, DAVIT_STAT_NOFOLLOW, &st);
  *real = at;
  if (rc == DAVIT_E_MEMORY || (rc >= 0 && st.type == DAVIT_FILE_REGULAR))
    return rc;
  return driver_real_path(finder->driver, at, real);
}

/* *path is the file, without links; NULL: none of the group is of the version that counts. */
static int choose_file(const struct finder *finder, const struct group *group, const char **path) {
  bool own_version = group->known && group->known->own_version;
  *path = NULL;
  for (size_t i = group->count; i > 0 && !*path; i--) { /* links are shorter and stand first */
    const char *name = group->names[i - 1], *suffix = suffix_of(group, name);
    bool is_exact = is_of_version(group, name, finder->driver->version);
    bool may_lead = own_version ? strcmp(suffix, group->known->links[0]) == 0
                                : group->known && !has_version(suffix);
    if (!is_exact && !may_lead)
      continue;
    const char *at = in_dir(finder, group, name), *real;
    int rc = at ? real_path(finder, at, &real) : DAVIT_E_MEMORY;
    if (rc < 0)
      return rc;
    if (!real)
      driver_leave_out(finder->driver, at,
                       "it is a link that leads nowhere below the driver's root, or in a circle");
    else if (own_version || leads_to_version(finder, group, real))
      *path = real;
    else if (is_exact)
      driver_leave_out(finder->driver, at, "it is a link to a file of another version");
  }
  return DAVIT_OK;
}

static int tell_stale(struct finder *finder, const struct group *group) {
  const struct davit_host *h = finder->host;
  for (size_t i = 0; i < group->count; i++) {
    const char *name = group->names[i], *suffix = suffix_of(group, name);
    if (!has_version(suffix) || is_of_version(group, name, finder->driver->version))
      continue;
    const char *at = in_dir(finder, group, name);
    const char *reason = at ? h->format(h, "it is of version %s, the running driver of %s",
                                        suffix + 1, finder->driver->version)
                            : NULL;
    if (!reason)
      return DAVIT_E_MEMORY;
    driver_leave_out(finder->driver, at, reason);
    finder->libraries->other_version = suffix + 1;
  }
  return DAVIT_OK;
}

/* ---- whether it is the right one ------------------------------------------------------------ */

static int check_capability(const struct finder *finder, const struct group *group,
                            const char **reason) {
  uint32_t needed = group->known ? group->known->capabilities : COMPUTE;
  if (needed & finder->capabilities)
    return DAVIT_OK;
  const char *words = capabilities_text(finder->host, needed);
  *reason = words
                ? finder->host->format(finder->host, "it is for %s, which is not asked for", words)
                : NULL;
  return *reason ? DAVIT_OK : DAVIT_E_MEMORY;
}

/* The loader refuses another machine's library when it is asked for it, and stops at an empty one.
 */
static int check_head(const struct finder *finder, const char *path, const char **reason) {
  const struct davit_files *files = finder->driver->files;
  const struct davit_host *h = finder->host;
  struct elf_kind kind;
  const char *head;
  size_t size;
  if (!DAVIT_HAS(files, read_head))
    return h->fail(h, DAVIT_E_UNSUPPORTED, "plugin.unsupported", NULL, "install a newer davit",
                   "this davit can not look at the head of a library");
  int rc = files->read_head(files, path, ELF_HEAD, &head, &size);
  if (rc == DAVIT_E_MEMORY)
    return rc;
  if (rc < 0)
    *reason = "it is no file that can be read";
  else if (size == 0)
    *reason = "it is empty";
  else if (!elf_read(head, size, &kind))
    *reason = "it is no ELF file";
  else if (!elf_same_kind(kind, finder->kind) &&
           !(*reason = h->format(h, "it is for another machine (%u bits, ELF machine %u)",
                                 kind.bits, kind.machine)))
    return DAVIT_E_MEMORY;
  return DAVIT_OK;
}

static const struct library *find_same(const struct finder *finder, const char *name,
                                       const char *path) {
  for (const struct library *it = finder->libraries->first; it; it = it->next)
    if (strcmp(it->path, path) == 0 || strcmp(it->names->text, name) == 0)
      return it;
  return NULL;
}

/* ---- its names ------------------------------------------------------------------------------ */

struct names {
  const struct davit_host *host;
  const struct library_name *first;
  const struct library_name **end;
};

static int add_name(struct names *names, const char *text) {
  for (const struct library_name *it = names->first; it; it = it->next)
    if (strcmp(it->text, text) == 0)
      return DAVIT_OK;
  struct library_name *name = names->host->scratch(names->host, sizeof(*name));
  if (!name)
    return DAVIT_E_MEMORY;
  name->text = text;
  *names->end = name;
  names->end = &name->next;
  return DAVIT_OK;
}

static int add_known_names(const struct finder *finder, const struct group *group,
                           struct names *names) {
  const struct davit_host *h = finder->host;
  const char *const *link = group->known ? group->known->links : NULL;
  for (size_t i = 0; link && i < sizeof(group->known->links) / sizeof(*link) && link[i]; i++) {
    if (strchr(link[i], '/') && !(finder->capabilities & GRAPHICS))
      continue; /* a plug-in of libgbm */
    bool is_suffix = !link[i][0] || link[i][0] == '.';
    const char *name = is_suffix ? h->format(h, "%s.so%s", group->known->stem, link[i]) : link[i];
    int rc = name ? add_name(names, name) : DAVIT_E_MEMORY;
    if (rc < 0)
      return rc;
  }
  return DAVIT_OK;
}

/* The host may call it by more names than the catalogue knows. */
static int add_host_names(const struct finder *finder, const struct group *group, const char *path,
                          struct names *names) {
  for (size_t i = 0; i < group->count; i++) {
    const char *name = group->names[i], *real;
    if (has_version(suffix_of(group, name)))
      continue;
    const char *at = in_dir(finder, group, name);
    int rc = at ? real_path(finder, at, &real) : DAVIT_E_MEMORY;
    if (rc >= 0 && real && strcmp(real, path) == 0)
      rc = add_name(names, name);
    if (rc < 0)
      return rc;
  }
  return DAVIT_OK;
}

static int add_library(struct finder *finder, const struct group *group, const char *path) {
  const struct davit_host *h = finder->host;
  struct names names = {.host = h, .end = &names.first};
  struct library *library = h->scratch(h, sizeof(*library));
  if (!library)
    return DAVIT_E_MEMORY;
  int rc = add_name(&names, base_name(path));
  if (rc >= 0)
    rc = add_known_names(finder, group, &names);
  if (rc >= 0)
    rc = add_host_names(finder, group, path, &names);
  *library = (struct library){.dir = group->dir, .path = path, .names = names.first};
  *finder->end = library;
  finder->end = &library->next;
  return rc;
}

/* ---- directories ---------------------------------------------------------------------------- */

static int take_group(struct finder *finder, const struct group *group) {
  const struct davit_host *h = finder->host;
  const char *path, *reason = NULL;
  int rc = choose_file(finder, group, &path);
  if (rc >= 0 && (path || group->known) && !(group->known && group->known->own_version))
    rc = tell_stale(finder, group);
  if (rc < 0 || !path)
    return rc;
  const struct library *same = find_same(finder, base_name(path), path);
  if (same && strcmp(same->path, path) == 0)
    return DAVIT_OK;
  if (same)
    reason = h->format(h, "%s%s is used", finder->driver->root, same->path);
  else if ((rc = check_capability(finder, group, &reason)) >= 0 && !reason)
    rc = check_head(finder, path, &reason);
  if (rc < 0)
    return rc;
  if (same && !reason)
    return DAVIT_E_MEMORY;
  if (!reason)
    return add_library(finder, group, path);
  driver_leave_out(finder->driver, path, reason);
  return DAVIT_OK;
}

/* "libcuda" in "libcuda.so.1"; 0: the name is no library's. */
static size_t stem_length(const char *name) {
  const char *so = strncmp(name, "lib", 3) == 0 ? strstr(name, ".so") : NULL;
  return so && (so[3] == '\0' || so[3] == '.') ? (size_t)(so - name) : 0;
}

static int look_into(struct finder *finder, const char *dir) {
  const char *const *names;
  int rc = driver_list(finder->driver, dir, &names);
  while (rc >= 0 && *names) {
    struct group group = {
        .dir = dir, .stem = *names, .length = stem_length(*names), .names = names, .count = 1};
    while (group.length && names[group.count] &&
           strncmp(names[group.count], *names, group.length) == 0 &&
           stem_length(names[group.count]) == group.length)
      group.count++;
    names += group.count;
    if (group.length) {
      group.known = catalogue_find(group.stem, group.length);
      rc = take_group(finder, &group);
    }
  }
  return rc;
}

int libraries_find(const struct driver *driver, struct elf_kind kind, uint32_t capabilities,
                   struct libraries *libraries) {
  struct finder finder = {.driver = driver,
                          .host = driver->host,
                          .kind = kind,
                          .capabilities = capabilities,
                          .libraries = libraries,
                          .end = &libraries->first};
  *libraries = (struct libraries){0};
  const char *const *dirs;
  int rc = directories_find(driver, kind, &dirs);
  for (; rc >= 0 && *dirs; dirs++)
    rc = look_into(&finder, *dirs);
  return rc;
}

bool libraries_have(const struct libraries *libraries, const char *name) {
  for (const struct library *it = libraries->first; it; it = it->next)
    for (const struct library_name *other = it->names; other; other = other->next)
      if (strcmp(other->text, name) == 0)
        return true;
  return false;
}
