/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/requests.h"

#include <string.h>

#include "cdi/names.h"

#define ALPHANUMERICS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum {
  KEY_NAME_MAX = 63 /* Kubernetes' limit for what follows the prefix, as the text below says */
};

const char annotation_prefix[] = "cdi.k8s.io/";

const char *qualified_name_problem(struct arena *arena, const char *name) {
  const char *equals = strchr(name, '=');
  if (!equals)
    return "it has no \"=\"";
  const char *kind = arena_strndup(arena, name, (size_t)(equals - name));
  if (!kind)
    return "there is no memory to look at it";
  const char *problem = kind_problem(kind);
  if (problem)
    return problem;
  problem = device_name_problem(equals + 1);
  const char *text = problem ? arena_printf(arena, "behind the \"=\", %s", problem) : NULL;
  return text ? text : problem;
}

static int refuse(struct davit_error *err, const struct where *at, const char *hint,
                  const char *format, ...) PRINTF_LIKE(4, 5);
static int refuse(struct davit_error *err, const struct where *at, const char *hint,
                  const char *format, ...) {
  va_list args;
  va_start(args, format);
  int answer = error_vadd(err, DAVIT_E_INVALID, "cdi.annotation", at, hint, format, args);
  va_end(args);
  return answer;
}

/* The answer is 0 if the name is one. */
static int check_name(struct arena *arena, const struct where *at, const char *name,
                      struct davit_error *err) {
  const char *problem = qualified_name_problem(arena, name);
  if (!problem)
    return DAVIT_OK;
  return refuse(err, at, "write vendor/class=name[,vendor/class=name...], without blanks",
                "\"%s\" is not the full name of a CDI device: %s", name, problem);
}

/* ---- making --------------------------------------------------------------------------------- */

/* What follows the prefix: begins and ends with a letter or digit. */
static const char *key_name_problem(const char *name) {
  size_t size = strlen(name);
  if (name[strspn(name, ALPHANUMERICS "_-.")])
    return "it may hold nothing but letters, digits, \"_\", \"-\" and \".\"";
  if (!strchr(ALPHANUMERICS, name[0]) || !strchr(ALPHANUMERICS, name[size - 1]))
    return "it must begin and end with a letter or digit";
  return size > KEY_NAME_MAX ? "it is longer than 63 bytes" : NULL;
}

static int make_key(struct arena *arena, const char *plugin, const char *device_id,
                    const char **key, struct davit_error *err) {
  if (!plugin[0])
    return refuse(err, NULL, NULL, "the plugin's name is empty");
  if (!device_id[0])
    return refuse(err, NULL, NULL, "the device's id is empty");
  char *text = arena_printf(arena, "%s%s_%s", annotation_prefix, plugin, device_id);
  if (!text)
    return error_memory(err);
  const char *name = text + strlen(annotation_prefix);
  for (char *id = text + strlen(annotation_prefix) + strlen(plugin); *id; id++)
    if (*id == '/')
      *id = '_';
  *key = text;
  const char *problem = key_name_problem(name);
  if (!problem)
    return DAVIT_OK;
  return refuse(err, NULL, NULL, "\"%s\", of plugin \"%s\" and device id \"%s\", is no key: %s",
                name, plugin, device_id, problem);
}

int annotation_make(struct arena *arena, const char *plugin, const char *device_id,
                    const char *const *devices, struct cdi_annotation *annotation,
                    struct davit_error *err) {
  struct cdi_annotation made = {.value = ""};
  int answer = make_key(arena, plugin, device_id, &made.key, err);
  for (const char *const *device = devices; *device; device++) {
    int checked = check_name(arena, NULL, *device, err);
    if (answer == DAVIT_OK)
      answer = checked;
    if (made.value)
      made.value = arena_printf(arena, "%s%s%s", made.value, device == devices ? "" : ",", *device);
  }
  if (answer < 0)
    return answer;
  if (!made.value)
    return error_memory(err);
  *annotation = made;
  return DAVIT_OK;
}

/* ---- reading -------------------------------------------------------------------------------- */

int annotation_read(struct arena *arena, const struct where *at, const char *value,
                    const char *const **names, struct davit_error *err) {
  struct list list = {0};
  int answer = DAVIT_OK;
  char *rest = arena_strdup(arena, value);
  if (!rest)
    return error_memory(err);
  for (char *name; (name = strsep(&rest, ","));) {
    int checked = check_name(arena, at, name, err);
    if (answer == DAVIT_OK)
      answer = checked;
    if (!list_push(arena, &list, name))
      return error_memory(err);
  }
  if (answer < 0)
    return answer;
  *names = list_strings(&list);
  return DAVIT_OK;
}
