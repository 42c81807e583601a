/* SPDX-License-Identifier: Apache-2.0 */
/* resources.gpu: what is asked of which vendor, and how it is shared. */
#include "service_testing.h"

#define GPU(keys) "resources: {gpu: {" keys "}}"
#define PATH_HINT "no \"//\", \".\" or \"..\" in it and no \"/\" at its end"
#define VENDOR_HINT \
  "a vendor, a CDI kind, a PCI vendor id or a kernel driver: nvidia, acme.com/npu, 0x1e52, xe"

START_TEST(a_gpu_without_keys_is_one_nvidia_gpu) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(&arena, GPU(""));
  const struct service_gpu *gpu = service->gpu;
  ck_assert_ptr_nonnull(gpu);
  ck_assert_str_eq(gpu->vendor.text, "nvidia");
  ck_assert_uint_eq(gpu->vendor.at.line, 0);
  ck_assert_uint_eq(gpu->count, 1);
  ck_assert_uint_eq(gpu->count_at.line, 0);
  ck_assert_uint_eq(gpu->device_count, 0);
  ck_assert_ptr_null(gpu->model.text);
  ck_assert(gpu->required);
  ck_assert_str_eq(gpu->sharing.text, "exclusive");
  ck_assert_uint_eq(gpu->option_count, 0);
  ck_assert_uint_eq(gpu->at.line, 6);
  ck_assert_uint_eq(gpu->at.column, 22);
  ck_assert_str_eq(gpu->at.key, "services.web.resources.gpu");
  ck_assert_ptr_null(service->distributed);
}
END_TEST

START_TEST(every_key_is_kept) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service_gpu *gpu = load_service(&arena, "resources:\n"
                                                       "  gpu:\n"
                                                       "    vendor: amd\n"
                                                       "    count: 2\n"
                                                       "    devices: [0, \"0000:3b:00.0\"]\n"
                                                       "    model: MI300\n"
                                                       "    mode: native\n"
                                                       "    required: false\n"
                                                       "    sharing: exclusive\n")
                                      ->gpu;
  ck_assert_str_eq(gpu->vendor.text, "amd");
  ck_assert_uint_eq(gpu->vendor.at.line, 8);
  ck_assert_str_eq(gpu->vendor.at.key, "services.web.resources.gpu.vendor");
  ck_assert_uint_eq(gpu->count, 2);
  ck_assert_uint_eq(gpu->count_at.line, 9);
  ck_assert_uint_eq(gpu->count_at.column, 16);
  ck_assert_uint_eq(gpu->device_count, 2);
  ck_assert_str_eq(gpu->devices[0].text, "0");
  ck_assert_str_eq(gpu->devices[1].text, "0000:3b:00.0");
  ck_assert_uint_eq(gpu->devices[1].at.line, 10);
  ck_assert_str_eq(gpu->model.text, "MI300");
  ck_assert_uint_eq(gpu->model.at.line, 11);
  ck_assert(!gpu->required);
  ck_assert_str_eq(gpu->sharing.text, "exclusive");
  ck_assert_uint_eq(gpu->sharing.at.line, 14);
  ck_assert_uint_eq(gpu->option_count, 0);
}
END_TEST

static const char *const vendors[] = {"nvidia", "amd",          "drm", "0x1e52",      "i915",
                                      "xe",     "acme.com/npu", "a.b", "Acme.com/NPU"};

START_TEST(vendors_are_kept_as_written) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, GPU("vendor: %s"), vendors[_i]));
  ck_assert_str_eq(service->gpu->vendor.text, vendors[_i]);
  ck_assert_uint_eq(service->gpu->vendor.at.line, 6);
}
END_TEST

START_TEST(devices_decide_where_no_count_is_given) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service_gpu *gpu = load_service(&arena, GPU("devices: [1, GPU-1a]"))->gpu;
  ck_assert_uint_eq(gpu->count, 0);
  ck_assert_uint_eq(gpu->device_count, 2);
  ck_assert_str_eq(gpu->devices[0].text, "1");
  ck_assert_str_eq(gpu->devices[1].text, "GPU-1a");
  ck_assert_str_eq(gpu->devices[1].at.key, "services.web.resources.gpu.devices[1]");
}
END_TEST

/* How many "all" is, only the host knows. */
static const char *const counted[] = {GPU("count: 2, devices: ['0', '1']"),
                                      GPU("count: 3, devices: [all]"),
                                      GPU("count: 3, devices: [acme.com/npu=all]")};

START_TEST(count_and_devices_may_agree) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service_gpu *gpu = load_service(&arena, counted[_i])->gpu;
  ck_assert_uint_gt(gpu->count, 1);
  ck_assert_uint_gt(gpu->device_count, 0);
}
END_TEST

START_TEST(mps_directories_are_options_of_the_plugin) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service_gpu *gpu = load_service(&arena, "resources:\n"
                                                       "  gpu:\n"
                                                       "    sharing: mps\n"
                                                       "    mps_log_dir: /var/log/mps\n"
                                                       "    mps_pipe_dir: /run/mps\n"
                                                       "    mps_pinned_memory_limit: 0=4G\n"
                                                       "    mps_active_thread_percentage: 12.5\n")
                                      ->gpu;
  ck_assert_str_eq(gpu->sharing.text, "mps");
  ck_assert_uint_eq(gpu->sharing.at.line, 8);
  ck_assert_uint_eq(gpu->option_count, 4);
  ck_assert_str_eq(gpu->options[0].key, "mps-pipe-dir");
  ck_assert_str_eq(gpu->options[0].value, "/run/mps");
  ck_assert_uint_eq(gpu->options[0].at.line, 10);
  ck_assert_str_eq(gpu->options[0].at.key, "services.web.resources.gpu.mps_pipe_dir");
  ck_assert_str_eq(gpu->options[1].key, "mps-log-dir");
  ck_assert_str_eq(gpu->options[1].value, "/var/log/mps");
  ck_assert_str_eq(gpu->options[2].key, "mps-active-thread-percentage");
  ck_assert_str_eq(gpu->options[2].value, "12.5");
  ck_assert_str_eq(gpu->options[3].key, "mps-pinned-memory-limit");
  ck_assert_str_eq(gpu->options[3].value, "0=4G");
}
END_TEST

START_TEST(mps_needs_no_key) {
  CLEANUP(arena) struct arena arena = {0};
  ck_assert_uint_eq(load_service(&arena, GPU("sharing: mps"))->gpu->option_count, 0);
}
END_TEST

START_TEST(time_slicing_keys_are_options_of_the_plugin) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service_gpu *gpu =
      load_service(&arena, GPU("time_slice_index: 0x2, sharing: time-slice, "
                               "time_slicing_config_path: /etc/ts.yaml"))
          ->gpu;
  ck_assert_uint_eq(gpu->option_count, 2);
  ck_assert_str_eq(gpu->options[0].key, "time-slice-index");
  ck_assert_str_eq(gpu->options[0].value, "2");
  ck_assert_str_eq(gpu->options[1].key, "time-slicing-config-path");
  ck_assert_str_eq(gpu->options[1].value, "/etc/ts.yaml");
}
END_TEST

START_TEST(memory_is_limited_by_a_size) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service_gpu *gpu = load_service(&arena, GPU("memory_limit: 8Gi"))->gpu;
  ck_assert_uint_eq(gpu->memory_limit, UINT64_C(8) << 30);
  ck_assert_str_eq(gpu->memory_limit_at.key, "services.web.resources.gpu.memory_limit");
  ck_assert_uint_eq(load_service(&arena, GPU(""))->gpu->memory_limit, 0);
}
END_TEST

START_TEST(replicas_are_limited_by_a_number) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service_gpu *gpu =
      load_service(&arena, GPU("sharing: time-slice, time_slice_replicas: 4"))->gpu;
  ck_assert_uint_eq(gpu->share_most, 4);
  ck_assert_uint_eq(gpu->option_count, 0);
  ck_assert_uint_eq(load_service(&arena, GPU("sharing: mps"))->gpu->share_most, 0);
}
END_TEST

START_TEST(what_the_plugin_judges_is_an_option_of_it) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service_gpu *gpu =
      load_service(&arena, GPU("driver_capabilities: [video, utility]"))->gpu;
  ck_assert_uint_eq(gpu->option_count, 1);
  ck_assert_str_eq(gpu->options[0].key, "driver-capabilities");
  ck_assert_str_eq(gpu->options[0].value, "video,utility");
  ck_assert_str_eq(gpu->options[0].at.key, "services.web.resources.gpu.driver_capabilities");
  gpu = load_service(&arena, GPU("vendor: amd, cu_mask: 0-37"))->gpu;
  ck_assert_uint_eq(gpu->option_count, 1);
  ck_assert_str_eq(gpu->options[0].key, "cu-mask");
  ck_assert_str_eq(gpu->options[0].value, "0-37");
  gpu = load_service(&arena, GPU("driver_capabilities: "))->gpu;
  ck_assert_uint_eq(gpu->option_count, 0);
}
END_TEST

START_TEST(distributed_has_defaults) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service_distributed *distributed =
      load_service(&arena, GPU("distributed: {}"))->distributed;
  ck_assert_ptr_nonnull(distributed);
  ck_assert_int_eq(distributed->backend, SERVICE_NCCL);
  ck_assert_uint_eq(distributed->master_port, 29500);
  ck_assert_str_eq(distributed->at.key, "services.web.resources.gpu.distributed");

  distributed =
      load_service(&arena, GPU("distributed: {backend: mpi, master_port: 65535}"))->distributed;
  ck_assert_int_eq(distributed->backend, SERVICE_MPI);
  ck_assert_uint_eq(distributed->master_port, 65535);
  distributed = load_service(&arena, GPU("distributed: {backend: gloo}"))->distributed;
  ck_assert_int_eq(distributed->backend, SERVICE_GLOO);
}
END_TEST

START_TEST(scheduling_is_the_orchestrators) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct service_file *file;
  const char *yaml = service_yaml(&arena, GPU("scheduling: gang"));
  ck_assert_ok(load_text(&arena, yaml, &file, &err), &err);
  ck_assert_uint_eq(file->foreign_count, 1);
  ck_assert_str_eq(file->foreign[0].key, "services.web.resources.gpu.scheduling");
  ck_assert_uint_eq(file->foreign[0].at.line, 6);
}
END_TEST

static const struct service_wrong wrong[] = {
    {GPU("count: ^0"), "invalid", ".resources.gpu.count", "the number 0 is out of range",
     "1 to 1024"},
    {GPU("count: ^1025"), "invalid", ".resources.gpu.count", "the number 1025 is out of range",
     "1 to 1024"},
    {GPU("count: ^-1"), "invalid", ".resources.gpu.count", "the number -1 is out of range",
     "1 to 1024"},
    {GPU("count: ^99999999999999999999"), "invalid", ".resources.gpu.count",
     "the number 99999999999999999999 is out of range", "1 to 1024"},
    {GPU("count: ^all"), "invalid", ".resources.gpu.count",
     "the text \"all\" is not a whole number", "write a number without quotes"},
    {GPU("vendor: ^NVIDIA"), "invalid", ".resources.gpu.vendor",
     "the vendor \"NVIDIA\" is not in lower case", "write \"nvidia\""},
    {GPU("vendor: ^"), "invalid", ".resources.gpu.vendor", "\"\" is not a vendor", VENDOR_HINT},
    {GPU("vendor: ^../x"), "invalid", ".resources.gpu.vendor", "\"../x\" is not a vendor",
     VENDOR_HINT},
    {GPU("vendor: ^acme.com/"), "invalid", ".resources.gpu.vendor", "\"acme.com/\" is not a vendor",
     VENDOR_HINT},
    {GPU("vendor: ^acme.com/npu/x"), "invalid", ".resources.gpu.vendor",
     "\"acme.com/npu/x\" is not a vendor", VENDOR_HINT},
    {GPU("vendor: ^a b"), "invalid", ".resources.gpu.vendor", "\"a b\" is not a vendor",
     VENDOR_HINT},
    {GPU("mode: ^vm"), "invalid", ".resources.gpu.mode", "the mode \"vm\" does not exist on Linux",
     "write native, or leave the key out"},
    {GPU("mode: ^mps"), "invalid", ".resources.gpu.mode",
     "the mode \"mps\" does not exist on Linux", "write native, or leave the key out"},
    {GPU("model: ^''"), "invalid", ".resources.gpu.model", "the model is empty",
     "a part of the model's name: H100"},
    {GPU("required: ^no"), "invalid", ".resources.gpu.required", "the text \"no\" is not a bool",
     "write true or false, without quotes"},
    {GPU("scheduling: ^best_effort"), "invalid", ".resources.gpu.scheduling",
     "\"best_effort\" is not one of the values allowed",
     "did you mean \"best-effort\"? allowed: best-effort, gang, spread"},
    {GPU("driver_capabilities: ^[]"), "invalid", ".resources.gpu.driver_capabilities",
     "a list of no capabilities", "name one, or leave the key out"},
    {GPU("driver_capabilities: [compute, ^vulkan]"), "invalid",
     ".resources.gpu.driver_capabilities[1]", "\"vulkan\" is not one of the values allowed",
     "allowed: compute, utility, graphics, video, display, ngx, compat32, all"},
    {GPU("driver_capabilities: [compute, ^compute]"), "invalid",
     ".resources.gpu.driver_capabilities[1]", "\"compute\" is already in line 6",
     "keep this one or that of line 6"},
    {GPU("sharing: ^time_slice"), "invalid", ".resources.gpu.sharing",
     "\"time_slice\" is not one of the values allowed",
     "did you mean \"time-slice\"? allowed: exclusive, mps, time-slice"},
    {GPU("sharing: ^MPS, mps_pipe_dir: /run/mps"), "invalid", ".resources.gpu.sharing",
     "\"MPS\" is not one of the values allowed", "allowed: exclusive, mps, time-slice"},
    {GPU("devices: ^[]"), "invalid", ".resources.gpu.devices", "a list of 0 devices",
     "1 to 1024 devices, or leave the key out"},
    {GPU("devices: ^all"), "invalid", ".resources.gpu.devices", "the text \"all\" is not a list",
     "write a list, or leave the key out"},
    {GPU("devices: [^'']"), "invalid", ".resources.gpu.devices[0]", "the device is empty",
     "an index, a UUID, a PCI address, a CDI device name, or all"},
    {GPU("devices: [1, 2, ^1]"), "invalid", ".resources.gpu.devices[2]",
     "\"1\" is already in line 6", "keep this one or that of line 6"},
    {GPU("count: ^3, devices: [0, 1]"), "invalid", ".resources.gpu.count",
     "3 GPUs asked, but 2 devices are named", "leave count out, or make it the length of devices"},
    {GPU("mps_pipe_dir: ^/run/mps"), "invalid", ".resources.gpu.mps_pipe_dir",
     "this is for sharing mps, but sharing is exclusive",
     "write `sharing: mps`, or leave this key out"},
    {GPU("sharing: time-slice, time_slice_index: 0, mps_log_dir: ^/run/mps"), "invalid",
     ".resources.gpu.mps_log_dir", "this is for sharing mps, but sharing is time-slice",
     "write `sharing: mps`, or leave this key out"},
    {GPU("memory_limit: ^8GiB"), "invalid", ".resources.gpu.memory_limit", "\"8GiB\" is not a size",
     "digits and nothing, Ki, Mi, Gi, Ti (1024) or K, M, G, T (1000): 512Mi"},
    {GPU("time_slice_replicas: ^2"), "invalid", ".resources.gpu.time_slice_replicas",
     "this is for sharing time-slice, but sharing is exclusive",
     "write `sharing: time-slice`, or leave this key out"},
    {GPU("sharing: time-slice, time_slice_replicas: ^0"), "invalid",
     ".resources.gpu.time_slice_replicas", "the number 0 is out of range", "1 to 4294967295"},
    {GPU("mps_pinned_memory_limit: ^4G"), "invalid", ".resources.gpu.mps_pinned_memory_limit",
     "this is for sharing mps, but sharing is exclusive",
     "write `sharing: mps`, or leave this key out"},
    {GPU("sharing: mps, time_slice_index: ^0"), "invalid", ".resources.gpu.time_slice_index",
     "this is for sharing time-slice, but sharing is mps",
     "write `sharing: time-slice`, or leave this key out"},
    {GPU("time_slicing_config_path: ^/etc/x"), "invalid", ".resources.gpu.time_slicing_config_path",
     "this is for sharing time-slice, but sharing is exclusive",
     "write `sharing: time-slice`, or leave this key out"},
    {"resources: {gpu: ^{sharing: time-slice}}", "invalid", ".resources.gpu",
     "sharing time-slice without any of its keys does nothing",
     "add time_slice_index, time_slicing_config_path or time_slice_replicas"},
    {GPU("sharing: time-slice, time_slice_index: ^-1"), "invalid",
     ".resources.gpu.time_slice_index", "the number -1 is out of range", "0 to 1023"},
    {GPU("sharing: mps, mps_pipe_dir: ^run/mps"), "invalid", ".resources.gpu.mps_pipe_dir",
     "the path \"run/mps\" is not absolute", "start it with \"/\""},
    {GPU("sharing: mps, mps_log_dir: ^/run/../mps"), "invalid", ".resources.gpu.mps_log_dir",
     "the path \"/run/../mps\" is not clean", PATH_HINT},
    {GPU("sharing: time-slice, time_slicing_config_path: ^/etc//ts"), "invalid",
     ".resources.gpu.time_slicing_config_path", "the path \"/etc//ts\" is not clean", PATH_HINT},
    {GPU("distributed: {backend: ^NCCL}"), "invalid", ".resources.gpu.distributed.backend",
     "\"NCCL\" is not one of the values allowed", "allowed: nccl, gloo, mpi"},
    {GPU("distributed: {master_port: ^0}"), "invalid", ".resources.gpu.distributed.master_port",
     "the number 0 is out of range", "1 to 65535"},
    {GPU("distributed: {master_port: ^65536}"), "invalid", ".resources.gpu.distributed.master_port",
     "the number 65536 is out of range", "1 to 65535"},
    {GPU("distributed: {^rank: 1}"), "unknown-key", ".resources.gpu.distributed.rank",
     "the key \"rank\" is not known here", "known here: backend, master_port"},
    {"resources: {gpu: ^2}", "invalid", ".resources.gpu", "the number 2 is not a mapping",
     "write keys with values, or leave the key out"},
};

START_TEST(wrong_requests) {
  check_wrong_body(&wrong[_i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_gpu");
  TCase *tests = tcase_create("service_gpu");
  tcase_add_test(tests, a_gpu_without_keys_is_one_nvidia_gpu);
  tcase_add_test(tests, every_key_is_kept);
  tcase_add_loop_test(tests, vendors_are_kept_as_written, 0, ARRAY_LEN(vendors));
  tcase_add_test(tests, devices_decide_where_no_count_is_given);
  tcase_add_loop_test(tests, count_and_devices_may_agree, 0, ARRAY_LEN(counted));
  tcase_add_test(tests, mps_directories_are_options_of_the_plugin);
  tcase_add_test(tests, mps_needs_no_key);
  tcase_add_test(tests, time_slicing_keys_are_options_of_the_plugin);
  tcase_add_test(tests, memory_is_limited_by_a_size);
  tcase_add_test(tests, replicas_are_limited_by_a_number);
  tcase_add_test(tests, what_the_plugin_judges_is_an_option_of_it);
  tcase_add_test(tests, distributed_has_defaults);
  tcase_add_test(tests, scheduling_is_the_orchestrators);
  tcase_add_loop_test(tests, wrong_requests, 0, ARRAY_LEN(wrong));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
