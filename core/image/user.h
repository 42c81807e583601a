/* SPDX-License-Identifier: Apache-2.0 */
/* Users of a container's root file system: /etc/passwd and /etc/group, read without ever leaving
 * it. */
#ifndef DAVIT_IMAGE_USER_H
#define DAVIT_IMAGE_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/host.h"

struct image_user {
  bool known; /* has an entry in /etc/passwd */
  uint32_t uid;
  uint32_t gid;
  const char *home;       /* NULL: the entry names none */
  const uint32_t *groups; /* those of /etc/group that list the user's name */
  size_t group_count;
};

/* The first entry of that uid. A rootfs without these files knows nobody; malformed lines are
 * passed over, as libc does. */
int image_find_user(struct arena *arena, const struct host *rootfs, uint32_t uid,
                    struct image_user *user, struct davit_error *err) MUST_CHECK;

/* "USER" or "USER:GROUP", each a number or a name of the rootfs (NULL: no name is known). A user
 * alone brings the groups of his entries; one that is only a number and has no entry is in group 0.
 * A group that is given is the only one. "process.user" at `at`: not of this form, a name that
 * is not there, or an id above HIGHEST_ID; a name never turns into root. */
int image_resolve_user(struct arena *arena, const struct host *rootfs, const char *text,
                       const struct where *at, struct image_user *user,
                       struct davit_error *err) MUST_CHECK;
/* The same for one group alone. */
int image_resolve_group(struct arena *arena, const struct host *rootfs, const char *text,
                        const struct where *at, uint32_t *gid, struct davit_error *err) MUST_CHECK;

#endif
