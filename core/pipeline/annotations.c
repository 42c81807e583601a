/* SPDX-License-Identifier: Apache-2.0 */
/* What a config only notes for those who start, stop and list the container: labels, and how to
 * stop it, under the names that engines read. */
#include "pipeline/stages.h"

#include <inttypes.h>

int stage_annotations(struct context *context, struct davit_error *err) {
  const struct service_life *life = &context->service->life;
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < life->label_count; i++) {
    struct oci_source source = from_service(context, &life->labels[i].at);
    answer =
        oci_set_annotation(context->oci, life->labels[i].name, life->labels[i].value, &source, err);
  }
  if (answer == DAVIT_OK && life->stop_signal.text) { /* image-spec, conversion.md */
    struct oci_source source = from_service(context, &life->stop_signal.at);
    answer = oci_set_annotation(context->oci, "org.opencontainers.image.stopSignal",
                                life->stop_signal.text, &source, err);
  }
  if (answer == DAVIT_OK && life->stop_grace_period > 0) { /* a property of the systemd scope */
    struct oci_source source = from_service(context, &life->stop_grace_period_at);
    const char *value = arena_printf(context->arena, "uint64 %" PRIu64, life->stop_grace_period);
    answer = !value ? error_memory(err)
                    : oci_set_annotation(context->oci, "org.systemd.property.TimeoutStopUSec",
                                         value, &source, err);
  }
  return answer;
}
