/* SPDX-License-Identifier: Apache-2.0 */
/* The text that stands for a device node in a fixture host: "c MAJOR:MINOR MODE [UID:GID]". */
#ifndef DAVIT_HOST_NODE_H
#define DAVIT_HOST_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "davit/plugin.h"

enum {
  NODE_MAX_TEXT = 64 /* the longest line is shorter */
};

/* True if the text is that of a node. Only then type, mode, owner and numbers are set in *st. */
bool node_parse(const char *text, size_t size, struct davit_stat *st);

#endif
