/* SPDX-License-Identifier: Apache-2.0 */
/* PCI functions that compute or display, by /sys/bus/pci/devices. */
#ifndef DAVIT_PLUGINS_COMMON_PCI_H
#define DAVIT_PLUGINS_COMMON_PCI_H

#include <stdbool.h>

#include "davit/plugin.h"

struct pci_address {
  uint32_t domain; /* four hex digits are usual, VMD and some clouds have five */
  uint32_t bus;
  uint32_t device;
  uint32_t function;
};

/* The whole text is DOMAIN:BUS:DEVICE.FUNCTION, in any case and with 1 to 8 digits of domain. */
bool pci_parse(const char *text, struct pci_address *address);
/* As sysfs prints it; NULL without memory. */
const char *pci_format(const struct davit_host *h, const struct pci_address *address);
/* By number: below, at or above zero. */
int pci_compare(const struct pci_address *a, const struct pci_address *b);

struct pci_function {
  struct pci_address at;
  const char *name;   /* as sysfs spells the address */
  const char *dir;    /* its directory in sysfs */
  const char *driver; /* bound to it; NULL: none */
  uint32_t vendor;
  uint32_t class_code; /* base class, subclass, interface: 0x030200 */
  bool has_numa;
  uint32_t numa_node;
};

/* Of display class (0x03....), not merely an accelerator (0x1200..). */
bool pci_is_display(const struct pci_function *function);

/* The vendor's display functions and processing accelerators in the order of their addresses: a
 * list ended by NULL. A host without PCI has none. */
int pci_list(const struct davit_host *h, uint32_t vendor,
             const struct pci_function *const **functions);

/* A device with what its PCI function tells: kind, vendor, address, driver, NUMA node; its id is
 * the address. */
struct davit_device pci_device(const struct pci_function *function, const char *kind,
                               const char *vendor);

/* Why a function is not for a container when it is not bound to one of its vendor's `drivers`
 * (list); *reason is NULL if it is. */
int pci_unbound_reason(const struct davit_host *h, const struct pci_function *function,
                       const char *const *drivers, const char **reason);

#endif
