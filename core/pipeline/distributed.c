/* SPDX-License-Identifier: Apache-2.0 */
/* Variables that launchers of distributed training set: who is the master, how many take part,
 * which one is this. */
#include "pipeline/stages.h"

#include "util/text.h"

/* A variable, from an option if it was given, else from what the service file says. The service's
 * own env, which was set before, outranks all but an option. */
static int set_variable(struct context *context, const char *name, const char *option,
                        const char *option_value, const char *otherwise, struct davit_error *err) {
  if (option_value) {
    struct oci_source source = from_command(option);
    return oci_set_env(context->oci, name, option_value, &source, err);
  }
  const struct oci_source *there;
  if (!otherwise)
    return error_memory(err);
  struct oci_source source = from_service(context, &context->service->distributed->at);
  if (oci_get_env(context->oci, name, &there) && there && there->kind == OCI_FROM_SERVICE)
    return oci_note_dropped_env(context->oci, name, otherwise, &source, err);
  return oci_set_env(context->oci, name, otherwise, &source, err);
}

static int check_rank(struct context *context, const char *rank, const char *world_size,
                      struct davit_error *err) {
  struct where at = at_service(context, &context->service->distributed->at);
  uint32_t number, size;
  if (!rank || !world_size)
    return error_memory(err);
  if (text_to_u32(rank, 10, &number) && text_to_u32(world_size, 10, &size) && number < size)
    return DAVIT_OK;
  return error_add_at(err, DAVIT_E_INVALID, "distributed.rank", &at,
                      "ranks count from 0; see scale.replicas, --replica, --rank and --world-size",
                      "rank %s is outside a world of %s", rank, world_size);
}

int stage_distributed(struct context *context, struct davit_error *err) {
  static const char *const interface_variables[] = {[SERVICE_NCCL] = "NCCL_SOCKET_IFNAME",
                                                    [SERVICE_GLOO] = "GLOO_SOCKET_IFNAME",
                                                    [SERVICE_MPI] = NULL};
  const struct service_distributed *distributed = context->service->distributed;
  const struct render_options *options = context->options;
  struct arena *arena = context->arena;
  if (!distributed)
    return DAVIT_OK;

  const char *world_size = options->world_size ? options->world_size
                                               : arena_printf(arena, "%u", context->service->world);
  const char *rank = options->rank
                         ? options->rank
                         : arena_printf(arena, "%u", context->service->rank + context->replica - 1);
  int answer = check_rank(context, rank, world_size, err);
  if (answer == DAVIT_OK)
    answer = set_variable(context, "MASTER_ADDR", "--master-addr", options->master_addr,
                          context->service->name, err);
  if (answer == DAVIT_OK)
    answer = set_variable(context, "MASTER_PORT", NULL, NULL,
                          arena_printf(arena, "%u", distributed->master_port), err);
  if (answer == DAVIT_OK)
    answer =
        set_variable(context, "WORLD_SIZE", "--world-size", options->world_size, world_size, err);
  if (answer == DAVIT_OK)
    answer = set_variable(context, "RANK", "--rank", options->rank, rank, err);
  if (answer == DAVIT_OK)
    answer = set_variable(context, "LOCAL_RANK", "--local-rank", options->local_rank, "0", err);

  /* With the host's network the interface's name is the host's affair, unless somebody says it. */
  const char *variable = interface_variables[distributed->backend];
  bool own_network = oci_has_namespace(context->oci, "network");
  if (answer == DAVIT_OK && variable && (own_network || options->ifname))
    answer = set_variable(context, variable, "--ifname", options->ifname, "eth0", err);
  return answer;
}
