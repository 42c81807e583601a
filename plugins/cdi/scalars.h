/* SPDX-License-Identifier: Apache-2.0 */
/* Scalars as the readers of CDI take them: by YAML 1.1, in which 010 is eight, 1_000 a number and
 * yes is true, and printed anew where the field is a text. */
#ifndef DAVIT_CDI_SCALARS_H
#define DAVIT_CDI_SCALARS_H

#include "doc/doc.h"

bool is_absent(const struct doc_node *node); /* not there, or null */

/* The scalar's text for a field of texts, which differs from what is written for 010 or yes. NULL:
 * out of memory. */
const char *scalar_text(struct arena *arena, const struct doc_node *node);
/* A plain whole number that fits: also 1.0 and 1e3. */
bool scalar_number(const struct doc_node *node, int64_t *number);
/* A plain true, yes, on, ... */
bool scalar_bool(const struct doc_node *node, bool *truth);

bool scalar_is_binary(const struct doc_node *node);
/* What base64 stands for; *text NULL: it is none, or stands for no text. False: out of memory. */
bool scalar_decode(struct arena *arena, const struct doc_node *node, const char **text) MUST_CHECK;

#endif
