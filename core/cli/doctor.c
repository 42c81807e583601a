/* SPDX-License-Identifier: Apache-2.0 */
/* davit doctor: why GPUs would not work here. */
#include "doctor/doctor.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"

static size_t count_severity(const struct provider_finding *const *findings, uint32_t severity) {
  size_t count = 0;
  for (; *findings; findings++)
    count += (*findings)->finding->severity == severity;
  return count;
}

/* ---- for people ----------------------------------------------------------------------------- */

static void print_line(const char *label, const char *text) {
  if (!text)
    return;
  printf("           %s", label);
  print_safely(stdout, text);
  putchar('\n');
}

static void print_finding(const struct davit_finding *finding, bool verbose) {
  printf("  %-7s  ", severity_word(finding->severity));
  if (finding->subject) {
    print_safely(stdout, finding->subject);
    fputs(": ", stdout);
  }
  print_safely(stdout, finding->text);
  if (finding->severity > DAVIT_SEV_OK)
    printf(" [%s]", finding->code);
  putchar('\n');
  if (finding->severity < DAVIT_SEV_WARNING && !verbose)
    return;
  print_line("", finding->why);
  print_line("remedy: ", finding->remedy);
}

/* Under a heading for each source. */
static void print_findings(const struct provider_finding *const *findings, bool verbose) {
  const char *source = "";
  for (; *findings; findings++) {
    if ((*findings)->finding->severity == DAVIT_SEV_OK && !verbose)
      continue;
    if (strcmp((*findings)->source, source) != 0)
      printf("%s:\n", (*findings)->source);
    source = (*findings)->source;
    print_finding((*findings)->finding, verbose);
  }
}

static void print_sum(const struct provider_finding *const *findings) {
  size_t errors = count_severity(findings, DAVIT_SEV_ERROR);
  size_t warnings = count_severity(findings, DAVIT_SEV_WARNING);
  printf("%zu error%s, %zu warning%s\n", errors, errors == 1 ? "" : "s", warnings,
         warnings == 1 ? "" : "s");
}

/* ---- for programs --------------------------------------------------------------------------- */

static cJSON *finding_json(const struct provider_finding *found) {
  const struct davit_finding *finding = found->finding;
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "source", found->source);
  json_add_text(object, "code", finding->code);
  json_add_text(object, "severity", severity_word(finding->severity));
  json_add_text(object, "subject", finding->subject);
  json_add_text(object, "text", finding->text);
  json_add_text(object, "why", finding->why);
  json_add_text(object, "remedy", finding->remedy);
  return object;
}

static int print_json(const struct provider_finding *const *findings, struct davit_error *err) {
  cJSON *object = cJSON_CreateObject();
  json_add_number(object, "errors", count_severity(findings, DAVIT_SEV_ERROR));
  json_add_number(object, "warnings", count_severity(findings, DAVIT_SEV_WARNING));
  cJSON *array = cJSON_AddArrayToObject(object, "findings");
  for (; *findings; findings++)
    cJSON_AddItemToArray(array, finding_json(*findings));
  return json_to_stdout(object, err);
}

/* ---- the command ---------------------------------------------------------------------------- */

static int open_rootfs(struct session *session, struct host **rootfs, struct davit_error *err) {
  const char *real;
  if (!session->rootfs)
    return DAVIT_OK;
  int answer = real_path(session, session->rootfs, "rootfs.missing", &real, err);
  return answer < 0 ? answer : host_open(real, rootfs, err);
}

/* 0, 1 if an error is among the findings, or negative. */
static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(machine) struct machine machine = {0};
  CLEANUP(host) struct host *rootfs = NULL;
  struct session *session = &cli->session;
  bool verbose = session->log.threshold < LOG_LEVEL_WARNING;
  if (!verbose) /* what plugins would warn of are findings here */
    session->log.threshold = LOG_LEVEL_NONE;
  const struct provider_finding *const *findings;
  int answer = open_rootfs(session, &rootfs, err);
  if (answer == DAVIT_OK)
    answer = machine_open(session, &machine, err);
  if (answer < 0)
    return answer;
  const struct doctor_settings settings = {.host = machine.host,
                                           .providers = machine.providers,
                                           .log = &session->log,
                                           .vendor = cli->vendor,
                                           .rootfs = rootfs};
  answer = doctor_run(&settings, &session->arena, &findings, err);
  if (answer < 0)
    return answer;
  if (cli->json) {
    answer = print_json(findings, err);
  } else {
    print_findings(findings, verbose);
    print_sum(findings);
    answer = finish_output(err);
  }
  return answer < 0 ? answer : count_severity(findings, DAVIT_SEV_ERROR) > 0;
}

static int take_vendor(struct session *session, const char *value, UNUSED struct davit_error *err) {
  cli_of(session)->vendor = value;
  return DAVIT_OK;
}

static int take_rootfs(struct session *session, const char *value, UNUSED struct davit_error *err) {
  session->rootfs = value;
  return DAVIT_OK;
}

static const struct session_option options[] = {
    {"vendor", 0, "NAME", "expect this vendor's devices, and look at them only", take_vendor},
    {"rootfs", 0, "DIR", "look at a container's root file system too", take_rootfs},
    {0},
};

const struct cli_command command_doctor = {
    .name = "doctor",
    .operands = "",
    .summary = "say why GPUs would not work here, and what mends it",
    .options = (const struct session_option *const[]){options, options_json, NULL},
    .run = run,
};
