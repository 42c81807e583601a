/* SPDX-License-Identifier: Apache-2.0 */
/* linux.seccomp from a profile in the form of Docker and Podman, which has conditions that the
 * runtime's form does not: they are decided here. */
#include <string.h>

#include "oci/document.h"
#include "oci/seccomp_profile.h"
#include "util/text.h"

static const char at_seccomp[] = "linux.seccomp";

static const char *const actions[] = {"SCMP_ACT_KILL",        "SCMP_ACT_KILL_PROCESS",
                                      "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP",
                                      "SCMP_ACT_ERRNO",       "SCMP_ACT_TRACE",
                                      "SCMP_ACT_ALLOW",       "SCMP_ACT_LOG",
                                      "SCMP_ACT_NOTIFY",      NULL};

static const char *const operators[] = {"SCMP_CMP_NE",        "SCMP_CMP_LT", "SCMP_CMP_LE",
                                        "SCMP_CMP_EQ",        "SCMP_CMP_GE", "SCMP_CMP_GT",
                                        "SCMP_CMP_MASKED_EQ", NULL};

static const char *const filter_flags[] = {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
                                           "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                                           "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", NULL};

static const char *const arches[] = {
    "SCMP_ARCH_X86",     "SCMP_ARCH_X86_64",   "SCMP_ARCH_X32",         "SCMP_ARCH_ARM",
    "SCMP_ARCH_AARCH64", "SCMP_ARCH_MIPS",     "SCMP_ARCH_MIPS64",      "SCMP_ARCH_MIPS64N32",
    "SCMP_ARCH_MIPSEL",  "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC",
    "SCMP_ARCH_PPC64",   "SCMP_ARCH_PPC64LE",  "SCMP_ARCH_S390",        "SCMP_ARCH_S390X",
    "SCMP_ARCH_PARISC",  "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64",     "SCMP_ARCH_LOONGARCH64",
    "SCMP_ARCH_M68K",    "SCMP_ARCH_SH",       "SCMP_ARCH_SHEB",        NULL};

/* uname(2), the name that conditions use (Go's), libseccomp's. */
static const struct {
  const char *machine, *arch, *scmp;
} machines[] = {
    {"x86_64", "amd64", "SCMP_ARCH_X86_64"},
    {"i386", "386", "SCMP_ARCH_X86"},
    {"i486", "386", "SCMP_ARCH_X86"},
    {"i586", "386", "SCMP_ARCH_X86"},
    {"i686", "386", "SCMP_ARCH_X86"},
    {"aarch64", "arm64", "SCMP_ARCH_AARCH64"},
    {"armv6l", "arm", "SCMP_ARCH_ARM"},
    {"armv7l", "arm", "SCMP_ARCH_ARM"},
    {"armv8l", "arm", "SCMP_ARCH_ARM"},
    {"ppc64le", "ppc64le", "SCMP_ARCH_PPC64LE"},
    {"s390x", "s390x", "SCMP_ARCH_S390X"},
    {"riscv64", "riscv64", "SCMP_ARCH_RISCV64"},
    {"loongarch64", "loong64", "SCMP_ARCH_LOONGARCH64"},
    {"mips64", "mips64", "SCMP_ARCH_MIPS64"},
    {"mips64el", "mips64le", "SCMP_ARCH_MIPSEL64"},
};

/* What becomes of a profile. NULL members are left out. */
struct filter {
  cJSON *default_action, *default_errno, *architectures, *flags, *listener_path, *listener_metadata,
      *syscalls;
};

static void cleanup_filter(struct filter *filter) {
  cJSON_Delete(filter->default_action);
  cJSON_Delete(filter->default_errno);
  cJSON_Delete(filter->architectures);
  cJSON_Delete(filter->flags);
  cJSON_Delete(filter->listener_path);
  cJSON_Delete(filter->listener_metadata);
  cJSON_Delete(filter->syscalls);
}

static bool takes_errno(const char *action) {
  return strcmp(action, "SCMP_ACT_ERRNO") == 0 || strcmp(action, "SCMP_ACT_TRACE") == 0;
}

/* ---- one rule -------------------------------------------------------------------------------- */

static int read_arg(struct profile *profile, const struct doc_node *node, cJSON *args) {
  static const char *const keys[] = {"index", "value", "valueTwo", "op", NULL};
  uint64_t index = 0, value = 0, second = 0;
  const char *comparison = NULL;
  int answer = profile_check_keys(profile, node, keys);
  if (answer < 0)
    return answer;
  const struct doc_node *index_node = profile_get(node, "index"),
                        *value_node = profile_get(node, "value"),
                        *second_node = profile_get(node, "valueTwo"),
                        *operator_node = profile_get(node, "op");
  if (!operator_node)
    return profile_fail(profile, node, "add \"op\": \"SCMP_CMP_EQ\"", "the key \"op\" is missing");
  if (index_node)
    answer = profile_number(profile, index_node, 5, &index);
  if (answer == DAVIT_OK && value_node)
    answer = profile_number(profile, value_node, UINT64_MAX, &value);
  if (answer == DAVIT_OK && second_node)
    answer = profile_number(profile, second_node, UINT64_MAX, &second);
  if (answer == DAVIT_OK)
    answer = profile_text(profile, operator_node, operators, &comparison);
  if (answer < 0)
    return answer;
  CLEANUP(cjson) cJSON *arg = cJSON_CreateObject();
  if (!arg || !json_add(arg, "index", json_uint(index)) ||
      !json_add(arg, "value", json_uint(value)) ||
      (second != 0 && !json_add(arg, "valueTwo", json_uint(second))) ||
      !json_add(arg, "op", cJSON_CreateString(comparison)))
    return error_memory(profile->err);
  cJSON_AddItemToArray(args, STEAL(&arg));
  return DAVIT_OK;
}

static int read_args(struct profile *profile, const struct doc_node *node, cJSON *rule) {
  size_t count = 0;
  int answer = profile_list(profile, node, &count);
  if (answer < 0 || count == 0)
    return answer;
  cJSON *args = cJSON_AddArrayToObject(rule, "args");
  if (!args)
    return error_memory(profile->err);
  for (size_t i = 0; answer == DAVIT_OK && i < count; i++)
    answer = read_arg(profile, node->values[i], args);
  return answer;
}

/* "names", or "name" in old profiles. */
static int read_names(struct profile *profile, const struct doc_node *node, cJSON *rule) {
  const struct doc_node *many = profile_get(node, "names"), *one = profile_get(node, "name");
  cJSON *names = NULL;
  const char *text = "";
  int answer = DAVIT_OK;
  if (one)
    answer = profile_text(profile, one, NULL, &text);
  if (answer == DAVIT_OK && many)
    answer = profile_texts(profile, many, NULL, &names);
  CLEANUP(cjson) cJSON *owned = names;
  if (answer < 0)
    return answer;
  if ((names != NULL) == (text[0] != '\0'))
    return profile_fail(profile, node, "name the calls: \"names\": [\"reboot\"]",
                        names ? "the rule has both \"name\" and \"names\""
                              : "the rule names no system call");
  if (!names) {
    const char *const single[] = {text, NULL};
    owned = json_strings(single);
  }
  return json_add(rule, "names", STEAL(&owned)) ? DAVIT_OK : error_memory(profile->err);
}

static int read_rule(struct profile *profile, const struct doc_node *node, cJSON *syscalls,
                     const char **action) {
  static const char *const keys[] = {"name", "names",   "action",   "errnoRet", "errno",
                                     "args", "comment", "includes", "excludes", NULL};
  bool applies = true;
  cJSON *number = NULL;
  CLEANUP(cjson) cJSON *rule = cJSON_CreateObject();
  if (!rule)
    return error_memory(profile->err);
  int answer = profile_check_keys(profile, node, keys);
  const struct doc_node *action_node = answer == DAVIT_OK ? profile_get(node, "action") : NULL;
  if (answer == DAVIT_OK && !action_node)
    return profile_fail(profile, node, "add \"action\": \"SCMP_ACT_ALLOW\"",
                        "the key \"action\" is missing");
  if (answer == DAVIT_OK)
    answer = profile_text(profile, action_node, actions, action);
  if (answer == DAVIT_OK)
    answer = read_names(profile, node, rule);
  if (answer == DAVIT_OK && !json_add(rule, "action", cJSON_CreateString(*action)))
    return error_memory(profile->err);
  if (answer == DAVIT_OK)
    answer =
        profile_errno(profile, profile_get(node, "errnoRet"), profile_get(node, "errno"), &number);
  if (number && !json_add(rule, "errnoRet", number))
    return error_memory(profile->err);
  if (number && !takes_errno(*action))
    return profile_fail(profile, node, "leave the error out", "%s takes no error", *action);
  if (answer == DAVIT_OK)
    answer = read_args(profile, profile_get(node, "args"), rule);
  if (answer == DAVIT_OK)
    answer = profile_applies(profile, node, &applies);
  if (answer == DAVIT_OK && applies)
    cJSON_AddItemToArray(syscalls, STEAL(&rule));
  return answer;
}

/* ---- the profile ----------------------------------------------------------------------------- */

static int read_syscalls(struct profile *profile, const struct doc_node *root,
                         struct filter *filter) {
  const struct doc_node *rules = profile_get(root, "syscalls");
  size_t count = 0;
  int answer = profile_list(profile, rules, &count);
  CLEANUP(cjson) cJSON *syscalls = cJSON_CreateArray();
  if (!syscalls)
    return error_memory(profile->err);
  for (size_t i = 0; answer == DAVIT_OK && i < count; i++) {
    const char *action = "";
    answer = read_rule(profile, rules->values[i], syscalls, &action);
    if (answer == DAVIT_OK && strcmp(action, "SCMP_ACT_NOTIFY") == 0 && !filter->listener_path)
      answer = profile_fail(profile, rules->values[i], "add \"listenerPath\"",
                            "SCMP_ACT_NOTIFY has nobody to notify");
  }
  if (answer == DAVIT_OK && syscalls->child)
    filter->syscalls = STEAL(&syscalls);
  return answer;
}

/* "archMap": this host's architecture and those that its kernel runs besides. */
static int read_arch_map(struct profile *profile, const struct doc_node *map, cJSON **list) {
  static const char *const keys[] = {"architecture", "subArchitectures", NULL};
  size_t count = 0;
  int answer = profile_list(profile, map, &count);
  for (size_t i = 0; answer == DAVIT_OK && i < count; i++) {
    const struct doc_node *entry = map->values[i];
    const char *name = "";
    CLEANUP(cjson) cJSON *others = NULL;
    answer = profile_check_keys(profile, entry, keys);
    const struct doc_node *arch = answer == DAVIT_OK ? profile_get(entry, "architecture") : NULL;
    if (arch)
      answer = profile_text(profile, arch, arches, &name);
    if (answer == DAVIT_OK)
      answer = profile_texts(profile, profile_get(entry, "subArchitectures"), arches, &others);
    if (answer < 0 || *list || !profile->scmp_arch || strcmp(name, profile->scmp_arch) != 0)
      continue;
    cJSON *own = cJSON_CreateString(name);
    *list = own ? others ? STEAL(&others) : cJSON_CreateArray() : NULL;
    if (!*list) {
      cJSON_Delete(own);
      return error_memory(profile->err);
    }
    json_link(*list, (*list)->child, own);
  }
  return answer;
}

static int read_arches(struct profile *profile, const struct doc_node *root,
                       struct filter *filter) {
  const struct doc_node *map = profile_get(root, "archMap");
  int answer =
      profile_texts(profile, profile_get(root, "architectures"), arches, &filter->architectures);
  if (answer == DAVIT_OK && map && filter->architectures)
    return profile_fail(profile, map, "leave one of the two out",
                        "the profile has both \"architectures\" and \"archMap\"");
  if (answer == DAVIT_OK && map)
    answer = read_arch_map(profile, map, &filter->architectures);
  return answer;
}

static int read_string(struct profile *profile, const struct doc_node *node, cJSON **string) {
  const char *text = "";
  if (!node)
    return DAVIT_OK;
  int answer = profile_text(profile, node, NULL, &text);
  if (answer < 0 || !text[0])
    return answer;
  *string = cJSON_CreateString(text);
  return *string ? DAVIT_OK : error_memory(profile->err);
}

static int read_default(struct profile *profile, const struct doc_node *root,
                        struct filter *filter) {
  const struct doc_node *node = profile_get(root, "defaultAction");
  const char *action = "";
  if (!node)
    return profile_fail(profile, root, "add \"defaultAction\": \"SCMP_ACT_ERRNO\"",
                        "the key \"defaultAction\" is missing");
  int answer = profile_text(profile, node, actions, &action);
  if (answer == DAVIT_OK)
    answer = profile_errno(profile, profile_get(root, "defaultErrnoRet"),
                           profile_get(root, "defaultErrno"), &filter->default_errno);
  if (answer < 0)
    return answer;
  if (strcmp(action, "SCMP_ACT_NOTIFY") == 0)
    return profile_fail(profile, node, "name the calls to notify of",
                        "SCMP_ACT_NOTIFY cannot be the default");
  if (filter->default_errno && !takes_errno(action))
    return profile_fail(profile, node, "leave the error out", "%s takes no error", action);
  filter->default_action = cJSON_CreateString(action);
  return filter->default_action ? DAVIT_OK : error_memory(profile->err);
}

static int read_profile(struct profile *profile, const struct doc_node *root,
                        struct filter *filter) {
  static const char *const keys[] = {
      "defaultAction", "defaultErrnoRet", "defaultErrno",     "architectures", "archMap",
      "flags",         "listenerPath",    "listenerMetadata", "syscalls",      NULL};
  int answer = profile_check_keys(profile, root, keys);
  if (answer == DAVIT_OK)
    answer = read_default(profile, root, filter);
  if (answer == DAVIT_OK)
    answer = read_arches(profile, root, filter);
  if (answer == DAVIT_OK)
    answer = profile_texts(profile, profile_get(root, "flags"), filter_flags, &filter->flags);
  if (answer == DAVIT_OK)
    answer = read_string(profile, profile_get(root, "listenerPath"), &filter->listener_path);
  if (answer == DAVIT_OK)
    answer =
        read_string(profile, profile_get(root, "listenerMetadata"), &filter->listener_metadata);
  if (answer == DAVIT_OK)
    answer = read_syscalls(profile, root, filter);
  return answer;
}

/* What the profile does not say is not kept from an older one. */
static int set_filter(struct oci *oci, struct filter *filter, const struct oci_source *source,
                      struct davit_error *err) {
  const struct {
    const char *key;
    cJSON **value;
  } members[] = {
      {"defaultAction", &filter->default_action},
      {"defaultErrnoRet", &filter->default_errno},
      {"architectures", &filter->architectures},
      {"flags", &filter->flags},
      {"listenerPath", &filter->listener_path},
      {"listenerMetadata", &filter->listener_metadata},
      {"syscalls", &filter->syscalls},
  };
  /* What came with 1.1 of the specification. */
  int answer = filter->default_errno || filter->listener_path
                   ? document_need_version(oci, "1.1.0", source, err)
                   : DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < ARRAY_LEN(members); i++)
    answer = *members[i].value ? document_set(oci, at_seccomp, members[i].key,
                                              STEAL(members[i].value), source, err)
                               : document_remove(oci, at_seccomp, members[i].key, source, err);
  return answer;
}

static void describe_host(struct profile *profile, const struct oci_seccomp *given) {
  for (size_t i = 0; i < ARRAY_LEN(machines); i++)
    if (strcmp(machines[i].machine, given->machine) == 0) {
      profile->arch = machines[i].arch;
      profile->scmp_arch = machines[i].scmp;
    }
  const char *at = given->release;
  for (size_t i = 0; i < ARRAY_LEN(profile->kernel); i++) {
    for (; *at >= '0' && *at <= '9' && profile->kernel[i] < 100000; at++)
      profile->kernel[i] = profile->kernel[i] * 10 + (uint32_t)(*at - '0');
    at += *at == '.';
  }
}

int oci_set_seccomp(struct oci *oci, const struct oci_seccomp *given,
                    const struct oci_source *source, struct davit_error *err) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(filter) struct filter filter = {0};
  struct profile profile = {.arena = &arena, .err = err, .capabilities = oci_get_capabilities(oci)};
  const struct doc_source text = {
      .file = given->file, .text = given->text, .size = given->size, .code = "seccomp.profile"};
  const struct doc_node *root;
  int answer = doc_parse_json(&arena, &text, &root, err);
  if (answer < 0)
    return answer;
  describe_host(&profile, given);
  answer = read_profile(&profile, root, &filter);
  return answer == DAVIT_OK ? set_filter(oci, &filter, source, err) : answer;
}
