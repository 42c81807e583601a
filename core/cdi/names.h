/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the CDI format: versions, kinds, device names, hooks, permissions. */
#ifndef DAVIT_CDI_NAMES_H
#define DAVIT_CDI_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* The versions of the format in their order; the first two are known and too old. */
enum cdi_version {
  CDI_0_1_0,
  CDI_0_2_0,
  CDI_0_3_0,
  CDI_0_4_0,
  CDI_0_5_0,
  CDI_0_6_0,
  CDI_0_7_0,
  CDI_0_8_0,
  CDI_1_0_0,
  CDI_1_1_0,
  CDI_NO_VERSION
};

/* One "v" before the number is fine. CDI_NO_VERSION: none of the format's. */
enum cdi_version version_parse(const char *text);
const char *version_text(enum cdi_version version);

/* "vendor/class=name" is cut at the first "=", and before it at the first "/". */
struct name_parts {
  size_t vendor, class; /* their lengths */
  const char *name;
};

/* False: a part is missing. Whether the parts are good is not asked. */
bool name_split(const char *text, struct name_parts *parts);
/* NULL: the text is the name of a device in full; else what is wrong with it. */
const char *name_problem(const char *text);

/* NULL: the text is "vendor/class" by the format's grammar; else what is wrong with it. */
const char *kind_problem(const char *kind);
/* The same for the name of a device. */
const char *device_name_problem(const char *name);

/* "GPU-..." and "MIG-..." with the 32 hex digits of a UUID. */
bool name_is_uuid(const char *name);

extern const char *const hook_names[]; /* list */

/* Letters r, w and m in any order and number, "none" or nothing. */
bool permissions_are_known(const char *text);
/* cgroup access: each letter once, in the order "rwm". */
const char *permissions_access(const char *text, char access[4]);

#endif
