/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks: programs that the runtime runs around the container's life. */
#include "oci/document.h"
#include "oci/order.h"

static cJSON *make_hook(const struct oci_hook *hook) {
  CLEANUP(cjson) cJSON *item = cJSON_CreateObject();
  if (!item || !json_add(item, "path", cJSON_CreateString(hook->path)))
    return NULL;
  if (hook->args && *hook->args && !json_add(item, "args", json_strings(hook->args)))
    return NULL;
  if (hook->env && *hook->env && !json_add(item, "env", json_strings(hook->env)))
    return NULL;
  if (hook->has_timeout && !json_add(item, "timeout", json_int(hook->timeout)))
    return NULL;
  return STEAL(&item);
}

int oci_add_hook(struct oci *oci, const struct oci_hook *hook, const struct oci_source *source,
                 struct davit_error *err) {
  if (order_of("hooks", hook->name) == ORDER_UNKNOWN)
    return error_add(err, DAVIT_E_INVALID, "oci.hook-unknown",
                     "known are prestart, createRuntime, createContainer, startContainer, "
                     "poststart, poststop",
                     "there is no hook \"%s\"", hook->name);
  CLEANUP(cjson) cJSON *item = make_hook(hook);
  const char *list = plain_name(&oci->arena, "hooks", hook->name);
  if (!item || !list)
    return error_memory(err);
  const char *name = hook_name(&oci->arena, list, item);
  return document_put(oci, document_list(oci, "hooks", hook->name), NULL, PLACE_HOOK, name,
                      STEAL(&item), source, err);
}
