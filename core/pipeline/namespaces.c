/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces of its own: all that Linux has but time, and user, which is for rootless containers.
 * Those of pid, ipc and network may be the host's or another container's. */
#include "pipeline/stages.h"

#include <string.h>

/* One that the service or the command line may have otherwise. */
struct choice {
  const char *type;
  const struct service_namespace *asked;
  const char *path; /* of --namespace */
  bool host_option; /* --host-network */
};

static int refuse_conflict(struct context *context, const struct choice *choice, const char *option,
                           struct davit_error *err) {
  static const char *const whose[] = {[SERVICE_NAMESPACE_HOST] = "the host's",
                                      [SERVICE_NAMESPACE_CONTAINER] = "another container's",
                                      [SERVICE_NAMESPACE_EMPTY] = "empty"};
  struct where at = at_service(context, &choice->asked->at);
  return error_add_at(err, DAVIT_E_INVALID, "namespace.conflict", &at, "leave out one of the two",
                      "the %s namespace is %s, but %s is given", choice->type,
                      whose[choice->asked->mode], option);
}

static int refuse_unknown(struct context *context, const struct choice *choice,
                          struct davit_error *err) {
  struct where at = at_service(context, &choice->asked->at);
  const char *file = strcmp(choice->type, "network") == 0 ? "net" : choice->type;
  const char *hint =
      arena_printf(context->arena, "give --namespace %s=/proc/PID/ns/%s", choice->type, file);
  return error_add_at(err, DAVIT_E_NOT_FOUND, "namespace.needed", &at, hint,
                      "davit keeps no list of containers, so it does not know \"%s\"",
                      choice->asked->container);
}

/* What the service and the command line say together. */
static int check_choice(struct context *context, const struct choice *choice,
                        struct davit_error *err) {
  enum service_namespace_mode mode = choice->asked->mode;
  if (choice->host_option && choice->path)
    return error_add(err, DAVIT_E_INVALID, "namespace.conflict", "leave out one of the two",
                     "--host-network and --namespace %s=%s are both given", choice->type,
                     choice->path);
  if (choice->path && (mode == SERVICE_NAMESPACE_HOST || mode == SERVICE_NAMESPACE_EMPTY))
    return refuse_conflict(context, choice, "--namespace", err);
  if (choice->host_option &&
      (mode == SERVICE_NAMESPACE_CONTAINER || mode == SERVICE_NAMESPACE_EMPTY))
    return refuse_conflict(context, choice, "--host-network", err);
  if (mode == SERVICE_NAMESPACE_CONTAINER && !choice->path)
    return refuse_unknown(context, choice, err);
  return DAVIT_OK;
}

static int add_choice(struct context *context, const struct choice *choice,
                      struct davit_error *err) {
  int answer = check_choice(context, choice, err);
  if (answer < 0 || choice->host_option || choice->asked->mode == SERVICE_NAMESPACE_HOST)
    return answer;
  struct oci_source source =
      choice->path ? from_command("--namespace") : from_service(context, &choice->asked->at);
  return oci_add_namespace(context->oci, choice->type, choice->path, &source, err);
}

int stage_namespaces(struct context *context, struct davit_error *err) {
  static const char *const own[] = {"uts", "mount", "cgroup"};
  const struct service *service = context->service;
  const struct render_options *options = context->options;
  struct service_namespace network = service->network;
  if (service->host_network && network.mode == SERVICE_NAMESPACE_OWN)
    network =
        (struct service_namespace){.mode = SERVICE_NAMESPACE_HOST, .at = service->host_network_at};
  struct where userns = at_service(context, &service->userns_host_at);
  if (context->rootless && userns.line)
    return error_add_at(err, DAVIT_E_INVALID, "namespace.conflict", &userns, "leave it out",
                        "only root makes containers without a user namespace");
  const struct choice pid = {"pid", &service->pid, options->pid, false};
  const struct choice ipc = {"ipc", &service->ipc, options->ipc, false};
  const struct choice net = {"network", &network, options->network, options->host_network};
  int answer = add_choice(context, &pid, err);
  if (answer == DAVIT_OK)
    answer = add_choice(context, &ipc, err);
  for (size_t i = 0; answer == DAVIT_OK && i < ARRAY_LEN(own); i++)
    answer = oci_add_namespace(context->oci, own[i], NULL, &from_default, err);
  return answer == DAVIT_OK ? add_choice(context, &net, err) : answer;
}
