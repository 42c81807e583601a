/* SPDX-License-Identifier: Apache-2.0 */
/* Which directory is a container's root. */
#include "api/session.h"

#include <string.h>

#include "bundle/bundle.h"

const char *given_rootfs(const struct session *session, const struct service *service) {
  for (size_t i = session->service_rootfs.count; i > 0; i--) {
    const struct service_rootfs *rootfs = session->service_rootfs.items[i - 1];
    if (strcmp(rootfs->service, service->name) == 0)
      return rootfs->dir;
  }
  return session->rootfs;
}

int find_rootfs(struct session *session, const struct service *service, struct rootfs *rootfs,
                struct davit_error *err) {
  const char *given = given_rootfs(session, service), *real = NULL;
  int answer = given ? real_path(session, given, "rootfs.missing", &real, err) : DAVIT_OK;
  if (answer == DAVIT_OK)
    *rootfs = (struct rootfs){.path = real, .lookup = real};
  return answer;
}

int choose_rootfs(struct session *session, const struct service *service, const char *dir,
                  struct rootfs *rootfs, struct davit_error *err) {
  struct bundle_state state;
  int answer = bundle_inspect(dir, &state, err);
  if (answer < 0)
    return answer;
  const char *own = NULL;
  if (state.has_real_rootfs) {
    const char *path = arena_printf(&session->arena, "%s/rootfs", dir);
    if (!path)
      return error_memory(err);
    answer = real_path(session, path, "rootfs.missing", &own, err);
  }
  const char *asked = given_rootfs(session, service), *given = NULL;
  if (answer == DAVIT_OK && asked)
    answer = real_path(session, asked, "rootfs.missing", &given, err);
  if (answer < 0)
    return answer;
  if (!given && !own)
    return error_add(err, DAVIT_E_NOT_FOUND, "rootfs.missing",
                     "give --rootfs DIR, or unpack the image into that directory",
                     "no root file system: there is no directory %s/rootfs", dir);
  if (given && own && strcmp(given, own) == 0)
    given = NULL;
  *rootfs = (struct rootfs){.path = given, .lookup = given ? given : own};
  return DAVIT_OK;
}
