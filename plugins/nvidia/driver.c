/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/driver.h"

#include <elf.h>
#include <string.h>

#include "common/read.h"

static const char *const NONE[] = {NULL};

/* What has the form of a version in a line, "580.95.05": the words around it differ between
 * drivers. */
static int find_version(const struct davit_host *h, const char *line, const char **version) {
  while (*line) {
    size_t word = strcspn(line, " \t");
    size_t form = strspn(line, "0123456789.");
    if (word > 0 && form == word && line[0] != '.' && memchr(line, '.', word)) {
      *version = h->format(h, "%.*s", (int)word, line);
      return *version ? DAVIT_OK : DAVIT_E_MEMORY;
    }
    line += word + strspn(line + word, " \t");
  }
  return DAVIT_OK;
}

/* "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build ..." */
static int read_version_line(const struct davit_host *h, const char **line) {
  return read_attribute(h, "/proc/driver/nvidia", "version", line);
}

int driver_version(const struct davit_host *h, const char **version) {
  const char *line;
  int rc = read_version_line(h, &line);
  *version = NULL;
  if (rc >= 0 && line)
    rc = find_version(h, line, version);
  if (rc < 0 || *version)
    return rc;
  rc = read_attribute(h, "/sys/module/nvidia", "version", &line);
  return rc >= 0 && line ? find_version(h, line, version) : rc;
}

/* Some drivers do not name it; then it is this program's own. */
static struct elf_kind machine_of(const char *version_line) {
#if defined(__aarch64__)
  struct elf_kind own = {64, EM_AARCH64};
#else
  struct elf_kind own = {64, EM_X86_64};
#endif
  if (version_line && strstr(version_line, "x86_64"))
    return (struct elf_kind){64, EM_X86_64};
  if (version_line && strstr(version_line, "aarch64"))
    return (struct elf_kind){64, EM_AARCH64};
  return own;
}

int driver_open(const struct davit_host *h, struct driver *driver) {
  const char *line;
  *driver = (struct driver){.host = h, .files = h->files, .root = ""};
  int rc = driver_version(h, &driver->version);
  if (rc >= 0)
    rc = read_version_line(h, &line);
  if (rc >= 0)
    driver->machine = machine_of(line);
  return rc;
}

int driver_move_root(struct driver *driver, const char *root) {
  const struct davit_host *h = driver->host;
  uint32_t type;
  int rc = path_type(h, root, &type);
  if (rc < 0)
    return rc;
  if (type != DAVIT_FILE_DIR)
    return DAVIT_E_NOT_FOUND;
  driver->root = root;
  return h->files->subtree(h->files, root, &driver->files);
}

/* What can not be looked at is not there; only without memory nothing goes on. */
static int absent_unless_memory(int answer) {
  return answer == DAVIT_E_MEMORY ? answer : DAVIT_OK;
}

int driver_real_path(const struct driver *driver, const char *path, const char **resolved) {
  const char *found = NULL;
  int rc = driver->files->real_path(driver->files, path, &found);
  *resolved = rc < 0 ? NULL : found;
  return absent_unless_memory(rc);
}

int driver_list(const struct driver *driver, const char *dir, const char *const **names) {
  int rc = driver->files->list_dir(driver->files, dir, names);
  if (rc < 0)
    *names = NONE;
  return absent_unless_memory(rc);
}

int driver_has_file(const struct driver *driver, const char *path, bool *answer) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  int rc = driver->files->stat_path(driver->files, path, 0, &st);
  bool is_file = rc >= 0 && st.type == DAVIT_FILE_REGULAR;
  *answer = is_file && st.size > 0;
  if (is_file && st.size == 0)
    driver_leave_out(driver, path, "it is empty");
  return absent_unless_memory(rc);
}

const char *driver_host_path(const struct driver *driver, const char *path) {
  return driver->host->format(driver->host, "%s%s", driver->root, path);
}

void driver_leave_out(const struct driver *driver, const char *path, const char *reason) {
  driver->host->log(driver->host, DAVIT_LOG_INFO, NULL, "driver file %s%s is left out: %s",
                    driver->root, path, reason);
}
