/* SPDX-License-Identifier: Apache-2.0 */
/* What runs: image, command, environment, user and its limits. */
#include <ctype.h>
#include <string.h>

#include "service/keys.h"
#include "util/ids.h"
#include "util/map.h"
#include "util/text.h"

static void read_image_name(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  const char *name;
  if (!field_text(reader, value, &name))
    return;
  const char *c = name;
  while (isgraph((unsigned char)*c))
    c++;
  if (*c || c == name)
    field_invalid(reader, value, "a name without blanks: registry.example/team/app:1.0",
                  "%s is not an image name", field_quote(reader, name));
  else
    (void)field_text_at(reader, value, &service->image);
}

static void check_pull_policy(struct reader *reader, const struct doc_node *value,
                              UNUSED void *into) {
  static const char *const policies[] = {"always", "newer", "if_not_present", "never", NULL};
  size_t policy;
  (void)field_choice(reader, value, policies, &policy);
}

static void check_source_policy(struct reader *reader, const struct doc_node *value,
                                UNUSED void *into) {
  static const char *const policies[] = {"local_first", "s3_first", "remote_only", "local_only",
                                         NULL};
  size_t policy;
  (void)field_choice(reader, value, policies, &policy);
}

const struct field service_image_keys[] = {
    {.key = "name", .read = read_image_name, .example = "registry.example/team/app:1.0"},
    {.key = "pull_policy", .read = check_pull_policy, .flags = FIELD_FOREIGN},
    {.key = "source_policy", .read = check_source_policy, .flags = FIELD_FOREIGN | FIELD_OPTIONAL},
    {.key = NULL},
};

void read_image(struct reader *reader, const struct doc_node *value, void *into) {
  if (value->kind == DOC_SCALAR && value->text[0] != '\0') {
    const char *hint = field_printf(reader, "write `{name: %s}`", field_quote(reader, value->text));
    field_wrong_kind(reader, value, "a mapping", hint);
    return;
  }
  keys_read(reader, value, service_image_keys, into);
}

/* A list of at least one text; NULL if it is not. */
static const char *const *read_words(struct reader *reader, const struct doc_node *value) {
  if (!field_is_list(reader, value))
    return NULL;
  if (value->count == 0) {
    field_invalid(reader, value, "name at least one, or leave the key out", "the list is empty");
    return NULL;
  }
  const char **words = field_array(reader, value->count + 1, sizeof(*words));
  for (size_t i = 0; words && i < value->count; i++)
    if (!field_text(reader, value->values[i], &words[i]))
      words[i] = "";
  return words;
}

static void read_entrypoint(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  service->entrypoint = read_words(reader, value);
  service->entrypoint_at = field_at(reader, value);
  if (!service->entrypoint)
    return;
  const struct doc_node *program = value->values[0];
  if (program->kind == DOC_SCALAR && program->text[0] == '\0')
    field_invalid(reader, program, "the first entry is the program", "the program has no name");
}

static void read_args(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  service->args = read_words(reader, value);
  service->args_at = field_at(reader, value);
}

static void read_workdir(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  const char *text;
  if (!field_text(reader, value, &text))
    return;
  if (text[0] == '/')
    (void)field_text_at(reader, value, &service->workdir);
  else
    field_invalid(reader, value, "start it with \"/\"", "the directory %s is not absolute",
                  field_quote(reader, text));
}

const struct field service_command_keys[] = {
    {.key = "entrypoint", .read = read_entrypoint, .flags = FIELD_OPTIONAL},
    {.key = "args", .read = read_args, .flags = FIELD_OPTIONAL},
    {.key = "workdir", .read = read_workdir, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

void read_command(struct reader *reader, const struct doc_node *value, void *into) {
  if (value->kind == DOC_SEQUENCE) {
    field_wrong_kind(reader, value, "a mapping", "write `{entrypoint: [PROGRAM, ARGUMENT]}`");
    return;
  }
  keys_read(reader, value, service_command_keys, into);
}

static bool read_variable(struct reader *reader, const struct doc_node *env, size_t position,
                          struct service_env *variable) {
  const struct doc_node *value = env->values[position];
  const char *name = env->keys[position]->text;
  if (name[0] == '\0' || strchr(name, '=')) {
    field_invalid(reader, value, "a name is not empty and has no \"=\"",
                  "%s is not the name of a variable", field_quote(reader, name));
    return false;
  }
  const char *text;
  if (!field_text(reader, value, &text))
    return false;
  *variable = (struct service_env){.name = name, .value = text, .at = field_at(reader, value)};
  return field_reference(reader, value, &variable->reference);
}

void read_env_keys(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  if (!field_is_mapping(reader, value))
    return;
  struct service_env *env = field_array(reader, value->count, sizeof(*env));
  if (!env)
    return;
  for (size_t i = 0; i < value->count; i++)
    if (!field_is_merge_key(value->keys[i]) &&
        read_variable(reader, value, i, &env[service->env_count]))
      service->env_count++;
  service->env = env;
}

/* A name, which only the root file system knows, or a number; the largest means "leave it as it is"
 * to the kernel. */
static bool is_account(const char *text, size_t length) {
  char digits[11];
  uint32_t number;
  if (length == 0)
    return false;
  if (strspn(text, "0123456789") < length) {
    for (size_t i = 0; i < length; i++)
      if (!isgraph((unsigned char)text[i]) || text[i] == ':' || text[i] == ',')
        return false;
    return text[0] != '-' && text[0] != '+';
  }
  if (length >= sizeof(digits))
    return false;
  memcpy(digits, text, length);
  digits[length] = '\0';
  return text_to_u32(digits, 10, &number) && number <= HIGHEST_ID;
}

void read_user(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  const char *text;
  if (!field_text(reader, value, &text))
    return;
  size_t length = strcspn(text, ":");
  const char *group = text[length] ? text + length + 1 : NULL;
  if (is_account(text, length) && (!group || is_account(group, strlen(group))))
    (void)field_text_at(reader, value, &service->user);
  else
    field_invalid(reader, value,
                  "USER or USER:GROUP, each a name or a number that is at most " HIGHEST_ID_TEXT,
                  "%s is not a user", field_quote(reader, text));
}

void read_extra_groups(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  if (!field_is_list(reader, value))
    return;
  struct service_text *groups = field_array(reader, value->count, sizeof(*groups));
  struct map seen = {0};
  for (size_t i = 0; groups && i < value->count; i++) {
    const struct doc_node *entry = value->values[i];
    const char *text;
    if (!field_text(reader, entry, &text))
      continue;
    if (!is_account(text, strlen(text)))
      field_invalid(reader, entry, "a name or a number that is at most " HIGHEST_ID_TEXT,
                    "%s is not a group", field_quote(reader, text));
    else if (field_is_first(reader, entry, entry, text, &seen))
      (void)field_text_at(reader, entry, &groups[service->extra_group_count++]);
  }
  service->extra_groups = groups;
}

static const struct limit_type {
  const char *name;
  const char *type;
} limit_types[] = {
    {"cpu", "RLIMIT_CPU"},           {"fsize", "RLIMIT_FSIZE"},
    {"data", "RLIMIT_DATA"},         {"stack", "RLIMIT_STACK"},
    {"core", "RLIMIT_CORE"},         {"rss", "RLIMIT_RSS"},
    {"nproc", "RLIMIT_NPROC"},       {"nofile", "RLIMIT_NOFILE"},
    {"memlock", "RLIMIT_MEMLOCK"},   {"as", "RLIMIT_AS"},
    {"locks", "RLIMIT_LOCKS"},       {"sigpending", "RLIMIT_SIGPENDING"},
    {"msgqueue", "RLIMIT_MSGQUEUE"}, {"nice", "RLIMIT_NICE"},
    {"rtprio", "RLIMIT_RTPRIO"},     {"rttime", "RLIMIT_RTTIME"},
};

/* A limit's two bounds while its mapping is read. */
struct bounds {
  bool has_soft, has_hard;
  bool wrong;
  uint64_t soft, hard;
};

static bool read_bound(struct reader *reader, const struct doc_node *value, uint64_t *bound) {
  int64_t number;
  if (value->kind != DOC_SCALAR || value->type != DOC_INT) {
    field_wrong_kind(reader, value, "a whole number", "write a number without quotes");
    return false;
  }
  if (!doc_int(value, &number) || number < -1) {
    field_invalid(reader, value, "0 or more; -1: unlimited", "%s is out of range",
                  doc_describe(reader->arena, value));
    return false;
  }
  *bound = number == -1 ? UINT64_MAX : (uint64_t)number;
  return true;
}

static void read_soft(struct reader *reader, const struct doc_node *value, void *into) {
  struct bounds *bounds = into;
  bounds->has_soft = true;
  bounds->wrong |= !read_bound(reader, value, &bounds->soft);
}

static void read_hard(struct reader *reader, const struct doc_node *value, void *into) {
  struct bounds *bounds = into;
  bounds->has_hard = true;
  bounds->wrong |= !read_bound(reader, value, &bounds->hard);
}

const struct field service_ulimit_keys[] = {
    {.key = "soft", .read = read_soft, .flags = FIELD_OPTIONAL},
    {.key = "hard", .read = read_hard, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

static bool read_bounds(struct reader *reader, const struct doc_node *value,
                        struct service_ulimit *limit) {
  struct bounds bounds = {0};
  if (!field_is_mapping(reader, value))
    return false;
  keys_read(reader, value, service_ulimit_keys, &bounds);
  if (bounds.wrong)
    return false;
  if (!bounds.has_soft && !bounds.has_hard) {
    field_invalid(reader, value, "write `{soft: 1024, hard: 4096}`; one of the two is enough",
                  "the limit has neither soft nor hard");
    return false;
  }
  limit->soft = bounds.has_soft ? bounds.soft : bounds.hard;
  limit->hard = bounds.has_hard ? bounds.hard : bounds.soft;
  if (limit->soft <= limit->hard)
    return true;
  field_invalid(reader, value, "make soft at most hard; -1 is unlimited",
                "the soft limit is above the hard one");
  return false;
}

static void report_unknown_limit(struct reader *reader, const struct doc_node *limits,
                                 size_t position) {
  struct list names = {0};
  for (size_t i = 0; i < ARRAY_LEN(limit_types); i++)
    if (!list_push(reader->arena, &names, limit_types[i].name)) {
      error_memory(reader->err);
      return;
    }
  field_unknown_key(reader, limits, position, &names);
}

static void read_ulimit(struct reader *reader, const struct doc_node *limits, size_t position,
                        struct service_ulimit *limit, struct map *seen) {
  const struct limit_type *known = NULL;
  for (size_t i = 0; !known && i < ARRAY_LEN(limit_types); i++)
    if (strcasecmp(limits->keys[position]->text, limit_types[i].name) == 0)
      known = &limit_types[i];
  if (!known) {
    report_unknown_limit(reader, limits, position);
    return;
  }
  const struct doc_node *value = limits->values[position];
  if (!field_is_first(reader, value, limits->keys[position], known->name, seen))
    return;
  limit->at = field_at(reader, value);
  if (read_bounds(reader, value, limit))
    limit->type = known->type;
}

void read_ulimits(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  if (!field_is_mapping(reader, value))
    return;
  struct service_ulimit *limits = field_array(reader, value->count, sizeof(*limits));
  struct map seen = {0};
  for (size_t i = 0; limits && i < value->count; i++) {
    if (field_is_merge_key(value->keys[i]))
      continue;
    read_ulimit(reader, value, i, &limits[service->ulimit_count], &seen);
    if (limits[service->ulimit_count].type)
      service->ulimit_count++;
  }
  service->ulimits = limits;
}
