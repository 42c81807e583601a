/* SPDX-License-Identifier: Apache-2.0 */
/* A cJSON tree as JSON text: strings with the fewest escapes of RFC 8259, raw items as they are. */
#ifndef DAVIT_OCI_JSON_OUT_H
#define DAVIT_OCI_JSON_OUT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/attributes.h"

enum json_form {
  JSON_PRETTY, /* two spaces a level, a newline at the end */
  JSON_COMPACT /* no blanks, no newline */
};

/* Every number of the tree is raw. False: out of memory. Freed with free(). */
bool json_print(const cJSON *item, enum json_form form, char **text, size_t *size) MUST_CHECK;

#endif
