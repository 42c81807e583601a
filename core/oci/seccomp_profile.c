/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/seccomp_profile.h"

#include <inttypes.h>
#include <string.h>

#include "util/capability.h"
#include "util/list.h"
#include "util/text.h"

enum {
  MOST_LISTED = 20,
  MOST_ERRNO = 4095 /* the kernel takes no larger one from a filter */
};

int profile_fail(struct profile *profile, const struct doc_node *node, const char *hint,
                 const char *format, ...) {
  va_list args;
  va_start(args, format);
  int answer =
      doc_vfail(profile->err, node, DAVIT_E_INVALID, "seccomp.profile", hint, format, args);
  va_end(args);
  return answer;
}

static int wrong_kind(struct profile *profile, const struct doc_node *node, const char *wanted) {
  return profile_fail(profile, node, NULL, "%s is not %s", doc_describe(profile->arena, node),
                      wanted);
}

const struct doc_node *profile_get(const struct doc_node *mapping, const char *key) {
  const struct doc_node *node = doc_get(mapping, key);
  return node && node->kind == DOC_SCALAR && node->type == DOC_NULL ? NULL : node;
}

int profile_check_keys(struct profile *profile, const struct doc_node *node,
                       const char *const *keys) {
  if (node->kind != DOC_MAPPING)
    return wrong_kind(profile, node, "an object");
  for (size_t i = 0; i < node->count; i++)
    if (!strings_contain(keys, node->keys[i]->text))
      return profile_fail(profile, node->values[i],
                          arena_printf(profile->arena, "known here: %s",
                                       strings_join(profile->arena, keys, MOST_LISTED)),
                          "the key \"%.80s\" is not known here", node->keys[i]->text);
  return DAVIT_OK;
}

int profile_text(struct profile *profile, const struct doc_node *node, const char *const *words,
                 const char **text) {
  if (node->kind != DOC_SCALAR || node->type != DOC_STRING)
    return wrong_kind(profile, node, "a string");
  if (words && !strings_contain(words, node->text))
    return profile_fail(profile, node,
                        arena_printf(profile->arena, "allowed: %s",
                                     strings_join(profile->arena, words, MOST_LISTED)),
                        "\"%.80s\" is not one of the values allowed", node->text);
  *text = node->text;
  return DAVIT_OK;
}

int profile_number(struct profile *profile, const struct doc_node *node, uint64_t most,
                   uint64_t *number) {
  if (node->kind != DOC_SCALAR || node->type != DOC_INT || !doc_uint(node, number) ||
      *number > most)
    return profile_fail(profile, node, arena_printf(profile->arena, "0 to %" PRIu64, most),
                        "%s is not a number that is allowed here",
                        doc_describe(profile->arena, node));
  return DAVIT_OK;
}

int profile_list(struct profile *profile, const struct doc_node *node, size_t *count) {
  if (node && node->kind != DOC_SEQUENCE)
    return wrong_kind(profile, node, "a list");
  *count = node ? node->count : 0;
  return DAVIT_OK;
}

int profile_texts(struct profile *profile, const struct doc_node *node, const char *const *words,
                  cJSON **list) {
  size_t count = 0;
  int answer = profile_list(profile, node, &count);
  struct list texts = {0};
  for (size_t i = 0; answer == DAVIT_OK && i < count; i++) {
    const char *text = NULL;
    answer = profile_text(profile, node->values[i], words, &text);
    if (answer == DAVIT_OK && !list_push(profile->arena, &texts, text))
      answer = error_memory(profile->err);
  }
  if (answer < 0)
    return answer;
  *list = count > 0 ? json_strings(list_strings(&texts)) : NULL;
  return count > 0 && !*list ? error_memory(profile->err) : DAVIT_OK;
}

static bool errno_by_name(const char *name, uint64_t *number) {
  for (int i = 1; i <= MOST_ERRNO; i++) {
    const char *known = strerrorname_np(i);
    if (known && strcmp(known, name) == 0) {
      *number = (uint64_t)i;
      return true;
    }
  }
  return false;
}

int profile_errno(struct profile *profile, const struct doc_node *digits,
                  const struct doc_node *name, cJSON **number) {
  uint64_t value = 0, named = 0;
  const char *text = NULL;
  int answer = DAVIT_OK;
  *number = NULL;
  if (digits)
    answer = profile_number(profile, digits, MOST_ERRNO, &value);
  if (answer == DAVIT_OK && name)
    answer = profile_text(profile, name, NULL, &text);
  if (answer < 0 || (!digits && !name))
    return answer;
  if (name && !errno_by_name(text, &named))
    return profile_fail(profile, name, "write a name of errno(3): EPERM, ENOSYS",
                        "\"%.80s\" is not the name of an error", text);
  if (name && digits && named != value)
    return profile_fail(profile, name, "leave one of the two out", "\"%s\" is not error %" PRIu64,
                        text, value);
  *number = json_uint(name ? named : value);
  return *number ? DAVIT_OK : error_memory(profile->err);
}

/* ---- conditions ------------------------------------------------------------------------------ */

/* "4.8": at least this kernel? */
static int reached_kernel(struct profile *profile, const struct doc_node *node, bool *reached) {
  const char *text = "";
  uint32_t parts[2] = {0};
  int answer = profile_text(profile, node, NULL, &text);
  if (answer < 0)
    return answer;
  char *major = arena_strdup(profile->arena, text);
  if (!major)
    return error_memory(profile->err);
  char *minor = strchr(major, '.');
  if (minor)
    *minor++ = '\0';
  if (!minor || !text_to_u32(major, 10, &parts[0]) || !text_to_u32(minor, 10, &parts[1]))
    return profile_fail(profile, node, "write two numbers: 4.8",
                        "\"%.80s\" is not the version of a kernel", text);
  *reached = profile->kernel[0] != parts[0] ? profile->kernel[0] > parts[0]
                                            : profile->kernel[1] >= parts[1];
  return DAVIT_OK;
}

static int count_capabilities(struct profile *profile, const struct doc_node *node, size_t *there,
                              size_t *count) {
  int answer = profile_list(profile, node, count);
  *there = 0;
  for (size_t i = 0; answer == DAVIT_OK && i < *count; i++) {
    const char *name = "";
    uint32_t number;
    answer = profile_text(profile, node->values[i], NULL, &name);
    /* A name that is not known is newer than davit: the container does not have it. */
    if (answer == DAVIT_OK && capability_number(name, &number))
      *there += profile->capabilities >> number & 1;
  }
  return answer;
}

static int lists_arch(struct profile *profile, const struct doc_node *node, bool *given,
                      bool *listed) {
  size_t count = 0;
  int answer = profile_list(profile, node, &count);
  *listed = false;
  *given = answer == DAVIT_OK && count > 0;
  for (size_t i = 0; answer == DAVIT_OK && i < count; i++) {
    const char *arch = "";
    answer = profile_text(profile, node->values[i], NULL, &arch);
    if (answer == DAVIT_OK && profile->arch && strcmp(arch, profile->arch) == 0)
      *listed = true;
  }
  return answer;
}

/* All that is asked must hold to include, one of it is enough to exclude. */
static int check_filter(struct profile *profile, const struct doc_node *filter, bool excludes,
                        bool *applies) {
  static const char *const keys[] = {"caps", "arches", "minKernel", NULL};
  if (!filter)
    return DAVIT_OK;
  size_t there = 0, count = 0;
  bool has_arches = false, listed = false, reached = !excludes;
  int answer = profile_check_keys(profile, filter, keys);
  if (answer == DAVIT_OK)
    answer = count_capabilities(profile, profile_get(filter, "caps"), &there, &count);
  if (answer == DAVIT_OK)
    answer = lists_arch(profile, profile_get(filter, "arches"), &has_arches, &listed);
  const struct doc_node *kernel = answer == DAVIT_OK ? profile_get(filter, "minKernel") : NULL;
  if (kernel && !(kernel->kind == DOC_SCALAR && kernel->text[0] == '\0'))
    answer = reached_kernel(profile, kernel, &reached);
  if (excludes)
    *applies = *applies && there == 0 && !listed && !reached;
  else
    *applies = *applies && there == count && (!has_arches || listed) && reached;
  return answer;
}

int profile_applies(struct profile *profile, const struct doc_node *rule, bool *applies) {
  *applies = true;
  int answer = check_filter(profile, profile_get(rule, "excludes"), true, applies);
  if (answer == DAVIT_OK)
    answer = check_filter(profile, profile_get(rule, "includes"), false, applies);
  return answer;
}
