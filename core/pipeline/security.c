/* SPDX-License-Identifier: Apache-2.0 */
/* What `security_opt` asks of seccomp, AppArmor and SELinux. Without it the config has nothing of
 * these: a filter or a label that suits every program and every host does not exist. */
#include "pipeline/stages.h"

static int refuse_profile(struct context *context, const struct davit_error *cause,
                          struct davit_error *err) {
  const struct service_text *key = &context->service->security.seccomp;
  struct where at = at_service(context, &key->at);
  return error_add_at(err, cause->first->answer, "seccomp.profile", &at,
                      "name a profile of this host, or seccomp=unconfined",
                      "the seccomp profile cannot be read: %s", cause->first->text);
}

static int set_seccomp(struct context *context, struct davit_error *err) {
  const struct service_text *key = &context->service->security.seccomp;
  CLEANUP(error) struct davit_error unreadable = {0};
  if (!key->text)
    return DAVIT_OK;
  struct oci_seccomp profile = {.file = key->text};
  if (host_read_file(context->host, context->arena, key->text, &profile.text, &profile.size,
                     &unreadable) < 0)
    return refuse_profile(context, &unreadable, err);
  int answer =
      host_find_kernel(context->host, context->arena, &profile.machine, &profile.release, err);
  struct oci_source source = from_service(context, &key->at);
  return answer < 0 ? answer : oci_set_seccomp(context->oci, &profile, &source, err);
}

static const char *or_else(const struct service_text *key, const char *otherwise) {
  return key->text ? key->text : otherwise;
}

/* The first of the parts that is given: where the label comes from. */
static const struct service_text *first_given(const struct service_text *const *parts) {
  while (*parts && !(*parts)->text)
    parts++;
  return *parts;
}

/* Parts that are not named are those of container-selinux's policy, which every distribution with
 * SELinux has; categories are nobody's to invent here. */
static int set_selinux(struct context *context, struct davit_error *err) {
  const struct service_security *security = &context->service->security;
  const struct service_text *const parts[] = {
      &security->selinux_type, &security->selinux_level,     &security->selinux_user,
      &security->selinux_role, &security->selinux_file_type, NULL};
  const struct service_text *given = first_given(parts);
  if (!given)
    return DAVIT_OK;
  struct oci_source source = from_service(context, &given->at);
  const char *user = or_else(&security->selinux_user, "system_u");
  const char *level = or_else(&security->selinux_level, "s0");
  const char *process = arena_printf(context->arena, "%s:%s:%s:%s", user,
                                     or_else(&security->selinux_role, "system_r"),
                                     or_else(&security->selinux_type, "container_t"), level);
  const char *file = arena_printf(context->arena, "%s:object_r:%s:%s", user,
                                  or_else(&security->selinux_file_type, "container_file_t"), level);
  if (!process || !file)
    return error_memory(err);
  int answer = oci_set_selinux_label(context->oci, process, &source, err);
  return answer < 0 ? answer : oci_set_mount_label(context->oci, file, &source, err);
}

int stage_security(struct context *context, struct davit_error *err) {
  const struct service_text *apparmor = &context->service->security.apparmor;
  int answer = set_seccomp(context, err);
  if (answer == DAVIT_OK && apparmor->text) {
    struct oci_source source = from_service(context, &apparmor->at);
    answer = oci_set_apparmor_profile(context->oci, apparmor->text, &source, err);
  }
  return answer < 0 ? answer : set_selinux(context, err);
}
