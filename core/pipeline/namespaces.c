/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces of its own: all that Linux has but time, and user, which is for rootless containers.
 */
#include "pipeline/stages.h"

int stage_namespaces(struct context *context, struct davit_error *err) {
  static const char *const types[] = {"pid", "ipc", "uts", "mount", "cgroup"};
  for (size_t i = 0; i < ARRAY_LEN(types); i++) {
    int answer = oci_add_namespace(context->oci, types[i], NULL, &from_default, err);
    if (answer < 0)
      return answer;
  }
  if (context->service->host_network || context->options->host_network)
    return DAVIT_OK;
  return oci_add_namespace(context->oci, "network", NULL, &from_default, err);
}
