/* SPDX-License-Identifier: Apache-2.0 */
/* Shell patterns over full names of devices: "nvidia.com/gpu=*". */
#include <fnmatch.h>
#include <string.h>

#include "plugin/match.h"
#include "plugin/registry.h"
#include "util/text.h"

static const char special[] = "*?[]\\";

bool text_is_pattern(const char *text) {
  return text[strcspn(text, special)] != '\0';
}

const char *pattern_letters(struct arena *arena, const char *pattern) {
  char *letters = arena_strdup(arena, pattern);
  char *end = letters;
  for (; letters && *pattern; pattern++)
    if (!strchr(special, *pattern))
      *end++ = *pattern;
  if (letters)
    *end = '\0';
  return letters;
}

bool match_pattern(struct arena *arena, const struct davit_device *const *devices,
                   const char *pattern, struct list *matches) {
  for (; *devices; devices++) {
    const char *name = device_qualified_name(arena, *devices);
    if (!name)
      return false;
    if (fnmatch(pattern, name, FNM_PATHNAME) == 0 && !list_push(arena, matches, *devices))
      return false;
  }
  return true;
}

/* The devices of this host by whether a request for them by name would be served. */
struct supply {
  struct list served; /* struct davit_device * */
  struct list others;
};

static int list_supply(struct providers *providers, struct arena *arena, struct supply *supply,
                       struct davit_error *err) {
  const struct provider_device *const *all;
  bool only_cdi = providers->settings.cdi == CDI_REQUIRE;
  int rc = providers_devices(providers, arena, NULL, &all, err);
  for (; rc == DAVIT_OK && *all; all++) {
    bool is_served = (*all)->served_as == (*all)->device &&
                     (!only_cdi || strcmp((*all)->plugin->name, "cdi") == 0);
    if (!list_push(arena, is_served ? &supply->served : &supply->others, (*all)->device))
      rc = error_memory(err);
  }
  return rc;
}

static bool match_list(struct arena *arena, const struct list *devices, const char *pattern,
                       struct list *matches) {
  return devices->count == 0 ||
         match_pattern(arena, (const struct davit_device *const *)devices->items, pattern, matches);
}

static int refuse_pattern(struct arena *arena, const struct request_text *pattern,
                          const struct list *served, struct davit_error *err) {
  struct list names = {0};
  for (size_t i = 0; i < served->count; i++) {
    const char *name = device_qualified_name(arena, served->items[i]);
    if (!name || !list_push(arena, &names, name))
      return error_memory(err);
  }
  const char *letters = pattern_letters(arena, pattern->text);
  if (!letters)
    return error_memory(err);
  const char *near = text_nearest(letters, list_strings(&names));
  const char *hint = "see `davit devices` for what is here";
  if (near)
    hint = arena_printf(arena, "do you mean \"%s\"? See `davit devices`", near);
  return error_add_at(err, DAVIT_E_NOT_FOUND, "gpu.not-found", &pattern->at, hint,
                      "no device fits \"%s\": this host has %s", pattern->text,
                      names.count > 0 ? strings_join(arena, list_strings(&names), 16) : "none");
}

int providers_match_kinds(struct providers *providers, struct arena *arena,
                          const struct request_text *pattern, const char *const **kinds,
                          struct davit_error *err) {
  struct supply supply = {0};
  struct list matches = {0}, found = {0};
  int rc = list_supply(providers, arena, &supply, err);
  if (rc < 0)
    return rc;
  /* Where nothing else fits, the request for what is not served says why it is not. */
  if (!match_list(arena, &supply.served, pattern->text, &matches) ||
      (matches.count == 0 && !match_list(arena, &supply.others, pattern->text, &matches)))
    return error_memory(err);
  if (matches.count == 0)
    return refuse_pattern(arena, pattern, &supply.served, err);
  for (size_t i = 0; i < matches.count; i++) {
    const struct davit_device *device = matches.items[i];
    if (!strings_contain(list_strings(&found), device->kind) &&
        !list_push(arena, &found, device->kind))
      return error_memory(err);
  }
  *kinds = list_strings(&found);
  return DAVIT_OK;
}
