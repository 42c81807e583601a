/* SPDX-License-Identifier: Apache-2.0 */
/* A CDI spec file, through the whole cdi plugin: devices are listed, each that is usable is
 * injected into an empty document, and what comes out can be read again. */
#include "directory.h"

#include "cdi/cdi.h"
#include "oci/oci.h"
#include "plugin/edits.h"
#include "plugin/instance.h"

enum {
  DEVICES_MOST = 4 /* of one file: all others are read the same way */
};

static void inject(struct arena *arena, const struct host *host, struct instance *instance,
                   const struct davit_device *device) {
  CLEANUP(oci) struct oci *oci = NULL;
  CLEANUP(error) struct davit_error err = {0};
  const struct davit_container container = {DAVIT_SIZED(struct davit_container), .id = "c"};
  const struct davit_device *const devices[] = {device, NULL};
  const struct davit_request request = {DAVIT_SIZED(struct davit_request), .devices = devices,
                                        .container = &container, .sharing = "exclusive"};
  struct transaction *transaction;
  MUST_HOLD(oci_new(&oci, &err) == DAVIT_OK);
  MUST_HOLD(transaction_new(arena, host, oci, &fuzz_log, NULL, &transaction, &err) == DAVIT_OK);
  const struct davit_edits *edits = transaction_begin(transaction, instance, EDIT_INJECT);
  int answer = instance_inject(instance, &request, edits, &err);
  if (answer == DAVIT_OK)
    answer = transaction_apply(transaction, oci, &err);
  check_answer(answer, &err);
  if (answer < 0)
    return;
  CLEANUP(free) char *text = NULL;
  CLEANUP(oci) struct oci *again = NULL;
  size_t size;
  MUST_HOLD(oci_print(oci, &text, &size, &err) == DAVIT_OK);
  MUST_HOLD(oci_parse("printed", text, size, &again, &err) == DAVIT_OK);
}

static void list_and_inject(const char *name, const uint8_t *data, size_t size) {
  static const struct request_option dir = {.plugin = "cdi", .key = "dir", .value = "/cdi"};
  const struct plugin plugin = {.name = "cdi", .path = "cdi", .table = cdi_plugin};
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(instance) struct instance *instance = NULL;
  const struct host *host = fuzz_directory_host("cdi");
  const struct instance_settings settings = {
      .host = host, .log = &fuzz_log, .options = &dir, .option_count = 1};
  const struct davit_query query = {DAVIT_SIZED(struct davit_query)};
  struct inventory inventory = {0};
  fuzz_directory_write(name, data, size);
  MUST_HOLD(instance_open(&arena, &plugin, &settings, &instance, &err) == DAVIT_OK);
  int answer = instance_enumerate(instance, &arena, &query, &inventory, &err);
  MUST_HOLD(answer == DAVIT_OK);
  check_answer(inventory.answer, &inventory.broken);
  for (size_t i = 0; i < inventory.count && i < DEVICES_MOST; i++)
    if (!inventory.devices[i]->unusable)
      inject(&arena, host, instance, inventory.devices[i]);
  inventory_clear(&inventory);
  fuzz_directory_delete(name);
}

/* The name says which reader is tried first. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bool is_json = size > 0 && data[0] == '{';
  list_and_inject(is_json ? "cdi/f.json" : "cdi/f.yaml", data, size);
  return 0;
}
