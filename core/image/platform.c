/* SPDX-License-Identifier: Apache-2.0 */
#include "image/platform.h"

#include <stdbool.h>
#include <string.h>

#include "util/arena.h"
#include "util/text.h"

enum {
  UNSAID = 1, /* the rank of an image that does not say for which processors it is */
  LEVELS = 2  /* ranks from here on: the variant's level */
};

struct image_platform image_platform_of(const char *machine) {
  static const struct {
    const char *machine, *architecture, *variant;
  } known[] = {
      {"x86_64", "amd64", NULL},    {"aarch64", "arm64", "v8"},
      {"armv8l", "arm", "v8"},      {"armv7l", "arm", "v7"},
      {"armv6l", "arm", "v6"},      {"armv5tel", "arm", "v5"},
      {"i386", "386", NULL},        {"i486", "386", NULL},
      {"i586", "386", NULL},        {"i686", "386", NULL},
      {"ppc64le", "ppc64le", NULL}, {"s390x", "s390x", NULL},
      {"riscv64", "riscv64", NULL}, {"loongarch64", "loong64", NULL},
  };
  for (size_t i = 0; i < ARRAY_LEN(known); i++)
    if (strcmp(known[i].machine, machine) == 0)
      return (struct image_platform){"linux", known[i].architecture, known[i].variant};
  return (struct image_platform){"linux", machine, NULL};
}

/* The number of "v7"; `otherwise` if there is no variant, 0 if it is none of that form. */
static uint32_t level(const char *variant, uint32_t otherwise) {
  uint32_t number;
  if (!variant || !variant[0])
    return otherwise;
  return variant[0] == 'v' && text_to_u32(variant + 1, 10, &number) && number < 1000 ? number : 0;
}

/* The variant that an image means that names none, as the field's programs take it. */
static uint32_t usual_level(const char *architecture) {
  if (strcmp(architecture, "arm") == 0)
    return 7;
  return strcmp(architecture, "arm64") == 0 ? 8 : 1;
}

unsigned image_platform_rank(const struct image_platform *wanted, const struct image_platform *is) {
  if (is->os && strcmp(is->os, wanted->os) != 0)
    return 0;
  if (!is->architecture)
    return UNSAID;
  if (strcmp(is->architecture, wanted->architecture) != 0)
    return 0;
  /* Each level runs what was made for those below. What an amd64 processor has beyond the first
   * level is not asked: an image for more is not taken by itself. */
  uint32_t usual = usual_level(wanted->architecture);
  uint32_t has = level(is->variant, usual), most = level(wanted->variant, usual);
  return has > 0 && has <= most ? LEVELS + has : 0;
}

const char *image_platform_text(struct arena *arena, const struct image_platform *platform) {
  if (!platform->os && !platform->architecture)
    return "unknown platform";
  return arena_printf(arena, "%s/%s%s%s", platform->os ? platform->os : "?",
                      platform->architecture ? platform->architecture : "?",
                      platform->variant ? "/" : "", platform->variant ? platform->variant : "");
}
