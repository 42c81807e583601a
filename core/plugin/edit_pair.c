/* SPDX-License-Identifier: Apache-2.0 */
/* What set() takes: variables, annotations, limits, cgroup files, net devices, Intel RDT. */
#include "plugin/edit.h"

#include <ctype.h>
#include <inttypes.h>
#include <net/if.h>
#include <string.h>

#include "util/text.h"

struct pair_reader {
  enum edit_kind kind;
  const char *noun; /* how the subject begins */
  /* What is wrong with name or value; NULL: nothing. Fills what the kind needs of the pair. */
  const char *(*check)(struct edit_pair *pair);
  const char *hint;
  uint32_t flags; /* DAVIT_SET_* that mean something */
};

static const char *check_env(struct edit_pair *pair) {
  return pair->name[0] && !strchr(pair->name, '=') ? NULL : "not a variable's name";
}

static const char *check_annotation(struct edit_pair *pair) {
  return pair->name[0] ? NULL : "not an annotation's name";
}

/* The limits of setrlimit(2), as the OCI specification spells them. */
static const char *const limits[] = {"RLIMIT_AS",
                                     "RLIMIT_CORE",
                                     "RLIMIT_CPU",
                                     "RLIMIT_DATA",
                                     "RLIMIT_FSIZE",
                                     "RLIMIT_LOCKS",
                                     "RLIMIT_MEMLOCK",
                                     "RLIMIT_MSGQUEUE",
                                     "RLIMIT_NICE",
                                     "RLIMIT_NOFILE",
                                     "RLIMIT_NPROC",
                                     "RLIMIT_RSS",
                                     "RLIMIT_RTPRIO",
                                     "RLIMIT_RTTIME",
                                     "RLIMIT_SIGPENDING",
                                     "RLIMIT_STACK",
                                     NULL};

static bool read_limit(const char *text, size_t length, uint64_t *limit) {
  char number[sizeof("18446744073709551615")];
  if (length == strlen("unlimited") && memcmp(text, "unlimited", length) == 0) {
    *limit = UINT64_MAX;
    return true;
  }
  if (length >= sizeof(number))
    return false;
  memcpy(number, text, length);
  number[length] = '\0';
  return text_to_u64(number, 10, limit);
}

static const char *check_rlimit(struct edit_pair *pair) {
  if (!strings_contain(limits, pair->name))
    return "not a limit's name";
  size_t soft = strcspn(pair->value, ":");
  const char *hard = pair->value[soft] ? pair->value + soft + 1 : pair->value;
  if (!read_limit(pair->value, soft, &pair->soft) || !read_limit(hard, strlen(hard), &pair->hard))
    return "not a limit";
  return pair->soft <= pair->hard ? NULL : "the soft limit is above the hard one";
}

/* A name in one directory: "pids.max", "hugetlb.2MB.max". */
static const char *check_unified(struct edit_pair *pair) {
  for (const char *c = pair->name; *c; c++)
    if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
      return "not a cgroup file";
  if (!isalpha((unsigned char)pair->name[0]) || !strchr(pair->name, '.'))
    return "not a cgroup file";
  if (!pair->value[0] || strpbrk(pair->value, "\n\r"))
    return "not one line of a cgroup file";
  /* Files with a line for each device take "KEY VALUE"; the one other file with two words is
   * cpu.max, "QUOTA PERIOD". */
  pair->is_line = strchr(pair->value, ' ') && strcmp(pair->name, "cpu.max") != 0;
  return NULL;
}

static bool is_interface(const char *name) {
  if (!name[0] || strlen(name) >= IF_NAMESIZE || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
    return false;
  for (; *name; name++)
    if (isspace((unsigned char)*name) || *name == '/' || *name == ':')
      return false;
  return true;
}

static const char *check_net_device(struct edit_pair *pair) {
  return is_interface(pair->name) && is_interface(pair->value) ? NULL
                                                               : "not a network interface's name";
}

static const char *check_intel_rdt(struct edit_pair *pair) {
  static const char *const texts[] = {"closID", "l3CacheSchema", "memBwSchema", "schemata", NULL};
  static const char *const switches[] = {"enableCMT", "enableMBM", "enableMonitoring", NULL};
  if (strings_contain(texts, pair->name))
    return NULL;
  if (!pair->name[0])
    return pair->value[0] ? "a value without a key" : NULL;
  if (!strings_contain(switches, pair->name))
    return "not a key of linux.intelRdt";
  return strcmp(pair->value, "true") == 0 || strcmp(pair->value, "false") == 0 ? NULL
                                                                               : "not a switch";
}

static const struct pair_reader readers[] = {
    [DAVIT_SET_ENV] = {EDIT_ENV, "variable", check_env, "a name without \"=\"",
                       DAVIT_SET_DEFAULT | DAVIT_SET_PREPEND},
    [DAVIT_SET_ANNOTATION] = {EDIT_ANNOTATION, "annotation", check_annotation, "a name", 0},
    [DAVIT_SET_RLIMIT] = {EDIT_RLIMIT, "limit", check_rlimit,
                          "RLIMIT_NAME with \"unlimited\", a number or SOFT:HARD", 0},
    [DAVIT_SET_UNIFIED] = {EDIT_UNIFIED, "cgroup file", check_unified,
                           "the name of a cgroup v2 file and one line", 0},
    [DAVIT_SET_NET_DEVICE] = {EDIT_NET_DEVICE, "net device", check_net_device,
                              "names of at most 15 bytes without \"/\", \":\" and blanks", 0},
    [DAVIT_SET_INTEL_RDT] = {EDIT_INTEL_RDT, "linux.intelRdt key", check_intel_rdt,
                             "a key of the OCI specification with its value", 0},
};

/* One subject for what is one thing: a line of a file by its first word; each value put before a
 * variable; each schema. */
static const char *subject_of(struct arena *arena, const char *noun, const struct edit *edit) {
  const struct edit_pair *pair = &edit->pair;
  if (edit->kind == EDIT_UNIFIED && pair->is_line)
    return arena_printf(arena, "%s %s, line %.*s", noun, pair->name, (int)strcspn(pair->value, " "),
                        pair->value);
  if (pair->prepend)
    return arena_printf(arena, "%s %s, prepended %s", noun, pair->name, pair->value);
  if (edit->kind == EDIT_INTEL_RDT && strcmp(pair->name, "schemata") == 0)
    return arena_printf(arena, "%s %s %s", noun, pair->name, pair->value);
  return pair->name[0] ? arena_printf(arena, "%s %s", noun, pair->name) : "linux.intelRdt";
}

int edit_read_pair(struct transaction *transaction, uint32_t what, const char *name,
                   const char *value, uint32_t flags, struct edit *edit, struct davit_error *err) {
  if (what >= ARRAY_LEN(readers) || (flags & DAVIT_FLAGS_CRITICAL))
    return error_add(err, DAVIT_E_UNSUPPORTED, "plugin.bad-edit", NULL,
                     "this davit can not set what the plugin asks (kind %u, flags %#x)", what,
                     flags);
  const struct pair_reader *reader = &readers[what];
  struct arena *arena = transaction->arena;
  if (!name || !value)
    return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", reader->hint,
                     "%s without a name or value", reader->noun);
  edit->kind = reader->kind;
  edit->pair = (struct edit_pair){.name = arena_strdup(arena, name),
                                  .value = arena_strdup(arena, value),
                                  .gives_way = (flags & reader->flags & DAVIT_SET_DEFAULT) != 0,
                                  .prepend = (flags & reader->flags & DAVIT_SET_PREPEND) != 0};
  if (!edit->pair.name || !edit->pair.value)
    return error_memory(err);
  const char *wrong = reader->check(&edit->pair);
  if (wrong)
    return error_add(err, DAVIT_E_INVALID, "plugin.bad-edit", reader->hint, "%s: \"%s=%s\"", wrong,
                     name, value);
  edit->subject = subject_of(arena, reader->noun, edit);
  edit->says = edit->pair.value;
  if (edit->kind == EDIT_RLIMIT) /* "64" and "64:64" are one */
    edit->says = arena_printf(arena, "%" PRIu64 ":%" PRIu64, edit->pair.soft, edit->pair.hard);
  return edit->subject && edit->says ? DAVIT_OK : error_memory(err);
}
