/* SPDX-License-Identifier: Apache-2.0 */
/* render FILE [ROUNDS]: how many configs libdavit makes of the service file in a second of one
 * core, in one process with one context. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "davit/davit.h"

static char *read_whole(const char *path, size_t *size) {
  FILE *file = fopen(path, "re");
  char *text = NULL;
  size_t capacity = 0;
  ssize_t length = file ? getdelim(&text, &capacity, '\0', file) : -1;
  if (file)
    fclose(file);
  *size = length > 0 ? (size_t)length : 0;
  return text;
}

static double processor_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
  size_t size = 0;
  char *text = argc > 1 ? read_whole(argv[1], &size) : NULL;
  struct davit *davit = davit_new();
  int answer = text && davit && size > 0 && rounds > 0 ? davit_set(davit, "rootless", "no") : -1;
  double begin = processor_time();
  for (long round = 0; round < rounds && answer == DAVIT_OK; round++) {
    char *config;
    size_t length;
    answer = davit_render(davit, argv[1], text, size, &config, &length);
    if (answer == DAVIT_OK)
      davit_release(config);
  }
  if (answer == DAVIT_OK)
    printf("%.0f\n", (double)rounds / (processor_time() - begin));
  davit_free(davit);
  free(text);
  return answer == DAVIT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
