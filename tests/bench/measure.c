/* SPDX-License-Identifier: Apache-2.0 */
/* measure ROUNDS NAME WORD... [-- NAME WORD...]...: starts each command once a round, in turn, so
 * that a busy machine is busy for all alike. Prints "NAME MICROSECONDS MICROSECONDS KIBIBYTES" for
 * each: the median time, the median of processor time, and the peak of memory. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum {
  MOST_COMMANDS = 32
};

struct command {
  const char *name;
  char **words;
  double *times;     /* microseconds, one a round */
  double *processor; /* the same, as far as the process ran */
  long peak;         /* KiB */
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double microseconds(const struct timeval *time) {
  return (double)time->tv_sec * 1e6 + (double)time->tv_usec;
}

static int run(struct command *command, long round, const posix_spawn_file_actions_t *actions,
               char **environment) {
  struct rusage usage;
  pid_t child;
  int status;
  double begin = now();
  if (posix_spawn(&child, command->words[0], actions, NULL, command->words, environment) != 0 ||
      wait4(child, &status, 0, &usage) != child)
    return -1;
  command->times[round] = now() - begin;
  command->processor[round] = microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime);
  if (usage.ru_maxrss > command->peak)
    command->peak = usage.ru_maxrss;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values, long count) {
  qsort(values, (size_t)count, sizeof(double), compare);
  return values[count / 2];
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
    if (!(commands[i].times = calloc((size_t)rounds, sizeof(double))) ||
        !(commands[i].processor = calloc((size_t)rounds, sizeof(double))))
      return EXIT_FAILURE;
  for (long round = 0; round < rounds; round++)
    for (size_t i = 0; i < count; i++)
      if (run(&commands[i], round, &actions, environment) != 0) {
        fprintf(stderr, "measure: %s failed\n", commands[i].name);
        return EXIT_FAILURE;
      }
  for (size_t i = 0; i < count; i++) {
    double time = median(commands[i].times, rounds);
    double processor = median(commands[i].processor, rounds);
    printf("%s %.1f %.1f %ld\n", commands[i].name, time, processor, commands[i].peak);
    free(commands[i].times);
    free(commands[i].processor);
  }
  posix_spawn_file_actions_destroy(&actions);
  return EXIT_SUCCESS;
}
