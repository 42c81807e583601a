/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin_rig.h"

static const char FIRST_UUID[] = "GPU-11111111-2222-3333-4444-555555555555";
static const char SECOND_UUID[] = "GPU-66666666-7777-8888-9999-aaaaaaaaaaaa";

static struct rig rig;

/* What the driver tells of a GPU; a UUID or minor of NULL is left out. */
static void put_information(const char *address, const char *uuid, const char *minor,
                            const char *excluded) {
  const char *text = arena_printf(
      &rig.arena,
      "Model: \t\t NVIDIA H200\nIRQ:   \t\t 185\n%s%s%sVideo BIOS: \t 96.00.bc.00.01\n"
      "Bus Location: \t %s\n%s%s%sGPU Excluded:\t %s\n",
      uuid ? "GPU UUID: \t " : "", uuid ? uuid : "", uuid ? "\n" : "", address,
      minor ? "Device Minor: \t " : "", minor ? minor : "", minor ? "\n" : "", excluded);
  put(&rig, arena_printf(&rig.arena, "/proc/driver/nvidia/gpus/%s/information", address), text);
}

static void put_gpu(const char *address, const char *uuid, const char *minor) {
  put_pci(&rig, address, "0x10de", "0x030200", "nvidia");
  put_information(address, uuid, minor, "No");
  put_node(&rig, arena_printf(&rig.arena, "/dev/nvidia%s", minor),
           arena_printf(&rig.arena, "195:%s", minor));
}

/* Two GPUs whose minors are not in the order of their addresses, beside a BMC. */
static void two_gpus(void) {
  rig_begin(&rig);
  put(&rig, "/proc/driver/nvidia/version",
      "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  "
      "(dvs-builder@U22-I3-B17-02-5)  Tue Sep 23 09:55:41 UTC 2025\n"
      "GCC version:  gcc version 11.4.0 (Ubuntu 11.4.0-1ubuntu1~22.04.2)\n");
  put_pci(&rig, "0000:03:00.0", "0x1a03", "0x030000", "ast");
  put_gpu("0000:1b:00.0", FIRST_UUID, "1");
  put_gpu("0000:43:00.0", SECOND_UUID, "0");
  put(&rig, "/sys/bus/pci/devices/0000:43:00.0/numa_node", "1\n");
  put_node(&rig, "/dev/nvidiactl", "195:255");
  put_node(&rig, "/dev/nvidia-modeset", "195:254");
  put_node(&rig, "/dev/nvidia-uvm", "511:0");
  put_node(&rig, "/dev/nvidia-uvm-tools", "511:1");
}

static void end(void) {
  rig_end(&rig);
}

/* Driver files have tests of their own. */
static void open_plugin(const char *const *options) {
  static const char *const no_files[] = {"driver-files=off", NULL};
  if (!options)
    options = no_files;
  rig_open(&rig, "nvidia", options);
  rig_enumerate(&rig, "nvidia");
}

START_TEST(indexes_follow_pci_order_and_nodes_the_minor) {
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:1b:00.0", .nodes = "/dev/nvidia1", .uuid = FIRST_UUID},
      {"1", 1, "0000:43:00.0", .nodes = "/dev/nvidia0", .uuid = SECOND_UUID},
  };
  check_devices(&rig, expected);
  const struct davit_device *second = rig.inventory.devices[1];
  ck_assert_str_eq(second->kind, "nvidia.com/gpu");
  ck_assert_str_eq(second->vendor, "nvidia");
  ck_assert_str_eq(second->model, "NVIDIA H200");
  ck_assert_str_eq(second->driver, "nvidia");
  ck_assert_str_eq(second->driver_version, "580.95.05");
  ck_assert_uint_ne(second->flags & DAVIT_DEVICE_NUMA, 0);
  ck_assert_uint_eq(second->numa_node, 1);
}
END_TEST

START_TEST(addresses_are_ordered_as_numbers) {
  put_gpu("10000:01:00.0", "GPU-9", "3");
  put_gpu("0001:01:00.0", "GPU-8", "2");
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:1b:00.0", .nodes = "/dev/nvidia1", .uuid = FIRST_UUID},
      {"1", 1, "0000:43:00.0", .nodes = "/dev/nvidia0", .uuid = SECOND_UUID},
      {"2", 2, "0001:01:00.0", .nodes = "/dev/nvidia2", .uuid = "GPU-8"},
      {"3", 3, "10000:01:00.0", .nodes = "/dev/nvidia3", .uuid = "GPU-9"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(what_is_no_gpu_of_this_driver_is_left_out) {
  put_pci(&rig, "0000:1b:00.1", "0x10de", "0x040300", "snd_hda_intel");
  put_pci(&rig, "0000:05:00.0", "0x10de", "0x068000", "nvidia-nvswitch");
  put_pci(&rig, "0000:06:00.0", "0x10de", "0x030000", "nouveau");
  put_pci(&rig, "0000:07:00.0", "0x10de", "0x030000", "NovaCore");
  open_plugin(NULL);
  ck_assert_uint_eq(rig.inventory.count, 2);
}
END_TEST

START_TEST(every_reason_against_a_gpu_is_told) {
  put_pci(&rig, "0000:50:00.0", "0x10de", "0x030000", "vfio-pci");
  put_pci(&rig, "0000:51:00.0", "0x10de", "0x030000", NULL);
  put_pci(&rig, "0000:52:00.0", "0x10de", "0x030200", "nvidia");
  put_pci(&rig, "0000:53:00.0", "0x10de", "0x030200", "nvidia");
  put_information("0000:53:00.0", NULL, "5", "Yes");
  put_pci(&rig, "0000:54:00.0", "0x10de", "0x030200", "nvidia");
  put(&rig, "/proc/driver/nvidia/gpus/0000:54:00.0/information", "\n");
  put_pci(&rig, "0000:55:00.0", "0x10de", "0x030200", "nvidia");
  put_information("0000:55:00.0",
                  "GPU-????????"
                  "-????"
                  "-????"
                  "-????"
                  "-????????????",
                  "6", "No");
  put_pci(&rig, "0000:56:00.0", "0x10de", "0x030200", "nvidia");
  put_information("0000:56:00.0", "GPU-7", NULL, "No");
  put_gpu("0000:57:00.0", "GPU-8", "7");
  put_node(&rig, "/dev/nvidia7", "195:9");
  put_pci(&rig, "0000:58:00.0", "0x10de", "0x030200", "nvidia");
  put_information("0000:58:00.0", NULL, "255", "No");
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:1b:00.0", .nodes = "/dev/nvidia1", .uuid = FIRST_UUID},
      {"1", 1, "0000:43:00.0", .nodes = "/dev/nvidia0", .uuid = SECOND_UUID},
      {"0000:50:00.0", -1, "0000:50:00.0", .unusable = "bound to vfio-pci"},
      {"0000:51:00.0", -1, "0000:51:00.0", .unusable = "no driver is bound to it; modprobe nvidia"},
      {"0000:52:00.0", -1, "0000:52:00.0",
       .unusable = "the driver does not list it; dmesg tells why (NVRM, Xid)"},
      {"0000:53:00.0", -1, "0000:53:00.0",
       .unusable = "excluded by the driver's option NVreg_ExcludedGpus"},
      {"2", 2, "0000:54:00.0", .unusable = "the driver lost it (its information file is empty)"},
      {"3", 3, "0000:55:00.0", .unusable = "no device node /dev/nvidia6; run nvidia-modprobe -c 6"},
      {"4", 4, "0000:56:00.0", .unusable = "the driver tells no device minor for it",
       .uuid = "GPU-7"},
      {"5", 5, "0000:57:00.0", .unusable = "/dev/nvidia7 is not the device node of minor 7",
       .uuid = "GPU-8"},
      {"6", 6, "0000:58:00.0", .unusable = "the driver tells no device minor for it"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(driver_version_is_known_by_its_form) {
  static const struct {
    const char *line, *version;
  } cases[] = {
      {"NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.135  Fri Jan 10 20:00:00 UTC 2025\n",
       "550.135"},
      {"NVRM version: NVIDIA UNIX Open Kernel Module  515.43.04  Release Build\n", "515.43.04"},
      {"NVRM version: nothing of the kind\n", NULL},
      {"", NULL},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    struct rig other;
    rig_begin(&other);
    put_pci(&other, "0000:1b:00.0", "0x10de", "0x030200", "nvidia");
    put(&other, "/proc/driver/nvidia/version", cases[i].line);
    rig_open(&other, "nvidia", NULL);
    rig_enumerate(&other, "nvidia");
    check_text("0", "version", other.inventory.devices[0]->driver_version, cases[i].version);
    rig_end(&other);
  }
}
END_TEST

START_TEST(one_gpu_brings_its_node_and_the_control_nodes) {
  open_plugin(NULL);
  ck_assert_edits(&rig, rig_inject(&rig, "1"),
                  "*: node /dev/nvidiactl\n"
                  "*: node /dev/nvidia-uvm\n"
                  "*: node /dev/nvidia-uvm-tools\n"
                  "*: node /dev/nvidia-modeset\n"
                  "1: node /dev/nvidia0\n"
                  "*: env NVIDIA_VISIBLE_DEVICES=GPU-66666666-7777-8888-9999-aaaaaaaaaaaa\n"
                  "*: default CUDA_VISIBLE_DEVICES=0\n");
  ck_assert_str_eq(rig.warnings, "");
}
END_TEST

START_TEST(several_gpus_are_numbered_inside_the_container) {
  drop(&rig, "/dev/nvidia-uvm-tools");
  drop(&rig, "/dev/nvidia-modeset");
  put_information("0000:43:00.0", NULL, "0", "No");
  open_plugin(NULL);
  ck_assert_edits(&rig, rig_inject(&rig, "1 0"),
                  "*: node /dev/nvidiactl\n"
                  "*: node /dev/nvidia-uvm\n"
                  "1: node /dev/nvidia0\n"
                  "0: node /dev/nvidia1\n"
                  "*: env NVIDIA_VISIBLE_DEVICES=1,GPU-11111111-2222-3333-4444-555555555555\n"
                  "*: default CUDA_DEVICE_ORDER=PCI_BUS_ID\n"
                  "*: default CUDA_VISIBLE_DEVICES=0,1\n");
}
END_TEST

START_TEST(visible_env_off_leaves_out_cudas_variables) {
  open_plugin((const char *const[]){"visible-env=off", NULL});
  const char *edits = rig_inject(&rig, "0 1");
  ck_assert_ptr_nonnull(edits);
  ck_assert_contains(edits, "NVIDIA_VISIBLE_DEVICES");
  ck_assert_ptr_null(strstr(edits, "CUDA"));
}
END_TEST

START_TEST(a_generated_spec_holds_nothing_of_the_choice) {
  open_plugin(NULL);
  ck_assert_edits(&rig, rig_edits(&rig, RIG_INJECT, "0 1", "exclusive", DAVIT_REQUEST_GENERATE),
                  "*: node /dev/nvidiactl\n"
                  "*: node /dev/nvidia-uvm\n"
                  "*: node /dev/nvidia-uvm-tools\n"
                  "*: node /dev/nvidia-modeset\n"
                  "0: node /dev/nvidia1\n"
                  "1: node /dev/nvidia0\n"
                  "*: env NVIDIA_VISIBLE_DEVICES=void\n");
}
END_TEST

START_TEST(an_ordinal_that_will_not_exist_is_warned_of) {
  static const struct {
    const char *value, *says;
  } cases[] = {
      {"3", "CUDA_VISIBLE_DEVICES=3, but counts its 2 GPUs from 0: there is no 3"},
      {"0,2", "there is no 2"},
      {"0,1", NULL},
      {"", NULL},
      {"-1", NULL},
      {"GPU-11111111,MIG-7", NULL},
      {"99999999999999999999", NULL}, /* CUDA's own affair */
  };
  open_plugin(NULL);
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    rig.env = (const char *const[]){"CUDA_VISIBLE_DEVICES", cases[i].value, NULL};
    rig.warnings = arena_strdup(&rig.arena, "");
    ck_assert_ptr_nonnull(rig_inject(&rig, "0 1"));
    if (cases[i].says)
      ck_assert_contains(rig.warnings, cases[i].says);
    else
      ck_assert_str_eq(rig.warnings, "");
  }
}
END_TEST

START_TEST(missing_control_nodes_are_errors_with_a_command) {
  drop(&rig, "/dev/nvidia-uvm");
  open_plugin(NULL);
  ck_assert_ptr_null(rig_inject(&rig, "0"));
  ck_assert_int_eq(rig.err.first->answer, DAVIT_E_NOT_FOUND);
  ck_assert_error(&rig.err, "nvidia.uvm-missing", "no device node /dev/nvidia-uvm");
  ck_assert_error(&rig.err, "nvidia.uvm-missing", "nvidia-modprobe -u");
  ck_assert_error(&rig.err, "nvidia.uvm-missing", "nvidia:uvm=optional");
  drop(&rig, "/dev/nvidiactl");
  ck_assert_ptr_null(rig_inject(&rig, "0"));
  ck_assert_int_eq(rig.err.first->answer, DAVIT_E_NOT_FOUND);
  ck_assert_error(&rig.err, "nvidia.ctl-missing", "no device node /dev/nvidiactl");
  ck_assert_error(&rig.err, "nvidia.ctl-missing", "nvidia-modprobe -c 255");
}
END_TEST

START_TEST(uvm_may_be_optional) {
  drop(&rig, "/dev/nvidia-uvm");
  drop(&rig, "/dev/nvidia-uvm-tools");
  open_plugin((const char *const[]){"uvm=optional", NULL});
  ck_assert_edits(&rig, rig_inject(&rig, "0"),
                  "*: node /dev/nvidiactl\n"
                  "*: node /dev/nvidia-modeset\n"
                  "0: node /dev/nvidia1\n"
                  "*: env NVIDIA_VISIBLE_DEVICES=GPU-11111111-2222-3333-4444-555555555555\n"
                  "*: default CUDA_VISIBLE_DEVICES=0\n");
}
END_TEST

START_TEST(unknown_critical_flags_are_refused) {
  open_plugin(NULL);
  ck_assert_ptr_null(rig_edits(&rig, RIG_INJECT, "0", "exclusive", 1u << 31));
  ck_assert_int_eq(rig.err.first->answer, DAVIT_E_UNSUPPORTED);
  ck_assert_error(&rig.err, "plugin.too-old", "0x80000000");
  ck_assert_error(&rig.err, "plugin.too-old", "came with this davit");
}
END_TEST

/* ---- MIG ---- */

static void put_cap(const char *dir, const char *minor) {
  put(&rig, arena_printf(&rig.arena, "/proc/driver/nvidia/capabilities/%s/access", dir),
      arena_printf(&rig.arena, "DeviceFileMinor: %s\nDeviceFileMode: 292\nDeviceFileModify: 1\n",
                   minor));
  put_node(&rig, arena_printf(&rig.arena, "/dev/nvidia-caps/nvidia-cap%s", minor),
           arena_printf(&rig.arena, "235:%s", minor));
}

/* The GPU with minor 0, which is the second one, has two instances. */
static void put_mig(void) {
  put_cap("gpu0/mig/gi1", "12");
  put_cap("gpu0/mig/gi1/ci0", "13");
  put_cap("gpu0/mig/gi2", "21");
  put_cap("gpu0/mig/gi2/ci0", "22");
  tree_dir(&rig.tree, "/proc/driver/nvidia/capabilities/gpu1/mig"); /* MIG mode off */
}

START_TEST(mig_instances_are_devices_and_their_gpu_a_group) {
  put_mig();
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:1b:00.0", .nodes = "/dev/nvidia1", .uuid = FIRST_UUID},
      {"1", 1, "0000:43:00.0", .nodes = "/dev/nvidia0", .uuid = SECOND_UUID,
       .group = DAVIT_DEVICE_GROUP},
      {"1:gi1:ci0", -1, "0000:43:00.0",
       .nodes = "/dev/nvidia0 /dev/nvidia-caps/nvidia-cap12 /dev/nvidia-caps/nvidia-cap13",
       .parent = "1"},
      {"1:gi2:ci0", -1, "0000:43:00.0",
       .nodes = "/dev/nvidia0 /dev/nvidia-caps/nvidia-cap21 /dev/nvidia-caps/nvidia-cap22",
       .parent = "1"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(mig_instances_are_ordered_as_numbers) {
  put_mig();
  put_cap("gpu0/mig/gi10", "93");
  put_cap("gpu0/mig/gi10/ci1", "95");
  put_cap("gpu0/mig/gi10/ci0", "94");
  tree_dir(&rig.tree,
           "/proc/driver/nvidia/capabilities/gpu0/mig/gi15/ci0"); /* there is no such ... */
  tree_dir(&rig.tree, "/proc/driver/nvidia/capabilities/gpu0/mig/gi02/ci0"); /* ... nor such */
  open_plugin(NULL);
  static const char *const ids[] = {"0", "1", "1:gi1:ci0", "1:gi2:ci0", "1:gi10:ci0", "1:gi10:ci1"};
  ck_assert_uint_eq(rig.inventory.count, ARRAY_LEN(ids));
  for (size_t i = 0; i < ARRAY_LEN(ids); i++)
    ck_assert_str_eq(rig.inventory.devices[i]->id, ids[i]);
}
END_TEST

START_TEST(a_mig_instance_without_its_nodes_is_unusable) {
  put_mig();
  drop(&rig, "/dev/nvidia-caps/nvidia-cap12");
  put(&rig, "/proc/driver/nvidia/capabilities/gpu0/mig/gi2/ci0/access", "DeviceFileMode: 292\n");
  open_plugin(NULL);
  ck_assert_str_eq(find_device(&rig, "1:gi1:ci0")->unusable,
                   "no device node /dev/nvidia-caps/nvidia-cap12; run nvidia-modprobe -f "
                   "/proc/driver/nvidia/capabilities/gpu0/mig/gi1/access");
  ck_assert_str_eq(
      find_device(&rig, "1:gi2:ci0")->unusable,
      "/proc/driver/nvidia/capabilities/gpu0/mig/gi2/ci0/access tells no device minor");
}
END_TEST

START_TEST(a_gpu_in_mig_mode_without_compute_instance_is_unusable) {
  put_cap("gpu0/mig/gi1", "12");
  open_plugin(NULL);
  ck_assert_uint_eq(rig.inventory.count, 2);
  ck_assert_str_eq(find_device(&rig, "1")->unusable,
                   "MIG mode is on and it has no compute instance; make one with "
                   "nvidia-smi mig -cci");
}
END_TEST

START_TEST(a_mig_instance_brings_exactly_its_capabilities) {
  put_mig();
  open_plugin(NULL);
  ck_assert_edits(&rig, rig_inject(&rig, "1:gi2:ci0"),
                  "*: node /dev/nvidiactl\n"
                  "*: node /dev/nvidia-uvm\n"
                  "*: node /dev/nvidia-uvm-tools\n"
                  "*: node /dev/nvidia-modeset\n"
                  "1:gi2:ci0: node /dev/nvidia0\n"
                  "1:gi2:ci0: node /dev/nvidia-caps/nvidia-cap21\n"
                  "1:gi2:ci0: node /dev/nvidia-caps/nvidia-cap22\n"
                  "*: env NVIDIA_VISIBLE_DEVICES=void\n");
}
END_TEST

/* ---- sharing ---- */

START_TEST(a_time_slice_is_an_ordinal_and_a_configuration) {
  put(&rig, "/etc/slices.yaml", "version: v1\n");
  open_plugin((const char *const[]){"time-slice-index=1",
                                    "time-slicing-config-path=/etc/slices.yaml", NULL});
  ck_assert_edits(&rig, rig_edits(&rig, RIG_SHARE, "0 1", "time-slice", 0),
                  "*: env CUDA_VISIBLE_DEVICES=1\n"
                  "*: mount /etc/slices.yaml at /etc/nvidia/gpu-time-slicing.yaml as preset\n");
  ck_assert_str_eq(rig.warnings, "");
  const char *injected = rig_edits(&rig, RIG_INJECT, "0 1", "time-slice", 0);
  ck_assert_ptr_nonnull(injected);
  ck_assert_ptr_null(strstr(injected, "CUDA_VISIBLE_DEVICES"));
}
END_TEST

START_TEST(a_time_slice_without_index_leaves_the_order) {
  open_plugin(NULL);
  ck_assert_edits(&rig, rig_edits(&rig, RIG_SHARE, "0", "time-slice", 0), "");
  ck_assert_contains(rig_edits(&rig, RIG_INJECT, "0", "time-slice", 0),
                     "default CUDA_VISIBLE_DEVICES=0");
}
END_TEST

START_TEST(a_slice_that_cuda_will_not_find_is_warned_of) {
  open_plugin((const char *const[]){"time-slice-index=2", NULL});
  ck_assert_edits(&rig, rig_edits(&rig, RIG_SHARE, "0 1", "time-slice", 0),
                  "*: env CUDA_VISIBLE_DEVICES=2\n");
  ck_assert_contains(rig.warnings, "counts its 2 GPUs from 0: CUDA will find none at ordinal 2");
}
END_TEST

START_TEST(sharing_that_cannot_be_is_refused) {
  static const struct {
    const char *sharing, *option, *code;
    int answer;
    const char *text, *hint;
  } cases[] = {
      {"time-slice", "time-slice-index=one", "plugin.option", DAVIT_E_INVALID,
       "\"one\" is not a number", "counted from 0"},
      {"time-slice", "time-slice-index=", "plugin.option", DAVIT_E_INVALID, "\"\" is not a number",
       "counted from 0"},
      {"time-slice", "time-slicing-config-path=/etc/no.yaml", "gpu.sharing-unavailable",
       DAVIT_E_NOT_FOUND, "/etc/no.yaml is not a file", "leave the key out"},
      {"time-slice", "time-slicing-config-path=/dev", "gpu.sharing-unavailable", DAVIT_E_NOT_FOUND,
       "/dev is not a file", "name a file"},
      {"time-slice", "time-slicing-config-path=no.yaml", "plugin.option", DAVIT_E_INVALID,
       "\"no.yaml\" is not an absolute path", "give an absolute path"},
      {"halves", NULL, "gpu.sharing-unavailable", DAVIT_E_UNSUPPORTED,
       "\"halves\" is not a way to share", "exclusive, mps or time-slice"},
  };
  open_plugin((const char *const[]){cases[_i].option, NULL});
  ck_assert_ptr_null(rig_edits(&rig, RIG_SHARE, "0", cases[_i].sharing, 0));
  ck_assert_int_eq(rig.err.first->answer, cases[_i].answer);
  ck_assert_error(&rig.err, cases[_i].code, cases[_i].text);
  ck_assert_error(&rig.err, cases[_i].code, cases[_i].hint);
  if (cases[_i].option)
    ck_assert_uint_eq(rig.err.first->at.line, 9);
}
END_TEST

START_TEST(an_empty_host_has_no_gpu) {
  struct rig other;
  rig_begin(&other);
  rig_open(&other, "nvidia", NULL);
  rig_enumerate(&other, "nvidia");
  ck_assert_uint_eq(other.inventory.count, 0);
  rig_end(&other);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("nvidia");
  TCase *find = tcase_create("find");
  tcase_add_checked_fixture(find, two_gpus, end);
  tcase_add_test(find, indexes_follow_pci_order_and_nodes_the_minor);
  tcase_add_test(find, addresses_are_ordered_as_numbers);
  tcase_add_test(find, what_is_no_gpu_of_this_driver_is_left_out);
  tcase_add_test(find, every_reason_against_a_gpu_is_told);
  tcase_add_test(find, driver_version_is_known_by_its_form);
  tcase_add_test(find, an_empty_host_has_no_gpu);
  suite_add_tcase(suite, find);

  TCase *inject = tcase_create("inject");
  tcase_add_checked_fixture(inject, two_gpus, end);
  tcase_add_test(inject, one_gpu_brings_its_node_and_the_control_nodes);
  tcase_add_test(inject, several_gpus_are_numbered_inside_the_container);
  tcase_add_test(inject, visible_env_off_leaves_out_cudas_variables);
  tcase_add_test(inject, a_generated_spec_holds_nothing_of_the_choice);
  tcase_add_test(inject, an_ordinal_that_will_not_exist_is_warned_of);
  tcase_add_test(inject, missing_control_nodes_are_errors_with_a_command);
  tcase_add_test(inject, uvm_may_be_optional);
  tcase_add_test(inject, unknown_critical_flags_are_refused);
  suite_add_tcase(suite, inject);

  TCase *mig = tcase_create("mig");
  tcase_add_checked_fixture(mig, two_gpus, end);
  tcase_add_test(mig, mig_instances_are_devices_and_their_gpu_a_group);
  tcase_add_test(mig, mig_instances_are_ordered_as_numbers);
  tcase_add_test(mig, a_mig_instance_without_its_nodes_is_unusable);
  tcase_add_test(mig, a_gpu_in_mig_mode_without_compute_instance_is_unusable);
  tcase_add_test(mig, a_mig_instance_brings_exactly_its_capabilities);
  suite_add_tcase(suite, mig);

  TCase *share = tcase_create("share");
  tcase_add_checked_fixture(share, two_gpus, end);
  tcase_add_test(share, a_time_slice_is_an_ordinal_and_a_configuration);
  tcase_add_test(share, a_time_slice_without_index_leaves_the_order);
  tcase_add_test(share, a_slice_that_cuda_will_not_find_is_warned_of);
  tcase_add_loop_test(share, sharing_that_cannot_be_is_refused, 0, 6);
  suite_add_tcase(suite, share);
  return run_suite(suite);
}
