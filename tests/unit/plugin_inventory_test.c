/* SPDX-License-Identifier: Apache-2.0 */
#include "toy_instance.h"

#include "plugin/instance_state.h"
#include "plugin/sized.h"

static const struct davit_query any = {DAVIT_SIZED(struct davit_query)};

START_TEST(devices_are_copied_deep) {
  static const struct request_option given = {.plugin = "good", .key = "devices", .value = "3"};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", &given, 1), &toy.err);
  struct inventory inventory;
  ck_assert_ok(instance_enumerate(toy.instance, &toy.dir.arena, &any, &inventory, &toy.err),
               &toy.err);
  ck_assert_int_eq(inventory.answer, DAVIT_OK);
  ck_assert_uint_eq(inventory.broken.count, 0);
  ck_assert_uint_eq(inventory.count, 3);
  ck_assert_ptr_null(inventory.devices[3]);
  /* Its strings were in the op's scratch, which is gone: the sanitizers would say so. */
  instance_close(STEAL(&toy.instance));
  const struct davit_device *device = inventory.devices[2];
  ck_assert_uint_eq(device->struct_size, sizeof(*device));
  ck_assert_uint_eq(device->flags, DAVIT_DEVICE_INDEX);
  ck_assert_uint_eq(device->index, 2);
  ck_assert_str_eq(device->id, "2");
  ck_assert_str_eq(device->kind, "acme.com/npu");
  ck_assert_str_eq(device->vendor, "acme");
  ck_assert_str_eq(device->uuid, "NPU-0002");
  ck_assert_str_eq(device->pci_address, "0000:03:00.0");
  ck_assert_str_eq(device->nodes[0], "/dev/acme2");
  ck_assert_ptr_null(device->nodes[1]);
  ck_assert_ptr_null(device->aliases);
  ck_assert_ptr_null(device->parent);
  inventory_clear(&inventory);
}
END_TEST

START_TEST(nothing_here_is_an_empty_answer) {
  static const struct request_option given = {.plugin = "good", .key = "devices", .value = "0"};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", &given, 1), &toy.err);
  struct inventory inventory;
  ck_assert_ok(instance_enumerate(toy.instance, &toy.dir.arena, &any, &inventory, &toy.err),
               &toy.err);
  ck_assert_uint_eq(inventory.count, 0);
  ck_assert_ptr_null(inventory.devices[0]);

  /* So is a plugin that has no devices to give, such as one that only diagnoses. */
  struct plugin bare = *instance_plugin(toy.instance);
  bare.table.enumerate = NULL;
  const struct instance_settings settings = {.host = toy.host, .log = &toy.log};
  CLEANUP(instance) struct instance *instance = NULL;
  ck_assert_ok(instance_open(&toy.dir.arena, &bare, &settings, &instance, &toy.err), &toy.err);
  ck_assert_ok(instance_enumerate(instance, &toy.dir.arena, &any, &inventory, &toy.err), &toy.err);
  ck_assert_uint_eq(inventory.count, 0);
  ck_assert_ptr_null(inventory.devices[0]);
}
END_TEST

START_TEST(an_error_comes_beside_the_devices_before_it) {
  static const struct {
    const char *how, *code, *says;
    int answer;
  } cases[] = {
      {"said", "halfway.stuck", "plugin halfway: enumerate got stuck", DAVIT_E_BUSY},
      {"silent", "plugin.failed", "plugin halfway: enumerate answered -1 without", DAVIT_E_FAILED},
      {"passed-on", "", "/no/such/file", DAVIT_E_NOT_FOUND},
  };
  const struct request_option given[] = {{.key = "at", .value = "enumerate"},
                                         {.key = "how", .value = cases[_i].how}};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "faulty", "halfway", given, 2), &toy.err);
  struct inventory inventory;
  ck_assert_ok(instance_enumerate(toy.instance, &toy.dir.arena, &any, &inventory, &toy.err),
               &toy.err);
  ck_assert_uint_eq(toy.err.count, 0);
  ck_assert_int_eq(inventory.answer, cases[_i].answer);
  ck_assert_uint_eq(inventory.count, 1);
  ck_assert_str_eq(inventory.devices[0]->id, "0");
  ck_assert_uint_eq(inventory.broken.count, 1);
  if (cases[_i].code[0]) /* a passed-on one has the code of the file function */
    ck_assert_str_eq(inventory.broken.first->code, cases[_i].code);
  ck_assert_contains(inventory.broken.first->text, cases[_i].says);
  inventory_clear(&inventory);
  ck_assert_uint_eq(inventory.broken.count, 0);
}
END_TEST

START_TEST(a_reason_names_the_option_at_fault) {
  static const struct request_option given = {
      .key = "devices", .value = "many", .at = {.file = "a.yaml", .line = 3, .key = "gpu.devices"}};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", &given, 1), &toy.err);
  struct inventory inventory;
  ck_assert_ok(instance_enumerate(toy.instance, &toy.dir.arena, &any, &inventory, &toy.err),
               &toy.err);
  ck_assert_int_eq(inventory.answer, DAVIT_E_INVALID);
  const struct problem *problem = inventory.broken.first;
  ck_assert_str_eq(problem->code, "good.devices");
  ck_assert_str_eq(problem->text, "plugin good: \"many\" is no number of devices");
  ck_assert_str_eq(problem->hint, "give a number");
  ck_assert_str_eq(problem->at.key, "gpu.devices");
  ck_assert_uint_eq(problem->at.line, 3);
  inventory_clear(&inventory);
}
END_TEST

START_TEST(broken_promises_fail_even_if_the_plugin_goes_on) {
  static const struct {
    const char *broken, *says;
  } cases[] = {
      {"null", "device 2 is NULL"},
      {"no-id", "device 2 has no id"},
      {"empty-id", "device 2 has no id"},
      {"no-kind", "device \"1\" has no kind"},
      {"twice", "device \"acme.com/npu=0\" is there twice"},
      {"no-parent", "device \"0:1\" is a part of \"7\", which is not there"},
      {"own-parent", "device \"1\" is a part of itself"},
      {"size", "device 2 has the impossible size 0"},
      {"long-text", "a text of a device is longer than 4096 bytes"},
      {"endless-list", "a list of a device has more than 1024 entries"},
      {"many", "there are more than 16384 devices"},
      {"no-reason", "a name is absent without a reason"},
      {"no-place", "the place of an absent name has an impossible size"},
  };
  const struct request_option given = {.key = "broken", .value = cases[_i].broken};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "faulty", "promises", &given, 1), &toy.err);
  struct inventory inventory;
  ck_assert_int_eq(instance_enumerate(toy.instance, &toy.dir.arena, &any, &inventory, &toy.err),
                   DAVIT_E_INVALID);
  ck_assert_uint_eq(inventory.count, 0);
  ck_assert_uint_eq(toy.err.count, 1);
  ck_assert_str_eq(toy.err.first->code, "plugin.broken-promise");
  ck_assert_contains(toy.err.first->text, "plugin promises: ");
  ck_assert_contains(toy.err.first->text, cases[_i].says);
  ck_assert_contains(toy.err.first->hint, "ask whoever made the plugin");
}
END_TEST

START_TEST(a_positive_answer_breaks_a_promise) {
  static const struct request_option given[] = {{.key = "at", .value = "enumerate"},
                                                {.key = "how", .value = "positive"}};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "faulty", "halfway", given, 2), &toy.err);
  struct inventory inventory;
  ck_assert_int_eq(instance_enumerate(toy.instance, &toy.dir.arena, &any, &inventory, &toy.err),
                   DAVIT_E_FAILED);
  ck_assert_uint_eq(toy.err.count, 1);
  ck_assert_error(&toy.err, "plugin.broken-promise", "plugin halfway: enumerate answered 3");
}
END_TEST

/* The toy repeats its device without the critical flag when davit refuses it. */
START_TEST(a_newer_plugin_is_understood_as_far_as_possible) {
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "newer", NULL, 0), &toy.err);
  struct inventory inventory;
  ck_assert_ok(instance_enumerate(toy.instance, &toy.dir.arena, &any, &inventory, &toy.err),
               &toy.err);
  ck_assert_int_eq(inventory.answer, DAVIT_OK);
  ck_assert_uint_eq(inventory.count, 1);
  ck_assert_uint_eq(inventory.devices[0]->struct_size, sizeof(struct davit_device));
  ck_assert_str_eq(inventory.devices[0]->id, "0");
}
END_TEST

START_TEST(sized_structs_of_other_versions) {
  struct davit_device given = {
      .struct_size = offsetof(struct davit_device, uuid), .id = "0", .uuid = "not there"};
  struct davit_device own;
  memset(&own, 0xff, sizeof(own));
  ck_assert(sized_take(&own, sizeof(own), &given));
  ck_assert_str_eq(own.id, "0");
  ck_assert_ptr_null(own.uuid);
  ck_assert_uint_eq(own.line, 0);
  ck_assert_uint_eq(own.struct_size, sizeof(own));
  static const uint32_t impossible[] = {0, 4, 12, 9, offsetof(struct davit_device, uuid) + 4};
  for (size_t i = 0; i < ARRAY_LEN(impossible); i++) {
    given.struct_size = impossible[i];
    ck_assert_msg(!sized_take(&own, sizeof(own), &given), "took size %u", impossible[i]);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin/inventory");
  TCase *cases = tcase_create("inventory");
  tcase_add_test(cases, devices_are_copied_deep);
  tcase_add_test(cases, nothing_here_is_an_empty_answer);
  tcase_add_loop_test(cases, an_error_comes_beside_the_devices_before_it, 0, 3);
  tcase_add_test(cases, a_reason_names_the_option_at_fault);
  tcase_add_loop_test(cases, broken_promises_fail_even_if_the_plugin_goes_on, 0, 13);
  tcase_add_test(cases, a_positive_answer_breaks_a_promise);
  tcase_add_test(cases, a_newer_plugin_is_understood_as_far_as_possible);
  tcase_add_test(cases, sized_structs_of_other_versions);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
