/* SPDX-License-Identifier: Apache-2.0 */
/* Unix sockets of the host that the command line puts into the container. */
#include "pipeline/stages.h"

static const struct where at_option = {.key = "--socket"};

static int find_socket(struct context *context, const char *path, const char **real,
                       struct davit_error *err) {
  CLEANUP(error) struct davit_error why = {0};
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  const char *resolved = NULL;
  int answer = host_real_path(caller_of(context), context->arena, path, &resolved, &why);
  if (answer == DAVIT_OK)
    answer = host_stat(caller_of(context), resolved, 0, &st, &why);
  if (answer == DAVIT_E_NOT_FOUND)
    return error_add_at(err, answer, "socket.source", &at_option,
                        "start the program that listens there before", "\"%s\" is not there", path);
  if (answer < 0) {
    error_take(err, &why);
    return answer;
  }
  if (st.type != DAVIT_FILE_SOCKET)
    return error_add_at(err, DAVIT_E_INVALID, "socket.source", &at_option,
                        "files and directories are mounted by the key storage",
                        "\"%s\" is not a socket", path);
  *real = resolved;
  return DAVIT_OK;
}

/* Not read-only: that would keep nobody from connecting, and only look as if it did. */
static int add_socket(struct context *context, const struct render_socket *socket,
                      struct davit_error *err) {
  static const char *const options[] = {"rbind", "rprivate", "rw", NULL};
  struct oci_source source = from_command("--socket");
  const char *real = NULL;
  int answer = check_mount_target(socket->container, &at_option, err);
  if (answer < 0)
    return answer;
  const struct oci_source *other = oci_find_mount(context->oci, socket->container);
  if (other) {
    const char *owner = oci_source_text(context->arena, other);
    return error_add_at(err, DAVIT_E_INVALID, "storage.target", &at_option, "mount it elsewhere",
                        "\"%s\" is mounted already (%s)", socket->container,
                        owner ? owner : "the service");
  }
  answer = find_socket(context, socket->host, &real, err);
  if (answer < 0)
    return answer;
  const struct oci_mount mount = {socket->container, "bind", real, options};
  return oci_add_mount(context->oci, &mount, &source, err);
}

int stage_sockets(struct context *context, struct davit_error *err) {
  for (size_t i = 0; i < context->options->socket_count; i++) {
    int answer = add_socket(context, &context->options->sockets[i], err);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}
