/* SPDX-License-Identifier: Apache-2.0 */
/* A service file, and the config of each of its services on the fixture host `empty`: what is
 * rendered twice is the same, can be read again, and every entry of it has a source. */
#include "fuzz.h"

#include <string.h>

#include "pipeline/pipeline.h"
#include "util/cleanup.h"

static const struct host *empty_host(void) {
  static struct host *host;
  CLEANUP(error) struct davit_error err = {0};
  if (!host)
    MUST_HOLD(host_open(FUZZ_HOSTS "/empty", &host, &err) == DAVIT_OK);
  return host;
}

/* NULL: refused. */
static char *render(struct arena *arena, const struct service_file *file,
                    const struct service *service) {
  static const struct render_options options = {.replica = 1};
  const struct provider_settings settings = {
      .path = {.default_dir = "/nonexistent"}, .host = empty_host(), .log = &fuzz_log};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(providers) struct providers *providers = NULL;
  MUST_HOLD(providers_open(arena, &settings, &providers, &err) == DAVIT_OK);
  struct context context = {.arena = arena,
                            .log = &fuzz_log,
                            .host = empty_host(),
                            .file = file,
                            .service = service,
                            .options = &options,
                            .providers = providers};
  char *text = NULL;
  size_t size = 0;
  int answer = pipeline_run(&context, &err);
  check_answer(answer, &err);
  if (answer == DAVIT_OK) {
    const struct oci_entry *const *entries;
    MUST_HOLD(oci_entries(context.oci, arena, &entries, &err) == DAVIT_OK);
    for (; *entries; entries++)
      MUST_HOLD((*entries)->sources[0]);
    MUST_HOLD(oci_print(context.oci, &text, &size, &err) == DAVIT_OK);
    MUST_HOLD(strlen(text) == size);
  }
  oci_free(context.oci);
  return text;
}

static void check_config(const char *config) {
  CLEANUP(oci) struct oci *oci = NULL;
  CLEANUP(free) char *printed = NULL;
  CLEANUP(error) struct davit_error err = {0};
  size_t size;
  MUST_HOLD(oci_parse("config.json", config, strlen(config), &oci, &err) == DAVIT_OK);
  MUST_HOLD(oci_print(oci, &printed, &size, &err) == DAVIT_OK);
  MUST_HOLD(strcmp(printed, config) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file = NULL;
  int answer = service_load(&arena, "f", (const char *)data, size, &fuzz_log, &file, &err);
  check_answer(answer, &err);
  for (size_t i = 0; answer == DAVIT_OK && i < file->service_count && i < 4; i++) {
    CLEANUP(free) char *first = render(&arena, file, file->services[i]);
    CLEANUP(free) char *second = render(&arena, file, file->services[i]);
    MUST_HOLD(!first == !second);
    if (!first)
      continue;
    MUST_HOLD(strcmp(first, second) == 0);
    check_config(first);
  }
  return 0;
}
