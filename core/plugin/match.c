/* SPDX-License-Identifier: Apache-2.0 */
/* The readings of a device name, from the most to the least literal. */
#include "plugin/match.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "util/text.h"

enum {
  UUID_PREFIX_DIGITS = 8 /* fewer would match by accident */
};

bool name_is_qualified(const char *name) {
  const char *equals = strchr(name, '=');
  const char *slash = strchr(name, '/');
  return equals && slash && slash != name && slash + 1 < equals && equals[1];
}

const char *device_qualified_name(struct arena *arena, const struct davit_device *device) {
  return arena_printf(arena, "%s=%s", device->kind, device->id);
}

static bool is_id(const struct davit_device *device, const char *name) {
  return strcmp(device->id, name) == 0;
}

static bool is_alias(const struct davit_device *device, const char *name) {
  return strings_contain(device->aliases, name);
}

/* "nvidia.com/gpu=0": kinds hold no "=", names may. */
static bool is_qualified(const struct davit_device *device, const char *name) {
  size_t kind = strcspn(name, "=");
  if (strlen(device->kind) != kind || strncmp(device->kind, name, kind) != 0)
    return false;
  return is_id(device, name + kind + 1) || is_alias(device, name + kind + 1);
}

/* The readings below are facts of a device, not names of it: an alias has none of its own. */
static bool is_index(const struct davit_device *device, const char *name) {
  uint32_t index;
  return (device->flags & DAVIT_DEVICE_INDEX) && !(device->flags & DAVIT_DEVICE_ALIAS) &&
         text_to_u32(name, 10, &index) && index == device->index;
}

static bool is_uuid(const struct davit_device *device, const char *name) {
  return device->uuid && !(device->flags & DAVIT_DEVICE_ALIAS) &&
         strcasecmp(device->uuid, name) == 0;
}

/* Behind the "GPU-" or "MIG-" that the vendors' tools print there are hex digits and dashes. */
static bool is_uuid_start(const struct davit_device *device, const char *name) {
  if (!device->uuid || (device->flags & DAVIT_DEVICE_ALIAS) ||
      strncasecmp(device->uuid, name, strlen(name)) != 0)
    return false;
  if (strncasecmp(name, "GPU-", 4) == 0 || strncasecmp(name, "MIG-", 4) == 0)
    name += 4;
  size_t digits = 0;
  for (; *name; name++) {
    if (isxdigit((unsigned char)*name))
      digits++;
    else if (*name != '-')
      return false;
  }
  return digits >= UUID_PREFIX_DIGITS;
}

struct pci_address {
  uint32_t domain, bus, device, function;
};

static bool read_hex(const char **text, size_t most, uint32_t *number) {
  char digits[9];
  size_t length = strspn(*text, "0123456789abcdefABCDEF");
  if (length == 0 || length > most || length >= sizeof(digits))
    return false;
  memcpy(digits, *text, length);
  digits[length] = '\0';
  *text += length;
  return text_to_u32(digits, 16, number);
}

/* "0000:1b:00.0" (sysfs; the domain may be wider), "00000000:1B:00.0" (NVML), "1b:00.0" (lspci). */
static bool read_pci_address(const char *text, struct pci_address *address) {
  struct pci_address read = {0};
  const char *colon = strchr(text, ':');
  if (colon && strchr(colon + 1, ':')) {
    if (!read_hex(&text, 8, &read.domain) || *text++ != ':')
      return false;
  }
  if (!read_hex(&text, 2, &read.bus) || *text++ != ':' || !read_hex(&text, 2, &read.device) ||
      *text++ != '.' || !read_hex(&text, 1, &read.function) || *text)
    return false;
  *address = read;
  return true;
}

static bool is_pci_address(const struct davit_device *device, const char *name) {
  struct pci_address own, asked;
  return device->pci_address && !(device->flags & DAVIT_DEVICE_ALIAS) &&
         read_pci_address(name, &asked) && read_pci_address(device->pci_address, &own) &&
         own.domain == asked.domain && own.bus == asked.bus && own.device == asked.device &&
         own.function == asked.function;
}

/* A part lies at its whole's address, which means the whole. */
static bool is_whole_at_pci_address(const struct davit_device *device, const char *name) {
  return !device->parent && is_pci_address(device, name);
}

typedef bool reading(const struct davit_device *device, const char *name);

static bool collect(struct arena *arena, const struct davit_device *const *devices,
                    const char *name, reading *fits, struct list *matches) {
  for (; *devices; devices++)
    if (fits(*devices, name) && !list_push(arena, matches, *devices))
      return false;
  return true;
}

bool match_devices(struct arena *arena, const struct davit_device *const *devices, const char *name,
                   struct list *matches) {
  static reading *const readings[] = {
      is_id, is_alias, is_index, is_uuid, is_uuid_start, is_whole_at_pci_address, is_pci_address};
  if (name_is_qualified(name))
    return collect(arena, devices, name, is_qualified, matches);
  for (size_t i = 0; i < ARRAY_LEN(readings) && matches->count == 0; i++)
    if (!collect(arena, devices, name, readings[i], matches))
      return false;
  return true;
}

bool devices_have_common_node(const struct davit_device *a, const struct davit_device *b) {
  for (const char *const *node = a->nodes; node && *node; node++)
    if (strings_contain(b->nodes, *node))
      return true;
  return false;
}

bool devices_overlap(const struct davit_device *a, const struct davit_device *b) {
  return ((a->flags | b->flags) & DAVIT_DEVICE_ALIAS) && devices_have_common_node(a, b);
}
