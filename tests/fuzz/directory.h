/* SPDX-License-Identifier: Apache-2.0 */
/* A host in a directory of the target's own, for readers that take a file of a host. Made once a
 * process and emptied when it ends; in memory where there is /dev/shm. */
#ifndef DAVIT_TESTS_FUZZ_DIRECTORY_H
#define DAVIT_TESTS_FUZZ_DIRECTORY_H

#include "fuzz.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/host.h"
#include "util/cleanup.h"

enum {
  FUZZ_FILES_MOST = 4
};

static struct {
  char path[64];
  const char *names[FUZZ_FILES_MOST]; /* static strings */
  size_t name_count;
  struct host *host;
} fuzz_directory;

static inline void fuzz_directory_path(const char *name, char *path, size_t size) {
  int length = snprintf(path, size, "%s/%s", fuzz_directory.path, name);
  MUST_HOLD(length > 0 && (size_t)length < size);
}

static inline void fuzz_directory_remove(void) {
  char path[256];
  for (size_t i = fuzz_directory.name_count; i > 0; i--) {
    fuzz_directory_path(fuzz_directory.names[i - 1], path, sizeof(path));
    (void)remove(path);
  }
  (void)rmdir(fuzz_directory.path);
  host_close(fuzz_directory.host);
}

static inline void fuzz_directory_note(const char *name) {
  for (size_t i = 0; i < fuzz_directory.name_count; i++)
    if (strcmp(fuzz_directory.names[i], name) == 0)
      return;
  MUST_HOLD(fuzz_directory.name_count < FUZZ_FILES_MOST);
  fuzz_directory.names[fuzz_directory.name_count++] = name;
}

/* The host; on the first call with a directory of that name in it. */
static inline const struct host *fuzz_directory_host(const char *name) {
  CLEANUP(error) struct davit_error err = {0};
  char path[256];
  if (fuzz_directory.host)
    return fuzz_directory.host;
  strcpy(fuzz_directory.path,
         access("/dev/shm", W_OK) == 0 ? "/dev/shm/davit-fuzz-XXXXXX" : "/tmp/davit-fuzz-XXXXXX");
  MUST_HOLD(mkdtemp(fuzz_directory.path));
  MUST_HOLD(atexit(fuzz_directory_remove) == 0);
  fuzz_directory_path(name, path, sizeof(path));
  MUST_HOLD(mkdir(path, 0755) == 0);
  fuzz_directory_note(name);
  MUST_HOLD(host_open(fuzz_directory.path, &fuzz_directory.host, &err) == DAVIT_OK);
  return fuzz_directory.host;
}

static inline void fuzz_directory_write(const char *name, const uint8_t *data, size_t size) {
  char path[256];
  fuzz_directory_path(name, path, sizeof(path));
  fuzz_directory_note(name);
  CLEANUP(file) FILE *file = fopen(path, "we");
  MUST_HOLD(file && fwrite(data, 1, size, file) == size);
}

static inline void fuzz_directory_delete(const char *name) {
  char path[256];
  fuzz_directory_path(name, path, sizeof(path));
  MUST_HOLD(unlink(path) == 0);
}

#endif
