/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAVIT_UTIL_IO_H
#define DAVIT_UTIL_IO_H

#include <stddef.h>

#include "util/attributes.h"

/* Writes everything, or answers -1 with errno set. */
int write_all(int fd, const char *data, size_t size) MUST_CHECK;

#endif
