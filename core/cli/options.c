/* SPDX-License-Identifier: Apache-2.0 */
/* The options that more than one command takes, and what each stores. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "util/text.h"

int usage_error(struct davit_error *err, const char *hint, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int answer = error_vadd(err, DAVIT_E_INVALID, "usage", NULL, hint, format, args);
  va_end(args);
  return answer;
}

static int push(struct cli *cli, struct list *list, const void *item, struct davit_error *err) {
  return list_push(&cli->arena, list, item) ? DAVIT_OK : error_memory(err);
}

/* The option's value as one of `words` (list); *index is its place. */
static int take_word(const char *option, const char *value, const char *const *words, size_t *index,
                     struct davit_error *err) {
  for (size_t i = 0; words[i]; i++)
    if (strcmp(words[i], value) == 0) {
      *index = i;
      return DAVIT_OK;
    }
  const char *nearest = text_nearest(value, words);
  CLEANUP(arena) struct arena scratch = {0};
  const char *hint = nearest
                         ? arena_printf(&scratch, "did you mean %s?", nearest)
                         : arena_printf(&scratch, "one of: %s", strings_join(&scratch, words, 20));
  return usage_error(err, hint, "--%s does not take \"%s\"", option, value);
}

static int take_number(const char *option, const char *value, uint32_t least, uint32_t *number,
                       struct davit_error *err) {
  if (text_to_u32(value, 10, number) && *number >= least)
    return DAVIT_OK;
  return usage_error(err, NULL, "--%s takes a number from %u on, not \"%s\"", option, least, value);
}

/* ---- global --------------------------------------------------------------------------------- */

static int take_plugin_dir(struct cli *cli, const char *value, struct davit_error *err) {
  return push(cli, &cli->plugin_dirs, value, err);
}

static int take_plugin_option(struct cli *cli, const char *value, struct davit_error *err) {
  const char *colon = strchr(value, ':');
  const char *equals = colon ? strchr(colon, '=') : NULL;
  if (!equals || colon == value || equals == colon + 1)
    return usage_error(err, "for example --plugin-option nvidia:uvm=optional",
                       "--plugin-option takes NAME:KEY=VALUE, not \"%s\"", value);
  struct request_option *option = arena_alloc(&cli->arena, sizeof(*option));
  char *name = arena_strndup(&cli->arena, value, (size_t)(colon - value));
  char *key = arena_strndup(&cli->arena, colon + 1, (size_t)(equals - colon - 1));
  if (!option || !name || !key)
    return error_memory(err);
  *option = (struct request_option){
      .plugin = name, .key = key, .value = equals + 1, .at = {.key = "--plugin-option"}};
  return push(cli, &cli->plugin_options, option, err);
}

static int take_cdi_dir(struct cli *cli, const char *value, struct davit_error *err) {
  const char *real;
  int answer = real_path(cli, value, "cdi.directory", &real, err);
  return answer < 0 ? answer : push(cli, &cli->cdi_dirs, real, err);
}

static int take_host_root(struct cli *cli, const char *value, struct davit_error *err) {
  return real_path(cli, value, "host.root", &cli->host_root, err);
}

static int take_allow_untrusted(struct cli *cli, UNUSED const char *value,
                                UNUSED struct davit_error *err) {
  cli->allow_untrusted = true;
  return DAVIT_OK;
}

static int take_verbose(struct cli *cli, UNUSED const char *value, UNUSED struct davit_error *err) {
  cli->log.threshold = cli->log.threshold == LOG_LEVEL_WARNING ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;
  return DAVIT_OK;
}

static int take_quiet(struct cli *cli, UNUSED const char *value, UNUSED struct davit_error *err) {
  cli->log.threshold = LOG_LEVEL_NONE;
  return DAVIT_OK;
}

static int take_log_format(struct cli *cli, const char *value, struct davit_error *err) {
  static const char *const formats[] = {"text", "json", NULL};
  size_t index = 0;
  int answer = take_word("log-format", value, formats, &index, err);
  cli->json_log = index == 1;
  return answer;
}

static int take_help(struct cli *cli, UNUSED const char *value, UNUSED struct davit_error *err) {
  cli->show_help = true;
  return DAVIT_OK;
}

static int take_version(struct cli *cli, UNUSED const char *value, UNUSED struct davit_error *err) {
  cli->show_version = true;
  return DAVIT_OK;
}

const struct cli_option options_global[] = {
    {"plugin-dir", 0, "DIR", "look for plugins here first; may be repeated", take_plugin_dir},
    {"plugin-option", 0, "NAME:KEY=VALUE", "set an option of a plugin; may be repeated",
     take_plugin_option},
    {"cdi-dir", 0, "DIR",
     "read CDI specs here instead of /etc/cdi and /var/run/cdi; may be repeated", take_cdi_dir},
    {"host-root", 0, "DIR", "take this directory for the host's root", take_host_root},
    {"allow-untrusted-plugins", 0, NULL, "load plugins that others may have written",
     take_allow_untrusted},
    {"verbose", 'v', NULL, "say what is decided and why; twice: every step", take_verbose},
    {"quiet", 'q', NULL, "no warnings", take_quiet},
    {"log-format", 0, "FORMAT", "messages as text (default) or json, one object a line",
     take_log_format},
    {"help", 'h', NULL, "show this help", take_help},
    {"version", 0, NULL, "show versions and default directories", take_version},
    {0},
};

/* ---- service and rendering ------------------------------------------------------------------- */

static int take_service(struct cli *cli, const char *value, UNUSED struct davit_error *err) {
  cli->service = value;
  return DAVIT_OK;
}

static int take_replica(struct cli *cli, const char *value, struct davit_error *err) {
  cli->has_replica = true;
  return take_number("replica", value, 1, &cli->render.replica, err);
}

static int take_role(struct cli *cli, const char *value, UNUSED struct davit_error *err) {
  cli->render.role = value;
  return DAVIT_OK;
}

static int take_node(struct cli *cli, const char *value, struct davit_error *err) {
  if (text_to_u64(value, 10, &cli->render.node))
    return DAVIT_OK;
  return usage_error(err, NULL, "--node takes a number from 0 on, not \"%s\"", value);
}

/* DIR, or SERVICE=DIR for one service alone. No service has a "/" in its name. */
static int take_rootfs(struct cli *cli, const char *value, struct davit_error *err) {
  const char *equals = strchr(value, '=');
  if (!equals || equals == value || memchr(value, '/', (size_t)(equals - value))) {
    cli->rootfs = value;
    return DAVIT_OK;
  }
  struct service_rootfs *rootfs = arena_alloc(&cli->arena, sizeof(*rootfs));
  char *service = arena_strndup(&cli->arena, value, (size_t)(equals - value));
  if (!rootfs || !service)
    return error_memory(err);
  *rootfs = (struct service_rootfs){.service = service, .dir = equals + 1};
  return push(cli, &cli->service_rootfs, rootfs, err);
}

static int take_image_config(struct cli *cli, const char *value, UNUSED struct davit_error *err) {
  cli->image_config = value;
  return DAVIT_OK;
}

static int take_env(struct cli *cli, const char *value, struct davit_error *err) {
  const char *equals = strchr(value, '=');
  if (!equals || equals == value)
    return usage_error(err, NULL, "--env takes NAME=VALUE, not \"%s\"", value);
  struct render_env *env = arena_alloc(&cli->arena, sizeof(*env));
  char *name = arena_strndup(&cli->arena, value, (size_t)(equals - value));
  if (!env || !name)
    return error_memory(err);
  *env = (struct render_env){name, equals + 1};
  return push(cli, &cli->env, env, err);
}

static int take_workdir(struct cli *cli, const char *value, struct davit_error *err) {
  if (value[0] != '/')
    return usage_error(err, NULL, "--workdir takes an absolute path, not \"%s\"", value);
  cli->render.workdir = value;
  return DAVIT_OK;
}

static int take_hostname(struct cli *cli, const char *value, struct davit_error *err) {
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  if (!value[0] || value[strspn(value, allowed)] || value[0] == '-' || value[0] == '.')
    return usage_error(err, "letters, digits, \"-\" and \".\"", "--hostname does not take \"%s\"",
                       value);
  cli->render.hostname = value;
  return DAVIT_OK;
}

static int take_host_network(struct cli *cli, UNUSED const char *value,
                             UNUSED struct davit_error *err) {
  cli->render.host_network = true;
  return DAVIT_OK;
}

static int take_namespace(struct cli *cli, const char *value, struct davit_error *err) {
  const struct {
    const char *type;
    const char **path;
  } types[] = {
      {"network", &cli->render.network}, {"pid", &cli->render.pid}, {"ipc", &cli->render.ipc}};
  const char *equals = strchr(value, '=');
  for (size_t i = 0; equals && path_is_clean(equals + 1) && i < ARRAY_LEN(types); i++)
    if (strlen(types[i].type) == (size_t)(equals - value) && text_starts(value, types[i].type)) {
      *types[i].path = equals + 1;
      return DAVIT_OK;
    }
  return usage_error(err, "TYPE is network, pid or ipc: --namespace network=/var/run/netns/web",
                     "--namespace takes TYPE=PATH, not \"%s\"", value);
}

static int take_cgroup_parent(struct cli *cli, const char *value, UNUSED struct davit_error *err) {
  cli->render.cgroup_parent = value;
  return DAVIT_OK;
}

static int take_systemd_cgroup(struct cli *cli, UNUSED const char *value,
                               UNUSED struct davit_error *err) {
  cli->render.systemd_cgroup = true;
  return DAVIT_OK;
}

static int take_rootless(struct cli *cli, const char *value, struct davit_error *err) {
  static const char *const modes[] = {
      [ROOTLESS_AUTO] = "auto", [ROOTLESS_YES] = "yes", [ROOTLESS_NO] = "no", NULL};
  size_t index = ROOTLESS_AUTO;
  int answer = take_word("rootless", value, modes, &index, err);
  cli->render.rootless = (enum rootless_mode)index;
  return answer;
}

const struct cli_option options_rootless[] = {
    {"rootless", 0, "WHEN",
     "the runtime runs without root: auto (default: if davit does), yes or no", take_rootless},
    {0},
};

static int take_gpu_device(struct cli *cli, const char *value, struct davit_error *err) {
  char *rest = arena_strdup(&cli->arena, value);
  if (!rest)
    return error_memory(err);
  for (char *id; (id = strsep(&rest, ","));) {
    if (!id[0])
      return usage_error(err, "for example --gpu-device 0,3",
                         "--gpu-device takes ID[,ID...], not \"%s\"", value);
    int answer = push(cli, &cli->gpu_devices, id, err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}

static int take_rank(struct cli *cli, const char *value, struct davit_error *err) {
  uint32_t number;
  cli->render.rank = value;
  return take_number("rank", value, 0, &number, err);
}

static int take_world_size(struct cli *cli, const char *value, struct davit_error *err) {
  uint32_t number;
  cli->render.world_size = value;
  return take_number("world-size", value, 1, &number, err);
}

static int take_local_rank(struct cli *cli, const char *value, struct davit_error *err) {
  uint32_t number;
  cli->render.local_rank = value;
  return take_number("local-rank", value, 0, &number, err);
}

static int take_master_addr(struct cli *cli, const char *value, UNUSED struct davit_error *err) {
  cli->render.master_addr = value;
  return DAVIT_OK;
}

static int take_ifname(struct cli *cli, const char *value, UNUSED struct davit_error *err) {
  cli->render.ifname = value;
  return DAVIT_OK;
}

const struct cli_option options_service[] = {
    {"service", 's', "NAME", "the service, if the file has several", take_service},
    {"replica", 'r', "N", "which replica, from 1 (default 1)", take_replica},
    {"role", 0, "NAME", "which of the service's replica groups", take_role},
    {"node", 0, "N", "number of the node in its cluster (default 0)", take_node},
    {"rootfs", 0, "[SERVICE=]DIR", "the container's root file system; may be repeated",
     take_rootfs},
    {"image-config", 0, "FILE|DIR[:NAME]", "the image's config, or an OCI image layout",
     take_image_config},
    {"env", 'e', "NAME=VALUE", "set a variable, over everything else; may be repeated", take_env},
    {"workdir", 0, "DIR", "working directory in the container", take_workdir},
    {"hostname", 0, "NAME", "hostname, if the service has none", take_hostname},
    {"host-network", 0, NULL, "share the host's network namespace", take_host_network},
    {"namespace", 0, "TYPE=PATH", "join this network, pid or ipc namespace; may be repeated",
     take_namespace},
    {"cgroup-parent", 0, "PATH", "put the container's cgroup below this one", take_cgroup_parent},
    {"systemd-cgroup", 0, NULL, "write the cgroup as slice:prefix:name for systemd",
     take_systemd_cgroup},
    {"gpu-device", 0, "ID[,ID...]", "these GPUs instead of the file's choice", take_gpu_device},
    {"rank", 0, "N", "RANK of a distributed service (default: replica - 1)", take_rank},
    {"world-size", 0, "N", "WORLD_SIZE (default: the replicas of scale)", take_world_size},
    {"local-rank", 0, "N", "LOCAL_RANK (default 0)", take_local_rank},
    {"master-addr", 0, "ADDRESS", "MASTER_ADDR (default: the service's name)", take_master_addr},
    {"ifname", 0, "NAME", "network interface for NCCL or Gloo (default eth0)", take_ifname},
    {0},
};

/* ---- providers ------------------------------------------------------------------------------- */

static int take_cdi(struct cli *cli, const char *value, struct davit_error *err) {
  static const char *const policies[] = {[CDI_AUTO] = "auto",
                                         [CDI_PREFER] = "prefer",
                                         [CDI_REQUIRE] = "require",
                                         [CDI_OFF] = "off",
                                         NULL};
  size_t index = CDI_AUTO;
  int answer = take_word("cdi", value, policies, &index, err);
  cli->cdi = (enum cdi_policy)index;
  return answer;
}

static int take_provider(struct cli *cli, const char *value, UNUSED struct davit_error *err) {
  cli->provider = value;
  return DAVIT_OK;
}

const struct cli_option options_provider[] = {
    {"cdi", 0, "POLICY", "CDI specs: auto (default), prefer, require or off", take_cdi},
    {"provider", 0, "NAME", "the plugin that serves, instead of the highest rank", take_provider},
    {0},
};

static int take_json(struct cli *cli, UNUSED const char *value, UNUSED struct davit_error *err) {
  cli->json = true;
  return DAVIT_OK;
}

const struct cli_option options_json[] = {
    {"json", 0, NULL, "print JSON", take_json},
    {0},
};
