/* SPDX-License-Identifier: Apache-2.0 */
/* An init that reaps what the program leaves behind: one of the host's, mounted into the container.
 * Its place is below /dev, which the runtime makes anew, so that nothing is left in the rootfs. */
#include "pipeline/stages.h"

#include <elf.h>
#include <string.h>

#include "util/list.h"

static const char init_path[] = "/dev/davit-init";

/* Where distributions put them. All take the program behind "--". */
static const char *const candidates[] = {
    "/usr/bin/catatonit",
    "/usr/libexec/podman/catatonit",
    "/usr/libexec/catatonit/catatonit",
    "/usr/bin/tini-static",
    "/usr/local/bin/tini-static",
    "/usr/bin/docker-init",
    "/usr/libexec/docker/docker-init",
    "/usr/local/bin/docker-init",
    "/usr/bin/tini",
    "/usr/local/bin/tini",
    "/sbin/tini",
    NULL,
};

struct headers {
  uint64_t offset;
  uint16_t size, count;
};

static bool find_headers(const char *data, size_t size, struct headers *headers) {
  if (size < EI_NIDENT || memcmp(data, ELFMAG, SELFMAG) != 0)
    return false;
  if (data[EI_CLASS] == ELFCLASS64 && size >= sizeof(Elf64_Ehdr)) {
    Elf64_Ehdr header;
    memcpy(&header, data, sizeof(header));
    *headers = (struct headers){header.e_phoff, header.e_phentsize, header.e_phnum};
    return true;
  }
  if (data[EI_CLASS] == ELFCLASS32 && size >= sizeof(Elf32_Ehdr)) {
    Elf32_Ehdr header;
    memcpy(&header, data, sizeof(header));
    *headers = (struct headers){header.e_phoff, header.e_phentsize, header.e_phnum};
    return true;
  }
  return false;
}

/* A program that asks for no interpreter: it needs nothing of the container's libraries. The type
 * of a program header is its first word in both classes. */
static bool is_static(const char *data, size_t size) {
  struct headers headers;
  if (!find_headers(data, size, &headers))
    return false;
  for (uint64_t i = 0; i < headers.count; i++) {
    uint64_t at;
    uint32_t type;
    if (__builtin_add_overflow(headers.offset, i * headers.size, &at) || at > size ||
        size - at < sizeof(type))
      return false;
    memcpy(&type, data + at, sizeof(type));
    if (type == PT_INTERP)
      return false;
  }
  return true;
}

/* Whether it is a program that runs in any container; *is_there tells what is missing from what is
 * of no use. */
static bool is_usable(struct context *context, const char *path, bool *is_there) {
  CLEANUP(error) struct davit_error missing = {0};
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  const char *data;
  size_t size;
  *is_there = host_stat(context->host, path, 0, &st, &missing) == DAVIT_OK;
  return *is_there && st.type == DAVIT_FILE_REGULAR && (st.mode & 0111) &&
         host_read_file(context->host, context->arena, path, &data, &size, &missing) == DAVIT_OK &&
         is_static(data, size);
}

static int find_init(struct context *context, const char **path, struct davit_error *err) {
  struct list unfit = {0};
  for (const char *const *candidate = candidates; *candidate; candidate++) {
    bool is_there;
    if (is_usable(context, *candidate, &is_there)) {
      *path = *candidate;
      return DAVIT_OK;
    }
    if (is_there && !list_push(context->arena, &unfit, *candidate))
      return error_memory(err);
  }
  struct where at = at_service(context, &context->service->life.init_at);
  const char *hint = arena_printf(context->arena, "install catatonit or tini; looked for %s",
                                  strings_join(context->arena, candidates, 20));
  if (unfit.count > 0)
    return error_add_at(err, DAVIT_E_NOT_FOUND, "init.missing", &at, hint,
                        "no init on this host can run in a container: not a static program: %s",
                        strings_join(context->arena, list_strings(&unfit), 20));
  return error_add_at(err, DAVIT_E_NOT_FOUND, "init.missing", &at, hint,
                      "this host has no init for containers");
}

int stage_init(struct context *context, struct davit_error *err) {
  static const char *const options[] = {"bind", "rprivate", "nosuid", "nodev", "ro", NULL};
  static const char *const args[] = {init_path, "--", NULL};
  const struct service_life *life = &context->service->life;
  const char *path = NULL;
  if (!life->init)
    return DAVIT_OK;
  struct where at = at_service(context, &life->init_at);
  if (oci_find_mount(context->oci, init_path))
    return error_add_at(err, DAVIT_E_INVALID, "storage.target", &at, "mount it elsewhere",
                        "\"%s\" is where the init is mounted", init_path);
  int answer = find_init(context, &path, err);
  struct oci_source source = from_service(context, &life->init_at);
  const struct oci_mount mount = {init_path, "bind", path, options};
  if (answer == DAVIT_OK)
    answer = oci_add_mount(context->oci, &mount, &source, err);
  return answer < 0 ? answer : oci_prepend_args(context->oci, args, &source, err);
}
