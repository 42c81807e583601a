/* SPDX-License-Identifier: Apache-2.0 */
/* For which machines an image is, in the words of the OCI specifications (those of Go). */
#ifndef DAVIT_IMAGE_PLATFORM_H
#define DAVIT_IMAGE_PLATFORM_H

#include "util/attributes.h"

struct image_platform {
  const char *os; /* NULL: not said; so are the others */
  const char *architecture;
  const char *variant;
};

/* The platform of a Linux machine, from the name that uname(2) has for it. */
struct image_platform image_platform_of(const char *machine);

/* How well an image for `is` suits the machine `wanted`: the larger the better, 0: it does not run
 * there. What is not said suits worse than what is said and right. */
unsigned image_platform_rank(const struct image_platform *wanted, const struct image_platform *is);

/* "linux/arm/v7", "unknown platform". NULL: out of memory. */
struct arena;
const char *image_platform_text(struct arena *arena, const struct image_platform *platform);

#endif
