/* SPDX-License-Identifier: Apache-2.0 */
/* davit cdi list: what the CDI files of this host define. */
#include "cli/cdi_list.h"

/* JSON with these says by itself what could not be read. */
static bool says_what_is_wrong(const struct cli *cli) {
  const unsigned saying = 1u << CDI_LIST_SPECS | 1u << CDI_LIST_DIRS;
  return cli->json && (!cli->cdi_lists || (cli->cdi_lists & saying) == saying);
}

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(cdi_specs) struct cdi_specs specs = {0};
  CLEANUP(index) struct index index = {0};
  struct cdi_listing listing = {0};
  int answer = cdi_specs_open(cli, &specs, err);
  if (answer == DAVIT_OK)
    answer = cdi_specs_read(cli, &specs, NULL, &index, err);
  if (answer == DAVIT_OK)
    answer =
        cdi_listing_make(&cli->session.arena, &index, list_strings(&cli->operands), &listing, err);
  if (answer < 0)
    return answer;
  if (!says_what_is_wrong(cli))
    cdi_listing_warn(&listing, &cli->session.log);
  return cli->json ? cdi_list_json(&listing, cli->cdi_lists, err)
                   : cdi_list_text(cli, &listing, err);
}

/* ---- options -------------------------------------------------------------------------------- */

static int choose(struct session *session, enum cdi_list list) {
  cli_of(session)->cdi_lists |= 1u << list;
  return DAVIT_OK;
}

static int take_devices(struct session *session, UNUSED const char *value,
                        UNUSED struct davit_error *err) {
  return choose(session, CDI_LIST_DEVICES);
}

static int take_vendors(struct session *session, UNUSED const char *value,
                        UNUSED struct davit_error *err) {
  return choose(session, CDI_LIST_VENDORS);
}

static int take_classes(struct session *session, UNUSED const char *value,
                        UNUSED struct davit_error *err) {
  return choose(session, CDI_LIST_CLASSES);
}

static int take_specs(struct session *session, UNUSED const char *value,
                      UNUSED struct davit_error *err) {
  return choose(session, CDI_LIST_SPECS);
}

static int take_dirs(struct session *session, UNUSED const char *value,
                     UNUSED struct davit_error *err) {
  return choose(session, CDI_LIST_DIRS);
}

static const struct session_option options[] = {
    {"devices", 0, NULL, "every definition of every device (default)", take_devices},
    {"vendors", 0, NULL, "vendors", take_vendors},
    {"classes", 0, NULL, "classes of devices", take_classes},
    {"specs", 0, NULL, "files, and what is wrong with them", take_specs},
    {"dirs", 0, NULL, "directories, the lowest priority first", take_dirs},
    {0},
};

const struct cli_command command_cdi_list = {
    .name = "cdi list",
    .operands = "[VENDOR|KIND|DEVICE...]",
    .summary = "list what the CDI files of this host define",
    .most = SIZE_MAX,
    .options = (const struct session_option *const[]){options, options_json, NULL},
    .run = run,
};
