/* SPDX-License-Identifier: Apache-2.0 */
/* enumerate(): deep copies of the devices, and the promises about them checked. */
#include "plugin/instance_state.h"

#include <string.h>

#include "plugin/sized.h"
#include "util/list.h"

enum {
  MOST_DEVICES = 16384,
  MOST_NODES = 4096,   /* of a device; those of two devices are compared */
  MOST_ABSENCES = 128, /* more would be noise */
  MOST_GENERATIONS = 8 /* whole device, part, part of a part */
};

static const char ask_vendor[] = "ask whoever made the plugin for one that keeps the plugin ABI";

struct collector {
  struct davit_devices api; /* first: what the plugin hands back is this struct's address */
  struct instance *instance;
  struct arena *arena;
  struct list devices;
  struct list *absences;
  struct map by_name;        /* "kind=id" -> device */
  struct map by_id;          /* id -> the device of that id that came last */
  struct davit_error broken; /* the first promise broken */
};

static int break_promise(struct collector *collector, const char *format, ...) PRINTF_LIKE(2, 3);

/* Answers the plugin, and makes the enumeration fail even if it does not care. */
static int break_promise(struct collector *collector, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const char *text = instance_message(collector->instance, format, args);
  va_end(args);
  if (collector->broken.first)
    return DAVIT_E_INVALID;
  if (!text)
    return error_memory(&collector->broken);
  return error_add(&collector->broken, DAVIT_E_INVALID, "plugin.broken-promise", ask_vendor,
                   "plugin %s: %s", collector->instance->plugin->name, text);
}

static int out_of_memory(struct collector *collector) {
  return error_memory(&collector->broken);
}

static int copy_text(struct collector *collector, const char **text) {
  if (!*text)
    return DAVIT_OK;
  size_t length = strnlen(*text, PLUGIN_TEXT_MAX + 1);
  if (length > PLUGIN_TEXT_MAX)
    return break_promise(collector, "a text of a device is longer than %d bytes: %.64s ...",
                         PLUGIN_TEXT_MAX, *text);
  *text = arena_strndup(collector->arena, *text, length);
  return *text ? DAVIT_OK : out_of_memory(collector);
}

static int copy_list(struct collector *collector, const char *const **texts, size_t count) {
  const char **copies = arena_array(collector->arena, count + 1, sizeof(*copies));
  if (!copies)
    return out_of_memory(collector);
  for (size_t i = 0; i < count; i++) {
    copies[i] = (*texts)[i];
    int answer = copy_text(collector, &copies[i]);
    if (answer < 0)
      return answer;
  }
  *texts = copies;
  return DAVIT_OK;
}

static int copy_texts(struct collector *collector, const char *const **texts) {
  if (!*texts)
    return DAVIT_OK;
  size_t count = 0;
  while ((*texts)[count])
    if (++count > PLUGIN_LIST_MAX)
      return break_promise(collector, "a list of a device has more than %d entries",
                           PLUGIN_LIST_MAX);
  return copy_list(collector, texts, count);
}

/* How many nodes a device has is the host's doing, and no promise of the plugin's. */
static int copy_nodes(struct collector *collector, struct davit_device *device) {
  size_t count = 0;
  if (!device->nodes)
    return DAVIT_OK;
  while (device->nodes[count] && count <= MOST_NODES)
    count++;
  if (count <= MOST_NODES)
    return copy_list(collector, &device->nodes, count);
  device->nodes = NULL;
  if (!device->unusable)
    device->unusable = arena_printf(collector->arena, "it has more than %d nodes", MOST_NODES);
  return device->unusable ? DAVIT_OK : out_of_memory(collector);
}

static int copy_members(struct collector *collector, struct davit_device *device) {
  const char **texts[] = {
      &device->id,          &device->kind,    &device->vendor,   &device->uuid,
      &device->pci_address, &device->model,   &device->driver,   &device->driver_version,
      &device->parent,      &device->profile, &device->unusable, &device->file,
  };
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < ARRAY_LEN(texts); i++)
    answer = copy_text(collector, texts[i]);
  if (answer == DAVIT_OK)
    answer = copy_texts(collector, &device->aliases);
  return answer == DAVIT_OK ? copy_nodes(collector, device) : answer;
}

static bool is_absent(const char *text) {
  return !text || text[0] == '\0';
}

static int add_device(struct collector *collector, const struct davit_device *device) {
  const char *name = arena_printf(collector->arena, "%s=%s", device->kind, device->id);
  if (!name)
    return out_of_memory(collector);
  if (map_find(&collector->by_name, name))
    return break_promise(collector, "device \"%.128s\" is there twice", name);
  void *value = (void *)(uintptr_t)device;
  if (!map_put(collector->arena, &collector->by_name, name, value) ||
      !map_put(collector->arena, &collector->by_id, device->id, value) ||
      !list_push(collector->arena, &collector->devices, device))
    return out_of_memory(collector);
  return DAVIT_OK;
}

static int answer_add(const struct davit_devices *out, const struct davit_device *given) {
  struct collector *collector = (struct collector *)(uintptr_t)out;
  size_t number = collector->devices.count + 1;
  if (!given)
    return break_promise(collector, "device %zu is NULL", number);
  if (number > MOST_DEVICES)
    return break_promise(collector, "there are more than %d devices", MOST_DEVICES);
  struct davit_device *device = arena_alloc(collector->arena, sizeof(*device));
  if (!device)
    return out_of_memory(collector);
  if (!sized_take(device, sizeof(*device), given))
    return break_promise(collector, "device %zu has the impossible size %u", number,
                         given->struct_size);
  if (device->flags & DAVIT_FLAGS_CRITICAL)
    return error_add(instance_callback_error(collector->instance), DAVIT_E_UNSUPPORTED,
                     "plugin.unsupported", "install a newer davit",
                     "device %zu has flags that this davit does not know: 0x%08x", number,
                     device->flags & DAVIT_FLAGS_CRITICAL);
  if (is_absent(device->id))
    return break_promise(collector, "device %zu has no id", number);
  if (is_absent(device->kind))
    return break_promise(collector, "device \"%.128s\" has no kind", device->id);
  int answer = copy_members(collector, device);
  return answer < 0 ? answer : add_device(collector, device);
}

/* A text for a message: in one line, nothing that a terminal would obey. */
static int keep_message(struct collector *collector, const char **text) {
  if (!*text)
    return DAVIT_OK;
  *text = instance_text(collector->instance, "%s", *text);
  return *text ? copy_text(collector, text) : out_of_memory(collector);
}

static int answer_absent(const struct davit_devices *out, const char *name,
                         const struct davit_place *place, const char *remedy, const char *text) {
  struct collector *collector = (struct collector *)(uintptr_t)out;
  struct davit_place own = {0};
  if (!text)
    return break_promise(collector, "a name is absent without a reason");
  if (collector->absences->count == MOST_ABSENCES)
    return DAVIT_OK;
  if (place && !sized_take(&own, sizeof(own), place))
    return break_promise(collector, "the place of an absent name has an impossible size");
  struct absence *absence = arena_alloc(collector->arena, sizeof(*absence));
  if (!absence)
    return out_of_memory(collector);
  *absence = (struct absence){
      name, {own.file, own.file ? own.line : 0, own.file ? own.column : 0, own.key}, text, remedy};
  const char **texts[] = {&absence->at.file, &absence->at.key, &absence->text, &absence->remedy};
  int answer = copy_text(collector, &absence->name);
  for (size_t i = 0; answer == DAVIT_OK && i < ARRAY_LEN(texts); i++)
    answer = keep_message(collector, texts[i]);
  if (answer < 0)
    return answer;
  return list_push(collector->arena, collector->absences, absence) ? DAVIT_OK
                                                                   : out_of_memory(collector);
}

static const struct davit_device *parent_of(const struct collector *collector,
                                            const struct davit_device *part) {
  const char *name = arena_printf(collector->arena, "%s=%s", part->kind, part->parent);
  void **parent = name ? map_find(&collector->by_name, name) : NULL;
  if (!parent)
    parent = map_find(&collector->by_id, part->parent);
  return parent ? *parent : NULL;
}

static int check_parents(struct collector *collector) {
  for (size_t i = 0; i < collector->devices.count; i++) {
    const struct davit_device *device = collector->devices.items[i];
    for (int generation = 0; device->parent; generation++) {
      if (generation == MOST_GENERATIONS)
        return break_promise(collector, "device \"%.128s\" is a part of itself", device->id);
      const struct davit_device *parent = parent_of(collector, device);
      if (!parent)
        return break_promise(collector,
                             "device \"%.128s\" is a part of \"%.128s\", which is not there",
                             device->id, device->parent);
      device = parent;
    }
  }
  return DAVIT_OK;
}

int instance_enumerate(struct instance *instance, struct arena *arena,
                       const struct davit_query *query, struct inventory *inventory,
                       struct davit_error *err) {
  static const struct davit_device *const none[] = {NULL};
  *inventory = (struct inventory){.devices = none};
  if (!instance->plugin->table.enumerate)
    return DAVIT_OK;

  struct collector collector = {
      .api = {DAVIT_SIZED(struct davit_devices), .add = answer_add, .absent = answer_absent},
      .instance = instance,
      .arena = arena,
      .absences = arena_alloc(arena, sizeof(struct list))};
  if (!collector.absences)
    return error_memory(err);
  int answer = instance->plugin->table.enumerate(instance->self, query, &collector.api);
  /* After a failure the rest, and so a parent, may be what is missing. */
  if (answer == DAVIT_OK && !collector.broken.first)
    (void)check_parents(&collector);
  struct davit_error reason = {0};
  int result = op_finish(instance, "enumerate", answer, &reason);
  if (collector.broken.first || answer > 0) {
    struct davit_error *cause = collector.broken.first ? &collector.broken : &reason;
    result = cause->first->answer;
    error_take(err, cause);
    error_clear(&reason);
    return result;
  }
  inventory->answer = result;
  inventory->broken = reason;
  inventory->absences = collector.absences;
  inventory->count = collector.devices.count;
  if (collector.devices.items)
    inventory->devices = (const struct davit_device *const *)collector.devices.items;
  return DAVIT_OK;
}

void inventory_clear(struct inventory *inventory) {
  error_clear(&inventory->broken);
}
