/* SPDX-License-Identifier: Apache-2.0 */
/* Network devices and Intel RDT: younger than the oldest specification that davit writes, so each
 * raises ociVersion to the one that brought it. */
#include <string.h>

#include "oci/document.h"

int oci_set_net_device(struct oci *oci, const char *host_name, const char *name,
                       const struct oci_source *source, struct davit_error *err) {
  CLEANUP(cjson) cJSON *item = cJSON_CreateObject();
  if (!item || !json_add(item, "name", cJSON_CreateString(name)))
    return error_memory(err);
  int answer = document_put_member(oci, "linux.netDevices", PLACE_NET_DEVICE, host_name,
                                   STEAL(&item), source, err);
  return answer == DAVIT_OK ? document_need_version(oci, "1.3.0", source, err) : answer;
}

const struct oci_source *oci_find_net_device(const struct oci *oci, const char *name,
                                             const char *but, const char **host_name) {
  const cJSON *device;
  cJSON_ArrayForEach(device, json_find(oci->root, "linux.netDevices")) {
    const char *inside = json_get_string(device, "name");
    if (strcmp(device->string, but) == 0 || strcmp(inside ? inside : device->string, name) != 0)
      continue;
    *host_name = device->string;
    const struct record *record = record_find(oci, PLACE_NET_DEVICE, device->string);
    return record ? record->sources.items[0] : NULL;
  }
  return NULL;
}

enum rdt_type {
  RDT_NOTHING, /* the object itself */
  RDT_STRING,
  RDT_LIST,
  RDT_BOOL
};

static const struct rdt_key {
  const char *key;
  enum rdt_type type;
  const char *since;
} rdt_keys[] = {{"", RDT_NOTHING, "1.0.0"},           {"closID", RDT_STRING, "1.0.2"},
                {"schemata", RDT_LIST, "1.3.0"},      {"l3CacheSchema", RDT_STRING, "1.0.0"},
                {"memBwSchema", RDT_STRING, "1.0.2"}, {"enableCMT", RDT_BOOL, "1.1.0"},
                {"enableMBM", RDT_BOOL, "1.1.0"},     {"enableMonitoring", RDT_BOOL, "1.3.0"}};

static const char rdt_path[] = "linux.intelRdt";

static const struct rdt_key *find_rdt_key(const char *name) {
  for (size_t i = 0; i < ARRAY_LEN(rdt_keys); i++)
    if (strcmp(rdt_keys[i].key, name) == 0)
      return &rdt_keys[i];
  return NULL;
}

/* The keys of an object that was read may be any. */
static int clear_rdt(struct oci *oci, const struct oci_source *source, struct davit_error *err) {
  cJSON *object = json_find(oci->root, rdt_path);
  int answer = DAVIT_OK;
  cJSON *next;
  for (cJSON *member = object ? object->child : NULL; member && answer == DAVIT_OK; member = next) {
    next = member->next;
    answer = document_remove(oci, rdt_path, member->string, source, err);
  }
  return answer;
}

static int add_schema(struct oci *oci, const char *line, const struct oci_source *source,
                      struct davit_error *err) {
  const char *const lines[] = {line, NULL};
  cJSON *list = json_get(json_find(oci->root, rdt_path), "schemata");
  struct record *record = record_find(oci, PLACE_PLAIN, "linux.intelRdt.schemata");
  if (!list || !record)
    return document_set(oci, rdt_path, "schemata", json_strings(lines), source, err);
  cJSON *item = cJSON_CreateString(line);
  if (!item)
    return error_memory(err);
  cJSON_AddItemToArray(list, item);
  return record_ask(oci, record, source, err);
}

static int set_rdt_value(struct oci *oci, const struct rdt_key *key, const char *value,
                         const struct oci_source *source, struct davit_error *err) {
  switch (key->type) {
  case RDT_NOTHING:
    return json_make(&oci->arena, oci->root, rdt_path) ? DAVIT_OK : error_memory(err);
  case RDT_LIST:
    return add_schema(oci, value, source, err);
  case RDT_STRING:
    return document_set(oci, rdt_path, key->key, cJSON_CreateString(value), source, err);
  case RDT_BOOL:
    break;
  }
  return document_set(oci, rdt_path, key->key, cJSON_CreateBool(strcmp(value, "true") == 0), source,
                      err);
}

int oci_set_intel_rdt(struct oci *oci, const char *key, const char *value, bool clear,
                      const struct oci_source *source, struct davit_error *err) {
  const struct rdt_key *known = find_rdt_key(key);
  if (!known)
    return error_add(err, DAVIT_E_UNSUPPORTED, "oci.rdt-unknown",
                     "known are closID, schemata, l3CacheSchema, memBwSchema, enableCMT, "
                     "enableMBM, enableMonitoring",
                     "linux.intelRdt has no key \"%s\"", key);
  if (known->type == RDT_BOOL && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
    return error_add(err, DAVIT_E_INVALID, "oci.rdt-value", "true or false",
                     "linux.intelRdt.%s is \"%s\"", key, value);
  int answer = clear ? clear_rdt(oci, source, err) : DAVIT_OK;
  if (answer == DAVIT_OK)
    answer = set_rdt_value(oci, known, value, source, err);
  return answer == DAVIT_OK ? document_need_version(oci, known->since, source, err) : answer;
}
