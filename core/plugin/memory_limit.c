/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin/memory_limit.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "plugin/select.h"
#include "util/text.h"

#define CODE "gpu.memory-limit"

static const char CAPACITY[] = "/sys/fs/cgroup/dmem.capacity";

struct limiter {
  struct arena *arena;
  const struct device_request *request;
  const struct davit_device *device; /* in turn */
  struct list *lines;
  struct davit_error *err;
};

static int refuse(const struct limiter *limiter, const char *hint, const char *text) {
  if (!text || !hint)
    return error_memory(limiter->err);
  return error_add_at(limiter->err, DAVIT_E_UNSUPPORTED, CODE, &limiter->request->memory_limit.at,
                      hint, "%s", text);
}

/* "drm/0000:c6:00.0/vram": the address is one of the components. */
static bool is_region_of(const char *region, size_t length, const char *address) {
  size_t size = strlen(address);
  for (const char *part = region, *end = region + length; part < end;) {
    const char *slash = memchr(part, '/', (size_t)(end - part));
    const char *next = slash ? slash : end;
    if ((size_t)(next - part) == size && strncasecmp(part, address, size) == 0)
      return true;
    part = next + 1;
  }
  return false;
}

/* A line "REGION BYTES". */
static int take_region(struct limiter *limiter, char *line) {
  char *bytes = strchr(line, ' ');
  uint64_t capacity, limit = limiter->request->memory_limit.bytes;
  if (!bytes || !is_region_of(line, (size_t)(bytes - line), limiter->device->pci_address))
    return DAVIT_OK;
  if (text_to_u64(bytes + 1, 10, &capacity) && limit > capacity)
    return refuse(limiter, "ask for less, or leave the limit out",
                  arena_printf(limiter->arena,
                               "the limit of %" PRIu64 " bytes is above the %" PRIu64 " of %.*s",
                               limit, capacity, (int)(bytes - line), line));
  const char *text =
      arena_printf(limiter->arena, "%.*s %" PRIu64, (int)(bytes - line), line, limit);
  return text && list_push(limiter->arena, limiter->lines, text) ? DAVIT_OK
                                                                 : error_memory(limiter->err);
}

static int limit_device(struct limiter *limiter, const char *capacities) {
  struct arena *arena = limiter->arena;
  const char *label = device_label(arena, limiter->device);
  if (!label)
    return error_memory(limiter->err);
  if (!limiter->device->pci_address)
    return refuse(
        limiter, "leave the limit out, or let the vendor's plugin serve: --cdi=off",
        arena_printf(arena, "the PCI address of %s is not known, so its memory is not", label));
  size_t before = limiter->lines->count;
  char *rest = arena_strdup(arena, capacities), *line;
  if (!rest)
    return error_memory(limiter->err);
  while ((line = strsep(&rest, "\n"))) {
    int answer = take_region(limiter, line);
    if (answer < 0)
      return answer;
  }
  if (limiter->lines->count > before)
    return DAVIT_OK;
  return refuse(
      limiter, "leave the limit out, or use a driver that has it: amdgpu, xe",
      arena_printf(arena, "the kernel accounts for no memory of %s (%s)", label, CAPACITY));
}

int memory_limit_find(struct arena *arena, const struct host *host,
                      const struct device_request *request,
                      const struct davit_device *const *devices, struct list *lines,
                      struct davit_error *err) {
  CLEANUP(error) struct davit_error missing = {0};
  struct limiter limiter = {.arena = arena, .request = request, .lines = lines, .err = err};
  const char *capacities;
  if (request->memory_limit.bytes == 0)
    return DAVIT_OK;
  int answer = host_read_file(host, arena, CAPACITY, &capacities, NULL, &missing);
  if (answer == DAVIT_E_MEMORY)
    return error_memory(err);
  if (answer < 0)
    return refuse(
        &limiter,
        "leave the limit out; it takes Linux 6.14 or later with the cgroup controller "
        "dmem",
        arena_printf(arena, "this host limits no memory of devices: there is no %s", CAPACITY));
  for (answer = DAVIT_OK; answer == DAVIT_OK && *devices; devices++) {
    limiter.device = *devices;
    answer = limit_device(&limiter, capacities);
  }
  return answer;
}

int memory_limit_set(struct oci *oci, const struct device_request *request,
                     const struct list *lines, struct davit_error *err) {
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < lines->count; i++)
    answer =
        oci_set_unified(oci, "dmem.max", lines->items[i], true, &request->memory_limit.source, err);
  return answer;
}
