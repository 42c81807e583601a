/* SPDX-License-Identifier: Apache-2.0 */
/* Reading argv against tables of options, with getopt_long(3). */
#include "cli/cli.h"

#include <getopt.h>
#include <string.h>

#include "util/text.h"

/* getopt's answer for a long option: its place in the joined table, above every letter. */
enum {
  LONG_OPTION = 256
};

/* Tables joined, and the two forms in which getopt_long wants them. */
struct parser {
  bool is_of_command;  /* the command's name has been read */
  struct list options; /* const struct session_option * */
  struct option *longs;
  char *letters;
};

static int join_tables(struct cli *cli, struct parser *parser, const char *mode,
                       const struct session_option *const *tables, struct davit_error *err) {
  for (; *tables; tables++)
    for (const struct session_option *option = *tables; option->name; option++)
      if (!list_push(&cli->session.arena, &parser->options, option))
        return error_memory(err);

  size_t count = parser->options.count;
  parser->longs = arena_array(&cli->session.arena, count + 1, sizeof(*parser->longs));
  parser->letters = arena_alloc(&cli->session.arena, strlen(mode) + 2 * count + 1);
  if (!parser->longs || !parser->letters)
    return error_memory(err);
  char *letters = stpcpy(parser->letters, mode);
  for (size_t i = 0; i < count; i++) {
    const struct session_option *option = parser->options.items[i];
    parser->longs[i] =
        (struct option){.name = option->name,
                        .has_arg = option->argument ? required_argument : no_argument,
                        .val = LONG_OPTION + (int)i};
    if (option->letter) {
      *letters++ = option->letter;
      if (option->argument)
        *letters++ = ':';
    }
  }
  return DAVIT_OK;
}

static const struct session_option *find_letter(const struct parser *parser, int letter) {
  for (size_t i = 0; i < parser->options.count; i++) {
    const struct session_option *option = parser->options.items[i];
    if (option->letter == letter)
      return option;
  }
  return NULL;
}

static bool has_option(const struct cli_command *command, const char *name) {
  for (const struct session_option *const *table = command->options; table && *table; table++)
    for (const struct session_option *option = *table; option->name; option++)
      if (strcmp(option->name, name) == 0)
        return true;
  return false;
}

/* Is it an option of some command, which stands behind the command's name? */
static bool is_of_a_command(const char *name) {
  for (const struct cli_command *const *command = cli_commands; *command; command++) {
    if (has_option(*command, name))
      return true;
    for (const struct cli_command *const *sub = (*command)->subcommands; sub && *sub; sub++)
      if (has_option(*sub, name))
        return true;
  }
  return false;
}

/* getopt's '?': an option that is not there, or a value that is one too many. */
static int unknown_option(struct cli *cli, const struct parser *parser, const char *word,
                          struct davit_error *err) {
  struct list names = {0};
  for (size_t i = 0; i < parser->options.count; i++) {
    const struct session_option *option = parser->options.items[i];
    if (!list_push(&cli->session.arena, &names, option->name))
      return error_memory(err);
  }
  const char *name = text_starts(word, "--") ? word + 2 : word;
  char *bare = arena_strndup(&cli->session.arena, name, strcspn(name, "="));
  if (!bare)
    return error_memory(err);
  if (strings_contain(list_strings(&names), bare) && strchr(name, '='))
    return usage_error(err, NULL, "--%s takes no value", bare);
  if (!parser->is_of_command && is_of_a_command(bare))
    return usage_error(err, "write it behind the command's name",
                       "--%s is an option of some commands, not of all", bare);
  const char *nearest = text_nearest(bare, list_strings(&names));
  for (size_t i = 0; i < names.count; i++)
    if (text_starts(names.items[i], bare))
      nearest = names.items[i];
  return usage_error(
      err, nearest ? arena_printf(&cli->session.arena, "did you mean --%s?", nearest) : NULL,
      "there is no option %s here",
      optopt && optopt < LONG_OPTION ? arena_printf(&cli->session.arena, "-%c", optopt)
                                     : arena_printf(&cli->session.arena, "--%s", bare));
}

/* getopt takes the beginning of a name for the name. What that means changes with every option that
 * is added, so only whole names are taken. */
static bool is_abbreviated(const char *word, const struct session_option *option) {
  return strcspn(word + 2, "=") != strlen(option->name);
}

/* `word` is what getopt looked at. */
static int take_answer(struct cli *cli, const struct parser *parser, int answer, const char *word,
                       struct davit_error *err) {
  if (answer == 1) /* an operand, in "-" mode */
    return list_push(&cli->session.arena, &cli->operands, optarg) ? DAVIT_OK : error_memory(err);
  if (answer == ':')
    return usage_error(err, NULL, "%s needs a value", word);
  const struct session_option *option = answer >= LONG_OPTION
                                            ? parser->options.items[answer - LONG_OPTION]
                                            : find_letter(parser, answer);
  if (answer == '?' || !option || (answer >= LONG_OPTION && is_abbreviated(word, option)))
    return unknown_option(cli, parser, word, err);
  return option->take(&cli->session, optarg, err);
}

static int parse(struct cli *cli, const char *mode, bool is_of_command,
                 const struct session_option *const *tables, int argc, char **argv,
                 struct davit_error *err) {
  struct parser parser = {.is_of_command = is_of_command};
  int answer = join_tables(cli, &parser, mode, tables, err);
  opterr = 0;
  optind = 0; /* glibc: start over */
  while (answer == DAVIT_OK) {
    const char *word = argv[optind > 0 ? optind : 1]; /* neither mode moves words about */
    int got = getopt_long(argc, argv, parser.letters, parser.longs, NULL);
    if (got == -1)
      break;
    answer = take_answer(cli, &parser, got, word, err);
  }
  return answer;
}

/* Options in argv[1...] up to the first operand, whose place is *next. argv[0] is davit or a group.
 */
static int parse_global(struct cli *cli, int argc, char **argv, int *next,
                        struct davit_error *err) {
  static const struct session_option *const tables[] = {options_machine, options_global, NULL};
  int answer = parse(cli, "+:", false, tables, argc, argv, err); /* "+": stop at the command */
  *next = optind;
  return answer;
}

/* Options and operands of a command whose last word is argv[0]. */
static int parse_command(struct cli *cli, const struct cli_command *command, int argc, char **argv,
                         struct davit_error *err) {
  struct list tables = {0};
  bool ok = true;
  for (size_t i = 0; ok && command->options && command->options[i]; i++)
    ok = list_push(&cli->session.arena, &tables, command->options[i]);
  if (!ok || !list_push(&cli->session.arena, &tables, options_machine) ||
      !list_push(&cli->session.arena, &tables, options_global))
    return error_memory(err);

  /* "-": operands come in order as if they were options, and "--" is left to be seen. */
  int answer =
      parse(cli, "-:", true, (const struct session_option *const *)tables.items, argc, argv, err);
  if (answer < 0 || cli->show_help)
    return answer;
  if (optind > 1 && strcmp(argv[optind - 1], "--") == 0)
    cli->session.args = (const char *const *)argv + optind;
  const char *hint = arena_printf(
      &cli->session.arena, "davit %s [options]%s%s; see `davit %s --help`", command->name,
      command->operands[0] ? " " : "", command->operands, command->name);
  if (cli->operands.count < command->least)
    return usage_error(err, hint, "davit %s needs %s", command->name, command->operands);
  if (cli->operands.count > command->most)
    return usage_error(err, hint, "\"%s\" is one operand too many",
                       (const char *)cli->operands.items[command->most]);
  if (cli->session.args && !command->takes_after)
    return usage_error(err, hint, "davit %s takes nothing behind \"--\"", command->name);
  if (cli->session.args && !cli->session.args[0])
    return usage_error(err, hint, "nothing follows \"--\"");
  return DAVIT_OK;
}

static int refuse_nothing(struct cli *cli, const struct cli_command *group,
                          struct davit_error *err) {
  if (!group)
    return usage_error(err, "see `davit --help`", "no command is given");
  return usage_error(err, arena_printf(&cli->session.arena, "see `davit %s --help`", group->name),
                     "davit %s needs %s", group->name, group->operands);
}

int parse_words(struct cli *cli, int argc, char **argv, const struct cli_command **command,
                struct davit_error *err) {
  read_variables(cli);
  cli->session.reads_stdin = true;
  *command = NULL;
  do {
    int next = 0;
    int answer = parse_global(cli, argc, argv, &next, err);
    if (answer < 0 || cli->show_version || cli->show_help)
      return answer;
    if (next == argc)
      return refuse_nothing(cli, *command, err);
    answer = find_command(cli, *command, argv[next], command, err);
    if (answer < 0)
      return answer;
    argc -= next;
    argv += next;
  } while ((*command)->subcommands);
  return parse_command(cli, *command, argc, argv, err);
}
