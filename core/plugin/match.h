/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices a name means: index, UUID, PCI address, CDI name, alias. */
#ifndef DAVIT_PLUGIN_MATCH_H
#define DAVIT_PLUGIN_MATCH_H

#include <stdbool.h>

#include "davit/plugin.h"
#include "util/arena.h"
#include "util/list.h"

/* Adds the devices that the name means to `matches`. A fully qualified CDI name is looked up in its
 * kind; else the first reading that fits any device decides: id, alias, index, UUID, unique start
 * of a UUID (8 hex digits or more), PCI address in any spelling. More than one match: the name does
 * not tell them apart. False: out of memory. */
bool match_devices(struct arena *arena, const struct davit_device *const *devices, const char *name,
                   struct list *matches) MUST_CHECK;

/* The text has characters that are special in shell patterns; names have none. */
bool text_is_pattern(const char *text);
/* The pattern without these, which may be near to a name. NULL: out of memory. */
const char *pattern_letters(struct arena *arena, const char *pattern);
/* Adds the devices whose full name fits, as in glob(7): no "*" stands for a "/". False: out of
 * memory. (pattern.c) */
bool match_pattern(struct arena *arena, const struct davit_device *const *devices,
                   const char *pattern, struct list *matches) MUST_CHECK;

/* The device is called so: "nvidia.com/gpu=0". NULL: out of memory. */
const char *device_qualified_name(struct arena *arena, const struct davit_device *device);

/* "vendor/class=name" is the form of a fully qualified CDI name. */
bool name_is_qualified(const char *name);

bool devices_have_common_node(const struct davit_device *a, const struct davit_device *b);

/* The two are one thing under two names: one of them is an alias and they have a node in common. */
bool devices_overlap(const struct davit_device *a, const struct davit_device *b);

#endif
