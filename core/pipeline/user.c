/* SPDX-License-Identifier: Apache-2.0 */
/* As whom the process runs: names and numbers of the service or the image, completed from the
 * rootfs. */
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

/* Who is asked for: the service's user, else the image's. Only he is looked up, as the names of an
 * image need a rootfs. False: nobody. */
static bool find_asked(const struct context *context, const char **text, struct where *at,
                       struct oci_source *source) {
  const struct service_text *key = &context->service->user;
  const struct image_text *image = context->image ? &context->image->user : NULL;
  if (key->text) {
    *text = key->text;
    *at = at_service(context, &key->at);
    *source = from_service(context, &key->at);
    return true;
  }
  if (!image || !image->text)
    return false;
  *text = image->text;
  *at = image->at;
  *source = from_image(&image->at);
  return true;
}

int stage_user(struct context *context, struct davit_error *err) {
  const char *text;
  struct where at;
  struct oci_source source = from_default;
  struct image_user user = {0};
  bool is_asked = find_asked(context, &text, &at, &source);
  int answer = DAVIT_OK;
  if (is_asked)
    answer = image_resolve_user(context->arena, context->rootfs, text, &at, &user, err);
  else if (context->rootfs)
    answer = image_find_user(context->arena, context->rootfs, 0, &user, err);
  if (answer == DAVIT_OK)
    answer = oci_set_user(context->oci, user.uid, user.gid, &source, err);
  if (answer == DAVIT_OK && is_asked)
    answer = add_groups(context, &user, &source, err);
  if (answer == DAVIT_OK)
    answer = add_extra_groups(context, err);
  if (answer == DAVIT_OK)
    answer = set_default_env(context, "HOME", user.home ? user.home : "/", err);
  return answer;
}
