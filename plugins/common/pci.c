/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pci.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/read.h"

#define PCI_DEVICES "/sys/bus/pci/devices"

/* One hex number and the character behind it. */
static bool take_hex(const char **text, size_t max_digits, char end, uint32_t *value) {
  uint32_t number = 0;
  size_t digits = 0;
  for (; isxdigit((unsigned char)**text) && digits < max_digits; digits++, (*text)++) {
    unsigned char c = (unsigned char)**text;
    number = number * 16 + (uint32_t)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
  }
  if (digits == 0 || **text != end)
    return false;
  *text += end != '\0';
  *value = number;
  return true;
}

bool pci_parse(const char *text, struct pci_address *address) {
  struct pci_address at;
  if (!take_hex(&text, 8, ':', &at.domain) || !take_hex(&text, 2, ':', &at.bus) ||
      !take_hex(&text, 2, '.', &at.device) || !take_hex(&text, 1, '\0', &at.function) ||
      at.device > 0x1f || at.function > 7)
    return false;
  *address = at;
  return true;
}

const char *pci_format(const struct davit_host *h, const struct pci_address *address) {
  return h->format(h, "%04x:%02x:%02x.%x", address->domain, address->bus, address->device,
                   address->function);
}

int pci_compare(const struct pci_address *a, const struct pci_address *b) {
  const uint32_t as[] = {a->domain, a->bus, a->device, a->function};
  const uint32_t bs[] = {b->domain, b->bus, b->device, b->function};
  for (size_t i = 0; i < sizeof(as) / sizeof(as[0]); i++)
    if (as[i] != bs[i])
      return as[i] < bs[i] ? -1 : 1;
  return 0;
}

static int by_address(const void *a, const void *b) {
  const struct pci_function *const *left = a, *const *right = b;
  return pci_compare(&(*left)->at, &(*right)->at);
}

bool pci_is_display(const struct pci_function *function) {
  return function->class_code >> 16 == 0x03;
}

/* The last eight bits are a programming interface, which says nothing here. */
static bool computes_or_displays(uint64_t class_code) {
  return class_code >> 16 == 0x03 || class_code >> 8 == 0x1200;
}

/* *function stays NULL if it is another vendor's or of another class. */
static int read_function(const struct davit_host *h, const char *name, uint32_t vendor,
                         const struct pci_function **function) {
  struct pci_address at;
  if (!pci_parse(name, &at))
    return DAVIT_OK;
  const char *dir = h->format(h, PCI_DEVICES "/%s", name);
  uint64_t is_vendor, class_code;
  int rc = dir ? read_number(h, dir, "vendor", 16, 0, &is_vendor) : DAVIT_E_MEMORY;
  if (rc < 0 || is_vendor != vendor)
    return rc;
  rc = read_number(h, dir, "class", 16, 0, &class_code);
  if (rc < 0 || !computes_or_displays(class_code))
    return rc;

  struct pci_function *found = h->scratch(h, sizeof(*found));
  uint64_t numa_node;
  if (!found)
    return DAVIT_E_MEMORY;
  if ((rc = read_link_name(h, dir, "driver", &found->driver)) < 0 ||
      (rc = read_number(h, dir, "numa_node", 10, UINT64_MAX, &numa_node)) < 0) /* "-1": none */
    return rc;
  found->at = at;
  found->name = name;
  found->dir = dir;
  found->vendor = vendor;
  found->class_code = (uint32_t)class_code;
  found->has_numa = numa_node <= UINT32_MAX;
  found->numa_node = found->has_numa ? (uint32_t)numa_node : 0;
  *function = found;
  return DAVIT_OK;
}

int pci_list(const struct davit_host *h, uint32_t vendor,
             const struct pci_function *const **functions) {
  const char *const *names;
  int rc = read_dir(h, PCI_DEVICES, &names);
  if (rc < 0)
    return rc;
  size_t count = 0;
  while (names[count])
    count++;
  const struct pci_function **list = h->scratch(h, (count + 1) * sizeof(struct pci_function *));
  if (!list)
    return DAVIT_E_MEMORY;
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    if ((rc = read_function(h, names[i], vendor, &list[found])) < 0)
      return rc;
    found += list[found] != NULL;
  }
  qsort(list, found, sizeof(struct pci_function *), by_address);
  *functions = list;
  return DAVIT_OK;
}

struct davit_device pci_device(const struct pci_function *function, const char *kind,
                               const char *vendor) {
  return (struct davit_device){
      DAVIT_SIZED(struct davit_device),
      .flags = function->has_numa ? DAVIT_DEVICE_NUMA : 0,
      .numa_node = function->numa_node,
      .id = function->name,
      .kind = kind,
      .vendor = vendor,
      .pci_address = function->name,
      .driver = function->driver,
  };
}

int pci_unbound_reason(const struct davit_host *h, const struct pci_function *function,
                       const char *const *drivers, const char **reason) {
  *reason = NULL;
  if (!function->driver) {
    *reason = h->format(h, "no driver is bound to it; modprobe %s", drivers[0]);
    return *reason ? DAVIT_OK : DAVIT_E_MEMORY;
  }
  for (size_t i = 0; drivers[i]; i++)
    if (strcmp(function->driver, drivers[i]) == 0)
      return DAVIT_OK;
  *reason = h->format(h, "bound to %s", function->driver);
  return *reason ? DAVIT_OK : DAVIT_E_MEMORY;
}
