/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin_rig.h"

static struct rig rig;

static void begin(void) {
  rig_begin(&rig);
  put_node(&rig, "/dev/kfd", "237:0");
}

static void end(void) {
  rig_end(&rig);
}

static void open_plugin(const char *const *options) {
  rig_open(&rig, "amd", options);
  rig_enumerate(&rig, "amd");
}

struct node {
  const char *number;
  const char *simds;
  const char *location; /* bus << 8 | device << 3 | partition */
  const char *domain;   /* NULL: an old kernel, which tells neither this nor the id */
  const char *minor;
  const char *unique_id;
};

static void put_kfd(const struct node *node) {
  const char *late = node->domain ? arena_printf(&rig.arena, "domain %s\nunique_id %s\n",
                                                 node->domain, node->unique_id)
                                  : "";
  put(&rig,
      arena_printf(&rig.arena, "/sys/class/kfd/kfd/topology/nodes/%s/properties", node->number),
      arena_printf(&rig.arena,
                   "cpu_cores_count 0\nsimd_count %s\nmem_banks_count 1\nsimd_per_cu 4\n"
                   "vendor_id 4098\nlocation_id %s\ndrm_render_minor %s\n%snum_xcc 1\n",
                   node->simds, node->location, node->minor, late));
}

static void put_gpu(const char *address, const char *card, const char *card_numbers,
                    const char *render, const char *render_numbers) {
  const char *dir = arena_printf(&rig.arena, "/sys/bus/pci/devices/%s", address);
  put_pci(&rig, address, "0x1002", "0x120000", "amdgpu");
  put_drm(&rig, dir, card, card_numbers);
  put_drm(&rig, dir, render, render_numbers);
}

/* Two GPUs with two partitions each; renderD130 belongs to none. */
static void put_partitioned(const char *platform_name) {
  static const struct node nodes[] = {
      {"0", "0", "0", "0", "0", "0"}, /* the CPU */
      {"1", "152", "1280", "0", "128", "16404946649897475633"},
      {"2", "152", "1281", "0", "129", "16404946649897475633"},
      {"3", "152", "9984", "0", "136", "2472748907779728154"},
      {"4", "152", "9985", "0", "137", "2472748907779728154"},
  };
  for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
    put_kfd(&nodes[i]);
  put_gpu("0000:05:00.0", "card1", "226:1", "renderD128", "226:128");
  put_gpu("0000:27:00.0", "card9", "226:9", "renderD136", "226:136");
  put(&rig, "/sys/bus/pci/devices/0000:05:00.0/current_compute_partition", "CPX\n");
  put(&rig, "/sys/bus/pci/devices/0000:27:00.0/current_compute_partition", "CPX\n");
  static const struct {
    const char *number, *card, *card_numbers, *render, *render_numbers;
  } platform[] = {
      {"0", "card2", "226:2", "renderD129", "226:129"},
      {"1", "card3", "226:3", "renderD130", "226:130"},
      {"7", "card10", "226:10", "renderD137", "226:137"},
  };
  for (size_t i = 0; i < ARRAY_LEN(platform); i++) {
    const char *dir =
        arena_printf(&rig.arena, "/sys/devices/platform/%s%s", platform_name, platform[i].number);
    put_drm(&rig, dir, platform[i].card, platform[i].card_numbers);
    put_drm(&rig, dir, platform[i].render, platform[i].render_numbers);
  }
}

START_TEST(a_gpu_has_the_render_node_that_kfd_knows) {
  put_pci(&rig, "0000:00:02.0", "0x8086", "0x030000", "i915");
  put_drm(&rig, "/sys/bus/pci/devices/0000:00:02.0", "card1", "226:1");
  put_drm(&rig, "/sys/bus/pci/devices/0000:00:02.0", "renderD128", "226:128");
  put_gpu("0000:03:00.0", "card0", "226:0", "renderD129", "226:129");
  put_pci(&rig, "0000:03:00.1", "0x1002", "0x040300", "snd_hda_intel");
  put_kfd(&(struct node){"0", "0", "0", "0", "0", "0"});
  put_kfd(&(struct node){"1", "192", "768", "0", "129", "0"});
  put(&rig, "/sys/bus/pci/devices/0000:03:00.0/product_name", "Radeon RX 7900 XTX\n");
  put(&rig, "/sys/bus/pci/devices/0000:03:00.0/mem_info_vram_total", "25753026560\n");
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:03:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card0"},
  };
  check_devices(&rig, expected);
  const struct davit_device *gpu = rig.inventory.devices[0];
  ck_assert_str_eq(gpu->kind, "amd.com/gpu");
  ck_assert_str_eq(gpu->vendor, "amd");
  ck_assert_str_eq(gpu->driver, "amdgpu");
  ck_assert_str_eq(gpu->model, "Radeon RX 7900 XTX");
  ck_assert_uint_eq(gpu->memory, 25753026560);
}
END_TEST

START_TEST(partitions_are_joined_by_the_topology) {
  static const char *const names[] = {"amdgpu_xcp_", "amdgpu_xcp."}; /* new and old kernels */
  put_partitioned(names[_i]);
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0000:05:00.0", -1, "0000:05:00.0", .uuid = "GPU-e3aa140f9a5f9e31",
       .group = DAVIT_DEVICE_GROUP},
      {"0", 0, "0000:05:00.0", .nodes = "/dev/dri/renderD128 /dev/dri/card1",
       .parent = "0000:05:00.0"},
      {"1", 1, "0000:05:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card2",
       .parent = "0000:05:00.0"},
      {"0000:27:00.0", -1, "0000:27:00.0", .uuid = "GPU-2250f807caf2231a",
       .group = DAVIT_DEVICE_GROUP},
      {"2", 2, "0000:27:00.0", .nodes = "/dev/dri/renderD136 /dev/dri/card9",
       .parent = "0000:27:00.0"},
      {"3", 3, "0000:27:00.0", .nodes = "/dev/dri/renderD137 /dev/dri/card10",
       .parent = "0000:27:00.0"},
  };
  check_devices(&rig, expected);
  ck_assert_str_eq(find_device(&rig, "3")->profile, "CPX");
}
END_TEST

START_TEST(a_gpu_with_one_partition_is_whole) {
  put_gpu("0000:05:00.0", "card1", "226:1", "renderD128", "226:128");
  put(&rig, "/sys/bus/pci/devices/0000:05:00.0/current_compute_partition", "SPX\n");
  put_kfd(&(struct node){"1", "1216", "1280", "0", "128", "16404946649897475633"});
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:05:00.0", .nodes = "/dev/dri/renderD128 /dev/dri/card1",
       .uuid = "GPU-e3aa140f9a5f9e31"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(old_kernels_tell_no_domain) {
  put_gpu("0000:05:00.0", "card0", "226:0", "renderD128", "226:128");
  put_gpu("0001:05:00.0", "card1", "226:1", "renderD129", "226:129");
  put(&rig, "/sys/bus/pci/devices/0001:05:00.0/unique_id", "e3aa140f9a5f9e31\n");
  put_kfd(&(struct node){"1", "256", "1280", NULL, "129", NULL});
  put_kfd(&(struct node){"2", "256", "1280", NULL, "128", NULL});
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:05:00.0", .nodes = "/dev/dri/renderD128 /dev/dri/card0"},
      {"1", 1, "0001:05:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card1",
       .uuid = "GPU-e3aa140f9a5f9e31"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(domains_tell_gpus_apart) {
  put_gpu("0000:05:00.0", "card0", "226:0", "renderD128", "226:128");
  put_gpu("10000:05:00.0", "card1", "226:1", "renderD129", "226:129");
  put_kfd(&(struct node){"1", "256", "1280", "65536", "129", "0"});
  put_kfd(&(struct node){"2", "256", "1280", "0", "128", "0"});
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:05:00.0", .nodes = "/dev/dri/renderD128 /dev/dri/card0"},
      {"1", 1, "10000:05:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card1"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(every_reason_against_a_gpu_is_told) {
  put_pci(&rig, "0000:01:00.0", "0x1002", "0x030000", "vfio-pci");
  put_pci(&rig, "0000:02:00.0", "0x1002", "0x038000", NULL);
  put_pci(&rig, "0000:03:00.0", "0x1002", "0x030000", "radeon");
  put_gpu("0000:04:00.0", "card4", "226:4", "renderD132", "226:132"); /* KFD does not know it */
  put_gpu("0000:05:00.0", "card5", "226:5", "renderD133", "226:133");
  drop(&rig, "/dev/dri/renderD133");
  put_gpu("0000:06:00.0", "card6", "226:6", "renderD134", "226:134");
  put_node(&rig, "/dev/dri/renderD134", "226:140");
  put_gpu("0000:07:00.0", "card7", "226:7", "renderD135", "226:135");
  put_kfd(&(struct node){"0", "0", "1024", "0", "132", "0"}); /* no processor that computes */
  put_kfd(&(struct node){"1", "256", "1280", "0", "133", "0"});
  put_kfd(&(struct node){"2", "256", "1536", "0", "134", "0"});
  put_kfd(&(struct node){"3", "256", "1792", "0", "150", "0"});
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0000:01:00.0", -1, "0000:01:00.0", .unusable = "bound to vfio-pci"},
      {"0000:02:00.0", -1, "0000:02:00.0", .unusable = "no driver is bound to it; modprobe amdgpu"},
      {"0000:03:00.0", -1, "0000:03:00.0", .unusable = "bound to radeon"},
      {"0000:04:00.0", -1, "0000:04:00.0",
       .unusable = "not in the KFD topology: the kernel can not compute with it"},
      {"0", 0, "0000:05:00.0", .unusable = "no device node /dev/dri/renderD133"},
      {"1", 1, "0000:06:00.0",
       .unusable = "/dev/dri/renderD134 is 226:140, but the driver's node is 226:134"},
      {"2", 2, "0000:07:00.0", .unusable = "no DRM device has its render minor 150"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(a_missing_card_node_does_not_matter) {
  put_gpu("0000:05:00.0", "card0", "226:0", "renderD128", "226:128");
  drop(&rig, "/dev/dri/card0");
  put_kfd(&(struct node){"1", "256", "1280", "0", "128", "0"});
  open_plugin(NULL);
  const struct expected_device expected[] = {
      {"0", 0, "0000:05:00.0", .nodes = "/dev/dri/renderD128"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(a_partition_brings_kfd_and_its_own_nodes) {
  put_partitioned("amdgpu_xcp_");
  open_plugin(NULL);
  ck_assert_edits(&rig, rig_inject(&rig, "3 1"),
                  "*: node /dev/kfd\n"
                  "3: node /dev/dri/renderD137\n"
                  "3: node /dev/dri/card10\n"
                  "1: node /dev/dri/renderD129\n"
                  "1: node /dev/dri/card2\n"
                  "*: default ROCR_VISIBLE_DEVICES=0,1\n"
                  "*: default HIP_VISIBLE_DEVICES=0,1\n");
}
END_TEST

START_TEST(visible_env_off_leaves_the_variables_out) {
  put_partitioned("amdgpu_xcp_");
  open_plugin((const char *const[]){"visible-env=off", NULL});
  const char *expected = "*: node /dev/kfd\n"
                         "0: node /dev/dri/renderD128\n"
                         "0: node /dev/dri/card1\n";
  ck_assert_edits(&rig, rig_inject(&rig, "0"), expected);
}
END_TEST

START_TEST(a_generated_spec_holds_no_ordinals) {
  put_partitioned("amdgpu_xcp_");
  open_plugin(NULL);
  ck_assert_edits(&rig, rig_edits(&rig, RIG_INJECT, "0", "exclusive", DAVIT_REQUEST_GENERATE),
                  "*: node /dev/kfd\n"
                  "0: node /dev/dri/renderD128\n"
                  "0: node /dev/dri/card1\n");
}
END_TEST

START_TEST(an_ordinal_that_will_not_exist_is_warned_of) {
  put_partitioned("amdgpu_xcp_");
  open_plugin(NULL);
  rig.env = (const char *const[]){"HIP_VISIBLE_DEVICES", "2,3", NULL};
  ck_assert_ptr_nonnull(rig_inject(&rig, "2 3"));
  ck_assert_contains(rig.warnings, "HIP_VISIBLE_DEVICES=2,3, but counts its 2 GPUs from 0");
}
END_TEST

/* Both devices have 38 compute units. */
START_TEST(a_mask_of_compute_units_is_for_each_gpu) {
  static const struct {
    const char *list, *mask;
  } cases[] = {
      {"cu-mask=0-37", "0:0-37;1:0-37"},
      {"cu-mask=5", "0:5;1:5"},
      {"cu-mask=0,2,8-15", "0:0,2,8-15;1:0,2,8-15"},
  };
  put_partitioned("amdgpu_xcp_");
  open_plugin((const char *const[]){cases[_i].list, NULL});
  ck_assert_contains(rig_inject(&rig, "0 1"),
                     arena_printf(&rig.arena, "*: env HSA_CU_MASK=%s\n", cases[_i].mask));
}
END_TEST

START_TEST(a_wrong_mask_of_compute_units_is_refused) {
  static const struct {
    const char *list, *text;
  } cases[] = {
      {"cu-mask=", "is no list of compute units: a number is missing or too large"},
      {"cu-mask=0,", "is no list of compute units: a number is missing or too large"},
      {"cu-mask=,1", "is no list of compute units: a number is missing or too large"},
      {"cu-mask=a", "is no list of compute units: a number is missing or too large"},
      {"cu-mask=0x3", "is no list of compute units: a number is missing or too large"},
      {"cu-mask=99999999999", "is no list of compute units: a number is missing or too large"},
      {"cu-mask=4-", "is no list of compute units: a range has no end"},
      {"cu-mask=4-3", "is no list of compute units: a range ends before it begins"},
      {"cu-mask=0-38", "compute unit 38 is asked, device 0 has 38"},
  };
  put_partitioned("amdgpu_xcp_");
  open_plugin((const char *const[]){cases[_i].list, NULL});
  ck_assert_ptr_null(rig_inject(&rig, "0 1"));
  ck_assert_error(&rig.err, "amd.cu-mask", cases[_i].text);
}
END_TEST

START_TEST(a_mask_of_compute_units_is_no_other_than_the_services) {
  put_partitioned("amdgpu_xcp_");
  open_plugin((const char *const[]){"cu-mask=0-3", NULL});
  rig.env = (const char *const[]){"HSA_CU_MASK", "0:0-3", NULL};
  ck_assert_contains(rig_inject(&rig, "0"), "*: env HSA_CU_MASK=0:0-3\n");
  rig.env = (const char *const[]){"HSA_CU_MASK", "0:0-7", NULL};
  ck_assert_ptr_null(rig_inject(&rig, "0"));
  ck_assert_error(&rig.err, "amd.cu-mask", "has HSA_CU_MASK=0:0-7, the option asks for 0:0-3");
  ck_assert_ptr_null(rig_edits(&rig, RIG_INJECT, "0", "exclusive", DAVIT_REQUEST_GENERATE));
  ck_assert_error(&rig.err, "amd.cu-mask", "a CDI file can not say");
}
END_TEST

START_TEST(without_kfd_nothing_is_given) {
  put_partitioned("amdgpu_xcp_");
  drop(&rig, "/dev/kfd");
  open_plugin(NULL);
  ck_assert_ptr_null(rig_inject(&rig, "0"));
  ck_assert_int_eq(rig.err.first->answer, DAVIT_E_NOT_FOUND);
  ck_assert_error(&rig.err, "amd.kfd-missing", "no device node /dev/kfd");
  ck_assert_error(&rig.err, "amd.kfd-missing", "HSA_AMD");
}
END_TEST

START_TEST(an_empty_host_has_no_gpu) {
  open_plugin(NULL);
  ck_assert_uint_eq(rig.inventory.count, 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("amd");
  TCase *find = tcase_create("find");
  tcase_add_checked_fixture(find, begin, end);
  tcase_add_test(find, a_gpu_has_the_render_node_that_kfd_knows);
  tcase_add_loop_test(find, partitions_are_joined_by_the_topology, 0, 2);
  tcase_add_test(find, a_gpu_with_one_partition_is_whole);
  tcase_add_test(find, old_kernels_tell_no_domain);
  tcase_add_test(find, domains_tell_gpus_apart);
  tcase_add_test(find, every_reason_against_a_gpu_is_told);
  tcase_add_test(find, a_missing_card_node_does_not_matter);
  tcase_add_test(find, an_empty_host_has_no_gpu);
  suite_add_tcase(suite, find);

  TCase *inject = tcase_create("inject");
  tcase_add_checked_fixture(inject, begin, end);
  tcase_add_test(inject, a_partition_brings_kfd_and_its_own_nodes);
  tcase_add_test(inject, visible_env_off_leaves_the_variables_out);
  tcase_add_test(inject, a_generated_spec_holds_no_ordinals);
  tcase_add_test(inject, an_ordinal_that_will_not_exist_is_warned_of);
  tcase_add_loop_test(inject, a_mask_of_compute_units_is_for_each_gpu, 0, 3);
  tcase_add_loop_test(inject, a_wrong_mask_of_compute_units_is_refused, 0, 9);
  tcase_add_test(inject, a_mask_of_compute_units_is_no_other_than_the_services);
  tcase_add_test(inject, without_kfd_nothing_is_given);
  suite_add_tcase(suite, inject);
  return run_suite(suite);
}
