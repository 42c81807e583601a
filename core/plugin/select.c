/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing devices by count or by name, and saying what is there when it can not be done. */
#include "plugin/select.h"

#include <string.h>
#include <strings.h>

#include "plugin/match.h"
#include "util/list.h"
#include "util/text.h"

enum {
  MOST_LISTED = 16 /* devices in one message */
};

static const char see_devices[] = "see `davit devices` for what is here";

struct selection {
  struct arena *arena;
  const struct davit_device *const *devices;
  const struct device_request *request;
  struct davit_error *err;
  struct list chosen;
};

static bool is_alias(const struct davit_device *device) {
  return (device->flags & DAVIT_DEVICE_ALIAS) != 0;
}

static bool is_group(const struct davit_device *device) {
  return (device->flags & DAVIT_DEVICE_GROUP) != 0;
}

/* What a count counts, usable or not. */
static bool is_countable(const struct davit_device *device) {
  return !is_alias(device) && !is_group(device);
}

/* A part has the PCI address of its whole: its own id says more. */
static const char *short_name(const struct davit_device *device) {
  return device->pci_address && !device->parent ? device->pci_address : device->id;
}

const char *device_label(struct arena *arena, const struct davit_device *device) {
  const char *name = short_name(device);
  const char *label = name;
  if (device->model && device->profile)
    label = arena_printf(arena, "%s (%s, %s)", name, device->model, device->profile);
  else if (device->model || device->profile)
    label = arena_printf(arena, "%s (%s)", name, device->model ? device->model : device->profile);
  return label ? label : name;
}

/* A part's whole is of its kind, or else of another kind of the plugin. */
static const struct davit_device *find_parent(const struct selection *selection,
                                              const struct davit_device *part) {
  const struct davit_device *parent = NULL;
  for (const struct davit_device *const *d = selection->devices; part->parent && *d; d++) {
    if (strcmp((*d)->id, part->parent) != 0)
      continue;
    if (strcmp((*d)->kind, part->kind) == 0)
      return *d;
    parent = *d;
  }
  return parent;
}

static const char *model_of(const struct selection *selection, const struct davit_device *device) {
  const struct davit_device *parent = device->model ? NULL : find_parent(selection, device);
  return parent ? parent->model : device->model;
}

static bool has_model(const struct selection *selection, const struct davit_device *device) {
  const char *asked = selection->request->model.text;
  if (!asked)
    return true;
  const char *model = model_of(selection, device);
  return model && strcasestr(model, asked);
}

/* NULL: the device can be given to the container. */
static const char *reason_against(const struct selection *selection,
                                  const struct davit_device *device) {
  if (device->unusable)
    return device->unusable;
  if (has_model(selection, device))
    return NULL;
  const char *model = model_of(selection, device);
  const char *reason =
      model ? arena_printf(selection->arena, "is %s, not the model \"%s\" asked", model,
                           selection->request->model.text)
            : arena_printf(selection->arena, "its model is not known, \"%s\" is asked",
                           selection->request->model.text);
  return reason ? reason : "";
}

/* ---- by count ------------------------------------------------------------------------------- */

struct tally {
  struct list usable; /* devices */
  struct list names;  /* theirs */
  struct list others; /* "NAME does not count: REASON" */
  bool asked_is_here; /* a device of the model asked, usable or not */
};

static int count_up(struct selection *selection, struct tally *tally) {
  struct arena *arena = selection->arena;
  for (const struct davit_device *const *d = selection->devices; *d; d++) {
    if (!is_countable(*d))
      continue;
    const char *against = reason_against(selection, *d);
    tally->asked_is_here = tally->asked_is_here || has_model(selection, *d);
    bool done = false;
    if (!against) {
      done =
          list_push(arena, &tally->usable, *d) && list_push(arena, &tally->names, short_name(*d));
    } else {
      const char *text = arena_printf(arena, "%s does not count: %s", short_name(*d), against);
      done = text && list_push(arena, &tally->others, text);
    }
    if (!done)
      return error_memory(selection->err);
  }
  return DAVIT_OK;
}

/* "4 GPUs asked, this host has 2 (A, B); C does not count: bound to vfio-pci" */
static int too_few(struct selection *selection, size_t asked, const struct tally *tally) {
  const struct device_request *request = selection->request;
  const char *here = "none";
  if (tally->usable.count > 0)
    here = arena_printf(selection->arena, "%zu (%s)", tally->usable.count,
                        strings_join(selection->arena, list_strings(&tally->names), MOST_LISTED));
  const char *others = strings_join(selection->arena, list_strings(&tally->others), MOST_LISTED);
  const char *model = "";
  if (request->model.text)
    model = arena_printf(selection->arena, " of model \"%s\"", request->model.text);
  if (!here || !model)
    return error_memory(selection->err);
  return error_add_at(selection->err, tally->asked_is_here ? DAVIT_E_INVALID : DAVIT_E_NOT_FOUND,
                      "gpu.too-few", request->count > 0 ? &request->count_at : &request->at,
                      tally->usable.count > 0 ? "lower the count, or see `davit devices`"
                                              : see_devices,
                      "%zu GPU%s%s asked, this host has %s%s%s", asked, asked == 1 ? "" : "s",
                      model, here, tally->others.count > 0 ? "; " : "", others);
}

/* Names without indices, as in CDI: "0" to "count-1" are the first ones wherever they stand. False:
 * they are not all there. */
static bool choose_numbered(const struct tally *tally, size_t count,
                            const struct davit_device **chosen) {
  memset(chosen, 0, count * sizeof(struct davit_device *));
  size_t found = 0;
  for (size_t i = 0; i < tally->usable.count; i++) {
    const struct davit_device *device = tally->usable.items[i];
    uint32_t number;
    if (device->flags & DAVIT_DEVICE_INDEX)
      return false;
    if (text_to_u32(device->id, 10, &number) && number < count && !chosen[number]) {
      chosen[number] = device;
      found++;
    }
  }
  return found == count;
}

static int choose_count(struct selection *selection) {
  size_t count = selection->request->count > 0 ? selection->request->count : 1;
  struct tally tally = {0};
  int rc = count_up(selection, &tally);
  if (rc < 0)
    return rc;
  if (tally.usable.count < count)
    return too_few(selection, count, &tally);
  const struct davit_device **numbered = arena_array(selection->arena, count, sizeof(*numbered));
  if (!numbered)
    return error_memory(selection->err);
  bool are_numbered = choose_numbered(&tally, count, numbered);
  for (size_t i = 0; i < count; i++)
    if (!list_push(selection->arena, &selection->chosen,
                   are_numbered ? numbered[i] : tally.usable.items[i]))
      return error_memory(selection->err);
  return DAVIT_OK;
}

/* ---- by name -------------------------------------------------------------------------------- */

struct pick { /* a chosen device and the name that chose it */
  const struct davit_device *device;
  const struct request_text *name;
};

static int choose(struct selection *selection, const struct davit_device *device,
                  const struct request_text *name, struct list *picks) {
  for (size_t i = 0; i < picks->count; i++) {
    const struct pick *earlier = picks->items[i];
    if (earlier->device == device && earlier->name->is_pattern)
      return DAVIT_OK;
    if (earlier->device == device || devices_overlap(earlier->device, device))
      return error_add_at(selection->err, DAVIT_E_INVALID, "gpu.duplicate", &name->at,
                          "name each device once", "\"%s\" and \"%s\" are the same device, %s",
                          earlier->name->text, name->text, device_label(selection->arena, device));
  }
  struct pick *pick = arena_alloc(selection->arena, sizeof(*pick));
  if (!pick)
    return error_memory(selection->err);
  *pick = (struct pick){.device = device, .name = name};
  if (!list_push(selection->arena, picks, pick) ||
      !list_push(selection->arena, &selection->chosen, device))
    return error_memory(selection->err);
  return DAVIT_OK;
}

static int refuse_unusable(struct selection *selection, const struct davit_device *device,
                           const struct request_text *name, const char *reason) {
  return error_add_at(selection->err, DAVIT_E_INVALID, "gpu.unusable", &name->at, see_devices,
                      "device \"%s\", %s, can not be given: %s", name->text,
                      device_label(selection->arena, device), reason);
}

static int choose_group(struct selection *selection, const struct davit_device *group,
                        const struct request_text *name, struct list *picks) {
  size_t before = picks->count;
  for (const struct davit_device *const *d = selection->devices; *d; d++) {
    if (find_parent(selection, *d) != group || reason_against(selection, *d))
      continue;
    int rc = choose(selection, *d, name, picks);
    if (rc < 0)
      return rc;
  }
  if (picks->count == before)
    return refuse_unusable(selection, group, name, "none of its parts is usable");
  return DAVIT_OK;
}

static int choose_all(struct selection *selection, const struct request_text *name,
                      struct list *picks) {
  struct tally tally = {0};
  int rc = count_up(selection, &tally);
  if (rc == DAVIT_OK && tally.usable.count == 0)
    return too_few(selection, 1, &tally);
  for (size_t i = 0; rc == DAVIT_OK && i < tally.usable.count; i++)
    rc = choose(selection, tally.usable.items[i], name, picks);
  return rc;
}

static int refuse_unknown(struct selection *selection, const struct request_text *name) {
  struct list names = {0}, known = {0};
  for (const struct davit_device *const *d = selection->devices; *d; d++) {
    const char *own[] = {(*d)->id, (*d)->uuid, (*d)->pci_address,
                         device_qualified_name(selection->arena, *d)};
    bool done = list_push(selection->arena, &names, short_name(*d));
    for (size_t i = 0; done && i < ARRAY_LEN(own); i++)
      done = !own[i] || list_push(selection->arena, &known, own[i]);
    if (!done)
      return error_memory(selection->err);
  }
  const char *text = name->is_pattern ? pattern_letters(selection->arena, name->text) : name->text;
  if (!text)
    return error_memory(selection->err);
  const char *near = text_nearest(text, list_strings(&known));
  const char *hint =
      near ? arena_printf(selection->arena, "do you mean \"%s\"? See `davit devices`", near)
           : see_devices;
  if (!selection->devices[0])
    return error_add_at(selection->err, DAVIT_E_NOT_FOUND, "gpu.not-found", &name->at, hint,
                        "no device \"%s\": this host has none", name->text);
  return error_add_at(selection->err, DAVIT_E_INVALID, "gpu.not-found", &name->at, hint,
                      "no device \"%s\": this host has %s", name->text,
                      strings_join(selection->arena, list_strings(&names), MOST_LISTED));
}

static bool is_picked(const struct list *picks, const struct davit_device *device) {
  for (size_t i = 0; i < picks->count; i++) {
    const struct davit_device *picked = ((const struct pick *)picks->items[i])->device;
    if (picked == device || devices_overlap(picked, device))
      return true;
  }
  return false;
}

/* Of those that fit, the countable ones or the others, as far as they can be given and are not
 * chosen already; *usable counts these too. */
static int choose_fitting(struct selection *selection, const struct list *fitting, bool countable,
                          const struct request_text *name, struct list *picks, size_t *usable) {
  int rc = DAVIT_OK;
  for (size_t i = 0; rc == DAVIT_OK && i < fitting->count; i++) {
    const struct davit_device *device = fitting->items[i];
    if (is_countable(device) != countable || reason_against(selection, device))
      continue;
    ++*usable;
    if (is_group(device))
      rc = choose_group(selection, device, name, picks);
    else if (!is_picked(picks, device))
      rc = choose(selection, device, name, picks);
  }
  return rc;
}

/* Other names of devices count only where nothing but such names fits. */
static int choose_pattern(struct selection *selection, const struct request_text *name,
                          struct list *picks) {
  struct list fitting = {0};
  size_t usable = 0;
  if (!match_pattern(selection->arena, selection->devices, name->text, &fitting))
    return error_memory(selection->err);
  if (fitting.count == 0)
    return refuse_unknown(selection, name);
  int rc = choose_fitting(selection, &fitting, true, name, picks, &usable);
  if (rc == DAVIT_OK && usable == 0)
    rc = choose_fitting(selection, &fitting, false, name, picks, &usable);
  if (rc < 0 || usable > 0)
    return rc;
  const struct davit_device *device = fitting.items[0];
  return refuse_unusable(selection, device, name, reason_against(selection, device));
}

static int refuse_ambiguous(struct selection *selection, const struct request_text *name,
                            const struct list *matches) {
  struct list names = {0};
  for (size_t i = 0; i < matches->count; i++) {
    const char *full = device_qualified_name(selection->arena, matches->items[i]);
    if (!full || !list_push(selection->arena, &names, full))
      return error_memory(selection->err);
  }
  return error_add_at(selection->err, DAVIT_E_INVALID, "gpu.ambiguous", &name->at,
                      "write one of these names in full", "device \"%s\" may be any of %s",
                      name->text,
                      strings_join(selection->arena, list_strings(&names), MOST_LISTED));
}

static int choose_named(struct selection *selection, const struct request_text *name,
                        struct list *picks) {
  struct list matches = {0};
  if (name->is_pattern)
    return choose_pattern(selection, name, picks);
  if (!match_devices(selection->arena, selection->devices, name->text, &matches))
    return error_memory(selection->err);
  if (matches.count == 0 && strcmp(name->text, "all") == 0)
    return choose_all(selection, name, picks);
  if (matches.count == 0)
    return refuse_unknown(selection, name);
  if (matches.count > 1)
    return refuse_ambiguous(selection, name, &matches);
  const struct davit_device *device = matches.items[0];
  if (is_group(device) && !device->unusable)
    return choose_group(selection, device, name, picks);
  const char *against = reason_against(selection, device);
  if (against)
    return refuse_unusable(selection, device, name, against);
  return choose(selection, device, name, picks);
}

/* How many devices the choice stands for: an alias ("all") for all those that it shares nodes
 * with. */
static size_t chosen_count(const struct selection *selection) {
  size_t count = 0;
  for (size_t i = 0; i < selection->chosen.count; i++) {
    const struct davit_device *chosen = selection->chosen.items[i];
    size_t covered = 0;
    for (const struct davit_device *const *d = selection->devices; is_alias(chosen) && *d; d++)
      covered += is_countable(*d) && devices_overlap(chosen, *d);
    count += covered > 0 ? covered : 1;
  }
  return count;
}

static int choose_names(struct selection *selection) {
  const struct device_request *request = selection->request;
  struct list picks = {0};
  int first = DAVIT_OK;
  for (size_t i = 0; i < request->device_count; i++) { /* all of them: every mistake at once */
    int rc = choose_named(selection, &request->devices[i], &picks);
    if (rc == DAVIT_E_MEMORY)
      return rc;
    if (first == DAVIT_OK)
      first = rc;
  }
  if (first < 0)
    return first;
  size_t count = chosen_count(selection);
  if (request->count > 0 && request->count != count)
    return error_add_at(selection->err, DAVIT_E_INVALID, "gpu.count", &request->count_at,
                        "leave count out, or make both say the same",
                        "count is %u, but the devices named are %zu", request->count, count);
  return DAVIT_OK;
}

int select_devices(struct arena *arena, const struct inventory *inventory,
                   const struct device_request *request, const struct davit_device *const **chosen,
                   struct davit_error *err) {
  static const struct davit_device *const none[] = {NULL};
  struct selection selection = {.arena = arena,
                                .devices = inventory->devices ? inventory->devices : none,
                                .request = request,
                                .err = err};
  int rc = request->device_count > 0 ? choose_names(&selection) : choose_count(&selection);
  if (rc < 0)
    return rc;
  *chosen = (const struct davit_device *const *)selection.chosen.items;
  return DAVIT_OK;
}
