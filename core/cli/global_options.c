/* SPDX-License-Identifier: Apache-2.0 */
/* The options that only the command line has, and the environment variables that davit reads. */
#include "cli/cli.h"

#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

static int take_verbose(struct session *session, UNUSED const char *value,
                        UNUSED struct davit_error *err) {
  session->log.threshold =
      session->log.threshold == LOG_LEVEL_WARNING ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;
  return DAVIT_OK;
}

static int take_quiet(struct session *session, UNUSED const char *value,
                      UNUSED struct davit_error *err) {
  session->log.threshold = LOG_LEVEL_NONE;
  return DAVIT_OK;
}

static int take_log_format(struct session *session, const char *value, struct davit_error *err) {
  static const char *const formats[] = {"text", "json", NULL};
  size_t index = 0;
  int answer = option_word("log-format", value, formats, &index, err);
  cli_of(session)->json_log = index == 1;
  return answer;
}

static int take_help(struct session *session, UNUSED const char *value,
                     UNUSED struct davit_error *err) {
  cli_of(session)->show_help = true;
  return DAVIT_OK;
}

static int take_version(struct session *session, UNUSED const char *value,
                        UNUSED struct davit_error *err) {
  cli_of(session)->show_version = true;
  return DAVIT_OK;
}

const struct session_option options_global[] = {
    {"verbose", 'v', NULL, "say what is decided and why; twice: every step", take_verbose},
    {"quiet", 'q', NULL, "no warnings", take_quiet},
    {"log-format", 0, "FORMAT", "messages as text (default) or json, one object a line",
     take_log_format},
    {"help", 'h', NULL, "show this help", take_help},
    {"version", 0, NULL, "show versions and default directories", take_version},
    {0},
};

static int take_json(struct session *session, UNUSED const char *value,
                     UNUSED struct davit_error *err) {
  cli_of(session)->json = true;
  return DAVIT_OK;
}

const struct session_option options_json[] = {
    {"json", 0, NULL, "print JSON", take_json},
    {0},
};

static int take_vendor(struct session *session, const char *value, UNUSED struct davit_error *err) {
  cli_of(session)->vendor = value;
  return DAVIT_OK;
}

const struct session_option options_vendor[] = {
    {"vendor", 0, "NAME", "only this vendor's", take_vendor},
    {0},
};

static const char *variable(const char *name) {
  const char *value = secure_getenv(name);
  return value && value[0] ? value : NULL;
}

void read_variables(struct cli *cli) {
  static const char *const parents[] = {"DAVIT_CGROUP_PARENT", "ZLAYER_CGROUP_PARENT"};
  struct session_variables *variables = &cli->session.variables;
  variables->plugin_path = variable("DAVIT_PLUGIN_PATH");
  variables->cdi_spec_dirs = variable("CDI_SPEC_DIRS");
  for (size_t i = 0; !variables->cgroup_default && i < ARRAY_LEN(parents); i++) {
    variables->cgroup_parent = parents[i];
    variables->cgroup_default = variable(parents[i]);
  }
  if (getauxval(AT_SECURE) == 0)
    variables->all = (const char *const *)environ;
}
