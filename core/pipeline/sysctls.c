/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of the kernel that belong to the container's namespaces: in the host's they would
 * change the host. */
#include "pipeline/stages.h"

int stage_sysctls(struct context *context, struct davit_error *err) {
  const struct service *service = context->service;
  for (size_t i = 0; i < service->sysctl_count; i++) {
    const struct service_sysctl *sysctl = &service->sysctls[i];
    struct where at = at_service(context, &sysctl->at);
    struct oci_source source = from_service(context, &sysctl->at);
    if (!oci_has_namespace(context->oci, sysctl->namespace))
      return error_add_at(err, DAVIT_E_INVALID, "sysctl.host", &at,
                          "leave it out, or give the container a namespace of its own",
                          "%s would change the host: the container shares its %s namespace",
                          sysctl->name, sysctl->namespace);
    int answer = oci_set_sysctl(context->oci, sysctl->name, sysctl->value, &source, err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}
