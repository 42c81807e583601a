/* SPDX-License-Identifier: Apache-2.0 */
/* Short texts of /proc and /sys, read through davit's file table. An attribute that is not there or
 * can not be read is an absent one: *text is NULL and the answer DAVIT_OK, so that one odd file
 * does not hide a device. */
#ifndef DAVIT_PLUGINS_COMMON_READ_H
#define DAVIT_PLUGINS_COMMON_READ_H

#include <stdbool.h>

#include "davit/plugin.h"

/* The whole text is digits of the base, no sign, no blanks, and at most `max`. *value is written on
 * success only. */
bool number_parse(const char *text, int base, uint64_t max, uint64_t *value);

/* "gi7" for the prefix "gi": the number behind it, without leading zeros, at most `max`. */
bool name_number(const char *name, const char *prefix, uint64_t max, uint64_t *number);

/* Absolute, and without empty, "." and ".." components. */
bool path_is_plain(const char *path);

/* The whole file; "" if empty. */
int read_text(const struct davit_host *h, const char *path, const char **text);
/* The first line of a file in a directory, without blanks at its ends. */
int read_attribute(const struct davit_host *h, const char *dir, const char *name,
                   const char **text);
/* An attribute that is a number: `absent` if it is not there or is none. */
int read_number(const struct davit_host *h, const char *dir, const char *name, int base,
                uint64_t absent, uint64_t *value);
/* The last component of where a link in a directory leads: sysfs' way to name a driver. */
int read_link_name(const struct davit_host *h, const char *dir, const char *name,
                   const char **target);
/* The names in a directory; *names is an empty list if it is not there. */
int read_dir(const struct davit_host *h, const char *dir, const char *const **names);

/* The value of a "key: value" line (or "key value", with a blank as separator) of a text, without
 * blanks at its ends; NULL if there is no such line. DAVIT_E_MEMORY is the only failure. */
int text_field(const struct davit_host *h, const char *text, const char *key, char separator,
               const char **value);

/* What is at a path. *type is DAVIT_FILE_OTHER if nothing is there. */
int path_type(const struct davit_host *h, const char *path, uint32_t *type);

#endif
