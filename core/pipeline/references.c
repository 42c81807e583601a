/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/references.h"

#include <fnmatch.h>
#include <string.h>

#include "doc/doc.h"
#include "pipeline/stages.h"
#include "util/text.h"

enum {
  SECRET_MOST = 64 * 1024 /* bytes: the kernel takes 128 KiB for a variable and its name */
};

/* ---- $E: --------------------------------------------------------------------------------------
 */

static bool is_allowed(const struct render_options *options, const char *name) {
  for (const char *const *glob = options->env_allow; glob && *glob; glob++)
    if (fnmatch(*glob, name, 0) == 0)
      return true;
  return false;
}

static const char *environment_value(const struct render_options *options, const char *name) {
  size_t length = strlen(name);
  for (const char *const *entry = options->environment; entry && *entry; entry++)
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
      return *entry + length + 1;
  return NULL;
}

static int resolve_variable(struct context *context, const struct service_env *env,
                            const char **value, struct davit_error *err) {
  const char *name = env->reference->name;
  struct where at = at_service(context, &env->at);
  if (!is_allowed(context->options, name))
    return error_add_at(err, DAVIT_E_DENIED, "env.not-allowed", &at,
                        arena_printf(context->arena, "allow it: --env-allow %s", name),
                        "the service may not have davit's variable %s", name);
  const char *found = environment_value(context->options, name);
  if (!found)
    return error_add_at(err, DAVIT_E_NOT_FOUND, "env.unset", &at,
                        "set it where davit is called, or write the value into the file",
                        "davit's variable %s is not set", name);
  if (!text_is_utf8(found))
    return error_add_at(err, DAVIT_E_INVALID, "env.encoding", &at, "give it a value in UTF-8",
                        "davit's variable %s is not UTF-8", name);
  if (!found[0])
    log_at(context->log, LOG_LEVEL_WARNING, "env.empty", &at, NULL,
           "davit's variable %s is set, but empty", name);
  *value = found;
  return DAVIT_OK;
}

/* ---- $S: --------------------------------------------------------------------------------------
 */

/* One secret on its way from the file to the variable. */
struct secret {
  struct context *context;
  const struct service_reference *reference;
  struct where at;
  const char *path; /* below the directory of secrets */
  const char *text;
};

static int unreadable(const struct secret *secret, const char *why, const char *hint,
                      struct davit_error *err) {
  return error_add_at(err, DAVIT_E_INVALID, "secret.unreadable", &secret->at, hint,
                      "the secret %s%s %s", secret->context->options->secrets_dir, secret->path,
                      why);
}

static int missing(const struct secret *secret, const char *what, const char *hint,
                   struct davit_error *err) {
  return error_add_at(err, DAVIT_E_NOT_FOUND, "secret.missing", &secret->at, hint,
                      "the secret %s%s %s", secret->context->options->secrets_dir, secret->path,
                      what);
}

static int open_directory(struct references *references, const struct secret *secret,
                          struct davit_error *err) {
  struct context *context = references->context;
  const char *dir = context->options->secrets_dir;
  if (references->secrets)
    return DAVIT_OK;
  if (!dir)
    return error_add_at(err, DAVIT_E_NOT_FOUND, "secret.directory", &secret->at,
                        "give --secrets-dir DIR", "nothing says where the secret \"%s\" is",
                        secret->path + 1);
  CLEANUP(error) struct davit_error why = {0};
  int answer = host_open_subtree(caller_of(context), dir, &references->secrets, &why);
  if (answer == DAVIT_E_MEMORY)
    return error_memory(err);
  if (answer < 0)
    return error_add_at(err, answer, "secret.directory", &secret->at,
                        "give a directory of files, one a secret",
                        "the directory of secrets cannot be opened: %s", why.first->text);
  return DAVIT_OK;
}

static int check_file(const struct secret *secret, const struct davit_stat *st,
                      struct davit_error *err) {
  if (st->type != DAVIT_FILE_REGULAR)
    return unreadable(secret, "is not a file", "one file holds one secret", err);
  if (st->mode & 0006)
    return unreadable(secret, "can be read or written by others",
                      arena_printf(secret->context->arena, "chmod o= '%s%s'",
                                   secret->context->options->secrets_dir, secret->path),
                      err);
  if (st->size > SECRET_MOST)
    return unreadable(secret, "is too large", "at most 64 KiB", err);
  return DAVIT_OK;
}

static int read_secret(const struct host *secrets, struct secret *secret, struct davit_error *err) {
  CLEANUP(error) struct davit_error why = {0};
  struct arena *arena = secret->context->arena;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  const char *text = NULL;
  size_t size = 0;
  int answer = host_stat(secrets, secret->path, 0, &st, &why);
  if (answer == DAVIT_E_NOT_FOUND)
    return missing(secret, "is not there", "write the secret into that file, mode 0600", err);
  if (answer == DAVIT_OK) {
    answer = check_file(secret, &st, err);
    if (answer < 0)
      return answer;
    answer = host_read_file(secrets, arena, secret->path, &text, &size, &why);
  }
  if (answer == DAVIT_E_MEMORY)
    return error_memory(err);
  if (answer < 0)
    return unreadable(secret, "cannot be read", why.first->hint, err);
  if (size > SECRET_MOST) /* it grew */
    return unreadable(secret, "is too large", "at most 64 KiB", err);
  if (strlen(text) != size)
    return unreadable(secret, "has a NUL byte", "a variable cannot hold one", err);
  if (!text_is_utf8(text))
    return unreadable(secret, "is not UTF-8", "encode it, in Base64 for example", err);
  if (size > 0 && text[size - 1] == '\n')
    size--;
  secret->text = arena_strndup(arena, text, size);
  return secret->text ? DAVIT_OK : error_memory(err);
}

/* What the JSON reader finds wrong it quotes from the text: nobody is to see that. */
static int take_field(struct secret *secret, struct davit_error *err) {
  CLEANUP(error) struct davit_error quoting = {0};
  struct arena *arena = secret->context->arena;
  const char *field = secret->reference->field;
  const struct doc_node *root = NULL;
  const struct doc_source source = {.file = secret->path,
                                    .text = secret->text,
                                    .size = strlen(secret->text),
                                    .code = "secret.unreadable"};
  int answer = doc_parse_json(arena, &source, &root, &quoting);
  if (answer == DAVIT_E_MEMORY)
    return error_memory(err);
  if (answer < 0 || root->kind != DOC_MAPPING)
    return unreadable(secret, "is not a JSON object", "a secret without fields has no \"/FIELD\"",
                      err);
  const struct doc_node *node = doc_get(root, field);
  if (!node)
    return missing(secret, arena_printf(arena, "has no field \"%s\"", field),
                   "see the names of the object in that file", err);
  bool is_scalar = node->kind == DOC_SCALAR;
  secret->text = !is_scalar ? doc_json_text(arena, node) : node->type == DOC_NULL ? "" : node->text;
  return secret->text ? DAVIT_OK : error_memory(err);
}

static int resolve_secret(struct references *references, const struct service_env *env,
                          const char **value, struct davit_error *err) {
  struct context *context = references->context;
  const struct service_reference *reference = env->reference;
  struct secret secret = {
      .context = context, .reference = reference, .at = at_service(context, &env->at)};
  secret.path = reference->service
                    ? arena_printf(context->arena, "/@%s/%s", reference->service, reference->name)
                    : arena_printf(context->arena, "/%s", reference->name);
  if (!secret.path)
    return error_memory(err);
  int answer = open_directory(references, &secret, err);
  if (answer == DAVIT_OK)
    answer = read_secret(references->secrets, &secret, err);
  if (answer == DAVIT_OK && reference->field)
    answer = take_field(&secret, err);
  if (answer == DAVIT_OK)
    *value = secret.text;
  return answer;
}

int references_resolve(struct references *references, const struct service_env *env,
                       const char **value, struct davit_error *err) {
  if (env->reference->is_secret)
    return resolve_secret(references, env, value, err);
  return resolve_variable(references->context, env, value, err);
}
