/* SPDX-License-Identifier: Apache-2.0 */
/* --help and --version, made from the tables of options and commands. */
#include "cli/cli.h"

#include <cjson/cJSON.h>

#include "api/config.h"
#include "doc/doc.h"

enum {
  HELP_COLUMN = 30
};

static void print_options(const struct session_option *table, FILE *out) {
  for (const struct session_option *option = table; option->name; option++) {
    int width =
        fprintf(out, "  %c%c%c --%s%s%s", option->letter ? '-' : ' ',
                option->letter ? option->letter : ' ', option->letter ? ',' : ' ', option->name,
                option->argument ? "=" : "", option->argument ? option->argument : "");
    if (width >= HELP_COLUMN) {
      fputc('\n', out);
      width = 0;
    }
    fprintf(out, "%*s%s\n", HELP_COLUMN - width, "", option->help);
  }
}

static void print_commands(const struct cli_command *const *commands, FILE *out) {
  for (; *commands; commands++)
    fprintf(out, "  %-12s%s\n", command_word(*commands), (*commands)->summary);
}

static void print_common_options(FILE *out) {
  fputs("\nOptions of every command:\n", out);
  print_options(options_machine, out);
  print_options(options_global, out);
}

void print_help(FILE *out) {
  fputs("Usage: davit [OPTIONS] COMMAND [OPTIONS] [OPERANDS]\n\n"
        "Turns a service definition into an OCI bundle with exactly the GPUs it asks for.\n\n"
        "Commands:\n",
        out);
  print_commands(cli_commands, out);
  print_common_options(out);
  fputs("\n`davit COMMAND --help` says more, davit(1) everything.\n", out);
}

void print_command_help(const struct cli_command *command, FILE *out) {
  fprintf(out, "Usage: davit %s [OPTIONS]%s%s\n\n%s\n", command->name,
          command->operands[0] ? " " : "", command->operands, command->summary);
  if (command->subcommands) {
    fputs("\nCommands:\n", out);
    print_commands(command->subcommands, out);
  } else if (command->options) {
    fputs("\nOptions:\n", out);
    for (size_t i = 0; command->options[i]; i++)
      print_options(command->options[i], out);
  }
  print_common_options(out);
}

void print_version(FILE *out) {
  fprintf(out,
          "davit %s\n"
          "plugin ABI %u.%u\n"
          "libyaml %s\n"
          "cJSON %s\n"
          "plugins in %s\n"
          "CDI specs in /etc/cdi, /var/run/cdi\n",
          DAVIT_VERSION, DAVIT_ABI_MAJOR, DAVIT_ABI_MINOR, doc_yaml_version(), cJSON_Version(),
          DAVIT_PLUGIN_DIR);
}
