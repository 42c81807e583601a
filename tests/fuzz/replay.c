/* SPDX-License-Identifier: Apache-2.0 */
/* In place of libFuzzer: runs the target on every file of the directories and on every file named
 * on the command line, in order of their names. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "util/cleanup.h"

static size_t runs;

/* Exactly as large as the text, so that a sanitizer sees a step past its end. */
static int run_file(const char *path, size_t size) {
  CLEANUP(file) FILE *file = fopen(path, "re");
  CLEANUP(free) uint8_t *data = malloc(size > 0 ? size : 1);
  if (!file || !data || fread(data, 1, size, file) != size) {
    perror(path);
    return EXIT_FAILURE;
  }
  (void)LLVMFuzzerTestOneInput(data, size);
  runs++;
  return EXIT_SUCCESS;
}

static int run_path(const char *path);

static int is_visible(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static int run_directory(const char *path) {
  struct dirent **entries;
  int count = scandir(path, &entries, is_visible, alphasort);
  int result = count < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
  if (count < 0)
    perror(path);
  for (int i = 0; i < count; i++) {
    char below[4096];
    int length = snprintf(below, sizeof(below), "%s/%s", path, entries[i]->d_name);
    if (length < 0 || (size_t)length >= sizeof(below) || run_path(below) != EXIT_SUCCESS)
      result = EXIT_FAILURE;
    free(entries[i]);
  }
  if (count >= 0)
    free(entries);
  return result;
}

static int run_path(const char *path) {
  struct stat st;
  if (stat(path, &st) < 0) {
    perror(path);
    return EXIT_FAILURE;
  }
  return S_ISDIR(st.st_mode) ? run_directory(path) : run_file(path, (size_t)st.st_size);
}

int main(int argc, char **argv) {
  int result = EXIT_SUCCESS;
  for (int i = 1; i < argc; i++)
    if (run_path(argv[i]) != EXIT_SUCCESS)
      result = EXIT_FAILURE;
  printf("%zu inputs\n", runs);
  return runs > 0 ? result : EXIT_FAILURE;
}
