/* SPDX-License-Identifier: Apache-2.0 */
/* measure ROUNDS NAME WORD... [-- NAME WORD...]...: starts each command once a round, in turn, so
 * that a busy machine is busy for all alike. Prints "NAME MICROSECONDS KIBIBYTES" for each: the
 * median time and the peak of memory. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum {
  MOST_COMMANDS = 16
};

struct command {
  const char *name;
  char **words;
  double *times; /* microseconds, one a round */
  long peak;     /* KiB */
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int run(struct command *command, double *time, const posix_spawn_file_actions_t *actions,
               char **environment) {
  struct rusage usage;
  pid_t child;
  int status;
  double begin = now();
  if (posix_spawn(&child, command->words[0], actions, NULL, command->words, environment) != 0 ||
      wait4(child, &status, 0, &usage) != child)
    return -1;
  *time = now() - begin;
  if (usage.ru_maxrss > command->peak)
    command->peak = usage.ru_maxrss;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static size_t read_commands(char **words, struct command *commands) {
  size_t count = 0;
  while (*words && count < MOST_COMMANDS) {
    commands[count++] = (struct command){.name = words[0], .words = words + 1};
    while (*words && strcmp(*words, "--") != 0)
      words++;
    if (*words)
      *words++ = NULL;
  }
  return count;
}

int main(int argc, char **argv) {
  struct command commands[MOST_COMMANDS];
  char *environment[] = {NULL};
  posix_spawn_file_actions_t actions;
  long rounds = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
  size_t count = argc > 2 ? read_commands(argv + 2, commands) : 0;
  if (rounds < 1 || rounds > 1000000 || posix_spawn_file_actions_init(&actions) != 0 ||
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) != 0)
    return EXIT_FAILURE;
  for (size_t i = 0; i < count; i++)
    if (!(commands[i].times = calloc((size_t)rounds, sizeof(double))))
      return EXIT_FAILURE;
  for (long round = 0; round < rounds; round++)
    for (size_t i = 0; i < count; i++)
      if (run(&commands[i], &commands[i].times[round], &actions, environment) != 0) {
        fprintf(stderr, "measure: %s failed\n", commands[i].name);
        return EXIT_FAILURE;
      }
  for (size_t i = 0; i < count; i++) {
    qsort(commands[i].times, (size_t)rounds, sizeof(double), compare);
    printf("%s %.1f %ld\n", commands[i].name, commands[i].times[rounds / 2], commands[i].peak);
    free(commands[i].times);
  }
  posix_spawn_file_actions_destroy(&actions);
  return EXIT_SUCCESS;
}
