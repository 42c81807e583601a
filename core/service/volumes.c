/* SPDX-License-Identifier: Apache-2.0 */
/* What volumes are called. */
#include <ctype.h>
#include <string.h>

#include "service/fields.h"

bool service_is_volume_name(const char *name) {
  size_t length = strlen(name);
  for (const char *c = name; *c; c++)
    if (*c >= 'A' && *c <= 'Z')
      return false;
  return length <= FIELD_LABEL_MOST && field_is_label(name, length);
}

bool service_is_bucket(const char *name) {
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  size_t length = strlen(name);
  return length >= 3 && length <= 255 && strspn(name, allowed) == length &&
         isalnum((unsigned char)name[0]) && isalnum((unsigned char)name[length - 1]);
}

const char *service_volume_key(struct arena *arena, const struct service_storage *storage) {
  switch (storage->type) {
  case SERVICE_BIND:
  case SERVICE_TMPFS:
    return NULL;
  case SERVICE_NAMED:
    return arena_strdup(arena, storage->name);
  case SERVICE_ANONYMOUS:
    return arena_strdup(arena, storage->target);
  case SERVICE_S3:
    return arena_printf(arena, "s3://%s%s%s", storage->bucket, storage->prefix ? "/" : "",
                        storage->prefix ? storage->prefix : "");
  }
  return NULL;
}
