/* SPDX-License-Identifier: Apache-2.0 */
/* What the process may do: capabilities and `security_opt`. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "service/keys.h"
#include "util/capability.h"
#include "util/text.h"

/* ---- capabilities ---------------------------------------------------------------------------- */

static void report_capability(struct reader *reader, const struct doc_node *entry,
                              const char *text) {
  struct list names = {0};
  for (uint32_t i = 0; capability_name(i); i++)
    if (!list_push(reader->arena, &names, capability_stem(capability_name(i)))) {
      error_memory(reader->err);
      return;
    }
  char *upper = arena_strdup(reader->arena, capability_stem(text));
  if (!upper) {
    error_memory(reader->err);
    return;
  }
  for (char *c = upper; *c; c++)
    *c = (char)toupper((unsigned char)*c);
  const char *near = text_nearest(upper, list_strings(&names));
  field_invalid(reader, entry,
                near ? field_printf(reader, "did you mean %s?", near)
                     : "a name of capabilities(7), with or without CAP_, or ALL",
                "%s is not a capability", field_quote(reader, text));
}

static const struct service_capability *find_capability(const struct service_capabilities *set,
                                                        uint32_t number) {
  for (size_t i = 0; i < set->count; i++)
    if (set->entries[i].number == number)
      return &set->entries[i];
  return NULL;
}

static void read_capability(struct reader *reader, const struct doc_node *entry,
                            struct service_capabilities *set, struct service_capability *entries) {
  const char *text;
  uint32_t number;
  if (!field_text(reader, entry, &text))
    return;
  if (strcasecmp(text, "ALL") == 0)
    set->all = true;
  else if (!capability_number(text, &number))
    report_capability(reader, entry, text);
  else if (!find_capability(set, number))
    entries[set->count++] =
        (struct service_capability){.number = number, .at = field_at(reader, entry)};
}

/* No name is both given and taken: which of the two would be meant? */
static void check_drops(struct reader *reader, const struct doc_node *value,
                        const struct service_security *security) {
  const struct service_capabilities *drop = &security->drop;
  const struct service_capabilities *given =
      security->exact.at.line ? &security->exact : &security->add;
  if (!drop->at.line || !given->at.line)
    return;
  if (drop->all && given->all)
    field_invalid(reader, value, "keep one of the two", "ALL is both given and dropped");
  for (size_t i = 0; i < given->count; i++)
    if (find_capability(drop, given->entries[i].number))
      field_invalid(reader, value, "keep one of the two", "%s is both given and dropped",
                    capability_name(given->entries[i].number));
}

static bool read_set(struct reader *reader, const struct doc_node *value,
                     struct service_capabilities *set) {
  if (!field_is_list(reader, value))
    return false;
  struct service_capability *entries = field_array(reader, value->count, sizeof(*entries));
  if (!entries)
    return false;
  set->at = field_at(reader, value);
  set->entries = entries;
  for (size_t i = 0; i < value->count; i++)
    read_capability(reader, value->values[i], set, entries);
  return true;
}

/* One list is the whole set, the other adds to the default one. */
static void check_one_list(struct reader *reader, const struct doc_node *value,
                           const struct service_security *security) {
  if (security->exact.at.line && security->add.at.line)
    field_invalid(reader, value,
                  "capabilities is the whole set, cap_add adds to the default one: keep one",
                  "both capabilities and cap_add are given");
}

void read_capabilities(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_security *security = &((struct service *)into)->security;
  if (!read_set(reader, value, &security->exact))
    return;
  if (value->count == 0)
    field_invalid(reader, value,
                  "leave the key out for the default ones; `cap_drop: [ALL]` for none",
                  "the list is empty");
  check_one_list(reader, value, security);
  check_drops(reader, value, security);
}

void read_cap_add(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_security *security = &((struct service *)into)->security;
  if (!read_set(reader, value, &security->add))
    return;
  check_one_list(reader, value, security);
  check_drops(reader, value, security);
}

void read_cap_drop(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_security *security = &((struct service *)into)->security;
  if (read_set(reader, value, &security->drop))
    check_drops(reader, value, security);
}

/* ---- security_opt ---------------------------------------------------------------------------- */

struct option {
  struct reader *reader;
  const struct doc_node *node;
  struct service_security *security;
  struct map *seen; /* what is given, by name */
};

static bool is_printable(const char *text) {
  for (const char *c = text; *c; c++)
    if (iscntrl((unsigned char)*c))
      return false;
  return text[0] != '\0';
}

static bool is_first(struct option *option, const char *name) {
  return field_is_first(option->reader, option->node, option->node, name, option->seen);
}

static struct service_text text_of(const struct option *option, const char *text) {
  return (struct service_text){.text = text, .at = field_at(option->reader, option->node)};
}

static void take_seccomp(struct option *option, const char *value) {
  if (strcmp(value, "unconfined") == 0)
    return; /* which is what a config without a filter is */
  if (path_is_clean(value))
    option->security->seccomp = text_of(option, value);
  else
    field_invalid(option->reader, option->node,
                  "seccomp=unconfined, or seccomp=/PATH of a profile on the host",
                  "%s is not the clean, absolute path of a profile",
                  field_quote(option->reader, value));
}

static void set_apparmor(struct option *option, const char *value) {
  if (is_printable(value))
    option->security->apparmor = text_of(option, value);
  else
    field_invalid(option->reader, option->node, "the name of a profile, or unconfined",
                  "%s is not the name of a profile", field_quote(option->reader, value));
}

static void take_no_new_privileges(struct option *option, const char *value) {
  bool on = strcmp(value, "true") == 0 || value[0] == '\0';
  if (!on && strcmp(value, "false") != 0) {
    field_invalid(option->reader, option->node, "no-new-privileges:true or no-new-privileges:false",
                  "%s is neither true nor false", field_quote(option->reader, value));
    return;
  }
  option->security->no_new_privileges = on;
  option->security->no_new_privileges_at = field_at(option->reader, option->node);
}

/* A field of a label; only a level has colons of its own. */
static bool is_label_field(const char *text, bool is_level) {
  for (const char *c = text; *c; c++)
    if (!isalnum((unsigned char)*c) && !strchr(is_level ? "_.,:-" : "_.-", *c))
      return false;
  return text[0] != '\0';
}

static void take_label(struct option *option, const char *value) {
  struct service_security *security = option->security;
  const struct {
    const char *name;
    struct service_text *field;
  } fields[] = {{"user:", &security->selinux_user},
                {"role:", &security->selinux_role},
                {"type:", &security->selinux_type},
                {"level:", &security->selinux_level},
                {"filetype:", &security->selinux_file_type}};
  static const char *const label = "label=", *const disable = "label=disable";
  if (strcmp(value, "disable") == 0) {
    if (map_find(option->seen, label))
      field_invalid(option->reader, option->node, "keep one of the two",
                    "labels are both given and disabled");
    (void)is_first(option, disable);
    return;
  }
  if (map_find(option->seen, disable))
    field_invalid(option->reader, option->node, "keep one of the two",
                  "labels are both given and disabled");
  for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
    const char *text = value + strlen(fields[i].name);
    if (!text_starts(value, fields[i].name) || !is_label_field(text, i == 3))
      continue;
    if (is_first(option, fields[i].name))
      *fields[i].field = text_of(option, text);
    if (!map_put(option->reader->arena, option->seen, label, (void *)(uintptr_t)option->node))
      error_memory(option->reader->err);
    return;
  }
  field_invalid(option->reader, option->node,
                "label=user:U, label=role:R, label=type:T, label=level:L, label=filetype:T or "
                "label=disable",
                "%s is not a part of a label", field_quote(option->reader, value));
}

static void take_option(struct option *option, const char *text) {
  static const char *const names[] = {"seccomp", "apparmor", "label", "no-new-privileges", NULL};
  static void (*const takers[])(struct option * option, const char *value) = {
      take_seccomp, set_apparmor, take_label, take_no_new_privileges};
  struct reader *reader = option->reader;
  size_t length = strcspn(text, "=:");
  const char *name = arena_strndup(reader->arena, text, length);
  if (!name) {
    error_memory(reader->err);
    return;
  }
  size_t index = 0;
  while (names[index] && strcmp(names[index], name) != 0)
    index++;
  if (!names[index]) {
    const char *near = text_nearest(name, names);
    field_invalid(reader, option->node,
                  near ? field_printf(reader, "did you mean %s?", near)
                       : "known are seccomp, apparmor, label and no-new-privileges",
                  "%s is not a security option", field_quote(reader, text));
    return;
  }
  bool is_label = takers[index] == take_label;
  if (!text[length] && takers[index] != take_no_new_privileges)
    field_invalid(reader, option->node, field_printf(reader, "write %s=VALUE", name),
                  "%s has no value", field_quote(reader, name));
  else if (is_label || is_first(option, names[index]))
    takers[index](option, text[length] ? text + length + 1 : "");
}

void read_security_opt(struct reader *reader, const struct doc_node *value, void *into) {
  struct map seen = {0};
  struct option option = {
      .reader = reader, .security = &((struct service *)into)->security, .seen = &seen};
  const struct service_text before = option.security->apparmor; /* of the key */
  if (!field_is_list(reader, value))
    return;
  for (size_t i = 0; i < value->count; i++) {
    const char *text;
    option.node = value->values[i];
    if (field_text(reader, option.node, &text))
      take_option(&option, text);
  }
  if (before.text && map_find(&seen, "apparmor"))
    field_invalid(reader, value, "keep one of the two", "the key apparmor names a profile too");
}

void read_apparmor(struct reader *reader, const struct doc_node *value, void *into) {
  struct option option = {
      .reader = reader, .node = value, .security = &((struct service *)into)->security};
  const char *text;
  if (!field_text(reader, value, &text))
    return;
  if (option.security->apparmor.text)
    field_invalid(reader, value, "keep one of the two", "security_opt names a profile too");
  else
    set_apparmor(&option, text);
}
