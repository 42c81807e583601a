/* SPDX-License-Identifier: Apache-2.0 */
/* Runs many command lines of davit in one process, each twice, as davit itself would.
 *
 *   runner keys     prints the tables of keys as JSON, for a generator that must know them all
 *   runner run      reads command lines from stdin, one a line, words separated by tabs; answers
 * each with "STATUS OUT ERR SAME\n" and OUT bytes of stdout, ERR bytes of stderr. SAME is 1 if the
 * second run printed the same. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.h"
#include "service/forms.h"
#include "service/keys.h"
#include "util/cleanup.h"

enum {
  MOST_WORDS = 128
};

/* ---- keys ----------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  const struct field *fields;
} tables[] = {
#define TABLE(name) {#name, name},
#include "tables.inc"
#undef TABLE
};

static void print_fields(const struct field *fields);

static void print_words(const char *const *words) {
  for (size_t i = 0; words[i]; i++)
    printf("%s\"%s\"", i > 0 ? ", " : "", words[i]);
}

/* A table of keys.h has its name wherever it is used; others are named by where they are. */
static void print_table_name(const struct field *fields) {
  for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
    if (tables[i].fields == fields) {
      printf("\"%s\"", tables[i].name);
      return;
    }
  printf("null");
}

static void print_form(const struct form *form) {
  static const char *const kinds[] = {
      [FORM_TEXT] = "text",         [FORM_BOOL] = "bool", [FORM_NUMBER] = "number",
      [FORM_DURATION] = "duration", [FORM_SIZE] = "size", [FORM_CHOICE] = "choice",
      [FORM_LIST] = "list",         [FORM_MAP] = "map",   [FORM_KEYS] = "keys",
      [FORM_VARIANT] = "variant",   [FORM_ANY] = "any"};
  printf("{\"kind\": \"%s\", \"least\": %" PRIu64 ", \"most\": %" PRIu64, kinds[form->kind],
         form->least, form->most);
  if (form->words) {
    printf(", \"words\": [");
    print_words(form->words);
    printf("]");
  }
  if (form->item) {
    printf(", \"item\": ");
    print_form(form->item);
  }
  if (form->keys) {
    printf(", \"table\": ");
    print_table_name(form->keys);
    printf(", \"keys\": ");
    print_fields(form->keys);
  }
  if (form->kind == FORM_VARIANT) {
    printf(", \"variant_key\": \"%s\", \"variants\": [", form->variant_key);
    for (size_t i = 0; form->words[i]; i++) {
      printf("%s", i > 0 ? ", " : "");
      print_fields(form->variants[i]);
    }
    printf("], \"tables\": [");
    for (size_t i = 0; form->words[i]; i++) {
      printf("%s", i > 0 ? ", " : "");
      print_table_name(form->variants[i]);
    }
    printf("]");
  }
  printf("}");
}

/* A key without a reader and a form is one that davit does not act on: left out. */
static void print_fields(const struct field *fields) {
  const char *comma = "";
  printf("{");
  for (const struct field *field = fields; field->key; field++) {
    if (!field->read && !field->form)
      continue;
    printf("%s\"%s\": {\"needed\": %s, \"form\": ", comma, field->key,
           field->example ? "true" : "false");
    comma = ",\n";
    if (field->form)
      print_form(field->form);
    else
      printf("null");
    printf("}");
  }
  printf("}");
}

static void print_tables(void) {
  printf("{");
  for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
    printf("%s\"%s\": ", i > 0 ? ",\n" : "", tables[i].name);
    print_fields(tables[i].fields);
  }
  printf("}\n");
}

/* ---- run ------------------------------------------------------------------------------------ */

struct output { /* of one run */
  int status;
  char *text[2]; /* of stdout and stderr */
  size_t size[2];
};

static void cleanup_output(struct output *output) {
  free(output->text[0]);
  free(output->text[1]);
}

/* Nothing here can go on without: the test sees that answers are missing. */
static void require(bool good, const char *what) {
  if (good)
    return;
  perror(what);
  exit(EXIT_FAILURE);
}

static int run_words(int argc, char **argv) {
  struct cli cli = {.session.render.replica = 1};
  CLEANUP(error) struct davit_error err = {0};
  const struct cli_command *command;
  report_setup(&cli);
  int answer = parse_words(&cli, argc, argv, &command, &err);
  if (answer == DAVIT_OK)
    answer = command->run(&cli, &err);
  report_error(&cli, &err);
  arena_free(&cli.session.arena);
  return answer == DAVIT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void take_file(int fd, char **text, size_t *size) {
  off_t end = lseek(fd, 0, SEEK_END);
  require(end >= 0, "lseek");
  *size = (size_t)end;
  *text = malloc(*size + 1);
  require(*text && pread(fd, *text, *size, 0) == end, "pread");
  (*text)[*size] = '\0';
}

/* The config of the bundle that was just written, copied to stdout; the file is taken away. */
static void print_bundle(char *const *words) {
  char path[4096];
  while (*words && strcmp(*words, "-o") != 0)
    words++;
  if (!words[0] || !words[1])
    return;
  snprintf(path, sizeof(path), "%s/config.json", words[1]);
  CLEANUP(file) FILE *file = fopen(path, "re");
  for (int c; file && (c = getc(file)) != EOF;)
    putchar(c);
  require(!file || remove(path) == 0, path);
}

/* With stdout and stderr in files. */
static void run_captured(int argc, char **words, struct output *output) {
  int saved[2], files[2];
  char *argv[MOST_WORDS + 1];
  memcpy(argv, words, sizeof(*argv) * (size_t)(argc + 1)); /* parsing may reorder them */
  fflush(NULL);
  for (int i = 0; i < 2; i++) {
    saved[i] = dup(i + 1);
    files[i] = memfd_create("output", MFD_CLOEXEC);
    require(saved[i] >= 0 && files[i] >= 0 && dup2(files[i], i + 1) >= 0, "output");
  }
  output->status = run_words(argc, argv);
  print_bundle(words);
  fflush(NULL);
  for (int i = 0; i < 2; i++) {
    require(dup2(saved[i], i + 1) >= 0, "output");
    take_file(files[i], &output->text[i], &output->size[i]);
    close(saved[i]);
    close(files[i]);
  }
}

static bool are_same(const struct output *a, const struct output *b) {
  return a->status == b->status && strcmp(a->text[0], b->text[0]) == 0 &&
         strcmp(a->text[1], b->text[1]) == 0;
}

static void answer_line(char *line) {
  CLEANUP(output) struct output first = {0};
  CLEANUP(output) struct output second = {0};
  static char program[] = "davit";
  char *words[MOST_WORDS + 1] = {program};
  int count = 1;
  for (char *word; count < MOST_WORDS && (word = strsep(&line, "\t"));)
    words[count++] = word;
  words[count] = NULL;
  run_captured(count, words, &first);
  run_captured(count, words, &second);
  printf("%d %zu %zu %d\n", first.status, first.size[0], first.size[1], are_same(&first, &second));
  fwrite(first.text[0], 1, first.size[0], stdout);
  fwrite(first.text[1], 1, first.size[1], stdout);
  fflush(stdout);
}

static int answer_lines(void) {
  CLEANUP(free) char *line = NULL;
  size_t size = 0;
  for (ssize_t length; (length = getline(&line, &size, stdin)) > 0;) {
    if (line[length - 1] == '\n')
      line[length - 1] = '\0';
    answer_line(line);
  }
  return ferror(stdin) || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "keys") == 0) {
    print_tables();
    return EXIT_SUCCESS;
  }
  if (argc == 2 && strcmp(argv[1], "run") == 0)
    return answer_lines();
  fprintf(stderr, "usage: runner keys|run\n");
  return EXIT_USAGE;
}
