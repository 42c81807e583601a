/* SPDX-License-Identifier: Apache-2.0 */
/* What each plugin finds on the fixture hosts, by the tables of tests/hosts/README.md. */
#include "plugin_rig.h"

#define NVIDIA_SHARED                                 \
  "*: node /dev/nvidiactl\n*: node /dev/nvidia-uvm\n" \
  "*: node /dev/nvidia-uvm-tools\n*: node /dev/nvidia-modeset\n"

static const struct host_case {
  const char *host, *plugin;
  const char *vendor; /* asked for */
  struct expected_device devices[12];
  const char *ids;   /* given to a container ... */
  const char *edits; /* ... by these edits; NULL: not tried */
} cases[] = {
    {"nvidia-2", "nvidia", "nvidia",
     .devices =
         {
             {"0", 0, "0000:1b:00.0", .nodes = "/dev/nvidia1",
              .uuid = "GPU-11111111-2222-3333-4444-555555555555"},
             {"1", 1, "0000:43:00.0", .nodes = "/dev/nvidia0",
              .uuid = "GPU-66666666-7777-8888-9999-aaaaaaaaaaaa"},
         },
     .ids = "0",
     .edits =
         NVIDIA_SHARED "0: node /dev/nvidia1\n"
                       "*: env NVIDIA_VISIBLE_DEVICES=GPU-11111111-2222-3333-4444-555555555555\n"
                       "*: default CUDA_VISIBLE_DEVICES=0\n"},
    {"nvidia-8", "nvidia", "nvidia",
     .devices =
         {
             {"0", 0, "0000:18:00.0", .nodes = "/dev/nvidia2",
              .uuid = "GPU-00000018-0000-0000-0000-000000000000"},
             {"1", 1, "0000:2a:00.0", .nodes = "/dev/nvidia3",
              .uuid = "GPU-0000002a-0000-0000-0000-000000000000"},
             {"2", 2, "0000:3a:00.0", .nodes = "/dev/nvidia0",
              .uuid = "GPU-0000003a-0000-0000-0000-000000000000"},
             {"3", 3, "0000:5d:00.0", .nodes = "/dev/nvidia1",
              .uuid = "GPU-0000005d-0000-0000-0000-000000000000"},
             {"4", 4, "0000:9a:00.0", .nodes = "/dev/nvidia6",
              .uuid = "GPU-0000009a-0000-0000-0000-000000000000"},
             {"5", 5, "0000:ab:00.0", .nodes = "/dev/nvidia7",
              .uuid = "GPU-000000ab-0000-0000-0000-000000000000"},
             {"6", 6, "0000:ba:00.0", .nodes = "/dev/nvidia4",
              .uuid = "GPU-000000ba-0000-0000-0000-000000000000"},
             {"7", 7, "0000:db:00.0", .nodes = "/dev/nvidia5",
              .uuid = "GPU-000000db-0000-0000-0000-000000000000"},
         },
     .ids = "7 2",
     .edits =
         NVIDIA_SHARED "7: node /dev/nvidia5\n2: node /dev/nvidia0\n"
                       "*: env NVIDIA_VISIBLE_DEVICES=GPU-000000db-0000-0000-0000-000000000000,"
                       "GPU-0000003a-0000-0000-0000-000000000000\n"
                       "*: default CUDA_DEVICE_ORDER=PCI_BUS_ID\n"
                       "*: default CUDA_VISIBLE_DEVICES=0,1\n"},
    {"nvidia-mig", "nvidia", "nvidia",
     .devices =
         {
             {"0", 0, "0000:07:00.0", .nodes = "/dev/nvidia0",
              .uuid = "GPU-aaaaaaaa-0000-1111-2222-333333333333", .group = DAVIT_DEVICE_GROUP},
             {"0:gi1:ci0", -1, "0000:07:00.0",
              .nodes = "/dev/nvidia0 /dev/nvidia-caps/nvidia-cap12 /dev/nvidia-caps/nvidia-cap13",
              .parent = "0"},
             {"0:gi2:ci0", -1, "0000:07:00.0",
              .nodes = "/dev/nvidia0 /dev/nvidia-caps/nvidia-cap21 /dev/nvidia-caps/nvidia-cap22",
              .parent = "0"},
         },
     .ids = "0:gi1:ci0",
     .edits =
         "*: node /dev/nvidiactl\n*: node /dev/nvidia-uvm\n*: node /dev/nvidia-uvm-tools\n"
         "0:gi1:ci0: node /dev/nvidia0\n0:gi1:ci0: node /dev/nvidia-caps/nvidia-cap12\n"
         "0:gi1:ci0: node /dev/nvidia-caps/nvidia-cap13\n*: env NVIDIA_VISIBLE_DEVICES=void\n"},
    {"nvidia-mig-odd", "nvidia", "nvidia",
     .devices =
         {
             {"0", 0, "0000:07:00.0", .nodes = "/dev/nvidia1",
              .uuid = "GPU-aaaaaaaa-0000-1111-2222-333333333333", .group = DAVIT_DEVICE_GROUP},
             {"0:gi1:ci0", -1, "0000:07:00.0",
              .nodes = "/dev/nvidia1 /dev/nvidia-caps/nvidia-cap40 /dev/nvidia-caps/nvidia-cap41",
              .parent = "0"},
             {"0:gi11:ci0", -1, "0000:07:00.0",
              .nodes = "/dev/nvidia1 /dev/nvidia-caps/nvidia-cap12 /dev/nvidia-caps/nvidia-cap13",
              .parent = "0"},
             {"0:gi11:ci1", -1, "0000:07:00.0",
              .nodes = "/dev/nvidia1 /dev/nvidia-caps/nvidia-cap12 /dev/nvidia-caps/nvidia-cap9",
              .parent = "0"},
             {"1", 1, "0000:0f:00.0", .nodes = "/dev/nvidia0",
              .uuid = "GPU-bbbbbbbb-0000-1111-2222-333333333333"},
         },
     .ids = "0:gi1:ci0",
     .edits =
         "*: node /dev/nvidiactl\n*: node /dev/nvidia-uvm\n*: node /dev/nvidia-uvm-tools\n"
         "0:gi1:ci0: node /dev/nvidia1\n0:gi1:ci0: node /dev/nvidia-caps/nvidia-cap40\n"
         "0:gi1:ci0: node /dev/nvidia-caps/nvidia-cap41\n*: env NVIDIA_VISIBLE_DEVICES=void\n"},
    {"nvidia-vfio-no-uvm", "nvidia", "nvidia",
     .devices =
         {
             {"0", 0, "0000:65:00.0", .nodes = "/dev/nvidia0",
              .uuid = "GPU-bbbbbbbb-0000-1111-2222-333333333333"},
             {"0000:b3:00.0", -1, "0000:b3:00.0", .unusable = "bound to vfio-pci"},
         }},
    {"pci-domains", "nvidia", "nvidia",
     .devices =
         {
             {"0", 0, "0000:01:00.0", .nodes = "/dev/nvidia2",
              .uuid = "GPU-00000000-0100-0000-0000-000000000000"},
             {"1", 1, "0001:01:00.0", .nodes = "/dev/nvidia0",
              .uuid = "GPU-00010000-0100-0000-0000-000000000000"},
             {"2", 2, "10000:e1:00.0", .nodes = "/dev/nvidia1",
              .uuid = "GPU-10000000-e100-0000-0000-000000000000"},
         }},
    {"pci-domains", "amd", "amd",
     .devices =
         {
             {"0", 0, "9000:03:00.0", .nodes = "/dev/dri/renderD132 /dev/dri/card4",
              .uuid = "GPU-0000000000009000"},
             {"1", 1, "10000:03:00.0", .nodes = "/dev/dri/renderD131 /dev/dri/card3",
              .uuid = "GPU-0000000000010000"},
         }},
    {"amd-mi300-cpx", "amd", "amd",
     .devices =
         {
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
         },
     .ids = "1",
     .edits = "*: node /dev/kfd\n1: node /dev/dri/renderD129\n1: node /dev/dri/card2\n"
              "*: default ROCR_VISIBLE_DEVICES=0\n*: default HIP_VISIBLE_DEVICES=0\n"},
    {"amd-2", "amd", "amd",
     .devices =
         {
             {"0", 0, "0000:83:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card2",
              .uuid = "GPU-5a0f3c2e11d94b70"},
             {"1", 1, "0000:c1:00.0", .nodes = "/dev/dri/renderD128 /dev/dri/card1",
              .uuid = "GPU-91c4d7e6aa02f853"},
         }},
    {"amd-intel-desktop", "amd", "amd",
     .devices = {{"0", 0, "0000:03:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card0"}}},
    {"amd-intel-desktop", "intel", "intel",
     .devices = {{"0", 0, "0000:00:02.0", .nodes = "/dev/dri/renderD128 /dev/dri/card1"}},
     .ids = "0",
     .edits =
         "0: node /dev/dri/renderD128\n0: node /dev/dri/card1\n*: default ZE_AFFINITY_MASK=0\n"},
    {"intel-2", "intel", "intel",
     .devices =
         {
             {"0", 0, "0000:03:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card2"},
             {"1", 1, "0000:4d:00.0", .nodes = "/dev/dri/renderD128 /dev/dri/card1"},
             {"0000:50:00.0", -1, "0000:50:00.0", .unusable = "bound to vfio-pci"},
         },
     .ids = "1 0",
     .edits = "1: node /dev/dri/renderD128\n1: node /dev/dri/card1\n0: node /dev/dri/renderD129\n"
              "0: node /dev/dri/card2\n*: default ZE_AFFINITY_MASK=0,1\n"},
    {"intel-sriov", "intel", "intel",
     .devices =
         {
             {"0", 0, "0000:4d:00.0",
              .unusable = "its virtual functions are in use; they are devices of their own"},
             {"1", 1, "0000:4d:00.1", .nodes = "/dev/dri/renderD129 /dev/dri/card1", .parent = "0"},
             {"0000:4d:00.2", -1, "0000:4d:00.2", .unusable = "bound to xe-vfio-pci",
              .parent = "0"},
             {"2", 2, "0000:4d:00.3", .nodes = "/dev/dri/renderD130 /dev/dri/card2", .parent = "0"},
             {"3", 3, "0000:9a:00.0", .nodes = "/dev/dri/renderD131 /dev/dri/card3"},
         },
     .ids = "2",
     .edits =
         "2: node /dev/dri/renderD130\n2: node /dev/dri/card2\n*: default ZE_AFFINITY_MASK=0\n"},
    {"intel-tiles", "intel", "intel",
     .devices =
         {
             {"0", 0, "0000:3a:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card1"},
             {"1", 1, "0000:9a:00.0", .nodes = "/dev/dri/renderD128 /dev/dri/card0"},
         },
     .ids = "0", .edits = "0: node /dev/dri/renderD129\n0: node /dev/dri/card1\n"},
    {"soc-gpu", "drm", "panfrost",
     .devices = {{"fde60000.gpu", 0, NULL, .nodes = "/dev/dri/renderD128 /dev/dri/card1"}},
     .ids = "fde60000.gpu", .edits = "fde60000.gpu: node /dev/dri/renderD128\n"},
    {"soc-gpu", "drm", "rockchip-drm",
     .devices = {{"display-subsystem", -1, NULL,
                  .unusable = "display only: it has no render node"}}},
    {"acme-npu", "drm", "0x1e52",
     .devices =
         {
             {"0000:0a:00.0", 0, "0000:0a:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card1"},
             {"0000:0b:00.0", 1, "0000:0b:00.0", .nodes = "/dev/dri/renderD128 /dev/dri/card0"},
         },
     .ids = "0000:0a:00.0", .edits = "0000:0a:00.0: node /dev/dri/renderD129\n"},
    {"acme-npu", "drm", "acme_npu",
     .devices =
         {
             {"0000:0a:00.0", 0, "0000:0a:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card1"},
             {"0000:0b:00.0", 1, "0000:0b:00.0", .nodes = "/dev/dri/renderD128 /dev/dri/card0"},
         }},
    {"acme-npu", "drm", "acme", .devices = {{0}}},
    {"nvidia-2", "drm", "ast",
     .devices = {{"0000:03:00.0", -1, "0000:03:00.0",
                  .unusable = "display only: it has no render node"}}},
    {"amd-intel-desktop", "drm", "drm",
     .devices =
         {
             {"0000:00:02.0", 0, "0000:00:02.0", .nodes = "/dev/dri/renderD128 /dev/dri/card1"},
             {"0000:03:00.0", 1, "0000:03:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card0"},
         }},
    {"acme-npu", "nvidia", "nvidia", .devices = {{0}}},
    {"empty", "nvidia", "nvidia", .devices = {{0}}},
    {"empty", "amd", "amd", .devices = {{0}}},
    {"empty", "intel", "intel", .devices = {{0}}},
    {"empty", "drm", NULL, .devices = {{0}}},
};

START_TEST(finds_and_gives_what_is_there) {
  const struct host_case *c = &cases[_i];
  struct rig rig;
  rig_begin(&rig);
  const char *const options[] = {strcmp(c->plugin, "nvidia") == 0 ? "driver-files=off" : NULL,
                                 NULL};
  rig_open_at(&rig, arena_printf(&rig.arena, "%s/%s", TEST_HOSTS, c->host), c->plugin, options);
  rig_enumerate(&rig, c->vendor);
  size_t count = 0;
  while (count < ARRAY_LEN(c->devices) && c->devices[count].id)
    count++;
  check_inventory(&rig, c->devices, count);
  if (c->edits)
    ck_assert_edits(&rig, rig_inject(&rig, c->ids), c->edits);
  ck_assert_str_eq(rig.warnings, "");
  rig_end(&rig);
}
END_TEST

START_TEST(a_host_without_uvm_gives_only_if_it_is_optional) {
  struct rig rig;
  rig_begin(&rig);
  rig_open_at(&rig, TEST_HOSTS "/nvidia-vfio-no-uvm", "nvidia",
              (const char *const[]){_i == 0 ? NULL : "uvm=optional", NULL});
  rig_enumerate(&rig, "nvidia");
  const char *edits = rig_inject(&rig, "0");
  if (_i == 0) {
    ck_assert_ptr_null(edits);
    ck_assert_error(&rig.err, "nvidia.uvm-missing", "nvidia-modprobe -u");
  } else {
    ck_assert_edits(&rig, edits,
                    "*: node /dev/nvidiactl\n"
                    "0: node /dev/nvidia0\n"
                    "*: env NVIDIA_VISIBLE_DEVICES=GPU-bbbbbbbb-0000-1111-2222-333333333333\n"
                    "*: default CUDA_VISIBLE_DEVICES=0\n");
  }
  rig_end(&rig);
}
END_TEST

START_TEST(what_the_driver_tells_is_passed_on) {
  struct rig rig;
  rig_begin(&rig);
  rig_open_at(&rig, TEST_HOSTS "/nvidia-2", "nvidia", NULL);
  rig_enumerate(&rig, "nvidia");
  const struct davit_device *gpu = find_device(&rig, "1");
  ck_assert_str_eq(gpu->model, "NVIDIA H200");
  ck_assert_str_eq(gpu->driver_version, "580.95.05");
  ck_assert_uint_ne(gpu->flags & DAVIT_DEVICE_NUMA, 0);
  ck_assert_uint_eq(gpu->numa_node, 1);
  rig_end(&rig);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugins on fixture hosts");
  TCase *hosts = tcase_create("hosts");
  tcase_add_loop_test(hosts, finds_and_gives_what_is_there, 0, (int)ARRAY_LEN(cases));
  tcase_add_loop_test(hosts, a_host_without_uvm_gives_only_if_it_is_optional, 0, 2);
  tcase_add_test(hosts, what_the_driver_tells_is_passed_on);
  suite_add_tcase(suite, hosts);
  return run_suite(suite);
}
