/* SPDX-License-Identifier: Apache-2.0 */
/* Where libraries may lie below a driver's root. */
#ifndef DAVIT_PLUGINS_NVIDIA_DIRECTORIES_H
#define DAVIT_PLUGINS_NVIDIA_DIRECTORIES_H

#include "nvidia/driver.h"

/* The usual directories of the distributions for libraries of that kind, then those that the
 * loader's cache names for the driver's; each once, by its path without links. */
int directories_find(const struct driver *driver, struct elf_kind kind, const char *const **dirs);

#endif
