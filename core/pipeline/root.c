/* SPDX-License-Identifier: Apache-2.0 */
/* The root file system and the name of the host. */
#include "pipeline/stages.h"

#include <string.h>

/* Linux takes 64 bytes (HOST_NAME_MAX), DNS a label of 63. */
enum {
  LONGEST_HOSTNAME = 63
};

static int set_hostname(struct context *context, const char *name, const struct oci_source *source,
                        const struct where *at, struct davit_error *err) {
  if (strlen(name) > LONGEST_HOSTNAME) {
    const char *cut = arena_strndup(context->arena, name, LONGEST_HOSTNAME);
    if (!cut)
      return error_memory(err);
    log_at(context->log, LOG_LEVEL_WARNING, "hostname.cut", at, NULL,
           "hostname \"%s\" has more than %d bytes and is cut to \"%s\"", name, LONGEST_HOSTNAME,
           cut);
    name = cut;
  }
  return oci_set_hostname(context->oci, name, source, err);
}

int stage_root(struct context *context, struct davit_error *err) {
  const struct render_options *options = context->options;
  struct oci_source rootfs = options->rootfs ? from_command("--rootfs") : from_default;
  int answer =
      oci_set_root(context->oci, options->rootfs ? options->rootfs : "rootfs", false, &rootfs, err);
  const struct service_life *life = &context->service->life;
  struct oci_source read_only = from_service(context, &life->read_only_at);
  if (answer == DAVIT_OK && life->read_only)
    answer = oci_set_root_readonly(context->oci, true, &read_only, err);
  if (answer < 0)
    return answer;

  const struct service_text *key = &context->service->hostname;
  if (key->text) {
    struct oci_source source = from_service(context, &key->at);
    struct where at = at_service(context, &key->at);
    return set_hostname(context, key->text, &source, &at, err);
  }
  if (options->hostname) {
    struct oci_source source = from_command("--hostname");
    return set_hostname(context, options->hostname, &source, NULL, err);
  }
  return set_hostname(context, context->container_id, &from_default, NULL, err);
}
