/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: reading a seccomp profile, with the place of whatever is wrong in it. */
#ifndef DAVIT_OCI_SECCOMP_PROFILE_H
#define DAVIT_OCI_SECCOMP_PROFILE_H

#include "doc/doc.h"
#include "oci/json_tree.h"
#include "oci/oci.h"

struct profile {
  struct arena *arena;
  struct davit_error *err;
  uint64_t capabilities; /* of the container, as bits */
  const char *arch;      /* of the host as conditions name it: "amd64"; NULL: not known */
  const char *scmp_arch; /* and as libseccomp does: "SCMP_ARCH_X86_64" */
  uint32_t kernel[2];    /* 6, 1 */
};

/* Adds a problem at the node and answers DAVIT_E_INVALID. */
int profile_fail(struct profile *profile, const struct doc_node *node, const char *hint,
                 const char *format, ...) PRINTF_LIKE(4, 5);

/* The readers: an absent or null value is NULL, and no problem. */
const struct doc_node *profile_get(const struct doc_node *mapping, const char *key);
int profile_check_keys(struct profile *profile, const struct doc_node *node,
                       const char *const *keys) MUST_CHECK;
/* One of the words; NULL: any text. */
int profile_text(struct profile *profile, const struct doc_node *node, const char *const *words,
                 const char **text) MUST_CHECK;
int profile_number(struct profile *profile, const struct doc_node *node, uint64_t most,
                   uint64_t *number) MUST_CHECK;
/* A list of the words (NULL: any texts); *list is NULL if there are none. */
int profile_texts(struct profile *profile, const struct doc_node *node, const char *const *words,
                  cJSON **list) MUST_CHECK;
/* Checks that it is a list; an absent one counts 0. */
int profile_list(struct profile *profile, const struct doc_node *node, size_t *count) MUST_CHECK;
/* The number or the name of an errno; *number is NULL if neither is given. */
int profile_errno(struct profile *profile, const struct doc_node *digits,
                  const struct doc_node *name, cJSON **number) MUST_CHECK;

/* Whether a rule's "includes" and "excludes" hold here. */
int profile_applies(struct profile *profile, const struct doc_node *rule, bool *applies) MUST_CHECK;

#endif
