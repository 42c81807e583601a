/* SPDX-License-Identifier: Apache-2.0 */
/* davit cdi generate: a CDI spec of what a vendor's plugin finds on this host. */
#include "cli/cli.h"

#include <string.h>

#include "api/spec_file.h"
#include "cdi/names.h"
#include "cli/cdi_shadow.h"
#include "plugin/generate.h"
#include "util/cleanup.h"
#include "util/text.h"

static bool is_to_stdout(const struct cli *cli) {
  return !cli->output || strcmp(cli->output, "-") == 0;
}

/* A file's name says its format too. */
static int find_format(struct cli *cli, const char *name, struct davit_error *err) {
  if (!name)
    return DAVIT_OK;
  bool is_yaml = text_ends(name, ".yaml");
  if (!is_yaml && !text_ends(name, ".json"))
    return usage_error(err, "readers of CDI look at *.json and *.yaml only",
                       "--output takes a file *.json or *.yaml, or a directory, not \"%s\"",
                       cli->output);
  enum doc_format format = is_yaml ? DOC_FORMAT_YAML : DOC_FORMAT_JSON;
  if (cli->has_format && cli->format != format)
    return usage_error(err, "leave one of them out", "--format contradicts the name of \"%s\"",
                       cli->output);
  cli->format = format;
  return DAVIT_OK;
}

/* The files beside the one that is written are read, and no others. */
static int look_at(struct cli *cli, const char *dir, struct davit_error *err) {
  struct session *session = &cli->session;
  if (session->cdi_dirs.count > 0)
    return usage_error(err, "--output says where the spec goes",
                       "davit cdi generate asks plugins, not CDI files: --cdi-dir has no use");
  session->cdi = CDI_OFF;
  session->variables.cdi_spec_dirs = NULL;
  return !dir || list_push(&session->arena, &session->cdi_dirs, dir) ? DAVIT_OK : error_memory(err);
}

/* And then all that davit reads when it is asked for devices. */
static void look_at_all(struct cli *cli) {
  cli->session.cdi_dirs = (struct list){0};
  read_variables(cli);
}

static int write_file(struct cli *cli, struct machine *machine, const struct generated_spec *spec,
                      struct spec_place *place, const char *text, size_t size,
                      struct davit_error *err) {
  struct arena *arena = &cli->session.arena;
  int answer = DAVIT_OK;
  if (!place->name)
    answer = spec_file_name(arena, spec->kind, cli->format, &place->name, err);
  if (answer < 0)
    return answer;
  const char *path = spec_place_path(arena, place);
  if (!path)
    return error_memory(err);
  if (!place->is_new)
    answer = generate_check_place(machine->providers, arena, spec, path, err);
  if (answer == DAVIT_OK)
    answer = spec_file_write(place, text, size, cli->keeps, err);
  if (answer < 0)
    return answer;
  log_info(&cli->session.log, "wrote %s: %zu devices of kind %s, CDI %s", path, spec->devices.count,
           spec->kind, generated_version(spec));
  look_at_all(cli);
  return cdi_warn_shadowed(cli, place, err);
}

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(machine) struct machine machine = {0};
  CLEANUP(free) char *text = NULL;
  const struct generate_request request = {cli->vendor, cli->kind};
  const struct generated_spec *spec;
  struct spec_place place = {0};
  size_t size;
  int answer = DAVIT_OK;
  if (!is_to_stdout(cli))
    answer = spec_place_find(&cli->session.arena, cli->output, &place, err);
  else if (cli->keeps)
    answer = usage_error(err, NULL, "--no-replace is for a file, named with --output");
  if (answer == DAVIT_OK)
    answer = find_format(cli, place.name, err);
  if (answer == DAVIT_OK)
    answer = look_at(cli, place.is_new ? NULL : place.dir, err);
  if (answer == DAVIT_OK)
    answer = machine_open(&cli->session, &machine, err);
  if (answer == DAVIT_OK)
    answer = generate_spec(machine.providers, &cli->session.arena, &request, &spec, err);
  if (answer == DAVIT_OK)
    answer = generated_print(spec, cli->format, &text, &size, err);
  if (answer < 0)
    return answer;
  if (!is_to_stdout(cli))
    return write_file(cli, &machine, spec, &place, text, size, err);
  fwrite(text, 1, size, stdout);
  return finish_output(err);
}

static int take_kind(struct session *session, const char *value, struct davit_error *err) {
  const char *problem = kind_problem(value);
  if (problem)
    return usage_error(err, "for example --kind acme.com/gpu",
                       "--kind takes VENDOR/CLASS, not \"%s\": %s", value, problem);
  cli_of(session)->kind = value;
  return DAVIT_OK;
}

static int take_output(struct session *session, const char *value, struct davit_error *err) {
  if (!value[0])
    return usage_error(err, NULL, "--output takes a file, a directory or \"-\", not \"\"");
  cli_of(session)->output = value;
  return DAVIT_OK;
}

static int take_format(struct session *session, const char *value, struct davit_error *err) {
  static const char *const formats[] = {
      [DOC_FORMAT_JSON] = "json", [DOC_FORMAT_YAML] = "yaml", NULL};
  size_t index = 0;
  int answer = option_word("format", value, formats, &index, err);
  cli_of(session)->format = (enum doc_format)index;
  cli_of(session)->has_format = true;
  return answer;
}

static int take_no_replace(struct session *session, UNUSED const char *value,
                           UNUSED struct davit_error *err) {
  cli_of(session)->keeps = true;
  return DAVIT_OK;
}

static const struct session_option options[] = {
    {"kind", 0, "KIND", "the kind of the devices (default: the vendor's own)", take_kind},
    {"output", 'o', "FILE|DIR|-", "where the spec goes (default: standard output)", take_output},
    {"format", 0, "FORMAT", "json (default) or yaml; a file's name says it too", take_format},
    {"no-replace", 0, NULL, "fail if the file is there already", take_no_replace},
    {0},
};

const struct cli_command command_cdi_generate = {
    .name = "cdi generate",
    .operands = "",
    .summary = "write a CDI spec of the devices that a vendor's plugin finds",
    .options = (const struct session_option *const[]){options_vendor, options, NULL},
    .run = run,
};
