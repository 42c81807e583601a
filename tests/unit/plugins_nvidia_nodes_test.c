/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes that are no GPU's own, by their options, on the fixture host nvidia-fabric. */
#include "plugin_rig.h"

#define FABRIC "nvidia-fabric"

static struct rig rig;

static void begin(void) {
  rig_begin(&rig);
}

static void end(void) {
  rig_end(&rig);
}

static const char *give(const char *host, const char *option) {
  const char *const options[] = {"driver-files=off", option, NULL};
  rig_open_at(&rig, arena_printf(&rig.arena, "%s/%s", TEST_HOSTS, host), "nvidia", options);
  rig_enumerate(&rig, "nvidia");
  return rig_inject(&rig, "0");
}

static const struct {
  const char *option;
  const char *edits; /* beside those of the GPU */
} given[] = {
    {"nvidia:mig-config=on", "*: node /dev/nvidia-caps/nvidia-cap1\n"},
    {"nvidia:mig-monitor=on", "*: node /dev/nvidia-caps/nvidia-cap2\n"},
    {"nvidia:nvswitch=on", "*: node /dev/nvidia-nvswitchctl\n*: node /dev/nvidia-nvswitch0\n"
                           "*: node /dev/nvidia-nvswitch2\n*: node /dev/nvidia-nvswitch10\n"
                           "*: node /dev/nvidia-nvlink\n"},
    {"imex-channels=3,0", "*: node /dev/nvidia-caps-imex-channels/channel3\n"
                          "*: node /dev/nvidia-caps-imex-channels/channel0\n"},
    {"gds=on", "*: node /dev/nvidia-fs0\n*: node /dev/nvidia-fs1\n"
               "*: mount /run/udev at /run/udev as preset\n"
               "*: mount /etc/cufile.json at /etc/cufile.json as preset\n"},
    {"gdrcopy=on", "*: node /dev/gdrdrv\n"},
    {"rdma=on", "*: node /dev/infiniband/uverbs0\n*: node /dev/infiniband/uverbs1\n"
                "*: node /dev/infiniband/rdma_cm\n"},
    {"uvm=required", ""},
};

START_TEST(an_option_gives_its_nodes) {
  const char *expected = arena_printf(
      &rig.arena,
      "*: node /dev/nvidiactl\n*: node /dev/nvidia-uvm\n*: node /dev/nvidia-uvm-tools\n"
      "*: node /dev/nvidia-modeset\n0: node /dev/nvidia0\n%s"
      "*: env NVIDIA_VISIBLE_DEVICES=GPU-00000018-0000-0000-0000-000000000000\n"
      "*: default CUDA_VISIBLE_DEVICES=0\n",
      given[_i].edits);
  ck_assert_edits(&rig, give(FABRIC, given[_i].option), expected);
}
END_TEST

static const struct {
  const char *host, *option;
  const char *code, *text, *hint;
} refused[] = {
    {"nvidia-files", "nvidia:mig-config=on", "nvidia.node-missing",
     "/proc/driver/nvidia/capabilities/mig/config tells no device minor", "MIG needs a driver"},
    {"nvidia-2", "nvidia:nvswitch=on", "nvidia.node-missing",
     "nvidia:nvswitch asks for /dev/nvidia-nvswitchctl, which is no device node of this host",
     "nvidia-modprobe -s"},
    {FABRIC, "imex-channels=1", "nvidia.node-missing",
     "asks for /dev/nvidia-caps-imex-channels/channel1,",
     "mknod /dev/nvidia-caps-imex-channels/channel1 c 234 1"},
    {FABRIC, "imex-channels=4", "nvidia.node-missing",
     "channel4 is 240:4, but the driver nvidia-caps-imex-channels has the major number 234",
     "remove the node"},
    {"nvidia-8", "imex-channels=0", "nvidia.node-missing", "channel0", "NVreg_ImexChannelCount"},
    {FABRIC, "imex-channels=0,2048", "plugin.option", "\"2048\" is not the number", "0 to 2047"},
    {FABRIC, "imex-channels=", "plugin.option", "\"\" is not the number", "0 to 2047"},
    {"nvidia-2", "gds=on", "nvidia.node-missing", "/dev/nvidia-fs0", "modprobe nvidia-fs"},
    {"nvidia-2", "gdrcopy=on", "nvidia.node-missing", "/dev/gdrdrv", "modprobe gdrdrv"},
    {"nvidia-2", "rdma=on", "nvidia.node-missing", "/dev/infiniband/uverbs0", "ib_uverbs"},
};

START_TEST(what_is_missing_is_an_error_with_a_remedy) {
  ck_assert_ptr_null(give(refused[_i].host, refused[_i].option));
  ck_assert_error(&rig.err, refused[_i].code, refused[_i].text);
  ck_assert_error(&rig.err, refused[_i].code, refused[_i].hint);
}
END_TEST

/* A node without its driver opens nothing, or what has the number next. */
START_TEST(a_node_whose_driver_is_gone_is_refused) {
  put_pci(&rig, "0000:1b:00.0", "0x10de", "0x030200", "nvidia");
  put(&rig, "/proc/driver/nvidia/gpus/0000:1b:00.0/information", "Device Minor: 0\n");
  put(&rig, "/proc/devices",
      "Character devices:\n195 nvidia\n\nBlock devices:\n509 nvidia-nvswitch\n");
  put_node(&rig, "/dev/nvidia0", "195:0");
  put_node(&rig, "/dev/nvidiactl", "195:255");
  put_node(&rig, "/dev/nvidia-uvm", "511:0");
  put_node(&rig, "/dev/nvidia-nvswitchctl", "509:255");
  rig_open(&rig, "nvidia", (const char *const[]){"driver-files=off", "nvidia:nvswitch=on", NULL});
  rig_enumerate(&rig, "nvidia");
  ck_assert_ptr_null(rig_inject(&rig, "0"));
  ck_assert_error(&rig.err, "nvidia.node-missing",
                  "the driver nvidia-nvswitch is not in /proc/devices");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugins_nvidia_nodes");
  TCase *tests = tcase_create("nodes");
  tcase_add_checked_fixture(tests, begin, end);
  tcase_add_loop_test(tests, an_option_gives_its_nodes, 0, ARRAY_LEN(given));
  tcase_add_loop_test(tests, what_is_missing_is_an_error_with_a_remedy, 0, ARRAY_LEN(refused));
  tcase_add_test(tests, a_node_whose_driver_is_gone_is_refused);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
