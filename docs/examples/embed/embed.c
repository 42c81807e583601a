/* SPDX-License-Identifier: Apache-2.0 */
/* embed FILE [OPTION VALUE]...: prints the config.json of a service through libdavit, or what is
 * wrong with it. Options are those of `davit spec`: embed web.yaml host-root hosts/nvidia-2 */
#include <davit/davit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MOST_BYTES = 4 * 1024 * 1024
};

static void print_message(void *user, int level, const struct davit_problem *message) {
  (void)user;
  fprintf(stderr, "%s: %s\n", level == DAVIT_LOG_WARNING ? "warning" : "info", message->text);
}

static void print_problems(const struct davit *davit) {
  struct davit_problem problem = {DAVIT_SIZED(struct davit_problem)};
  for (size_t i = 0; davit_get_problem(davit, i, &problem) == DAVIT_OK; i++)
    fprintf(stderr, "%s:%u:%u: %s: %s (%s)\n", problem.file ? problem.file : "-", problem.line,
            problem.column, problem.code, problem.text, problem.hint ? problem.hint : "no hint");
}

/* The whole of a file; NULL: errno says why. */
static char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file)
    return NULL;
  char *text = malloc(MOST_BYTES);
  *size = text ? fread(text, 1, MOST_BYTES, file) : 0;
  fclose(file);
  return text;
}

static int run(struct davit *davit, const char *path, char **options) {
  int answer = davit_set_messages(davit, DAVIT_LOG_WARNING, print_message, NULL);
  for (; answer == DAVIT_OK && options[0] && options[1]; options += 2)
    answer = davit_set(davit, options[0], options[1]);
  if (answer < 0)
    return answer;

  size_t size, config_size;
  char *config, *text = read_file(path, &size);
  if (!text) {
    perror(path);
    return DAVIT_E_FAILED;
  }
  answer = davit_render(davit, path, text, size, &config, &config_size);
  free(text);
  if (answer < 0)
    return answer;
  fwrite(config, 1, config_size, stdout);
  davit_release(config);
  return DAVIT_OK;
}

int main(int argc, char **argv) {
  if (argc < 2 || argc % 2 != 0) {
    fprintf(stderr, "usage: %s FILE [OPTION VALUE]...\n", argv[0]);
    return 2;
  }
  struct davit *davit = davit_new();
  if (!davit) {
    perror("davit_new");
    return EXIT_FAILURE;
  }
  int answer = run(davit, argv[1], argv + 2);
  if (answer < 0)
    print_problems(davit);
  davit_free(davit);
  return answer == DAVIT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
