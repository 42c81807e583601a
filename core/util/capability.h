/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the kernel's capabilities. */
#ifndef DAVIT_UTIL_CAPABILITY_H
#define DAVIT_UTIL_CAPABILITY_H

#include <stdbool.h>
#include <stdint.h>

/* "CAP_CHOWN" for 0; NULL past the last that is known here. */
const char *capability_name(uint32_t number);
/* The number of a name in any case, with or without "CAP_". */
bool capability_number(const char *name, uint32_t *number);
/* The name without "CAP_", if it has that, in any case. */
const char *capability_stem(const char *name);

#endif
