/* SPDX-License-Identifier: Apache-2.0 */
/* The weaknesses of ZLayer's bundle builder that concern GPUs, each test named after one: what
 * davit does there for NVIDIA's. Those of MPS (g20 to g22) are in plugins_nvidia_mps_test.c, g8 for
 * several services in tests/e2e/claims, g25 beside the others. */
#include "differences_rig.h"

#define RULES all("linux.resources.devices")

static void check_lacks(const char *text, const char *part) {
  ck_assert_msg(!strstr(text, part), "\"%s\" is in \"%s\"", part, text);
}

/* Numbers above 255 were cut to eight bits. */
START_TEST(g3_numbers_of_devices_are_whole) {
  make("nvidia-2", "resources: {gpu: {}}");
  ck_assert_contains(all("linux.devices./dev/nvidia-uvm"), "c 511:0 ");
  ck_assert_contains(RULES, " c 511:0 rw c 511:1 rw ");
}
END_TEST

/* 510 and 234 stood for majors that each boot may give anew. */
START_TEST(g4_dynamic_majors_are_those_of_the_host) {
  make("nvidia-2", "resources: {gpu: {}}");
  check_lacks(RULES, " 510:");
  check_lacks(RULES, " 234:");
  make("nvidia-mig", "resources: {gpu: {devices: ['0:gi1:ci0']}}");
  ck_assert_contains(RULES, " c 510:0 rw ");
  check_lacks(RULES, " 511:");
}
END_TEST

START_TEST(g5_no_rule_is_for_other_gpus) {
  make("nvidia-8", "resources: {gpu: {count: 1}}");
  ck_assert_contains(RULES, " c 195:2 rw");
  check_lacks(RULES, " 195:*");
  check_lacks(RULES, " 226:");
  for (int minor = 0; minor < 8; minor++)
    if (minor != 2)
      check_lacks(RULES, arena_printf(&arena, " 195:%d ", minor));
}
END_TEST

START_TEST(g8_the_gpus_that_are_named_are_given) {
  make("nvidia-2", "resources: {gpu: {devices: ['1']}}");
  ck_assert_contains(names("linux.devices."), " /dev/nvidia0");
  check_lacks(names("linux.devices."), "/dev/nvidia1");
}
END_TEST

START_TEST(g9_fewer_gpus_than_asked_are_an_error) {
  refuse("nvidia-2", "resources: {gpu: {count: 4}}", "gpu.too-few", "4 GPUs asked");
  refuse("nvidia-vfio-no-uvm", "resources: {gpu: {}}", "nvidia.uvm-missing", "/dev/nvidia-uvm");
}
END_TEST

START_TEST(g15_a_count_of_0_is_an_error) {
  refuse("nvidia-2", "resources: {gpu: {count: 0}}", "service.invalid", "0 is out of range");
}
END_TEST

START_TEST(g16_a_count_is_bounded) {
  refuse("nvidia-2", "resources: {gpu: {count: 4294967295}}", "service.invalid", "out of range");
  make("nvidia-2", "resources: {gpu: {count: 2}}");
}
END_TEST

/* Images of CUDA bring NVIDIA_VISIBLE_DEVICES=all, and of two entries programs take either. */
START_TEST(g17_a_variable_is_there_once) {
  make("nvidia-2",
       "resources: {gpu: {}}\n    env: {NVIDIA_VISIBLE_DEVICES: all, CUDA_VISIBLE_DEVICES: '0'}");
  ck_assert_str_eq(all("process.env.NVIDIA_VISIBLE_DEVICES"),
                   "NVIDIA_VISIBLE_DEVICES=GPU-11111111-2222-3333-4444-555555555555");
  ck_assert_str_eq(all("process.env.CUDA_VISIBLE_DEVICES"), "CUDA_VISIBLE_DEVICES=0");
}
END_TEST

START_TEST(g18_nodes_come_with_the_drivers_files) {
  make("nvidia-files", "resources: {gpu: {}}");
  ck_assert_contains(names("mounts."), " /usr/lib/davit/nvidia/libcuda.so.1 ");
  ck_assert_contains(names("mounts."), " /usr/lib/davit/nvidia/libnvidia-ml.so.1 ");
  ck_assert_contains(all("linux.devices."), "c 195:254 ");
  ck_assert_str_eq(all("process.env.LD_LIBRARY_PATH"), "LD_LIBRARY_PATH=/usr/lib/davit/nvidia");
}
END_TEST

START_TEST(g19_a_vendor_is_known_or_an_error) {
  refuse("nvidia-2", "resources: {gpu: {vendor: NVIDIA}}", "service.invalid", "not in lower case");
  refuse("nvidia-2", "resources: {gpu: {vendor: nvidai}}", "gpu.no-provider",
         "serves vendor \"nvidai\"");
}
END_TEST

START_TEST(g23_a_slice_that_cuda_will_not_find_is_said) {
  make("nvidia-2", "resources: {gpu: {sharing: time-slice, time_slice_index: 1}}");
  ck_assert_contains(warnings, "CUDA will find none at ordinal 1");
}
END_TEST

START_TEST(g24_keys_of_sharing_are_not_ignored) {
  refuse("nvidia-2", "resources: {gpu: {sharing: time-slice}}", "service.invalid", "does nothing");
  refuse("nvidia-2", "resources: {gpu: {time_slice_index: 0}}", "service.invalid",
         "this is for sharing time-slice");
  refuse("nvidia-2", "resources: {gpu: {sharing: time-slice, mps_pipe_dir: /x}}", "service.invalid",
         "this is for sharing mps");
  refuse("amd-2", "resources: {gpu: {vendor: amd, sharing: mps}}", "gpu.sharing-unavailable",
         "does not offer sharing \"mps\"");
  refuse("nvidia-2", "resources: {gpu: {sharing: time-slice, time_slicing_config_path: /etc/none}}",
         "gpu.sharing-unavailable", "/etc/none is not a file");
}
END_TEST

START_TEST(g27_every_key_works_or_is_an_error) {
  refuse("nvidia-2", "resources: {gpu: {mode: mps}}", "service.invalid", "\"mps\" does not exist");
  refuse("nvidia-2", "resources: {gpu: {model: H100}}", "gpu.too-few", "of model \"H100\"");
  make("nvidia-2", "resources: {gpu: {model: H200, mode: native}}");
}
END_TEST

int main(void) {
  const TTest *const tests[] = {
      g3_numbers_of_devices_are_whole,
      g4_dynamic_majors_are_those_of_the_host,
      g5_no_rule_is_for_other_gpus,
      g8_the_gpus_that_are_named_are_given,
      g9_fewer_gpus_than_asked_are_an_error,
      g15_a_count_of_0_is_an_error,
      g16_a_count_is_bounded,
      g17_a_variable_is_there_once,
      g18_nodes_come_with_the_drivers_files,
      g19_a_vendor_is_known_or_an_error,
      g23_a_slice_that_cuda_will_not_find_is_said,
      g24_keys_of_sharing_are_not_ignored,
      g27_every_key_works_or_is_an_error,
  };
  Suite *suite = suite_create("differences in GPUs");
  TCase *all_tests = tcase_create("gpu");
  tcase_add_checked_fixture(all_tests, setup, teardown);
  for (size_t i = 0; i < ARRAY_LEN(tests); i++)
    tcase_add_test(all_tests, tests[i]);
  suite_add_tcase(suite, all_tests);
  return run_suite(suite);
}
