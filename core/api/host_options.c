/* SPDX-License-Identifier: Apache-2.0 */
/* The options that say what of the caller's machine goes into a container: volumes, sockets,
 * variables, secrets. */
#include "api/session.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/text.h"

/* As the caller sees it; that it is there, the rendering finds out. */
static int take_path(struct session *session, const char *option, const char *value,
                     const char **path, struct davit_error *err) {
  if (!value[0])
    return usage_error(err, NULL, "--%s takes a path, not \"\"", option);
  if (value[0] == '/') {
    *path = value;
    return DAVIT_OK;
  }
  CLEANUP(free) char *here = getcwd(NULL, 0);
  if (!here && errno != ENOMEM)
    return error_add(err, DAVIT_E_FAILED, "input.unreadable", "give an absolute path",
                     "the directory that \"%s\" is relative to: %s", value, strerror(errno));
  const char *joined = here ? arena_printf(&session->arena, "%s/%s", here, value) : NULL;
  if (!joined)
    return error_memory(err);
  *path = joined;
  return DAVIT_OK;
}

/* ---- volumes ----------------------------------------------------------------------------------
 */

/* What service_volume_key() could have made; an empty prefix is cut off. */
static bool check_key(char *key) {
  static const char scheme[] = "s3://";
  if (key[0] == '/')
    return path_is_clean(key) && key[1];
  if (!text_starts(key, scheme))
    return service_is_volume_name(key);
  char *bucket = key + strlen(scheme);
  char *prefix = strchr(bucket, '/');
  if (prefix)
    *prefix = '\0';
  bool is_bucket = service_is_bucket(bucket);
  if (prefix && prefix[1])
    *prefix = '/';
  return is_bucket;
}

static int take_volume(struct session *session, const char *value, struct davit_error *err) {
  /* A name has no "=", a target and a prefix may have some. */
  bool is_path = value[0] == '/' || text_starts(value, "s3://");
  const char *equals = is_path ? strrchr(value, '=') : strchr(value, '=');
  char *key = equals ? arena_strndup(&session->arena, value, (size_t)(equals - value)) : NULL;
  if (equals && !key)
    return error_memory(err);
  if (!key || !check_key(key))
    return usage_error(err, "a volume is NAME, TARGET (absolute) or s3://BUCKET[/PREFIX]",
                       "--volume takes VOLUME=PATH, not \"%s\"", value);
  for (size_t i = 0; i < session->volumes.count; i++)
    if (strcmp(((const struct render_volume *)session->volumes.items[i])->key, key) == 0)
      return usage_error(err, NULL, "--volume \"%s\" is given twice", key);
  struct render_volume *volume = arena_alloc(&session->arena, sizeof(*volume));
  if (!volume || !list_push(&session->arena, &session->volumes, volume))
    return error_memory(err);
  volume->key = key;
  return take_path(session, "volume", equals + 1, &volume->path, err);
}

static int take_volume_dir(struct session *session, const char *value, struct davit_error *err) {
  return take_path(session, "volume-dir", value, &session->render.volume_dir, err);
}

/* ---- sockets ----------------------------------------------------------------------------------
 */

static int take_socket(struct session *session, const char *value, struct davit_error *err) {
  const char *colon = strrchr(value, ':');
  if (!colon || colon == value || !path_is_clean(colon + 1) || !colon[2])
    return usage_error(err, "for example --socket /run/app.sock:/run/app.sock",
                       "--socket takes HOST:CONTAINER, the latter absolute, not \"%s\"", value);
  char *host = arena_strndup(&session->arena, value, (size_t)(colon - value));
  struct render_socket *socket = arena_alloc(&session->arena, sizeof(*socket));
  if (!host || !socket || !list_push(&session->arena, &session->sockets, socket))
    return error_memory(err);
  socket->container = colon + 1;
  return take_path(session, "socket", host, &socket->host, err);
}

/* ---- references -------------------------------------------------------------------------------
 */

static int take_env_allow(struct session *session, const char *value, struct davit_error *err) {
  return list_push(&session->arena, &session->env_allow, value) ? DAVIT_OK : error_memory(err);
}

static int take_secrets_dir(struct session *session, const char *value, struct davit_error *err) {
  return take_path(session, "secrets-dir", value, &session->render.secrets_dir, err);
}

const struct session_option options_host[] = {
    {"volume", 0, "VOLUME=PATH",
     "where a volume is: NAME, TARGET or s3://BUCKET[/PREFIX]; may be repeated", take_volume},
    {"volume-dir", 0, "DIR", "where all other volumes are", take_volume_dir},
    {"socket", 0, "HOST:CONTAINER", "put a socket of the host into the container; may be repeated",
     take_socket},
    {"env-allow", 0, "PATTERN", "variables that $E: may take (default: all); may be repeated",
     take_env_allow},
    {"secrets-dir", 0, "DIR", "what $S: takes: a file a secret", take_secrets_dir},
    {0},
};

/* ---- all of it ------------------------------------------------------------------------------- */

int complete_host_options(struct session *session, struct davit_error *err) {
  static const char *const all[] = {"*", NULL};
  struct render_options *options = &session->render;
  struct render_volume *volumes =
      arena_array(&session->arena, session->volumes.count, sizeof(*volumes));
  struct render_socket *sockets =
      arena_array(&session->arena, session->sockets.count, sizeof(*sockets));
  if (!volumes || !sockets)
    return error_memory(err);
  for (size_t i = 0; i < session->volumes.count; i++)
    volumes[i] = *(const struct render_volume *)session->volumes.items[i];
  for (size_t i = 0; i < session->sockets.count; i++)
    sockets[i] = *(const struct render_socket *)session->sockets.items[i];
  options->volumes = volumes;
  options->volume_count = session->volumes.count;
  options->sockets = sockets;
  options->socket_count = session->sockets.count;
  options->env_allow = session->env_allow.count > 0 ? list_strings(&session->env_allow) : all;
  options->environment = session->variables.all;
  return DAVIT_OK;
}
