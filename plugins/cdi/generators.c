/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/generators.h"

#include <string.h>

#include "util/attributes.h"

const char *generator_command(const char *kind) {
  static const struct {
    const char *kind, *command;
  } known[] = {{"nvidia.com/gpu", "nvidia-ctk cdi generate"},
               {"amd.com/gpu", "amd-ctk cdi generate"}};
  for (size_t i = 0; i < ARRAY_LEN(known); i++)
    if (strcmp(kind, known[i].kind) == 0)
      return known[i].command;
  return NULL;
}
