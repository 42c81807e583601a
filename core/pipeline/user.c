/* SPDX-License-Identifier: Apache-2.0 */
/* As whom the process runs: the service's names and numbers, completed from the rootfs. */
#include "pipeline/stages.h"

#include "image/user.h"

static int add_groups(struct context *context, const struct image_user *user,
                      const struct oci_source *source, struct davit_error *err) {
  for (size_t i = 0; i < user->group_count; i++) {
    int answer = user->groups[i] == user->gid
                     ? DAVIT_OK
                     : oci_add_gid(context->oci, user->groups[i], source, err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}

static int add_extra_groups(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  for (size_t i = 0; i < service->extra_group_count; i++) {
    const struct service_text *group = &service->extra_groups[i];
    struct oci_source source = from_service(context, &group->at);
    struct where at = at_service(context, &group->at);
    uint32_t gid;
    int answer = image_resolve_group(context->arena, context->rootfs, group->text, &at, &gid, err);
    if (answer == DAVIT_OK)
      answer = oci_add_gid(context->oci, gid, &source, err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}

int stage_user(struct context *context, struct davit_error *err) {
  const struct service_text *key = &context->service->user;
  struct oci_source source = key->text ? from_service(context, &key->at) : from_default;
  struct where at = at_service(context, &key->at);
  struct image_user user = {0};
  int answer = DAVIT_OK;
  if (key->text)
    answer = image_resolve_user(context->arena, context->rootfs, key->text, &at, &user, err);
  else if (context->rootfs)
    answer = image_find_user(context->arena, context->rootfs, 0, &user, err);
  if (answer == DAVIT_OK)
    answer = oci_set_user(context->oci, user.uid, user.gid, &source, err);
  if (answer == DAVIT_OK && key->text)
    answer = add_groups(context, &user, &source, err);
  if (answer == DAVIT_OK)
    answer = add_extra_groups(context, err);
  if (answer == DAVIT_OK)
    answer = oci_set_env(context->oci, "HOME", user.home ? user.home : "/", &from_default, err);
  return answer;
}
