/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "amd/amd.h"
#include "common/drm.h"
#include "common/read.h"

#define CU_MASK "HSA_CU_MASK"

enum {
  MOST_UNITS = 4096 /* no GPU comes near */
};

const struct davit_option CU_MASK_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = "cu-mask",
    .help = "compute units of each GPU that may be used: 0-37 or 0,2,8-15",
};

static int refuse(const struct davit_host *h, const char *list, const char *why) {
  return h->fail(h, DAVIT_E_INVALID, "amd.cu-mask", CU_MASK_OPTION.key,
                 "numbers and ranges, for example 0-37 or 0,2,8-15",
                 "\"%s\" is no list of compute units: %s", list, why);
}

static bool read_unit(const char *text, size_t length, uint64_t *unit) {
  char digits[8];
  if (length == 0 || length >= sizeof(digits))
    return false;
  memcpy(digits, text, length);
  digits[length] = '\0';
  return number_parse(digits, 10, MOST_UNITS - 1, unit);
}

/* ROCr stops at the first mistake without a word and then limits nothing, so none gets there.
 * *last is the highest unit of the list. */
static int check_list(const struct davit_host *h, const char *list, uint64_t *last) {
  *last = 0;
  for (const char *item = list;; item++) {
    size_t length = strcspn(item, ",");
    const char *dash = memchr(item, '-', length);
    uint64_t low, high;
    if (!read_unit(item, dash ? (size_t)(dash - item) : length, &low))
      return refuse(h, list, "a number is missing or too large");
    high = low;
    if (dash && !read_unit(dash + 1, length - (size_t)(dash - item) - 1, &high))
      return refuse(h, list, "a range has no end");
    if (high < low)
      return refuse(h, list, "a range ends before it begins");
    *last = high > *last ? high : *last;
    item += length;
    if (!*item)
      return DAVIT_OK;
  }
}

/* 0: not known. */
static uint64_t units_of(const struct kfd *kfd, const struct davit_device *device) {
  for (const char *const *node = device->nodes; node && *node; node++)
    for (size_t i = 0; i < kfd->count; i++) {
      uint64_t minor;
      if (name_number(drm_node_name(*node), "renderD", UINT32_MAX, &minor) &&
          minor == kfd->nodes[i].render_minor)
        return kfd->nodes[i].compute_units;
    }
  return 0;
}

static int check_units(const struct davit_host *h, const struct davit_request *req, uint64_t last) {
  struct kfd kfd;
  int rc = kfd_read(h, &kfd);
  for (size_t i = 0; rc >= 0 && i < device_count(req); i++) {
    const struct davit_device *device = req->devices[i];
    uint64_t units = units_of(&kfd, device);
    if (units > 0 && last >= units)
      return h->fail(h, DAVIT_E_INVALID, "amd.cu-mask", CU_MASK_OPTION.key,
                     "count the units from 0", "compute unit %llu is asked, device %s has %llu",
                     (unsigned long long)last, device->id, (unsigned long long)units);
  }
  return rc;
}

/* "0:LIST;1:LIST": ROCr counts the GPUs inside the container. */
static const char *mask_of(const struct davit_host *h, size_t count, const char *list) {
  const char *mask = "";
  for (size_t i = 0; mask && i < count; i++)
    mask = h->format(h, "%s%s%zu:%s", mask, i ? ";" : "", i, list);
  return mask;
}

int cu_mask_set(const struct davit_host *h, const struct davit_request *req,
                const struct davit_edits *edits) {
  const char *list = option_text(h, CU_MASK_OPTION.key);
  uint64_t last;
  if (!list)
    return DAVIT_OK;
  int rc = check_list(h, list, &last);
  if (rc < 0)
    return rc;
  if (req->flags & DAVIT_REQUEST_GENERATE)
    return h->fail(h, DAVIT_E_UNSUPPORTED, "amd.cu-mask", CU_MASK_OPTION.key,
                   "leave the option out",
                   "a CDI file can not say which number a device has inside a container");
  if ((rc = check_units(h, req, last)) < 0)
    return rc;
  const char *mask = mask_of(h, device_count(req), list);
  if (!mask)
    return DAVIT_E_MEMORY;
  const char *own = req->container->env(req->container, CU_MASK);
  if (own && strcmp(own, mask) != 0)
    return h->fail(h, DAVIT_E_INVALID, "amd.cu-mask", CU_MASK_OPTION.key, "leave out one of them",
                   "the container has " CU_MASK "=%s, the option asks for %s", own, mask);
  return edits->set(edits, DAVIT_SET_ENV, CU_MASK, mask, 0);
}
