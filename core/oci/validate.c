/* SPDX-License-Identifier: Apache-2.0 */
/* The types of a document that was read, in the parts that davit looks into or edits. Once they are
 * known to be right, nothing else in this room asks again. Every problem is reported with its
 * place, which the text is read once more for: only a broken one pays for that. */
#include <string.h>

#include "doc/doc.h"
#include "oci/document.h"

enum shape_type {
  STRING,
  BOOL,
  U32,
  U64,
  I64,
  OBJECT,  /* with members */
  STRINGS, /* a list of them, so all below */
  U32S,
  OBJECTS,
  STRING_MAP, /* an object with any keys */
  OBJECT_MAP,
};

struct shape {
  const char *key; /* NULL: the end of a table */
  enum shape_type type;
  bool required;
  const struct shape *members; /* of an object, or of each object of a list or map */
};

static const struct shape user_shape[] = {{"uid", U32, false, NULL},
                                          {"gid", U32, false, NULL},
                                          {"additionalGids", U32S, false, NULL},
                                          {0}};

static const struct shape capabilities_shape[] = {
    {"bounding", STRINGS, false, NULL},    {"effective", STRINGS, false, NULL},
    {"inheritable", STRINGS, false, NULL}, {"permitted", STRINGS, false, NULL},
    {"ambient", STRINGS, false, NULL},     {0}};

static const struct shape rlimit_shape[] = {
    {"type", STRING, true, NULL}, {"hard", U64, true, NULL}, {"soft", U64, true, NULL}, {0}};

static const struct shape process_shape[] = {{"terminal", BOOL, false, NULL},
                                             {"user", OBJECT, false, user_shape},
                                             {"args", STRINGS, false, NULL},
                                             {"env", STRINGS, false, NULL},
                                             {"cwd", STRING, false, NULL},
                                             {"capabilities", OBJECT, false, capabilities_shape},
                                             {"rlimits", OBJECTS, false, rlimit_shape},
                                             {"noNewPrivileges", BOOL, false, NULL},
                                             {"apparmorProfile", STRING, false, NULL},
                                             {"oomScoreAdj", I64, false, NULL},
                                             {"selinuxLabel", STRING, false, NULL},
                                             {0}};

static const struct shape root_shape[] = {
    {"path", STRING, false, NULL}, {"readonly", BOOL, false, NULL}, {0}};

static const struct shape mount_shape[] = {{"destination", STRING, true, NULL},
                                           {"type", STRING, false, NULL},
                                           {"source", STRING, false, NULL},
                                           {"options", STRINGS, false, NULL},
                                           {0}};

static const struct shape hook_shape[] = {{"path", STRING, true, NULL},
                                          {"args", STRINGS, false, NULL},
                                          {"env", STRINGS, false, NULL},
                                          {"timeout", I64, false, NULL},
                                          {0}};

static const struct shape hooks_shape[] = {{"prestart", OBJECTS, false, hook_shape},
                                           {"createRuntime", OBJECTS, false, hook_shape},
                                           {"createContainer", OBJECTS, false, hook_shape},
                                           {"startContainer", OBJECTS, false, hook_shape},
                                           {"poststart", OBJECTS, false, hook_shape},
                                           {"poststop", OBJECTS, false, hook_shape},
                                           {0}};

static const struct shape namespace_shape[] = {
    {"type", STRING, true, NULL}, {"path", STRING, false, NULL}, {0}};

static const struct shape mapping_shape[] = {
    {"containerID", U32, true, NULL}, {"hostID", U32, true, NULL}, {"size", U32, true, NULL}, {0}};

/* Where a name stands that asks for a device, there is no type. */
static const struct shape device_shape[] = {
    {"path", STRING, true, NULL},   {"type", STRING, false, NULL},
    {"major", I64, false, NULL},    {"minor", I64, false, NULL},
    {"fileMode", U32, false, NULL}, {"uid", U32, false, NULL},
    {"gid", U32, false, NULL},      {0}};

static const struct shape rule_shape[] = {
    {"allow", BOOL, true, NULL}, {"type", STRING, false, NULL},   {"major", I64, false, NULL},
    {"minor", I64, false, NULL}, {"access", STRING, false, NULL}, {0}};

static const struct shape memory_shape[] = {{"limit", I64, false, NULL}, {0}};

static const struct shape cpu_shape[] = {
    {"quota", I64, false, NULL}, {"period", U64, false, NULL}, {0}};

static const struct shape resources_shape[] = {{"devices", OBJECTS, false, rule_shape},
                                               {"memory", OBJECT, false, memory_shape},
                                               {"cpu", OBJECT, false, cpu_shape},
                                               {"unified", STRING_MAP, false, NULL},
                                               {0}};

static const struct shape net_device_shape[] = {{"name", STRING, false, NULL}, {0}};

static const struct shape rdt_shape[] = {
    {"closID", STRING, false, NULL},         {"schemata", STRINGS, false, NULL},
    {"l3CacheSchema", STRING, false, NULL},  {"memBwSchema", STRING, false, NULL},
    {"enableCMT", BOOL, false, NULL},        {"enableMBM", BOOL, false, NULL},
    {"enableMonitoring", BOOL, false, NULL}, {0}};

static const struct shape no_members[] = {{0}};

static const struct shape linux_shape[] = {{"sysctl", STRING_MAP, false, NULL},
                                           {"resources", OBJECT, false, resources_shape},
                                           {"cgroupsPath", STRING, false, NULL},
                                           {"namespaces", OBJECTS, false, namespace_shape},
                                           {"uidMappings", OBJECTS, false, mapping_shape},
                                           {"gidMappings", OBJECTS, false, mapping_shape},
                                           {"devices", OBJECTS, false, device_shape},
                                           {"netDevices", OBJECT_MAP, false, net_device_shape},
                                           {"seccomp", OBJECT, false, no_members},
                                           {"rootfsPropagation", STRING, false, NULL},
                                           {"maskedPaths", STRINGS, false, NULL},
                                           {"readonlyPaths", STRINGS, false, NULL},
                                           {"mountLabel", STRING, false, NULL},
                                           {"intelRdt", OBJECT, false, rdt_shape},
                                           {0}};

static const struct shape config_shape[] = {{"ociVersion", STRING, false, NULL},
                                            {"process", OBJECT, false, process_shape},
                                            {"root", OBJECT, false, root_shape},
                                            {"hostname", STRING, false, NULL},
                                            {"mounts", OBJECTS, false, mount_shape},
                                            {"hooks", OBJECT, false, hooks_shape},
                                            {"annotations", STRING_MAP, false, NULL},
                                            {"linux", OBJECT, false, linux_shape},
                                            {0}};

static const struct {
  const char *name;
  const char *hint;
} type_texts[] = {
    [STRING] = {"a string", "write \"...\""},
    [BOOL] = {"a boolean", "write true or false"},
    [U32] = {"an integer from 0 to 4294967295", "write digits, without quotes, point or exponent"},
    [U64] = {"an unsigned integer of 64 bits", "write digits, without quotes, point or exponent"},
    [I64] = {"an integer of 64 bits", "write digits, without quotes, point or exponent"},
    [OBJECT] = {"an object", "write {\"key\": ...}"},
    [STRINGS] = {"a list of strings", "write [\"...\", \"...\"]"},
    [U32S] = {"a list of integers", "write [1, 2]"},
    [OBJECTS] = {"a list of objects", "write [{\"key\": ...}]"},
    [STRING_MAP] = {"an object of strings", "write {\"key\": \"...\"}"},
    [OBJECT_MAP] = {"an object of objects", "write {\"key\": {\"key\": ...}}"},
};

enum {
  MOST_PROBLEMS = 50
};

struct check {
  const struct doc_source *source;
  struct davit_error *err;
  struct arena arena;
  const struct doc_node *root; /* read when the first problem is found */
  size_t problems;
};

/* The way to an item from the root. */
struct step {
  const struct step *up;
  const char *key; /* NULL: an item of a list */
  size_t position;
};

static const struct doc_node *node_at(const struct check *check, const struct step *step) {
  if (!step)
    return check->root;
  const struct doc_node *parent = node_at(check, step->up);
  return step->key ? doc_get(parent, step->key) : parent->values[step->position];
}

/* Without a memory problem the answer is 0: there may be more to report. */
static int report(struct check *check, const struct step *step, const char *missing,
                  enum shape_type wanted) {
  if (!check->root) {
    int answer = doc_parse_json(&check->arena, check->source, &check->root, check->err);
    if (answer != DAVIT_OK)
      return answer;
  }
  const struct doc_node *node = node_at(check, step);
  const char *hint = type_texts[wanted].hint;
  int answer;
  if (missing)
    answer = doc_fail(check->err, node, DAVIT_E_INVALID, "config.invalid", hint,
                      "\"%s\" is missing: %s", missing, type_texts[wanted].name);
  else
    answer = doc_fail(check->err, node, DAVIT_E_INVALID, "config.invalid", hint, "%s instead of %s",
                      doc_describe(&check->arena, node), type_texts[wanted].name);
  check->problems++;
  return answer == DAVIT_E_MEMORY || check->problems >= MOST_PROBLEMS ? answer : DAVIT_OK;
}

static int check_item(struct check *check, const struct step *step, const cJSON *item,
                      enum shape_type type, const struct shape *members);

static int check_members(struct check *check, const struct step *step, const cJSON *object,
                         const struct shape *members) {
  int answer = DAVIT_OK;
  for (const struct shape *shape = members; shape->key && answer == DAVIT_OK; shape++) {
    const cJSON *member = json_get(object, shape->key);
    const struct step below = {.up = step, .key = shape->key};
    if (member)
      answer = check_item(check, &below, member, shape->type, shape->members);
    else if (shape->required)
      answer = report(check, step, shape->key, shape->type);
  }
  return answer;
}

/* The items of a list or the values of a map. */
static int check_children(struct check *check, const struct step *step, const cJSON *list,
                          enum shape_type type, const struct shape *members) {
  struct step below = {.up = step};
  int answer = DAVIT_OK;
  for (const cJSON *item = list->child; item && answer == DAVIT_OK; item = item->next) {
    below.key = item->string;
    answer = check_item(check, &below, item, type, members);
    below.position++;
  }
  return answer;
}

static bool has_type(const cJSON *item, enum shape_type type) {
  uint32_t narrow;
  uint64_t wide;
  int64_t number;
  switch (type) {
  case STRING:
    return cJSON_IsString(item);
  case BOOL:
    return cJSON_IsBool(item);
  case U32:
    return json_to_u32(item, &narrow);
  case U64:
    return json_to_uint(item, &wide);
  case I64:
    return json_to_int(item, &number);
  case STRINGS:
  case U32S:
  case OBJECTS:
    return cJSON_IsArray(item);
  case OBJECT:
  case STRING_MAP:
  case OBJECT_MAP:
    break;
  }
  return cJSON_IsObject(item);
}

static int check_item(struct check *check, const struct step *step, const cJSON *item,
                      enum shape_type type, const struct shape *members) {
  if (!has_type(item, type))
    return report(check, step, NULL, type);
  switch (type) {
  case OBJECT:
    return check_members(check, step, item, members);
  case STRINGS:
  case STRING_MAP:
    return check_children(check, step, item, STRING, NULL);
  case U32S:
    return check_children(check, step, item, U32, NULL);
  case OBJECTS:
  case OBJECT_MAP:
    return check_children(check, step, item, OBJECT, members);
  case STRING:
  case BOOL:
  case U32:
  case U64:
  case I64:
    break;
  }
  return DAVIT_OK;
}

int validate_config(const cJSON *root, const struct doc_source *source, struct davit_error *err) {
  struct check check = {.source = source, .err = err};
  int answer = check_item(&check, NULL, root, OBJECT, config_shape);
  arena_free(&check.arena);
  return answer == DAVIT_OK && check.problems > 0 ? DAVIT_E_INVALID : answer;
}
