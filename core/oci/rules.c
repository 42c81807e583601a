/* SPDX-License-Identifier: Apache-2.0 */
/* The device rules of the container's cgroup. They count in order: a later one may take away what
 * an earlier one gave. */
#include <string.h>

#include "oci/document.h"
#include "util/text.h"

static const char rules_path[] = "linux.resources.devices";

static cJSON *make_rule(const struct oci_rule *rule) {
  const char type[] = {rule->type, '\0'};
  bool typed = rule->type && rule->type != 'a';
  CLEANUP(cjson) cJSON *item = cJSON_CreateObject();
  if (!item || !json_add(item, "allow", cJSON_CreateBool(rule->allow)))
    return NULL;
  if (typed && !json_add(item, "type", cJSON_CreateString(type)))
    return NULL;
  if (rule->major != OCI_ANY && !json_add(item, "major", json_int(rule->major)))
    return NULL;
  if (rule->minor != OCI_ANY && !json_add(item, "minor", json_int(rule->minor)))
    return NULL;
  if (!json_add(item, "access", cJSON_CreateString(rule->access)))
    return NULL;
  return STEAL(&item);
}

/* 'a' for all: no type, or the one that the specification has for that. */
static char type_of(const cJSON *rule) {
  const char *type = json_get_string(rule, "type");
  if (!type || !*type)
    return 'a';
  return *type;
}

static bool is_allowed(const cJSON *rule) {
  return cJSON_IsTrue(json_get(rule, "allow"));
}

static bool has_access(const cJSON *rule, char access) {
  const char *text = json_get_string(rule, "access");
  return !text || !*text || strchr(text, access);
}

/* Absent, or negative, which runtimes take for the same. */
static bool is_any(const cJSON *number) {
  int64_t value;
  return !json_to_int(number, &value) || value < 0;
}

static bool takes_away(const cJSON *rule) {
  return !is_allowed(rule) || type_of(rule) == 'a';
}

static int index_rule(struct oci *oci, const char *text, struct record *record,
                      struct davit_error *err) {
  if (!text || !map_put(&oci->arena, &oci->rules, text, record))
    return error_memory(err);
  oci->rule_count++;
  if (takes_away(record->item))
    oci->barrier = oci->rule_count;
  return DAVIT_OK;
}

int rules_index(struct oci *oci, struct record *record, struct davit_error *err) {
  return index_rule(oci, value_text(&oci->arena, PLACE_RULE, record->item), record, err);
}

/* The rule that is there with that text, unless one behind it takes devices away. */
static struct record *find_in_force(const struct oci *oci, const char *text) {
  void **found = map_find(&oci->rules, text);
  struct record *record = found ? *found : NULL;
  uint64_t position;
  if (!record || !text_to_u64(record->name, 10, &position))
    return NULL;
  return position + 1 >= oci->barrier ? record : NULL;
}

int oci_add_device_rule(struct oci *oci, const struct oci_rule *rule,
                        const struct oci_source *source, struct davit_error *err) {
  CLEANUP(cjson) cJSON *item = make_rule(rule);
  const char *text = item ? value_text(&oci->arena, PLACE_RULE, item) : NULL;
  const char *name = rule_name(&oci->arena, oci->rule_count);
  if (!text || !name)
    return error_memory(err);
  struct record *record = find_in_force(oci, text);
  if (record)
    return record_ask(oci, record, source, err);
  int answer = document_put(oci, document_list(oci, "linux.resources", "devices"), NULL, PLACE_RULE,
                            name, STEAL(&item), source, err);
  return answer == DAVIT_OK ? index_rule(oci, text, record_find(oci, PLACE_RULE, name), err)
                            : answer;
}

/* Accelerators are character devices: a rule for all of these is as good as one for all. */
static bool covers_all(const cJSON *rule) {
  return type_of(rule) != 'b' && is_any(json_get(rule, "major")) && is_any(json_get(rule, "minor"));
}

bool oci_allows_all_devices(const struct oci *oci) {
  bool all = false;
  const cJSON *rule;
  cJSON_ArrayForEach(rule, json_find(oci->root, rules_path)) {
    if (!covers_all(rule))
      continue;
    if (is_allowed(rule))
      all |= has_access(rule, 'r') || has_access(rule, 'w');
    else if (has_access(rule, 'r') && has_access(rule, 'w'))
      all = false;
  }
  return all;
}
