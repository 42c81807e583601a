/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin_rig.h"

static struct rig rig;

static void put_gpu(const char *address, const char *driver, const char *card,
                    const char *card_numbers, const char *render, const char *render_numbers) {
  const char *dir = arena_printf(&rig.arena, "/sys/bus/pci/devices/%s", address);
  put_pci(&rig, address, "0x8086", "0x038000", driver);
  put_drm(&rig, dir, card, card_numbers);
  if (render)
    put_drm(&rig, dir, render, render_numbers);
}

/* The card of the first has the number that goes with the render node of the second. */
static void two_gpus(void) {
  rig_begin(&rig);
  put_gpu("0000:00:02.0", "i915", "card1", "226:1", "renderD128", "226:128");
  put_gpu("0000:03:00.0", "xe", "card0", "226:0", "renderD129", "226:129");
}

static void end(void) {
  rig_end(&rig);
}

static void open_plugin(const char *const *options) {
  rig_open(&rig, "intel", options);
  rig_enumerate(&rig, "intel");
}

START_TEST(both_drivers_are_counted_in_pci_order) {
  put_pci(&rig, "0000:00:0b.0", "0x8086", "0x120000", "intel_vpu"); /* an NPU */
  put_pci(&rig, "0000:00:1f.3", "0x8086", "0x040380", "snd_hda_intel");
  put_pci(&rig, "0000:04:00.0", "0x1002", "0x030000", "amdgpu");
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:00:02.0", .nodes = "/dev/dri/renderD128 /dev/dri/card1"},
      {"1", 1, "0000:03:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card0"},
  };
  check_devices(&rig, expected);
  ck_assert_str_eq(rig.inventory.devices[1]->kind, "intel.com/gpu");
  ck_assert_str_eq(rig.inventory.devices[1]->vendor, "intel");
  ck_assert_str_eq(rig.inventory.devices[1]->driver, "xe");
}
END_TEST

START_TEST(every_reason_against_a_gpu_is_told) {
  put_pci(&rig, "0000:50:00.0", "0x8086", "0x030000", "vfio-pci");
  put_pci(&rig, "0000:51:00.0", "0x8086", "0x030000", "xe-vfio-pci");
  put_pci(&rig, "0000:52:00.0", "0x8086", "0x030000", NULL);
  put_gpu("0000:53:00.0", "xe", "card3", "226:3", "renderD131", "226:131");
  put(&rig, "/sys/bus/pci/devices/0000:53:00.0/sriov_numvfs", "1\n");
  put_gpu("0000:53:00.1", "xe", "card4", "226:4", "renderD132", "226:132");
  put_gpu("0000:54:00.0", "i915", "card5", "226:5", NULL, NULL);
  put_gpu("0000:55:00.0", "i915", "card6", "226:6", "renderD134", "226:134");
  put(&rig, "/dev/dri/renderD134", "not a node\n");
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:00:02.0", .nodes = "/dev/dri/renderD128 /dev/dri/card1"},
      {"1", 1, "0000:03:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card0"},
      {"0000:50:00.0", -1, "0000:50:00.0", .unusable = "bound to vfio-pci"},
      {"0000:51:00.0", -1, "0000:51:00.0", .unusable = "bound to xe-vfio-pci"},
      {"0000:52:00.0", -1, "0000:52:00.0", .unusable = "no driver is bound to it; modprobe i915"},
      {"2", 2, "0000:53:00.0",
       .unusable = "its virtual functions are in use; they are devices of their own"},
      {"3", 3, "0000:53:00.1", .nodes = "/dev/dri/renderD132 /dev/dri/card4"},
      {"4", 4, "0000:54:00.0", .unusable = "the driver makes no render node for it"},
      {"5", 5, "0000:55:00.0", .unusable = "/dev/dri/renderD134 is not a device node"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(a_gpu_brings_its_pair_of_nodes) {
  open_plugin(NULL);
  ck_assert_edits(&rig, rig_inject(&rig, "1"),
                  "1: node /dev/dri/renderD129\n"
                  "1: node /dev/dri/card0\n"
                  "*: default ZE_AFFINITY_MASK=0\n");
}
END_TEST

/* 0000:03:00.0 has two tiles. Without a word on the hierarchy nobody knows what a mask counts. */
START_TEST(a_mask_counts_what_the_hierarchy_shows) {
  static const struct {
    const char *option, *env; /* ZE_FLAT_DEVICE_HIERARCHY of the container */
    const char *variables;
  } cases[] = {
      {NULL, NULL, ""},
      {"hierarchy=flat", NULL,
       "*: default ZE_FLAT_DEVICE_HIERARCHY=FLAT\n*: default ZE_AFFINITY_MASK=0,1,2\n"},
      {"hierarchy=composite", NULL,
       "*: default ZE_FLAT_DEVICE_HIERARCHY=COMPOSITE\n*: default ZE_AFFINITY_MASK=0,1\n"},
      {"hierarchy=combined", NULL,
       "*: default ZE_FLAT_DEVICE_HIERARCHY=COMBINED\n*: default ZE_AFFINITY_MASK=0,1\n"},
      {NULL, "FLAT", "*: default ZE_AFFINITY_MASK=0,1,2\n"},
      {NULL, "COMPOSITE", "*: default ZE_AFFINITY_MASK=0,1\n"},
      /* the container's own word stays: the edit gives way to it */
      {"hierarchy=composite", "FLAT",
       "*: default ZE_FLAT_DEVICE_HIERARCHY=COMPOSITE\n*: default ZE_AFFINITY_MASK=0,1,2\n"},
  };
  tree_dir(&rig.tree, "/sys/bus/pci/devices/0000:03:00.0/tile0");
  tree_dir(&rig.tree, "/sys/bus/pci/devices/0000:03:00.0/tile1");
  open_plugin((const char *const[]){cases[_i].option, NULL});
  const char *const env[] = {"ZE_FLAT_DEVICE_HIERARCHY", cases[_i].env, NULL};
  rig.env = cases[_i].env ? env : NULL;
  ck_assert_edits(&rig, rig_inject(&rig, "0 1"),
                  arena_printf(&rig.arena,
                               "0: node /dev/dri/renderD128\n0: node /dev/dri/card1\n"
                               "1: node /dev/dri/renderD129\n1: node /dev/dri/card0\n%s",
                               cases[_i].variables));
}
END_TEST

START_TEST(a_gpu_of_one_tile_is_counted_as_one) {
  tree_dir(&rig.tree, "/sys/bus/pci/devices/0000:03:00.0/tile0");
  open_plugin(NULL);
  ck_assert_contains(rig_inject(&rig, "0 1"), "*: default ZE_AFFINITY_MASK=0,1\n");
}
END_TEST

START_TEST(a_generated_spec_has_the_hierarchy_and_no_mask) {
  open_plugin((const char *const[]){"hierarchy=flat", NULL});
  ck_assert_edits(&rig, rig_edits(&rig, RIG_INJECT, "0", "exclusive", DAVIT_REQUEST_GENERATE),
                  "0: node /dev/dri/renderD128\n"
                  "0: node /dev/dri/card1\n"
                  "*: default ZE_FLAT_DEVICE_HIERARCHY=FLAT\n");
}
END_TEST

START_TEST(a_virtual_function_names_its_gpu) {
  put_gpu("0000:53:00.0", "xe", "card3", "226:3", "renderD131", "226:131");
  put(&rig, "/sys/bus/pci/devices/0000:53:00.0/sriov_numvfs", "2\n");
  put_gpu("0000:53:00.1", "xe", "card4", "226:4", "renderD132", "226:132");
  put_gpu("0000:53:00.2", "xe", "card5", "226:5", "renderD133", "226:133");
  tree_link(&rig.tree, "/sys/bus/pci/devices/0000:53:00.0/virtfn0", "../0000:53:00.1");
  tree_link(&rig.tree, "/sys/bus/pci/devices/0000:53:00.0/virtfn1", "../0000:53:00.2");
  tree_link(&rig.tree, "/sys/bus/pci/devices/0000:53:00.1/physfn", "../0000:53:00.0");
  tree_link(&rig.tree, "/sys/bus/pci/devices/0000:53:00.2/physfn", "../0000:53:00.0");
  open_plugin(NULL);
  ck_assert_ptr_null(find_device(&rig, "2")->parent);
  ck_assert_str_eq(find_device(&rig, "3")->parent, "2");
  ck_assert_str_eq(find_device(&rig, "3")->profile, "VF 0");
  ck_assert_str_eq(find_device(&rig, "4")->parent, "2");
  ck_assert_str_eq(find_device(&rig, "4")->profile, "VF 1");
}
END_TEST

START_TEST(visible_env_off_and_generated_specs_have_no_mask) {
  open_plugin((const char *const[]){_i == 0 ? "visible-env=off" : NULL, NULL});
  uint32_t flags = _i == 0 ? 0 : DAVIT_REQUEST_GENERATE;
  ck_assert_edits(&rig, rig_edits(&rig, RIG_INJECT, "0", "exclusive", flags),
                  "0: node /dev/dri/renderD128\n"
                  "0: node /dev/dri/card1\n");
}
END_TEST

START_TEST(an_ordinal_that_will_not_exist_is_warned_of) {
  open_plugin(NULL);
  rig.env = (const char *const[]){"ZE_AFFINITY_MASK", "0.1,1.0", NULL}; /* device.subdevice */
  ck_assert_ptr_nonnull(rig_inject(&rig, "0"));
  ck_assert_contains(rig.warnings,
                     "ZE_AFFINITY_MASK=0.1,1.0, but counts its 1 GPUs from 0: there is no 1");
}
END_TEST

START_TEST(an_empty_host_has_no_gpu) {
  struct rig other;
  rig_begin(&other);
  rig_open(&other, "intel", NULL);
  rig_enumerate(&other, "intel");
  ck_assert_uint_eq(other.inventory.count, 0);
  rig_end(&other);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("intel");
  TCase *cases = tcase_create("intel");
  tcase_add_checked_fixture(cases, two_gpus, end);
  tcase_add_test(cases, both_drivers_are_counted_in_pci_order);
  tcase_add_test(cases, every_reason_against_a_gpu_is_told);
  tcase_add_test(cases, a_gpu_brings_its_pair_of_nodes);
  tcase_add_loop_test(cases, a_mask_counts_what_the_hierarchy_shows, 0, 7);
  tcase_add_test(cases, a_gpu_of_one_tile_is_counted_as_one);
  tcase_add_test(cases, a_generated_spec_has_the_hierarchy_and_no_mask);
  tcase_add_test(cases, a_virtual_function_names_its_gpu);
  tcase_add_loop_test(cases, visible_env_off_and_generated_specs_have_no_mask, 0, 2);
  tcase_add_test(cases, an_ordinal_that_will_not_exist_is_warned_of);
  tcase_add_test(cases, an_empty_host_has_no_gpu);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
