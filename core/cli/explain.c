/* SPDX-License-Identifier: Apache-2.0 */
/* davit explain: where each entry of the config comes from, and what it replaced. */
#include "cli/explain.h"

#include <string.h>

#include "util/text.h"

/* Files of a bundle are named in the config; no bundle is written here. */
static const char no_bundle[] = "/BUNDLE/.davit";

static void cleanup_explained(struct explained *explained) {
  oci_free(explained->oci);
}

static int render(struct cli *cli, const char *path, struct explained *explained,
                  struct davit_error *err) {
  const struct service_file *file;
  const struct service *service;
  struct rootfs rootfs = {0};
  struct list files = {0};
  int answer = load_service(cli, path, &file, &service, err);
  const char *given = answer == DAVIT_OK ? given_rootfs(cli, service) : NULL;
  if (given)
    answer = real_path(cli, given, "rootfs.missing", &rootfs.path, err);
  rootfs.lookup = rootfs.path;
  cli->render.files_directory = no_bundle;
  if (answer == DAVIT_OK)
    answer = render_service(cli, file, service, &rootfs, &explained->oci, &files, err);
  if (answer == DAVIT_OK)
    answer = oci_entries(explained->oci, &cli->arena, &explained->entries, err);
  return answer;
}

enum {
  MOST_NEAR = 5
};

/* The entry itself, or one below it: "process.env" names every variable. */
static bool is_asked_for(const char *path, const char *asked) {
  if (!text_starts(path, asked))
    return false;
  char next = path[strlen(asked)];
  return next == '\0' || next == '.' || next == '[';
}

/* Whoever writes "PATH" most likely means "process.env.PATH". NULL: out of memory. */
static const char *near_paths(struct arena *arena, const struct list *paths, const char *asked) {
  struct list near = {0};
  for (size_t i = 0; i < paths->count; i++)
    if (asked[0] && strstr(paths->items[i], asked) && !list_push(arena, &near, paths->items[i]))
      return NULL;
  const char *nearest = near.count == 0 ? text_nearest(asked, list_strings(paths)) : NULL;
  if (nearest)
    return arena_printf(arena, "did you mean %s?", nearest);
  if (near.count == 0)
    return "without a path davit explain lists all entries";
  return arena_printf(arena, "did you mean %s?",
                      strings_join(arena, list_strings(&near), MOST_NEAR));
}

/* The entries that are asked for. */
static int choose_entries(struct cli *cli, const char *path, struct explained *explained,
                          struct davit_error *err) {
  struct list paths = {0}, chosen = {0};
  for (const struct oci_entry *const *entry = explained->entries; *entry; entry++) {
    if (is_asked_for((*entry)->path, path) && !list_push(&cli->arena, &chosen, *entry))
      return error_memory(err);
    if (!list_push(&cli->arena, &paths, (*entry)->path))
      return error_memory(err);
  }
  if (chosen.count > 0) {
    explained->entries = (const struct oci_entry *const *)list_strings(&chosen);
    return DAVIT_OK;
  }
  const char *hint = near_paths(&cli->arena, &paths, path);
  return hint ? error_add(err, DAVIT_E_NOT_FOUND, "explain.unknown", hint,
                          "the config has no entry \"%s\"", path)
              : error_memory(err);
}

static int run(struct cli *cli, struct davit_error *err) {
  CLEANUP(explained) struct explained explained = {0};
  CLEANUP(explained) struct explained other = {0};
  int answer = render(cli, cli->operands.items[0], &explained, err);
  if (answer == DAVIT_OK && cli->diff)
    answer = render(cli, cli->diff, &other, err);
  if (answer == DAVIT_OK && cli->operands.count > 1)
    answer = choose_entries(cli, cli->operands.items[1], &explained, err);
  if (answer < 0)
    return answer;
  if (cli->diff)
    return explain_diff(cli, &explained, &other, err);
  if (cli->json)
    return explain_json(cli, explained.entries, err);
  return cli->tree ? explain_tree(cli, explained.entries, err)
                   : explain_table(cli, explained.entries, err);
}

static int check_and_run(struct cli *cli, struct davit_error *err) {
  if (cli->diff && cli->operands.count > 1)
    return usage_error(err, "leave out PATH", "--diff compares all entries");
  if (cli->tree && (cli->json || cli->diff))
    return usage_error(err, "leave out --tree", "--tree is a form of its own");
  return run(cli, err);
}

static int take_tree(struct cli *cli, UNUSED const char *value, UNUSED struct davit_error *err) {
  cli->tree = true;
  return DAVIT_OK;
}

static int take_diff(struct cli *cli, const char *value, UNUSED struct davit_error *err) {
  cli->diff = value;
  return DAVIT_OK;
}

static const struct cli_option options[] = {
    {"tree", 0, NULL, "group the entries by where they stand", take_tree},
    {"diff", 0, "OTHER", "what differs for the same service of another file", take_diff},
    {0},
};

const struct cli_command command_explain = {
    .name = "explain",
    .operands = "FILE [PATH] [-- ARG...]",
    .summary = "say where each entry of a config comes from",
    .least = 1,
    .most = 2,
    .takes_after = true,
    .options =
        (const struct cli_option *const[]){options, options_json, options_service, options_host,
                                           options_rootless, options_provider, NULL},
    .run = check_and_run,
};
