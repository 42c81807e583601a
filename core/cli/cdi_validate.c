/* SPDX-License-Identifier: Apache-2.0 */
/* davit cdi validate: everything that is wrong with CDI files. */
#include <string.h>

#include "cli/cdi_report.h"
#include "cli/json.h"

/* ---- gathering ------------------------------------------------------------------------------ */

struct judging {
  const struct cli *cli;
  struct arena *arena;
  const struct index *index;
  struct cdi_reports *reports;
};

static int judge(const struct davit_host *host, void *user) {
  const struct judging *judging = user;
  const struct cdi_strictness strictness = {.is_strict = judging->cli->strict,
                                            .host = judging->cli->with_host ? host : NULL};
  if (cdi_reports_add(judging->arena, judging->index, &strictness, judging->reports))
    return DAVIT_OK;
  return host->fail(host, DAVIT_E_MEMORY, "memory.out", NULL, NULL, "out of memory");
}

/* Each operand is for itself: only the files of one directory meet, and one that cannot be read
 * keeps nobody from hearing of the others. */
static int check_operand(struct cli *cli, struct cdi_specs *specs, const char *operand,
                         struct cdi_reports *reports, struct davit_error *err) {
  CLEANUP(index) struct index index = {0};
  CLEANUP(error) struct davit_error unreadable = {0};
  struct judging judging = {cli, &cli->session.arena, &index, reports};
  int answer = cdi_specs_read(cli, specs, operand, &index, &unreadable);
  if (answer == DAVIT_OK)
    return instance_run(specs->instance, "check", judge, &judging, err);
  error_take(answer == DAVIT_E_MEMORY ? err : &reports->unreadable, &unreadable);
  return answer == DAVIT_E_MEMORY ? answer : DAVIT_OK;
}

static int check_all(struct cli *cli, struct cdi_reports *reports, struct davit_error *err) {
  CLEANUP(cdi_specs) struct cdi_specs specs = {0};
  int answer = cdi_specs_open(cli, &specs, err);
  if (answer == DAVIT_OK && cli->operands.count == 0)
    return check_operand(cli, &specs, NULL, reports, err);
  for (size_t i = 0; answer == DAVIT_OK && i < cli->operands.count; i++)
    answer = check_operand(cli, &specs, cli->operands.items[i], reports, err);
  return answer;
}

/* ---- for people ----------------------------------------------------------------------------- */

static void print_count(const char *what, size_t count) {
  if (count > 0)
    printf(", %zu %s%s", count, what, count == 1 ? "" : "s");
}

static void print_report(const struct cli *cli, const struct cdi_report *report) {
  const struct cdi_spec *spec = report->file->spec;
  report_error(cli, &report->errors);
  log_error(&cli->session.log, LOG_LEVEL_WARNING, &report->warnings);
  log_error(&cli->session.log, LOG_LEVEL_INFO, &report->notes);
  print_safely(stdout, report->file->path);
  fputs(report->errors.first ? ": not valid" : ": valid", stdout);
  if (spec) {
    printf(", %s", spec->kind);
    print_count("device", spec->devices.count);
  }
  print_count("error", report->errors.count);
  print_count("warning", report->warnings.count);
  fputc('\n', stdout);
}

static int print_text(const struct cli *cli, const struct cdi_reports *reports,
                      struct davit_error *err) {
  report_error(cli, &reports->unreadable);
  for (size_t i = 0; i < reports->files.count; i++)
    print_report(cli, reports->files.items[i]);
  if (reports->files.count == 0 && !reports->unreadable.first)
    puts("no CDI files found");
  return finish_output(err);
}

/* ---- as JSON -------------------------------------------------------------------------------- */

static cJSON *report_json(const struct cdi_report *report) {
  const struct cdi_spec *spec = report->file->spec;
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "path", report->file->path);
  cJSON_AddBoolToObject(object, "valid", !report->errors.first);
  json_add_text(object, "kind", report->file->kind);
  if (spec) {
    json_add_text(object, "cdiVersion", version_text(spec->version));
    json_add_number(object, "devices", spec->devices.count);
  }
  json_add_problems(object, "errors", &report->errors);
  json_add_problems(object, "warnings", &report->warnings);
  json_add_problems(object, "notes", &report->notes);
  return object;
}

static int print_json(const struct cdi_reports *reports, struct davit_error *err) {
  cJSON *object = cJSON_CreateObject();
  cJSON_AddBoolToObject(object, "valid", cdi_reports_are_good(reports));
  cJSON *files = cJSON_AddArrayToObject(object, "files");
  for (size_t i = 0; i < reports->files.count; i++)
    cJSON_AddItemToArray(files, report_json(reports->files.items[i]));
  json_add_problems(object, "errors", &reports->unreadable);
  return json_to_stdout(object, err);
}

/* ---- the command ---------------------------------------------------------------------------- */

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(cdi_reports) struct cdi_reports reports = {0};
  int answer = check_all(cli, &reports, err);
  if (answer == DAVIT_OK)
    answer = cli->json ? print_json(&reports, err) : print_text(cli, &reports, err);
  if (answer < 0)
    return answer;
  return cdi_reports_are_good(&reports) ? DAVIT_OK : DAVIT_E_INVALID; /* why is told */
}

static int take_strict(struct session *session, UNUSED const char *value,
                       UNUSED struct davit_error *err) {
  cli_of(session)->strict = true;
  return DAVIT_OK;
}

static int take_host(struct session *session, UNUSED const char *value,
                     UNUSED struct davit_error *err) {
  cli_of(session)->with_host = true;
  return DAVIT_OK;
}

static const struct session_option options[] = {
    {"strict", 0, NULL, "warnings are errors, and more is looked at than readers do", take_strict},
    {"host", 0, NULL, "look also whether all that the files name is on this host", take_host},
    {0},
};

const struct cli_command command_cdi_validate = {
    .name = "cdi validate",
    .operands = "[FILE|DIR...]",
    .summary = "say everything that is wrong with CDI files",
    .most = SIZE_MAX,
    .options = (const struct session_option *const[]){options, options_json, NULL},
    .run = run,
};
