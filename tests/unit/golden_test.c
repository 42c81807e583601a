/* SPDX-License-Identifier: Apache-2.0 */
/* Whole configs: tests/golden/NAME/args is a command line, one word a line, run in that directory,
 * and config.json is what it must print. For each the document is walked as well: an entry without
 * a source is a bug. */
#include "testing.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "util/cleanup.h"

enum {
  MOST_CASES = 256,
  MOST_WORDS = 64
};

static char *case_names[MOST_CASES];
static size_t case_count;

static int is_case(const struct dirent *entry) {
  return entry->d_name[0] != '.' && entry->d_name[0] != 'R'; /* README */
}

static void find_cases(void) {
  struct dirent **entries;
  int count = scandir(TEST_GOLDEN, &entries, is_case, alphasort);
  for (int i = 0; i < count && case_count < MOST_CASES; i++) {
    case_names[case_count++] = strdup(entries[i]->d_name);
    free(entries[i]);
  }
  if (count >= 0)
    free(entries);
}

static char *read_text(const char *path) {
  char *text = NULL;
  size_t size = 0;
  FILE *file = fopen(path, "r");
  ck_assert_msg(file != NULL, "%s is not there", path);
  ck_assert(getdelim(&text, &size, '\0', file) >= 0);
  fclose(file);
  return text;
}

/* The command line of the case, with the plugins of this build. */
static int read_words(char *text, char **words) {
  static char program[] = "davit", plugins[] = "--plugin-dir=" TEST_PLUGINS;
  int count = 0;
  words[count++] = program;
  words[count++] = plugins;
  for (char *line; (line = strsep(&text, "\n"));)
    if (line[0] && line[0] != '#')
      words[count++] = line;
  words[count] = NULL;
  return count;
}

static int render(struct cli *cli, int argc, char **argv, struct oci **oci,
                  struct davit_error *err) {
  const struct cli_command *command;
  int answer = parse_words(cli, argc, argv, &command, err);
  const struct service_file *file;
  const struct service *service;
  const struct rootfs rootfs = {0};
  struct list files = {0}; /* none: no case writes a bundle */
  if (answer == DAVIT_OK)
    answer = load_service(&cli->session, cli->operands.items[0], &file, &service, err);
  if (answer == DAVIT_OK)
    answer = render_service(&cli->session, file, service, &rootfs, oci, &files, err);
  return answer;
}

static void compare(const char *name, const char *got) {
  CLEANUP(free) char *expected = read_text("config.json");
  size_t line = 1, i = 0;
  for (; expected[i] && expected[i] == got[i]; i++)
    line += expected[i] == '\n';
  ck_assert_msg(expected[i] == got[i],
                "%s/config.json:%zu differs: expected\n%.200s\nbut got\n%.200s", name, line,
                expected + i, got + i);
}

static void check_sources(const char *name, const struct oci *oci, struct arena *arena) {
  struct davit_error err = {0};
  const struct oci_entry *const *entries;
  ck_assert_ok(oci_entries(oci, arena, &entries, &err), &err);
  size_t count = 0;
  for (; entries[count]; count++)
    ck_assert_msg(entries[count]->sources[0] != NULL, "%s: %s (%s) has no source", name,
                  entries[count]->path, entries[count]->value);
  ck_assert_uint_gt(count,
                    30); /* mounts, rules, namespaces: a walk that sees nothing proves nothing */
}

START_TEST(config_is_as_written) {
  const char *name = case_names[_i];
  char *words[MOST_WORDS];
  struct cli cli = {.session.render.replica = 1};
  struct davit_error err = {0};
  CLEANUP(oci) struct oci *oci = NULL;
  CLEANUP(free) char *config = NULL;
  size_t size;
  ck_assert_int_eq(chdir(TEST_GOLDEN), 0);
  ck_assert_int_eq(chdir(name), 0);
  CLEANUP(free) char *args = read_text("args");
  report_setup(&cli);
  int answer = render(&cli, read_words(args, words), words, &oci, &err);
  ck_assert_msg(answer == DAVIT_OK, "%s: %s", name, error_text(&err));
  ck_assert_ok(oci_print(oci, &config, &size, &err), &err);
  compare(name, config);
  check_sources(name, oci, &cli.session.arena);
  arena_free(&cli.session.arena);
}
END_TEST

/* What the caller's environment adds to every config and request. */
static void clear_environment(void) {
  static const char *const names[] = {"CDI_SPEC_DIRS", "DAVIT_CGROUP_PARENT", "DAVIT_PLUGIN_PATH",
                                      "ZLAYER_CGROUP_PARENT"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    unsetenv(names[i]);
}

int main(void) {
  clear_environment();
  find_cases();
  Suite *suite = suite_create("golden");
  TCase *tests = tcase_create("configs");
  tcase_add_loop_test(tests, config_is_as_written, 0, (int)case_count);
  suite_add_tcase(suite, tests);
  if (case_count == 0) {
    fprintf(stderr, "no cases in %s\n", TEST_GOLDEN);
    return EXIT_FAILURE;
  }
  return run_suite(suite);
}
