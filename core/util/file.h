/* SPDX-License-Identifier: Apache-2.0 */
/* A small file that davit makes for a container and keeps in its bundle: made in one room, written
 * in another. */
#ifndef DAVIT_UTIL_FILE_H
#define DAVIT_UTIL_FILE_H

#include <stddef.h>

struct made_file {
  const char *name; /* in davit's directory of the bundle, without "/" */
  const char *content;
  size_t size;
};

#endif
