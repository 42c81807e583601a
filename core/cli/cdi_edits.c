/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cdi_edits.h"

#include <inttypes.h>

#include "cli/cli.h"

bool cdi_edits_are_none(const struct cdi_edits *edits) {
  size_t lists = edits->env.count + edits->nodes.count + edits->net_devices.count +
                 edits->mounts.count + edits->hooks.count + edits->gids.count;
  return lists == 0 && !edits->rdt;
}

/* ---- for people ----------------------------------------------------------------------------- */

enum {
  WORD_WIDTH = 8
};

static void begin_line(const char *word, FILE *out) {
  fprintf(out, "  %-*s", WORD_WIDTH, word);
}

static void print_texts(const struct list *texts, const char *before, const char *between,
                        FILE *out) {
  for (size_t i = 0; i < texts->count; i++) {
    fputs(i == 0 ? before : between, out);
    print_safely(out, ((const struct cdi_text *)texts->items[i])->text);
  }
}

static void print_number(const char *name, const struct cdi_number *number, FILE *out) {
  if (number->is_given)
    fprintf(out, ", %s %" PRId64, name, number->value);
}

static void print_text(const char *name, const char *text, FILE *out) {
  if (!text)
    return;
  fprintf(out, ", %s ", name);
  print_safely(out, text);
}

static void print_node(const struct cdi_node *node, FILE *out) {
  begin_line("node", out);
  print_safely(out, node->path);
  print_text("host path", node->host_path, out);
  print_text("type", node->type, out);
  print_number("major", &node->major, out);
  print_number("minor", &node->minor, out);
  if (node->mode.is_given)
    fprintf(out, ", mode %04" PRIo64, (uint64_t)node->mode.value);
  print_text("permissions", node->permissions, out);
  print_number("uid", &node->uid, out);
  print_number("gid", &node->gid, out);
  fputc('\n', out);
}

static void print_mount(const struct cdi_mount *mount, FILE *out) {
  begin_line("mount", out);
  print_safely(out, mount->host_path);
  fputs(" at ", out);
  print_safely(out, mount->container_path);
  print_text("type", mount->type, out);
  print_texts(&mount->options, ", options ", ",", out);
  fputc('\n', out);
}

static void print_hook(const struct cdi_hook *hook, FILE *out) {
  begin_line("hook", out);
  fprintf(out, "%s ", hook->name);
  print_safely(out, hook->path);
  print_texts(&hook->args, ", args ", " ", out);
  print_texts(&hook->env, ", env ", " ", out);
  print_number("timeout", &hook->timeout, out);
  fputc('\n', out);
}

static void print_rdt(const struct cdi_rdt *rdt, FILE *out) {
  begin_line("rdt", out);
  fputs("Intel RDT", out);
  print_text("class", rdt->clos_id, out);
  print_text("L3", rdt->l3_cache_schema, out);
  print_text("memory bandwidth", rdt->mem_bw_schema, out);
  print_texts(&rdt->schemata, ", schemata ", " ", out);
  fputs(rdt->has_monitoring || rdt->has_cmt || rdt->has_mbm ? ", monitored\n" : "\n", out);
}

void cdi_edits_print(const struct cdi_edits *edits, FILE *out) {
  for (size_t i = 0; i < edits->env.count; i++) {
    begin_line("env", out);
    print_safely(out, ((const struct cdi_text *)edits->env.items[i])->text);
    fputc('\n', out);
  }
  for (size_t i = 0; i < edits->nodes.count; i++)
    print_node(edits->nodes.items[i], out);
  for (size_t i = 0; i < edits->net_devices.count; i++) {
    const struct cdi_net_device *device = edits->net_devices.items[i];
    begin_line("net", out);
    print_safely(out, device->host_name);
    fputs(" as ", out);
    print_safely(out, device->name);
    fputc('\n', out);
  }
  for (size_t i = 0; i < edits->mounts.count; i++)
    print_mount(edits->mounts.items[i], out);
  for (size_t i = 0; i < edits->hooks.count; i++)
    print_hook(edits->hooks.items[i], out);
  for (size_t i = 0; i < edits->gids.count; i++) {
    begin_line("gid", out);
    fprintf(out, "%" PRId64 "\n", ((const struct cdi_gid *)edits->gids.items[i])->number.value);
  }
  if (edits->rdt)
    print_rdt(edits->rdt, out);
}

/* ---- as JSON -------------------------------------------------------------------------------- */

static void add_number(cJSON *object, const char *key, const struct cdi_number *number) {
  if (number->is_given)
    json_add_integer(object, key, number->value);
}

/* A list that is empty is left out, as it says nothing. */
static void add_texts(cJSON *object, const char *key, const struct list *texts) {
  cJSON *array = texts->count > 0 ? cJSON_AddArrayToObject(object, key) : NULL;
  for (size_t i = 0; i < texts->count; i++)
    cJSON_AddItemToArray(array,
                         cJSON_CreateString(((const struct cdi_text *)texts->items[i])->text));
}

static cJSON *node_json(const void *item) {
  const struct cdi_node *node = item;
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "path", node->path);
  json_add_text(object, "hostPath", node->host_path);
  json_add_text(object, "type", node->type);
  add_number(object, "major", &node->major);
  add_number(object, "minor", &node->minor);
  add_number(object, "fileMode", &node->mode);
  json_add_text(object, "permissions", node->permissions);
  add_number(object, "uid", &node->uid);
  add_number(object, "gid", &node->gid);
  return object;
}

static cJSON *net_device_json(const void *item) {
  const struct cdi_net_device *device = item;
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "hostInterfaceName", device->host_name);
  json_add_text(object, "name", device->name);
  return object;
}

static cJSON *mount_json(const void *item) {
  const struct cdi_mount *mount = item;
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "hostPath", mount->host_path);
  json_add_text(object, "containerPath", mount->container_path);
  json_add_text(object, "type", mount->type);
  add_texts(object, "options", &mount->options);
  return object;
}

static cJSON *hook_json(const void *item) {
  const struct cdi_hook *hook = item;
  cJSON *object = cJSON_CreateObject();
  json_add_text(object, "hookName", hook->name);
  json_add_text(object, "path", hook->path);
  add_texts(object, "args", &hook->args);
  add_texts(object, "env", &hook->env);
  add_number(object, "timeout", &hook->timeout);
  return object;
}

static void add_objects(cJSON *object, const char *key, const struct list *items,
                        cJSON *(*to_json)(const void *item)) {
  cJSON *array = items->count > 0 ? cJSON_AddArrayToObject(object, key) : NULL;
  for (size_t i = 0; i < items->count; i++)
    cJSON_AddItemToArray(array, to_json(items->items[i]));
}

static void add_rdt(cJSON *object, const struct cdi_rdt *rdt) {
  static const char *const flags[] = {"enableMonitoring", "enableCMT", "enableMBM"};
  const bool has[] = {rdt->has_monitoring, rdt->has_cmt, rdt->has_mbm};
  cJSON *settings = cJSON_AddObjectToObject(object, "intelRdt");
  json_add_text(settings, "closID", rdt->clos_id);
  json_add_text(settings, "l3CacheSchema", rdt->l3_cache_schema);
  json_add_text(settings, "memBwSchema", rdt->mem_bw_schema);
  add_texts(settings, "schemata", &rdt->schemata);
  for (size_t i = 0; i < ARRAY_LEN(flags); i++)
    if (has[i])
      cJSON_AddTrueToObject(settings, flags[i]);
}

cJSON *cdi_edits_json(const struct cdi_edits *edits) {
  cJSON *object = cJSON_CreateObject();
  add_texts(object, "env", &edits->env);
  add_objects(object, "deviceNodes", &edits->nodes, node_json);
  add_objects(object, "netDevices", &edits->net_devices, net_device_json);
  add_objects(object, "mounts", &edits->mounts, mount_json);
  add_objects(object, "hooks", &edits->hooks, hook_json);
  if (edits->rdt)
    add_rdt(object, edits->rdt);
  cJSON *gids = edits->gids.count > 0 ? cJSON_AddArrayToObject(object, "additionalGids") : NULL;
  for (size_t i = 0; i < edits->gids.count; i++)
    cJSON_AddItemToArray(
        gids, cJSON_CreateNumber(
                  (double)((const struct cdi_gid *)edits->gids.items[i])->number.value)); /* u32 */
  return object;
}
