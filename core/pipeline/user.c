/* SPDX-License-Identifier: Apache-2.0 */
/* As whom the process runs: the service's numbers, completed from the rootfs. */
#include "pipeline/stages.h"

#include "image/user.h"

static int add_groups(struct context *context, const struct image_user *known,
                      const struct oci_source *source, struct davit_error *err) {
  for (size_t i = 0; i < known->group_count; i++) {
    int answer = oci_add_gid(context->oci, known->groups[i], source, err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}

/* Asked only where the service says nobody: names of the image's users need a rootfs. */
static int set_image_user(struct context *context, struct davit_error *err) {
  const struct image_text *user = &context->image->user;
  struct oci_source source = from_image(&user->at);
  struct image_user known;
  int answer =
      image_resolve_user(context->arena, context->rootfs, user->text, &user->at, &known, err);
  if (answer == DAVIT_OK)
    answer = oci_set_user(context->oci, known.uid, known.gid, &source, err);
  if (answer == DAVIT_OK)
    answer = add_groups(context, &known, &source, err);
  if (answer == DAVIT_OK)
    answer = set_default_env(context, "HOME", known.home ? known.home : "/", err);
  return answer;
}

int stage_user(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  if (!service->has_user && context->image && context->image->user.text)
    return set_image_user(context, err);
  uint32_t uid = service->has_user ? service->uid : 0;
  struct image_user known = {0};
  int answer = DAVIT_OK;
  if (context->rootfs)
    answer = image_find_user(context->arena, context->rootfs, uid, &known, err);
  if (answer < 0)
    return answer;

  struct oci_source source =
      service->has_user ? from_service(context, &service->user_at) : from_default;
  uint32_t gid = service->has_gid ? service->gid : known.gid;
  answer = oci_set_user(context->oci, uid, gid, &source, err);
  /* A group that is named says that it is the only one. */
  if (answer == DAVIT_OK && service->has_user && !service->has_gid)
    answer = add_groups(context, &known, &source, err);
  if (answer == DAVIT_OK)
    answer = set_default_env(context, "HOME", known.home ? known.home : "/", err);
  return answer;
}
