/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/mps_limits.h"

#include <string.h>

#include "common/read.h"
#include "nvidia/nvidia.h"

#define PERCENTAGE "mps-active-thread-percentage"
#define PINNED     "mps-pinned-memory-limit"

static const char DIGITS[] = "0123456789";

const struct davit_option MPS_ACTIVE_THREAD_PERCENTAGE_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = PERCENTAGE,
    .help = "share of a GPU's threads that the container may use at most: above 0, up to 100 "
            "(sharing: mps)",
};
const struct davit_option MPS_PINNED_MEMORY_LIMIT_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = PINNED,
    .help = "GPU memory that a process of the container may use at most: 4G, or for each GPU as "
            "the container counts them 0=4G,1=512M (sharing: mps)",
};

/* Above 0 and at most 100, with a fraction if need be. */
static bool is_percentage(const char *text) {
  size_t whole = strspn(text, DIGITS);
  const char *fraction = text[whole] == '.' ? text + whole + 1 : "";
  size_t digits = strspn(fraction, DIGITS);
  bool is_number = whole >= 1 && whole <= 3 && (text[whole] == '\0' || digits > 0) &&
                   fraction[digits] == '\0' && (text[0] != '0' || whole == 1);
  if (!is_number)
    return false;
  bool has_fraction = strspn(fraction, "0") < digits;
  bool is_100 = whole == 3 && strncmp(text, "100", 3) == 0;
  bool is_zero = whole == 1 && text[0] == '0';
  return whole < 3 ? !is_zero || has_fraction : is_100 && !has_fraction;
}

static int set_percentage(const struct davit_host *h, const struct davit_edits *edits) {
  const char *text = option_text(h, PERCENTAGE);
  if (!text)
    return DAVIT_OK;
  if (!is_percentage(text))
    return h->fail(h, DAVIT_E_INVALID, "plugin.option", PERCENTAGE,
                   "write a number above 0 and up to 100: 25 or 12.5", "\"%s\" is no percentage",
                   text);
  return edits->set(edits, DAVIT_SET_ENV, "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", text, 0);
}

/* "4G", "512MB" */
static bool is_size(const char *text, size_t length) {
  static const char *const units[] = {"G", "GB", "M", "MB"};
  size_t digits = strspn(text, DIGITS);
  if (digits == 0 || digits > 9 || text[0] == '0' || digits >= length)
    return false;
  for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
    if (strlen(units[i]) == length - digits &&
        memcmp(text + digits, units[i], length - digits) == 0)
      return true;
  return false;
}

static int refuse_limit(const struct davit_host *h, const char *text, const char *why) {
  return h->fail(h, DAVIT_E_INVALID, "plugin.option", PINNED,
                 "write a size for all GPUs, 4G or 512M, or one for each: 0=4G,1=512M",
                 "\"%s\": %s", text, why);
}

/* One size is meant for every GPU; CUDA wants them one by one. */
static int set_same_limit(const struct davit_host *h, const char *size, size_t gpus,
                          const struct davit_edits *edits) {
  const char *value = "";
  for (size_t i = 0; value && i < gpus; i++)
    value = h->format(h, "%s%s%zu=%s", value, i ? "," : "", i, size);
  return value ? edits->set(edits, DAVIT_SET_ENV, "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT", value, 0)
               : DAVIT_E_MEMORY;
}

/* "1=512M" in a list; *ordinal is the GPU. NULL: nothing is wrong. */
static const char *check_limit(const char *entry, size_t length, size_t gpus, uint64_t *ordinal) {
  size_t digits = strspn(entry, DIGITS);
  if (digits == 0 || digits > 4 || entry[digits] != '=' || (entry[0] == '0' && digits > 1) ||
      digits + 1 >= length || !is_size(entry + digits + 1, length - digits - 1))
    return "no limit is written so";
  *ordinal = 0;
  for (size_t i = 0; i < digits; i++)
    *ordinal = *ordinal * 10 + (uint64_t)(entry[i] - '0');
  return *ordinal < gpus ? NULL : "the container has no GPU of that number, it counts from 0";
}

static int set_limits(const struct davit_host *h, const char *text, size_t gpus,
                      const struct davit_edits *edits) {
  bool *seen = h->scratch(h, gpus * sizeof(*seen));
  if (!seen)
    return DAVIT_E_MEMORY;
  for (const char *entry = text; entry;) {
    size_t length = strcspn(entry, ",");
    uint64_t ordinal = 0;
    const char *wrong = check_limit(entry, length, gpus, &ordinal);
    if (!wrong && seen[ordinal])
      wrong = "a GPU has two limits";
    if (wrong)
      return refuse_limit(h, text, wrong);
    seen[ordinal] = true;
    entry = entry[length] ? entry + length + 1 : NULL;
  }
  return edits->set(edits, DAVIT_SET_ENV, "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT", text, 0);
}

int mps_limits_set(const struct davit_host *h, size_t gpus, const struct davit_edits *edits) {
  int rc = set_percentage(h, edits);
  const char *text = option_text(h, PINNED);
  if (rc < 0 || !text)
    return rc;
  return is_size(text, strlen(text)) ? set_same_limit(h, text, gpus, edits)
                                     : set_limits(h, text, gpus, edits);
}
