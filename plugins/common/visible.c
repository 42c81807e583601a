/* SPDX-License-Identifier: Apache-2.0 */
#include "common/visible.h"

#include <stdio.h>
#include <string.h>

#include "common/instance.h"
#include "common/read.h"

static const char *const ON_OFF[] = {"on", "off", NULL};

const struct davit_option VISIBLE_ENV_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = "visible-env",
    .values = ON_OFF,
    .preset = "on",
    .help = "set the variables that number the GPUs inside the container",
};

enum {
  ORDINAL_WIDTH = 11 /* a 32-bit number and a comma */
};

static const char *ordinals(const struct davit_host *h, size_t count) {
  char *text = h->scratch(h, count * ORDINAL_WIDTH + 1);
  size_t length = 0;
  for (size_t i = 0; text && i < count; i++)
    length += (size_t)snprintf(text + length, ORDINAL_WIDTH + 1, "%s%zu", i ? "," : "", i);
  return text;
}

/* The first number in a list such as "0,1.0,GPU-5" that is no ordinal of `count` devices. UUIDs are
 * for the vendor's library to judge. */
static bool find_wrong_ordinal(const char *value, size_t count, uint64_t *wrong) {
  while (*value) {
    size_t item = strcspn(value, ",");
    size_t digits = strspn(value, "0123456789");
    char number[ORDINAL_WIDTH] = "";
    if (digits > 0 && digits < sizeof(number) && (digits == item || value[digits] == '.')) {
      memcpy(number, value, digits);
      if (number_parse(number, 10, UINT64_MAX, wrong) && *wrong >= count)
        return true;
    }
    value += item + (value[item] == ',');
  }
  return false;
}

static void warn_wrong_ordinal(const struct davit_host *h, const struct davit_container *container,
                               const char *name, size_t count) {
  const char *value = container->env(container, name);
  uint64_t wrong;
  if (value && find_wrong_ordinal(value, count, &wrong))
    h->log(h, DAVIT_LOG_WARNING, NULL,
           "the container has %s=%s, but counts its %zu GPUs from 0: there is no %llu", name, value,
           count, (unsigned long long)wrong);
}

int set_visible(const struct davit_host *h, const struct davit_request *req,
                const struct davit_edits *edits, const char *name) {
  return set_visible_count(h, req, edits, name, device_count(req));
}

int set_visible_count(const struct davit_host *h, const struct davit_request *req,
                      const struct davit_edits *edits, const char *name, size_t count) {
  if (req->flags & DAVIT_REQUEST_GENERATE)
    return DAVIT_OK;
  warn_wrong_ordinal(h, req->container, name, count);
  if (option_is(h, "visible-env", "off"))
    return DAVIT_OK;
  const char *value = ordinals(h, count);
  if (!value)
    return DAVIT_E_MEMORY;
  return edits->set(edits, DAVIT_SET_ENV, name, value, DAVIT_SET_DEFAULT);
}
